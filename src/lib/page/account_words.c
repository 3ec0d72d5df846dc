/*
 * account_words.c -- choose the language of an account page and fill in its sentences.
 */
#include "page/account_words.h"

#include <time.h>

#include "page/words.h"

const struct account_words *account_words_for(struct str lang)
{
        struct str chosen = words_for(lang)->lang;

        for (size_t i = 0; i < account_words_ntables; i++)
                if (str_eq(account_words_tables[i]->lang, chosen))
                        return account_words_tables[i];
        return account_words_tables[0];
}

void account_words_fill(struct buf *out, struct str sentence, struct str in)
{
        struct str mark = STR("%s");
        ptrdiff_t found = str_find_str(sentence, mark);

        if (found < 0) {
                buf_add_str(out, sentence);
                return;
        }

        size_t at = (size_t)found;

        buf_add(out, sentence.p, at);
        buf_add_str(out, in);
        buf_add(out, sentence.p + at + mark.n, sentence.n - at - mark.n);
}

void account_words_fill_number(struct buf *out, struct str sentence, unsigned in)
{
        struct buf digits CLEANUP_BUF = { 0 };

        buf_printf(&digits, "%u", in);
        account_words_fill(out, sentence, buf_str(&digits));
}

void account_words_wait(struct buf *out, const struct account_words *t, unsigned seconds)
{
        if (seconds < 120)
                account_words_fill_number(out, t->seconds, seconds);
        else
                account_words_fill_number(out, t->minutes, seconds / 60 + (seconds % 60 != 0));
}

void account_words_moment(struct buf *out, struct str lang, int64_t unix_time)
{
        time_t when = (time_t)unix_time;
        struct tm tm;

        words_date(out, words_for(lang), unix_time);
        if (gmtime_r(&when, &tm) != NULL)
                buf_printf(out, " %02d:%02d UTC", tm.tm_hour, tm.tm_min);
}
