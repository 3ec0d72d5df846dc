#!/usr/bin/env python3
"""failures -- what failed in a log, in a few lines, so that it is read first.

    tests/failures.py [--names] LOG

prints the failed tests with the reason below each, then the log's last lines. --names: the failed tests alone.
"""
import argparse
import re
import sys
from pathlib import Path

LIST_LINES, LINE_CHARACTERS, TAIL_LINES = 15, 200, 40
NAME = re.compile(
    r"FAILED\b|FAIL  |not ok\b|\[  FAILED  \] (?!\d+ test)"
    r"|\d+/\d+ .* (?:FAIL|TIMEOUT|ERROR) +\d"               # Meson's
    r"|\S+ +(?:\d+ passed, [1-9]\d* failed|FAILED, repeat)"  # a suite of tests/run, a target of tests/fuzz/run
    r"|[\w./+-]+:\d+:(?:\d+:)? (?!note:)\S"                  # compilers' and checkers'
    r"|example \d+ \(|E: |npm ERR!|no test ran|stopped after \d|ended with")
REASON = re.compile(r"\[  ERROR   \] ---|\[   LINE   \] ---|.*(?:Address|Leak|UndefinedBehavior)Sanitizer: "
                    r"|.*: runtime error: ")
OTHER_USER = "as a user without rights: "
TRACEBACK = "Traceback (most recent call last):"
BUILD_STEP = re.compile(r"\s*\[\d+/\d+\] ")
RESULT = re.compile(r"ok\b|skipped\b|\d+ passed, |\[")


def reason_below(lines):
    """The line that says why: what the last traceback ends on, or the next line; None if another test begins."""
    reason, depth, code = None, None, ""
    for i, line in enumerate(line.removeprefix(OTHER_USER) for line in lines):
        text, indent = line.strip(), len(line) - len(line.lstrip())
        if NAME.match(text) or RESULT.match(text):
            return reason
        if text == TRACEBACK:
            depth = indent
        elif i == 0:
            return text or None
        elif text and depth is not None and indent <= depth:
            reason, depth = text if ":" in text else f"{text}: {code}", None
        elif text.strip("^~"):
            code = text
    return reason


def failures(text):
    """Each failed test once, its reason indented below it; at most LIST_LINES lines, each cut."""
    lines = text.splitlines()
    found = {}
    for i, line in enumerate(lines):
        bare = line.strip()
        plain = bare.removeprefix(OTHER_USER).lstrip()
        if NAME.match(plain):
            found[bare[:LINE_CHARACTERS]] = None
            if plain.startswith(("FAILED  ", "FAIL  ")):
                reason = reason_below(lines[i + 1:])
                if reason is not None:
                    found[f"    {reason}"[:LINE_CHARACTERS]] = None
        elif REASON.match(plain):
            found[f"    {plain}"[:LINE_CHARACTERS]] = None
    return list(found)[:LIST_LINES]


def names(listed):
    return [line for line in listed if not line.startswith(" ")]


def tail(text):
    """The last lines without those of the build, which say nothing about a failure."""
    return [line for line in text.splitlines() if not BUILD_STEP.match(line)][-TAIL_LINES:]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--names", action="store_true")
    parser.add_argument("log", type=Path)
    args = parser.parse_args()
    text = args.log.read_text(encoding="utf-8", errors="replace")
    listed = failures(text)
    print("\n".join(names(listed) if args.names else [*listed, "the log ends:", *tail(text)]))


if __name__ == "__main__":
    sys.exit(main())
