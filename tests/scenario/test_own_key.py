"""Copies of backups in the browser, sealed to a key of the client's own: set, prepared, fetched, opened."""
import json
import re
import threading
import time

import content
from case import equal, scenario, wait_until
from host import Host
from processes import Process
from test_owning import enter, log, portal
from test_taking import hands, key_pair, texts
from visitor import Visitor

ROOM = "/edit/backups/own"
CANARY = "perspicacious-otter-5521"


def page_when(visitor, words, seconds=60):
    return wait_until(f"the page says '{words}'", seconds, lambda: (t := visitor.get(ROOM).text) and words in t and t)


def give(visitor, pem):
    return visitor.post(ROOM, f"{ROOM}/key", key=pem)


@scenario("An administrator sets a public key, takes a copy sealed to it, and opens it with the private half", rootless=True)
def copies():
    with Host() as host:
        boss = portal(host)
        folder = hands(host)
        private, public = key_pair(folder)
        host.command("backup", "now", "acme")
        equal(f'href="{ROOM}"' in boss.get("/edit/backups").text, True, "the way there")
        equal(f'action="{ROOM}/prepare"' in boss.get(ROOM).text, False, "whether a copy is offered before there is a key")
        answer = boss.request("POST", f"{ROOM}/prepare", {"csrf": boss.code(ROOM), "backup": "1"})
        equal((answer.status, "set one first" in answer.text), (422, True), "an order before there is a key")
        answer = give(boss, public.read_text())
        equal((answer.status, answer.location), (303, f"{ROOM}?done=saved"), "the answer to the key")
        name = re.search(r'class="fingerprint"[^>]*>([0-9a-f]{64})<', boss.get(ROOM).text)[1]
        equal(boss.get(f"{ROOM}/file").status, 404, "the file before there is one")
        answer = boss.post(ROOM, f"{ROOM}/prepare", backup="1")
        equal((answer.status, answer.location), (303, ROOM), "the answer to the order")
        page = page_when(boss, "A sealed copy of backup 1 is ready")
        equal((f'href="{ROOM}/file"' in page, name[:16] in page, "carrel backup open" in page), (True, True, True),
              "the link, the key and how to open it")
        whole = boss.get(f"{ROOM}/file")
        equal((whole.status, whole.headers["Content-Type"], whole.headers["Cache-Control"]),
              (200, "application/octet-stream", "private, no-store"), "the file's head")
        equal(bool(re.fullmatch(r'attachment; filename="acme-backup-1-\d{4}-\d\d-\d\d\.esdk"',
                                whole.headers["Content-Disposition"])), True,
              f"its name: {whole.headers['Content-Disposition']}")
        part = boss.get(f"{ROOM}/file", headers={"Range": "bytes=50-249"})
        equal((part.status, part.body), (206, whole.body[50:250]), "a part of it")
        (folder / "copy.esdk").write_bytes(whole.body)
        opened = host.ask("backup", "open", folder / "copy.esdk", "--key", private, "--to", folder / "copy.db", "--json")
        equal((opened.code, opened.json["seq"] if opened.code == 0 else opened.error), (0, 1), "opening it")
        equal(CANARY.encode() in texts(folder / "copy.db"), True, "whether the text is in it")
        for visitor, status in ((Visitor(host, "acme"), 303), (enter(host, login="writer@example.com"), 404)):
            equal(visitor.get(f"{ROOM}/file").status, status, "the file for somebody else")
        container = host.data / "portals" / str(host.portal_id("acme"))
        equal([p.name for p in container.glob("sealed*")], ["sealed.esdk"], "what lies in the container")
        equal(boss.post(ROOM, f"{ROOM}/remove").status, 303, "the removal")
        equal((boss.get(f"{ROOM}/file").status, [p.name for p in container.glob("sealed*")]), (404, []),
              "the file afterwards")
        equal(boss.post(ROOM, f"{ROOM}/key/remove").status, 303, "the key's removal")
        equal('class="fingerprint"' in boss.get(ROOM).text, False, "whether a key is there")
        said = [(action, json.loads(detail) if detail else {}) for action, actor, detail in log(host)
                if "backup" in action and actor > 0]
        equal(said, [("backup-key.set", {"from": "", "to": name}), ("portal.backup-sealed", {"backup": 1, "client": name}),
                     ("portal.backup-fetched", {"backup": 1}), ("portal.backup-fetched", {"backup": 1}),
                     ("portal.backup-removed", {}), ("backup-key.remove", {"was": name})], "what the log says")
        words = boss.get("/edit/log").text
        equal(all(s in words for s in ("set the key for copies of backups", "sealed a copy of a backup")), True, "the log's page")


@scenario("What is no fit public key is refused with a sentence, and a private one is nowhere afterwards")
def keys():
    with Host() as host:
        boss = portal(host)
        folder = hands(host)
        private, public = key_pair(folder)
        secret = private.read_text()
        answer = give(boss, secret)
        equal((answer.status, "That was a private key" in answer.text, secret.splitlines()[5] in answer.text),
              (422, True, False), "the answer to a private key")
        answer = give(boss, key_pair(folder, "short", bits=2048)[1].read_text())
        equal((answer.status, "3072" in answer.text), (422, True), "the answer to a short one")
        answer = give(boss, "ssh-rsa AAAAB3NzaC1yc2E me@here")
        equal((answer.status, "no public key" in answer.text, "ssh-rsa" in answer.text), (422, True, True),
              "the answer to another kind, which can be corrected")
        equal([row for row in log(host) if "key" in row[0]], [], "what the log has of it")
        equal(give(boss, public.read_text()).status, 303, "the answer to a good one")
        container = host.data / "portals" / str(host.portal_id("acme"))
        needle = secret.splitlines()[5].encode()
        equal([p.name for p in container.iterdir() if p.is_file() and needle in p.read_bytes()], [],
              "files with the private key")
        equal(any(needle.decode() in line for line in host.lines), False, "whether the host's log has it")


def kill_next_child(supervisor, until):
    """Kill the first process that it gets from now on; none may come until then."""
    known = {p.pid for p in Process.children_of(supervisor)}
    while time.monotonic() < until:
        for process in Process.children_of(supervisor):
            if process.pid not in known:
                process.kill()
                return


@scenario("A copy that cannot be made is told of, a killed job leaves nothing, and a day has six")
def refused():
    with Host() as host:
        host.allow(r"sealed backup|job ended|job=|signal|killed")
        boss = portal(host)
        portal(host, "globex")
        folder = hands(host)
        _, public = key_pair(folder)
        host.command("import", "acme", "big", content.many_topics(400, "one"))
        for name in ("acme", "globex"):
            host.command("backup", "now", name)
        host.command("backup", "now", "globex")
        give(boss, public.read_text())
        container = host.data / "portals" / str(host.portal_id("acme"))
        code = boss.code(ROOM)
        # Backup 2 is globex's: numbers are each portal's own, and what acme has not is not another's.
        equal(boss.request("POST", f"{ROOM}/prepare", {"csrf": code, "backup": "2"}).status, 303, "an order for no backup")
        page_when(boss, "The last copy was not made")
        orders, killed = 1, False
        while orders < 5 and not killed:
            killer = threading.Thread(target=kill_next_child, args=(host.supervisor(), time.monotonic() + 3))
            killer.start()
            boss.request("POST", f"{ROOM}/prepare", {"csrf": code, "backup": "1"})
            orders += 1
            killer.join()
            page = wait_until("it is over", 60, lambda: 'role="status"' not in (t := boss.get(ROOM).text) and t)
            killed = "The last copy was not made" in page
            equal("is ready" in page, not killed, "whether a copy is offered")
            wait_until("nothing unfinished is left", 30,
                       lambda: [p.name for p in container.glob("sealed*")] == ([] if killed else ["sealed.esdk"]))
        equal(killed, True, "whether a job was killed at its work")
        for _ in range(6 - orders):
            equal(boss.request("POST", f"{ROOM}/prepare", {"csrf": code, "backup": "77"}).status, 303, "one of six orders")
            wait_until("it is over", 60, lambda: 'role="status"' not in boss.get(ROOM).text)
        answer = boss.request("POST", f"{ROOM}/prepare", {"csrf": code, "backup": "1"})
        equal((answer.status, "6 times in a day" in answer.text), (429, True), "the seventh order of a day")
        equal(host.command("backup", "now", "acme")["state"], "verified", "a backup afterwards")


@scenario("A vault or registry that is killed while it seals leaves a whole copy or none, and the next order is carried out")
def killed():
    with Host() as host:
        host.allow(r"vault|registry|ended|killed|sealed backup|portal=\d+|restart")
        boss = portal(host)
        folder = hands(host)
        private, public = key_pair(folder)
        host.command("import", "acme", "big", content.many_topics(400, "one"))
        host.command("backup", "now", "acme")
        give(boss, public.read_text())
        container = host.data / "portals" / str(host.portal_id("acme"))
        for victim, delay in (("vault", 0.0), ("vault", 0.01), ("registry", 0.0), ("registry", 0.01)):
            code = boss.code(ROOM)
            boss.request("POST", f"{ROOM}/prepare", {"csrf": code, "backup": "1"})
            time.sleep(delay)
            Process(host.pid_of(victim)).kill()
            wait_until("it is over", 60, lambda: 'role="status"' not in (t := boss.get(ROOM).text) and "Which backup?" in t)
            wait_until("nothing unfinished is left", 30, lambda: not (container / "sealed.part").exists())
            if (container / "sealed.esdk").exists():
                opens(host, boss, folder, private)
            wait_until("the vault answers", 10, lambda: host.ask("backup", "list", "acme").code == 0)
        boss.post(ROOM, f"{ROOM}/prepare", backup="1")
        page_when(boss, "A sealed copy of backup 1 is ready")
        opens(host, boss, folder, private)


def opens(host, visitor, folder, private):
    """What is offered is whole."""
    file, plain = folder / "copy.esdk", folder / "copy.db"
    file.write_bytes(visitor.get(f"{ROOM}/file").body)
    answer = host.ask("backup", "open", file, "--key", private, "--to", plain)
    equal(answer.code, 0, f"the exit code of opening it: {answer.error}")
    plain.unlink()
