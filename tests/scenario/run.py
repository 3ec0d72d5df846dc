#!/usr/bin/env python3
"""run -- the real program on loopback: start it, read it, abuse it, kill it, and see what is left.

    tests/scenario/run.py [--only NAME]... [--rootless] [--list] BUILD

NAME is part of a file's or a function's name. As root the scenarios run with strict isolation, and then those
that mean something for an ordinary user run again as one, in copies that this user can read; --rootless
runs only those. An ordinary user runs only those anyway. Ports: CARREL_TEST_PORTS, 21400-21499 if unset.
The last line is "N passed, N failed".
"""
import argparse
import importlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

sys.dont_write_bytecode = True
HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))
import content  # noqa: E402
from case import SCENARIOS, Skip  # noqa: E402
from host import Host  # noqa: E402
from shared import SHARED  # noqa: E402

NOBODY = 65534
SCENARIO_SECONDS, ROOTLESS_SECONDS = 90, 300
PROGRAMS = ("cli/carrel", "supervisor/carrel-supervisor", "zygote/carrel-zygote",
            "registry/carrel-registry", "courier/carrel-courier", "vault/carrel-vault", "edge/carrel-edge")
PLACES = ("src/proc", "bin", "libexec/carrel")
COPIED = ("tests/scenario", "docs")


class TookTooLong(Exception):
    pass


def on_alarm(_number, _frame):
    raise TookTooLong(f"more than {SCENARIO_SECONDS} s")


class Hosts:
    """Hosts that several scenarios share; one that a scenario failed on is not used again."""

    def __init__(self):
        self.running = {}

    def get(self, name):
        if name not in self.running:
            self.running[name] = SHARED[name]()
        return self.running[name]

    def drop(self, name):
        if name in self.running:
            self.running.pop(name).close()

    def drop_all_but(self, needed):
        for name in list(self.running):
            if name not in needed:
                self.drop(name)


def run_one(function, hosts):
    """None: it passed; a Skip or the words of a failure otherwise."""
    host = None
    signal.alarm(SCENARIO_SECONDS)
    try:
        if function.host is not None:
            host = hosts.get(function.host)
            function(host)
            host.check_log()
        else:
            function()
        return None
    except Skip as skip:
        return skip
    except Exception:  # noqa: BLE001 -- whatever went wrong is this scenario's failure, and the next one runs
        signal.alarm(0)
        words = traceback.format_exc()
        if host is not None:
            time.sleep(0.3)     # what the host has to say about it may still be on its way
            words += "".join(f"  log: {line}\n" for line in host.lines[-15:])
            hosts.drop(function.host)
        return words
    finally:
        signal.alarm(0)


def run_all(chosen):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    hosts = Hosts()
    try:
        for i, function in enumerate(chosen):
            begin = time.monotonic()
            result = run_one(function, hosts)
            took = f"  ({time.monotonic() - begin:.1f} s)"
            if result is None:
                counts["passed"] += 1
                print(f"ok      {function.sentence}{took}", flush=True)
            elif isinstance(result, Skip):
                counts["skipped"] += 1
                print(f"skipped {function.sentence}: {result}", flush=True)
            else:
                counts["failed"] += 1
                print(f"FAILED  {function.sentence}{took} [{function.__module__}.{function.__name__}]\n"
                      f"{result}", flush=True)
            hosts.drop_all_but({f.host for f in chosen[i + 1:]})
    finally:
        hosts.drop_all_but(())
    return counts


def find_program(build):
    for place in PLACES:
        for name in ("cli/carrel", "carrel"):
            if (build / place / name).is_file():
                return build / place / name
    sys.exit(f"there is no carrel in {build}; build it first")


def choose(only, rootless):
    for file in sorted(HERE.glob("test_*.py")):
        importlib.import_module(file.stem)
    fitting = [f for f in SCENARIOS if (f.rootless if rootless else f.root)]
    if not only:
        return fitting
    return [f for f in fitting if any(name in f"{f.__module__}.{f.__name__}" for name in only)]


def run_as_nobody(build, only):
    """The same runner as an ordinary user; its counts. The copies are its to read, not to write."""
    place = Path(tempfile.mkdtemp(prefix="carrel-rootless-"))
    place.chmod(0o755)
    try:
        # Laid out as installed, so that nothing leads back to a tree that may be closed to others.
        for program in PROGRAMS:
            to = place / "build" / ("bin" if program == PROGRAMS[0] else "libexec/carrel") / Path(program).name
            to.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(build / "src/proc" / program, to)
        for name in COPIED:
            shutil.copytree(HERE.parent.parent / name, place / "tree" / name,
                            ignore=shutil.ignore_patterns("__pycache__"))
        shutil.copytree(HERE.parent.parent / "docs", place / "build/share/carrel/manual")
        subprocess.run(["chmod", "-R", "a+rX,go-w", str(place)], check=True)
        (place / "home").mkdir()
        os.chown(place / "home", NOBODY, NOBODY)
        argv = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--bounding-set=-all",
                "--inh-caps=-all", "env", "-i", f"HOME={place}/home", f"TMPDIR={place}/home",
                "LC_ALL=C.UTF-8", f"CARREL_TEST_PORTS={os.environ.get('CARREL_TEST_PORTS', '21400-21499')}",
                "PATH=/usr/local/bin:/usr/bin:/bin", "python3", str(place / "tree/tests/scenario/run.py"),
                *[f"--only={name}" for name in only], str(place / "build")]
        return show_nested(argv)
    finally:
        shutil.rmtree(place, ignore_errors=True)


def show_nested(argv):
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    child = subprocess.Popen(argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                             text=True, errors="replace", cwd="/")
    last = ""
    for line in child.stdout:
        last = line.strip()
        print(f"as a user without rights: {line}", end="", flush=True)
    if child.wait(ROOTLESS_SECONDS) not in (0, 1) or "passed" not in last:
        counts["failed"] = 1
        return counts
    for part in last.split(", "):
        number, what = part.split(" ")
        counts[what] += int(number)
    return counts


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--only", action="append", default=[], metavar="NAME")
    parser.add_argument("--rootless", action="store_true")
    parser.add_argument("--list", action="store_true")
    parser.add_argument("build")
    args = parser.parse_args()
    root = os.geteuid() == 0
    if args.list:
        for function in choose(args.only, not root):
            print(f"{function.__module__}.{function.__name__}: {function.sentence}")
        return 0
    build = Path(args.build).resolve()
    Host.program = find_program(build)
    Host.scratch = Path(tempfile.mkdtemp(prefix="carrel-scenario-"))
    Host.scratch.chmod(0o711)
    content.scratch = Host.scratch
    signal.signal(signal.SIGALRM, on_alarm)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, min(hard, 16384)), hard))
    total = {"passed": 0, "failed": 0, "skipped": 0}
    try:
        if not (root and args.rootless):
            total = run_all(choose(args.only, not root))
    finally:
        shutil.rmtree(Host.scratch, ignore_errors=True)
    if root and choose(args.only, True):
        for what, number in run_as_nobody(build, args.only).items():
            total[what] += number
    if not any(total.values()):
        sys.exit("no scenario has such a name")
    skipped = f", {total['skipped']} skipped" if total["skipped"] else ""
    print(f"{total['passed']} passed, {total['failed']} failed{skipped}")
    return 1 if total["failed"] else 0


if __name__ == "__main__":
    sys.exit(main())
