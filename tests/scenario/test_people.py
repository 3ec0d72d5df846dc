"""The operator's orders about people: accounts, links, passwords, groups and rights, and what is left of them."""
import json
import os
import re
import shutil
import sqlite3
import tempfile
from pathlib import Path

import content
from case import equal, scenario
from host import Host
from processes import read_if_there

BOTH = {"rootless": True, "host": "two"}
LINK = re.compile(r"^https://acme\.localhost:\d+/welcome\?t=(cr[oir]_[A-Za-z0-9_-]{43})$")
CANARY = "Kestrel-Vessel-7741"


def database(host, portal):
    """A copy of the portal's database, so that looking leaves nothing in the container."""
    folder = host.data / "portals" / str(host.portal_id(portal))
    copy = Path(tempfile.mkdtemp(prefix="look-", dir=Host.scratch))
    for name in ("portal.db", "portal.db-wal"):
        if (folder / name).exists():
            shutil.copyfile(folder / name, copy / name)
    return sqlite3.connect(copy / "portal.db")


def refused(host, *words, say=""):
    answer = host.ask(*words, say=say)
    equal((answer.code, answer.out), (1, ""), f"carrel {' '.join(words)}")
    return answer.error.removeprefix("carrel: ").strip()


def people(host, portal="acme", *options):
    return {p["email"]: p for p in host.command("user", "list", portal, *options)}


def files_with(host, text):
    """Every file of the data directory in which the bytes stand."""
    return [str(f) for f in host.data.rglob("*") if f.is_file() and text.encode() in read_if_there(f)]


def seen_in(process, text):
    """Where this process has the bytes; an ordinary user may look at command lines only."""
    try:
        return search_process(process, text)
    except (FileNotFoundError, ProcessLookupError):
        return []               # the job has just ended


def search_process(process, text):
    names = ("cmdline", "environ") if os.geteuid() == 0 else ("cmdline",)
    found = [f"{process} {name}" for name in names
             if text.encode() in Path(f"/proc/{process.pid}/{name}").read_bytes()]
    if os.geteuid() == 0 and text.encode() in memory_of(process.pid):
        found.append(f"{process} memory")
    return found


def memory_of(pid):
    """What a process can write to, as one string of bytes."""
    parts = []
    with open(f"/proc/{pid}/mem", "rb", 0) as memory:
        for line in Path(f"/proc/{pid}/maps").read_text().splitlines():
            area, rights = line.split()[:2]
            if not rights.startswith("rw"):
                continue
            start, end = (int(x, 16) for x in area.split("-"))
            memory.seek(start)
            try:
                parts.append(memory.read(end - start))
            except OSError:     # a reserved area without pages
                continue
    return b"\n".join(parts)


@scenario("A new portal has no account; its owner gets one link, of which only the hash is kept", rootless=True)
def owner():
    with Host() as host:
        made = host.command("portal", "create", "acme", "--owner", "Boss@Acme.example")
        token = LINK.match(made["setup_url"])[1]
        equal(token[:4], "cro_", "the kind of the link")
        equal(people(host), {}, "accounts before the link is used")
        db = database(host, "acme")
        equal(db.execute("SELECT kind, person, detail, used, expires - created FROM one_time").fetchall(),
              [(0, None, "boss@acme.example", 0, 86400)], "what is kept of the link")
        equal(files_with(host, token), [], "files that have the link's secret")
        equal([line for line in host.lines if token in line], [], "log lines that have it")
        equal("setup_url" in host.command("portal", "show", "acme"), False, "whether it is ever told again")
        equal("setup_url" in host.command("portal", "create", "other"), False, "a link without an owner")


@scenario("A portal whose owner has no address to write to is not made", rootless=True)
def owner_without_address():
    with Host() as host:
        equal("is no mail address" in refused(host, "portal", "create", "acme", "--owner", "the boss"), True,
              "the refusal names the address")
        equal(host.command("portal", "list"), [], "portals afterwards")
        host.command("portal", "create", "acme", "--owner", "boss@acme.example")


@scenario("An invited person has a link and no password; the same address is not invited twice", **BOTH)
def invitation(host):
    made = host.command("user", "add", "acme", "Wanda@Acme.example", "--role", "writer", "--name", "Wanda")
    equal((made["email"], made["role"], made["state"]), ("wanda@acme.example", "writer", "invited"), "the account")
    token = LINK.match(made["url"])[1]
    equal((token[:4], files_with(host, token)), ("cri_", []), "the link and files that have its secret")
    again = host.command("user", "reset", "acme", "wanda@acme.example")
    equal((LINK.match(again["url"])[1][:4], again["state"]), ("cri_", "invited"), "an invitation again")
    equal(refused(host, "user", "add", "acme", "WANDA@acme.example", "--role", "reviewer"),
          "'wanda@acme.example' has an account already; change that one", "the refusal")
    equal(people(host)["wanda@acme.example"]["role"], "writer", "the role after the refusal")
    equal("wanda@acme.example" in people(host, "globex"), False, "whether another portal knows her")


@scenario("A password from standard input is kept as Argon2id only and passes no log, file or command line", **BOTH)
def password(host):
    made = host.command("user", "add", "acme", "paul@acme.example", "--role", "power-reader", "--expires",
                        "2999-12-31", "--password-stdin", say=CANARY + "\n")
    equal((made["state"], made["expires"], "url" in made), ("active", "2999-12-31", False), "the account")
    stored = database(host, "acme").execute("SELECT password, expires FROM person WHERE login = ?",
                                            ("paul@acme.example",)).fetchone()
    equal(re.match(r"\$argon2id\$v=19\$m=\d{5,},t=\d+,p=1\$", stored[0]) is not None, True, "what is stored")
    equal(stored[1], 32503680000, "the first second after the last day")
    equal(files_with(host, CANARY), [], "files that have the password")
    equal([line for line in host.lines if CANARY in line], [], "log lines that have it")
    if os.geteuid() == 0:
        equal(any(seen_in(p, "acme.localhost") for p in host.processes()), True, "whether looking finds what is there")
    equal([where for p in host.processes() for where in seen_in(p, CANARY)], [], "processes that have it")
    link = host.command("user", "reset", "acme", "paul@acme.example")["url"]
    equal(LINK.match(link)[1][:4], "crr_", "the kind of a reset link")


@scenario("A password that the portal refuses makes no account", **BOTH)
def refused_passwords(host):
    add = ("user", "add", "acme", "quinn@acme.example", "--role", "writer", "--name", "Quinn Q", "--password-stdin")
    for said, part in (("abcd\n", "5"), ("password\n", "password"), ("acme1\n", "acme"), ("quinn7\n", "quinn"),
                       ("carrel\n", "name"), ("x" * 1025, "1,024 bytes"), ("", "has no password"),
                       ("a\0bcdefgh-K8\n", "not text")):
        sentence = refused(host, *add, say=said)
        equal(part in sentence, True, f"the refusal of {said[:20]!r}: {sentence}")
        equal("quinn@acme.example" in people(host), False, f"an account after {said[:20]!r}")
    equal(host.command(*add, say="Aa1!x\n")["state"], "active", "five code points that are no word")


@scenario("What a person may do changes with one order, and an order that makes no sense says why", **BOTH)
def changes(host):
    add = ("user", "add", "acme", "rita@acme.example", "--role")
    for words, part in ((("writer", "--expires", "2020-01-31"), "ended on 2020-01-31"),
                        (("writer", "--expires", "2027-02-30"), "YYYY-MM-DD"),
                        (("administrator", "--expires", "2999-01-31"), "administrator"),
                        (("writer", "--name", "x" * 201), "name")):
        equal(part in refused(host, *add, *words), True, f"the refusal of {words}")
    equal("is no mail address" in refused(host, "user", "add", "acme", "rita", "--role", "writer"), True, "no address")
    host.command(*add, "reviewer", "--password-stdin", say=CANARY + "\n")
    one = ("acme", "rita@acme.example")
    equal(host.command("user", "role", *one, "writer")["role"], "writer", "the new role")
    equal("administrator, writer" in refused(host, "user", "role", *one, "boss"), True, "a role there is not")
    equal("not disabled" in refused(host, "user", "enable", *one), True, "enabling who is not disabled")
    equal(host.command("user", "disable", *one)["state"], "disabled", "after disabling")
    equal("disabled" in refused(host, "user", "reset", *one), True, "a link for the disabled")
    equal(host.command("user", "enable", *one)["state"], "active", "after enabling")
    number = host.command("user", "delete", *one)["id"]
    equal("rita@acme.example" in people(host), False, "whether she is listed")
    for verb in ("disable", "enable", "delete", "reset"):
        equal("has no account here" in refused(host, "user", verb, *one), True, f"user {verb} of nobody")
    equal(row_of(host, number), ("former author %d" % number, None, ""), "what is left of her")


def row_of(host, number):
    return database(host, "acme").execute("SELECT name, login, password FROM person WHERE id = ?",
                                          (number,)).fetchone()


@scenario("The last active administrator of a portal stays one", **BOTH)
def last_administrator(host):
    host.command("user", "add", "globex", "ada@globex.example", "--role", "administrator", "--password-stdin",
                 say=CANARY + "\n")
    for words in (("disable",), ("delete",), ("role", "writer")):
        sentence = refused(host, "user", words[0], "globex", "ada@globex.example", *words[1:])
        equal("last active administrator" in sentence, True, f"the refusal of {words}")
    equal(people(host, "globex", "--role", "administrator")["ada@globex.example"]["state"], "active", "her state")
    equal(people(host, "globex", "--role", "reviewer"), {}, "a list of others")


@scenario("Groups and single readers are named for a publication and listed with it", **BOTH)
def rights(host):
    host.command("import", "acme", "guide", content.folder(index="# Guide\n\nText.\n"))
    host.command("publish", "acme", "guide", "--visibility", "restricted")
    for name in ("vera", "walt"):
        host.command("user", "add", "acme", f"{name}@acme.example", "--role", "power-reader")
    host.command("group", "add", "acme", "gold", "--title", "Gold customers")
    host.command("group", "join", "acme", "gold", "vera@acme.example")
    equal([p["email"] for p in host.command("group", "list", "acme", "--group", "gold")], ["vera@acme.example"],
          "members")
    host.command("access", "grant", "acme", "guide", "--group", "gold")
    host.command("access", "grant", "acme", "guide", "walt@acme.example")
    answer = host.command("access", "list", "acme", "guide")
    equal((answer["visibility"], sorted((r["kind"], r["name"]) for r in answer["readers"])),
          ("restricted", [("group", "gold"), ("person", "walt@acme.example")]), "who may read")
    host.command("access", "revoke", "acme", "guide", "walt@acme.example")
    host.command("group", "leave", "acme", "gold", "vera@acme.example")
    equal(host.command("group", "list", "acme"), [{"group": "gold", "title": "Gold customers", "members": 0}], "groups")
    host.command("group", "remove", "acme", "gold")
    equal(host.command("access", "list", "acme", "guide")["readers"], [], "who may read in the end")
    for words, part in ((("access", "grant", "acme", "nothing", "walt@acme.example"), "no publication 'nothing'"),
                        (("access", "grant", "acme", "guide", "--group", "gold"), "no group 'gold'"),
                        (("group", "join", "acme", "gold", "walt@acme.example"), "no group 'gold'"),
                        (("access", "grant", "acme", "guide", "nobody@acme.example"), "has no account here"),
                        (("group", "add", "acme", "Not A Slug"), "a-z, 0-9")):
        equal(part in refused(host, *words), True, f"the refusal of {words}")


@scenario("Who is named for what is public or private hears that it changes nothing", **BOTH)
def needless(host):
    host.command("user", "add", "acme", "xena@acme.example", "--role", "writer")
    host.command("import", "acme", "needless", content.folder(index="# Open\n\nText.\n"))
    for visibility, part in (("public", "is public"), ("private", "is private"), ("restricted", "authors read")):
        host.command("publish", "acme", "needless", "--visibility", visibility)
        notes = host.command("access", "grant", "acme", "needless", "xena@acme.example")["notes"]
        equal([part in n["text"] for n in notes], [True], f"the note for {visibility}")


@scenario("Every change is in the portal's log with a number, and nobody's name or address is", rootless=True)
def logged():
    with Host(portals=("acme",)) as host:
        one = ("acme", "yves@acme.example")
        host.command("user", "add", *one, "--role", "writer", "--name", "Yves")
        host.command("user", "role", *one, "reviewer")
        refused(host, "user", "role", *one, "boss")
        host.command("group", "add", "acme", "gold")
        host.command("group", "join", "acme", "gold", "yves@acme.example")
        host.command("user", "list", "acme")
        host.command("user", "delete", *one)
        rows = database(host, "acme").execute(
            "SELECT actor, action, object, detail FROM audit ORDER BY seq").fetchall()
        equal([(r[0], r[1], r[2], json.loads(r[3])) for r in rows],
              [(0, "user.add", "person/1", {"role": "writer", "password": False}),
               (0, "user.role", "person/1", {"from": "writer", "to": "reviewer"}),
               (0, "group.add", "group/gold", {}), (0, "group.join", "group/gold", {"person": 1}),
               (0, "user.delete", "person/1", {})], "the log")


@scenario("A list that is longer than one message between processes arrives whole and in order")
def long_list():
    with Host(portals=("acme",)) as host:
        name = "\u00fc" * 100
        asked = [f"reader-{i:03}@acme.example" for i in range(150)]
        running = []
        for email in asked:
            running.append(host.begin("user", "add", "acme", email, "--role", "power-reader", "--name", name))
            if len(running) == 8:
                equal([r.wait(30) for r in running], [0] * 8, "exit codes")
                running = []
        equal([r.wait(30) for r in running], [0] * len(running), "exit codes")
        rows = host.command("user", "list", "acme")
        equal(([r["email"] for r in rows], {r["name"] for r in rows}), (asked, {name}), "the list")
        equal([r["email"] for r in host.command("user", "list", "acme", "--after", asked[147])], asked[148:], "its end")


@scenario("A suspended portal takes no order about people", rootless=True)
def suspended():
    with Host(portals=("acme",)) as host:
        host.command("portal", "suspend", "acme")
        equal("is suspended" in refused(host, "user", "list", "acme"), True, "a list")
        equal("is suspended" in refused(host, "user", "add", "acme", "z@acme.example", "--role", "writer",
                                        "--password-stdin", say=CANARY + "\n"), True, "a password")
        equal("no portal" in refused(host, "user", "list", "nowhere"), True, "a portal there is not")
