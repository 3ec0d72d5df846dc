"""tables -- what the rules know about this tree: who may include, say or call what."""
import re

# A third-party header and the folders that wrap it. Anything in angle brackets that is
# neither here nor below is unknown, and unknown is refused: a new library is a decision, not a line.
WRAPPED = [
    (r"openssl/.*", {"crypto", "tls"}),
    (r"sodium(/.*)?\.h", {"crypto"}),
    (r"(zxcvbn|qrencode|unicase|unictype|uninorm)\.h|liboath/.*", {"crypto"}),
    (r"curl/.*|ares\.h", {"outbound"}),
    (r"nghttp2/.*", {"http"}),
    (r"sqlite3\.h", {"store"}),
    (r"md4c(-html)?\.h", {"markdown"}),
    (r"gumbo\.h", {"html"}),
    # The probe tries from inside what the sandbox forbids.
    (r"seccomp\.h|linux/(landlock|seccomp|filter|audit|bpf)\.h", {"sandbox", "probe"}),
    (r"jansson\.h", {"json"}),
    (r"archive(_entry)?\.h", {"exchange"}),
    (r"yaml\.h", {"exchange"}),
    (r"(zstd|zlib)\.h|brotli/.*", {"compress"}),
]
SYSTEM_HEADERS = re.compile(
    r"(assert|ctype|dirent|errno|fcntl|float|fnmatch|ftw|getopt|glob|grp|inttypes|libgen|limits|locale|"
    r"malloc|math|mntent|netdb|poll|pwd|regex|sched|setjmp|signal|spawn|stdalign|stdarg|stdatomic|stdbool|"
    r"stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|syslog|termios|threads|pthread|time|uchar|"
    r"unistd|wchar|wctype)\.h|(sys|arpa|net|netinet|asm|bits)/[a-z0-9_./-]+\.h|linux/[a-z0-9_]+\.h")

SQL = re.compile(
    r"\bselect\b.+\bfrom\b|\binsert\s+(or\s+\w+\s+)?into\b|\bupdate\s+\w+\s+set\b|\bdelete\s+from\b"
    r"|\b(create|drop|alter)\s+(unique\s+|virtual\s+|temp\s+)?(table|index|trigger|view)\b"
    r"|\bpragma\s+\w+|\b(begin\s+(immediate|exclusive|transaction)|savepoint\s+\w+)\b", re.I | re.S)
SQL_FOLDERS = {"store"}

HTML_ELEMENTS = (
    "a abbr article aside b blockquote body br button caption cite code col dd del details dialog div dl "
    "dt em embed fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe "
    "img input kbd label legend li link main mark meta nav object ol optgroup option p picture pre q s "
    "samp script section select small source span strong style sub summary sup svg table tbody td "
    "template textarea tfoot th thead title tr u ul video").split()
HTML = re.compile(r"<!doctype\b|</?(?:" + "|".join(HTML_ELEMENTS) + r")(?=[\s/>\\]|$)", re.I)
# exchange turns foreign notations into raw HTML inside Markdown, which the sanitiser meets like any other.
HTML_FOLDERS = {"html", "markdown", "page", "exchange"}
# A drawing, made of numbers alone; and where drawings are only looked at.
HTML_FILES = {"src/lib/crypto/qr.c", "src/lib/picture/svg.c"}

# Each with what to use instead.
FORBIDDEN_CALLS = {
    "strcpy": "struct buf or struct str",
    "strcat": "struct buf",
    "strncpy": "struct str, or memcpy with a checked length",
    "strncat": "struct buf",
    "sprintf": "snprintf or buf_printf",
    "vsprintf": "vsnprintf or buf_printf",
    "gets": "fd_read_to_end",
    "scanf": "str_to_u64 and friends",
    "sscanf": "str_to_u64 and friends",
    "fscanf": "str_to_u64 and friends",
    "atoi": "str_to_u64",
    "atol": "str_to_u64",
    "atoll": "str_to_u64",
    "atof": "a checked parser",
    "strtok": "str_split and friends",
    "strtok_r": "str_split and friends",
    "alloca": "an arena",
    "mktemp": "mkstemp or mkdtemp",
    "tmpnam": "mkstemp or mkdtemp",
    "tempnam": "mkstemp or mkdtemp",
    "rand": "crypto's random bytes",
    "srand": "crypto's random bytes",
    "random": "crypto's random bytes",
    "srandom": "crypto's random bytes",
    "gmtime": "clock.h",
    "localtime": "clock.h",
    "asctime": "clock.h",
    "ctime": "clock.h",
    "system": "a process of our own: no program runs a shell",
    "popen": "a process of our own: no program runs a shell",
}
LOGGING_CALL = re.compile(
    r"\b(?:printf|puts|putchar|perror|syslog|vsyslog|vprintf|err|errx|warn|warnx)\s*\("
    r"|\b(?:fprintf|vfprintf|fputs|fputc|fwrite)\s*\([^;]*\bstd(?:err|out)\b"
    r"|\bdprintf\s*\(\s*(?:1|2|STD(?:ERR|OUT)_FILENO)\b|\bwrite\s*\(\s*(?:1|2|STD(?:ERR|OUT)_FILENO)\b")
# The last words of a process, which nobody above it is left to log; and the log itself.
LOGGING_ALLOWED = {"src/lib/base/check.c", "src/lib/service/service.c"}

UNFINISHED = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b")
FORBIDDEN_NAMES = {"util", "utils", "misc", "common", "helper", "helpers", "manager"}

# A program of its own starts in main.c; what the zygote forks starts in a function of its own.
PROCESS_FILES = ("profile.c", "README.md")
# The hostile probe runs under the portal's profile: that is its point.
WITHOUT_PROFILE = {"probe"}
PROCESS_HEADINGS = ("Does", "Does not", "Security", "Diagnostics")

FILE_LINES, FILE_LINES_WARN = 800, 400
FUNCTION_LINES, FUNCTION_LINES_WARN = 100, 60
COLUMNS, COLUMNS_WARN = 110, 100
