/*
 * test_access.c -- every reader at every exit: what is theirs, and nothing that tells what is not.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/stat.h>

#include "compress/compress.h"
#include "store/blob.h"
#include "store/groups.h"
#include "store/publication.h"
#include "store/read.h"
#include "store/share.h"
#include "portal.h"

static const char *const slugs[] = { "open", "members", "drafts" };     /* by visibility */
static int64_t publications[3];

static int give(void *ctx, uint64_t offset, void *p, size_t n, struct err *err)
{
        (void)err;
        memcpy(p, (const char *)ctx + offset, n);
        return 0;
}

static void publish(int64_t project, int64_t topic, int which)
{
        struct store_publication_row row = {
                .project = project, .slug = str_of(slugs[which]), .title = STR("Manual"),
                .visibility = (enum store_visibility)which, .language = STR("en"),
                .first_page = STR("start"), .pages = 1,
        };
        struct store_frozen page = {
                .slug = STR("start"), .title = STR("Start"), .topic = topic, .revision = 1,
                .source_path = STR("start.md"), .etag = STR("abc"), .updated = 7,
        };
        struct store_bodies bodies = { STR("B"), STR(""), STR("IDENTITY"), STR("text") };
        struct store_redirect old = { STR("begin"), STR("start") };

        assert_int_equal(store_publication_put(store, &row, 5, &publications[which], NULL), 0);
        assert_int_equal(store_frozen_add(store, publications[which], &page, &bodies, NULL), 0);
        assert_int_equal(store_frozen_files_copy(store, publications[which], project, 9, NULL), 0);
        assert_int_equal(store_redirect_put(store, publications[which], &old, NULL), 0);
}

static void put_site_page(const char *path)
{
        struct store_site_page page = { str_of(path), STR("text/html"), STR("s"), STR(""), STR(""),
                                        STR("what everyone may read") };

        assert_int_equal(store_site_page_put(store, &page, 4, NULL), 0);
}

static int setup(void **state)
{
        static char bytes[] = "file bytes";
        struct store_project p = { .slug = STR("p"), .title = STR("P"), .language = STR("en") };
        struct store_topic t = { .slug = STR("start"), .title = STR("Start") };
        struct store_project_file f = { .path = STR("img/a.png"), .media_type = STR("image/png") };
        struct digest digest;
        int64_t project, topic;

        assert_int_equal(portal_setup(state), 0);
        digest_of(STR("file bytes"), &digest);
        assert_int_equal(store_project_put(store, &p, 1, &project, NULL), 0);
        assert_int_equal(store_topic_add(store, project, &t, STR("# Start"), STR(""), STR(""), 3, &topic,
                                         NULL), 0);
        assert_int_equal(store_blob_put(store, &digest, 10, give, bytes, &f.blob, NULL), 0);
        assert_int_equal(store_project_file_put(store, project, &f, NULL), 0);
        for (int i = 0; i < 3; i++)
                publish(project, topic, i);
        put_site_page("/");
        put_site_page("/sitemap.xml");
        put_site_page("/robots.txt");
        return 0;
}

enum { EXITS = 10 };
struct answers {
        int code[EXITS];
        struct err err[EXITS];
};

static struct reader as_person(int64_t id)
{
        return (struct reader){ .kind = READER_PERSON, .person = id, .now = NOW };
}

/* Whether the reader's list of publications has this one. */
static int listed(const struct reader *reader, struct str slug, struct err *err)
{
        struct store_publication_row *rows;
        size_t n;

        assert_int_equal(store_publication_list(store, reader, arena, &rows, &n, NULL), 0);
        for (size_t i = 0; i < n; i++)
                if (str_eq(rows[i].slug, slug))
                        return 0;
        return err_set(err, ERR_NOT_FOUND, "there is no such page");
}

/* The exits by which programs list a publication. */
static void browse(const struct reader *reader, struct str publication, struct answers *a)
{
        struct store_publication_row row;
        struct store_frozen page, *pages;
        struct store_readable_file *files;
        size_t n;

        a->code[6] = store_publication_read(store, reader, publication, arena, &row, &a->err[6]);
        if (a->code[6] == 0)
                assert_true(str_eq(row.slug, publication));
        a->code[7] = store_frozen_read(store, reader, publication, -1, 500, arena, &pages, &n, &a->err[7]);
        if (a->code[7] == 0)
                assert_true(n == 1 && str_is(pages[0].slug, "start"));
        a->code[8] = store_frozen_read_one(store, reader, publication, STR("start"), arena, &page, &a->err[8]);
        if (a->code[8] == 0)
                assert_true(str_is(page.title, "Start"));
        a->code[9] = store_frozen_file_read(store, reader, publication, STR(""), 500, arena, &files, &n,
                                            &a->err[9]);
        if (a->code[9] == 0)
                assert_true(n == 1 && str_is(files[0].path, "img/a.png") && files[0].size == 10);
}

/* Each exit for one publication; what comes out is what was put in. */
static struct answers ask(const struct reader *reader, struct str publication)
{
        struct answers a;
        struct store_page page;
        struct store_file file;
        struct str slug;
        char bytes[16];
        size_t n;

        a.code[0] = store_page_find(store, reader, publication, STR("start"), STORE_BROTLI, arena, &page,
                                    &a.err[0]);
        if (a.code[0] == 0)
                assert_true(str_is(page.body, "B"));
        a.code[1] = store_markdown_find(store, reader, publication, STR("start"), arena, &page,
                                        &a.err[1]);
        if (a.code[1] == 0)
                assert_true(str_is(page.body, "# Start"));
        a.code[2] = store_first_page_find(store, reader, publication, arena, &slug, &a.err[2]);
        a.code[3] = store_redirect_find(store, reader, publication, STR("begin"), arena, &slug,
                                        &a.err[3]);
        a.code[4] = store_file_find(store, reader, publication, STR("img/a.png"), arena, &file,
                                    &a.err[4]);
        if (a.code[4] == 0) {
                assert_int_equal(store_file_read(store, &file, 0, bytes, sizeof bytes, &n, NULL), 0);
                assert_true(str_is(str_make(bytes, n), "file bytes"));
        }
        a.code[5] = listed(reader, publication, &a.err[5]);
        browse(reader, publication, &a);
        return a;
}

/* The home page and its like are the same for everybody, whoever asks. */
static void assert_site_is_the_same(const struct reader *reader)
{
        struct store_page page;

        assert_int_equal(store_home_find(store, reader, 0, arena, &page, NULL), 0);
        assert_true(str_is(page.body, "what everyone may read"));
        assert_int_equal(store_sitemap_find(store, reader, STR("https://d"), arena, &page, NULL), 0);
        assert_true(str_is(page.body, "what everyone may read"));
        assert_int_equal(store_robots_find(store, reader, STR("https://d"), arena, &page, NULL), 0);
        assert_int_equal(page.visibility, STORE_PUBLIC);
}

static void assert_reads(const char *who, const struct reader *reader, bool restricted, bool private)
{
        const bool may[3] = { true, restricted, private };
        struct answers missing = ask(reader, STR("no-such"));

        for (int v = 0; v < 3; v++) {
                struct answers a = ask(reader, str_of(slugs[v]));

                for (int e = 0; e < EXITS; e++) {
                        if (a.code[e] != (may[v] ? 0 : ERR_NOT_FOUND))
                                fail_msg("%s at exit %d of %s: %d", who, e, slugs[v], a.code[e]);
                        assert_int_equal(missing.code[e], ERR_NOT_FOUND);
                        if (!may[v])
                                assert_string_equal(a.err[e].text, missing.err[e].text);
                }
        }
        assert_site_is_the_same(reader);
}

static void grant(int64_t person)
{
        for (int v = 0; v < 3; v++)
                assert_int_equal(store_grant_person(store, publications[v], person, NULL), 0);
}

static void every_reader_reads_what_is_theirs_at_every_exit(void **state)
{
        int64_t plain = add_active("plain@b", ROLE_POWER_READER);
        int64_t named = add_active("named@b", ROLE_POWER_READER);
        int64_t member = add_active("member@b", ROLE_POWER_READER);
        int64_t invited = add_invited("invited@b", ROLE_POWER_READER);
        int64_t group, empty;

        (void)state;
        grant(named);
        grant(invited);
        assert_int_equal(store_group_add(store, STR("g"), STR("G"), NOW, &group, NULL), 0);
        assert_int_equal(store_group_add(store, STR("e"), STR("E"), NOW, &empty, NULL), 0);
        assert_int_equal(store_group_join(store, group, member, NULL), 0);
        assert_int_equal(store_group_join(store, empty, plain, NULL), 0);
        for (int v = 0; v < 3; v++)
                assert_int_equal(store_grant_group(store, publications[v], group, NULL), 0);

        const struct {
                const char *who;
                struct reader reader;
                bool restricted, private;
        } rows[] = {
                { "anonymous", reader_anonymous, false, false },
                { "a Power Reader without access", as_person(plain), false, false },
                { "a Power Reader by name", as_person(named), true, false },
                { "a Power Reader by group", as_person(member), true, false },
                { "an invited reader with a grant", as_person(invited), false, false },
                { "an administrator", as_person(add_active("a@b", ROLE_ADMINISTRATOR)), true, true },
                { "a writer", as_person(add_active("w@b", ROLE_WRITER)), true, true },
                { "a reviewer", as_person(add_active("r@b", ROLE_REVIEWER)), true, true },
                { "a number that nobody has", as_person(9999), false, false },
                { "number 0", as_person(0), false, false },
                { "a negative number", as_person(-1), false, false },
        };

        for (size_t i = 0; i < ARRAY_LEN(rows); i++)
                assert_reads(rows[i].who, &rows[i].reader, rows[i].restricted, rows[i].private);
}

static void lists_go_on_behind_what_was_seen_and_have_a_limit(void **state)
{
        struct store_frozen *pages;
        struct store_readable_file *files;
        struct store_project *projects;
        struct store_topic *topics, topic;
        size_t n;

        (void)state;
        assert_int_equal(store_frozen_read(store, &reader_anonymous, STR("open"), 0, 1, arena, &pages, &n, NULL), 0);
        assert_int_equal(n, 0);
        assert_int_equal(store_frozen_file_read(store, &reader_anonymous, STR("open"), STR("img/a.png"), 1, arena,
                                                &files, &n, NULL), 0);
        assert_int_equal(n, 0);
        for (int i = 0; i < 2; i++) {
                const size_t limit = i == 0 ? 0 : BROWSE_MAX + 1;

                assert_int_equal(store_frozen_read(store, &reader_anonymous, STR("open"), -1, limit, arena, &pages,
                                                   &n, NULL), ERR_LIMIT);
                assert_int_equal(store_frozen_file_read(store, &reader_anonymous, STR("open"), STR(""), limit, arena,
                                                        &files, &n, NULL), ERR_LIMIT);
                assert_int_equal(store_project_list(store, STR(""), limit, arena, &projects, &n, NULL), ERR_LIMIT);
                assert_int_equal(store_topic_page(store, 1, STR(""), limit, arena, &topics, &n, NULL), ERR_LIMIT);
        }
        assert_int_equal(store_project_list(store, STR(""), 500, arena, &projects, &n, NULL), 0);
        assert_true(n == 1 && str_is(projects[0].slug, "p"));
        assert_int_equal(store_project_list(store, STR("p"), 500, arena, &projects, &n, NULL), 0);
        assert_int_equal(n, 0);
        assert_int_equal(store_topic_page(store, 1, STR(""), 500, arena, &topics, &n, NULL), 0);
        assert_true(n == 1 && str_is(topics[0].slug, "start"));
        assert_int_equal(store_topic_page(store, 1, STR("start"), 500, arena, &topics, &n, NULL), 0);
        assert_int_equal(n, 0);
        assert_int_equal(store_topic_find(store, 1, STR("start"), arena, &topic, NULL), 0);
        assert_int_equal(store_topic_find(store, 2, STR("start"), arena, &topic, NULL), ERR_NOT_FOUND);
}

static void an_account_that_ended_reads_as_if_it_had_no_grant(void **state)
{
        static const enum person_role roles[] = { ROLE_POWER_READER, ROLE_WRITER, ROLE_REVIEWER };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(roles); i++) {
                char login[16];

                snprintf(login, sizeof login, "x%d@b", (int)i);
                int64_t id = add_active(login, roles[i]);
                bool author = roles[i] != ROLE_POWER_READER;
                struct reader r = as_person(id);

                grant(id);
                assert_reads("before", &r, true, author);
                assert_int_equal(store_person_set_expires(store, id, NOW, NULL), 0);
                assert_reads("expired", &r, false, false);
                r.now = NOW - 1;
                assert_reads("a second before the end", &r, true, author);
                r.now = NOW;
                assert_int_equal(store_person_set_expires(store, id, NOW + 1, NULL), 0);
                assert_reads("extended", &r, true, author);
                assert_int_equal(store_person_disable(store, id, NULL), 0);
                assert_reads("disabled", &r, false, false);
                assert_int_equal(store_person_enable(store, id, NULL), 0);
                assert_reads("enabled", &r, true, author);
                assert_int_equal(store_person_delete(store, id, NULL), 0);
                assert_reads("deleted", &r, false, false);
        }
}

static void what_is_withdrawn_is_gone_at_the_next_request(void **state)
{
        int64_t id = add_active("a@b", ROLE_POWER_READER), group;
        const struct reader r = as_person(id);

        (void)state;
        assert_int_equal(store_grant_person(store, publications[1], id, NULL), 0);
        assert_int_equal(store_grant_person(store, publications[1], id, NULL), 0);
        assert_reads("granted", &r, true, false);
        assert_int_equal(store_revoke_person(store, publications[1], id, NULL), 0);
        assert_reads("revoked", &r, false, false);
        assert_int_equal(store_revoke_person(store, publications[1], id, NULL), 0);

        assert_int_equal(store_group_add(store, STR("g"), STR("G"), NOW, &group, NULL), 0);
        assert_int_equal(store_group_join(store, group, id, NULL), 0);
        assert_int_equal(store_grant_group(store, publications[1], group, NULL), 0);
        assert_reads("by group", &r, true, false);
        assert_int_equal(store_group_leave(store, group, id, NULL), 0);
        assert_reads("left", &r, false, false);
        assert_int_equal(store_group_join(store, group, id, NULL), 0);
        assert_int_equal(store_revoke_group(store, publications[1], group, NULL), 0);
        assert_reads("the group's right revoked", &r, false, false);
        assert_int_equal(store_grant_group(store, publications[1], group, NULL), 0);
        assert_int_equal(store_group_remove(store, group, NULL), 0);
        assert_reads("the group removed", &r, false, false);
        assert_int_equal(store_person_set_role(store, id, ROLE_REVIEWER, NULL), 0);
        assert_reads("made a reviewer", &r, true, true);
        assert_int_equal(store_person_set_role(store, id, ROLE_POWER_READER, NULL), 0);
        assert_reads("made a reader again", &r, false, false);
}

static void a_grant_is_for_one_publication_only(void **state)
{
        int64_t id = add_active("a@b", ROLE_POWER_READER), member = add_active("m@b", ROLE_POWER_READER);
        int64_t author = add_active("w@b", ROLE_WRITER), group, other;
        struct store_publication_row row = {
                .project = number("SELECT id FROM project"), .slug = STR("other"), .title = STR("Other"),
                .visibility = STORE_RESTRICTED, .language = STR("en"), .first_page = STR("start"),
        };
        struct reader r = as_person(id);
        struct store_share link = { .created_by = author, .expires = NOW + 9 };
        struct str slug;

        (void)state;
        assert_int_equal(store_publication_put(store, &row, 5, &other, NULL), 0);
        assert_int_equal(store_grant_person(store, other, id, NULL), 0);
        assert_reads("granted elsewhere", &r, false, false);
        assert_int_equal(store_first_page_find(store, &r, STR("other"), arena, &slug, NULL), 0);
        assert_int_equal(store_group_add(store, STR("g"), STR("G"), NOW, &group, NULL), 0);
        assert_int_equal(store_group_join(store, group, member, NULL), 0);
        assert_int_equal(store_grant_group(store, other, group, NULL), 0);
        r = as_person(member);
        assert_reads("whose group was granted elsewhere", &r, false, false);
        assert_int_equal(store_first_page_find(store, &r, STR("other"), arena, &slug, NULL), 0);
        link.publication = other;
        r = (struct reader){ .kind = READER_SHARE, .now = NOW };
        assert_int_equal(store_share_add(store, &link, NOW, &r.share, NULL), 0);
        assert_reads("by a link to another publication", &r, false, false);
        assert_int_equal(store_first_page_find(store, &r, STR("other"), arena, &slug, NULL), 0);
        assert_int_equal(store_grant_person(store, other + 1, id, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_grant_person(store, other, 9999, NULL), ERR_NOT_FOUND);
        assert_int_equal(store_grant_group(store, other, group + 1, NULL), ERR_NOT_FOUND);
}

static void the_list_of_readers_names_people_and_groups(void **state)
{
        int64_t id = add_active("a@b", ROLE_POWER_READER), group;
        struct store_grant *rows;
        size_t n;

        (void)state;
        assert_int_equal(store_group_add(store, STR("g"), STR("G"), NOW, &group, NULL), 0);
        assert_int_equal(store_grant_group(store, publications[1], group, NULL), 0);
        assert_int_equal(store_grant_person(store, publications[1], id, NULL), 0);
        assert_int_equal(store_grant_list(store, publications[1], arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 2);
        assert_int_equal(rows[0].person, id);
        assert_true(str_is(rows[0].name, "a@b") && str_is(rows[0].title, "A Name"));
        assert_int_equal(rows[1].group, group);
        assert_true(str_is(rows[1].name, "g") && str_is(rows[1].title, "G"));
}

static int64_t share(int which, int64_t by, int64_t expires)
{
        struct store_share s = { .publication = publications[which], .created_by = by,
                                 .note = STR("for the auditor"), .expires = expires };
        int64_t id = 0;

        assert_int_equal(store_share_add(store, &s, NOW, &id, NULL), 0);
        return id;
}

static void a_share_link_opens_one_restricted_publication_until_its_end(void **state)
{
        int64_t author = add_active("a@b", ROLE_WRITER), plain = add_active("p@b", ROLE_POWER_READER);
        int64_t link = share(1, author, NOW + 100), drafts = share(2, author, NOW + 100);
        struct reader r = { .kind = READER_SHARE, .share = link, .now = NOW };
        struct store_share found, *rows;
        struct err err;
        int64_t made;
        size_t n;

        (void)state;
        assert_reads("by link", &r, true, false);
        assert_int_equal(store_share_find(store, link, NOW, arena, &found, NULL), 0);
        assert_true(str_is(found.slug, "members") && str_is(found.creator, "A Name"));
        assert_true(store_share_is_due(&found, NOW));
        assert_int_equal(store_share_touch(store, link, true, NOW, NULL), 0);
        assert_int_equal(store_share_touch(store, link, true, NOW + 1, NULL), 0);
        assert_int_equal(store_share_touch(store, link, false, NOW + SHARE_SEEN_SECONDS, NULL), 0);
        assert_int_equal(store_share_find(store, link, NOW, arena, &found, NULL), 0);
        assert_int_equal(found.opened, 1);
        assert_int_equal(found.seen, NOW + SHARE_SEEN_SECONDS);
        assert_int_equal(store_share_count_by(store, author, NOW, &made, NULL), 0);
        assert_int_equal(made, 2);
        r.now = NOW + 100;
        assert_reads("by an ended link", &r, false, false);
        assert_int_equal(store_share_find(store, link, NOW + 100, arena, &found, NULL), ERR_NOT_FOUND);
        r.now = NOW;
        r.share = drafts;
        assert_reads("by a link to a private publication", &r, false, false);
        r.share = link + 99;
        assert_reads("by a link that does not exist", &r, false, false);
        /* A number of a person that came with a link is not looked at. */
        r = (struct reader){ .kind = READER_SHARE, .person = author, .now = NOW };
        assert_reads("a link's reader who claims to be an author", &r, false, false);
        r = (struct reader){ .kind = READER_ANONYMOUS, .person = author, .share = link, .now = NOW };
        assert_reads("anonymous with somebody's numbers", &r, false, false);
        /* Somebody with an account may have a link too. */
        r = (struct reader){ .kind = READER_PERSON, .person = plain, .share = link, .now = NOW };
        assert_reads("a Power Reader with a link", &r, true, false);

        assert_int_equal(store_share_revoke(store, link, NOW + 1, NULL), 0);
        assert_int_equal(store_share_revoke(store, link, NOW + 1, &err), ERR_NOT_FOUND);
        assert_reads("by a revoked link", &r, false, false);
        r.share = share(1, author, NOW + 100);
        assert_reads("by a new link", &r, true, false);
        assert_int_equal(store_share_revoke_all(store, publications[1], NOW, NULL), 0);
        assert_reads("after all were revoked", &r, false, false);
        assert_int_equal(store_share_list(store, publications[1], arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 2);
        assert_int_equal(rows[1].id, link);
        assert_int_equal(rows[1].revoked, NOW + 1);
        assert_int_equal(store_share_list(store, 0, arena, &rows, &n, NULL), 0);
        assert_int_equal(n, 3);
        r.share = share(1, 0, NOW + 100);
        assert_reads("by a link of the operator's", &r, true, false);
}

static void a_share_link_has_an_end_and_a_publication_some_room(void **state)
{
        int64_t author = add_active("a@b", ROLE_WRITER), id;
        struct store_share s = { .publication = publications[1], .created_by = author };

        (void)state;
        s.expires = NOW;
        assert_int_equal(store_share_add(store, &s, NOW, &id, NULL), ERR_INVALID);
        s.expires = NOW + (SHARE_DAYS_MAX + 1) * (int64_t)86400;
        assert_int_equal(store_share_add(store, &s, NOW, &id, NULL), ERR_INVALID);
        s.expires = NOW + 5;
        for (int i = 0; i < SHARES_MAX; i++)
                assert_int_equal(store_share_add(store, &s, NOW, &id, NULL), 0);
        assert_int_equal(store_share_add(store, &s, NOW, &id, NULL), ERR_LIMIT);
        assert_int_equal(store_share_add(store, &s, NOW + 4, &id, NULL), ERR_LIMIT);
        s.expires = NOW + 50;
        assert_int_equal(store_share_add(store, &s, NOW + 5, &id, NULL), 0);
}

static void a_kind_of_reader_nobody_knows_reads_nothing(void **state)
{
        const struct reader r = { .kind = (enum reader_kind)77, .person = add_active("a@b", 0), .now = NOW };
        const struct store_publication strange = { .visibility = (enum store_visibility)9,
                                                   .standing = STANDING_AUTHOR };
        struct reader author = as_person(1);

        (void)state;
        for (int v = 0; v < 3; v++)
                assert_int_equal(ask(&r, str_of(slugs[v])).code[0], ERR_NOT_FOUND);
        assert_false(may_read(&strange, &author));
}

/* SQLite's own count of the work a statement did. */
static int steps_of(const struct reader *reader, const char *publication)
{
        struct store_page page;
        int steps = 0;

        assert_int_equal(store_page_find(store, reader, str_of(publication), STR("start"), STORE_BROTLI,
                                         arena, &page, NULL), ERR_NOT_FOUND);
        for (size_t i = 0; i < STATEMENT_SLOTS; i++)
                if (store->db->statements[i] != NULL)
                        steps += sqlite3_stmt_status(store->db->statements[i]->stmt,
                                                     SQLITE_STMTSTATUS_VM_STEP, 1);
        return steps;
}

static void a_refusal_costs_about_what_a_missing_page_costs(void **state)
{
        const struct reader r = as_person(add_active("p@b", ROLE_POWER_READER));

        (void)state;
        (void)steps_of(&r, "no-such");
        int missing = steps_of(&r, "no-such");
        int refused = steps_of(&r, "members");

        assert_true(missing > 0);
        /* Some hundred steps of the engine are a few microseconds; no body is fetched. */
        assert_true(refused - missing < 150);
        for (size_t i = 0; i < STATEMENT_SLOTS; i++)
                if (store->db->statements[i] != NULL)
                        assert_null(strstr(store->db->statements[i]->text, "SELECT brotli"));
}

#undef TEST
#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, portal_teardown)

int main(void)
{
        const struct CMUnitTest tests[] = {
                TEST(every_reader_reads_what_is_theirs_at_every_exit),
                TEST(lists_go_on_behind_what_was_seen_and_have_a_limit),
                TEST(an_account_that_ended_reads_as_if_it_had_no_grant),
                TEST(what_is_withdrawn_is_gone_at_the_next_request),
                TEST(a_grant_is_for_one_publication_only),
                TEST(the_list_of_readers_names_people_and_groups),
                TEST(a_share_link_opens_one_restricted_publication_until_its_end),
                TEST(a_share_link_has_an_end_and_a_publication_some_room),
                TEST(a_kind_of_reader_nobody_knows_reads_nothing),
                TEST(a_refusal_costs_about_what_a_missing_page_costs),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
