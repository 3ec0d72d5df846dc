#!/usr/bin/env python3
"""Write the table of HTML's named character references, sorted for a binary search.

The names are those of WHATWG HTML 13.5, which Python's standard library carries; the list is frozen by
its authors. usage: entities.py OUTPUT
"""
import sys
from html.entities import html5


def literal(text):
    return "".join("\\%03o" % byte for byte in text.encode("utf-8"))


def main():
    names = {}
    for name, text in html5.items():
        bare = not name.endswith(";")
        key = name.rstrip(";")
        _, was_bare = names.get(key, (text, False))
        names[key] = (text, was_bare or bare)
    with open(sys.argv[1], "w", encoding="ascii") as out:
        for key in sorted(names):
            text, bare = names[key]
            out.write('{ "%s", "%s", %s },\n' % (key, literal(text), "true" if bare else "false"))


main()
