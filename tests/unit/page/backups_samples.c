/*
 * backups_samples.c -- sample pages of the rooms for backups and export.
 */
#include "base/attr.h"
#include "base/buf.h"
#include "page/backups.h"
#include "page/inside.h"
#include "page/own_key.h"
#include "samples.h"

#define KEY_NAME "1333a753f10bc0a2ff8313d7c38d0f6577dd39c62a201b5dc8687602465086d9"

static const struct page_backup backups[] = {
        { 18, 1795305600, 48234496, STR("daily"), STR("verified"), true, 0 },
        { 17, 1795250000, 48201728, STR("pre-restore"), STR("verified"), true, 3 },
        { 16, 1795219200, 0, STR("daily"), STR("failed"), false, 0 },
        { 15, 1795132800, 32201728, STR("daily"), STR("held"), true, 41 },
        { 14, 1795046400, 47201728, STR("manual"), STR("verified"), true, 52 },
};
static const struct page_change changes[] = {
        { STR("Agent handbook"), STR("Writing your first documentation page for readers in a hurry"),
          STR("handbook"), STR("first-page"), 1795305300 },
        { STR("Partner guide"), STR("دليل الشركاء"), STR("partners"), STR("start"), 1795300000 },
};

static struct edit_frame frame_of(const struct page_site *site, enum edit_room room)
{
        return (struct edit_frame){ .site = *site, .csrf = STR("4fzyo82mvyr4bcjrbq3wjyd2yu"), .writer = true,
                                    .administrator = true, .room = room };
}

static void save_inside(int dir, const char *name, const struct page_site *site, struct page_inside page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.frame = frame_of(site, EDIT_BACKUPS);
        page.backup = backups[4];
        page_render_inside(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void save_list(int dir, const char *name, const struct page_site *site, struct page_backups page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.frame = frame_of(site, EDIT_BACKUPS);
        page_render_backups(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void save_preview(int dir, const char *name, const struct page_site *site)
{
        struct buf out CLEANUP_BUF = { 0 };

        page_render_backup_preview(&out, &(struct page_backup_preview){
                .frame = frame_of(site, EDIT_BACKUPS), .backup = backups[4], .changes = changes,
                .nchanges = ARRAY_LEN(changes),
        });
        samples_save(dir, name, buf_str(&out));
}

static void save_takeaway(int dir, const char *name, const struct page_site *site, struct page_takeaway page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.frame = frame_of(site, EDIT_TAKEAWAY);
        page.made = 1795305600;
        page.until = page.made + 86400;
        page.bytes = 812345678;
        page_render_takeaway(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

static void save_own_key(int dir, const char *name, const struct page_site *site, struct page_own_key page)
{
        struct buf out CLEANUP_BUF = { 0 };

        page.frame = frame_of(site, EDIT_BACKUPS);
        page.backups = backups;
        page.nbackups = ARRAY_LEN(backups);
        page.made = 1795305600;
        page.until = page.made + 86400;
        page.bytes = 12345678;
        page.backup = 18;
        page_render_own_key(&out, &page);
        samples_save(dir, name, buf_str(&out));
}

void samples_of_backups(int dir)
{
        static const struct str key = { KEY_NAME, sizeof KEY_NAME - 1 };
        static const struct page_site en = { STR("Harbour Docs"), STR("en"), false };
        static const struct page_site ar = { STR("وثائق المرفأ"), STR("ar"), true };
        static const struct page_errand running = { PAGE_ERRAND_RUNNING, STR("saving"), 1795305600, 14, 0, STR("") };
        static const struct page_errand done = { PAGE_ERRAND_DONE, STR("over"), 1795305600, 14, 19, STR("") };
        static const struct page_inside_row rows[] = {
                { true, STR("handbook"), STR("first-page"), STR("Agent handbook"), STR("Writing your first documentation page for readers in a hurry"), 1795000000 },
                { false, STR("partners"), STR("start"), STR("Partner guide"), STR("دليل الشركاء"), 1794900000 },
        };
        static const struct page_inside inside = {
                .known = true, .made = 1795306000, .gone = 2480, .changed = 52, .same = 117, .listed = 2500, .rows = rows,
                .nrows = ARRAY_LEN(rows), .next = STR("/edit/backups/inside?backup=14&from=4711"), .deep = true,
        };
        static const struct page_errand failed = {
                PAGE_ERRAND_FAILED, STR("over"), 1795305600, 14, 0, STR("there is no such backup"),
        };

        save_list(dir, "backups.html", &en,
                  (struct page_backups){ .backups = backups, .nbackups = ARRAY_LEN(backups), .restore = done });
        save_list(dir, "backups-rtl.html", &ar,
                  (struct page_backups){ .backups = backups, .nbackups = ARRAY_LEN(backups), .restore = failed });
        save_list(dir, "backups-running.html", &en,
                  (struct page_backups){ .backups = backups, .nbackups = ARRAY_LEN(backups), .restore = running });
        save_list(dir, "backups-part.html", &en,
                  (struct page_backups){ .backups = backups, .nbackups = ARRAY_LEN(backups),
                                         .part = { done, 3, 1, 12, 2 } });
        save_inside(dir, "backups-inside-new.html", &en, (struct page_inside){ .look = running });
        save_inside(dir, "backups-inside.html", &en, inside);
        save_inside(dir, "backups-inside-rtl.html", &ar, inside);
        save_preview(dir, "backups-preview.html", &en);
        save_preview(dir, "backups-preview-rtl.html", &ar);
        save_own_key(dir, "own-key-none.html", &en, (struct page_own_key){ .private_key = true });
        save_own_key(dir, "own-key.html", &en, (struct page_own_key){
                .name = key, .bits = 4096, .ready = true, .client = key,
        });
        save_own_key(dir, "own-key-rtl.html", &ar, (struct page_own_key){ .name = key, .bits = 4096, .ready = true,
                                                                          .client = key, .errand = failed });
        save_own_key(dir, "own-key-running.html", &en, (struct page_own_key){
                .name = key, .bits = 4096,
                .errand = { PAGE_ERRAND_RUNNING, STR("sealing"), 1795305600, 18, 0, STR("") },
        });
        save_takeaway(dir, "takeaway.html", &en, (struct page_takeaway){ .ready = true });
        save_takeaway(dir, "takeaway-rtl.html", &ar, (struct page_takeaway){ .errand = failed });
        save_takeaway(dir, "takeaway-running.html", &en, (struct page_takeaway){ .errand = running });
}
