/*
 * test_config.c -- every setting is checked, a mistake has its line, and nothing is silently left out.
 */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"
#include "config/config.h"

static struct config defaults(void)
{
        struct config c;

        config_defaults(&c);
        return c;
}

static int read_text(const char *text, struct config *c, struct err *err)
{
        return config_read(str_of(text), "f.conf", c, err);
}

static void says(const struct err *err, const char *part)
{
        if (strstr(err->text, part) == NULL)
                fail_msg("'%s' does not say '%s'", err->text, part);
}

static void every_key_of_a_file_reaches_its_setting(void **state)
{
        static const char text[] =
                "\xef\xbb\xbf# all of them\n"
                "[host]\n"
                "data = /srv/carrel data\n"
                "name=docs.example.com\r\n"
                "https = [::1]:8443\n"
                "http = 127.0.0.1:0\n"
                "isolation = standard\n"
                "uid_base = 4000000000\n"
                "\n ; a comment\n"
                " [portals] \n"
                "idle_seconds = 86400\n"
                "workers = 16\n"
                "memory_mib = 128\n"
                "[limits]\n"
                "connections_per_address = 1\n"
                "handshakes_waiting = 16\n"
                "[mail]\n"
                "server = smtp.example.com:465\n"
                "tls = implicit\n"
                "from = docs@example.com\n"
                "user = docs\n"
                "password_file = /etc/carrel/mail password\n"
                "ca_file = /etc/carrel/ca.pem\n"
                "retry_seconds = 1\n"
                "letters_per_hour = 100000\n"
                "[alarms]\n"
                "mail = operator@example.com\n"
                "[backups]\n"
                "restore_in_browser = no\n"
                "[fetch]\n"
                "private_addresses = yes\n"
                "ca_file = /etc/carrel/own.pem\n"
                "[provider Example; Hosting # GmbH]\n"
                "role = servers; network = all\n"
                "region = N\xc3\xbcrnberg\n"
                "since = 2026-03";
        struct config c = defaults();
        struct err err = { 0 };

        (void)state;
        assert_int_equal(read_text(text, &c, &err), 0);
        assert_string_equal(c.data, "/srv/carrel data");
        assert_string_equal(c.name, "docs.example.com");
        assert_string_equal(c.https.host, "::1");
        assert_int_equal(c.https.port, 8443);
        assert_string_equal(c.http.host, "127.0.0.1");
        assert_int_equal(c.http.port, 0);
        assert_int_equal(c.isolation, ISOLATION_STANDARD);
        assert_true(c.uid_base == 4000000000u);
        assert_int_equal(c.idle_seconds, 86400);
        assert_int_equal(c.workers, 16);
        assert_int_equal(c.memory_mib, 128);
        assert_int_equal(c.connections_per_address, 1);
        assert_int_equal(c.handshakes_waiting, 16);
        assert_string_equal(c.mail_server, "smtp.example.com:465");
        assert_int_equal(c.mail_tls, MAIL_IMPLICIT);
        assert_string_equal(c.mail_from, "docs@example.com");
        assert_string_equal(c.mail_user, "docs");
        assert_string_equal(c.mail_password_file, "/etc/carrel/mail password");
        assert_string_equal(c.mail_ca_file, "/etc/carrel/ca.pem");
        assert_int_equal(c.mail_retry_seconds, 1);
        assert_int_equal(c.mail_letters_per_hour, 100000);
        assert_string_equal(c.alarms_mail, "operator@example.com");
        assert_false(c.restore_in_browser);
        assert_true(defaults().restore_in_browser);
        assert_true(c.fetch_private);
        assert_string_equal(c.fetch_ca_file, "/etc/carrel/own.pem");
        assert_true(config_has_mail(&c));
        assert_int_equal(c.nproviders, 1);
        assert_string_equal(c.providers[0].name, "Example; Hosting # GmbH");
        assert_string_equal(c.providers[0].role, "servers; network = all");
        assert_string_equal(c.providers[0].region, "N\xc3\xbcrnberg");
        assert_string_equal(c.providers[0].since, "2026-03");
}

static void an_empty_file_leaves_the_defaults(void **state)
{
        struct config c = defaults(), untouched = defaults();

        (void)state;
        assert_int_equal(read_text("", &c, NULL), 0);
        assert_int_equal(read_text("\n\n# nothing\n[host]\n", &c, NULL), 0);
        assert_memory_equal(&c, &untouched, sizeof c);
        assert_string_equal(c.data, "/var/lib/carrel");
        assert_string_equal(c.name, "localhost");
        assert_int_equal(c.https.port, 443);
        assert_int_equal(c.http.port, 80);
        assert_int_equal(c.isolation, ISOLATION_AUTO);
}

static const struct {
        const char *text;
        const char *line;
        const char *part;
} mistakes[] = {
        { "[host]\nnmae = x\n", "f.conf, line 2: ", "no key 'nmae'" },
        { "[hots]\nname = x\n", "f.conf, line 2: ", "no section [hots]" },
        { "\n\nname = x\n", "f.conf, line 3: ", "before the first [section]" },
        { "[host]\nname\n", "f.conf, line 2: ", "neither 'key = value'" },
        { "[host]\n= x\n", "f.conf, line 2: ", "neither 'key = value'" },
        { "[host\n", "f.conf, line 1: ", "[NAME]" },
        { "[host] # x\n", "f.conf, line 1: ", "[NAME]" },
        { "[]\n", "f.conf, line 1: ", "1 to 95" },
        { "[host]\nname = a\tb\n", "f.conf, line 2: ", "not a host name" },
        { "[host]\nname = a\x01\n", "f.conf, line 2: ", "plain UTF-8" },
        { "[host]\nname = \xff\n", "f.conf, line 2: ", "plain UTF-8" },
        { "[host]\ndata = /a\rb\n", "f.conf, line 2: ", "plain UTF-8" },
        { "[host]\ndata =\n", "f.conf, line 2: ", "folder's path" },
        { "[host]\nname = Docs.example.com\n", "f.conf, line 2: ", "lower-case" },
        { "[host]\nhttps = 8443\n", "f.conf, line 2: ", "ADDRESS:PORT" },
        { "[host]\nhttp = *:65536\n", "f.conf, line 2: ", "ADDRESS:PORT" },
        { "[host]\nisolation = none\n", "f.conf, line 2: ", "'strict' or 'standard'" },
        { "[host]\nuid_base = 999\n", "f.conf, line 2: ", "1000 to 4000000000" },
        { "[portals]\nworkers = 0\n", "f.conf, line 2: ", "1 to 16" },
        { "[portals]\nworkers = 17\n", "f.conf, line 2: ", "1 to 16" },
        { "[portals]\nworkers = 2 ; two\n", "f.conf, line 2: ", "1 to 16" },
        { "[portals]\nmemory_mib = -1\n", "f.conf, line 2: ", "128 to 65536" },
        { "[portals]\nidle_seconds = 1e3\n", "f.conf, line 2: ", "1 to 86400" },
        { "[limits]\nhandshakes_waiting = \n", "f.conf, line 2: ", "16 to 100000" },
        { "[mail]\nserver = smtp.example.com\n", "f.conf, line 2: ", "HOST:PORT" },
        { "[mail]\nserver = smtp.example.com:0\n", "f.conf, line 2: ", "HOST:PORT" },
        { "[mail]\nserver = ::1:25\n", "f.conf, line 2: ", "brackets" },
        { "[mail]\nserver = SMTP.example.com:25\n", "f.conf, line 2: ", "lower-case" },
        { "[mail]\ntls = none\n", "f.conf, line 2: ", "mail never leaves without it" },
        { "[mail]\nfrom = docs\n", "f.conf, line 2: ", "mail address" },
        { "[mail]\nfrom = Docs <docs@example.com>\n", "f.conf, line 2: ", "without spaces" },
        { "[mail]\npassword = hunter2\n", "f.conf, line 2: ", "no key 'password'" },
        { "[mail]\npassword_file = pw\n", "f.conf, line 2: ", "absolute path" },
        { "[mail]\nretry_seconds = 0\n", "f.conf, line 2: ", "1 to 3600" },
        { "[offsite]\nurl = http://s3.example.org/b\n", "f.conf, line 2: ", "no place for copies" },
        { "[offsite]\nurl = https://s3.example.org\n", "f.conf, line 2: ", "no place for copies" },
        { "[offsite]\nurl = https://s3.example.org/b/\n", "f.conf, line 2: ", "no place for copies" },
        { "[offsite]\nurl = https://s3.example.org/b/../c\n", "f.conf, line 2: ", "no place for copies" },
        { "[offsite]\nurl = https://s3.example.org/b?list\n", "f.conf, line 2: ", "no place for copies" },
        { "[offsite]\nurl = https://me@s3.example.org/b\n", "f.conf, line 2: ", "not a host name" },
        { "[offsite]\nregion = eu central\n", "f.conf, line 2: ", "no region" },
        { "[offsite]\nsecret = x\n", "f.conf, line 2: ", "has no key 'secret'" },
        { "[fetch]\nprivate_addresses = 1\n", "f.conf, line 2: ", "'yes' or 'no'" },
        { "[provider X]\nrule = y\n", "f.conf, line 2: ", "role, region and since" },
        { "[provider a=b]\nrole = y\n", "f.conf, line 2: ", "without '='" },
        { "[provider X]\nsince = 2026-03-01 at noon\n", "f.conf, line 2: ", "longer than 15" },
        { "[host]\nbad = 1\nworse = 2\nname\n", "f.conf, line 2: ", "no key 'bad'" },
};

static void a_mistake_names_its_line_and_the_remedy_and_changes_nothing(void **state)
{
        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(mistakes); i++) {
                struct config c = defaults(), untouched = defaults();
                struct err err = { 0 };

                if (read_text(mistakes[i].text, &c, &err) != ERR_INVALID &&
                    err.code != ERR_LIMIT)
                        fail_msg("not refused: %s", mistakes[i].text);
                says(&err, mistakes[i].line);
                says(&err, mistakes[i].part);
                assert_memory_equal(&c, &untouched, sizeof c);
        }
}

static void an_indented_line_does_not_replace_the_value_above_it(void **state)
{
        struct config c = defaults();
        struct err err;

        (void)state;
        assert_int_equal(read_text("[host]\ndata = /a\n  /b\n", &c, &err), ERR_INVALID);
        says(&err, "line 3");
}

static void a_line_that_is_too_long_is_an_error_and_not_cut(void **state)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct config c = defaults();
        struct err err;

        (void)state;
        buf_puts(&text, "[provider X]\nrole = ");
        for (int i = 0; i < 119; i++)
                buf_putc(&text, 'r');
        assert_int_equal(config_read(buf_str(&text), "f", &c, &err), 0);
        assert_int_equal(strlen(c.providers[0].role), 119);
        buf_putc(&text, 'r');
        assert_int_equal(config_read(buf_str(&text), "f", &c, &err), ERR_LIMIT);
        for (int i = 0; i < 1000; i++)
                buf_putc(&text, 'r');
        assert_int_equal(config_read(buf_str(&text), "f", &c, &err), ERR_INVALID);
        says(&err, "longer than 1024");
}

static void at_most_sixteen_providers_are_kept(void **state)
{
        struct config c = defaults();
        char section[40];

        (void)state;
        for (int i = 0; i < CONFIG_PROVIDERS_MAX; i++) {
                snprintf(section, sizeof section, "provider P%d", i);
                assert_int_equal(config_set(&c, section, "role", "r", NULL), 0);
        }
        assert_int_equal(config_set(&c, "provider one more", "role", "r", NULL), ERR_LIMIT);
        assert_int_equal(config_set(&c, "provider P3", "region", "here", NULL), 0);
        assert_int_equal(c.nproviders, CONFIG_PROVIDERS_MAX);
        assert_string_equal(c.providers[3].region, "here");
        assert_string_equal(c.providers[3].role, "r");
}

static void a_refused_setting_leaves_no_half_provider_behind(void **state)
{
        struct config c = defaults();

        (void)state;
        assert_int_equal(config_set(&c, "provider X", "nothing", "y", NULL), ERR_INVALID);
        assert_int_equal(c.nproviders, 0);
}

static void addresses_are_numbers_with_a_port(void **state)
{
        static const struct {
                const char *text;
                const char *host;
                uint16_t port;
        } good[] = {
                { "127.0.0.1:8443", "127.0.0.1", 8443 }, { "*:443", "*", 443 },
                { "[::]:80", "::", 80 },                 { "[2001:db8::1]:65535", "2001:db8::1", 65535 },
        };
        static const char *const bad[] = {
                "", ":443", "443", "*", "*:", "*:x", "*:+1", "*:65536", "::1:443", "[::1]", "[::1:443",
                "[127.0.0.1]:80", "[]:80", "localhost:80", "1.2.3:80", "1.2.3.4.5:80", " *:80",
                "[*]:80", "256.0.0.1:80",
        };

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(good); i++) {
                struct config_address a;
                char text[80];

                assert_int_equal(config_parse_address(good[i].text, &a, NULL), 0);
                assert_string_equal(a.host, good[i].host);
                assert_int_equal(a.port, good[i].port);
                config_address_text(&a, text, sizeof text);
                assert_string_equal(text, good[i].text);
        }
        for (size_t i = 0; i < ARRAY_LEN(bad); i++) {
                struct config_address a = { .host = "same", .port = 9 };
                struct err err;

                if (config_parse_address(bad[i], &a, &err) != ERR_INVALID)
                        fail_msg("taken for an address: %s", bad[i]);
                assert_string_equal(a.host, "same");
        }
}

static void host_names_follow_dns(void **state)
{
        char longest[64 + 4], name[CONFIG_HOST_MAX + 2];

        (void)state;
        assert_true(config_is_host_name("localhost"));
        assert_true(config_is_host_name("a-b.c1.example"));
        assert_true(config_is_host_name("xn--bcher-kva.example"));
        assert_false(config_is_host_name(""));
        assert_false(config_is_host_name("."));
        assert_false(config_is_host_name("a."));
        assert_false(config_is_host_name(".a"));
        assert_false(config_is_host_name("a..b"));
        assert_false(config_is_host_name("-a"));
        assert_false(config_is_host_name("a-"));
        assert_false(config_is_host_name("a-.b"));
        assert_false(config_is_host_name("A"));
        assert_false(config_is_host_name("a_b"));
        assert_false(config_is_host_name("a b"));
        assert_false(config_is_host_name("b\xc3\xbc""cher"));
        memset(longest, 'a', 64);
        longest[63] = '\0';
        assert_true(config_is_host_name(longest));
        longest[63] = 'a';
        longest[64] = '\0';
        assert_false(config_is_host_name(longest));
        for (size_t i = 0; i < sizeof name - 1; i++)
                name[i] = i % 2 == 0 ? 'a' : '.';
        name[CONFIG_HOST_MAX + 1] = '\0';
        assert_false(config_is_host_name(name));
}

static void a_path_that_does_not_fit_is_refused(void **state)
{
        char path[CONFIG_PATH_MAX + 1];
        struct config c = defaults();

        (void)state;
        memset(path, 'p', sizeof path);
        path[CONFIG_PATH_MAX] = '\0';
        assert_int_equal(config_set(&c, "host", "data", path, NULL), ERR_INVALID);
        assert_string_equal(c.data, "/var/lib/carrel");
        path[CONFIG_PATH_MAX - 1] = '\0';
        assert_int_equal(config_set(&c, "host", "data", path, NULL), 0);
}

static void a_setting_can_be_written_as_one_word(void **state)
{
        static const char *const bad[] = { "", "x", "host=1", "host.=1", ".key=1", "host.name", "=",
                                           "host.nmae=x", "." };
        struct config c = defaults();
        struct err err;

        (void)state;
        assert_int_equal(config_set_argument(&c, "portals.workers=3", &err), 0);
        assert_int_equal(c.workers, 3);
        assert_int_equal(config_set_argument(&c, "provider A.B Ltd..role=x=y.z", &err), 0);
        assert_string_equal(c.providers[0].name, "A.B Ltd.");
        assert_string_equal(c.providers[0].role, "x=y.z");
        for (size_t i = 0; i < ARRAY_LEN(bad); i++)
                if (config_set_argument(&c, bad[i], &err) != ERR_INVALID)
                        fail_msg("taken for a setting: %s", bad[i]);
}

struct copying {
        struct config copy;
        unsigned settings;
};

static void copy_setting(void *ctx, const char *section, const char *key, const char *value)
{
        struct copying *c = ctx;
        char word[800];

        snprintf(word, sizeof word, "%s.%s=%s", section, key, value);
        assert_int_equal(config_set_argument(&c->copy, word, NULL), 0);
        c->settings++;
}

static void listing_all_settings_makes_an_equal_copy(void **state)
{
        struct copying c = { .copy = defaults() };
        struct config original = defaults();

        (void)state;
        assert_int_equal(read_text("[host]\ndata=/d\nname=x.y\nhttps=[::1]:1\nhttp=*:2\n"
                                   "isolation=strict\nuid_base=5000\n[portals]\nidle_seconds=5\n"
                                   "workers=2\nmemory_mib=200\n[limits]\nconnections_per_address=9\n"
                                   "handshakes_waiting=99\n[mail]\nserver=[::1]:25\ntls=implicit\n"
                                   "from=a@b.c\n[alarms]\nmail=o@b.c\n[backups]\nrestore_in_browser=no\n"
                                   "[fetch]\nprivate_addresses=yes\n[offsite]\n"
                                   "url=https://s3.example.org:9000/b/p\nregion=eu-1\nkey_id=k\nremove=yes\nrecheck_days=9\n"
                                   "[provider P. Q]\nrole=r\n[provider Z]\n"
                                   "region=g\nsince=2020\n", &original, NULL), 0);
        config_each(&original, copy_setting, &c);
        assert_memory_equal(&c.copy, &original, sizeof original);
        assert_int_equal(c.settings, 32 + 2 * 3);

        struct copying open = { .copy = defaults() };

        original = defaults();
        config_each(&original, copy_setting, &open);
        assert_int_equal(open.settings, 31);    /* isolation is left to the host */
        assert_int_equal(open.copy.isolation, ISOLATION_AUTO);
}

static void settings_that_exclude_each_other_are_found(void **state)
{
        struct config c = defaults();
        struct err err;

        (void)state;
        assert_int_equal(config_check(&c, &err), 0);
        assert_int_equal(config_set(&c, "host", "http", "127.0.0.1:443", NULL), 0);
        assert_int_equal(config_check(&c, &err), ERR_INVALID);
        says(&err, "port 443");
        assert_int_equal(config_set(&c, "host", "https", "127.0.0.2:443", NULL), 0);
        assert_int_equal(config_check(&c, &err), 0);
        assert_int_equal(config_set(&c, "host", "https", "127.0.0.1:0", NULL), 0);
        assert_int_equal(config_set(&c, "host", "http", "127.0.0.1:0", NULL), 0);
        assert_int_equal(config_check(&c, &err), 0);
        assert_int_equal(config_set(&c, "host", "data", "here", NULL), 0);
        assert_int_equal(config_check(&c, &err), ERR_INVALID);
        says(&err, "absolute");
        c = defaults();
        assert_false(config_has_mail(&c));
        assert_int_equal(config_set(&c, "alarms", "mail", "operator@example.com", NULL), 0);
        assert_int_equal(config_check(&c, &err), ERR_INVALID);
        says(&err, "[mail] no server");
        assert_int_equal(config_set(&c, "mail", "server", "smtp.example.com:587", NULL), 0);
        assert_int_equal(config_check(&c, &err), ERR_INVALID);
        says(&err, "no 'from'");
        assert_int_equal(config_set(&c, "mail", "from", "docs@example.com", NULL), 0);
        assert_int_equal(config_check(&c, &err), 0);
        assert_int_equal(config_set(&c, "mail", "user", "docs", NULL), 0);
        assert_int_equal(config_check(&c, &err), ERR_INVALID);
        says(&err, "no password_file");
        assert_int_equal(config_set(&c, "mail", "password_file", "/p", NULL), 0);
        assert_int_equal(config_check(&c, &err), 0);
        assert_int_equal(config_set(&c, "mail", "user", "", NULL), 0);
        assert_int_equal(config_check(&c, &err), ERR_INVALID);
}

static void a_file_is_read_whole_and_a_missing_one_is_named(void **state)
{
        char path[] = "/tmp/carrel-config-XXXXXX";
        static const char text[] = "[host]\nname = from.file\n";
        struct config c = defaults();
        struct err err;
        int fd = mkstemp(path);

        (void)state;
        assert_true(fd >= 0);
        assert_int_equal(write(fd, text, sizeof text - 1), sizeof text - 1);
        assert_int_equal(config_load(path, &c, &err), 0);
        assert_string_equal(c.name, "from.file");
        assert_int_equal(ftruncate(fd, 300 * 1024), 0);
        assert_int_equal(config_load(path, &c, &err), ERR_LIMIT);
        close(fd);
        unlink(path);
        assert_int_equal(config_load(path, &c, &err), ERR_NOT_FOUND);
        says(&err, path);
        assert_int_equal(config_load("/", &c, &err), ERR_IO);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(every_key_of_a_file_reaches_its_setting),
                cmocka_unit_test(an_empty_file_leaves_the_defaults),
                cmocka_unit_test(a_mistake_names_its_line_and_the_remedy_and_changes_nothing),
                cmocka_unit_test(an_indented_line_does_not_replace_the_value_above_it),
                cmocka_unit_test(a_line_that_is_too_long_is_an_error_and_not_cut),
                cmocka_unit_test(at_most_sixteen_providers_are_kept),
                cmocka_unit_test(a_refused_setting_leaves_no_half_provider_behind),
                cmocka_unit_test(addresses_are_numbers_with_a_port),
                cmocka_unit_test(host_names_follow_dns),
                cmocka_unit_test(a_path_that_does_not_fit_is_refused),
                cmocka_unit_test(a_setting_can_be_written_as_one_word),
                cmocka_unit_test(listing_all_settings_makes_an_equal_copy),
                cmocka_unit_test(settings_that_exclude_each_other_are_found),
                cmocka_unit_test(a_file_is_read_whole_and_a_missing_one_is_named),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
