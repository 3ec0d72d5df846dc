"""tally -- run a test program in bounded time, and count what it says it passed and failed."""
import os
import re
import signal
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
COUNT = re.compile(r"^(?:\w+: )?(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$")
CMOCKA_OK = re.compile(r"^\[       OK \] (\S+)", re.M)
# Named once as they end and once more in the closing list.
CMOCKA_FAILED = re.compile(r"^\[  FAILED  \] (?!\d+ test)(\S+)", re.M)
CMOCKA_SKIPPED = re.compile(r"^\[  SKIPPED \] (?!\d+ test)(\S+)", re.M)


class Count:
    def __init__(self, passed=0, failed=0, skipped=0):
        self.passed, self.failed, self.skipped = passed, failed, skipped

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        text = f"{self.passed} passed, {self.failed} failed"
        return text + (f", {self.skipped} skipped" if self.skipped else "")


def run_logged(argv, log, seconds):
    """Run argv with its output in log; the exit code, or None when its time ran out."""
    with open(log, "wb") as out:
        proc = subprocess.Popen(argv, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=out,
                                stderr=subprocess.STDOUT, start_new_session=True)
        try:
            return proc.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            os.killpg(proc.pid, signal.SIGTERM)
            try:
                proc.wait(timeout=10)
            except subprocess.TimeoutExpired:
                os.killpg(proc.pid, signal.SIGKILL)
                proc.wait()
            out.write(f"\nstopped after {seconds} seconds\n".encode())
            return None


def count_program(test):
    """The cmocka tests inside one test program, or the program itself when it is something else."""
    output = test.get("stdout", "") + test.get("stderr", "")
    count = Count(*(len(set(names.findall(output))) for names in (CMOCKA_OK, CMOCKA_FAILED, CMOCKA_SKIPPED)))
    result = test["result"]
    if result == "SKIP":
        return Count(skipped=1)
    if result != "OK":
        # A crash leaves no FAILED line behind.
        count.failed = max(count.failed, 1)
    elif count.passed + count.failed + count.skipped == 0:
        count.passed = 1
    return count


def run_command(argv, log, seconds):
    code = run_logged(argv, log, seconds)
    count = None
    for line in log.read_text(encoding="utf-8", errors="replace").splitlines():
        match = COUNT.match(line.strip())
        if match:
            count = Count(int(match[1]), int(match[2]), int(match[3] or 0))
    if count is None:
        count = Count(failed=1)
        with open(log, "a", encoding="utf-8") as out:
            out.write("\nended without a line 'N passed, N failed'\n")
    if code != 0 and count.failed == 0:
        count.failed = 1
        with open(log, "a", encoding="utf-8") as out:
            out.write(f"\nended with exit code {code}\n")
    return count
