#!/usr/bin/env python3
"""run -- every rule of tools/lint finds what it is for, and leaves good code alone.

Each case is a small tree, the rule that must speak, and a piece of what it must say; the rule is also
run over a clean tree, where it must be silent. A rule without a case is a failure.
"""
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "lint"))
import rules  # noqa: E402
from tree import Tree  # noqa: E402

HEAD = "/*\n * {} -- {}\n *\n * Linked by everything.\n */\n"
BUILD = "subdir('base')\nsubdir('store')\nsubdir('html')\n"


def header(name, body="", what="an example."):
    return HEAD.format(name, what) + "#pragma once\n" + body


def source(name, body="", what="an example."):
    return f"/*\n * {name} -- {what}\n */\n" + body


CLEAN = {
    "src/lib/meson.build": BUILD,
    "src/lib/base/text.h": header("text.h", "struct text;\n"),
    "src/lib/base/text.c": source("text.c", """#include "base/text.h"

#include <string.h>

/* select a topic from the list; strcpy( and <p> in a comment are words */
static const char help[] = "select a topic, then update it; see carrel import <path>";

struct text {
        int (*system)(const char *);
};

int text_length(struct text *text, const char *s)
{
        if (text->system(help) == '"')
                return 0;
        return (int)strlen(s);
}
"""),
    "src/lib/store/db.c": source("db.c", """#include <sqlite3.h>

#include "base/text.h"

static const char query[] = "SELECT body FROM topic "
                            "WHERE id = $1";
"""),
    "src/lib/html/write.c": source("write.c", 'static const char open_p[] = "<p class=\\"lead\\">";\n'),
    "src/proc/edge/main.c": source("main.c", """#include <stdio.h>

int main(void)
{
        printf("ready\\n");
        return 0;
}
"""),
    "src/proc/edge/profile.c": source("profile.c"),
    "src/proc/edge/README.md": "# edge\n## Does\n## Does not\n## Security\n## Diagnostics\n",
    "tests/unit/base/test_text.c": source("test_text.c"),
    "tests/unit/store/test_db.c": source("test_db.c"),
    "tests/unit/html/test_write.c": source("test_write.c"),
}


def function(lines):
    return "int f(void)\n{\n" + "        g();\n" * (lines - 2) + "}\n"


def case(name, rule, files, says, warning=False, line=None):
    return name, rule, files, says, warning, line


CASES = [
    case("a file of 801 lines fails", "file_length",
         {"src/lib/base/a.c": source("a.c", "int x;\n" * 798)}, "801 lines"),
    case("a file of 401 lines warns", "file_length",
         {"src/lib/base/a.c": source("a.c", "int x;\n" * 398)}, "401 lines", warning=True),
    case("a function of 101 lines fails", "function_length",
         {"src/lib/base/a.c": source("a.c", function(101))}, "f has 101 lines", line=5),
    case("a function of 61 lines warns", "function_length",
         {"src/lib/base/a.c": source("a.c", function(61))}, "f has 61 lines", warning=True),
    case("a function after an initialiser is measured by itself", "function_length",
         {"src/lib/base/a.c": source("a.c", "int t[] = {\n" + "1,\n" * 200 + "};\n" + function(101))},
         "f has 101 lines", line=207),
    case("a line of 111 columns fails", "layout",
         {"src/lib/base/a.c": source("a.c", "/* " + "x" * 105 + " */\n")}, "111 columns"),
    case("a tab fails", "layout", {"src/lib/base/a.c": source("a.c", "\tint x;\n")}, "a tab"),
    case("a blank at the end of a line fails", "layout",
         {"src/lib/base/a.c": source("a.c", "int x; \n")}, "blanks at the end"),
    case("a missing last newline fails", "layout",
         {"src/lib/base/a.c": source("a.c", "int x;")}, "no newline"),
    case("a library's header outside its folder fails", "third_party_headers",
         {"src/lib/base/a.c": source("a.c", "#include <sqlite3.h>\n")}, "only the folder store may", line=4),
    case("a library's header in a process fails", "third_party_headers",
         {"src/proc/edge/main.c": source("main.c", "#include <openssl/ssl.h>\n")}, "<openssl/ssl.h>"),
    case("an unknown library's header fails", "third_party_headers",
         {"src/lib/base/a.c": source("a.c", "#include <glib.h>\n")}, "add it to tools/lint/tables.py"),
    case("a public header that brings in a library fails", "public_headers",
         {"src/lib/store/db.h": header("db.h", '#include "store/inner.h"\n'),
          "src/lib/store/inner.h": header("inner.h", "#include <sqlite3.h>\n"),
          "src/lib/html/a.c": source("a.c", '#include "store/db.h"\n')}, "brings in <sqlite3.h>"),
    case("an earlier folder that uses a later one fails", "layer_order",
         {"src/lib/store/db.h": header("db.h"),
          "src/lib/base/a.c": source("a.c", '#include "store/db.h"\n')}, "comes after it"),
    case("a process that includes another's header fails", "layer_order",
         {"src/proc/edge/routes.h": header("routes.h"),
          "src/proc/portal/a.c": source("a.c", '#include "proc/edge/routes.h"\n')}, "another process"),
    case("a query outside the store fails", "sql_outside_store",
         {"src/lib/html/a.c": source("a.c", 'const char q[] = "select * "\n    "from topic";\n')},
         "SQL ('select *", line=4),
    case("a pragma in a process fails", "sql_outside_store",
         {"src/proc/edge/main.c": source("main.c", 'const char q[] = "PRAGMA user_version";\n')},
         "SQL ('PRAGMA"),
    case("a delete in lower case fails", "sql_outside_store",
         {"src/lib/base/a.c": source("a.c", 'const char q[] = "delete from topic";\n')}, "SQL ("),
    case("markup outside the templates fails", "html_outside_templates",
         {"src/proc/edge/main.c": source("main.c", 'const char p[] = "<a href=x>";\n')}, "HTML ('<a'"),
    case("a closing tag in the store fails", "html_outside_templates",
         {"src/lib/store/a.c": source("a.c", 'const char p[] = "</mark>";\n')}, "HTML ('</mark'"),
    case("a system() call fails", "forbidden_calls",
         {"src/lib/base/a.c": source("a.c", 'int f(void) { return system("ls"); }\n')},
         "system: use a process of our own"),
    case("no logging by a library through fprintf", "libraries_never_log",
         {"src/lib/base/a.c": source("a.c", 'void f(void) { fprintf(stderr, "x"); }\n')}, "fprintf"),
    case("no logging by a library through syslog", "libraries_never_log",
         {"src/lib/base/a.c": source("a.c", 'void f(void) { syslog(1, "x"); }\n')}, "syslog"),
    case("no logging by a library through write", "libraries_never_log",
         {"src/lib/base/a.c": source("a.c", "void f(void) { write(STDERR_FILENO, p, n); }\n")}, "write"),
    case("a goto fails", "no_goto",
         {"src/lib/base/a.c": source("a.c", "void f(void) { goto out; out:; }\n")}, "goto"),
    case("a typedef of a struct fails", "plain_structs",
         {"src/lib/base/a.c": source("a.c", "typedef struct x x_t;\n")}, "typedef struct"),
    case("a mark of unfinished work in C fails", "unfinished_work",
         {"src/lib/base/a.c": source("a.c", "/* TODO: the rest */\n")}, "TODO"),
    case("a mark of unfinished work in a page of the manual fails", "unfinished_work",
         {"docs/index.md": "FIXME\n"}, "FIXME"),
    case("a file called util.c fails", "telling_names",
         {"src/lib/base/util.c": source("util.c")}, "'util.c' says nothing"),
    case("a file called string-helpers.h fails", "telling_names",
         {"src/lib/base/string-helpers.h": header("string-helpers.h")}, "says nothing"),
    case("a folder called common fails", "telling_names",
         {"src/common/a.c": source("a.c")}, "'common' says nothing"),
    case("a header without #pragma once fails", "headers_explain_themselves",
         {"src/lib/base/a.h": HEAD.format("a.h", "x")}, "no #pragma once"),
    case("a header that says nothing of trust fails", "headers_explain_themselves",
         {"src/lib/base/a.h": source("a.h", "#pragma once\n")}, "does not say"),
    case("a file with another's name on top fails", "files_introduce_themselves",
         {"src/lib/base/a.c": source("b.c")}, "does not start with"),
    case("a file without a top comment fails", "files_introduce_themselves",
         {"src/lib/base/a.c": "int x;\n"}, "does not start with"),
    case("a process without a profile fails", "process_folders",
         {"src/proc/portal/README.md": "## Does\n## Does not\n## Security\n## Diagnostics\n"}, "missing"),
    case("a process README without 'Does not' fails", "process_folders",
         {"src/proc/edge/README.md": "## Does\n## Security\n## Diagnostics\n"}, "'Does not'"),
    case("a library folder without a test fails", "tests_exist",
         {"src/lib/meson.build": BUILD + "subdir('sni')\n",
          "src/lib/sni/hello.c": source("hello.c")}, "no test in tests/unit/sni"),
    case("a fuzz target without a corpus fails", "tests_exist",
         {"tests/fuzz/sni/hello.c": source("hello.c", "int LLVMFuzzerTestOneInput(const char *p);\n")},
         "no corpus"),
] + [
    case(f"a call of {name} fails", "forbidden_calls",
         {"src/lib/base/a.c": source("a.c", f"void f(void)\n{{\n        {name}(a, b);\n}}\n")},
         f"{name}: use", line=6)
    for name in sorted(rules.tables.FORBIDDEN_CALLS) if name != "system"
]


def findings(rule, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            (Path(root) / path).parent.mkdir(parents=True, exist_ok=True)
            (Path(root) / path).write_text(text, encoding="utf-8")
        return list(getattr(rules, rule)(Tree(root)))


def judge(name, rule, files, says, warning, line):
    """None, or what went wrong."""
    found = findings(rule, {**CLEAN, **files})
    matching = [f for f in found if says in f.message and f.warning == warning
                and (line is None or f.line == line)
                and any(path.startswith(f.path.rsplit("/", 1)[0]) for path in files)]
    if not matching:
        return f"{name}: {rule} should say '{says}', but said {found or 'nothing'}"
    if len(found) != len(matching):
        return f"{name}: {rule} also complained about good code: {found}"
    return None


def main():
    problems, passed = [], 0
    for rule in rules.RULES:
        found = findings(rule.__name__, CLEAN)
        if found:
            problems.append(f"{rule.__name__} complains about a clean tree: {found}")
        elif not any(c[1] == rule.__name__ for c in CASES):
            problems.append(f"{rule.__name__} has no case here")
        else:
            passed += 1
    for one in CASES:
        problem = judge(*one)
        passed += problem is None
        problems += [problem] if problem else []
    for problem in problems:
        print(problem)
    print(f"{passed} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
