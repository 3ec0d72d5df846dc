/*
 * filled.h -- a portal with all kinds of content, in the container of one test.
 */
#pragma once

#include "container.h"

static inline int repeat_bytes(void *ctx, uint64_t offset, void *p, size_t n, struct err *err)
{
        char *out = p;

        (void)ctx;
        (void)err;
        for (size_t i = 0; i < n; i++)
                out[i] = (char)((offset + i) * 31 >> 3);
        return 0;
}

static inline int64_t add_blob(uint64_t size)
{
        struct digest_stream s;
        struct digest digest;
        static char part[64 * 1024];
        int64_t id = 0;

        digest_start(&s);
        for (uint64_t at = 0; at < size; at += sizeof part) {
                size_t n = size - at < sizeof part ? (size_t)(size - at) : sizeof part;

                assert_int_equal(repeat_bytes(NULL, at, part, n, NULL), 0);
                digest_add(&s, part, n);
        }
        digest_finish(&s, &digest);
        OK(store_blob_put(store, &digest, size, repeat_bytes, NULL, &id, err));
        return id;
}

static inline void add_file(int64_t project, const char *path, uint64_t size)
{
        const struct store_project_file file = { str_of(path), STR("image/png"), add_blob(size) };

        OK(store_project_file_put(store, project, &file, err));
}

static inline int64_t add_topic(int64_t project, const char *slug, const char *path, const char *title,
                         const char *text)
{
        const struct store_topic topic = {
                .slug = str_of(slug), .title = str_of(title), .source_path = str_of(path),
                .description = STR("What \"it\" is: about"), .metadata = STR("tags:\n  - a\ntitle: old\nx: 1\n"),
        };
        int64_t id = 0;

        OK(store_topic_add(store, project, &topic, str_of(text), STR("Anna"), STR("first"), NOW, &id, err));
        return id;
}

static inline int64_t add_project(const char *slug, const char *language, bool rtl)
{
        const struct store_project project = {
                .slug = str_of(slug), .title = STR("A Guide <b> & 'more'"), .language = str_of(language),
                .rtl = rtl, .licence = STR("CC-BY-4.0"), .description = STR("all of it"),
        };
        int64_t id = 0;

        OK(store_project_put(store, &project, NOW, &id, err));
        return id;
}

static inline void fill_documents(uint64_t largest)
{
        int64_t guide = add_project("guide", "en", false), rtl = add_project("rtl", "he", true);
        int64_t one = add_topic(guide, "start/one", "start/one.md", "One [1] `x` \\ *y*", "# Hello\n\ntext\n");
        int64_t two = add_topic(guide, "two", "SUMMARY.md", "Two: \"quoted\"\nand a line", "body of two");
        int64_t three = add_topic(guide, "three", "start/ONE.md", "Three", "");
        int64_t html = add_topic(guide, "page", "page.html", "Page", "was *HTML*");
        int64_t heb = add_topic(rtl, "שלום", "שלום עולם.md", "שלום עולם", "טקסט בעברית\n");
        const struct store_toc toc[] = {
                { 0, STR("One [1] `x` \\ *y*"), one, STR("") }, { 1, STR("Two"), two, STR("") },
                { 0, STR("A heading - only"), 0, STR("") }, { 1, STR("Outside"), 0, STR("https://example.com/a?b=c") },
                { 1, STR("Page"), html, STR("") },
        };
        const struct store_toc toc_rtl[] = { { 0, STR("שלום"), heb, STR("") } };
        const struct store_redirect moved = { STR("old"), STR("two") };

        OK(store_toc_replace(store, guide, toc, ARRAY_LEN(toc), err));
        OK(store_toc_replace(store, rtl, toc_rtl, 1, err));
        OK(store_topic_revise(store, one, STR("# Hello\n\nnew text\n"), STR("Ben"), STR("second"), NOW + 5, err));
        OK(store_project_redirect_put(store, guide, &moved, err));
        (void)three;
        add_file(guide, "img/empty.png", 0);
        add_file(guide, "img/a \"b\" 'c'.png", 70000);
        add_file(guide, "img/line\nbreak.png", 10);
        add_file(guide, "../outside.png", 11);
        add_file(guide, "mkdocs.yml", 12);
        add_file(guide, "start/one.md", 13);
        add_file(rtl, "תמונה.png", largest);
}

static inline void fill_publication(void)
{
        const struct store_publication_row row = {
                .project = 1, .slug = STR("guide"), .title = STR("Guide"), .version = STR("2.1"),
                .visibility = STORE_RESTRICTED, .language = STR("en"), .description = STR(""),
                .first_page = STR("start/one"), .pages = 1,
        };
        const struct store_frozen page = { .slug = STR("start/one"), .title = STR("One"), .topic = 1,
                                           .revision = 1, .source_path = STR("start/one.md"),
                                           .etag = STR("0123"), .updated = NOW, .description = STR("") };
        const struct store_bodies bodies = { STR("\x01\x02"), STR("\x1f\x8b\x00"), STR(""), STR("hello") };
        const struct store_redirect moved = { STR("gone"), STR("start/one") };
        int64_t id = 0;

        OK(store_publication_put(store, &row, NOW, &id, err));
        OK(store_frozen_add(store, id, &page, &bodies, err));
        OK(store_frozen_files_copy(store, id, 1, NOW, err));
        OK(store_redirect_put(store, id, &moved, err));
}

static inline void fill_people(void)
{
        const struct store_person people[] = {
                { .login = STR("anna@example.com"), .name = STR("Anna Ä"), .role = ROLE_ADMINISTRATOR },
                { .login = STR("rut@example.com"), .name = STR("רות"), .role = ROLE_POWER_READER },
        };
        const struct digest codes[] = { { { 7 } } };
        const struct store_audit_record record = { .time = NOW, .actor = 1, .action = STR("login.ok"),
                                                   .object = STR("person/1"), .detail = STR("{}") };
        int64_t id = 0, group = 0;

        for (size_t i = 0; i < ARRAY_LEN(people); i++) {
                OK(store_person_add(store, &people[i], NOW, &id, err));
                OK(store_password_set(store, id, STR(HASH), err));
        }
        OK(store_totp_set(store, 1, STR("totp-secret-bytes"), 7, err));
        OK(store_recovery_replace(store, 1, STR("salt"), codes, 1, err));
        OK(store_browser_put(store, 1, &codes[0], NOW, err));
        OK(store_group_add(store, STR("staff"), STR("Staff"), NOW, &group, err));
        OK(store_group_join(store, group, 2, err));
        OK(store_grant_group(store, 1, group, err));
        OK(store_meta_put(store, STR("site.title"), STR("Acme"), err));
        OK(store_meta_put(store, STR("secret.forms"), STR("the-key-of-forms"), err));
        OK(sqlite_db_exec(store->db, "INSERT INTO sso_provider(name, label, issuer, client, secret, method,"
                          " origins, scopes, domains, claim, factor, administrators, enabled, created,"
                          " changed)"
                          " VALUES ('x', 'X', 'https://i', 'c', 'the-client-secret', 0, '', '', '', '', '', 0, 1, 0, 0)",
                          err));
        for (int i = 0; i < 3; i++)
                OK(store_audit_add(store, &record, err));
}

static inline void fill(uint64_t largest)
{
        OK(store_begin(store, err));
        fill_documents(largest);
        fill_publication();
        fill_people();
        OK(store_commit(store, err));
}
