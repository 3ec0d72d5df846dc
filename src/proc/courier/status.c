/*
 * status.c -- what `carrel status` shows of the way out.
 */
#include "base/clock.h"
#include "courier.h"
#include "json/json.h"

enum { ALARM_SECONDS = 7 * 86400 };

static void put_time(struct json *o, const char *key, int64_t when)
{
        char text[CLOCK_ISO_LEN + 1];

        clock_iso(when, text);
        json_put_text(o, key, str_of(text));
}

static struct json *mail_json(const struct courier *c)
{
        struct json *o = json_new_object();
        int64_t now = clock_unix(), oldest = now;
        unsigned given_up = 0;

        for (const struct queued *q = c->queue; q != NULL; q = q->next)
                oldest = q->accepted < oldest ? q->accepted : oldest;
        while (given_up < c->nfailures && c->failures[given_up].time > now - ALARM_SECONDS)
                given_up++;
        json_put_bool(o, "configured", c->mail.on);
        json_put_int(o, "waiting", c->nqueued);
        json_put_int(o, "oldest_seconds", now - oldest);
        json_put_int(o, "sending", c->nsending);
        json_put_int(o, "sent", (int64_t)c->sent);
        json_put_int(o, "given_up_in_a_week", given_up);
        if (given_up > 0)
                json_put_text(o, "alarm", STR("letters were given up; the log says which portals' and why"));
        if (c->error[0] != '\0') {
                json_put_text(o, "last_error", str_of(c->error));
                put_time(o, "last_error_at", c->error_time);
        }
        return o;
}

static struct json *offsite_json(const struct offsite *offsite)
{
        struct json *o = json_new_object();

        json_put_bool(o, "configured", offsite->on);
        json_put_bool(o, "busy", offsite->copy != NULL);
        json_put_int(o, "stored", (int64_t)offsite->stored);
        json_put_int(o, "removed", (int64_t)offsite->removed);
        if (offsite->error[0] != '\0') {
                json_put_text(o, "last_error", str_of(offsite->error));
                put_time(o, "last_error_at", offsite->error_time);
        }
        return o;
}

void courier_status(const struct courier *c, struct buf *out)
{
        struct json *o CLEANUP_JSON = json_new_object();

        json_put(o, "mail", mail_json(c));
        json_put(o, "offsite", offsite_json(&c->offsite));
        json_put_int(o, "fetching", c->fetching);
        json_put_int(o, "fetched", (int64_t)c->fetched);
        json_put_int(o, "fetches_refused", (int64_t)c->refused);
        json_render(o, false, out);
}
