"""backup -- what a backup costs: beside zstd with openssl, restic and borg; a restore; and a thousand portals' day.

All run on the processor of the servers, in turn. Carrel's backup is more than the others': the copy is made while
the portal may be written to, it is checked, and the finished backup is opened and compared before it counts.
"""
import os
import pty
import re
import shutil
import ssl
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from servers import SERVER_CPU, BenchError, cpu_ns, descendants, program_name, run

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "scenario"))
from clock import DAY, Clock  # noqa: E402
from host import Host  # noqa: E402

MIB = 1024 * 1024
TICK = os.sysconf("SC_CLK_TCK")


def timed(argv, **options):
    began = time.monotonic()
    run(["taskset", "-c", SERVER_CPU, *argv], **options)
    return time.monotonic() - began


class Others:
    """The other ways to make an encrypted, compressed copy of one file, each into a fresh place."""

    def __init__(self, folder, database):
        self.folder, self.database = Path(folder), database
        (self.folder / "key").write_text("a" * 64)
        self.env = {**os.environ, "RESTIC_PASSWORD": "otters", "BORG_PASSPHRASE": "otters",
                    "RESTIC_CACHE_DIR": str(self.folder / "cache"), "BORG_BASE_DIR": str(self.folder / "borg-base"),
                    "HOME": str(self.folder)}

    def fresh(self, name):
        place = self.folder / name
        shutil.rmtree(place, ignore_errors=True)
        return place

    def pipe(self):
        out = self.folder / "piped"
        took = timed(["sh", "-c", f"zstd -q -3 -c {self.database} | openssl enc -aes-256-ctr -pbkdf2 "
                                  f"-pass file:{self.folder}/key > {out} && sync {out}"])
        return took, out.stat().st_size

    def restic(self):
        place = self.fresh("restic")
        run(["restic", "-q", "init", "-r", place], env=self.env)
        return timed(["restic", "-q", "-r", str(place), "backup", str(self.database)], env=self.env), size_of(place)

    def borg(self):
        place = self.fresh("borg")
        run(["borg", "init", "-e", "repokey", str(place)], env=self.env)
        return timed(["borg", "create", "-C", "zstd,3", f"{place}::one", str(self.database)], env=self.env), size_of(place)


def size_of(folder):
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file())


STAGES = ("copying", "checking the copy", "sealing", "trial restore")


def with_stages(carrel, *words):
    """Seconds of a command, and of each of its stages, which it names on a terminal."""
    ours, theirs = pty.openpty()
    began = last = time.monotonic()
    with subprocess.Popen([str(carrel.program), "--data", str(carrel.data), *words], stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=theirs) as command:
        os.close(theirs)
        took, now = dict.fromkeys((*STAGES, "begin"), 0.0), "begin"
        while True:
            try:
                text = os.read(ours, 4096).decode(errors="replace")
            except OSError:             # nobody has the other end any more
                break
            seen = [stage for stage in STAGES if stage in text]
            if seen and seen[-1] != now:
                took[now] += time.monotonic() - last
                last, now = time.monotonic(), seen[-1]
    os.close(ours)
    if command.returncode != 0:
        raise BenchError(f"carrel {' '.join(words)} ended with {command.returncode}")
    took[now] += time.monotonic() - last
    return time.monotonic() - began, took


def vault_peak(carrel):
    """MiB the vault had at most."""
    for pid in carrel.pids():
        if "vault" in program_name(pid):
            return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) / 1024
    raise BenchError("there is no vault")


def median(values):
    return statistics.median(values)


def range_text(values, form="{:.2f}"):
    return f"{form.format(median(values))} [{form.format(min(values))} to {form.format(max(values))}]"


def measure(results, carrel, portal, pairs):
    """portal is there, with content."""
    database = next(carrel.data.glob(f"portals/{portal_id(carrel, portal)}/portal.db"))
    size, stages = database.stat().st_size, []
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as folder:
        others = Others(folder, database)
        found = {"pipe": [], "restic": [], "borg": []}
        ours = []
        for _ in range(pairs):
            for name, seconds in found.items():
                seconds.append(getattr(others, name)())
            took, parts = with_stages(carrel, "backup", "now", portal)
            ours.append(took)
            stages.append(parts)
    results.add(f"backup of a portal of {size / MIB:.0f} MiB, checked and opened again, seconds", range_text(ours))
    made = [sum(parts.values()) - parts["trial restore"] for parts in stages]
    for name, title in (("pipe", "zstd -3 | openssl enc"), ("restic", "restic backup"), ("borg", "borg create, zstd,3")):
        times = [seconds for seconds, _ in found[name]]
        results.add(f"the same file by {title}, seconds", range_text(times))
        results.add(f"Carrel's whole backup against {title}", range_text([a / b for a, b in zip(ours, times)]) + " ×")
        results.add(f"Carrel's without the trial restore against {title}",
                    range_text([a / b for a, b in zip(made, times)]) + " ×")
    results.note(f"of Carrel's backup, until it was sealed: {median(made):.2f} s, then the trial restore: "
                 f"{median([parts['trial restore'] for parts in stages]):.2f} s, medians")
    results.note(f"MiB of what came out, of {size / MIB:.0f}: " + ", ".join(
        f"{name} {found[name][-1][1] / MIB:.1f}" for name in found))
    took = [timed([carrel.program, "--data", carrel.data, "backup", "restore", portal]) for _ in range(2)]
    results.add(f"restore of {size / MIB:.0f} MiB, its pre-restore backup included, seconds", range_text(took),
                "at most 60 s for 1 GiB")
    results.add("memory the vault had at most", f"{vault_peak(carrel):.1f} MiB")


def portal_id(carrel, name):
    return re.search(r'"id":\s*(\d+)', carrel.command("portal", "show", name, "--json"))[1]


# ---- many portals ----

def spent(host):
    """Seconds of processor that the living processes and those that ended have had."""
    pids = descendants(host.keeper.pid)
    living = cpu_ns(pids) / 1e9
    ended = 0.0
    for pid in pids:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        ended += (int(fields[13]) + int(fields[14])) / TICK
    return living + ended


class Reader(threading.Thread):
    """Asks for one page after the other; milliseconds of each."""

    def __init__(self, host, fetch, context):
        super().__init__(daemon=True)
        self.host, self.fetch, self.context, self.took, self.going = host, fetch, context, [], True

    def run(self):
        while self.going:
            began = time.monotonic()
            self.fetch(self.host.https, "p0.localhost", "/docs/guide/topic", self.context)
            self.took.append((time.monotonic() - began) * 1000)
            time.sleep(0.01)

    def stop(self):
        self.going = False
        self.join(10)
        return self.took


def read_for(host, fetch, context, until):
    reader = Reader(host, fetch, context)
    reader.start()
    until()
    return reader.stop()


def verified(host):
    return sum("backup verified" in line for line in host.lines)


def measure_many(results, program, count, fetch, percentile):
    """A day on which every portal's backup is due at once, because the host was off, while somebody reads."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as scratch:
        os.chmod(scratch, 0o711)
        Host.program, Host.scratch = program, Path(scratch)
        folder = Path(scratch) / "topics"
        folder.mkdir(mode=0o755)
        (folder / "topic.md").write_text("# A page\n\n" + "Some words of a topic. " * 60 + "\n")
        clock = Clock()
        host = clock.host()
        try:
            for n in range(count):
                host.command("portal", "create", f"p{n}")
                host.command("import", f"p{n}", "guide", folder)
                host.command("publish", f"p{n}", "guide")
            quiet = read_for(host, fetch, context, lambda: time.sleep(5))
            clock.jump(2 * DAY)
            before, began = spent(host), time.monotonic()

            def catch_up():
                while verified(host) < count:
                    if time.monotonic() - began > 900:
                        raise BenchError(f"only {verified(host)} of {count} portals are backed up after 900 s")
                    host.ask("status")
                    time.sleep(0.5)

            busy = read_for(host, fetch, context, catch_up)
            seconds, processor = time.monotonic() - began, spent(host) - before
        finally:
            host.close()
    results.add(f"catch-up of {count} small portals that are due at once, for each",
                f"{seconds / count * 1000:.0f} ms, {processor / count * 1000:.0f} ms of processor")
    results.add("1,000 such portals a day, share of one processor", f"{processor / count * 1000 / DAY * 100:.2f} %")
    results.add("a reader's page without backups, p50 / p99",
                f"{percentile(quiet, 0.5):.1f} / {percentile(quiet, 0.99):.1f} ms")
    results.add("the same during the catch-up", f"{percentile(busy, 0.5):.1f} / {percentile(busy, 0.99):.1f} ms")
    results.note(f"the processor time counts the reader's requests and the questions for the status, too; "
                 f"{len(busy)} pages were read in {seconds:.0f} s")
