/*
 * edit_samples.c -- sample pages of the workspace.
 */
#include "base/buf.h"
#include "page/edit.h"
#include "page/sso.h"
#include "samples.h"

static const struct page_site en = { STR("Harbour Docs"), STR("en"), false };
static const struct page_site ar = { STR("وثائق المرفأ"), STR("ar"), true };
static const struct str csrf = STR("4fzyo82mvyr4bcjrbq3wjyd2yu");

static const struct edit_person people[] = {
        { 1, STR("ada.lovelace@example.org"), STR("Ada Lovelace"), STR("administrator"), STR("active"), STR(""),
          1795132800, true },
        { 2, STR("wanda@example.org"), STR("Wanda Woolf"), STR("writer"), STR("invited"), STR(""), 1795132800,
          false },
        { 3, STR("paul.of.a.rather.long.address@subsidiary.client.example"), STR(""), STR("power-reader"),
          STR("active"), STR("2027-03-31"), 1795132800, false },
        { 4, STR("rita@example.org"), STR("Rita Rieger"), STR("reviewer"), STR("disabled"), STR(""), 1795132800,
          false },
        { 5, STR("old@client.example"), STR("Olaf Old"), STR("power-reader"), STR("expired"), STR("2026-01-31"),
          1795132800, false },
};
static const struct edit_group groups[] = {
        { STR("gold"), STR("Gold customers"), 128 }, { STR("partners"), STR("Partners in Europe"), 7 },
};
static const struct edit_publication publications[] = {
        { STR("agent"), STR("Agent guide"), STR("2.4"), STR("public") },
        { STR("operations"), STR("Operations handbook"), STR(""), STR("restricted") },
        { STR("drafts"), STR("Release notes, next"), STR(""), STR("private") },
};
static const struct edit_record records[] = {
        { 214, 1795183500, STR("ada.lovelace@example.org"), 1, STR("access.visibility"), STR("operations"),
          STR("192.0.2.7"), STR("public → restricted") },
        { 213, 1795183400, STR("ada.lovelace@example.org"), 1, STR("user.role"), STR("wanda@example.org"),
          STR("192.0.2.7"), STR("reviewer → writer") },
        { 212, 1795183300, STR(""), 0, STR("login.failed"), STR(""), STR("2001:db8:42:1::/64"), STR("") },
        { 211, 1795183000, STR(""), 0, STR("user.import"), STR(""), STR(""), STR("120") },
        { 210, 1795182000, STR("former reader 9"), 9, STR("login"), STR(""), STR("198.51.100.4"), STR("") },
};
static const struct edit_limits limits[] = {
        { STR("administrator"), STR("60"), STR("1440"), true }, { STR("writer"), STR("60"), STR("1440"), false },
        { STR("reviewer"), STR("60"), STR("1440"), false },
        { STR("power-reader"), STR("43200"), STR("43200"), false },
};
static const struct edit_fault faults[] = {
        { 3, STR("'no address' is no mail address this portal can use; write it like name@example.com, an "
                 "international domain in its xn-- form") },
        { 17, STR("there is no group 'silver'; make it first") },
};

static struct edit_frame frame(struct page_site site, enum edit_room room)
{
        return (struct edit_frame){
                .site = site, .csrf = csrf, .writer = true, .administrator = true, .room = room,
        };
}

static void save(int dir, const char *name, struct buf *out)
{
        samples_save(dir, name, buf_str(out));
        buf_free(out);
}

static void save_people(int dir, struct page_site site, const char *name)
{
        struct buf out = { 0 };

        page_render_edit_people(&out, &(struct edit_people){
                .frame = frame(site, EDIT_PEOPLE), .role = STR("power-reader"), .people = people,
                .npeople = ARRAY_LEN(people), .next = STR("/edit/people?after=x%40y"), .deep = true,
        });
        save(dir, name, &out);
}

static void save_account(int dir, struct page_site site, const char *name)
{
        static const struct page_link in[] = {
                { STR("Gold customers"), STR("/edit/groups/gold") },
                { STR("Partners in Europe"), STR("/edit/groups/partners") },
        };
        struct edit_account page = {
                .frame = frame(site, EDIT_PEOPLE), .person = people[2], .groups = in, .ngroups = 2, .sessions = 2,
        };
        struct buf out = { 0 };

        page.frame.news = EDIT_SAVED;
        page.person.second_factor = true;
        page_render_edit_account(&out, &page);
        save(dir, name, &out);
        page_render_edit_delete(&out, &page);
        if (!site.rtl)
                save(dir, "edit-delete.html", &out);
        buf_free(&out);
        page.frame.news = EDIT_NO_NEWS;
        page_render_edit_unfactor(&out, &page);
        save(dir, site.rtl ? "edit-unfactor-rtl.html" : "edit-unfactor.html", &out);
}

static void save_imports(int dir)
{
        struct edit_import page = {
                .frame = frame(en, EDIT_PEOPLE), .csv = STR("email,name\nann@example.com,Ann\nno address,Bo\n"),
                .groups = STR("gold"),
        };
        struct buf out = { 0 };

        page_render_edit_import(&out, &page);
        save(dir, "edit-import.html", &out);
        page.checked = true;
        page.lines = 40;
        page.faulty = 2;
        page.faults = faults;
        page.nfaults = ARRAY_LEN(faults);
        page_render_edit_import(&out, &page);
        save(dir, "edit-import-faults.html", &out);
        page.faulty = 0;
        page.sample = people;
        page.nsample = ARRAY_LEN(people);
        page_render_edit_import(&out, &page);
        save(dir, "edit-import-ready.html", &out);
        page.made = 2;
        page.links = STR("email,name,link,valid until\r\nann@example.com,Ann,https://docs.example.com/welcome?t=cri_x,"
                         "2027-03-31T10:00:00Z\r\n");
        page_render_edit_import(&out, &page);
        save(dir, "edit-import-done.html", &out);
}

static void save_invitation(int dir)
{
        struct buf out = { 0 };
        struct edit_invite invite = { .frame = frame(en, EDIT_PEOPLE), .person = people[1] };

        invite.frame.error = STR("'wanda@example.org' has an account already; change that one");
        page_render_edit_invite(&out, &invite);
        save(dir, "edit-invite.html", &out);
        page_render_edit_link(&out, &(struct edit_link){
                .frame = frame(en, EDIT_PEOPLE), .person = people[1], .valid_until = STR("2027-03-31T10:00:00Z"),
                .url = STR("https://docs.example.com/welcome?t=cri_Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmE"),
        });
        save(dir, "edit-link.html", &out);
        page_render_edit_link(&out, &(struct edit_link){
                .frame = frame(ar, EDIT_PEOPLE), .person = people[1], .valid_until = STR("2027-03-31T10:00:00Z"),
                .url = STR("https://docs.example.com/welcome?t=cri_Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmFyYmF6Zm9vYmE"),
                .mailed = EDIT_MAILED,
        });
        save(dir, "edit-link-rtl.html", &out);
}

static void save_groups(int dir)
{
        struct buf out = { 0 };

        page_render_edit_groups(&out, &(struct edit_groups){
                .frame = frame(en, EDIT_GROUPS), .groups = groups, .ngroups = ARRAY_LEN(groups),
        });
        save(dir, "edit-groups.html", &out);
        page_render_edit_group(&out, &(struct edit_group_page){
                .frame = frame(en, EDIT_GROUPS), .group = groups[0], .people = people, .npeople = 3,
                .next = STR("/edit/groups/gold?after=x"),
        });
        save(dir, "edit-group.html", &out);
}

static void save_access(int dir, struct page_site site, const char *name)
{
        struct buf out = { 0 };

        page_render_edit_publication(&out, &(struct edit_publication_page){
                .frame = frame(site, EDIT_ACCESS), .publication = publications[1], .named = groups, .nnamed = 1,
                .others = groups + 1, .nothers = 1, .people = people + 2, .npeople = 1,
        });
        save(dir, name, &out);
}

static void save_log(int dir, struct page_site site, const char *name)
{
        struct buf out = { 0 };

        page_render_edit_log(&out, &(struct edit_log){
                .frame = frame(site, EDIT_LOG), .day = STR("2026-11-20"), .records = records,
                .nrecords = ARRAY_LEN(records), .next = STR("/edit/log?before=210"), .verified = true,
                .length = 214, .seal = STR("54bb358352679c78c3cec980d893abfd28eed4477e5eecb8400fe92bc2eaef64"),
        });
        save(dir, name, &out);
}

static void save_settings(int dir, struct page_site site, const char *name)
{
        struct buf out = { 0 };

        page_render_edit_settings(&out, &(struct edit_settings){
                .frame = frame(site, EDIT_SETTINGS), .title = site.title, .language = site.lang,
                .profile = STR("standard"), .minimum = STR("10"), .limits = limits,
                .nlimits = ARRAY_LEN(limits), .factorless = site.rtl,
        });
        save(dir, name, &out);
}

static void save_sign_on(int dir, struct page_site site, const char *name, enum page_sso_news news)
{
        static const struct page_sso_provider providers[] = {
                { STR("partner"), STR("Partner Login"), STR("https://id.partner.example"), STR("carrel-docs"),
                  STR("https://docs.harbour.example/login/sso/callback/partner"), STR("https://id.partner.example"), 1,
                  STR("openid email groups"), STR("partner.example"), STR("groups"),
                  STR("docs=writer\ncustomers=power-reader:gold\n"), STR("mfa"), false, true, 42 },
                { STR("old"), STR("Old directory"), STR("https://sso.harbour.example/realms/main"), STR("docs"),
                  STR("https://docs.harbour.example/login/sso/callback/old"), STR("https://sso.harbour.example"), 0,
                  STR("openid email"), STR(""), STR(""), STR(""), STR(""), false, false, 0 },
        };
        struct buf out = { 0 };

        page_render_sso_settings(&out, &(struct page_sso_settings){
                .frame = frame(site, EDIT_SIGN_ON), .providers = providers,
                .nproviders = news == PAGE_SSO_NO_NEWS ? 0 : ARRAY_LEN(providers), .news = news, .about = STR("partner"),
                .error = STR("a provider's scopes have 'openid' among them"),
        });
        save(dir, name, &out);
}

void samples_of_workspace(int dir)
{
        struct buf out = { 0 };

        page_render_edit_overview(&out, &(struct edit_overview){
                .frame = frame(en, EDIT_OVERVIEW), .name = STR("Ada Lovelace"), .role = STR("administrator"),
                .publications = publications, .npublications = ARRAY_LEN(publications),
        });
        save(dir, "edit.html", &out);
        save_people(dir, en, "edit-people.html");
        save_people(dir, ar, "edit-people-rtl.html");
        save_account(dir, en, "edit-account.html");
        save_account(dir, ar, "edit-account-rtl.html");
        save_invitation(dir);
        save_imports(dir);
        save_groups(dir);
        page_render_edit_access(&out, &(struct edit_access){
                .frame = frame(en, EDIT_ACCESS), .publications = publications,
                .npublications = ARRAY_LEN(publications),
        });
        save(dir, "edit-access.html", &out);
        save_access(dir, en, "edit-publication.html");
        save_log(dir, en, "edit-log.html");
        save_log(dir, ar, "edit-log-rtl.html");
        save_sign_on(dir, en, "edit-sso.html", PAGE_SSO_SAVED);
        save_sign_on(dir, ar, "edit-sso-rtl.html", PAGE_SSO_WRONG);
        save_sign_on(dir, en, "edit-sso-none.html", PAGE_SSO_NO_NEWS);
        save_settings(dir, en, "edit-settings.html");
        save_settings(dir, ar, "edit-settings-rtl.html");
}
