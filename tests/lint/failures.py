#!/usr/bin/env python3
"""failures -- what failed in each kind of log is listed first, with its reason, and nothing else is."""
import sys
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import failures  # noqa: E402

SCENARIO = """ok      A host starts  (0.1 s)
FAILED  A letter goes out  (9.3 s) [test_mail.goes_out]
Traceback (most recent call last):
  File "run.py", line 79, in run_one
TimeoutError: timed out

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "test_mail.py", line 7, in goes_out
AssertionError: not within 10 s: a letter
  log: FAILED is a word of a log line, too
skipped A second: there is no network
as a user without rights: FAILED  It ends  (1.0 s) [test_start.ends]
as a user without rights: Traceback (most recent call last):
as a user without rights:   File "test_start.py", line 9, in ends
as a user without rights:     assert code == 0
as a user without rights:            ^^^^^^^^^
as a user without rights: AssertionError
as a user without rights: 1 passed, 1 failed
2 passed, 2 failed
"""
MESON = """ 1/3 carrel:unit / page   FAIL   0.01s   exit status 1
[  FAILED  ] a_page_is_whole
[  ERROR   ] --- 0x1 != 0x2
[   LINE   ] --- ../tests/unit/page/test_page.c:7: error: Failure!
[  FAILED  ] 1 test(s), listed below:
[  FAILED  ] a_page_is_whole
 2/3 carrel:unit / base   OK     0.01s
 1/3 carrel:unit / page   FAIL   0.01s   exit status 1
"""
BUILD = """[730/792] Compiling C object a.o
[731/792] Compiling C object b.o
FAILED: src/b.o
../src/b.c:7:9: error: unknown type name 'strct'
../src/b.c:9:1: note: declared here
ninja: build stopped: subcommand failed.
"""
BROWSER = "ok    it opens\nFAIL  it folds\n      the list stays open\n3 passed, 1 failed\n"

# (what it shows, log, what is listed)
CASES = [
    ("a scenario that failed comes with what its last traceback ends on", SCENARIO, [
        "FAILED  A letter goes out  (9.3 s) [test_mail.goes_out]",
        "    AssertionError: not within 10 s: a letter",
        "as a user without rights: FAILED  It ends  (1.0 s) [test_start.ends]",
        "    AssertionError: assert code == 0"]),
    ("a failed test program is named once, with its assertions", MESON, [
        "1/3 carrel:unit / page   FAIL   0.01s   exit status 1",
        "[  FAILED  ] a_page_is_whole", "    [  ERROR   ] --- 0x1 != 0x2",
        "    [   LINE   ] --- ../tests/unit/page/test_page.c:7: error: Failure!"]),
    ("a build that stops is named by its error", BUILD, [
        "FAILED: src/b.o", "../src/b.c:7:9: error: unknown type name 'strct'"]),
    ("a check in a browser comes with its reason", BROWSER, ["FAIL  it folds", "    the list stays open"]),
    ("a log without failures lists nothing", "ok      all\n2 passed, 0 failed\n", []),
    ("a line is cut", "FAILED  " + "x" * 500, ["FAILED  " + "x" * (failures.LINE_CHARACTERS - 8)]),
    ("a list has an end", "".join(f"not ok {i}\n" for i in range(90)),
     [f"not ok {i}" for i in range(failures.LIST_LINES)]),
]


def main():
    problems = []
    for what, log, wanted in CASES:
        found = failures.failures(log)
        if found != wanted:
            problems.append(f"{what}: expected {wanted}, found {found}")
    if any("[731/792]" in line for line in failures.tail(BUILD)) or len(failures.tail("x\n" * 99)) != 40:
        problems.append("the tail is 40 lines and none of the build")
    if failures.names(failures.failures(BROWSER)) != ["FAIL  it folds"]:
        problems.append("names come without reasons")
    for problem in problems:
        print(problem)
    print(f"{len(CASES) + 2 - len(problems)} passed, {len(problems)} failed")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
