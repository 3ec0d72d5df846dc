"""Logging in: who may, what it opens, and that it ends when it must."""
import statistics
import time

import content
from case import equal, scenario
from host import Host
from processes import read_if_there
from visitor import Visitor

PASSWORD = "Correct-Horse-9"
PAGE = "/docs/manual/start"
DOT = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\x0f\0\1\1\1\0\x18\xdd\x8d"
       b"\xb0\0\0\0\0IEND\xaeB`\x82")


def small_manual():
    return content.folder(start="# Start\n\nFor readers.\n\n![A dot](img/dot.png)\n", **{"img__dot.png": DOT})


def portal_with_reader(host, name="acme", grant=True):
    host.command("portal", "create", name)
    host.command("import", name, "manual", small_manual())
    host.command("publish", name, "manual", "--visibility", "restricted")
    host.command("user", "add", name, "ann@example.com", "--role", "power-reader", "--password-stdin",
                 say=PASSWORD + "\n")
    if grant:
        host.command("access", "grant", name, "manual", "ann@example.com")


def logged_in(host, name="acme"):
    ann = Visitor(host, name)
    answer = ann.login("ann@example.com", PASSWORD, PAGE)
    equal((answer.status, answer.location), (303, PAGE), "the way back after the login")
    return ann


@scenario("A restricted publication opens to whom it was granted, after the login and back at the topic", rootless=True)
def granted():
    with Host() as host:
        portal_with_reader(host, grant=False)
        missing = Visitor(host, "acme").get("/docs/manual/none")
        for path in (PAGE, "/docs/manual/", PAGE + ".md", "/files/manual/img/dot.png"):
            equal(Visitor(host, "acme").get(path).status, 404, f"{path} for a stranger")
        equal(Visitor(host, "acme").get(PAGE).body, missing.body, "what a stranger sees of the hidden")
        equal('href="/login"' in missing.text, True, "the way to the login stands on every missing page")
        ann = Visitor(host, "acme")
        form = ann.get("/login", headers=[("Referer", ann.origin + PAGE)])
        equal(f'name="next" value="{PAGE}"' in form.text, True, "the login knows where the reader came from")
        for foreign in ("https://evil.example" + PAGE, ann.origin + ".evil.example" + PAGE, "//" + PAGE):
            equal('name="next"' in ann.get("/login", headers=[("Referer", foreign)]).text, False, f"Referer {foreign}")
        ann = logged_in(host)
        equal(ann.get(PAGE).status, 404, "the topic without a grant")
        host.command("access", "grant", "acme", "manual", "ann@example.com")
        answer = ann.get(PAGE)
        equal((answer.status, answer.headers["Cache-Control"]), (200, "private, no-store"), "the topic with it")
        equal("/docs/manual/" in ann.get("/").text, True, "the reader's home page lists it")
        equal("/docs/manual/" in Visitor(host, "acme").get("/").text, False, "a stranger's home page lists it")
        equal(Visitor(host, "acme").get(PAGE).status, 404, "a stranger after the reader")
        host.command("access", "revoke", "acme", "manual", "ann@example.com")
        equal(ann.get(PAGE).status, 404, "the topic when the grant is gone")


@scenario("Disabling, a new password, log-out and expiry end a session at the next request", rootless=True)
def ends():
    with Host() as host:
        portal_with_reader(host)
        ann, elsewhere = logged_in(host), logged_in(host)
        answer = ann.post("/account", "/account/password", current=PASSWORD, new="Another-Horse-7")
        equal(answer.status, 303, "the change of password")
        equal((ann.get(PAGE).status, elsewhere.get(PAGE).status), (200, 404), "this session and the other one")
        equal(ann.get("/login").location, "/account", "the login page for who is logged in")
        stale = dict(ann.cookies)
        equal(ann.post("/account", "/logout").status, 200, "the log-out")
        equal(ann.get(PAGE, cookies=stale).status, 404, "the cookie of before the log-out")
        equal(ann.login("ann@example.com", PASSWORD).status, 403, "the old password")
        equal(ann.login("ann@example.com", "Another-Horse-7").status, 303, "the new password")
        host.command("user", "disable", "acme", "ann@example.com")
        equal(ann.get(PAGE).status, 404, "the topic for who was disabled")
        equal(ann.get("/account").location, "/login?next=/account", "the account of who was disabled")


@scenario("Wrong, unknown and disabled accounts answer alike, and in like time")
def alike():
    with Host() as host:
        portal_with_reader(host)
        host.command("user", "add", "acme", "bob@example.com", "--role", "power-reader", "--password-stdin",
                     say=PASSWORD + "\n")
        host.command("user", "disable", "acme", "bob@example.com")
        bodies, times = {}, {}
        for login in ("ann@example.com", "bob@example.com", "eve@example.com"):
            visitor = Visitor(host, "acme")
            code = visitor.code("/login")
            times[login] = []
            for _ in range(4):
                began = time.monotonic()
                answer = visitor.request("POST", "/login", {"csrf": code, "login": login, "password": "wrong-1"})
                times[login].append(time.monotonic() - began)
                equal(answer.status, 403, f"the answer to {login}")
            bodies[login] = answer.text.replace(login, "LOGIN").replace(code, "CODE")
        equal(len(set(bodies.values())), 1, "the number of different answers")
        middle = [statistics.median(t) for t in times.values()]
        # Hashing for nobody takes what hashing for somebody takes; the bound is far from both noise and a leak.
        if max(middle) > 3 * min(middle):
            raise AssertionError(f"the times tell accounts apart: {times}")


@scenario("Who fails too often must wait, by name and by address, whether the account exists or not")
def throttled():
    with Host() as host:
        portal_with_reader(host)
        for login in ("ann@example.com", "nobody@example.com"):
            visitor = Visitor(host, "acme")
            answer = visitor.login(login, "wrong")
            equal(answer.status, 403, f"the first wrong password of {login}")
            tries = 1
            while answer.status == 403 and tries < 12:      # each wait is longer, however slow this machine is
                answer = visitor.login(login, f"wrong-{tries}")
                tries += 1
            equal(answer.status, 429, f"the answer to {login} after {tries} tries")
            equal(tries > 5, True, "five tries are free")
            if int(answer.headers["Retry-After"]) < 1:
                raise AssertionError("no time to wait is named")


@scenario("No form works from another site, from a sibling portal, without its code, or with another visitor's", rootless=True)
def forms():
    with Host() as host:
        portal_with_reader(host)
        ann, eve = logged_in(host), Visitor(host, "acme")
        mine, foreign = ann.code("/account"), eve.code("/login")
        host.command("portal", "create", "globex")
        sibling = f"https://globex.localhost:{host.https}"
        refused = [
            ({}, ()), ({"csrf": foreign}, ()), ({"csrf": mine[:-1] + ("A" if mine[-1] != "A" else "B")}, ()),
            ({"csrf": mine}, [("Sec-Fetch-Site", "cross-site")]), ({"csrf": mine}, [("Sec-Fetch-Site", "same-site")]),
            ({"csrf": mine}, [("Origin", "https://evil.example")]), ({"csrf": mine}, [("Origin", sibling)]),
            ({"csrf": mine}, [("Origin", "null")]), ({"csrf": mine}, [("Origin", None)]),
            ({"csrf": mine}, [("Content-Type", "text/plain")]),
        ]
        for form, headers in refused:
            equal(ann.request("POST", "/logout", form, headers).status, 403, f"a form with {form} and {headers}")
        equal(ann.get(PAGE).status, 200, "the session after all that")
        equal(ann.request("POST", "/logout", {"csrf": mine}, [("Sec-Fetch-Site", "same-origin")]).status, 200,
              "the form as it should be")


@scenario("What one portal gave is worth nothing at another: session, browser, form code, link", rootless=True)
def replayed():
    with Host() as host:
        portal_with_reader(host)
        portal_with_reader(host, "globex")
        ann = logged_in(host)
        thief = Visitor(host, "globex")
        thief.cookies = dict(ann.cookies)
        equal((thief.get(PAGE).status, thief.get("/account").status), (404, 303), "the session elsewhere")
        thief.cookies["__Host-form"] = ann.cookies.get("__Host-form", "")
        equal(thief.request("POST", "/logout", {"csrf": ann.code("/account")}).status, 403, "the form's code elsewhere")
        url = host.command("user", "reset", "acme", "ann@example.com")["url"]
        link = "/welcome?" + url.split("?")[1]
        equal(Visitor(host, "globex").get(link).status, 404, "the link elsewhere")
        equal(Visitor(host, "acme").get(link).status, 303, "the link where it belongs")


@scenario("An invitation sets a password once; guessable ones are refused with a reason; the link then is dead", rootless=True)
def invited():
    with Host() as host:
        host.command("portal", "create", "acme", "--title", "Acme manuals")
        made = host.command("user", "add", "acme", "wen@example.com", "--role", "writer")
        link = "/welcome?" + made["url"].split("?")[1]
        wen = Visitor(host, "acme")
        equal((wen.get(link).status, wen.get(link).location), (303, "/welcome"), "the link's secret leaves the address")
        for bad in ("1234", "12345", "password", "acme", "wen@example.com", "x" * 1025):
            answer = wen.post("/welcome", "/welcome", password=bad)
            equal(answer.status, 422, f"the password {bad[:20]!r}")
            equal('role="alert"' in answer.text, True, f"a reason against {bad[:20]!r}")
        equal(wen.post("/welcome", "/welcome", password="Aa1!x").status, 303, "five characters that are not guessable")
        equal(wen.get("/account").status, 200, "the account right after it")
        equal(Visitor(host, "acme").get(link).status, 404, "the link a second time")
        equal(Visitor(host, "acme").login("wen@example.com", "Aa1!x").status, 303, "the login")


@scenario("The log-in leads on to paths of this host only, and no cookie works without TLS", rootless=True)
def open_redirects():
    with Host() as host:
        portal_with_reader(host)
        for target in ("//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil.example", "", "javascript:x",
                       "/%0d%0aSet-Cookie:x", "/ok\r\nSet-Cookie: a=b"):
            answer = Visitor(host, "acme").login("ann@example.com", PASSWORD, target)
            if answer.location not in ("/", "/%0d%0aSet-Cookie:x"):
                raise AssertionError(f"next={target!r} leads to {answer.location!r}")


@scenario("The password is nowhere: not in the data directory, the log, or a process's arguments and environment")
def nowhere():
    canary = "Canary-Password-4711"
    with Host() as host:
        portal_with_reader(host)
        host.command("user", "add", "acme", "cat@example.com", "--role", "writer", "--password-stdin", say=canary + "\n")
        cat = Visitor(host, "acme")
        equal(cat.login("cat@example.com", canary).status, 303, "the login")
        equal(cat.post("/account", "/account/password", current=canary, new=canary + "-b").status, 303, "the change")
        needle = canary.encode()
        for path in host.data.rglob("*"):
            if path.is_file() and needle in read_if_there(path):
                raise AssertionError(f"the password is in {path.relative_to(host.data)}")
        if any(canary in line for line in host.lines):
            raise AssertionError("the password is in the log")
        for process in host.processes():
            for name in ("cmdline", "environ"):
                try:
                    with open(f"/proc/{process.pid}/{name}", "rb") as f:
                        if needle in f.read():
                            raise AssertionError(f"the password is in {name} of {process.pid}")
                except OSError:
                    pass
        with open(host.data / "portals" / str(host.portal_id("acme")) / "portal.db", "rb") as f:
            pages = f.read()
        wal = (host.data / "portals" / str(host.portal_id("acme")) / "portal.db-wal")
        pages += wal.read_bytes() if wal.exists() else b""
        equal(b"$argon2id$v=19$m=" in pages, True, "what is stored is an Argon2id hash")
