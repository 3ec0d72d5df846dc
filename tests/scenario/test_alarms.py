"""Alarms: what is kept, shown and written, to whom, and how often, while days pass and a host is started anew."""
import json
import re
import time

import web
from case import equal, scenario, wait_until
from clock import DAY, Clock, await_daily
from injection import Injection, fails_with, needs_strace
from mail import MailServer
from test_backup import publish
from test_days import files, look
from test_scrub import database, flip, place_of, restart

OPERATOR, ADA, BEN = "operator@example.test", "ada@example.test", "ben@example.test"
HOUR = 3600
LATE = r"have had no good backup"
WAITS = r"letter waits portal=\d+"     # the clock jumped while one was sent


def kinds(host, portal="acme"):
    return sorted(a["kind"] for a in host.status()["alarms"] if a.get("portal") == portal)


def over(host, portal="acme"):
    return sorted(a["kind"] for a in host.status()["alarms_over"] if a.get("portal") == portal)


def letters(server, to, word, after=0):
    """One that was sent while the clock jumped may have come twice: that is one letter, by its Message-ID."""
    found = {letter.id: letter for letter in server.letters[after:] if letter.to == [to] and word in letter.text}
    return list(found.values())


def pass_time(host, clock, seconds):
    """Letters under way are let go first."""
    wait_until("no letter waits", 15, lambda: host.status()["courier"]["mail"]["waiting"] == 0)
    clock.jump(seconds)


def section(letter, title):
    """The lines about acme under one title of a letter to the operator."""
    parts = re.split(r"^(New|Still there|Over):$", letter.text.replace("\r", ""), flags=re.M)
    lines = dict(zip(parts[1::2], parts[2::2])).get(title, "").splitlines()
    return [line for line in lines if line.startswith("- acme: ")]


def operator_heard(host, server, title, kind, after):
    """Exactly one letter since then has it under this title."""
    def heard():
        return [s for s in letters(server, OPERATOR, "", after) if any(f"[{kind}]" in row for row in section(s, title))]

    wait_until(f"the operator hears of {kind}", 20, lambda: host.status() and heard(), pause=0.2)
    equal(len(heard()), 1, f"letters that have {kind} under {title}")


def came(host, server, to, word, after=0):
    """One such letter has come since; each question makes the registry look."""
    wait_until(f"a letter to {to} with '{word}'", 20,
               lambda: host.status() and letters(server, to, word, after), pause=0.2)
    (letter,) = letters(server, to, word, after)
    return letter


def trust(host, portal="acme"):
    said = web.get(host, f"{portal}.localhost", "/trust")
    return said.text(), json.loads(web.get(host, f"{portal}.localhost", "/trust.json").text())["backups"]


def administrators(host):
    for portal, address in (("acme", ADA), ("globex", BEN)):
        host.command("user", "add", portal, address, "--role", "administrator", "--password-stdin",
                     say="seven lazy otters\n")
    host.command("user", "add", "acme", "writer@example.test", "--role", "writer", "--password-stdin",
                 say="seven lazy otters\n")


def quiet_day(host, clock, server):
    """Both portals have their backup, and whatever the first hours brought has been said; letters since then."""
    clock.next_evening()
    for name in ("acme", "globex"):
        await_daily(host, clock, name=name)
    for _ in range(2):          # the second hour is for what became over in the first
        pass_time(host, clock, HOUR + 60)
        look(host, 3)
    wait_until("nothing is wrong with either", 15, lambda: (kinds(host), kinds(host, "globex")) == ([], []), pause=0.2)
    wait_until("no letter waits", 15, lambda: host.status()["courier"]["mail"]["waiting"] == 0)
    return len(server.letters)


@scenario("A full disk, then 26 hours without a backup: shown and written once, and once more when it is over")
def full_disk():
    needs_strace()
    clock = Clock()
    with MailServer() as server, clock.host(*server.options(alarms_mail=OPERATOR), portals=("acme", "globex")) as host:
        host.allow(r"backup failed portal=\d+: .*No space left", r"is not in the list yet", r"a file of a backup stays",
                   LATE, WAITS, r"scrub failed portal=\d+")
        publish(host)
        administrators(host)
        mark = quiet_day(host, clock, server)
        with Injection(host.pid_of("vault"), "write", fails_with("ENOSPC"), paths=files(host)) as full:
            clock.next_evening()
            wait_until("the backup was tried", 15, lambda: host.ask("status") and full.struck())
            wait_until("the alarm is there", 15, lambda: "no-room" in kinds(host), pause=0.2)
            page, facts = trust(host)
            equal(("a disk of this host is full" in page, facts["no_room"]), (True, True), "the Trust page")
            pass_time(host, clock, 9 * HOUR)
            wait_until("it is late, too", 15, lambda: kinds(host) == ["backup-late", "no-room"], pause=0.2)
            pass_time(host, clock, HOUR + 60)
            for kind in ("no-room", "backup-late"):
                operator_heard(host, server, "New", kind, mark)
            told = came(host, server, ADA, "no good backup", mark)
            equal((told.subject, told.link), ("A backup of acme is late", f"https://acme.localhost:{host.https}/trust"),
                  "the administrator's letter")
            clock.jump(61)
            page, facts = trust(host)
            equal(("is more than 26 hours old" in page, facts["late"]), (True, True), "the Trust page")
            equal("globex" in page, False, "whether another portal is named")
            shown = host.ask("status").out
            equal("acme: no good backup for 26 hours" in shown, True, shown)
        clock.day = int(clock.now()) // DAY
        clock.evening()
        for name in ("acme", "globex"):
            await_daily(host, clock, name=name)
        wait_until("all is over", 15, lambda: {"backup-late", "no-room"} <= set(over(host)), pause=0.2)
        pass_time(host, clock, HOUR + 60)
        for kind in ("no-room", "backup-late"):
            operator_heard(host, server, "Over", kind, mark)
            operator_heard(host, server, "New", kind, mark)
        came(host, server, ADA, "is over", mark)
        equal("a disk of this host is full" in trust(host)[0], False, "whether the Trust page still says so")
        equal(len(letters(server, ADA, "", mark)), 2, "letters to the administrator")
        equal([s for s in server.letters if s.to == ["writer@example.test"]], [], "letters to a writer")


@scenario("A damaged portal's alarm outlives a restart without a second letter, and a restore ends it")
def damaged():
    clock = Clock()
    with MailServer() as server, clock.host(*server.options(alarms_mail=OPERATOR), portals=("acme", "globex")) as host:
        host.allow(r"portal=\d+ is suspect", LATE, WAITS)
        publish(host)
        administrators(host)
        host.command("backup", "now", "acme")
        file = database(host)
        restart(host, lambda: flip(file, place_of(file, "xylophonic-quagmire"), 2))
        equal(host.ask("scrub", "acme").code, 1, "the exit code of a scrub")
        equal(kinds(host), ["suspect"], "alarms")
        came(host, server, OPERATOR, "[suspect]")
        equal(came(host, server, ADA, "").subject, "Damage was found in acme", "the administrator's letter")
        equal("has found damage" in trust(host)[0], True, "whether the Trust page says so")
        for _ in range(2):
            host.stop()
            clock.jump(2 * HOUR)
            host.start()
            host.wait_ready()
            equal(kinds(host), ["suspect"], "alarms after a restart")
            look(host, 2)
            time.sleep(0.5)
        equal((len(letters(server, ADA, "")), len(letters(server, OPERATOR, "[suspect]"))), (1, 1), "letters after that")
        host.command("backup", "restore", "acme")
        wait_until("the portal is well", 15, lambda: kinds(host) == [], pause=0.3)
        pass_time(host, clock, 2 * HOUR)
        came(host, server, OPERATOR, "it is over")
        equal(came(host, server, ADA, "is over").subject, "The backups of acme are in order again", "the second letter")
        equal([s for s in server.letters if s.to == [BEN]], [], "letters to the neighbour")
