#!/usr/bin/env python3
"""messages -- write docs/messages.md from src/lib/wire/messages.def.

    tools/messages/messages.py > docs/messages.md
    tools/messages/messages.py --check [FILE]       (FILE: docs/messages.md) end with 1 when it is stale

tests/unit/wire holds the written page against the table as the C compiler sees it.
"""
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
TABLE = ROOT / "src/lib/wire/messages.def"
STRING = r'"((?:[^"\\]|\\.)*)"'
ROW = re.compile(
    r"^M\((?P<name>[A-Z_]+),\s*(?P<senders>[A-Z_|\s]+),\s*(?P<receivers>[A-Z_|\s]+),"
    r"\s*(?P<fd>NO_FD|ONE_FD|MAYBE_FD),\s*(?P<size>\d+),"
    r"\s*" + STRING + r",\s*" + STRING + r"\)\s*$", re.M | re.S)
SECTION = re.compile(r"^/\* (?P<title>[^*\n]+) \*/$", re.M)
DESCRIPTOR = {"NO_FD": "no", "ONE_FD": "yes", "MAYBE_FD": "maybe"}
INTRO = """# Messages

The processes of a host speak with each other in these messages and in no others. The page is made from
`src/lib/wire/messages.def`; `tools/messages/messages.py` writes it anew. How a message looks on the socket is
written down in [Message format](formats/messages.md).

Sender and receiver are enforced at both ends: a message that may not pass from one to the other is neither
sent nor received. *Bytes* is the largest body; *fd* says whether a descriptor comes with it.
"""


def peers(text):
    return ", ".join(p.strip()[2:].lower() for p in text.split("|"))


def render(text):
    marks = [(m.start(), "section", m["title"]) for m in SECTION.finditer(text)]
    rows = list(ROW.finditer(text))
    declared = len(re.findall(r"^M\(", text, re.M))
    if len(rows) != declared:
        sys.exit(f"{TABLE}: {declared - len(rows)} rows could not be read")
    marks += [(m.start(), "row", m) for m in rows]
    out, number = [INTRO], 0
    for _, kind, what in sorted(marks, key=lambda m: m[0]):
        if kind == "section":
            out.append(f"\n## {what[0].upper()}{what[1:]}\n\n"
                       "| number | message | from | to | fields | bytes | fd | meaning |\n"
                       "|---:|---|---|---|---|---:|---|---|\n")
            continue
        number += 1
        fields, sentence = what[6], what[7]
        shown = ", ".join(f"`{f}`" for f in fields.split(", ")) if fields else "none"
        out.append(f"| {number} | `{what['name']}` | {peers(what['senders'])} | "
                   f"{peers(what['receivers'])} | {shown} | {what['size']} | {DESCRIPTOR[what['fd']]} | "
                   f"{sentence} |\n")
    return "".join(out)


def main():
    page = render(TABLE.read_text(encoding="utf-8"))
    if len(sys.argv) == 1:
        sys.stdout.write(page)
        return 0
    if sys.argv[1] != "--check" or len(sys.argv) > 3:
        sys.stderr.write(__doc__)
        return 2
    path = Path(sys.argv[2]) if len(sys.argv) == 3 else ROOT / "docs/messages.md"
    if path.is_file() and path.read_text(encoding="utf-8") == page:
        return 0
    sys.stderr.write(f"{path} is stale: tools/messages/messages.py > docs/messages.md\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
