{# A few words after something was done or could not be, and the way on. #}
{% #include "page/account.h"
#include "page/account_words.h"
#include "page/layout.h"

/* The kind's own words where the caller has none. */
static struct page_notice complete(const struct page_notice *page, const struct words *common,
                                   const struct account_words *t) {
        struct page_notice n = *page;
        struct page_notice own = { .link = { common->to_home, STR("/") } };

        if (n.kind == PAGE_NOTICE_LOGGED_OUT) {
                own.heading = t->logged_out_title;
                own.text = t->logged_out_text;
                own.link = (struct page_link){ t->log_in, STR("/login") };
        } else if (n.kind == PAGE_NOTICE_LINK_INVALID) {
                own.heading = t->link_title;
                own.text = t->link_text;
        } else if (n.kind == PAGE_NOTICE_SHARE_OVER) {
                own.heading = t->link_title;
                own.text = t->share_text;
        } else if (n.kind == PAGE_NOTICE_FORM_EXPIRED) {
                own.heading = t->form_title;
                own.text = t->form_text;
        }
        if (n.heading.n == 0)
                n.heading = own.heading;
        if (n.text.n == 0)
                n.text = own.text;
        if (n.link.url.n == 0)
                n.link = own.link;
        return n;
}

void page_render_notice(struct buf *out, const struct page_notice *page) {
        const struct words *common = words_for(page->site.lang);
        const struct page_notice n =
                complete(page, common, account_words_for(page->site.lang));
        struct layout layout = {
                .site = &page->site, .t = common, .title = n.heading, .noindex = true,
        };

        layout_begin(out, &layout); %}
<main class="shell shell-error" id="-main" tabindex="-1">
<h1>{{ n.heading }}</h1>
<p class="lead">{{ n.text }}</p>
<p><a class="button" href="{{u n.link.url }}">{{ n.link.text }}</a></p>
</main>
{% layout_end(out, &layout);
} %}
