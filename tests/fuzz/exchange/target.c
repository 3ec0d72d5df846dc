/*
 * target.c -- everything of an import that reads foreign bytes: the archive, and the texts that
 * steer it.
 *
 * The first byte chooses: an archive as it is, or the same bytes as one of the files of a small
 * manual, so that the fuzzer reaches YAML, SUMMARY, front matter and each pass without having to
 * build a zip.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/fd.h"
#include "exchange/exchange.h"
#include "../../unit/exchange/archives.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const struct exchange_limits small = {
        .entries = 200,
        .total = 4 * MIB,
        .file = 1 * MIB,
        .text = 256 * KIB,
        .lines = 5000,
        .notes = 100,
};

/* Where the input stands in the manual; NULL: it is the archive itself. */
static const char *const places[] = {
        NULL,
        "mkdocs.yml",
        "src/SUMMARY.md",
        "book.toml",
        "docs/index.md",
        "src/one.md",
        "one.mdx",
        "one.html",
        "sub/_category_.json",
        "README.md",
};

static int archive_of(const char *place, const uint8_t *data, size_t size)
{
        const char *text = size > 0 ? (const char *)data : "";
        bool book = strncmp(place, "src/", 4) == 0 || strcmp(place, "book.toml") == 0;
        struct sample samples[6] = {
                { place, text, size },
                { "listings/x.rs", "// ANCHOR: a\nfn a() {}\n// ANCHOR_END: a\n" },
                { "img/a.svg", "<svg/>" },
        };
        size_t n = 3;

        if (book && strcmp(place, "src/SUMMARY.md") != 0)
                samples[n++] = (struct sample){ "src/SUMMARY.md", "- [One](one.md)\n" };
        if (strcmp(place, "docs/index.md") == 0)
                samples[n++] = (struct sample){ "mkdocs.yml", "markdown_extensions: [callouts]\n" };
        if (strcmp(place, "src/one.md") != 0 && strcmp(place, "docs/index.md") != 0)
                samples[n++] = (struct sample){ book ? "src/one.md" : "docs/two.md", "# Two\n" };
        return make_archive(false, samples, n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        if (size < 1 || size > 256 * 1024)
                return 0;
        const char *place = places[data[0] % (sizeof places / sizeof places[0])];
        int fd CLEANUP_FD = place == NULL ? memory_file(data + 1, size - 1) :
                                            archive_of(place, data + 1, size - 1);
        int dir CLEANUP_FD = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
        struct manual *manual CLEANUP_MANUAL = NULL;
        struct buf text CLEANUP_BUF = { 0 };

        if (exchange_read(fd, dir, &small, &manual, NULL) < 0)
                return 0;
        for (size_t i = 0; i < manual->ntopics; i++) {
                if (manual_source(manual, &manual->topics[i], &text, NULL) < 0)
                        abort();
                if (manual->topics[i].slug.n == 0)
                        abort();
        }
        /* What came out is text, whatever went in. */
        if (!str_is_utf8(buf_str(&text)))
                abort();
        for (size_t i = 0; i < manual->nnodes; i++)
                if (manual->nodes[i].depth > (i > 0 ? manual->nodes[i - 1].depth + 1 : 0))
                        abort();
        return 0;
}
