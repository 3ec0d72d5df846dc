/*
 * page_samples.c -- page-samples FOLDER TEXTS: write a page of each kind, and all assets, as files.
 *
 * TEXTS holds topic.md and topic-rtl.md.
 *
 * The browser tests serve the folder when no running host is named, so that a change of a template
 * or style sheet can be judged before there is anything to serve it.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "markdown/markdown.h"
#include "page/assets.h"
#include "page/page.h"
#include "samples.h"

static const struct page_site site_en = { STR("Harbour Docs"), STR("en"), false };
static const struct page_site site_ar = { STR("وثائق المرفأ"), STR("ar"), true };

static NORETURN void die(const char *what, const char *why)
{
        fprintf(stderr, "page-samples: %s: %s\n", what, why);
        exit(1);
}

void samples_save(int dir, const char *name, struct str bytes)
{
        struct err err;

        if (fd_replace(dir, name, 0644, bytes.p, bytes.n, &err) < 0)
                die(name, err.text);
}

static int open_folder(const char *path)
{
        if (mkdir(path, 0755) < 0 && errno != EEXIST)
                die(path, strerror(errno));

        int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                die(path, strerror(errno));
        return fd;
}

/* Each encoding beside the plain bytes, so that the browser proves that they unpack to the same. */
static void save_assets(const char *folder)
{
        struct buf path CLEANUP_BUF = { 0 };

        buf_printf(&path, "%s/-", folder);

        int fd CLEANUP_FD = open_folder(buf_cstr(&path));

        for (size_t i = 0; asset_at(i) != NULL; i++) {
                const struct asset *a = asset_at(i);
                struct buf name CLEANUP_BUF = { 0 };

                buf_add_str(&name, str_make(a->path.p + 3, a->path.n - 3));
                samples_save(fd, buf_cstr(&name), a->identity);
                buf_puts(&name, ".gz");
                if (a->gzip.n > 0)
                        samples_save(fd, buf_cstr(&name), a->gzip);
                name.n -= 3;
                buf_puts(&name, ".br");
                if (a->brotli.n > 0)
                        samples_save(fd, buf_cstr(&name), a->brotli);
        }
}

static struct markdown_doc render(struct arena *arena, struct str lang, const char *texts,
                                  const char *name)
{
        struct markdown_options options = { .drop_first_h1 = true };
        struct buf source CLEANUP_BUF = { 0 };
        struct markdown_doc doc;
        struct err err;

        page_markdown_words(lang, &options);
        const char *path = arena_printf(arena, "%s/%s.md", texts, name);

        if (fd_slurp(AT_FDCWD, path, MIB, &source, &err) < 0 ||
            markdown_render(arena, arena_str(arena, buf_str(&source)), &options, &doc, &err) < 0)
                die(name, err.text);
        return doc;
}

static void save_topic(int dir, const char *texts, const char *name, struct page_topic page)
{
        struct arena *arena CLEANUP_ARENA = arena_new(0);
        struct markdown_doc doc = render(arena, page.site.lang, texts, name);
        struct buf out CLEANUP_BUF = { 0 };

        page.title = doc.title;
        page.body = doc.body;
        page.headings = doc.headings;
        page.nheadings = doc.nheadings;
        page_render_topic(&out, &page);
        samples_save(dir, arena_printf(arena, "%s.html", name), buf_str(&out));
}

static void english_topic(int dir, const char *texts)
{
        static const struct page_toc
                faq = { .title = STR("Questions and answers"), .url = STR("/docs/agent/faq") },
                api = { .title = STR("HTTP interface"), .url = STR("/docs/agent/http") },
                cli = { .title = STR("Command line"), .url = STR("/docs/agent/cli"), .next = &api },
                reference = { .title = STR("Reference"), .children = &cli, .next = &faq },
                proxy = { .title = STR("Behind a proxy"), .url = STR("/docs/agent/proxy") },
                alerts = { .title = STR("Send alerts"), .url = STR("/docs/agent/alerts"),
                           .next = &proxy },
                configure = { .title = STR("Configure the agent"),
                              .url = STR("/docs/agent/configure"), .children = &alerts },
                install = { .title = STR("Install the agent"), .url = STR("/docs/agent/install"),
                            .current = true, .next = &configure },
                need = { .title = STR("What you need"), .url = STR("/docs/agent/need"),
                         .next = &install },
                start = { .title = STR("Getting started"), .open = true, .children = &need,
                          .next = &reference },
                about = { .title = STR("About Harbour"), .url = STR("/docs/agent/"),
                          .next = &start };
        static const struct page_link
                previous = { STR("What you need"), STR("/docs/agent/need") },
                next = { STR("Configure the agent"), STR("/docs/agent/configure") },
                crumbs[] = { { STR("Harbour agent"), STR("/docs/agent/") },
                             { STR("Getting started"), { 0 } } };

        save_topic(dir, texts, "topic", (struct page_topic){
                .site = site_en, .publication = STR("Harbour agent"),
                .publication_url = STR("/docs/agent/"), .version = STR("3.2"),
                .url = STR("/docs/agent/install"), .markdown_url = STR("/docs/agent/install.md"),
                .description = STR("Install the agent on Debian, from the package or from source."),
                .toc = &about, .crumbs = crumbs, .ncrumbs = ARRAY_LEN(crumbs),
                .previous = &previous, .next = &next, .updated = 1795132800,
        });
}

static void arabic_topic(int dir, const char *texts)
{
        static const struct page_toc
                second = { .title = STR("إعداد الوكيل"), .url = STR("/ar/configure") },
                first = { .title = STR("تثبيت الوكيل"), .url = STR("/ar/install"), .current = true,
                          .next = &second },
                start = { .title = STR("البداية"), .open = true, .children = &first };
        static const struct page_link
                next = { STR("إعداد الوكيل"), STR("/ar/configure") },
                crumbs[] = { { STR("وكيل المرفأ"), STR("/ar/") }, { STR("البداية"), { 0 } } };

        save_topic(dir, texts, "topic-rtl", (struct page_topic){
                .site = site_ar, .publication = STR("وكيل المرفأ"), .publication_url = STR("/ar/"),
                .version = STR("3.2"), .url = STR("/ar/install"),
                .markdown_url = STR("/ar/install.md"),
                .toc = &start, .crumbs = crumbs, .ncrumbs = ARRAY_LEN(crumbs), .next = &next,
                .updated = 1795132800,
        });
}

static void home_pages(int dir)
{
        static const struct page_home_entry entries[] = {
                { STR("Harbour agent"), STR("/docs/agent/"), STR("3.2"),
                  STR("Install, configure and run what collects metrics on your machines."), 48 },
                { STR("Harbour cloud"), STR("/docs/cloud/"), STR("2026-11"),
                  STR("Dashboards, alerts and access, without a server of your own."), 131 },
                { STR("Release notes"), STR("/docs/releases/"), STR(""),
                  STR("What changed in every release, and what to do before you upgrade."), 22 },
                { STR("Developer handbook"), STR("/docs/handbook/"), STR("1"), STR(""), 9 },
        };
        struct buf full CLEANUP_BUF = { 0 }, empty CLEANUP_BUF = { 0 };

        page_render_home(&full, &(struct page_home){
                .site = site_en, .entries = entries, .nentries = ARRAY_LEN(entries),
        });
        samples_save(dir, "home.html", buf_str(&full));
        page_render_home(&empty, &(struct page_home){ .site = site_en });
        samples_save(dir, "home-empty.html", buf_str(&empty));
}

static void other_pages(int dir)
{
        static const struct page_trust_layer layers[] = {
                { STR("Own user"), STR("The files belong to a user that no other has."), true },
                { STR("No network"), STR("The process lives in an empty network namespace: "
                                         "it can answer a connection and open none."), true },
                { STR("System calls"), STR("A filter leaves what serving pages needs."), true },
                { STR("File access"), STR("Landlock rules end at the portal's own folder."), true },
                { STR("Own key"), STR("Backups are sealed with this portal's key."), false },
        };
        const struct page_trust_keeping well = {
                .known = true, .now = 1795478400, .newest = 1795466580, .tried = 1795466640,
                .scrubbed = 1795466520, .copies = true, .copied = 1795466580, .copy_read_back = true,
        };
        const struct page_trust_keeping late = {
                .known = true, .now = 1795478400, .newest = 1795293780, .late = true, .tried = 1795293840,
                .trial_failed = 1795466640, .scrubbed = 1795466520, .damaged = true,
        };
        struct buf error CLEANUP_BUF = { 0 }, trust CLEANUP_BUF = { 0 }, bad CLEANUP_BUF = { 0 };
        struct buf mirrored CLEANUP_BUF = { 0 };

        page_render_error(&error, &(struct page_error){
                site_en, 404, STR("This page is not here"),
                STR("It may have moved, or it is only for readers who have signed in. Check the "
                    "address, or start again from the home page."),
        });
        samples_save(dir, "error.html", buf_str(&error));
        page_render_trust(&trust, &(struct page_trust){
                .site = site_en, .isolation = STR("standard"), .layers = layers,
                .nlayers = ARRAY_LEN(layers), .keeping = well,
        });
        samples_save(dir, "trust.html", buf_str(&trust));
        page_render_trust(&bad, &(struct page_trust){
                .site = site_en, .isolation = STR("strict"), .layers = layers,
                .nlayers = ARRAY_LEN(layers), .keeping = late,
        });
        samples_save(dir, "trust-late.html", buf_str(&bad));
        page_render_trust(&mirrored, &(struct page_trust){
                .site = site_ar, .isolation = STR("strict"), .layers = layers,
                .nlayers = ARRAY_LEN(layers), .keeping = late,
        });
        samples_save(dir, "trust-rtl.html", buf_str(&mirrored));
}

int main(int argc, char **argv)
{
        if (argc != 3) {
                fputs("usage: page-samples FOLDER TEXTS\n", stderr);
                return 2;
        }

        int dir CLEANUP_FD = open_folder(argv[1]);

        save_assets(argv[1]);
        english_topic(dir, argv[2]);
        arabic_topic(dir, argv[2]);
        home_pages(dir);
        other_pages(dir);
        samples_of_factors(dir);
        samples_of_accounts(dir);
        samples_of_backups(dir);
        samples_of_shares(dir);
        samples_of_workspace(dir);
        return 0;
}
