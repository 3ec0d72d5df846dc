"""A client takes everything away while the portal runs, and another host makes an equal portal of it."""
import hashlib
import json
import re
import signal
import sqlite3
import subprocess
import tempfile
import threading
import time
import zipfile
from pathlib import Path

import content
from case import equal, scenario, wait_until
from host import Host
from processes import Process
from test_jobs import all_at, job_pid
from visitor import Visitor

PASSWORD = "Correct-Horse-9"
ADMIN, READER = "ann@example.com", "rut@example.com"
BOTH = {"rootless": True}


def target(name="export.zip"):
    return Path(tempfile.mkdtemp(prefix="export-", dir=Host.scratch)) / name


def manual(mark="one"):
    return content.folder(SUMMARY="# Guide\n\n- [Start](start.md)\n    - [More](sub/more.md)\n- [\u05e2\u05d1\u05e8\u05d9\u05ea](\u05e2\u05d1\u05e8\u05d9\u05ea.md)\n",
                          start=f"---\ntags: [a]\n---\n# Start\n\nState {mark}. [More](sub/more.md)\n\n![dot](img/a%20b.png)\n",
                          sub__more="# More\n\nText.\n", **{"\u05e2\u05d1\u05e8\u05d9\u05ea": "# \u05e2\u05d1\u05e8\u05d9\u05ea\n\n\u05e9\u05dc\u05d5\u05dd\n",
                                                            "img__a b.png": b"\x89PNG\r\n\x1a\n" + bytes(300)})


def filled(host, name="acme"):
    host.command("portal", "create", name, "--title", "Acme Docs")
    host.command("import", name, "guide", manual())
    host.command("import", name, "guide", manual("two"))
    host.command("import", name, "other", content.many_topics(20, "x"))
    host.command("publish", name, "guide", "--visibility", "restricted", "--version", "2.1")
    host.command("publish", name, "other")
    host.command("user", "add", name, ADMIN, "--role", "administrator", "--password-stdin", say=PASSWORD + "\n")
    host.command("user", "add", name, READER, "--role", "power-reader", "--password-stdin", say=PASSWORD + "\n")
    host.command("group", "add", name, "staff")
    host.command("group", "join", name, "staff", READER)
    host.command("access", "grant", name, "guide", "--group", "staff")


def manifest_of(path):
    with zipfile.ZipFile(path) as z:
        return json.loads(z.read("MANIFEST.json"))


def container(host, name):
    return host.data / "portals" / str(host.portal_id(name))


def rest_of(folder):
    """What an export leaves in a container while it works, or should not leave."""
    return [p.name for p in folder.iterdir() if p.name == "export.tmp"]


def tables(path):
    return {t["name"]: (t["rows"], t["sha256"]) for t in manifest_of(path)["tables"]}


def check_archive(path):
    """Every entry is what the manifest says, by another program's reading."""
    with zipfile.ZipFile(path) as z:
        equal(z.testzip(), None, "the first damaged entry")
        listed = {e["path"]: e for e in json.loads(z.read("MANIFEST.json"))["entries"]}
        equal(set(z.namelist()) - {"MANIFEST.json"}, set(listed), "the entries")
        for name, entry in listed.items():
            data = z.read(name)
            equal((len(data), hashlib.sha256(data).hexdigest()), (entry["size"], entry["sha256"]), name)


@scenario("An export made into a portal on another host is equal, table by table, and readers see the same", **BOTH)
def round_trip():
    with Host() as host, Host() as elsewhere:
        filled(host)
        path = target()
        answer = host.command("export", "acme", "--output", path)
        check_archive(path)
        equal(list(path.parent.iterdir()), [path], "what lies beside the file")
        equal(rest_of(container(host, "acme")), [], "what is left in the container")
        equal(manifest_of(path)["content_hash"], answer["content_hash"], "the hash that was told")
        with zipfile.ZipFile(path) as z:
            whole = b"".join(z.read(n) for n in z.namelist())
            equal([w for w in (b"argon2id", PASSWORD.encode()) if w in whole], [], "secrets in the archive")
            equal(b"former" in z.read("people.json"), False, "people")
        made = elsewhere.command("portal", "create", "moved", "--from", path, "--owner", ADMIN)
        equal((made["title"], made["state"]), ("Acme Docs", "active"), "the new portal")
        again = target()
        elsewhere.command("export", "moved", "--output", again)
        old, new = tables(path), tables(again)
        differ = {name for name in old if old[name] != new[name]}
        # Written since: the log, and the owner's link.
        equal(differ <= {"audit", "one_time", "person", "sqlite_sequence"}, True, f"tables that differ: {differ}")
        with zipfile.ZipFile(path) as a, zipfile.ZipFile(again) as b:
            equal(b.read("audit.jsonl").startswith(a.read("audit.jsonl")), True, "the log goes on where it was")
            equal(a.read("people.json"), b.read("people.json"), "the people")
        link = made["setup_url"]
        visitor = Visitor(elsewhere, "moved")
        page = visitor.get(link[link.index("/welcome"):])
        equal((page.status, visitor.get(page.location).status), (303, 200), "the owner's link")
        equal(Visitor(elsewhere, "moved").get("/docs/other/topic-001").body,
              Visitor(host, "acme").get("/docs/other/topic-001").body, "a page on both hosts")
        equal(Visitor(elsewhere, "moved").get("/docs/guide/start").status, 404, "a restricted page for a stranger")


@scenario("With credentials the people log in on the other host as before; without, nobody does", **BOTH)
def credentials():
    with Host() as host:
        filled(host)
        path, bare = target(), target()
        host.command("export", "acme", "--with-credentials", "--output", path)
        host.command("export", "acme", "--output", bare)
        with zipfile.ZipFile(path) as z:
            equal(b"KEEP IT SECRET" in z.read("README.txt"), True, "the warning")
        host.command("portal", "create", "house", "--from", path)
        host.command("portal", "create", "bare", "--from", bare)
        equal(Visitor(host, "house").login(READER, PASSWORD).status, 303, "the login after moving house")
        equal(Visitor(host, "bare").login(READER, PASSWORD).status, 403, "the login without credentials")
        refused = host.ask("portal", "create", "wrong", "--from", bare, "--owner", READER)
        equal(refused.code, 1, "a reader as owner")
        equal("name an administrator" in refused.error, True, refused.error)
        equal([p["name"] for p in host.command("portal", "list")], ["acme", "bare", "house"], "the portals")


@scenario("One project's export is an ordinary folder of Markdown that the import reads back unchanged", **BOTH)
def one_project():
    with Host() as host:
        filled(host)
        path = target()
        host.command("export", "acme", "--project", "guide", "--output", path)
        check_archive(path)
        folder = Path(tempfile.mkdtemp(prefix="unpacked-", dir=Host.scratch))
        with zipfile.ZipFile(path) as z:
            z.extractall(folder)
            lines = z.read("projects/guide.revisions.jsonl").decode().splitlines()
            equal(["portal.db" in z.namelist(), "people.json" in z.namelist()], [False, False], "what is not its own")
        equal(sorted((json.loads(r)["topic"], json.loads(r)["number"]) for r in lines),
              sorted([("start", 1), ("start", 2), ("sub/more", 1), ("\u05e2\u05d1\u05e8\u05d9\u05ea", 1)]), "the revisions")
        done = host.command("import", "acme", "guide", folder / "projects" / "guide")
        equal((done["same"], done["changed"], done["added"]), (3, 0, 0), "topics that came back as they were")
        second = target()
        host.command("export", "acme", "--project", "guide", "--output", second)
        with zipfile.ZipFile(path) as a, zipfile.ZipFile(second) as b:
            equal(a.read("projects/guide/SUMMARY.md"), b.read("projects/guide/SUMMARY.md"), "the contents")
        refused = host.ask("portal", "create", "part", "--from", path)
        equal((refused.code, "one project" in refused.error), (1, True), refused.error)
        equal(host.ask("export", "acme", "--project", "none", "--output", target()).code, 1, "no such project")
        equal(host.ask("export", "acme", "--output", path).code, 1, "a file that is there already")


@scenario("An export is of one moment while imports and publishing go on, and does not hold them up", **BOTH)
def while_writing():
    with Host(portals=("acme",)) as host:
        states = [content.many_topics(60, f"number-{i}") for i in range(2)]
        host.command("import", "acme", "states", states[0])
        host.command("publish", "acme", "states")
        stop, failures = threading.Event(), []

        def write():
            turn = 0
            while not stop.is_set():
                turn += 1
                for words in (("import", "acme", "states", states[turn % 2]), ("publish", "acme", "states")):
                    answer = host.ask(*words)
                    if answer.code != 0:
                        failures.append(answer.error)

        writer = threading.Thread(target=write)
        writer.start()
        try:
            for turn in range(4):
                path = target()
                host.command("export", "acme", "--output", path)
                check_archive(path)
                with zipfile.ZipFile(path) as z:
                    marks = {re.search(rb"number-\d+", z.read(n))[0] for n in z.namelist()
                             if n.startswith("projects/states/topic")}
                equal(len(marks), 1, f"states in one export: {marks}")
                host.command("portal", "create", f"copy-{turn}", "--from", path)
        finally:
            stop.set()
            writer.join()
        equal(failures, [], "what was refused meanwhile")


def changed(path, change):
    """The archive with another manifest, or with an entry added, left out or replaced."""
    out = target()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w") as new:
        for info in old.infolist():
            data = change(info.filename, old.read(info))
            if data is not None:
                new.writestr(info.filename, data)
    return out


def with_manifest(path, edit):
    def change(name, data):
        if name != "MANIFEST.json":
            return data
        manifest = json.loads(data)
        edit(manifest)
        return json.dumps(manifest)
    return changed(path, change)


def with_database(path, sql):
    """Another program's hand in the database, and a manifest whose digest of the file is right again."""
    copy = target("portal.db")
    with zipfile.ZipFile(path) as z:
        copy.write_bytes(z.read("portal.db"))
    db = sqlite3.connect(copy)
    db.executescript(sql)
    db.close()
    data = copy.read_bytes()

    def edit(manifest):
        for entry in manifest["entries"]:
            if entry["path"] == "portal.db":
                entry.update(size=len(data), sha256=hashlib.sha256(data).hexdigest())
    return changed(with_manifest(path, edit), lambda name, old: data if name == "portal.db" else old)


@scenario("What is tampered with, cut, foreign or newer is refused with a sentence, and no portal is made", **BOTH)
def refused():
    with Host() as host:
        filled(host)
        path = target()
        host.command("export", "acme", "--output", path)
        whole = path.read_bytes()
        cut, junk, flipped = target(), target(), target()
        cut.write_bytes(whole[:len(whole) * 2 // 3])
        junk.write_bytes(b"not a zip" * 100)
        at = whole.index(b"SQLite format 3") + 5000
        flipped.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        link = target()
        with zipfile.ZipFile(path) as old, zipfile.ZipFile(link, "w") as new:
            for info in old.infolist():
                new.writestr(info, old.read(info))
            extra = zipfile.ZipInfo("people2.json")
            extra.create_system, extra.external_attr = 3, 0o120777 << 16
            new.writestr(extra, "/etc/passwd")
        slip = target()
        with zipfile.ZipFile(slip, "w") as new:
            new.writestr("../portal.db", b"x")
        bomb = target()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as new:
            new.writestr("portal.db", bytes(200 << 20))
        cases = {
            "cut short": (cut, "archive|export"),
            "no zip": (junk, "neither a zip"),
            "a flipped bit": (flipped, "damaged|not what"),
            "a manual": (content_zip(), "no export of Carrel"),
            "an entry replaced": (changed(path, lambda n, d: b"[]" if n == "people.json" else d), "people.json"),
            "an entry left out": (changed(path, lambda n, d: None if n == "audit.jsonl" else d), "lacks 'audit.jsonl'"),
            "no database": (changed(path, lambda n, d: None if n == "portal.db" else d), "lacks 'portal.db'"),
            "a newer format": (with_manifest(path, lambda m: m.update(version=2)), "newer release"),
            "another format": (with_manifest(path, lambda m: m.update(format="x")), "no export of Carrel"),
            "another hash": (with_manifest(path, lambda m: m.update(content_hash="0" * 64)), "does not hold"),
            "a newer schema": (with_database(path, "PRAGMA user_version = 900"), "newer release"),
            "a changed row": (with_database(path, "UPDATE person SET role = 0"), "does not hold"),
            "a changed log": (with_database(path, "UPDATE audit SET actor = 9 WHERE seq = 2"), "does not hold"),
            "a trigger": (with_database(path, "CREATE TRIGGER t AFTER INSERT ON audit BEGIN SELECT 1; END"), "triggers"),
            "a link": (link, "symbolic link"),
            "a name that leaves": (slip, "could leave"),
            "a bomb": (bomb, "times its size"),
        }
        for what, (file, sentence) in cases.items():
            answer = host.ask("portal", "create", "victim", "--from", file)
            equal(answer.code, 1, f"{what}: the exit code")
            equal(bool(re.search(sentence, answer.error)), True, f"{what}: {answer.error.strip()}")
        equal([p["name"] for p in host.command("portal", "list")], ["acme"], "the portals")
        equal(len(list((host.data / "portals").iterdir())), 1, "the containers")


def nothing_half(path):
    """No file, or the whole one: whoever was killed may have come to the end."""
    wait_until("nothing half lies there", 5, lambda: list(path.parent.iterdir()) in ([], [path]))
    if path.exists():
        check_archive(path)


def content_zip():
    out = target()
    with zipfile.ZipFile(out, "w") as z:
        z.writestr("index.md", "# Start\n\nText.\n")
    return out


@scenario("An export whose job, command line or host is killed leaves no file that looks whole, and no copy behind")
def killed():
    with Host(portals=("acme",)) as host:
        host.command("import", "acme", "big", content.folder(start="# Start\n\nText.\n", **{
            f"data{i}.pdf": b"%PDF-1.7\n" + hashlib.shake_256(bytes([i])).digest(20 << 20) for i in range(10)}))
        whole = target()
        equal(host.command("export", "acme", "--output", whole)["bytes"] > 400 << 20, True, "there is something to cut")
        whole.unlink()
        host.command("publish", "acme", "big")
        folder, cuts = container(host, "acme"), 0
        for step, delay in enumerate((0, 0.1, 0.3, 0.6, 1, 1.5, 2, 3)):
            host.allow(r"job\[\d+\]")
            path, known = target(), all_at(host)
            asking = host.begin("export", "acme", "--output", path)
            victim = job_pid(host, known)
            wait_until("the copy is being made", 5, lambda: rest_of(folder), pause=0.001)
            time.sleep(delay)
            if step % 2 == 0 and victim is not None:
                Process(victim).kill()
            else:
                asking.send_signal(signal.SIGKILL)
            code = asking.wait(30)
            if code != 0:
                cuts += 1
                # A command that was killed is not waited for by its job, which may go on to its end.
                wait_until("the copy is gone", 20, lambda: not rest_of(folder))
                nothing_half(path)
            else:
                check_archive(path)
        if cuts < 3:
            raise AssertionError(f"only {cuts} exports were cut; the moments are wrong")
        host.allow(r"ended", r"job\[\d+\]")
        path, registry = target(), Process(host.pid_of("registry"))
        asking = host.begin("export", "acme", "--output", path)
        wait_until("the copy is being made", 5, lambda: rest_of(folder), pause=0.001)
        registry.kill()
        equal(asking.wait(30), 1, "the exit code when the registry dies")
        nothing_half(path)
        wait_until("an export works again", 30, lambda: host.ask("export", "acme", "--output", target()).code == 0)
        equal(rest_of(folder), [], "what is left of the copy")


# ---- the end of a portal ----

def openssl_says(answer, folder):
    """Whether the signature over the certificate's bytes is the signer's, in openssl's opinion."""
    (folder / "c").write_text(answer["certificate"])
    (folder / "s").write_bytes(bytes.fromhex(answer["signature"]))
    (folder / "signer.pem").write_text(answer["signer"])
    key = subprocess.run(["openssl", "x509", "-in", folder / "signer.pem", "-pubkey", "-noout"],
                         capture_output=True, check=True).stdout
    (folder / "k").write_bytes(key)
    done = subprocess.run(["openssl", "dgst", "-sha256", "-verify", folder / "k", "-signature", folder / "s",
                           folder / "c"], capture_output=True, check=False)
    return done.returncode == 0


def certificate(host, name, seconds=30):
    return wait_until("the certificate is there", seconds, lambda: (
        lambda a: a.code == 0 and a.json)(host.ask("portal", "certificate", name, "--json")), pause=0.2)


def grace_is_over(host, name):
    """Thirty days later: the host is away while its row is changed, as time would change it."""
    host.stop()
    db = sqlite3.connect(host.data / "registry" / "registry.db")
    with db:
        db.execute("UPDATE portal SET delete_after = 1800000000 - 86400 * 365 * 10 WHERE name = ? AND state = 3", (name,))
    db.close()
    host.start()
    host.wait_ready()


@scenario("A deleted portal is unknown to readers, comes back within its grace, and is destroyed after it with a "
          "certificate that openssl believes", **BOTH)
def deleted():
    with Host() as host:
        filled(host)
        host.command("portal", "create", "other")
        folder = container(host, "acme")
        page = Visitor(host, "acme").get("/docs/other/topic-001").body
        rows = {p["name"]: p for p in (host.command("portal", "delete", "acme"), *host.command("portal", "list"))}
        days = (time.mktime(time.strptime(rows["acme"]["destroyed_after"], "%Y-%m-%dT%H:%M:%SZ")) - time.time()) / 86400
        equal(29 < days < 31, True, f"the days of grace, {days}")
        for name in ("acme", "nobody"):
            try:
                Visitor(host, name).get("/")
                raise AssertionError(f"{name} answers")
            except OSError as refused:
                equal("unrecognized name" in str(refused).lower(), True, f"{name}: {refused}")
        equal(host.ask("export", "acme", "--output", target()).code, 1, "an export of a deleted portal")
        host.command("portal", "restore", "acme")
        equal(Visitor(host, "acme").get("/docs/other/topic-001").body, page, "the page after the restore")
        host.command("portal", "delete", "acme")
        equal(host.ask("portal", "certificate", "acme").code, 1, "a certificate before its time")
        grace_is_over(host, "acme")
        answer = certificate(host, "acme")
        equal(folder.exists(), False, "the container")
        equal([p["name"] for p in host.command("portal", "list")], ["other"], "the portals")
        said = json.loads(answer["certificate"])
        equal((said["portal"], len(said["content"]["content_hash"])), ("acme", 64), "what it says")
        equal((said["content"]["tables"]["project"], said["content"]["tables"]["person"]), (2, 2), "the counts")
        equal("@" in answer["certificate"], False, "people in the certificate")
        looked = target().parent
        equal(openssl_says(answer, looked), True, "the signature")
        equal(answer["signer"] in host.ca.read_text(), True, "the signer is the host's authority")
        changed_one = dict(answer, certificate=answer["certificate"].replace('"acme"', '"globex"'))
        equal(openssl_says(changed_one, looked), False, "another text under the signature")
        host.command("portal", "create", "acme")
        equal(certificate(host, "acme")["certificate"], answer["certificate"], "it stays when the name is used again")


@scenario("--now destroys a portal at once, and only when its name is typed again", **BOTH)
def deleted_now():
    with Host(portals=("acme", "globex")) as host:
        folder = container(host, "acme")
        for words in (("--now",), ("--now", "--confirm", "globex"), ("--now", "--confirm", "")):
            equal(host.ask("portal", "delete", "acme", *words).code, 1, f"delete {words}")
        equal([p["state"] for p in host.command("portal", "list")], ["active", "active"], "the portals")
        host.command("portal", "delete", "acme", "--now", "--confirm", "acme")
        equal(openssl_says(certificate(host, "acme"), target().parent), True, "the signature")
        equal(folder.exists(), False, "the container")
        host.command("portal", "delete", "globex")
        host.command("portal", "delete", "globex", "--now", "--confirm", "globex")
        certificate(host, "globex")


@scenario("A destruction that is cut short by kill -9 of registry or host goes on to its one certificate")
def destruction_killed():
    with Host() as host:
        for step in range(4):
            name = f"gone-{step}"
            host.allow(r"ended", r"job\[\d+\]", r"keys of a destroyed portal are still there", r"control connection")
            host.command("portal", "create", name)
            folder, registry = container(host, name), Process(host.pid_of("registry"))
            host.command("portal", "delete", name, "--now", "--confirm", name)
            time.sleep(0.03 * step)
            registry.kill()
            wait_until("the registry is back", 20, lambda: host.ask("portal", "list").code == 0)
            if host.ask("portal", "certificate", name).code != 0:
                host.stop()
                host.start()
                host.wait_ready()
            equal(openssl_says(certificate(host, name), target().parent), True, "the signature")
            equal(folder.exists(), False, "the container")
