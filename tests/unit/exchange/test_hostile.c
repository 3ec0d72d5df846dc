/*
 * test_hostile.c -- archives that want out, want in, or want everything: refused with a sentence,
 * at once, and without using memory.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <sys/resource.h>
#include <zlib.h>

#include "archives.h"
#include "base/clock.h"
#include "base/fd.h"
#include "exchange/exchange.h"

/* Times and sizes of instrumented code say nothing. gcc tells by a macro, clang by a feature. */
#if defined(__SANITIZE_ADDRESS__)
#define SANITIZED
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SANITIZED
#endif
#endif

static int spool_dir(void)
{
        const char *base = getenv("TMPDIR");

        return open(base != NULL ? base : "/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

/* Read and close the archive; a refusal leaves no manual. */
static int try_archive(int fd, struct err *err)
{
        struct manual *manual CLEANUP_MANUAL = NULL;
        int dir CLEANUP_FD = spool_dir();
        int r = exchange_read(fd, dir, &exchange_defaults, &manual, err);

        assert_true(r == 0 ? manual != NULL : manual == NULL);
        close(fd);
        return r;
}

static void names_that_could_leave_the_archive_are_refused(void **state)
{
        static const char *const names[] = {
                "../x.md", "a/../../x.md", "/etc/x.md", "a/./x.md", "a//x.md", "a\\..\\x.md",
                "a\nb.md", "C:/x.md",      "..",        "a/b/..",   "\x7f.md", "a/../b.md",
        };
        struct err err;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                int r = try_archive(ARCHIVE(false, { "index.md", "x" }, { names[i], "x" }), &err);

                if (r != ERR_INVALID)
                        fail_msg("tar '%s': %s %s", names[i], err_name(r), err.text);
        }
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                struct raw_zip zip = { 0 };

                raw_zip_add(&zip, &(struct raw_entry){ .name = names[i], .data = "x", .stored = 1,
                                                       .unpacked = 1, .crc = 0x8cdc1683 });
                int r = try_archive(raw_zip_finish(&zip, 1), &err);

                if (r != ERR_INVALID)
                        fail_msg("zip '%s': %s %s", names[i], err_name(r), err.text);
        }
}

static void a_name_with_nul_or_bad_utf8_is_refused(void **state)
{
        static const struct {
                const char *name;
                size_t n;
        } names[] = { { "a\0b.md", 6 }, { "\xff\xfe.md", 5 }, { "\xc0\xaf.md", 5 } };
        struct err err;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(names); i++) {
                struct raw_zip zip = { 0 };

                raw_zip_add(&zip, &(struct raw_entry){ .name = names[i].name, .name_n = names[i].n,
                                                       .data = "x", .stored = 1, .unpacked = 1,
                                                       .crc = 0x8cdc1683 });
                int r = try_archive(raw_zip_finish(&zip, 1), &err);

                /* A NUL ends the name, which is then no topic: either way nothing comes of it. */
                assert_true(r == ERR_INVALID || r == ERR_NOT_FOUND);
        }
}

static void links_and_devices_are_refused(void **state)
{
        struct err err;

        (void)state;
        assert_int_equal(
                try_archive(ARCHIVE(false, { "a.md", NULL, 0, AE_IFLNK, "/etc/passwd", false }),
                            &err),
                ERR_INVALID);
        assert_non_null(strstr(err.text, "symbolic link"));
        assert_int_equal(try_archive(ARCHIVE(false, { "a.md", "x" },
                                             { "b.md", NULL, 0, AE_IFREG, "a.md", true }),
                                     &err),
                         ERR_INVALID);
        assert_non_null(strstr(err.text, "hard link"));
        assert_int_equal(
                try_archive(ARCHIVE(false, { "a.md", NULL, 0, AE_IFIFO, NULL, false }), &err),
                ERR_INVALID);
        assert_int_equal(
                try_archive(ARCHIVE(false, { "a.md", NULL, 0, AE_IFCHR, NULL, false }), &err),
                ERR_INVALID);
        struct raw_zip zip = { 0 };

        raw_zip_add(&zip, &(struct raw_entry){
                                  .name = "a.md",
                                  .data = "/etc/passwd",
                                  .stored = 11,
                                  .unpacked = 11,
                                  .mode = 0120777,
                                  .crc = (uint32_t)crc32(0, (const Bytef *)"/etc/passwd", 11) });
        assert_int_equal(try_archive(raw_zip_finish(&zip, 1), &err), ERR_INVALID);
        assert_non_null(strstr(err.text, "symbolic link"));
}

static void two_entries_of_one_name_are_refused_whatever_their_case(void **state)
{
        struct err err;

        (void)state;
        assert_int_equal(try_archive(ARCHIVE(false, { "a.md", "x" }, { "a.md", "y" }), &err),
                         ERR_INVALID);
        assert_non_null(strstr(err.text, "a.md"));
        assert_int_equal(try_archive(ARCHIVE(true, { "a.md", "x" }, { "A.MD", "y" }), &err),
                         ERR_INVALID);
        assert_int_equal(try_archive(ARCHIVE(true, { "a", "x" }, { "a/b.md", "y" }), &err),
                         ERR_INVALID);
        assert_int_equal(try_archive(ARCHIVE(true, { "a/b.md", "x" }, { "A", "y" }), &err),
                         ERR_INVALID);
        assert_int_equal(try_archive(ARCHIVE(true, { "a", NULL }, { "a/b.md", "y" }), &err), 0);
}

static void an_encrypted_zip_is_refused(void **state)
{
        struct raw_zip zip = { 0 };
        struct err err;

        (void)state;
        raw_zip_add(&zip, &(struct raw_entry){ .name = "a.md",
                                               .data = "0123456789abc",
                                               .stored = 13,
                                               .unpacked = 1,
                                               .flags = 1 });
        assert_int_equal(try_archive(raw_zip_finish(&zip, 1), &err), ERR_UNSUPPORTED);
        assert_non_null(strstr(err.text, "password"));
}

static void text_that_is_not_utf8_is_refused_with_file_and_place(void **state)
{
        struct err err;

        (void)state;
        assert_int_equal(
                try_archive(ARCHIVE(true, { "index.md", "x" }, { "b/c.md", "abc \xff def" }), &err),
                ERR_INVALID);
        assert_non_null(strstr(err.text, "b/c.md"));
        assert_non_null(strstr(err.text, "byte 4"));
}

static void two_files_for_one_address_are_refused_by_both_their_names(void **state)
{
        struct err err;

        (void)state;
        assert_int_equal(
                try_archive(ARCHIVE(true, { "My File.md", "x" }, { "my-file.md", "y" }), &err),
                ERR_INVALID);
        assert_non_null(strstr(err.text, "My File.md"));
        assert_non_null(strstr(err.text, "my-file.md"));
}

static void what_is_no_archive_is_called_that(void **state)
{
        static const char *const texts[] = { "", "PK", "hello world, this is a plain text file",
                                             "\x1f\x8b" };
        struct err err;

        (void)state;
        for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
                int r = try_archive(memory_file(texts[i], strlen(texts[i])), &err);

                assert_true(r == ERR_INVALID || r == ERR_NOT_FOUND);
        }
        assert_int_equal(try_archive(ARCHIVE(true, { "a.png", "x" }), &err), ERR_NOT_FOUND);
        assert_non_null(strstr(err.text, "Markdown"));
}

/* n zero bytes as one raw deflate stream. */
static size_t deflate_zeros(uint64_t n, uint8_t *out, size_t cap)
{
        static uint8_t zeros[65536];
        z_stream z = { 0 };
        uint64_t left = n;

        assert_int_equal(deflateInit2(&z, 9, Z_DEFLATED, -15, 9, Z_DEFAULT_STRATEGY), Z_OK);
        z.next_out = out;
        z.avail_out = (uInt)cap;
        while (left > 0) {
                z.next_in = zeros;
                z.avail_in = left < sizeof zeros ? (uInt)left : (uInt)sizeof zeros;
                left -= z.avail_in;
                assert_int_equal(deflate(&z, left > 0 ? Z_NO_FLUSH : Z_FINISH) == Z_STREAM_ERROR,
                                 0);
        }
        size_t made = cap - z.avail_out;

        deflateEnd(&z);
        return made;
}

static long peak_kib(void)
{
        struct rusage u;

        getrusage(RUSAGE_SELF, &u);
        return u.ru_maxrss;
}

static uint64_t cpu_ms(void)
{
        struct rusage u;

        getrusage(RUSAGE_SELF, &u);
        return (uint64_t)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1000 +
               (uint64_t)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1000;
}

/* The refusal, its price in processor time, and that memory stayed where it was. */
static void refuse_cheaply(int fd, int want)
{
        struct err err;
        long before = peak_kib();
        uint64_t start = cpu_ms();
        int r = try_archive(fd, &err);
        uint64_t took = cpu_ms() - start;

        if (r != want)
                fail_msg("%s: %s", err_name(r), err.text);
#ifndef SANITIZED
        if (took > 1000 || peak_kib() - before > 64 * 1024)
                fail_msg("took %llu ms and %ld KiB", (unsigned long long)took, peak_kib() - before);
#else
        (void)took;
        (void)before;
#endif
}

static void a_file_that_unpacks_to_gigabytes_is_refused_at_once(void **state)
{
        enum { CAP = 4 * 1024 * 1024 };
        uint8_t *packed = malloc(CAP);
        uint64_t sizes[] = { 2 * GIB - 1, 60 * MIB };
        size_t claims[] = { 2147483647, 100 };

        (void)state;
        /* 2 GiB in 2 MiB, honest about it; and lying. */
        size_t n = deflate_zeros(sizes[0], packed, CAP);

        for (size_t i = 0; i < 2; i++) {
                struct raw_zip zip = { 0 };

                raw_zip_add(&zip, &(struct raw_entry){ .name = "a.md", .data = packed, .stored = n,
                                                       .unpacked = claims[i], .method = 8 });
                refuse_cheaply(raw_zip_finish(&zip, 1), ERR_LIMIT);
        }
        /* Each file within the limit, all of them out of proportion. */
        n = deflate_zeros(sizes[1], packed, CAP);
        struct raw_zip zip = { 0 };

        for (int i = 0; i < 40; i++) {
                char name[16];

                snprintf(name, sizeof name, "%d.bin", i);
                raw_zip_add(&zip, &(struct raw_entry){ .name = name, .data = packed, .stored = n,
                                                       .unpacked = sizes[1], .method = 8,
                                                       .crc = 0xd2c6e40b });
        }
        refuse_cheaply(raw_zip_finish(&zip, 40), ERR_LIMIT);
        free(packed);
}

static void entries_that_share_their_bytes_do_not_multiply(void **state)
{
        enum { CAP = 256 * 1024, SIZE = 20 * 1024 * 1024 };
        uint8_t *packed = malloc(CAP);
        size_t n = deflate_zeros(SIZE, packed, CAP);
        struct raw_zip zip = { 0 };
        struct raw_entry e = { .data = packed, .stored = n, .unpacked = SIZE, .method = 8 };

        (void)state;
        for (int i = 0; i < 250; i++) {
                char name[16];

                snprintf(name, sizeof name, "%d.md", i);
                e.name = name;
                uint32_t at = raw_zip_add(&zip, &e);

                e.data = NULL;
                e.at = at;
        }
        refuse_cheaply(raw_zip_finish(&zip, 250), ERR_LIMIT);
        free(packed);
}

static void a_directory_of_a_million_entries_is_refused_whatever_number_it_states(void **state)
{
        struct raw_zip zip = { 0 };
        struct raw_entry e = { .data = "x", .stored = 1, .unpacked = 1, .crc = 0x8cdc1683 };

        (void)state;
        for (int i = 0; i < 1000000; i++) {
                char name[16];

                snprintf(name, sizeof name, "%d.md", i);
                e.name = name;
                e.at = raw_zip_add(&zip, &e);
                e.data = NULL;
        }
        refuse_cheaply(raw_zip_finish(&zip, 1), ERR_LIMIT);
}

static void a_compressed_tar_bomb_is_refused(void **state)
{
        struct archive *a = archive_write_new();
        struct archive_entry *e = archive_entry_new();
        static char zeros[1 << 20];
        int fd = memfd_create("bomb", MFD_CLOEXEC);

        (void)state;
        assert_int_equal(archive_write_set_format_pax(a), ARCHIVE_OK);
        assert_int_equal(archive_write_add_filter_gzip(a), ARCHIVE_OK);
        assert_int_equal(archive_write_open_fd(a, fd), ARCHIVE_OK);
        archive_entry_set_pathname(e, "a.bin");
        archive_entry_set_filetype(e, AE_IFREG);
        archive_entry_set_size(e, 60 * 1024 * 1024);
        for (int i = 0; i < 4; i++) {
                char name[16];

                snprintf(name, sizeof name, "%d.bin", i);
                archive_entry_set_pathname(e, name);
                assert_int_equal(archive_write_header(a, e), ARCHIVE_OK);
                for (int k = 0; k < 60; k++)
                        assert_true(archive_write_data(a, zeros, sizeof zeros) > 0);
        }
        archive_entry_free(e);
        archive_write_close(a);
        archive_write_free(a);
        refuse_cheaply(fd, ERR_LIMIT);
}

static void an_archive_in_an_archive_is_a_file(void **state)
{
        struct manual *manual CLEANUP_MANUAL = NULL;
        int inner CLEANUP_FD = ARCHIVE(true, { "deep.md", "# Deep\n" });
        int dir CLEANUP_FD = spool_dir();
        char bytes[4096];
        ssize_t n = pread(inner, bytes, sizeof bytes, 0);

        (void)state;
        assert_true(n > 0);
        int fd CLEANUP_FD =
                ARCHIVE(true, { "index.md", "# Top\n" }, { "inner.zip", bytes, (size_t)n });

        assert_int_equal(exchange_read(fd, dir, &exchange_defaults, &manual, NULL), 0);
        assert_int_equal(manual->ntopics, 1);
        assert_int_equal(manual->nfiles, 1);
}

/* A text whose handling must stay linear: its price at 4 MiB, not only that it ends. */
static void read_cheaply(const char *start, const char *again, const char *end)
{
        struct buf text CLEANUP_BUF = { 0 };
        struct manual *manual CLEANUP_MANUAL = NULL;
        int dir CLEANUP_FD = spool_dir();
        struct err err;

        buf_puts(&text, start);
        while (text.n < 4000000)
                buf_puts(&text, again);
        buf_puts(&text, end);
        int fd CLEANUP_FD = ARCHIVE(false, { "a.md", buf_cstr(&text), text.n });
        uint64_t before = cpu_ms();
        int r = exchange_read(fd, dir, &exchange_defaults, &manual, &err);

        if (r < 0 && r != ERR_LIMIT)
                fail_msg("%s", err.text);
#ifndef SANITIZED
        if (cpu_ms() - before > 2000)
                fail_msg("'%s' took %llu ms", again, (unsigned long long)(cpu_ms() - before));
#else
        (void)before;
#endif
}

static void texts_made_to_be_slow_are_not(void **state)
{
        (void)state;
        read_cheaply("", "{", "}");
        read_cheaply("", "*{.a}", "");
        read_cheaply("", "[](){#a}", "");
        read_cheaply("", "`{`", "");
        read_cheaply("", "                                        !!! note\n", "");
        read_cheaply("", ":::note\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n", "");
        read_cheaply("", "!!! note\n    !!! note\n        !!! note aaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n",
                     "");
        read_cheaply("Term\n", ":   text aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\n\n", "");
        read_cheaply("# ", "{#a} ", "");
        read_cheaply("", ">", "");
        read_cheaply("---\n", "a: [b, {c: d}]\n", "---\n");
}

static void limits_are_the_callers(void **state)
{
        struct exchange_limits tight = exchange_defaults;
        struct manual *manual CLEANUP_MANUAL = NULL;
        int dir CLEANUP_FD = spool_dir();

        (void)state;
        tight.entries = 1;
        int two CLEANUP_FD = ARCHIVE(false, { "a.md", "x" }, { "b.md", "y" });

        assert_int_equal(exchange_read(two, dir, &tight, &manual, NULL), ERR_LIMIT);
        tight = exchange_defaults;
        tight.lines = 3;
        int tall CLEANUP_FD = ARCHIVE(false, { "a.md", "1\n2\n3\n4\n" });

        assert_int_equal(exchange_read(tall, dir, &tight, &manual, NULL), ERR_LIMIT);
        tight = exchange_defaults;
        tight.text = 10;
        int long_one CLEANUP_FD = ARCHIVE(false, { "a.md", "12345678901\n" });

        assert_int_equal(exchange_read(long_one, dir, &tight, &manual, NULL), ERR_LIMIT);
        tight = exchange_defaults;
        tight.notes = 2;
        int noisy CLEANUP_FD =
                ARCHIVE(false, { "a.md", "x" }, { "1.css", "" }, { "2.css", "" }, { "3.css", "" });

        assert_int_equal(exchange_read(noisy, dir, &tight, &manual, NULL), 0);
        assert_int_equal(manual->nnotes, 3);
        assert_null(manual->notes->next->next);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_that_could_leave_the_archive_are_refused),
                cmocka_unit_test(a_name_with_nul_or_bad_utf8_is_refused),
                cmocka_unit_test(links_and_devices_are_refused),
                cmocka_unit_test(two_entries_of_one_name_are_refused_whatever_their_case),
                cmocka_unit_test(an_encrypted_zip_is_refused),
                cmocka_unit_test(text_that_is_not_utf8_is_refused_with_file_and_place),
                cmocka_unit_test(two_files_for_one_address_are_refused_by_both_their_names),
                cmocka_unit_test(what_is_no_archive_is_called_that),
                cmocka_unit_test(a_file_that_unpacks_to_gigabytes_is_refused_at_once),
                cmocka_unit_test(entries_that_share_their_bytes_do_not_multiply),
                cmocka_unit_test(
                        a_directory_of_a_million_entries_is_refused_whatever_number_it_states),
                cmocka_unit_test(a_compressed_tar_bomb_is_refused),
                cmocka_unit_test(an_archive_in_an_archive_is_a_file),
                cmocka_unit_test(texts_made_to_be_slow_are_not),
                cmocka_unit_test(limits_are_the_callers),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
