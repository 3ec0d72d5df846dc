"""rules -- docs/developer/style.md as functions. Each takes a Tree and yields findings.

A rule's docstring is its one-line description; its name is what a finding shows.
"""
import re
from dataclasses import dataclass
from pathlib import PurePosixPath

import tables
from tree import OWN, folder_of


@dataclass
class Finding:
    path: str
    line: int
    message: str
    warning: bool = False


def file_length(tree):
    """a file has at most 800 lines; over 400 is a warning"""
    for path in tree.paths:
        if not path.endswith((".c", ".h", ".ts", ".py")) or path.startswith(OWN):
            continue
        n = len(tree.read(path).splitlines())
        if n > tables.FILE_LINES_WARN:
            yield Finding(path, 1, f"{n} lines: split it by what it does",
                          n <= tables.FILE_LINES)


def function_length(tree):
    """a function has at most 100 lines; over 60 is a warning"""
    for path in tree.c_paths():
        for f in tree.source(path).functions:
            if f.lines > tables.FUNCTION_LINES_WARN:
                yield Finding(path, f.line, f"{f.name} has {f.lines} lines: take a step out of it",
                              f.lines <= tables.FUNCTION_LINES)


def layout(tree):
    """at most 110 columns in code (over 100, and in tests, a warning), no tabs, no blanks at line ends"""
    for path in tree.c_paths():
        text = tree.read(path)
        for number, line in enumerate(text.splitlines(), 1):
            if len(line) > tables.COLUMNS_WARN:
                yield Finding(path, number, f"{len(line)} columns: wrap at {tables.COLUMNS_WARN}",
                              len(line) <= tables.COLUMNS or path.startswith("tests/"))
            if "\t" in line:
                yield Finding(path, number, "a tab: indent with spaces")
            if line != line.rstrip():
                yield Finding(path, number, "blanks at the end of the line")
        if text and not text.endswith("\n"):
            yield Finding(path, text.count("\n") + 1, "no newline at the end of the file")


def _wrappers(header):
    """The folders that may include a third-party header; None: it is the system's; set(): unknown."""
    for pattern, folders in tables.WRAPPED:
        if re.fullmatch(pattern, header):
            return folders
    return None if tables.SYSTEM_HEADERS.fullmatch(header) else set()


def third_party_headers(tree):
    """a third-party header is included only inside the folder that wraps it"""
    for path in tree.c_paths("src/"):
        folder = folder_of(path)
        for inc in tree.source(path).includes:
            wrappers = _wrappers(inc.name) if inc.system else None
            if wrappers is None or (folder and folder[1] in wrappers):
                continue
            where = "only the folder " + " or ".join(sorted(wrappers)) + " may" \
                if wrappers else "no folder may: add it to tools/lint/tables.py if it earns its place; may not"
            yield Finding(path, inc.line, f"<{inc.name}>: {where} include it")


def _own_header(tree, including, name):
    """The path of a header named in quotes, as the compiler's include path would find it."""
    for base in ("src/lib/", "src/", str(PurePosixPath(including).parent) + "/"):
        if base + name in tree.paths:
            return base + name
    return None


def public_headers(tree):
    """a header that another folder includes does not reach a third-party header"""
    def reached(header, seen):
        if header in seen:
            return None
        seen.add(header)
        for inc in tree.source(header).includes:
            if inc.system and _wrappers(inc.name):
                return inc.name
            deeper = None if inc.system else _own_header(tree, header, inc.name)
            found = reached(deeper, seen) if deeper and deeper.endswith(".h") else None
            if found:
                return found
        return None

    for path in tree.c_paths("src/"):
        for inc in tree.source(path).includes:
            header = None if inc.system else _own_header(tree, path, inc.name)
            if header is None or not header.endswith(".h") or folder_of(header) == folder_of(path):
                continue
            found = reached(header, set())
            if found:
                yield Finding(path, inc.line, f'"{inc.name}" brings in <{found}>: hide it behind an '
                              "opaque struct")


def layer_order(tree):
    """a folder of src/lib uses only folders that src/lib/meson.build names before it"""
    order = tree.library_order()
    for path in tree.c_paths("src/"):
        folder = folder_of(path)
        for inc in tree.source(path).includes:
            header = None if inc.system else _own_header(tree, path, inc.name)
            used = folder_of(header) if header else None
            if used is None or folder is None or used == folder:
                continue
            if used[0] == "proc":
                yield Finding(path, inc.line, f'"{inc.name}" belongs to another process: move what both '
                              "need to src/lib")
            elif folder[0] == "lib" and (used[1] not in order or folder[1] not in order or
                                         order.index(used[1]) >= order.index(folder[1])):
                yield Finding(path, inc.line, f"src/lib/{folder[1]} may not use src/lib/{used[1]}, which "
                              "comes after it")


def _literals_outside(tree, folders, pattern, message, files=()):
    for path in tree.c_paths("src/"):
        folder = folder_of(path)
        if path in files or folder and folder[0] == "lib" and folder[1] in folders:
            continue
        source = tree.source(path)
        quoted = {inc.line for inc in source.includes}
        for literal in source.literals:
            found = pattern.search(literal.text)
            if found and literal.line not in quoted:
                yield Finding(path, literal.line, message.format(found.group()[:40]))


def sql_outside_store(tree):
    """SQL is written only in src/lib/store"""
    return _literals_outside(tree, tables.SQL_FOLDERS, tables.SQL,
                             "SQL ('{}'): give src/lib/store a function for it")


def html_outside_templates(tree):
    """HTML is written only in src/lib/html, markdown, page and exchange"""
    return _literals_outside(tree, tables.HTML_FOLDERS, tables.HTML,
                             "HTML ('{}'): make it a template of src/lib/page", tables.HTML_FILES)


def forbidden_calls(tree):
    """no unbounded, locale-bound or shell-starting call"""
    call = re.compile(r"(?<![\w.>])(" + "|".join(tables.FORBIDDEN_CALLS) + r")\s*\(")
    for path in tree.c_paths():
        source = tree.source(path)
        for match in call.finditer(source.code):
            name = match.group(1)
            yield Finding(path, source.line_of(match.start()),
                          f"{name}: use {tables.FORBIDDEN_CALLS[name]}")


def no_goto(tree):
    """cleanup is by CLEANUP_*, not by goto"""
    for path in tree.c_paths():
        source = tree.source(path)
        for match in re.finditer(r"\bgoto\b", source.code):
            yield Finding(path, source.line_of(match.start()), "goto: use CLEANUP_* from base/attr.h")


def plain_structs(tree):
    """a struct or an enum is called struct or enum; no typedef hides it"""
    for path in tree.c_paths("src/"):
        source = tree.source(path)
        for match in re.finditer(r"\btypedef\s+(struct|union|enum)\b", source.code):
            yield Finding(path, source.line_of(match.start()), f"typedef {match.group(1)}: name it plainly")


def libraries_never_log(tree):
    """src/lib returns sentences; only src/proc prints or logs them"""
    for path in tree.c_paths("src/lib/"):
        if path in tables.LOGGING_ALLOWED:
            continue
        source = tree.source(path)
        for match in tables.LOGGING_CALL.finditer(source.code):
            yield Finding(path, source.line_of(match.start()),
                          f"{match.group().split('(')[0].strip()}: put the sentence into struct err")


def unfinished_work(tree):
    """no mark of unfinished work"""
    for path in tree.text_paths():
        if path.endswith(("package-lock.json",)) or path.startswith("LICENSE"):
            continue
        for number, line in enumerate(tree.read(path).splitlines(), 1):
            found = tables.UNFINISHED.search(line)
            if found:
                yield Finding(path, number, f"{found.group()}: finish it, or open an issue and say so there")


def telling_names(tree):
    """no file or folder is called util, misc, common, helper or manager"""
    for path in tree.paths:
        if not path.startswith(("src/", "tests/", "tools/", "web/")) or path.startswith(OWN):
            continue
        for part in PurePosixPath(path).parts:
            words = set(re.split(r"[-_.]", part.lower()))
            if words & tables.FORBIDDEN_NAMES:
                yield Finding(path, 1, f"'{part}' says nothing: name it after what it does")


def headers_explain_themselves(tree):
    """a header has #pragma once and says on top whom it trusts, who links it or that it is private"""
    for path in tree.c_paths("src/"):
        if not path.endswith(".h"):
            continue
        source = tree.source(path)
        if "#pragma once" not in source.text:
            yield Finding(path, 1, "no #pragma once")
        top = source.comments[0].text if source.comments and source.comments[0].line == 1 else ""
        if not re.search(r"\bTrust:|\bLinked\b|\b[Pp]rivate to\b|included by no other folder", top):
            yield Finding(path, 1, "the top comment does not say 'Trust:', 'Linked by' or 'private to'")


def files_introduce_themselves(tree):
    """a C file starts with a comment: its own name, two dashes, what it is for"""
    for path in tree.c_paths():
        name = PurePosixPath(path).name
        source = tree.source(path)
        top = source.comments[0].text if source.comments and source.comments[0].line == 1 else ""
        if not re.match(r"/\*\n \* (?:[\w-]+/)*" + re.escape(name) + r" -- \S", top):
            yield Finding(path, 1, f"does not start with '/*', ' * {name} -- what it is for'")


def process_folders(tree):
    """a process folder has profile.c and a README.md with its four headings"""
    folders = sorted({p.split("/")[2] for p in tree.paths
                      if p.startswith("src/proc/") and p.count("/") >= 3})
    for name in folders:
        for needed in tables.PROCESS_FILES:
            path = f"src/proc/{name}/{needed}"
            if needed == "profile.c" and name in tables.WITHOUT_PROFILE:
                continue
            if path not in tree.paths:
                yield Finding(path, 1, "missing: every process has one")
            elif needed == "README.md":
                headings = re.findall(r"^#+ +(.+?) *$", tree.read(path), re.M)
                for heading in tables.PROCESS_HEADINGS:
                    if heading not in headings:
                        yield Finding(path, 1, f"no heading '{heading}'")


def tests_exist(tree):
    """a library folder with code has a unit test; a fuzz target has a corpus"""
    for name in tree.library_order():
        has_code = any(p.startswith(f"src/lib/{name}/") and p.endswith(".c") for p in tree.paths)
        has_test = any(p.startswith(f"tests/unit/{name}/") and p.endswith(".c") for p in tree.paths)
        if has_code and not has_test:
            yield Finding(f"src/lib/{name}", 1, f"no test in tests/unit/{name}")
    for path in tree.c_paths("tests/fuzz/"):
        if "LLVMFuzzerTestOneInput(const" in tree.read(path) and path.count("/") == 3:
            folder = path.rsplit("/", 1)[0]
            if not any(re.match(re.escape(folder) + r"/corpus[^/]*/", p) for p in tree.paths):
                yield Finding(path, 1, f"no corpus in {folder}")


RULES = [file_length, function_length, layout, third_party_headers, public_headers, layer_order,
         sql_outside_store, html_outside_templates, forbidden_calls, no_goto, plain_structs,
         libraries_never_log, unfinished_work, telling_names, headers_explain_themselves,
         files_introduce_themselves, process_folders, tests_exist]
