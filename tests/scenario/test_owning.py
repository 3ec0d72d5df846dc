"""A portal's own administrators in the browser: its backups, a restore of it, an export of it."""
import io
import json
import os
import re
import signal
import sqlite3
import time
import zipfile

import content
from case import equal, scenario, wait_until
from host import Host
from visitor import Visitor

PASSWORD = "Correct-Horse-9"
BOSS = "owner@example.com"
CANARY = "perspicacious-otter-5521"


def portal(host, name="acme"):
    host.command("portal", "create", name)
    for login, role in ((BOSS, "administrator"), ("writer@example.com", "writer")):
        host.command("user", "add", name, login, "--role", role, "--password-stdin", say=PASSWORD + "\n")
    publish(host, name, f"The word is {CANARY}.")
    return enter(host, name)


def publish(host, name, text):
    host.command("import", name, "manual", content.folder(index=f"# Start\n\n{text}\n", second="# Second\n\nMore.\n"))
    host.command("publish", name, "manual")


def enter(host, name="acme", login=BOSS):
    visitor = Visitor(host, name)
    equal(visitor.login(login, PASSWORD).status, 303, f"the login of {login}")
    return visitor


def log(host, name="acme"):
    container = host.data / "portals" / str(host.portal_id(name))
    with sqlite3.connect(f"file:{container}/portal.db?mode=ro", uri=True) as db:
        return db.execute("SELECT action, actor, detail FROM audit ORDER BY seq").fetchall()


def reads(host, name="acme"):
    return Visitor(host, name).get("/docs/manual/index").text


@scenario("An administrator looks at the backups, restores one, is logged out and then hears how it went", rootless=True)
def restores():
    with Host() as host:
        boss = portal(host)
        equal("There is no backup yet" in boss.get("/edit/backups").text, True, "the page before there is a backup")
        time.sleep(1.1)                 # a moment is a second: what was written in that of the backup counts as changed
        host.command("backup", "now", "acme")
        publish(host, "acme", "All gone.")
        page = boss.get("/edit/backups").text
        equal(all(s in page for s in ("Backup 1", "on demand", "opened and verified", "UTC", "Topics changed since: 1")),
              True, f"the list: {page}")
        preview = boss.get("/edit/backups/restore?backup=1").text
        equal(all(s in preview for s in ("Restore backup 1", "Everybody is logged out", ">Start<")), True,
              f"the preview: {preview}")
        for wrong in ("0", "2", "x", "-1", ""):
            equal(boss.get(f"/edit/backups/restore?backup={wrong}").status, 404, f"a preview of backup '{wrong}'")
        answer = boss.post("/edit/backups/restore?backup=1", "/edit/backups/restore", backup="1")
        equal((answer.status, answer.location), (303, "/edit/backups"), "the answer to the order")
        wait_until("the session has ended", 60, lambda: boss.get("/edit/backups").location)
        equal(boss.get("/edit/backups").location, "/login?next=/edit/backups", "where the browser is led")
        equal(CANARY in reads(host), True, "whether readers see the text of then")
        boss = enter(host)
        wait_until("the page says so", 20, lambda: "The portal is what it was in backup 1. What it was before is backup 2."
                   in boss.get("/edit/backups").text)
        rows = {action: (actor > 0, json.loads(detail)) for action, actor, detail in log(host)
                if action.startswith("portal.restore")}
        equal(rows, {"portal.restore-ordered": (True, {"backup": 1}), "portal.restored": (True, {"backup": 1})},
              "what the log says")
        said = boss.get("/edit/log").text
        equal("restored the portal from a backup" in said and BOSS in said, True, "the log's page")


@scenario("A restore from the browser is refused when it fails, is one of many, or is a stranger's", rootless=True)
def refused():
    with Host() as host:
        boss = portal(host)
        portal(host, "globex")
        host.command("backup", "now", "acme")
        host.command("backup", "now", "globex")
        writer = enter(host, login="writer@example.com")
        code = writer.code("/account")
        for method, path in (("GET", "/edit/backups"), ("GET", "/edit/backups/restore?backup=1"), ("GET", "/edit/export"),
                             ("POST", "/edit/backups/restore"), ("POST", "/edit/export")):
            form = {"csrf": code, "backup": "1"} if method == "POST" else None
            equal(writer.request(method, path, form).status, 404, f"{method} {path} by a writer")
        # What acme has not is not another's: numbers are each portal's own.
        boss.post("/edit/backups/restore?backup=1", "/edit/backups/restore", backup="7")
        wait_until("the failure is shown", 20, lambda: "The last restore failed; nothing was changed"
                   in boss.get("/edit/backups").text)
        file = host.data / "vault/backups" / str(host.portal_id("acme")) / "1.esdk"
        data = file.read_bytes()
        file.write_bytes(data[:5000] + bytes([data[5000] ^ 1]) + data[5001:])
        boss.post("/edit/backups/restore?backup=1", "/edit/backups/restore", backup="1")
        wait_until("the damage is noticed", 20, lambda: "The last restore failed; nothing was changed"
                   in boss.get("/edit/backups").text and 'role="status"' not in boss.get("/edit/backups").text)
        equal(CANARY in reads(host), True, "whether the portal is as it was")
        file.write_bytes(data)
        code = boss.code("/edit/backups/restore?backup=1")
        last = boss.request("POST", "/edit/backups/restore", {"csrf": code, "backup": "7"})
        equal(last.status, 303, "the third order")
        wait_until("it is over", 20, lambda: 'role="status"' not in boss.get("/edit/backups").text)
        fourth = boss.request("POST", "/edit/backups/restore", {"csrf": code, "backup": "1"})
        equal((fourth.status, "3 times in a day" in fourth.text), (429, True), "the fourth order of a day")
        equal("There is no backup" in enter(host, "globex").get("/edit/backups").text, False, "the other portal's page")
        host.stop()
        host.start()
        host.wait_ready()
        boss = enter(host)
        page = boss.get("/edit/backups").text
        equal("The last restore failed; nothing was changed" in page, True, "whether it is known after a restart")
        fourth = boss.request("POST", "/edit/backups/restore", {"csrf": boss.code("/edit/backups/restore?backup=1"), "backup": "1"})
        equal((fourth.status, "3 times in a day" in fourth.text), (429, True), "the fourth order after a restart")
        with sqlite3.connect(f"file:{host.data}/registry/registry.db?mode=ro", uri=True) as db:
            equal(db.execute("SELECT count FROM errand").fetchall(), [(3,)], "what is written down")


@scenario("A restore whose registry was killed is called interrupted, and counts", rootless=True)
def interrupted():
    with Host() as host:
        host.allow(r"ended \(signal 9\); starting it again", r"was not told", r"no process", r"ended by a signal")
        boss = portal(host)
        host.command("backup", "now", "acme")
        code = boss.code("/edit/backups/restore?backup=1")
        vault = next(p["pid"] for p in host.command("status")["processes"] if p["name"] == "vault")
        os.kill(vault, signal.SIGSTOP)          # so it is under way for as long as we like
        equal(boss.request("POST", "/edit/backups/restore", {"csrf": code, "backup": "1"}).status, 303, "the order")
        os.kill(next(p["pid"] for p in host.command("status")["processes"] if p["name"] == "registry"), signal.SIGKILL)
        os.kill(vault, signal.SIGCONT)
        wait_until("the page says so", 30, lambda: "The host began anew while the last restore was under way"
                   in boss.get("/edit/backups").text)
        equal(CANARY in reads(host), True, "whether the portal is as it was")
        equal(boss.request("POST", "/edit/backups/restore", {"csrf": code, "backup": "1"}).status, 303, "the next order")
        wait_until("the session has ended", 60, lambda: boss.get("/edit/backups").location)


def working(host, name="acme"):
    """Each topic's text of today, by address."""
    container = host.data / "portals" / str(host.portal_id(name))
    with sqlite3.connect(f"file:{container}/portal.db?mode=ro", uri=True) as db:
        return dict(db.execute("SELECT t.slug, r.source FROM topic t JOIN revision r ON r.topic = t.id"
                               " AND r.number = t.revision").fetchall())


@scenario("An administrator brings a topic and a project back out of a backup, stays logged in, and loses nothing of today", rootless=True)
def parts():
    with Host() as host:
        boss = portal(host)
        then = working(host)
        time.sleep(1.1)
        host.command("backup", "now", "acme")
        publish(host, "acme", "All gone.")
        today = working(host)
        preview = boss.get("/edit/backups/restore?backup=1").text
        equal(preview.count('action="/edit/backups/part"'), 2, f"forms to bring a part back, of any and of the one that changed: {preview}")
        code = boss.code("/edit/backups/restore?backup=1")

        def bring(project, topic, backup="1"):
            return boss.request("POST", "/edit/backups/part",
                                {"csrf": code, "backup": backup, "project": project, "topic": topic})

        def over(said):
            return wait_until(said, 40, lambda: (lambda t: said in t and "is being brought back" not in t and t)(
                boss.get("/edit/backups").text))

        answer = bring("manual", "index")
        equal((answer.status, answer.location), (303, "/edit/backups"), "the answer to the order")
        page = over("What you asked for came back out of backup 1.")
        equal("Topics with one more revision: 1." in page, True, f"what is told of it: {page}")
        equal(working(host), then, "texts of today")
        equal(boss.get("/edit/backups").status, 200, "whether the session goes on")
        equal("All gone." in reads(host), True, "whether the publication is as it was")
        container = host.data / "portals" / str(host.portal_id("acme"))
        with sqlite3.connect(f"file:{container}/portal.db?mode=ro", uri=True) as db:
            texts = [text for text, in db.execute("SELECT source FROM revision")]
        equal(today["index"] in texts, True, "whether today's text is a revision before")
        record = [(actor > 0, json.loads(detail)) for action, actor, detail in log(host) if action == "project.restored"]
        equal(record, [(True, {"backup": 1, "topic": "index", "added": 0, "changed": 1, "files": 0})], "the log's record")
        equal(bring("manual", "").status, 303, "the whole project")
        over("Topics that are the same: 2.")
        for project, topic in (("nothing", ""), ("manual", "nothing"), ("../x", ""), ("'; --", "\u2028")):
            equal(bring(project, topic).status, 303, "an order for what the backup lacks")
            over("could not be brought back; nothing was changed")
        for project, topic in (("", ""), ("x" * 501, ""), ("manual", "x" * 501)):
            answer = bring(project, topic)
            equal((answer.status, "say which project" in answer.text), (422, True), "an order that is none")
        equal(bring("manual", "", "0").status, 404, "an order about no backup")
        equal(working(host), then, "texts of today, after all of this")
        equal(list(container.glob("received*")), [], "copies that stay behind")


@scenario("An administrator looks into a backup: what today lacks or has otherwise is listed, and each topic comes back by its button", rootless=True)
def inside():
    with Host() as host:
        boss = portal(host)
        host.command("import", "acme", "many", content.many_topics(120, "one"))
        host.command("import", "acme", "same", content.folder(steady="# Same\n\nAs ever.\n"))
        then = working(host)
        host.command("backup", "now", "acme")
        publish(host, "acme", "All gone.")
        container = host.data / "portals" / str(host.portal_id("acme"))
        host.command("import", "acme", "many", content.many_topics(120, "two"))
        room = "/edit/backups/inside?backup=1"
        equal(f'href="{room}"' in boss.get("/edit/backups/restore?backup=1").text, True, "the way there")
        page = boss.get(room).text
        equal("Look inside" in page and "Bring back" not in page, True, f"the page before somebody looked: {page}")

        def look(backup="1"):
            answer = boss.request("POST", "/edit/backups/look", {"csrf": boss.code(room), "backup": backup})
            equal((answer.status, answer.location), (303, f"/edit/backups/inside?backup={backup}"), "the answer to the order")
            return wait_until("it was looked into", 40, lambda: (lambda t: "is being looked into" not in t and t)(boss.get(room).text))

        page = look()
        equal(all(s in page for s in ("Another text today: 121", "Not there today: 0", "Topics that are the same: 2")), True,
              f"what it says: {page}")
        shown, address = set(), room
        while address:
            page = boss.get(address.replace("&amp;", "&")).text
            shown |= set(re.findall(r'name="topic" value="([^"]*)"', page))
            address = (re.findall(r'rel="next" href="([^"]*)"|href="([^"]*)" rel="next"', page) or [("", "")])[0]
            address = address[0] or address[1] if address else ""
        equal(len(shown), 121, "topics in all pages of the list")
        row = re.search(r'<form method="post" action="/edit/backups/part">.*?</form>', boss.get(room).text, re.S).group()
        form = dict(re.findall(r'name="([a-z]+)" value="([^"]*)"', row))
        equal(boss.request("POST", "/edit/backups/part", form).status, 303, "the button beside a topic")
        wait_until("it came back", 40, lambda: "Topics with one more revision: 1." in boss.get("/edit/backups").text)
        equal(working(host)[form["topic"]], then[form["topic"]], "the text that came back")
        page = look()
        equal("Another text today: 120" in page and "Topics that are the same: 3" in page, True, "what it says after that")
        for wrong in ("0", "7", "x", ""):
            equal(boss.get(f"/edit/backups/inside?backup={wrong}").status, 404, f"a look into backup '{wrong}'")
        for wrong in ("1", "99999999", "-5", "x"):
            equal(boss.get(f"{room}&from={wrong}").status, 200, f"rows from {wrong}")
        equal(sorted(p.name for p in container.glob("inside*")), ["inside.jsonl"], "what is in the container")
        equal(list(container.glob("received*")), [], "copies that stay behind")
        (container / "inside.jsonl").write_bytes(b"{" * 200000)
        equal("Look inside" in boss.get(room).text, True, "the page when that file is none")


@scenario("Where the operator alone restores, the page says so and an order is refused", rootless=True)
def operators_alone():
    with Host("--set", "backups.restore_in_browser=no") as host:
        boss = portal(host)
        host.command("backup", "now", "acme")
        for path in ("/edit/backups", "/edit/backups/restore?backup=1"):
            page = boss.get(path).text
            equal("On this host the operator restores portals" in page and "Backup 1" in page, True, f"the page: {page}")
            equal("/edit/backups/restore" in page, False, f"a way to restore in {path}")
        answer = boss.request("POST", "/edit/backups/restore", {"csrf": boss.code("/edit/backups/own"), "backup": "1"})
        equal((answer.status, "on this host the operator restores portals" in answer.text), (422, True), "an order all the same")
        answer = boss.request("POST", "/edit/backups/part", {"csrf": boss.code("/edit/backups/own"), "backup": "1",
                                                             "project": "manual", "topic": ""})
        equal((answer.status, "on this host the operator restores portals" in answer.text), (422, True), "an order of a part")
        publish(host, "acme", "All gone.")
        host.command("backup", "restore", "acme")
        equal(CANARY in reads(host), True, "whether the operator restores it")


@scenario("An administrator makes an export, fetches it whole and in part, and removes it", rootless=True)
def exports():
    with Host() as host:
        boss = portal(host)
        container = host.data / "portals" / str(host.portal_id("acme"))
        equal(boss.get("/edit/export/file").status, 404, "the file before there is one")
        answer = boss.post("/edit/export", "/edit/export")
        equal((answer.status, answer.location), (303, "/edit/export"), "the answer to the order")
        page = wait_until("it is ready", 60, lambda: (t := boss.get("/edit/export").text) and "An export is ready" in t and t)
        equal('href="/edit/export/file"' in page, True, "the link")
        whole = boss.get("/edit/export/file")
        equal((whole.status, whole.headers["Content-Type"], whole.headers["Cache-Control"]),
              (200, "application/zip", "private, no-store"), "the file's head")
        equal(bool(re.fullmatch(r'attachment; filename="acme-\d{4}-\d\d-\d\d\.zip"', whole.headers["Content-Disposition"])),
              True, f"its name: {whole.headers['Content-Disposition']}")
        with zipfile.ZipFile(io.BytesIO(whole.body)) as archive:
            equal(archive.testzip(), None, "a damaged entry")
            names = archive.namelist()
            equal(any(n.endswith("index.md") for n in names) and "MANIFEST.json" in names, True, f"entries: {names}")
            everything = b"".join(archive.read(n) for n in names)
        equal(CANARY.encode() in everything, True, "whether the text is in it")
        equal(b"$argon2id$" in everything, False, "whether a password's hash is in it")
        part = boss.get("/edit/export/file", headers={"Range": "bytes=100-299"})
        equal((part.status, part.body), (206, whole.body[100:300]), "a part of it")
        for visitor, status in ((Visitor(host, "acme"), 303), (enter(host, login="writer@example.com"), 404)):
            equal(visitor.get("/edit/export/file").status, status, "the file for somebody else")
        equal(boss.post("/edit/export", "/edit/export/remove").status, 303, "the removal")
        equal((boss.get("/edit/export/file").status, [p.name for p in container.glob("takeaway*")]), (404, []),
              "the file afterwards")
        said = [action for action, actor, _ in log(host) if action.startswith("portal.export") and actor > 0]
        equal(said, ["portal.export", "portal.export-fetched", "portal.export-fetched", "portal.export-removed"],
              "what the log says")
