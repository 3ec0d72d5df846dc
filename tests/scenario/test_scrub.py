"""Scrubs: a database that is not what was written is found, its backups do not count, a restore makes it well."""
import os
import time

import content
import web
from case import equal, scenario, wait_until
from host import Host
from test_backup import backups, page, publish, refused, set_registry

SUSPECT = r"portal=\d+ is suspect"


def database(host, name="acme"):
    return host.data / "portals" / str(host.portal_id(name)) / "portal.db"


def flip(path, at, bits=1):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)[0]
        file.seek(at)
        file.write(bytes([byte ^ bits]))


def place_of(path, word):
    """Where a word stands in the file, so that a bit of it can be flipped and SQLite not notice."""
    at = path.read_bytes().find(word.encode())
    equal(at > 0, True, f"whether '{word}' is in the database file")
    return at


def restart(host, change):
    """Change the container's files as a disk would: while nobody has them open."""
    host.stop()
    change()
    host.start()
    host.wait_ready()


def suspects(host):
    return [p["portal"] for p in host.status()["backups"]["suspect"]]


@scenario("A bit that flips in a text is found, today's backup does not count, and a restore makes the portal well")
def flipped():
    with Host(portals=("acme",)) as host:
        host.allow(SUSPECT)
        publish(host)
        before = page(host)
        good = host.command("backup", "now", "acme")
        first = host.ask("scrub", "acme")
        equal((first.code, first.error), (0, ""), f"a scrub of what nobody has touched: {first.out}")
        file = database(host)
        restart(host, lambda: flip(file, place_of(file, "xylophonic-quagmire"), 2))
        answer = host.ask("scrub", "acme")
        equal(answer.code, 1, f"the exit code ({answer.out}{answer.error})")
        equal("carrel backup restore acme" in answer.out + answer.error or '"suspect"' in answer.out, True, answer.out)
        equal(suspects(host), ["acme"], "suspect portals")
        made = host.command("backup", "now", "acme")
        equal((made["state"], made["pruned"]), ("suspect", []), "a backup of the damaged portal")
        host.command("backup", "now", "acme")
        states = {n: b["state"] for n, b in backups(host).items()}
        equal(states, {1: "verified", 2: "suspect", 3: "suspect"}, "backups while it is suspect")
        host.stop()
        host.start()
        host.wait_ready()
        equal(suspects(host), ["acme"], "suspect portals after a restart")
        done = host.command("backup", "restore", "acme")
        equal(done["backup"], good["seq"], "the backup that is restored by default")
        wait_until("the portal is well", 15, lambda: suspects(host) == [], pause=0.3)
        equal(host.command("scrub", "acme")["suspect"], False, "a scrub after the restore")
        equal(page(host), before, "the page after the restore")
        equal(host.command("backup", "now", "acme")["state"], "verified", "a backup of the restored portal")


@scenario("Flips anywhere, a destroyed head and a file that was cut are found, and each is well again when it is undone")
def everywhere():
    with Host(portals=("acme",)) as host:
        host.allow(SUSPECT, r"portal=\d+.*(damaged|cannot|ended|died)", r"ended \(", r"refus", r"corrupt")
        host.command("import", "acme", "manual", content.many_topics(60, "one"))
        host.command("publish", "acme", "manual")
        host.stop()
        file = next((host.data / "portals").glob("*/portal.db"))
        kept = {path: path.read_bytes() for path in (file, file.with_name("portal.sums"))}
        whole = kept[file]
        harms = [whole[:at] + bytes([whole[at] ^ 16]) + whole[at + 1:]
                 for at in range(200, len(whole), len(whole) // 5)]
        harms += [b"\0" * 100 + whole[100:], whole[:-4096], whole]

        def put(path, data):
            with open(path, "r+b") as out:
                out.write(data)
                out.truncate(len(data))

        for number, data in enumerate(harms):
            for path, before in kept.items():
                put(path, before)
            put(file, data)
            for ending in ("-wal", "-shm"):
                file.with_name(f"portal.db{ending}").unlink(missing_ok=True)
            host.start()
            host.wait_ready()
            harmed = data != whole
            equal(host.ask("scrub", "acme").code, int(harmed), f"the exit code of a scrub after harm {number}")
            equal(suspects(host), ["acme"] if harmed else [], f"suspect portals after harm {number}")
            host.stop()


@scenario("A portal whose database cannot be opened any more is restored in its own place, with every account locked")
def destroyed():
    with Host(portals=("acme",)) as host:
        host.allow(SUSPECT, r"backup failed", r"damaged", r"not a portal", r"ended", r"portal=\d+")
        publish(host)
        host.command("user", "add", "acme", "a@example.org", "--role", "administrator", "--password-stdin",
                     say="seven lazy otters\n")
        before = page(host)
        host.command("backup", "now", "acme")
        refused(host.ask("backup", "restore", "acme", "--damaged"), "no scrub has found")
        file = database(host)

        def destroy():
            with open(file, "r+b") as out:
                out.write(os.urandom(100))

        restart(host, destroy)
        equal(host.ask("scrub", "acme").code, 1, "the exit code of the scrub")
        refused(host.ask("backup", "restore", "acme"), "--damaged")
        host.command("backup", "restore", "acme", "--damaged")
        wait_until("the portal is well", 15, lambda: suspects(host) == [], pause=0.3)
        wait_until("the page is back", 10, lambda: page(host) == before, pause=0.3)
        people = host.command("user", "list", "acme")
        equal([(u["email"], u["state"]) for u in people], [("a@example.org", "disabled")], "accounts")
        equal(len(list(file.parent.glob("damaged-*.db"))), 1, "the damaged database, kept beside")
        host.command("user", "enable", "acme", "a@example.org")
        link = host.command("user", "reset", "acme", "a@example.org")
        equal("url" in str(link), True, f"whether there is a link for a new password: {link}")
        equal(host.command("scrub", "acme")["suspect"], False, "a scrub afterwards")


@scenario("A portal is scrubbed once a day before its backup, and a day that was missed is caught up")
def daily():
    with Host(portals=("acme",)) as host:
        host.allow(SUSPECT, r"no good backup for 26 hours")
        publish(host)
        file = database(host)
        host.stop()
        set_registry(host, "UPDATE portal SET created = ? WHERE name = 'acme'", int(time.time()) - 3 * 86400)
        flip(file, place_of(file, "xylophonic-quagmire"), 2)
        host.start()
        host.wait_ready()
        wait_until("it is found", 20, lambda: suspects(host) == ["acme"], pause=0.3)
        wait_until("it is backed up all the same", 20,
                   lambda: backups(host).get(1, {}).get("state") == "suspect", pause=0.3)
        equal([p["portal"] for p in host.status()["backups"]["late"]], ["acme"], "portals without a good backup")
        host.stop()
        host.start()
        host.wait_ready()
        time.sleep(5)
        equal(sorted(backups(host)), [1], "backups of a suspect portal on one day")
