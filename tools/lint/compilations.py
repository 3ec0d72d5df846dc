"""compilations -- how a build directory compiles the C files of src/, for the checkers that look at them."""
import json
import os
import shlex
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FACTS = Path(__file__).resolve().with_name("facts")
# They define the functions whose results the facts describe.
WITHOUT_FACTS = {"src/lib/base/err.c", "src/lib/tls/key.c", "src/lib/store/sqlite_open.c"}


def compilations(build, under):
    """(path from the root, folder to compile in, words of the command), each file once, sorted."""
    found = {}
    rows = json.loads((Path(build) / "compile_commands.json").read_text(encoding="utf-8"))
    for row in rows:
        path = os.path.relpath(Path(row["directory"]) / row["file"], ROOT)
        if path.startswith(tuple(under)):
            found.setdefault(path, (path, row["directory"], shlex.split(row["command"])))
    if not found:
        sys.exit(f"{build} compiles nothing below {' or '.join(under)}; set it up first")
    return [found[path] for path in sorted(found)]


def facts(path):
    """Options that tell an analyser, which sees one file at a time, what it cannot know."""
    if path in WITHOUT_FACTS:
        return []
    headers = [FACTS / "all.h"]
    parts = path.split("/")
    if parts[1] == "lib" and (FACTS / f"{parts[2]}.h").exists():
        headers.append(FACTS / f"{parts[2]}.h")
    return [word for header in headers for word in ("-include", str(header))]


def run_all(jobs, is_finding):
    """Run (path, folder, argv) on every processor; print what is_finding keeps; the number of bad files."""
    def one(job):
        path, folder, argv = job
        done = subprocess.run(argv, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              errors="replace", check=False)
        lines = [line for line in (done.stdout + done.stderr).splitlines() if is_finding(line)]
        return path, done.returncode, lines

    bad = 0
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        for path, code, lines in pool.map(one, jobs):
            if code != 0:
                bad += 1
                print("\n".join(lines) if lines else f"{path}: ended with {code}", flush=True)
    print(f"{len(jobs) - bad} of {len(jobs)} files are clean")
    return bad
