#!/usr/bin/env python3
"""sweep -- kill -9 at every system call of backups, restores and changes of keys, one after the other.

    tests/scenario/sweep.py [--only NAME]... [--step N] [--write] BUILD

Each sweep begins with a host of its own, and kills at call 1, 2, 3 ... of the same work until that work comes
through without reaching the call. kills.py says what must hold after each. --write puts the results into
docs/security/kills.md. The last line is "N passed, N failed". Needs root and strace.
"""
import argparse
import datetime
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import content  # noqa: E402
from clock import Clock  # noqa: E402
from host import Host  # noqa: E402
from kills import SWEEPS, run_sweep  # noqa: E402
from run import find_program  # noqa: E402

REPORT = HERE.parent.parent / "docs/security/kills.md"
MARKS = ("<!-- results: written by make sweep -->", "<!-- end of results -->")
MOST_CALLS = 100000


def show(name, cuts, began):
    if cuts % 50 == 0:
        print(f"        {name}: {cuts} cuts, {time.monotonic() - began:.0f} s", flush=True)


def sweep(name, step):
    """Cut points, seconds, and what went wrong or None."""
    began, cuts = time.monotonic(), [0]

    def note(n):
        cuts[0] = n
        show(name, n, began)

    try:
        run_sweep(SWEEPS[name], Clock(), range(1, MOST_CALLS, step), note)
        return cuts[0], time.monotonic() - began, None
    except (AssertionError, OSError) as error:
        return cuts[0], time.monotonic() - began, str(error)


def write_report(rows):
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    lines = [MARKS[0], "", f"Measured {today}; {sum(row[1] for row in rows):,} cut points in all.", "",
             "| who is killed, in what | cut points | seconds | broken invariants |", "|---|---|---|---|"]
    lines += [f"| {title} | {cuts} | {seconds:.0f} | {'none' if wrong is None else 'one, and it ended there'} |"
              for title, cuts, seconds, wrong in rows]
    text = REPORT.read_text(encoding="utf-8")
    start, end = text.index(MARKS[0]), text.index(MARKS[1])
    REPORT.write_text(text[:start] + "\n".join(lines) + "\n\n" + text[end:], encoding="utf-8")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", action="append", choices=list(SWEEPS))
    parser.add_argument("--step", type=int, default=1)
    parser.add_argument("--write", action="store_true")
    parser.add_argument("build")
    args = parser.parse_args()
    Host.program = find_program(Path(args.build).resolve())
    Host.scratch = content.scratch = Path(tempfile.mkdtemp(prefix="carrel-sweep-"))
    Host.scratch.chmod(0o711)
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 16384)), hard))
    rows = []
    try:
        for name in args.only or SWEEPS:
            cuts, seconds, wrong = sweep(name, args.step)
            rows.append((SWEEPS[name].title, cuts, seconds, wrong))
            print(f"{'ok' if wrong is None else 'FAILED'}: {SWEEPS[name].title}: {cuts} cut points in {seconds:.0f} s"
                  + (f": {wrong}" if wrong else ""), flush=True)
    finally:
        shutil.rmtree(Host.scratch, ignore_errors=True)
    if args.write:
        write_report(rows)
    failed = sum(row[3] is not None for row in rows)
    print(f"{len(rows) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
