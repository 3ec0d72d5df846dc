/*
 * share_samples.c -- sample pages of share links.
 */
#include "base/buf.h"
#include "page/share.h"
#include "samples.h"

static const struct page_link choices[] = {
        { STR("Agent handbook"), STR("agent") }, { STR("Partner guide"), STR("partner-guide") },
};
static const struct page_share shares[] = {
        { 7, STR("agent"), STR("Audit 2027, Ms Vandenberghe"), STR("Ada Lovelace"), PAGE_SHARE_OPEN, 1797724800,
          1795183500, 12 },
        { 4, STR("partner-guide"), STR(""), STR(""), PAGE_SHARE_EXPIRED, 1794900000, 0, 0 },
        { 2, STR("agent"), STR("for the translator"), STR("grace.hopper@example.org"), PAGE_SHARE_REVOKED, 1797724800,
          1795132800, 1 },
};

static void save(int dir, const char *name, struct page_shares page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.frame.csrf = STR("4fzyo82mvyr4bcjrbq3wjyd2yu");
        page.frame.writer = true;
        page.frame.administrator = page.frame.error.n > 0;
        page.frame.room = EDIT_SHARES;
        page.form.days = STR("30");
        page.days_max = 366;
        page_render_shares(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

void samples_of_shares(int dir)
{
        static const struct page_site en = { STR("Harbour Docs"), STR("en"), false };
        static const struct page_site ar = { STR("وثائق المرفأ"), STR("ar"), true };

        save(dir, "shares.html", (struct page_shares){
                .frame.site = en, .choices = choices, .nchoices = 2, .shares = shares, .nshares = 3,
                .url = STR("https://docs.harbour.example/s/8.q3xuUqbrLvR3yQm4hYwGv0b6c9tFZx1nKJd2sTeP7aA"),
        });
        save(dir, "shares-rtl.html", (struct page_shares){
                .frame.site = ar, .choices = choices, .nchoices = 2, .shares = shares, .nshares = 3,
                .frame.error = STR("a share link is open for 1 to 366 days"),
        });
        save(dir, "shares-none.html", (struct page_shares){ .frame.site = en });
}
