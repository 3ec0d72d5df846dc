/*
 * publications.c -- who may see a publication at all: its visibility.
 */
#include "content/content.h"
#include "orders.h"
#include "store/publication.h"

/* The pages that list publications for everybody are stored ready to send, so they are made anew with it. */
int access_visibility(struct order *order, struct err *err)
{
        struct store_publication_row publication = { .id = 0 };
        enum store_visibility visibility = STORE_PRIVATE;
        int r = order_publication(order, &publication, err);

        if (r == 0)
                r = store_visibility_parse(order_argument(order, "visibility"), &visibility, err);
        if (r == 0)
                r = store_publication_set_visibility(order->store, publication.id, visibility, err);
        if (r == 0)
                r = content_renew_site(order->store, order->now, err);
        if (r < 0)
                return r;
        json_put_text(order->result, "publication", publication.slug);
        json_put_text(order->result, "visibility", str_of(store_visibility_name(visibility)));
        json_put_text(order->detail, "from", str_of(store_visibility_name(publication.visibility)));
        json_put_text(order->detail, "to", str_of(store_visibility_name(visibility)));
        order_log(order, "publication", publication.slug);
        return 0;
}
