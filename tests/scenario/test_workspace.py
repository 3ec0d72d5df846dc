"""The workspace: who may enter which room, what its forms do, and that nothing of a deleted person is left."""
import csv
import hashlib
import io
import json
import re
import sqlite3
import struct
import time
import urllib.parse

import content
from case import equal, scenario
from host import Host
from processes import read_if_there
from visitor import Visitor

PASSWORD = "Correct-Horse-9"
ROLES = ("administrator", "writer", "reviewer", "power-reader")
AUTHOR_PAGES = ("/edit",)
PAGES = ("/edit/people", "/edit/people/1", "/edit/people/invite", "/edit/people/import", "/edit/people/delete?id=1",
         "/edit/people/unfactor?id=1",
         "/edit/groups", "/edit/groups/gold", "/edit/access", "/edit/access/manual", "/edit/log", "/edit/settings")
FORMS = ("/edit/people/invite", "/edit/people/import", "/edit/people/change", "/edit/people/disable",
         "/edit/people/enable", "/edit/people/reset", "/edit/people/end-sessions", "/edit/people/unfactor", "/edit/people/delete",
         "/edit/group/add", "/edit/group/rename", "/edit/group/remove", "/edit/group/join", "/edit/group/leave",
         "/edit/publication/visibility", "/edit/publication/grant", "/edit/publication/revoke",
         "/edit/log/verify", "/edit/log/export", "/edit/settings")
LINK = re.compile(r'value="(https://acme\.localhost:\d+/welcome\?t=cr[ir]_[A-Za-z0-9_-]{43})"')


def add(host, login, role, portal="acme"):
    host.command("user", "add", portal, login, "--role", role, "--password-stdin", say=PASSWORD + "\n")


def enter(host, login, portal="acme"):
    visitor = Visitor(host, portal)
    equal(visitor.login(login, PASSWORD).status, 303, f"the login of {login}")
    return visitor


def portal(host, name="acme"):
    """A portal with somebody in each role, a group and a restricted publication; its administrator, logged in."""
    host.command("portal", "create", name)
    host.command("import", name, "manual", content.folder(start="# Start\n\nFor readers.\n"))
    host.command("publish", name, "manual", "--visibility", "restricted")
    host.command("group", "add", name, "gold", "--title", "Gold customers")
    for role in ROLES:
        add(host, f"{role}@example.com", role, name)
    return enter(host, "administrator@example.com", name)


def number(host, login, name="acme"):
    return next(p["id"] for p in host.command("user", "list", name) if p["email"] == login)


def state(host):
    """All that a form could change, as the command line tells it."""
    return (host.command("user", "list", "acme"), host.command("group", "list", "acme"),
            host.command("access", "list", "acme", "manual"), host.command("settings", "show", "acme"))


@scenario("Every room of the workspace is open to its roles and does not exist for others", rootless=True)
def rooms():
    with Host() as host:
        boss = portal(host)
        visitors = {role: enter(host, f"{role}@example.com") for role in ROLES}
        for path in AUTHOR_PAGES + PAGES:
            stranger = Visitor(host, "acme").get(path)
            equal((stranger.status, urllib.parse.unquote(stranger.location or "")),
                  (303, "/login?next=" + path.split("?")[0]), f"{path} for a stranger")
            for role, visitor in visitors.items():
                may = role == "administrator" or (path in AUTHOR_PAGES and role != "power-reader")
                answer = visitor.get(path)
                equal(answer.status, 200 if may else 404, f"{path} for a {role}")
                equal(answer.headers["Cache-Control"], "private, no-store" if may else "no-store", f"caching {path}")
                if not may:
                    equal(answer.body, visitor.get("/docs/none/none").body, f"what a {role} sees at {path}")
        for path in ("/edit/people/999", "/edit/people/x", "/edit/people/0", "/edit/people/-1", "/edit/groups/none",
                     "/edit/access/none", "/edit/people/delete?id=7x", "/edit/none"):
            equal(boss.get(path).status, 404, f"{path} for the administrator")
        equal('href="/edit"' in boss.get("/").text, True, "the home page leads an author to the workspace")
        equal('href="/edit"' in visitors["power-reader"].get("/").text, False, "it leads a reader there")
        equal('href="/edit"' in Visitor(host, "acme").get("/").text, False, "it leads a stranger there")


@scenario("No form of the workspace works for a lesser role, without its code, stale, or from another portal",
          rootless=True)
def forms():
    with Host() as host:
        boss = portal(host)
        before = state(host)
        fields = {"id": "2", "email": "new@example.com", "role": "administrator", "name": "X", "group": "gold",
                  "title": "Y", "publication": "manual", "visibility": "public", "csv": "z@example.com", "do": "page",
                  "password.minimum": "9", "language": "fr"}
        for role in ROLES[1:]:
            visitor = enter(host, f"{role}@example.com")
            code = visitor.code("/account")
            for path in FORMS:
                answer = visitor.request("POST", path, {"csrf": code, **fields})
                equal((answer.status, answer.body), (404, visitor.get("/edit/none").body), f"{path} by a {role}")
        stranger = Visitor(host, "acme")
        code = stranger.code("/login")
        for path in FORMS:
            answer = stranger.request("POST", path, {"csrf": code, **fields})
            equal((answer.status, answer.location), (303, "/login"), f"{path} by a stranger")
        stale = boss.code("/edit/people/invite")
        host.command("portal", "create", "other")
        add(host, "administrator@example.com", "administrator", "other")
        foreign = enter(host, "administrator@example.com", "other")
        code, other = boss.code("/edit/people/invite"), foreign.code("/account")
        for path in FORMS:
            for what, form, how in (
                    ("no code", fields, {}),
                    ("a wrong code", {"csrf": "x" * 43, **fields}, {}),
                    ("another portal's code", {"csrf": other, **fields}, {}),
                    ("a sibling portal", {"csrf": code, **fields}, {"headers": [("Sec-Fetch-Site", "same-site")]}),
                    ("another origin", {"csrf": code, **fields}, {"headers": [("Origin", "https://evil.example")]})):
                equal(boss.request("POST", path, form, **how).status, 403, f"{path} with {what}")
            mixed = {**foreign.cookies}
            answer = boss.request("POST", path, {"csrf": other, **fields}, cookies=mixed)
            equal(answer.status in (303, 403) and answer.location in (None, "/login"), True,
                  f"{path} with another portal's cookies: {answer.status} {answer.location}")
        boss.post("/account", "/logout")
        boss.login("administrator@example.com", PASSWORD)
        boss.get("/edit/people/invite")
        equal(boss.request("POST", "/edit/people/invite", {"csrf": stale, **fields}).status, 403, "a stale form")
        equal(state(host), before, "what is there after all of it")


@scenario("An administrator invites, changes, disables, enables, resets and deletes in the browser", rootless=True)
def accounts():
    with Host() as host:
        boss = portal(host)
        invite = "/edit/people/invite"
        answer = boss.post(invite, invite, email="Wanda@Example.com", name="Wanda <b>", role="writer",
                           expires="2999-12-31")
        link = LINK.search(answer.text)[1]
        equal((answer.status, answer.headers["Cache-Control"]), (200, "private, no-store"), "the answer with the link")
        equal("<b>" in boss.get("/edit/people").text.split("<main")[1], False, "her name as markup")
        wanda = number(host, "wanda@example.com")
        page = f"/edit/people/{wanda}"
        equal(link in boss.get(page).text, False, "whether the link is shown again")
        again = boss.post(invite, invite, email="wanda@example.com", name="Kept", role="writer", expires="")
        equal((again.status, "has an account already" in again.text, 'value="Kept"' in again.text), (422, True, True),
              "the same address again")
        guest = Visitor(host, "acme")
        guest.get(link[link.index("/welcome"):])
        equal(guest.post("/welcome", "/welcome", password="Writer-Horse-3").status, 303, "her first password")
        equal(guest.get("/edit").status, 200, "her workspace")
        for path, fields, done in (
                ("change", {"name": "Wanda Woolf", "role": "reviewer", "expires": ""}, "saved"),
                ("end-sessions", {}, "sessions"), ("disable", {}, "disabled"), ("enable", {}, "enabled")):
            answer = boss.post(page, f"/edit/people/{path}", id=wanda, **fields)
            equal((answer.status, answer.location), (303, f"{page}?done={done}"), f"the form {path}")
            equal('role="status"' in boss.get(answer.location).text, True, f"what the page says after {path}")
        equal(guest.get("/edit").location, "/login?next=/edit", "her session after all that")
        row = next(p for p in host.command("user", "list", "acme") if p["id"] == wanda)
        equal((row["name"], row["role"], row["state"], row.get("expires", "")), ("Wanda Woolf", "reviewer", "active", ""),
              "the account as the command line has it")
        reset = boss.post(page, "/edit/people/reset", id=wanda)
        equal("/welcome?t=crr_" in LINK.search(reset.text)[1], True, "the link for a new password")
        me = number(host, "administrator@example.com")
        for path in ("disable", "delete"):
            answer = boss.post(f"/edit/people/{me}", f"/edit/people/{path}", id=me)
            equal((answer.status, "last active administrator" in answer.text), (422, True), f"{path} the last one")
        answer = boss.post(f"/edit/people/{me}", "/edit/people/change", id=me, name="", role="writer", expires="")
        equal(answer.status, 422, "a lesser role for the last administrator")
        asked = boss.get(f"/edit/people/delete?id={wanda}")
        equal("wanda@example.com" in asked.text, True, "the question before deleting")
        answer = boss.post(page, "/edit/people/delete", id=wanda)
        equal((answer.status, answer.location), (303, "/edit/people?done=deleted"), "the answer to deleting")
        equal(boss.get(page).status, 404, "her page afterwards")
        equal(boss.post("/edit/people/invite", "/edit/people/delete", id=wanda).status, 404, "deleting her twice")


@scenario("After a deletion neither the database nor its log nor any page has the person's address or name",
          rootless=True)
def deletion():
    with Host() as host:
        boss = portal(host)
        invite, secrets = "/edit/people/invite", ("zebulon.quux@private.example", "Zebulon Quuxworthy")
        for i in range(30):
            boss.post(invite, invite, email=f"filler-{i}@example.com", name=f"Filler {i}", role="power-reader")
        link = LINK.search(boss.post(invite, invite, email=secrets[0], name=secrets[1], role="reviewer").text)[1]
        guest = Visitor(host, "acme")
        guest.get(link[link.index("/welcome"):])
        guest.post("/welcome", "/welcome", password="Writer-Horse-3")
        zeb = number(host, secrets[0])
        boss.post("/edit/groups/gold", "/edit/group/join", group="gold", email=secrets[0])
        boss.post("/edit/access/manual", "/edit/publication/grant", publication="manual", email=secrets[0])
        boss.post(f"/edit/people/{zeb}", "/edit/people/change", id=zeb, name=secrets[1] + " II", role="power-reader",
                  expires="")
        folder = host.data / "portals" / str(host.portal_id("acme"))
        files = [f for f in folder.rglob("*") if f.is_file()]
        equal(any(secrets[0].encode() in f.read_bytes() for f in files), True, "whether looking finds what is there")
        equal(boss.post(f"/edit/people/{zeb}", "/edit/people/delete", id=zeb).status, 303, "the deletion")
        for text in (*secrets, "quux", "Quuxworthy"):
            found = [f.name for f in folder.rglob("*") if f.is_file() and text.encode() in read_if_there(f)]
            equal(found, [], f"files of the container with {text!r}")
            equal([line for line in host.lines if text in line], [], f"lines of the host's log with {text!r}")
        log = boss.get("/edit/log").text
        equal((f"former reader {zeb}" in log, secrets[0] in log), (True, False), "what the portal's log calls them")


@scenario("The list of people is searched, filtered and turned over page by page", rootless=True)
def listing():
    with Host() as host:
        boss = portal(host)
        table = "".join(f"reader-{i:04}@example.com,Reader {i}\n" for i in range(120))
        do = {"csv": table, "groups": "gold", "do": "page"}
        equal(boss.post("/edit/people/import", "/edit/people/import", **do).status, 200, "120 readers")

        def listed(path):
            text = boss.get(path).text.split("<main")[1]
            found = re.findall(r"[a-z0-9-]+@example\.com", re.sub(r'(href|value)="[^"]*"', "", text))
            return list(dict.fromkeys(found)), text

        seen, path = [], "/edit/people?role=power-reader"
        for _ in range(3):
            rows, text = listed(path)
            seen += rows
            path = (re.search(r'rel="next" href="([^"]+)"', text) or [None, None])[1]
            path = path and path.replace("&amp;", "&")
        equal(seen, sorted(["power-reader@example.com"] + [f"reader-{i:04}@example.com" for i in range(120)]),
              "all pages together")
        equal(path, None, "a page behind the last one")
        equal(listed("/edit/people?text=READER-0077")[0], ["reader-0077@example.com"], "by a part of the address")
        equal(listed("/edit/people?text=reader+77")[0], ["reader-0077@example.com"], "by a part of the name")
        equal(listed("/edit/people?text=%25")[0], [], "a sign with a meaning to the database is a sign")
        equal(listed("/edit/people?state=disabled")[0], [], "those who are disabled")
        equal(len(listed("/edit/people?state=invited")[0]), 50, "those who are invited, on one page")
        equal(listed("/edit/people?role=none&state=x&text=admin")[0], ["administrator@example.com"], "unknown filters")
        equal(len(listed("/edit/groups/gold")[0]), 50, "one page of a group's members")


@scenario("A table of readers is checked line by line, then added whole, and its links come as a safe table",
          rootless=True)
def table():
    with Host() as host:
        boss = portal(host)
        page = "/edit/people/import"
        bad = ("email,name,expires,groups\n"
               "good@example.com,Good,2999-01-31,gold\n"
               "no address,X,,\n"
               "late@example.com,Late,2001-01-01,\n"
               "twin@example.com,A,,\n"
               "TWIN@example.com,B,,\n"
               "writer@example.com,Known,,\n"
               "lost@example.com,Lost,,silver\n"
               "many@example.com,A,,gold,too,many\n"
               "long@example.com," + "x" * 300 + ",,\n"
               "feb@example.com,F,2999-02-30,\n")
        before = host.command("user", "list", "acme")
        answer = boss.post(page, page, csv=bad)
        equal(answer.status, 422, "the check of a table with faults")
        lines = [int(n) for n in re.findall(r'class="fault-line">Line (\d+)<', answer.text)]
        equal(lines, [3, 4, 6, 7, 8, 9, 10, 11], "the lines with a fault")
        equal(boss.post(page, page, csv=bad, do="page").status, 422, "adding it all the same")
        for hostile in ('a@example.com,"open\n', 'a@example.com,"x"y\n', 'a@example.com,x"y"\n', "a@example.com\rb\n",
                        "email,colour\na@example.com,red\n", "email,email\na@example.com,b@example.com\n", "\n\n",
                        "email\n", "a@example.com," + "y" * 1100 + "\n", "," * 30 + "\n",
                        "".join(f"r{i}@example.com\n" for i in range(2001)), "x@example.com," + "z" * 300000):
            answer = boss.post(page, page, csv=hostile, do="page")
            equal(answer.status, 422, f"the table {hostile[:40]!r}")
        equal(host.command("user", "list", "acme"), before, "accounts after all of it")

        good = ('"=1+1@example.com","=HYPERLINK(""http://evil"")",2999-01-31,gold\r\n'
                "\r\n"
                "plain@example.com, Plain Name ,,\r\n"
                '"quoted@example.com","Comma, and ""quote""",,"gold"')
        checked = boss.post(page, page, csv=good)
        equal((checked.status, "plain@example.com" in checked.text), (200, True), "the check of a good table")
        equal(host.command("user", "list", "acme"), before, "accounts after the check")
        answer = boss.post(page, page, csv=good, do="download")
        equal((answer.headers["Content-Type"], answer.headers["Content-Disposition"]),
              ("text/csv; charset=utf-8", 'attachment; filename="invitations.csv"'), "the download")
        rows = list(csv.reader(io.StringIO(answer.text)))
        equal([r[:2] for r in rows], [["email", "name"], ["'=1+1@example.com", "'=HYPERLINK(\"http://evil\")"],
                                      ["plain@example.com", "Plain Name"],
                                      ["quoted@example.com", 'Comma, and "quote"']], "its rows")
        guest = Visitor(host, "acme")
        guest.get(rows[2][2][rows[2][2].index("/welcome"):])
        equal(guest.post("/welcome", "/welcome", password="Reader-Horse-3").status, 303, "a link from the table")
        made = {p["email"]: p for p in host.command("user", "list", "acme", "--role", "power-reader")}
        equal(made["=1+1@example.com"]["expires"], "2999-01-31", "the last day from the table")
        equal(sorted(p["email"] for p in host.command("group", "list", "acme", "--group", "gold")),
              ["=1+1@example.com", "quoted@example.com"], "who is in the group")


@scenario("A thousand readers from a table take a moment, and the portal answers meanwhile")
def thousand():
    with Host() as host:
        boss = portal(host)
        table = "email;name\n" + "".join(f"r{i}@example.com;Reader {i}\n" for i in range(1000))
        begin = time.monotonic()
        answer = boss.post("/edit/people/import", "/edit/people/import", csv=table, do="page")
        took = time.monotonic() - begin
        equal((answer.status, answer.text.count("/welcome?t=cri_")), (200, 1000), "the links")
        equal(took < 5, True, f"1,000 accounts took {took:.2f} s")
        for path in ("/edit/people", "/edit/people?text=nobody-at-all", "/edit/groups/gold", "/edit/log"):
            begin = time.monotonic()
            equal(boss.get(path).status, 200, path)
            equal(time.monotonic() - begin < 1, True, f"{path} is quick")
        file = content.folder(**{"people.csv": "email\n" + "".join(f"c{i}@example.com\n" for i in range(500))})
        made = host.command("user", "import", "acme", file / "people.csv", "--groups", "gold")
        equal((made["count"], len(made["people"]), "/welcome?t=cri_" in made["people"][0]["url"]), (500, 500, True),
              "the same by the command line")
        again = host.ask("user", "import", "acme", str(file / "people.csv"))
        equal((again.code, "500 of 500 lines have a fault" in again.error), (1, True), "the same file again")
        checked = host.command("user", "import", "acme", file / "people.csv", "--check")
        equal(checked["faulty"], 500, "its check")


@scenario("Groups are made, renamed, filled and removed, and rights follow at the next request", rootless=True)
def groups():
    with Host() as host:
        boss = portal(host)
        reader = enter(host, "power-reader@example.com")
        topic = "/docs/manual/start"
        equal(reader.get(topic).status, 404, "the topic before")
        answer = boss.post("/edit/groups", "/edit/group/add", group="silver", title="Silver <i>")
        equal((answer.status, answer.location), (303, "/edit/groups?done=saved"), "a new group")
        equal("Silver &lt;i&gt;" in boss.get("/edit/groups").text, True, "its title, escaped")
        for bad in ("Not A Slug", "", "gold", "-x", "x" * 65):
            equal(boss.post("/edit/groups", "/edit/group/add", group=bad, title="T").status, 422, f"a group {bad!r}")
        silver = "/edit/groups/silver"
        equal(boss.post(silver, "/edit/group/rename", group="silver", title="Silber").status, 303, "renaming")
        equal(boss.post(silver, "/edit/group/rename", group="silver", title="").status, 422, "an empty title")
        equal(boss.post(silver, "/edit/group/join", group="silver", email="power-reader@example.com").status, 303, "a member")
        equal(boss.post(silver, "/edit/group/join", group="silver", email="nobody@example.com").status, 422, "nobody")
        page = "/edit/access/manual"
        equal(boss.post(page, "/edit/publication/grant", publication="manual", group="silver").status, 303, "the grant")
        equal(reader.get(topic).status, 200, "the topic for a member")
        equal(boss.post(silver, "/edit/group/leave", group="silver", id=number(host, "power-reader@example.com")).status, 303,
              "leaving")
        equal(reader.get(topic).status, 404, "the topic for who left")
        boss.post(page, "/edit/publication/grant", publication="manual", email="power-reader@example.com")
        equal(reader.get(topic).status, 200, "the topic by name")
        answer = boss.post(page, "/edit/publication/revoke", publication="manual",
                           id=number(host, "power-reader@example.com"))
        equal(answer.status, 303, "taking it away")
        equal(reader.get(topic).status, 404, "the topic without it")
        equal(boss.post(page, "/edit/publication/grant", publication="none", group="silver").status, 404, "no publication")
        equal(boss.post(silver, "/edit/group/remove", group="silver").status, 303, "removing")
        equal((boss.get(silver).status, boss.get("/edit/groups/gold").status), (404, 200), "the groups afterwards")
        host.command("group", "rename", "acme", "gold", "Goldkunden")
        equal("Goldkunden" in boss.get("/edit/groups").text, True, "a name given by the command line")


@scenario("A publication's visibility changes at the next request: topic, home, sitemap, and for every reader",
          rootless=True)
def visibility():
    with Host() as host:
        boss = portal(host)
        page, topic = "/edit/access/manual", "/docs/manual/start"
        stranger, reader = Visitor(host, "acme"), enter(host, "power-reader@example.com")

        def seen():
            return (stranger.get(topic).status, reader.get(topic).status, boss.get(topic).status,
                    "/docs/manual/" in stranger.get("/").text, "/docs/manual/" in stranger.get("/sitemap.xml").text)

        closed = (404, 404, 200, False, False)
        equal(seen(), closed, "restricted")
        for value, wanted in (("public", (200, 200, 200, True, True)), ("private", closed), ("public", (200,) * 3 + (True,) * 2),
                              ("restricted", closed)):
            answer = boss.post(page, "/edit/publication/visibility", publication="manual", visibility=value)
            equal((answer.status, answer.location), (303, f"{page}?done=saved"), f"the form for {value}")
            equal(seen(), wanted, value)
            equal(seen(), wanted, f"{value}, from what is kept in memory")
        equal(boss.post(page, "/edit/publication/visibility", publication="manual", visibility="secret").status, 422, "secret")
        equal(host.command("access", "visibility", "acme", "manual", "public")["visibility"], "public", "the command")
        equal(seen(), (200, 200, 200, True, True), "after the command")
        last = host.command("audit", "show", "acme", "--limit", "1")[0]
        equal((last["action"], last["object"], json.loads(last["detail"])),
              ("access.visibility", "publication/manual", {"from": "restricted", "to": "public"}), "the log")


def seal(record):
    """A record's hash, computed from the manual's words alone (docs/formats/portal-db.md)."""
    def text(value):
        data = value.encode()
        return struct.pack(">Q", len(data)) + data
    head = b"carrel-audit-1\0" + bytes.fromhex(record["prev"])
    numbers = struct.pack(">QQQ", record["seq"], record["time"], record["actor"])
    return hashlib.sha256(head + numbers + b"".join(text(record[k]) for k in ("action", "object", "address", "detail"))
                          ).hexdigest()


@scenario("The log is read by person, action and day, verified, and exported so that anybody can check it", rootless=True)
def log():
    with Host() as host:
        boss = portal(host)
        Visitor(host, "acme").login("writer@example.com", "wrong")
        for i in range(70):
            host.command("group", "add", "acme", f"g{i}") if i < 3 else boss.post(
                "/edit/groups", "/edit/group/rename", group="gold", title=f"Gold {i}")
        first = boss.get("/edit/log").text
        equal(("renamed a group" in first, "administrator@example.com" in first), (True, True), "the newest records")
        older = re.search(r'rel="next" href="([^"]+)"', first)[1].replace("&amp;", "&")
        equal("added an account" in boss.get(older).text, True, "older ones")
        named = boss.get("/edit/log?who=writer@example.com").text
        equal(("failed to log in" in named, "renamed a group" in named), (True, False), "one person's")
        equal("failed to log in" in boss.get("/edit/log?what=login").text, True, "logins")
        equal("added an account" in boss.get("/edit/log?what=login").text, False, "logins only")
        today = time.strftime("%Y-%m-%d", time.gmtime())
        equal("renamed a group" in boss.get(f"/edit/log?day={today}").text, True, "today's")
        equal("No such record" in boss.get("/edit/log?day=2001-01-01").text, True, "another day's")
        for odd in ("?before=x", "?day=never", "?who=nobody@example.com", "?what=%00", "?before=99999999999999999999"):
            equal(boss.get("/edit/log" + odd).status, 200, odd)
        answer = boss.post("/edit/log", "/edit/log/verify")
        equal((answer.status, "The log is whole" in answer.text), (200, True), "the verification")
        export = boss.post("/edit/log", "/edit/log/export")
        equal(export.headers["Content-Type"], "application/x-ndjson; charset=utf-8", "the export's type")
        records = [json.loads(line) for line in export.text.splitlines()]
        equal([r["seq"] for r in records], list(range(1, len(records) + 1)), "its numbers")
        equal([r["prev"] for r in records], ["0" * 64] + [r["hash"] for r in records[:-1]], "its chain")
        equal([r["hash"] for r in records], [seal(r) for r in records], "its hashes, computed from the manual")
        equal(re.search(r"<code[^>]*>([0-9a-f]{64})<", answer.text)[1], records[-1]["hash"], "the seal on the page")
        rest = boss.post("/edit/log", "/edit/log/export", after=str(len(records) - 2))
        equal(len(rest.text.splitlines()), 2, "the export behind a record")
        shown = host.command("audit", "show", "acme", "--limit", "500")
        equal([r["hash"] for r in reversed(shown)][:len(records)], [r["hash"] for r in records], "the command line's")
        equal(host.command("audit", "verify", "acme")["holds"], True, "its verification")


@scenario("A log that somebody has changed in the file is found out, in the browser and by the command", rootless=True)
def broken():
    with Host() as host:
        portal(host)
        database = host.data / "portals" / str(host.portal_id("acme")) / "portal.db"
        host.stop()
        with sqlite3.connect(database) as db:
            seq = db.execute("SELECT seq FROM audit WHERE detail LIKE '%writer%'").fetchone()[0]
            db.execute("UPDATE audit SET detail = replace(detail, 'writer', 'reader') WHERE seq = ?", (seq,))
        db.close()
        host.start()
        host.wait_ready()
        boss = enter(host, "administrator@example.com")
        answer = boss.post("/edit/log", "/edit/log/verify")
        equal(f"not as it was written, from this record on: {seq}" in answer.text, True, "what the page says")
        verdict = host.ask("audit", "verify", "acme")
        equal((verdict.code, f"record {seq} on" in verdict.out), (1, True), f"what the command says: {verdict.out}")


@scenario("Settings hold at the next request, are logged, and no form lowers the floor of passwords", rootless=True)
def settings():
    with Host() as host:
        boss = portal(host)
        page = "/edit/settings"
        fields = {"title": "Acme Handbook", "language": "de", "password.profile": "standard", "password.minimum": "10",
                  **{f"session.idle.{r}": "30" for r in ROLES}, **{f"session.absolute.{r}": "600" for r in ROLES}}

        def change(**other):
            return boss.request("POST", page, {"csrf": boss.code(page), **fields, **other})

        equal((change().status, change().location), (303, f"{page}?done=saved"), "the form")
        now = host.command("settings", "show", "acme")
        equal({k: now[k] for k in fields}, fields, "the settings as the command line has them")
        for path in ("/", "/docs/manual/start", page):
            text = boss.get(path).text
            equal(("Acme Handbook" in text, '<html lang="de"' in text or path.startswith("/docs")), (True, True), path)
        for bad in ({"password.minimum": "4"}, {"password.minimum": "0"}, {"password.minimum": "-5"},
                    {"password.minimum": "65"}, {"password.minimum": "five"}, {"password.profile": "none"}, {"title": ""},
                    {"title": "x" * 201}, {"language": "not a tag"}, {"session.idle.writer": "4"},
                    {"session.idle.writer": "700"}, {"session.absolute.writer": "99999999"}):
            answer = change(**bad)
            equal((answer.status, 'role="alert"' in answer.text), (422, True), f"the settings {bad}")
        equal(host.command("settings", "show", "acme"), now, "after all of it")
        last = host.command("audit", "show", "acme", "--action", "settings", "--limit", "5")
        detail = json.loads(last[-1]["detail"])
        equal(detail["password.minimum"], {"from": "5", "to": "10"}, "the log of the first change")
        answer = boss.post("/account", "/account/password", current=PASSWORD, new="Kurz-7!x")
        equal(answer.status, 422, "a password that was long enough before")
