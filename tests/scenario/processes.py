"""processes -- what /proc says about the host's processes, from outside."""
import os
import signal
from pathlib import Path


class Process:
    def __init__(self, pid):
        self.pid = pid

    def __repr__(self):
        return f"{self.name()}[{self.pid}]"

    def stat(self):
        """Fields of /proc/PID/stat behind the name, or None: gone."""
        try:
            text = Path(f"/proc/{self.pid}/stat").read_text(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return None
        return text[text.rindex(")") + 2:].split()

    def alive(self):
        stat = self.stat()
        return stat is not None and stat[0] not in "ZX"

    def name(self):
        try:
            return Path(f"/proc/{self.pid}/comm").read_text(errors="replace").strip()
        except OSError:
            return "gone"

    def status(self):
        """/proc/PID/status as a dictionary."""
        text = Path(f"/proc/{self.pid}/status").read_text(errors="replace")
        return {key: value.strip() for key, _, value in (line.partition(":") for line in text.splitlines())}

    def namespace(self, kind):
        return os.readlink(f"/proc/{self.pid}/ns/{kind}")

    def descriptors(self):
        """What each open descriptor is."""
        folder = f"/proc/{self.pid}/fd"
        return {int(fd): os.readlink(f"{folder}/{fd}") for fd in os.listdir(folder)}

    def signal(self, number):
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            pass

    def kill(self):
        self.signal(signal.SIGKILL)

    @staticmethod
    def all():
        return [Process(int(e)) for e in os.listdir("/proc") if e.isdigit()]

    @staticmethod
    def children_of(parent):
        """Living children; quickly, where the kernel keeps a list."""
        try:
            found = [Process(int(pid)) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
        except OSError:
            return Process.search_children(parent)
        return [p for p in found if p.alive()]

    @staticmethod
    def search_children(parent):
        return [p for p, stat in ((p, p.stat()) for p in Process.all())
                if stat is not None and stat[0] not in "ZX" and int(stat[1]) == parent]


def session_members(session):
    return [p for p, stat in ((p, p.stat()) for p in Process.all())
            if stat is not None and stat[0] not in "ZX" and int(stat[3]) == session]


def read_if_there(path):
    """The bytes of a file; none when it, or the process it tells of, has just gone, or is not ours to look at."""
    try:
        return Path(path).read_bytes()
    except (FileNotFoundError, ProcessLookupError, PermissionError):
        return b""
