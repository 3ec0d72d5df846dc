#!/usr/bin/env python3
"""docs -- every check of tools/docs-check notices what it is for, and is silent about a tree in order."""
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tools" / "docs-check"))
import docs_check  # noqa: E402

CLEAN = {
    "README.md": "# It\n\nSee [the manual](docs/index.md#two-words) and run `carrel portal list`.\n",
    "ARCHITECTURE.md": "| `config` | `cli` |\n",
    "docs/mkdocs.yml": "nav:\n  - Home: index.md\n  - Keys: operator/configuration.md\n"
                       "  - Commands: operator/commands.md\n  - messages.md\n"
                       "  - API operations: developer/api-operations.md\n",
    "docs/index.md": "# Top\n\n## Two *words*\n\n[keys](operator/configuration.md#host), [web](https://a.b/)\n\n"
                     "```\n[not a link](nowhere.md)\n```\n",
    "docs/operator/configuration.md": "## `[host]`\n\n| key | |\n|---|---|\n| `name` | x |\n\n"
                                      "## `[provider NAME]`\n\n| `role` | |\n| `region` | |\n| `since` | |\n",
    "docs/operator/commands.md": "`carrel serve`, `carrel portal list`, `carrel --data DIR serve`\n",
    "docs/messages.md": "made\n",
    "docs/developer/api-operations.md": "made, too\n",
    "packaging/carrel.conf": "[host]\n#name = x\n",
    "src/lib/config/config.c": '        { "host", "name", KIND_HOST, 0 },\n',
    "src/proc/cli/all.c": 'const struct option o[] = {\n        { "json", 0 },\n};\n'
                          'const struct command all[] = {\n        { "serve", 0 },\n'
                          '        { "portal list", 0 },\n};\n',
    "tools/messages/messages.py": 'print("made")\n',
    "tools/api/operations.py": 'print("made, too")\n',
}

# (what it shows, check, changed files (None: removed), words of the finding)
CASES = [
    ("a link to a missing file is found", "links", {"README.md": "[a](docs/gone.md)\n"}, "leads nowhere"),
    ("a link to a missing heading is found", "links", {"README.md": "[a](docs/index.md#gone)\n"},
     "no heading #gone"),
    ("a reference link is followed", "links", {"README.md": "[a]\n\n[a]: docs/gone.md\n"}, "leads nowhere"),
    ("an image is followed", "links", {"docs/index.md": "![a](gone.png)\n"}, "leads nowhere"),
    ("a command that does not exist is found", "commands", {"README.md": "`carrel fly`\n"}, "'carrel fly'"),
    ("a command in a code block is found", "commands", {"README.md": "```\ncarrel portal paint\n```\n"},
     "'carrel portal paint'"),
    ("a command that nobody describes is found", "commands",
     {"docs/operator/commands.md": "`carrel serve`\n"}, "'carrel portal list' is not described"),
    ("a key that is not described is found", "settings",
     {"src/lib/config/config.c": CLEAN["src/lib/config/config.c"] +
      '        { "host", "data", KIND_PATH, 0 },\n'}, "[host] data is not described"),
    ("a key that is gone is found", "settings", {"src/lib/config/config.c": '{ "host", "data", KIND_PATH, 0 }\n'},
     "[host] name is described"),
    ("a wrong key in the sample file is found", "settings", {"packaging/carrel.conf": "[host]\n#nmae = x\n"},
     "[host] nmae"),
    ("a stale page of messages is found", "messages", {"docs/messages.md": "old\n"}, "stale"),
    ("a stale page of operations is found", "operations", {"docs/developer/api-operations.md": "old\n"}, "stale"),
    ("a generator that fails is found", "operations", {"tools/api/operations.py": "raise SystemExit('no row')\n"}, "no row"),
    ("a missing generator is found", "messages", {"tools/messages/messages.py": None}, "missing"),
    ("a folder the architecture does not name is found", "folders", {"src/lib/extra/a.c": "\n"},
     "src/lib/extra is not named"),
    ("a page outside the navigation is found", "navigation", {"docs/lost.md": "# Lost\n"}, "not in the nav"),
    ("a page that is gone from disk is found", "navigation", {"docs/messages.md": None}, "does not exist"),
    ("a page listed twice is found", "navigation",
     {"docs/mkdocs.yml": CLEAN["docs/mkdocs.yml"] + "  - index.md\n"}, "listed twice"),
]


def findings(check, files):
    with tempfile.TemporaryDirectory() as root:
        for path, text in files.items():
            if text is not None:
                (Path(root) / path).parent.mkdir(parents=True, exist_ok=True)
                (Path(root) / path).write_text(text, encoding="utf-8")
        return list(getattr(docs_check, check)(docs_check.Docs(root)))


def main():
    passed, problems = 0, []
    for check in docs_check.CHECKS:
        found = findings(check.__name__, CLEAN)
        has_case = any(case[1] == check.__name__ for case in CASES)
        if found or not has_case:
            problems.append(f"{check.__name__}: {found or 'has no case here'}")
        passed += not found and has_case
    for what, check, changed, says in CASES:
        found = findings(check, {**CLEAN, **changed})
        if any(says in f.message for f in found):
            passed += 1
        else:
            problems.append(f"{what}: expected '{says}', found {found}")
    for problem in problems:
        print(problem)
    print(f"{passed} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
