#!/usr/bin/env python3
"""Write the tables of common passwords: for each length one sorted string of fixed-width entries.

The list is the one of Debian's python3-zxcvbn (MIT): 30,000 passwords from published breaches, the commonest
first. usage: blocklist.py FREQUENCY_LISTS_PY OUTPUT
"""
import runpy
import sys

SHORTEST, LEADING = 4, 1000


def literal(words):
    return "\n".join('  "%s"' % "".join("\\%03o" % ord(c) for c in word) for word in words)


def table(name, words):
    by_length = {}
    for word in words:
        by_length.setdefault(len(word), set()).add(word)
    longest = max(by_length)
    for length in sorted(by_length):
        yield "static const char %s_%d[] =\n%s;\n" % (name, length, literal(sorted(by_length[length])))
    yield "static const struct column %s[%d] = {\n" % (name, longest + 1)
    for length in sorted(by_length):
        yield "        [%d] = { %s_%d, %d },\n" % (length, name, length, len(by_length[length]))
    yield "};\n"


def main():
    try:
        words = runpy.run_path(sys.argv[1])["FREQUENCY_LISTS"]["passwords"]
    except (OSError, KeyError) as why:
        sys.exit("blocklist.py: no list of passwords in %s (%s): install python3-zxcvbn, or run "
                 "tools/install-deps build" % (sys.argv[1], why))
    words = [w.lower() for w in words if w.isascii() and w.isprintable() and len(w) >= SHORTEST]
    if len(words) < 25000 or "password" not in words[:10]:
        sys.exit("blocklist.py: %s is not the list that was expected, the commonest first" % sys.argv[1])
    with open(sys.argv[2], "w", encoding="ascii") as out:
        out.writelines(table("all", words))
        out.writelines(table("leading", words[:LEADING]))


main()
