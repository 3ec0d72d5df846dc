"""Alarms about the host's keys, and about backups that somebody has to look at: each begins, is written once, and ends."""
import os

import content
from case import equal, scenario, wait_until
from clock import Clock
from mail import MailServer
from processes import Process
from test_alarms import HOUR, LATE, OPERATOR, WAITS, kinds, letters, pass_time
from test_backup import ENDED, publish
from test_days import look


def of_host(host):
    """An alarm of no portal has none in its row."""
    return sorted(a["kind"] for a in host.status()["alarms"] if not a.get("portal"))


def now_rings(host, kind):
    wait_until(f"{kind} is an alarm of the host", 20, lambda: kind in of_host(host), pause=0.2)


def is_over(host, kind):
    wait_until(f"{kind} is over", 20, lambda: kind not in of_host(host), pause=0.2)


def written(host, server, kind, title):
    """One letter to the operator has this kind under this title."""
    def found():
        return [s for s in letters(server, OPERATOR, f"[{kind}]")
                if f"[{kind}]" in s.text.replace("\r", "").partition(f"{title}:\n")[2].partition("\n\n")[0]]

    wait_until(f"the operator hears of {kind}, {title}", 20, lambda: host.status() and found(), pause=0.2)
    equal(len(found()), 1, f"letters that have {kind} under {title}")


def kill_vault(host, keys):
    Process(host.pid_of("vault")).kill()
    wait_until(f"the keys are {keys}", 10, lambda: host.status()["backups"].get("keys") == keys)


@scenario("Keys that nobody proved, that wait for a passphrase, or that are missing: an alarm each, until it is mended")
def keys():
    clock = Clock()
    with MailServer() as server, clock.host(*server.options(alarms_mail=OPERATOR), portals=("acme",)) as host:
        host.allow(ENDED, LATE, WAITS, r"no backup can be made or opened: the root key of the backups is missing",
                   r"(backup|scrub) failed")
        publish(host)
        now_rings(host, "keys-unproven")
        pass_time(host, clock, 20 * HOUR)
        look(host, 3)
        equal(letters(server, OPERATOR, "[keys-unproven]"), [], "letters on the first day")
        pass_time(host, clock, 5 * HOUR)
        written(host, server, "keys-unproven", "New")
        shares = host.command("backup", "keys", "show-shares")["shares"]
        host.command("backup", "keys", "check", "--shares", say=f"{shares[2]}\n{shares[0]}\n")
        is_over(host, "keys-unproven")
        pass_time(host, clock, HOUR + 60)
        written(host, server, "keys-unproven", "Over")
        host.command("backup", "keys", "keep", "passphrase", say="four lazy otters sing\n")
        kill_vault(host, "locked")
        now_rings(host, "keys-locked")
        pass_time(host, clock, HOUR + 60)
        written(host, server, "keys-locked", "New")
        host.command("backup", "keys", "unlock", say="four lazy otters sing\n")
        is_over(host, "keys-locked")
        host.command("backup", "keys", "keep", "file")
        root = host.data / "vault/keys/root"
        kept, stat = root.read_bytes(), root.stat()
        root.unlink()
        kill_vault(host, "missing")
        now_rings(host, "keys-missing")
        pass_time(host, clock, HOUR + 60)
        written(host, server, "keys-missing", "New")
        root.write_bytes(kept)
        os.chmod(root, 0o600)
        os.chown(root, stat.st_uid, stat.st_gid)
        kill_vault(host, "open")
        is_over(host, "keys-missing")
        pass_time(host, clock, HOUR + 60)
        written(host, server, "keys-missing", "Over")


@scenario("A backup that is held rings until somebody confirms it")
def held():
    clock = Clock()
    with MailServer() as server, clock.host(*server.options(alarms_mail=OPERATOR), portals=("acme",)) as host:
        host.allow(LATE, WAITS)
        publish(host)
        host.command("backup", "now", "acme")
        host.command("import", "acme", "more", content.many_topics(200, "one"))
        host.command("backup", "now", "acme")
        host.command("backup", "restore", "acme", "--backup", "1")
        equal(host.command("backup", "now", "acme")["state"], "held", "the small backup")
        wait_until("it is an alarm", 20, lambda: "held" in kinds(host), pause=0.2)
        written(host, server, "held", "New")
        host.command("backup", "confirm", "acme", "--backup", "4")
        wait_until("it is over", 20, lambda: "held" not in kinds(host), pause=0.2)
        pass_time(host, clock, HOUR + 60)
        written(host, server, "held", "Over")


@scenario("A backup that does not open any more is an alarm when it is tried, until another one opens")
def trial():
    clock = Clock()
    with MailServer() as server, clock.host(*server.options(alarms_mail=OPERATOR), portals=("acme",)) as host:
        host.allow(LATE, WAITS, r"a backup that was good cannot be opened any more")
        publish(host)
        host.command("backup", "now", "acme")
        file = host.data / "vault/backups/1/1.esdk"
        data = file.read_bytes()
        file.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
        clock.jump(2)           # a verdict counts when it is later than the one before, and a moment is a second
        equal(host.ask("backup", "verify", "acme", "--backup", "1").code, 1, "the exit code of a trial")
        wait_until("it is an alarm", 20, lambda: "trial-failed" in kinds(host), pause=0.2)
        written(host, server, "trial-failed", "New")
        clock.jump(2)
        host.command("backup", "now", "acme")
        wait_until("it is over", 20, lambda: "trial-failed" not in kinds(host), pause=0.2)
        pass_time(host, clock, HOUR + 60)
        written(host, server, "trial-failed", "Over")
