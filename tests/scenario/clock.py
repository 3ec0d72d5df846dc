"""clock -- a host whose days pass when the test says so: clock.c is preloaded into all of its processes."""
import mmap
import re
import shutil
import struct
import subprocess
import tempfile
import time
from pathlib import Path

from case import Skip, wait_until
from host import Host

DAY = 86400
MORNING = 10            # before their moments
EVENING = 20 * 3600     # later than the moments of portals 1 and 2, and early enough to try again on that day


class Clock:
    """What the host's clocks say beyond the machine's; steady: those that count from the machine's start."""

    def __init__(self):
        if shutil.which("cc") is None:
            raise Skip("there is no compiler")
        folder = Path(tempfile.mkdtemp(prefix="clock-", dir=Host.scratch))
        folder.chmod(0o755)
        library, file = folder / "clock.so", folder / "clock"
        subprocess.run(["cc", "-shared", "-fPIC", "-O1", "-Wall", "-Wextra", "-Werror", "-o", library,
                        Path(__file__).with_name("clock.c"), "-ldl"], check=True)
        file.write_bytes(bytes(16))
        with open(file, "r+b") as opened:
            self.map = mmap.mmap(opened.fileno(), 16)
        self.prefix = ("env", f"LD_PRELOAD={library}", f"CARREL_TEST_CLOCK={file}")
        self.day = int(time.time()) // DAY

    def set(self, real, steady):
        struct.pack_into("qq", self.map, 0, int(real), int(steady))

    def added(self):
        return struct.unpack_from("qq", self.map)

    def now(self):
        return time.time() + self.added()[0]

    def jump(self, seconds, steady=None):
        """The time of day by so much, and the clock that never jumps by as much unless said otherwise."""
        real, other = self.added()
        self.set(real + seconds, other + (seconds if steady is None else steady))

    def next_morning(self):
        """The first moments of the next day; the first time, of this one's next."""
        self.day += 1
        self.jump(self.day * DAY + MORNING - int(self.now()))

    def evening(self):
        self.jump(self.day * DAY + EVENING - int(self.now()))

    def next_evening(self):
        self.day += 1
        self.evening()

    def host(self, *options, **named):
        """A host on this clock.

        A job that just ends when a day passes has lasted a day, for its supervisor. At most hours the first evening is
        more than 26 hours after the beginning, and the host says so before it makes the first backup.
        """
        host = Host(*options, prefix=self.prefix, **named)
        first = time.strftime("%Y-%m-%d", time.gmtime((self.day + 1) * DAY))
        host.always = [*host.always, *map(re.compile, (
            r"a job of portal=\d+ is ended: it had time enough",
            r"scrub failed portal=\d+: .the job ended without a result \(signal 9\)",
            rf"^{first}T.* portals=1 have had no good backup for 26 hours"))]
        return host


def list_of(host, name="acme"):
    return host.command("backup", "list", name)


def is_of_day(row, day):
    return row["created"].startswith(time.strftime("%Y-%m-%d", time.gmtime(day * DAY)))


def todays(host, clock, name="acme"):
    """The good daily backup of the clock's day, or None."""
    for row in list_of(host, name):
        if row["kind"] == "daily" and row["state"] in ("verified", "held") and is_of_day(row, clock.now() // DAY):
            return row
    return None


def await_daily(host, clock, seconds=15, name="acme"):
    """Wait for the day's backup; each question wakes the registry, which then sees what the clock says."""
    return wait_until("the day has its backup", seconds, lambda: todays(host, clock, name), pause=0.03)


def pass_days(host, clock, days, name="acme"):
    for _ in range(days):
        clock.next_evening()
        await_daily(host, clock, name=name)
