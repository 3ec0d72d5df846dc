#!/usr/bin/env python3
"""operations -- write docs/developer/api-operations.md from src/proc/portal/api/api.def.

    tools/api/operations.py > docs/developer/api-operations.md
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "src/proc/portal/api/api.def"
WORD = r"\s*(\w+)\s*"
STRING = r'\s*"((?:[^"\\]|\\.)*)"\s*'
ROWS = {
    "CALL": re.compile(rf"CALL\({WORD},{WORD},{STRING},{WORD},{WORD},{WORD},{WORD},{WORD},{STRING}\)"),
    "ORDER": re.compile(rf"ORDER\({WORD},{WORD},{STRING},{WORD},{WORD},{WORD},{WORD},{WORD},{STRING},{STRING}\)"),
    "ORDER_LIST": re.compile(rf"ORDER_LIST\({WORD},{STRING},{WORD},{WORD},{WORD},{WORD},{STRING},{WORD},{STRING},{STRING}\)"),
}
ABSENT = re.compile(rf"ABSENT\({STRING},{STRING}\)")
INTRO = """# API operations

Every operation of a portal's HTTP API. The page is made from `src/proc/portal/api/api.def`;
`tools/api/operations.py` writes it anew. How to get a token, and what all operations have in common, is in
[HTTP API](api.md); members and statuses are in the document at `/api/v1/openapi.json` of any portal.

| operation | address | role | scope | what it does |
|---|---|---|---|---|
"""

OUTRO = """
Of the [orders](../operator/commands.md) that a portal knows about people, rights and settings, these have no operation:

| order | because |
|---|---|
"""


def rows(text):
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.S)
    found = []
    for kind, pattern in ROWS.items():
        for match in pattern.finditer(text):
            g = match.groups()
            if kind == "ORDER_LIST":
                method, path, who, scope, summary = "GET", g[1], g[2], g[3], g[9]
            else:
                method, path, who, scope, summary = g[1], g[2], g[3], g[4], g[-1]
            found.append((match.start(), g[0], method, path, who, scope, summary))
    declared = len(re.findall(r"^(?:CALL|ORDER|ORDER_LIST)\(", text, re.M))
    if len(found) != declared:
        sys.exit(f"{TABLE}: {declared - len(found)} rows could not be read")
    return sorted(found)


def main():
    out = [INTRO]
    for _, name, method, path, who, scope, summary in rows(TABLE.read_text(encoding="utf-8")):
        role = {"EVERYBODY": "no token", "PERSON": "any"}.get(who, who.lower())
        needs = "" if scope == "NONE" else f"`{scope.lower().replace('_', '.')}`"
        out.append(f"| `{name}` | `{method} {path.replace('...', '')}` | {role} | {needs} | {summary} |\n")
    out.append(OUTRO)
    for verb, reason in ABSENT.findall(re.sub(r"/\*.*?\*/", "", TABLE.read_text(encoding="utf-8"), flags=re.S)):
        out.append(f"| `{verb}` | {reason} |\n")
    sys.stdout.write("".join(out))
    return 0


if __name__ == "__main__":
    sys.exit(main())
