"""injection -- strace at a process of a host: its Nth system call of some kind kills it, or fails."""
import os
import re
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path

from case import Skip, wait_until
from host import Host
from processes import Process


def needs_strace():
    if shutil.which("strace") is None:
        raise Skip("there is no strace")


def fails_with(error):
    """What makes a call fail. It is made as another harmless one, for a confined process may not make a call -1."""
    return f"error={error}:syscall=getpid"


class Injection:
    """While it is entered, calls of this process (and of what it forks) have what was ordered done to them.

    calls: names with commas, as strace takes them. what: "signal=KILL", "error=ENOSPC". paths: only calls on
    these files count, by their names inside the container.
    """

    def __init__(self, pid, calls, what, when="1+", paths=()):
        needs_strace()
        self.pid, self.when = pid, when
        self.log = Path(tempfile.mkstemp(prefix="strace-", dir=Host.scratch)[1])
        self.argv = ["strace", "-qqq", "-f", "-p", str(pid), "-o", str(self.log), "-e", "signal=none", "-e",
                     f"trace={calls}", "-e", f"inject={calls}:{what}:when={when}"]
        for path in paths:
            self.argv += ["-P", path]

    def __enter__(self):
        self.tracer = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.PIPE)
        wait_until("strace is attached", 5, self.is_attached)
        return self

    def is_attached(self):
        try:
            return int(Process(self.pid).status()["TracerPid"]) == self.tracer.pid
        except (FileNotFoundError, ProcessLookupError, KeyError):
            return True                 # it has been killed already

    def __exit__(self, *_):
        self.tracer.send_signal(signal.SIGTERM)
        self.tracer.communicate(timeout=10)

    def most(self):
        """The largest number of such calls that one process made."""
        counts = {}
        for line in self.log.read_text(errors="replace").splitlines():
            match = re.match(r"(\d+)\s+\w+\(", line)
            if match:
                counts[match[1]] = counts.get(match[1], 0) + 1
        return max(counts.values(), default=0)

    def struck(self):
        """Whether a process came as far as the call that is struck."""
        return self.most() >= int(str(self.when).rstrip("+"))

    def forget(self):
        os.unlink(self.log)
