/*
 * words.c -- choose a language, write a date, and label what the Markdown renderer makes.
 */
#include "page/words.h"

#include <time.h>

#include "page/page.h"

const struct words *words_for(struct str lang)
{
        struct str primary = str_cut(&lang, '-');

        /* "iw" is what Hebrew was called before 1989, and old content still says so. */
        if (str_eq_nocase(primary, STR("iw")))
                primary = STR("he");
        for (size_t i = 0; i < words_ntables; i++)
                if (str_eq_nocase(primary, words_tables[i]->lang))
                        return words_tables[i];
        return words_tables[0];
}

void words_date(struct buf *out, const struct words *t, int64_t unix_time)
{
        time_t when = (time_t)unix_time;
        struct tm tm;

        if (gmtime_r(&when, &tm) == NULL)
                return;
        for (size_t i = 0; i < t->date.n; i++) {
                if (t->date.p[i] != '%') {
                        buf_putc(out, t->date.p[i]);
                        continue;
                }
                switch (t->date.p[++i]) {
                case 'd':
                        buf_printf(out, "%d", tm.tm_mday);
                        break;
                case 'm':
                        buf_add_str(out, t->months[tm.tm_mon]);
                        break;
                default:
                        buf_printf(out, "%d", tm.tm_year + 1900);
                        break;
                }
        }
}

void page_markdown_words(struct str lang, struct markdown_options *options)
{
        const struct words *t = words_for(lang);

        options->section_label = t->section;
        options->code_label = t->example;
        options->labels = (struct markdown_labels){
                .note = t->note, .tip = t->tip, .important = t->important, .warning = t->warning,
                .caution = t->caution, .footnotes = t->footnotes, .footnote = t->footnote,
                .back = t->back, .table = t->table, .done = t->done, .open = t->open,
        };
}
