"""A backup in its owner's hands: sealed to a key of the client's own, opened without the host, or by the portal's key."""
import hashlib
import json
import os
import signal
import sqlite3
import stat
import subprocess
import time

import content
from case import equal, scenario, wait_until
from host import Host
from processes import Process
from test_backup import FILES, backups, page, publish, refused, vault_folder
from test_scrub import restart, suspects

CANARY = "xylophonic-quagmire-7731"


def key_pair(folder, name="client", bits=3072, passphrase=None):
    """An RSA key as a client makes it with OpenSSL: the paths of the private and of the public one."""
    private, public = folder / f"{name}.pem", folder / f"{name}.pub.pem"
    sealed = ["-aes-256-cbc", "-pass", f"pass:{passphrase}"] if passphrase else []
    subprocess.run(["openssl", "genpkey", "-algorithm", "RSA", "-pkeyopt", f"rsa_keygen_bits:{bits}", *sealed, "-out",
                    private], check=True, capture_output=True)
    source = ["-passin", f"pass:{passphrase}"] if passphrase else []
    subprocess.run(["openssl", "pkey", "-in", private, *source, "-pubout", "-out", public], check=True,
                   capture_output=True)
    return private, public


def texts(path):
    """What the topics of a database say."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as db:
        equal(db.execute("PRAGMA integrity_check").fetchall(), [("ok",)], "integrity of what was opened")
        rows = db.execute("SELECT source FROM revision").fetchall()
    db.close()
    return b"".join(r[0] if isinstance(r[0], bytes) else r[0].encode() for r in rows)


def log(host, name="acme"):
    """The portal's own log: who did what, nobody of the portal's being 0."""
    with sqlite3.connect(f"file:{host.data}/portals/{host.portal_id(name)}/portal.db?mode=ro", uri=True) as db:
        rows = db.execute("SELECT action, actor, detail FROM audit ORDER BY seq").fetchall()
    db.close()
    return rows


def hands(host):
    """A folder that is nobody's host."""
    folder = host.scratch / f"hands-{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir(mode=0o700)
    return folder


@scenario("A backup is taken for a client's key and opened with it on any machine, and with no other", rootless=True)
def taken():
    with Host(portals=("acme",)) as host:
        host.allow(r"takes backup|took|taken")
        folder = hands(host)
        private, public = key_pair(folder)
        other, _ = key_pair(folder, "other")
        publish(host, **FILES)
        host.command("backup", "now", "acme")
        file, plain = folder / "acme.esdk", folder / "portal.db"
        done = host.command("backup", "take", "acme", "--for", public, "--to", file)
        data = file.read_bytes()
        equal((done["seq"], done["taken_bytes"], done["taken_sha256"]),
              (1, len(data), hashlib.sha256(data).hexdigest()), "what the host says of the file")
        equal(stat.S_IMODE(file.stat().st_mode) & 0o077, 0, "rights of others to the file")
        equal(CANARY.encode() in data, False, "whether the file says a word of the portal")
        equal(data == (vault_folder(host) / "1.esdk").read_bytes(), False, "whether it is the vault's own message")
        rows = [(action, actor, json.loads(detail)) for action, actor, detail in log(host) if "backup" in action]
        equal([(action, actor, detail["backup"], len(detail["client"])) for action, actor, detail in rows],
              [("portal.backup-taken", 0, 1, 64)], "what the portal's own log says")
        again = folder / "again.esdk"
        host.command("backup", "take", "acme", "--for", public, "--to", again, "--backup", "1")
        equal(data[4:20] == again.read_bytes()[4:20], False, "whether two takings have one message id")
        host.stop()
        answer = host.ask("backup", "open", file, "--key", private, "--to", plain, "--json")
        equal((answer.code, answer.error), (0, ""), f"opening it: {answer.out}")
        equal((answer.json["seq"], answer.json["bytes"]), (1, plain.stat().st_size), "what is said of it")
        equal(CANARY.encode() in texts(plain), True, "whether the topic is in it")
        equal(stat.S_IMODE(plain.stat().st_mode) & 0o077, 0, "rights of others to the database")
        nothing = folder / "nothing.db"
        refused(host.ask("backup", "open", file, "--key", other, "--to", nothing))
        refused(host.ask("backup", "open", file, "--key", public, "--to", nothing))
        for name, bad in (("cut", data[:-1]), ("half", data[:len(data) // 2]), ("longer", data + b"\0"), ("empty", b""),
                          ("flipped", data[:-40] + bytes([data[-40] ^ 1]) + data[-39:])):
            path = folder / f"{name}.esdk"
            path.write_bytes(bad)
            refused(host.ask("backup", "open", path, "--key", private, "--to", nothing))
        equal([p.name for p in folder.iterdir() if "nothing" in p.name], [], "files of openings that were refused")


@scenario("A private key may be encrypted; a key that is too short, private or none at all is refused with a sentence")
def keys():
    with Host(portals=("acme",)) as host:
        folder = hands(host)
        private, public = key_pair(folder, passphrase="four tame herons")
        publish(host, **FILES)
        refused(host.ask("backup", "take", "acme", "--for", public, "--to", folder / "a.esdk"))     # none yet
        host.command("backup", "now", "acme")
        host.command("backup", "take", "acme", "--for", public, "--to", folder / "a.esdk")
        answer = host.ask("backup", "open", folder / "a.esdk", "--key", private, "--to", folder / "a.db",
                          say="four tame herons\n")
        equal((answer.code, answer.error), (0, ""), f"opening with a passphrase: {answer.out}")
        equal(CANARY.encode() in texts(folder / "a.db"), True, "whether the topic is in it")
        refused(host.ask("backup", "open", folder / "a.esdk", "--key", private, "--to", folder / "b.db",
                         say="four wild herons\n"))
        short = key_pair(folder, "short", bits=2048)[1]
        junk = folder / "junk.pem"
        junk.write_bytes(b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n")
        before = sorted(p.name for p in folder.iterdir())
        for bad in (short, junk, private, folder / "absent.pem"):
            refused(host.ask("backup", "take", "acme", "--for", bad, "--to", folder / "c.esdk"))
        refused(host.ask("backup", "take", "acme", "--for", public, "--to", folder / "c.esdk", "--backup", "77"))
        equal(sorted(p.name for p in folder.iterdir()), before, "files after orders that were refused")


@scenario("The portal's key is printed to whoever says its name, and opens the vault's own files without the host",
          rootless=True)
def printed():
    with Host(portals=("acme", "globex")) as host:
        host.allow(r"key")
        folder = hands(host)
        publish(host, **FILES)
        for name in ("acme", "globex"):
            host.command("backup", "now", name)
        refused(host.ask("backup", "keys", "print", "acme", "--confirm", "globex"))
        shown = host.command("backup", "keys", "print", "acme", "--confirm", "acme")["keys"]
        others = host.command("backup", "keys", "print", "globex", "--confirm", "globex")["keys"]
        equal([row["name"] for row in shown], ["kek-1"], "names of the keys")
        wait_until("it is in the host's log", 5, lambda: any("key" in line and "acme" in line or "portal=1" in line
                                                             for line in host.lines))
        equal(any(shown[0]["key"] in line for line in host.lines), False, "whether the log has the key")
        equal([row[:2] for row in log(host) if "backup" in row[0]], [("portal.backup-keys-printed", 0)],
              "what the portal's own log says")
        sealed = vault_folder(host) / "1.esdk"
        for name, row in (("mine", shown[0]), ("theirs", others[0])):
            (folder / name).write_text(row["key"] + "\n")
        answer = host.ask("backup", "open", sealed, "--key", folder / "mine", "--to", folder / "a.db")
        equal((answer.code, answer.error), (0, ""), f"opening the vault's file: {answer.out}")
        equal(CANARY.encode() in texts(folder / "a.db"), True, "whether the topic is in it")
        refused(host.ask("backup", "open", sealed, "--key", folder / "theirs", "--to", folder / "b.db"))
        equal((folder / "b.db").exists(), False, "whether the wrong key left a file")


@scenario("Whoever stops taking it, or is killed, leaves no file, and the next backup and the next taking go on")
def stopped():
    with Host(portals=("acme",)) as host:
        host.allow(r"taking|take|taken|reads no more|closed|broken pipe|Broken pipe")
        folder = hands(host)
        _, public = key_pair(folder)
        host.command("import", "acme", "manual", content.many_topics(400, "one"))
        host.command("publish", "acme", "manual")
        host.command("backup", "now", "acme")
        for delay in (0.0, 0.01, 0.03, 0.06):
            command = host.begin("backup", "take", "acme", "--for", public, "--to", folder / "a.esdk")
            time.sleep(delay)
            os.kill(command.pid, signal.SIGKILL)
            command.communicate(timeout=10)
            names = {p.name for p in folder.iterdir() if p.name.endswith(".esdk")}
            for name in names:
                refused_or_whole(host, folder / name, folder / "client.pem")
                (folder / name).unlink()
        equal(host.command("backup", "now", "acme")["state"], "verified", "a backup afterwards")
        host.command("backup", "take", "acme", "--for", public, "--to", folder / "b.esdk")
        equal(host.ask("backup", "open", folder / "b.esdk", "--key", folder / "client.pem", "--to",
                       folder / "b.db").code, 0, "the exit code of opening it")
        equal(page(host, path="/docs/manual/topic-001") is not None, True, "whether the portal serves on")
        equal(sorted(backups(host)), [1, 2], "the backups")
        equal(any(Process(p["pid"]).status() is None for p in host.status()["processes"]), False, "processes")


@scenario("What the portal's log cannot say is not handed out, unless a scrub has found its database damaged")
def unrecorded():
    with Host(portals=("acme",)) as host:
        host.allow(r"suspect|damaged|backup failed|not a portal|ended|portal=\d+")
        folder = hands(host)
        private, public = key_pair(folder)
        publish(host, **FILES)
        host.command("backup", "now", "acme")

        file = host.data / f"portals/{host.portal_id('acme')}/portal.db"

        def destroy():
            with open(file, "r+b") as out:
                out.write(os.urandom(100))

        restart(host, destroy)
        words = ("backup", "take", "acme", "--for", public, "--to", folder / "a.esdk")
        answer = host.ask(*words)
        equal(answer.code != 0 or suspects(host) == ["acme"], True, f"whether it was handed out unseen: {answer.out}")
        if answer.code != 0:            # else the day's scrub was quicker
            equal("the portal's log cannot say so" in answer.error, True, f"why not: {answer.error}")
            equal((folder / "a.esdk").exists(), False, "whether there is a file")
            equal(host.ask("scrub", "acme").code, 1, "the exit code of the scrub")
        host.command(*words[:-1], folder / "b.esdk")
        equal(host.ask("backup", "open", folder / "b.esdk", "--key", private, "--to", folder / "b.db").code, 0,
              "the exit code of opening it")
        equal(any("its log does not say what is handed out" in line for line in host.lines), True, "the host's log")


def refused_or_whole(host, file, key):
    """A file that has its name is whole, whatever was killed."""
    plain = file.with_suffix(".db")
    equal(host.ask("backup", "open", file, "--key", key, "--to", plain).code, 0, f"the exit code of opening {file.name}")
    plain.unlink()
