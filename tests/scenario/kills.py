"""kills -- kill -9 at the Nth system call of a backup, a restore or a change of keys, and what must hold afterwards.

Each Sweep kills one kind of process in one kind of work, at one call after the other until a run comes through. A
sample of it runs with the scenarios; tests/scenario/sweep.py runs all of it (make sweep).
"""
import hashlib
import shutil
import sqlite3
import tempfile
import time
from pathlib import Path

import content
import plaintext
import web
from case import equal, wait_until
from clock import is_of_day, list_of, pass_days
from host import Host
from injection import Injection
from visitor import Visitor

EXPECTED = (r"ended \(signal 9\); starting it again", r"ended by a signal", r"backup failed", r"broke the protocol",
            r"the container for trial restores", r"could not be cleared", r"no process", r"was not told",
            r"portals=\d+ have had no good backup", r"it had time enough", r"portal=\d+ is suspect", r"scrub failed")
# A reader woke the portal while a job that strace slows down still had the database: the next reader wakes it.
WOKEN_TOO_EARLY = (r"another change to this portal is under way", r"portal=\d+ ended with an error")
PAUSE = 7300            # longer than the longest between two attempts
NEVER = 65535           # the largest number strace takes
KEPT, PASSWORD = 5, "seven lazy otters"
STATES = ("one", "two")
PAGES = ("topic-001", "topic-020", "topic-039")
WHO = "warden@example.org"


def folder_of(host):
    return host.data / "vault/backups/1"


def answered(host):
    """The list of backups once registry and vault answer again."""
    return wait_until("registry and vault answer", 10, lambda: (lambda a: a.code == 0 and a)(
        host.ask("backup", "list", "acme", "--json")), pause=0.03).json


def digest(path):
    return hashlib.sha256(path.read_bytes()).hexdigest()


def leftovers(host):
    """Half files, copies in plain text, containers that no portal has."""
    found = [p for p in folder_of(host).iterdir() if p.suffix == ".part"]
    found += [p for p in (host.data / "portals").iterdir() if p.name != "1"]
    return found + [host.data / "portals/1" / n for n in ("snapshot", "received")
                    if (host.data / "portals/1" / n).exists()]


class Ledger:
    """What one look at the backups must not contradict at the next."""

    def __init__(self, host):
        self.host, self.manifest = host, b""

    def check(self):
        """Once more where a backup went between looking at the list and looking at its file."""
        for _ in range(10):
            try:
                return self.look()
            except FileNotFoundError:
                time.sleep(0.1)
        return self.look()

    def look(self):
        rows = answered(self.host)
        numbers = [row["seq"] for row in rows]
        equal(numbers, sorted(set(numbers), reverse=True), "numbers of backups")
        good = {row["seq"]: row["sha256"] for row in rows if row["state"] == "verified"}
        days = {row["created"][:10] for row in rows if row["kind"] == "daily" and row["state"] == "verified"}
        if len(days) < KEPT:
            raise AssertionError(f"only {len(days)} good daily backups are left: {sorted(days)}")
        bad = [n for n, d in good.items() if digest(folder_of(self.host) / f"{n}.esdk") != d]
        equal(bad, [], "good backups whose file is another than the list says")
        known = {f"{row['seq']}.esdk" for row in rows if row["state"] in ("verified", "sealed")}
        wait_until("no file is there that the list does not name", 5, lambda: {
            p.name for p in folder_of(self.host).glob("*.esdk")} <= known | {
                f"{row['seq']}.esdk" for row in answered(self.host)})
        text = (folder_of(self.host) / "manifest").read_bytes()
        equal(text.startswith(self.manifest), True, "whether the list only grew")
        self.manifest = text
        return rows

    def check_settled(self):
        self.check()
        wait_until("nothing half or plain is left", 5, lambda: leftovers(self.host) == [], pause=0.05)

    def verify_all(self):
        for row in self.check():
            if row["state"] == "verified":
                self.host.command("backup", "verify", "acme", "--backup", str(row["seq"]))


def check_database(host):
    """A copy of the live database, its log included, is whole; the host's own is not touched."""
    with tempfile.TemporaryDirectory(dir=Host.scratch) as name:
        wait_until("the files stand still for a copy", 5, lambda: copied(host, name), pause=0.05)
        with sqlite3.connect(Path(name) / "portal.db") as db:
            equal(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "integrity of the live database")
        db.close()


def copied(host, folder):
    """Whether no log came or went while the files were copied."""
    try:
        names = sorted(p.name for p in (host.data / "portals/1").glob("portal.db*") if p.suffix != ".db-shm")
        for name in names:
            shutil.copy(host.data / "portals/1" / name, folder)
        return names == sorted(p.name for p in (host.data / "portals/1").glob("portal.db*") if p.suffix != ".db-shm")
    except FileNotFoundError:
        for path in Path(folder).iterdir():
            path.unlink()
        return False


def visible(host):
    """Which of the two states readers see."""
    found = set()
    for page in PAGES:
        text = wait_until("the page is served", 5, lambda p=page: try_page(host, p))
        found.add(next((s for s in STATES if f"State {s}." in text), "neither"))
    equal(len(found), 1, f"states of some pages, {found}")
    return found.pop()


def try_page(host, page):
    try:
        answer = web.get(host, "acme.localhost", f"/docs/manual/{page}", seconds=2)
    except (OSError, web.Closed):
        return None
    return answer.text() if answer.status == 200 else None


# ---- the works that are cut ----

class Daily:
    """The daily backup of another day: copy, sealing, trial restore, and the removal of the sixth."""

    def __init__(self, host, clock):
        self.host, self.clock, self.ledger = host, clock, Ledger(host)
        host.command("import", "acme", "manual", content.many_topics(20, "one"))
        host.command("publish", "acme", "manual")
        pass_days(host, clock, KEPT + 1)

    def prepare(self):
        """The day's scrub is over before the evening: only the backup is cut."""
        self.clock.next_morning()
        self.host.command("scrub", "acme")

    def is_done(self):
        """Asked seldom: each answer is calls of the vault, too."""
        answer = self.host.ask("backup", "list", "acme", "--json")
        return answer.code == 0 and any(row["kind"] == "daily" and row["state"] == "verified" and
                                        is_of_day(row, self.clock.day) for row in answer.json)

    def run(self, injection):
        self.clock.evening()
        wait_until("the backup is made or cut", 20, lambda: injection.struck() or self.is_done(), pause=0.1)

    def afterwards(self, cut):
        self.ledger.check()
        if cut:
            self.clock.jump(PAUSE)
            wait_until("the next attempt makes it", 20, self.is_done, pause=0.03)
        self.ledger.check_settled()


class Trial:
    """Only a trial restore: a backup is opened in a container of its own."""

    def __init__(self, host, clock):
        self.host, self.clock, self.ledger = host, clock, Ledger(host)
        host.command("import", "acme", "manual", content.many_topics(20, "one"))
        host.command("publish", "acme", "manual")
        pass_days(host, clock, KEPT)

    def prepare(self):
        self.clock.jump(0, steady=60)

    def run(self, injection):
        del injection
        self.host.ask("backup", "verify", "acme")

    def afterwards(self, cut):
        del cut
        self.ledger.check()
        self.host.command("backup", "verify", "acme")
        self.ledger.check_settled()


class Scrub(Trial):
    """A look at the live database."""

    def run(self, injection):
        del injection
        self.host.ask("scrub", "acme")

    def afterwards(self, cut):
        del cut
        self.ledger.check()
        self.host.command("scrub", "acme")
        equal(suspects(self.host), [], "suspect portals")
        check_database(self.host)


class Keys(Trial):
    """New keys for all portals."""

    def run(self, injection):
        del injection
        self.host.ask("backup", "keys", "rotate")

    def afterwards(self, cut):
        super().afterwards(cut)
        oldest = min(row["seq"] for row in self.ledger.check() if row["state"] == "verified")
        self.host.command("backup", "verify", "acme", "--backup", str(oldest))
        self.host.command("backup", "now", "acme")


class Restore:
    """The portal's other state comes back: opened, the present one saved, put in its place."""

    def __init__(self, host, clock):
        self.host, self.clock, self.ledger = host, clock, Ledger(host)
        host.command("user", "add", "acme", WHO, "--role", "administrator", "--password-stdin", say=PASSWORD + "\n")
        self.backup = {}
        for i, state in enumerate(STATES):
            host.command("import", "acme", "manual", content.many_topics(40, state))
            host.command("publish", "acme", "manual")
            pass_days(host, clock, 1 + 3 * i)
            self.backup[state] = list_of(host)[0]["seq"]
        self.seen, self.code = visible(host), None
        self.person = self.logged_in()

    def logged_in(self):
        person = Visitor(self.host, "acme")
        equal(person.login(WHO, PASSWORD).status, 303, "a log-in")
        return person

    def other(self):
        return STATES[self.seen == STATES[0]]

    def prepare(self):
        self.clock.jump(0, steady=60)
        self.before = list_of(self.host)[0]["seq"]

    def run(self, injection):
        del injection
        self.code = self.host.ask("backup", "restore", "acme", "--backup", str(self.backup[self.other()])).code

    def afterwards(self, cut):
        rows = self.ledger.check()
        state = visible(self.host)
        check_database(self.host)
        if self.code == 0:
            equal(state, self.other(), "what is seen after a restore that was said to be done")
        alive = wait_until("the portal answers", 5, lambda: try_account(self.person)) == 200
        equal(alive, state == self.seen, f"whether the session goes on ({self.seen}, then {state})")
        if state != self.seen:
            saved = [r for r in rows if r["kind"] == "pre-restore" and r["seq"] > self.before]
            equal([r["state"] for r in saved], ["verified"], "the backup made before the restore")
            self.person = self.logged_in()
        self.seen = state
        if cut:
            self.host.command("backup", "now", "acme")
            self.ledger.check_settled()


def try_account(person):
    try:
        return person.get("/account").status
    except (OSError, web.Closed):
        return None


class Damaged(Restore):
    """A damaged database makes room for a backup."""

    def prepare(self):
        super().prepare()
        harm(self.file())
        equal(self.host.ask("scrub", "acme").code, 1, "the exit code of a scrub of the damaged database")
        equal(suspects(self.host), ["acme"], "suspect portals")

    def file(self):
        return self.host.data / "portals/1/portal.db"

    def run(self, injection):
        del injection
        self.code = self.restore()

    def restore(self):
        return self.host.ask("backup", "restore", "acme", "--backup", str(self.backup[self.other()]), "--damaged").code

    def afterwards(self, cut):
        self.ledger.check()
        equal(self.file().exists(), True, "whether there is a database")
        check_database(self.host)
        if self.code != 0:
            self.scrub_and_restore()
        equal(visible(self.host), self.other(), "what is seen in the end")
        equal(self.host.ask("scrub", "acme").code, 0, "the exit code of a scrub in the end")
        equal(len(list(self.file().parent.glob("damaged-*.db"))) >= 1, True, "whether the damaged one is kept")
        self.seen = self.other()
        if cut:
            self.host.command("backup", "now", "acme")
            self.ledger.check_settled()
        for path in self.file().parent.glob("damaged-*"):
            path.unlink()

    def scrub_and_restore(self):
        """What is left is called damaged, or it is the restored one, and then it is whole."""
        if self.host.ask("scrub", "acme").code == 0:
            equal(visible(self.host), self.other(), "what is seen in a database that is called well")
        else:
            equal(self.restore(), 0, "the exit code of the restore when it is done again")


def harm(path):
    """One bit of the text of a topic."""
    data = path.read_bytes()
    at = data.find(b"State ")
    equal(at > 0, True, "whether a topic's text is in the database file")
    with open(path, "r+b") as file:
        file.seek(at)
        file.write(bytes([data[at] ^ 2]))


def suspects(host):
    return [p["portal"] for p in host.status()["backups"]["suspect"]]


# ---- a sweep ----

class Sweep:
    """title; work: a class of the above; victim: a process's name; with the zygote the jobs it forks,
    each of which counts its own calls."""

    def __init__(self, title, work, victim, calls="all", expected=()):
        self.title, self.work, self.victim, self.calls, self.expected = title, work, victim, calls, expected

    def calls_in_all(self, work):
        """How many calls the victim makes in a run that nobody cuts."""
        work.prepare()
        with Injection(pid_of(work.host, self.victim), self.calls, "signal=KILL", NEVER) as injection:
            work.run(injection)
        calls = injection.most()
        injection.forget()
        work.afterwards(False)
        return calls

    def cut(self, work, n):
        """One run that is cut at the nth call; whether a process came so far."""
        work.prepare()
        pid = wait_until("the process is there", 10, lambda: pid_of(work.host, self.victim))
        with Injection(pid, self.calls, "signal=KILL", n) as injection:
            work.run(injection)
        struck = injection.struck()
        injection.forget()
        equal(plaintext.outside(work.host), [], "files outside containers that hold words of topics")
        work.afterwards(struck)
        return struck


def pid_of(host, name):
    answer = host.ask("status", "--json")
    return next((p["pid"] for p in answer.json["processes"] if p["name"] == name), None) if answer.code == 0 else None


SWEEPS = {
    "vault-daily": Sweep("the vault, in a daily backup with its trial and the removal of the sixth", Daily, "vault"),
    "registry-daily": Sweep("the registry, in the same", Daily, "registry"),
    "job-daily": Sweep("the jobs that copy the database and try the backup", Daily, "zygote"),
    "job-trial": Sweep("the job that opens a backup in a container of its own", Trial, "zygote"),
    "job-scrub": Sweep("the job that looks at the live database", Scrub, "zygote"),
    "vault-keys": Sweep("the vault, in a change of all portals' keys", Keys, "vault"),
    "vault-restore": Sweep("the vault, in a restore", Restore, "vault"),
    "registry-restore": Sweep("the registry, in a restore", Restore, "registry"),
    "job-restore": Sweep("the jobs that open, save and place", Restore, "zygote"),
    "job-damaged": Sweep("the jobs that open a backup and set a damaged database aside for it", Damaged, "zygote",
                         expected=WOKEN_TOO_EARLY),
    "job-place": Sweep("the job that places, at each wait for the disk", Restore, "zygote", "fdatasync,fsync"),
}


def run_sweep(sweep, clock, numbers, note=lambda n: None):
    """Cut at each of these numbers, up to the calls of a run that nobody cuts; how often it was cut."""
    cuts = 0
    with clock.host(portals=("acme",)) as host:
        host.allow(*EXPECTED, *sweep.expected)
        work = sweep.work(host, clock)
        last = sweep.calls_in_all(work)
        for n in numbers:
            if n > last:
                break
            try:
                cuts += sweep.cut(work, n)
            except AssertionError as error:
                raise AssertionError(f"{sweep.title}, killed at call {n}: {error}; the log says "
                                     f"{host.lines[-6:]}") from error
            note(cuts)
        work.ledger.verify_all()
        check_database(host)
        equal(plaintext.inside(host), True, "whether the words are found in the container")
        equal(plaintext.outside(host), [], "files outside containers that hold words of topics")
    return cuts
