#!/usr/bin/env python3
"""lint -- hold the tree against docs/developer/style.md.

    tools/lint/lint.py [--root DIR] [--count] [--warnings] [--rules]

Prints PATH:LINE: RULE: MESSAGE for each finding and ends with 1 when there is one. Warnings are counted
and shown on demand; they never fail. --count closes with "N passed, N failed", one for each rule.
"""
import argparse
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from rules import RULES  # noqa: E402
from tree import Tree  # noqa: E402


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2])
    parser.add_argument("--count", action="store_true")
    parser.add_argument("--warnings", action="store_true")
    parser.add_argument("--rules", action="store_true", help="list the rules and end")
    args = parser.parse_args()
    if args.rules:
        for rule in RULES:
            print(f"{rule.__name__.replace('_', '-'):28} {rule.__doc__}")
        return 0
    tree = Tree(args.root)
    failed_rules = warnings = 0
    for rule in RULES:
        findings = list(rule(tree))
        failed_rules += any(not f.warning for f in findings)
        warnings += sum(f.warning for f in findings)
        for f in findings:
            if not f.warning or args.warnings:
                kind = "warning: " if f.warning else ""
                print(f"{f.path}:{f.line}: {rule.__name__.replace('_', '-')}: {kind}{f.message}")
    if warnings:
        print(f"lint: {warnings} warnings" + ("" if args.warnings else ", shown with --warnings"))
    if args.count:
        print(f"{len(RULES) - failed_rules} passed, {failed_rules} failed")
    return 1 if failed_rules else 0


if __name__ == "__main__":
    sys.exit(main())
