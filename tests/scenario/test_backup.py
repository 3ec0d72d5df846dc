"""Backups: made while the portal is read, proven by a trial restore, restored whole or refused whole."""
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import threading
import time

import content
import web
from case import Skip, equal, scenario, wait_until
from host import Host
from processes import Process

CANARY = "xylophonic-quagmire-7731"
FILES = {"index": f"# Start\n\nThe word is {CANARY}.\n", "second": "# Second\n\nMore.\n"}
ENDED = r"ended \(signal 9\); starting it again"


def publish(host, name="acme", **files):
    host.command("import", name, "manual", content.folder(**(files or FILES)))
    host.command("publish", name, "manual")


def page(host, name="acme", path="/docs/manual/index"):
    try:
        answer = web.get(host, f"{name}.localhost", path, seconds=2)
    except (OSError, web.Closed):
        return None
    return answer.body.decode(errors="replace") if answer.status == 200 else f"status {answer.status}"


def vault_folder(host, name="acme"):
    return host.data / "vault/backups" / str(host.portal_id(name))


def backups(host, name="acme"):
    return {b["seq"]: b for b in host.command("backup", "list", name)}


def flip(path, at):
    with open(path, "r+b") as file:
        file.seek(at)
        byte = file.read(1)
        file.seek(at)
        file.write(bytes([byte[0] ^ 1]))


def refused(answer, *words):
    equal(answer.code, 1, f"the exit code ({answer.out}{answer.error})")
    for word in words:
        if word not in answer.error:
            raise AssertionError(f"'{word}' is not in: {answer.error}")


@scenario("A backup is made, listed, verified and restored, and the page is what it was", rootless=True)
def there_and_back():
    with Host(portals=("acme",)) as host:
        publish(host)
        before = page(host)
        equal(CANARY in before, True, "the page before")
        made = host.command("backup", "now", "acme")
        equal((made["seq"], made["kind"], made["state"]), (1, "manual", "verified"), "the backup")
        publish(host, index="# Start\n\nAll gone.\n", second="# Second\n\nMore.\n")
        equal(CANARY in page(host), False, "whether the changed page has the word")
        equal(host.command("backup", "verify", "acme", "--backup", "1")["seq"], 1, "the verified backup")
        done = host.command("backup", "restore", "acme", "--backup", "1")
        equal((done["backup"], done["before"]), (1, 2), "the restored backup, and the one made before")
        equal(page(host), before, "the page afterwards")
        equal(backups(host)[2]["kind"], "pre-restore", "what the second backup is for")
        host.command("backup", "restore", "acme", "--backup", "2")
        equal("All gone" in page(host), True, "whether what was restored away comes back")


@scenario("One topic or one project comes back as revisions, and what is there today stays", rootless=True)
def a_part():
    with Host(portals=("acme",)) as host:
        publish(host)
        host.command("backup", "now", "acme")
        publish(host, index="# Start\n\nAll gone.\n", fresh="# Fresh\n\nOnly today.\n")
        one = host.command("backup", "restore", "acme", "--backup", "1", "--project", "manual", "--topic", "second")
        equal((one["same"], one["listed"], one["changed"], one["added"]), (1, 1, 0, 0), "one topic")
        equal(CANARY in page(host), False, "whether readers see anything before it is published")
        host.command("publish", "acme", "manual")
        equal("More." in page(host, path="/docs/manual/second"), True, "the topic that was restored")
        equal("All gone" in page(host), True, "whether the other topic stayed as it was")
        whole = host.command("backup", "restore", "acme", "--project", "manual")
        equal((whole["backup"], whole["changed"], whole["same"]), (1, 1, 1), "the project")
        host.command("publish", "acme", "manual")
        equal(CANARY in page(host), True, "whether the text of then is back")
        equal("Only today" in page(host, path="/docs/manual/fresh"), True, "whether today's topic stayed")
        equal([b["kind"] for b in backups(host).values()], ["manual"], "backups: none was made for this")
        refused(host.ask("backup", "restore", "acme", "--project", "nothing"), "has no project 'nothing'")
        refused(host.ask("backup", "restore", "acme", "--project", "manual", "--topic", "nothing"), "no topic")
        refused(host.ask("backup", "restore", "acme", "--topic", "second"), "--project")
        refused(host.ask("backup", "restore", "acme", "--project", "manual", "--as", "other"), "--as")
        container = host.data / "portals" / str(host.portal_id("acme"))
        equal((container / "received").exists(), False, "whether the opened backup is still there")


@scenario("A restore beside the portal makes a new one that nobody can log in to", rootless=True)
def beside():
    with Host(portals=("acme",)) as host:
        publish(host)
        host.command("user", "add", "acme", "a@example.org", "--role", "administrator")
        host.command("backup", "now", "acme")
        host.command("backup", "restore", "acme", "--as", "other")
        equal(page(host, "other"), page(host), "the page of the new portal")
        equal([u["state"] for u in host.command("user", "list", "other")], ["disabled"], "its accounts")
        equal([u["state"] for u in host.command("user", "list", "acme")], ["invited"], "the old portal's accounts")
        refused(host.ask("backup", "restore", "acme", "--as", "other"), "exists")
        refused(host.ask("backup", "restore", "acme", "--as", "No Name"), "not a portal name")


@scenario("An old backup gives nobody back what was taken away, and all sessions end")
def revoked():
    with Host(portals=("acme",)) as host:
        for who in ("admin", "leaver"):
            host.command("user", "add", "acme", f"{who}@example.org", "--role", "administrator", "--password-stdin",
                         say="seven lazy otters\n")
        host.command("backup", "now", "acme")
        host.command("user", "disable", "acme", "leaver@example.org")
        host.command("user", "add", "acme", "new@example.org", "--role", "writer")
        host.command("backup", "restore", "acme", "--backup", "1")
        states = {u["email"]: u["state"] for u in host.command("user", "list", "acme")}
        equal(states, {"admin@example.org": "active", "leaver@example.org": "disabled",
                       "new@example.org": "invited"}, "accounts after the restore")


@scenario("Whoever reads while backups and restores go on sees whole pages of one state or the other", rootless=True)
def readers_go_on():
    with Host(portals=("acme",)) as host:
        states = ("one", "two")
        for state in states:
            host.command("import", "acme", "manual", content.many_topics(40, state))
            host.command("publish", "acme", "manual")
            host.command("backup", "now", "acme")
        seen, stop = set(), threading.Event()

        def read():
            while not stop.is_set():
                text = web.get(host, "acme.localhost", "/docs/manual/topic-007", seconds=10).body.decode()
                seen.add(next((s for s in states if f"State {s}." in text), text[:2000]))

        reader = threading.Thread(target=read)
        reader.start()
        try:
            host.command("backup", "restore", "acme", "--backup", "1")
            wait_until("both states were seen", 5, lambda: seen >= set(states))
        finally:
            stop.set()
            reader.join()
        equal(seen, set(states), "states that a reader saw")


@scenario("A tampered backup is refused with a sentence, and the live portal is as it was", rootless=True)
def tampered():
    with Host(portals=("acme", "globex")) as host:
        publish(host)
        publish(host, "globex")
        for name in ("acme", "globex"):
            host.command("backup", "now", name)
        before, good = page(host), (vault_folder(host) / "1.esdk").read_bytes()
        file = vault_folder(host) / "1.esdk"

        def spoil(what, data):
            file.write_bytes(data)
            refused(host.ask("backup", "restore", "acme", "--backup", "1"), "backup")
            refused(host.ask("backup", "restore", "acme", "--backup", "1", "--as", "other"), "backup")
            equal(page(host), before, f"the page after a restore from a backup that was {what}")

        spoil("flipped", good[:5000] + bytes([good[5000] ^ 1]) + good[5001:])
        spoil("cut short", good[:-1])
        spoil("made longer", good + b"\0")
        spoil("another portal's", (vault_folder(host, "globex") / "1.esdk").read_bytes())
        spoil("emptied", b"")
        equal([p["name"] for p in host.command("portal", "list")], ["acme", "globex"], "portals")
        equal(len(backups(host)), 1, "backups: a refused restore makes none")
        file.write_bytes(good)
        host.command("backup", "verify", "acme")
        flip(file, 3000)
        host.allow(r"a backup that was good cannot be opened any more portal=1 seq=1")
        refused(host.ask("backup", "verify", "acme"), "damaged")
        equal(backups(host)[1]["state"], "failed", "the state of a backup that turned bad")
        refused(host.ask("backup", "restore", "acme"), "no good backup")


@scenario("An older or another list of backups is refused, and the portal goes on", rootless=True)
def old_list():
    with Host(portals=("acme",)) as host:
        publish(host)
        host.command("backup", "now", "acme")
        manifest = vault_folder(host) / "manifest"
        old = manifest.read_bytes()
        host.command("backup", "now", "acme")
        new = manifest.read_bytes()
        equal(new.startswith(old), True, "whether lines are only added")
        for text in (old, b"", new.replace(b"state=verified", b"state=sealed"), new[:-700]):
            manifest.write_bytes(text)
            refused(host.ask("backup", "restore", "acme"), "list of backups")
            refused(host.ask("backup", "now", "acme"), "list of backups")
        manifest.write_bytes(new)
        host.command("backup", "restore", "acme", "--backup", "1")


@scenario("No plaintext is outside the portal's container, and none in the backups; no half file stays", rootless=True)
def canary():
    with Host(portals=("acme",)) as host:
        publish(host)
        host.command("backup", "now", "acme")
        host.command("backup", "restore", "acme")
        host.command("portal", "delete", "acme")
        host.stop()
        container = host.data / "portals/1"
        found = set()
        for path in host.data.rglob("*"):
            if path.is_file() and CANARY.encode() in path.read_bytes():
                found.add(path.relative_to(host.data).parts[:2])
            if path.suffix == ".part" or path.name in ("snapshot", "received"):
                raise AssertionError(f"{path} was left")
        equal(found <= {("portals", "1")}, True, f"where the word is: {found}")
        # The search finds what is there: the revisions' sources are not compressed.
        with sqlite3.connect(f"file:{container}/portal.db?mode=ro", uri=True) as db:
            equal(db.execute("SELECT count(*) FROM revision WHERE source LIKE ?", (f"%{CANARY}%",)).fetchone()[0] > 0,
                  True, "whether the word is in the container")


@scenario("A portal's process cannot reach the vault, and the vault links no SQLite and has no network")
def walls():
    with Host(portals=("acme",)) as host:
        publish(host)
        vault = Process(host.pid_of("vault"))
        page(host)
        portal = Process(host.workers("acme")[0])
        folder = host.data / "vault"
        equal(folder.stat().st_mode & 0o777, 0o700, "the folder's mode")
        equal(folder.stat().st_uid, int(vault.status()["Uid"].split()[0]), "its owner")
        for kind in ("net", "pid", "mnt", "ipc"):
            if vault.namespace(kind) in (portal.namespace(kind), os.readlink(f"/proc/self/ns/{kind}")):
                raise AssertionError(f"the vault shares its {kind} namespace")
        equal(vault.status()["Seccomp"], "2", "seccomp of the vault")
        program = next(p for p in (Host.program.parent.parent / "vault/carrel-vault",
                                   Host.program.parent.parent / "libexec/carrel/carrel-vault") if p.exists())
        linked = subprocess.run(["ldd", program], capture_output=True, text=True, check=True).stdout
        equal(re.findall(r"sqlite|zstd|curl|libssl", linked), [], "libraries the vault must not link")


def kill_while(host, words, who, when):
    """Begin a command, kill a process after so many seconds, and give the command's exit code."""
    running = host.begin(*words)
    time.sleep(when)
    pids = host.workers("acme", "job") if who == "job" else [host.pid_of(who)]
    for pid in pids:
        if pid:
            Process(pid).kill()
    return running.wait(30)


def check_vault(host, total):
    """What must hold whenever: no half file, each good backup opens, numbers rise, none doubled."""
    wait_until("the vault answers", 5, lambda: host.ask("backup", "list", "acme").code == 0)
    rows = host.command("backup", "list", "acme")
    numbers = [b["seq"] for b in rows]
    equal(numbers, sorted(set(numbers), reverse=True), "numbers of backups")
    good = {b["seq"] for b in rows if b["state"] == "verified"}
    files = {int(p.stem) for p in vault_folder(host).glob("*.esdk")}
    equal(good <= files, True, f"whether each good backup {good} has its file {files}")
    return good, total


@scenario("kill -9 of vault, registry, zygote or job at any moment of a backup: what was good stays good, the next one works")
def killed_backups():
    with Host(portals=("acme",)) as host:
        host.allow(ENDED, r"(backup|scrub) failed", r"the container for trial restores", r"broke the protocol")
        host.command("import", "acme", "manual", content.many_topics(300, "one"))
        host.command("publish", "acme", "manual")
        host.command("backup", "now", "acme")
        before = page(host, path="/docs/manual/topic-007")
        for who in ("vault", "job", "registry", "zygote"):
            for step in range(5):
                kill_while(host, ("backup", "now", "acme"), who, 0.02 + 0.04 * step)
                wait_until("commands are answered", 5, lambda: host.ask("status").code == 0)
                good, _ = check_vault(host, 0)
                equal(len(good) >= 1, True, "whether a good backup is left")
        wait_until("a backup can be made", 10, lambda: host.ask("backup", "now", "acme").code == 0, pause=0.3)
        for number in check_vault(host, 0)[0]:
            host.command("backup", "verify", "acme", "--backup", str(number))
        equal(list(vault_folder(host).glob("*.part")), [], "half files")
        equal(page(host, path="/docs/manual/topic-007"), before, "the page")


@scenario("kill -9 of vault, registry or job at any moment of a restore: the portal is the old or the new, whole")
def killed_restores():
    with Host(portals=("acme",)) as host:
        host.allow(ENDED, r"(backup|scrub) failed", r"the container for trial restores", r"broke the protocol")
        for state in ("one", "two"):
            host.command("import", "acme", "manual", content.many_topics(200, state))
            host.command("publish", "acme", "manual")
            if state == "one":
                host.command("backup", "now", "acme")
        seen = set()
        for who in ("job", "vault", "registry"):
            for step in range(6):
                wait_until("the vault answers", 5, lambda: host.ask("backup", "list", "acme").code == 0)
                rows = [b for b in host.command("backup", "list", "acme") if b["state"] == "verified"]
                kill_while(host, ("backup", "restore", "acme", "--backup", str(rows[-1]["seq"])), who,
                           0.02 + 0.05 * step)
                wait_until("commands are answered", 5, lambda: host.ask("status").code == 0)
                states = {next((s for s in ("one", "two") if f"State {s}." in (page(host, path=path) or "")), "neither")
                          for path in ("/docs/manual/topic-001", "/docs/manual/topic-150", "/docs/manual/topic-199")}
                equal(len(states), 1, f"states of three pages: {states}")
                seen |= states
        equal("neither" in seen, False, "whether a page was ever missing")
        check_vault(host, 0)


@scenario("The root key: shares prove themselves, a passphrase locks after a restart, shares open it again", rootless=True)
def keys():
    with Host(portals=("acme",)) as host:
        publish(host)
        host.command("backup", "now", "acme")
        equal(host.command("backup", "keys", "check")["kept"], "file", "how the key is kept at first")
        refused(host.ask("backup", "keys", "keep", "shares"), "nobody has proven")
        shares = host.command("backup", "keys", "show-shares")["shares"]
        equal(len(shares), 3, "shares")
        refused(host.ask("backup", "keys", "check", "--shares", say=f"{shares[0]}\n{shares[0]}\n"), "same share")
        refused(host.ask("backup", "keys", "check", "--shares",
                         say=f"{shares[0]}\n{shares[1].replace('A', 'B')}\n"), "share")
        equal("shares_checked" in host.command("backup", "keys", "check", "--shares",
                                               say=f"{shares[2]}\n{shares[0]}\n"), True, "whether it was noted")
        refused(host.ask("backup", "keys", "keep", "passphrase", say="short\n"), "at least")
        host.command("backup", "keys", "keep", "passphrase", say="four lazy otters sing\n")
        host.command("backup", "now", "acme")
        Process(host.pid_of("vault")).kill()
        host.allow(ENDED)
        wait_until("the vault is back", 5, lambda: host.status()["backups"]["keys"] == "locked")
        refused(host.ask("backup", "now", "acme"), "locked")
        refused(host.ask("backup", "keys", "unlock", say="another passphrase\n"), "not the passphrase")
        host.command("backup", "keys", "unlock", say="four lazy otters sing\n")
        host.command("backup", "restore", "acme", "--backup", "1")
        host.command("backup", "keys", "keep", "shares")
        equal("key " in (host.data / "vault/keys/root").read_text(), False, "whether the file has the key")
        Process(host.pid_of("vault")).kill()
        wait_until("the vault is back", 5, lambda: host.status()["backups"]["keys"] == "locked")
        host.command("backup", "keys", "unlock", "--shares", say=f"{shares[1]}\n{shares[2]}\n")
        equal(host.command("backup", "keys", "rotate")["changed"], 1, "portals with a new key")
        equal(host.command("backup", "now", "acme")["key"], 2, "the key of the next backup")


@scenario("A missing root key is said and never replaced by another; the portals serve on", rootless=True)
def lost_key():
    with Host(portals=("acme",)) as host:
        publish(host)
        host.command("backup", "now", "acme")
        root = host.data / "vault/keys/root"
        kept = root.read_bytes()
        stat = root.stat()
        root.unlink()
        host.allow(ENDED, r"no backup can be made or opened: the root key of the backups is missing")
        Process(host.pid_of("vault")).kill()
        wait_until("it is said", 5, lambda: host.status()["backups"]["keys"] == "missing")
        refused(host.ask("backup", "now", "acme"), "root key")
        equal(root.exists(), False, "whether another key was made")
        equal(CANARY in page(host), True, "the page")
        root.write_bytes(kept)
        os.chmod(root, 0o600)
        os.chown(root, stat.st_uid, stat.st_gid)
        Process(host.pid_of("vault")).kill()
        wait_until("the key is back", 5, lambda: host.status()["backups"]["keys"] == "open")
        host.command("backup", "restore", "acme", "--backup", "1")


@scenario("A backup that was sealed and not tried when the host stopped is tried at the next start's first look")
def unproven():
    with Host(portals=("acme",)) as host:
        host.allow(ENDED)
        host.command("import", "acme", "manual", content.many_topics(300, "one"))
        running = host.begin("backup", "now", "acme")
        manifest = vault_folder(host)
        wait_until("it is sealed", 10, lambda: (manifest / "manifest").exists() and
                   b"state=sealed" in (manifest / "manifest").read_bytes(), pause=0.0005)
        Process(host.pid_of("registry")).signal(signal.SIGKILL)
        running.wait(30)
        wait_until("commands are answered", 5, lambda: host.ask("status").code == 0)
        state = backups(host)[1]["state"]
        if state == "verified":
            raise Skip("the registry was killed too late to see it")
        equal(state, "sealed", "the state")
        equal(host.command("backup", "verify", "acme", "--backup", "1")["state"], "verified", "after its trial")



def set_registry(host, statement, *values):
    """Change the host's own database while the host is off; whose file it is stays."""
    file = host.data / "registry/registry.db"
    stat = file.stat()
    with sqlite3.connect(file) as db:
        db.execute(statement, values)
    db.close()
    for path in file.parent.glob("registry.db*"):
        os.chown(path, stat.st_uid, stat.st_gid)


@scenario("A day that was missed is caught up soon after the start, once; until then the status names the portal")
def caught_up():
    with Host(portals=("acme", "globex")) as host:
        publish(host)
        equal(host.status()["backups"]["late"], [], "portals that are late at first")
        host.stop()
        set_registry(host, "UPDATE portal SET created = ? WHERE name = 'acme'", int(time.time()) - 3 * 86400)
        host.start()
        host.wait_ready()
        host.allow(r"portals=1 have had no good backup for 26 hours")
        equal([p["portal"] for p in host.status()["backups"]["late"]], ["acme"], "portals that are late")
        wait_until("acme is backed up", 20, lambda: backups(host).get(1, {}).get("state") == "verified", pause=0.3)
        equal(backups(host)[1]["kind"], "daily", "the kind")
        equal(host.status()["backups"]["late"], [], "portals that are late afterwards")
        host.stop()
        host.start()
        host.wait_ready()
        time.sleep(5)
        equal(len(backups(host)), 1, "backups after another start on the same day")


@scenario("A portal that lost over 30 % is backed up, and nothing older goes until somebody has looked")
def held():
    with Host(portals=("acme",)) as host:
        publish(host)
        host.command("backup", "now", "acme")
        host.command("import", "acme", "more", content.many_topics(200, "one"))
        host.command("backup", "now", "acme")
        host.command("backup", "restore", "acme", "--backup", "1")
        small = host.command("backup", "now", "acme")
        equal((small["seq"], small["state"], small["pruned"]), (4, "held", []), "the small backup")
        equal(host.status()["backups"]["held"], ["acme"], "portals that are held")
        host.command("backup", "now", "acme")
        equal(sorted(n for n, b in backups(host).items() if b["state"] in ("verified", "held")), [2, 3, 4, 5],
              "backups while it is held")
        refused(host.ask("backup", "confirm", "acme", "--backup", "3"), "not held")
        host.command("backup", "confirm", "acme", "--backup", "4")
        equal(sorted(backups(host)), [4, 5], "backups afterwards: the two newest that were asked for")
        equal(sorted(int(p.stem) for p in vault_folder(host).glob("*.esdk")), [4, 5], "files")


@scenario("A destroyed portal's backups cannot be opened with what is left: its keys and files are gone")
def destroyed():
    with Host(portals=("acme", "globex")) as host:
        publish(host)
        host.command("backup", "now", "acme")
        host.command("backup", "now", "globex")
        folder = vault_folder(host)
        kept, store = (folder / "1.esdk").read_bytes(), (host.data / "vault/keys/store").read_bytes()
        host.command("portal", "delete", "acme")
        host.stop()
        set_registry(host, "UPDATE portal SET delete_after = 1 WHERE name = 'acme'")
        host.start()
        host.wait_ready()
        wait_until("the folder of backups is gone", 10, lambda: not folder.exists())
        wait_until("the container is gone", 10, lambda: not (host.data / "portals/1").exists())
        fresh = (host.data / "vault/keys/store").read_bytes()
        equal(len(fresh) < len(store), True, "whether the store of keys is smaller")
        equal(fresh[8:68] == store[8:68], False, "whether the store key is the same")
        equal(len(kept) > 1000, True, "whether there was a backup")
        host.command("backup", "restore", "globex")


# Which of the calls of one backup, trial and pruning included, is the vault's last.
KILLS = (("write", (1, 2, 4, 7)), ("fsync", (1, 2, 3, 4, 6, 8)), ("fdatasync", (1,)),
         ("renameat,renameat2", (1, 2, 3, 4, 5)), ("openat", (1, 4, 8)), ("unlinkat", (1,)))


def with_kill(host, calls, n, *words):
    """A command while strace kills the vault at its nth such call; the command's exit code."""
    vault = host.pid_of("vault")
    tracer = subprocess.Popen(["strace", "-qq", "-p", str(vault), "-o", "/dev/null", "-e", f"trace={calls}",
                               "-e", f"inject={calls}:signal=KILL:when={n}"],
                              stdin=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        wait_until("strace is attached", 5, lambda: int(Process(vault).status()["TracerPid"]) == tracer.pid)
        return host.ask(*words).code
    finally:
        tracer.terminate()
        tracer.communicate(timeout=10)


@scenario("The vault killed at its Nth call of each kind that changes the disk: good backups stay, the list is whole")
def killed_at_each_call():
    if shutil.which("strace") is None:
        raise Skip("there is no strace")
    with Host(portals=("acme",)) as host:
        host.allow(ENDED, r"(backup|scrub) failed", r"the container for trial restores")
        publish(host)
        for _ in range(2):
            host.command("backup", "now", "acme")
        cuts = 0
        for calls, numbers in KILLS:
            for n in numbers:
                if with_kill(host, calls, n, "backup", "now", "acme") == 0:
                    break
                # A process that dies again and again is started again after up to two seconds.
                wait_until("the vault answers", 5, lambda: host.ask("backup", "list", "acme").code == 0)
                good, _ = check_vault(host, 0)
                equal(len(good) >= 2, True, f"whether two good ones are left after {calls} {n}")
                cuts += 1
        equal(cuts >= 12, True, f"whether it was killed often enough ({cuts} times)")
        host.command("backup", "now", "acme")
        for number in check_vault(host, 0)[0]:
            host.command("backup", "verify", "acme", "--backup", str(number))
        equal(list(vault_folder(host).glob("*.part")), [], "half files")
