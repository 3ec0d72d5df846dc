#!/usr/bin/env python3
"""docs_check -- hold the documents against the tree they describe.

    tools/docs-check/docs_check.py [--root DIR] [--count]

Prints PATH:LINE: CHECK: MESSAGE for each thing that is no longer so and ends with 1 when there is one.
--count closes with "N passed, N failed", one for each check.
"""
import argparse
import re
import subprocess
import sys
import unicodedata
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

SKIPPED_FOLDERS = {".git", "node_modules", "dist", "__pycache__"}
# Material for tests, not documents of ours.
SKIPPED_PREFIXES = ("tests/",)
LINK = re.compile(r"!?\[(?:[^\[\]]|\[[^\]]*\])*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
REFERENCE = re.compile(r"^\[[^\]^][^\]]*\]:\s+<?(\S+?)>?(?:\s|$)")
SCHEME = re.compile(r"^(?:[a-z][a-z0-9+.-]*:|//)", re.I)
HEADING = re.compile(r"^(#{1,6})\s+(.+?)\s*#*\s*$")
OWN_ID = re.compile(r"\s*\{#([^}\s]+)\}\s*$")
COMMAND = re.compile(r"(?<![\w/.-])carrel((?:\s+--(?:data|config)[ =]\S+|\s+--json)*)((?:\s+[a-z][a-z-]*){1,3})")
# Pages that speak of what does not exist yet, and say so.
FUTURE_PAGES = {"docs/status.md", "docs/security/policy.md", "CHANGELOG.md"}


@dataclass
class Finding:
    path: str
    line: int
    message: str


class Docs:
    def __init__(self, root):
        self.root = Path(root)
        self.pages = sorted(p.relative_to(self.root).as_posix() for p in self.root.rglob("*.md")
                            if not self._skipped(p.relative_to(self.root)))
        self._anchors = {}

    @staticmethod
    def _skipped(path):
        return (SKIPPED_FOLDERS & set(path.parts) or path.parts[0].startswith("build")
                or path.as_posix().startswith(SKIPPED_PREFIXES))

    def read(self, path):
        return (self.root / path).read_text(encoding="utf-8")

    def exists(self, path):
        return (self.root / path).exists()

    def lines(self, path, code=False):
        """(number, line, fenced?) of a page; inline code is blanked unless wanted."""
        fence = None
        for number, line in enumerate(self.read(path).splitlines(), 1):
            mark = re.match(r"\s*(`{3,}|~{3,})", line)
            if mark and fence is None:
                fence = mark.group(1)
                continue
            if mark and fence and line.strip().startswith(fence[0] * len(fence)):
                fence = None
                continue
            if not code and fence is None:
                line = re.sub(r"(`+).+?\1", "", line)
            yield number, line, fence is not None

    def anchors(self, path):
        if path not in self._anchors:
            found, seen = set(), {}
            for _, line, fenced in self.lines(path, code=True):
                heading = None if fenced else HEADING.match(line)
                found |= set(re.findall(r'<a\s+(?:id|name)="([^"]+)"', line))
                if not heading:
                    continue
                own = OWN_ID.search(heading.group(2))
                name = own.group(1) if own else slug(heading.group(2))
                count = seen.get(name, 0)
                seen[name] = count + 1
                found.add(f"{name}-{count}" if count else name)
            self._anchors[path] = found
        return self._anchors[path]


def slug(text):
    """A heading's id as src/lib/markdown makes it: words in lower case, joined by hyphens."""
    text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)", r"\1", text)
    out = []
    for c in text.lower():
        category = unicodedata.category(c)
        if category[0] in "LN" or category == "Mn" or c == "_":
            out.append(c)
        elif c in "*`~'’":
            continue
        elif out and out[-1] != "-":
            out.append("-")
    return "".join(out).strip("-") or "section"


def links(docs):
    """every relative link leads to a file, and its #fragment to a heading"""
    for page in docs.pages:
        for number, line, fenced in docs.lines(page):
            if fenced:
                continue
            for target in LINK.findall(line) + REFERENCE.findall(line):
                if SCHEME.match(target) or target.startswith("/"):
                    continue
                path, _, fragment = unquote(target).partition("#")
                file = page if not path else \
                    PurePosixPath(*_resolve(PurePosixPath(page).parent / path)).as_posix()
                if not docs.exists(file):
                    yield Finding(page, number, f"'{target}' leads nowhere")
                elif fragment and file.endswith(".md") and fragment not in docs.anchors(file):
                    yield Finding(page, number, f"'{target}': {file} has no heading #{fragment}")


def _resolve(path):
    parts = []
    for part in path.parts:
        if part == "..":
            if parts:
                parts.pop()
        elif part != ".":
            parts.append(part)
    return parts or ["."]


def known_commands(docs):
    """The command line's own tables: the rows of every `struct command x[]`."""
    found = set()
    for file in sorted((docs.root / "src/proc/cli").glob("*.c")):
        text = file.read_text(encoding="utf-8")
        for table in re.findall(r"const struct command \w+\[\] = \{\n(.*?)\n\};", text, re.S):
            found |= set(re.findall(r'^ +\{ "([a-z]+(?: [a-z][a-z-]*){0,2})",', table, re.M))
    return found


def commands(docs):
    """every `carrel COMMAND` that a document shows is in the command line's table"""
    known = known_commands(docs)
    if not known:
        yield Finding("src/proc/cli", 1, "no table of commands was found")
        return
    verbs = {name.split()[0] for name in known}
    for page in docs.pages:
        if page in FUTURE_PAGES:
            continue
        for number, line, fenced in docs.lines(page, code=True):
            shown = [line] if fenced else re.findall(r"`([^`]+)`", line)
            for text in shown:
                for match in COMMAND.finditer(text):
                    words = match.group(2).split()
                    verb = words[0]
                    if verb not in verbs:
                        yield Finding(page, number, f"there is no command 'carrel {verb}'")
                    elif not any(" ".join(words[:n]) in known for n in (1, 2, 3)):
                        yield Finding(page, number, f"there is no command 'carrel {' '.join(words[:2])}'")
    manual = "docs/operator/commands.md"
    text = docs.read(manual) if docs.exists(manual) else ""
    for name in sorted(known):
        if f"carrel {name}" not in text:
            yield Finding(manual, 1, f"'carrel {name}' is not described")


def settings(docs):
    """the configuration page, the sample file and the program know the same keys"""
    program = docs.root / "src/lib/config/config.c"
    rows = re.findall(r'\{\s*"(\w+)",\s*"(\w+)",\s*KIND_', program.read_text(encoding="utf-8"))
    known = set(rows) | {("provider", key) for key in ("role", "region", "since")}
    page = "docs/operator/configuration.md"
    section, shown = None, set()
    for _, line, fenced in docs.lines(page, code=True):
        heading = HEADING.match(line)
        if heading:
            name = re.match(r"`?\[(\w+)[^\]]*\]`?", heading.group(2))
            section = name.group(1) if name else None
        row = re.match(r"\|\s*`(\w+)`\s*\|", line)
        if section and row and not fenced:
            shown.add((section, row.group(1)))
    for key in sorted(known - shown):
        yield Finding(page, 1, f"[{key[0]}] {key[1]} is not described")
    for key in sorted(shown - known):
        yield Finding(page, 1, f"[{key[0]}] {key[1]} is described, but the program does not know it")
    sample, section = "packaging/carrel.conf", None
    for number, line in enumerate(docs.read(sample).splitlines(), 1):
        name = re.match(r"#?\s*\[(\w+)[^\]]*\]\s*$", line)
        pair = re.match(r"#?(\w+)\s*=", line)
        if name:
            section = name.group(1)
        elif pair and (section, pair.group(1)) not in known:
            yield Finding(sample, number, f"[{section}] {pair.group(1)}: the program does not know it")


def messages(docs):
    """docs/messages.md is what the generator makes of src/lib/wire/messages.def"""
    yield from generated(docs, "tools/messages/messages.py", "docs/messages.md")


def operations(docs):
    """docs/developer/api-operations.md is what the generator makes of src/proc/portal/api/api.def"""
    yield from generated(docs, "tools/api/operations.py", "docs/developer/api-operations.md")


def generated(docs, tool, page):
    if not docs.exists(tool):
        yield Finding(tool, 1, f"missing: nothing makes {page}")
        return
    made = subprocess.run([sys.executable, str(docs.root / tool)], cwd=docs.root, capture_output=True, text=True,
                          check=False)
    if made.returncode != 0:
        yield Finding(tool, 1, made.stderr.strip() or "failed")
    elif not docs.exists(page) or docs.read(page) != made.stdout:
        yield Finding(page, 1, f"stale: write it anew with python3 {tool} > {page}")


def folders(docs):
    """ARCHITECTURE.md names every folder of src/lib and every process"""
    text = docs.read("ARCHITECTURE.md")
    for kind in ("lib", "proc"):
        for folder in sorted((docs.root / "src" / kind).iterdir()):
            if folder.is_dir() and any(folder.glob("*.[ch]")) and f"`{folder.name}`" not in text:
                yield Finding("ARCHITECTURE.md", 1, f"src/{kind}/{folder.name} is not named")


def navigation(docs):
    """docs/mkdocs.yml lists every page of docs/ once, and only pages that exist"""
    listed = []
    for number, line in enumerate(docs.read("docs/mkdocs.yml").splitlines(), 1):
        entry = re.match(r"\s*-\s+(?:[^:]+:\s+)?['\"]?([\w./-]+\.md)['\"]?\s*$", line)
        if entry:
            page = "docs/" + entry.group(1)
            if page in listed:
                yield Finding("docs/mkdocs.yml", number, f"{entry.group(1)} is listed twice")
            if not docs.exists(page):
                yield Finding("docs/mkdocs.yml", number, f"{entry.group(1)} does not exist")
            listed.append(page)
    for page in docs.pages:
        if page.startswith("docs/") and page not in listed:
            yield Finding(page, 1, "is not in the nav of docs/mkdocs.yml")


CHECKS = [links, commands, settings, messages, operations, folders, navigation]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2])
    parser.add_argument("--count", action="store_true")
    args = parser.parse_args()
    docs = Docs(args.root)
    failed = 0
    for check in CHECKS:
        findings = list(check(docs))
        failed += bool(findings)
        for f in findings:
            print(f"{f.path}:{f.line}: {check.__name__}: {f.message}")
    if args.count:
        print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
