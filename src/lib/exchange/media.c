/*
 * media.c -- names, types and magic numbers.
 *
 * The list is what manuals carry. Style sheets and scripts are left out on purpose: pages bring
 * their own, and an author's would run with the portal's origin.
 */
#include "exchange/media.h"

#include <string.h>

#include "exchange/path.h"

static const struct {
        const char *extension;
        const char *type;
} types[] = {
        { "png", "image/png" },        { "jpg", "image/jpeg" },
        { "jpeg", "image/jpeg" },      { "gif", "image/gif" },
        { "webp", "image/webp" },      { "avif", "image/avif" },
        { "svg", "image/svg+xml" },    { "ico", "image/vnd.microsoft.icon" },
        { "bmp", "image/bmp" },        { "pdf", "application/pdf" },
        { "txt", "text/plain; charset=utf-8" },
        { "csv", "text/csv; charset=utf-8" },
        { "json", "application/json" }, { "xml", "application/xml" },
        { "yaml", "text/plain; charset=utf-8" },
        { "yml", "text/plain; charset=utf-8" },
        { "toml", "text/plain; charset=utf-8" },
        { "ini", "text/plain; charset=utf-8" },
        { "conf", "text/plain; charset=utf-8" },
        { "log", "text/plain; charset=utf-8" },
        { "diff", "text/plain; charset=utf-8" },
        { "patch", "text/plain; charset=utf-8" },
        { "rs", "text/plain; charset=utf-8" },
        { "c", "text/plain; charset=utf-8" },
        { "h", "text/plain; charset=utf-8" },
        { "cpp", "text/plain; charset=utf-8" },
        { "go", "text/plain; charset=utf-8" },
        { "java", "text/plain; charset=utf-8" },
        { "py", "text/plain; charset=utf-8" },
        { "rb", "text/plain; charset=utf-8" },
        { "sh", "text/plain; charset=utf-8" },
        { "sql", "text/plain; charset=utf-8" },
        { "mp4", "video/mp4" },        { "webm", "video/webm" },
        { "mp3", "audio/mpeg" },       { "ogg", "audio/ogg" },
        { "wav", "audio/wav" },        { "zip", "application/zip" },
        { "gz", "application/gzip" },  { "tgz", "application/gzip" },
        { "xz", "application/x-xz" },  { "tar", "application/x-tar" },
        { "doc", "application/msword" },
        { "docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document" },
        { "xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" },
        { "pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation" },
        { "odt", "application/vnd.oasis.opendocument.text" },
        { "ods", "application/vnd.oasis.opendocument.spreadsheet" },
        { "epub", "application/epub+zip" },
};

static const char *const topics[] = { "md", "markdown", "mdx", "html", "htm" };

static const char *const configurations[] = {
        "mkdocs.yml",     "mkdocs.yaml",       "book.toml",      "SUMMARY.md",
        "_category_.yml", "_category_.yaml",   "_category_.json", "sidebars.js",
        "sidebars.ts",    "docusaurus.config.js", "docusaurus.config.ts",
};

static bool hidden(struct str path)
{
        while (path.n > 0) {
                struct str part = str_cut(&path, '/');

                if (part.n > 0 && part.p[0] == '.')
                        return true;
                if (str_is(part, "node_modules") || str_is(part, "__pycache__"))
                        return true;
        }
        return false;
}

enum media_use media_of(struct str path, struct str *media_type)
{
        struct str extension = path_extension(path), name = path_name(path);

        if (hidden(path))
                return MEDIA_SKIP;
        for (size_t i = 0; i < ARRAY_LEN(configurations); i++)
                if (str_is(name, configurations[i]))
                        return MEDIA_CONFIG;
        for (size_t i = 0; i < ARRAY_LEN(topics); i++)
                if (str_eq_nocase(extension, str_of(topics[i])))
                        return MEDIA_TOPIC;
        for (size_t i = 0; i < ARRAY_LEN(types); i++) {
                if (!str_eq_nocase(extension, str_of(types[i].extension)))
                        continue;
                *media_type = str_of(types[i].type);
                return MEDIA_FILE;
        }
        return MEDIA_SKIP;
}

bool media_agrees(struct str type, struct str first)
{
        static const struct {
                const char *type;
                size_t at;
                struct str magic;
        } magics[] = {
                { "image/png", 0, { "\x89PNG\r\n\x1a\n", 8 } },
                { "image/jpeg", 0, { "\xff\xd8\xff", 3 } },
                { "image/gif", 0, { "GIF8", 4 } },
                { "image/webp", 8, { "WEBP", 4 } },
                { "image/avif", 4, { "ftyp", 4 } },
                { "image/bmp", 0, { "BM", 2 } },
                { "application/pdf", 0, { "%PDF-", 5 } },
        };

        for (size_t i = 0; i < ARRAY_LEN(magics); i++) {
                if (!str_is(type, magics[i].type))
                        continue;
                struct str m = magics[i].magic;

                return first.n >= magics[i].at + m.n &&
                       memcmp(first.p + magics[i].at, m.p, m.n) == 0;
        }
        return true;
}
