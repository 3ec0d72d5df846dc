"""Second factors: asked for after the password, accepted once, never gone round; and what helps who lost one."""
import json
import re
import sqlite3
import statistics
import time

import content
from authenticator import App, Passkey, add_passkey, question, recovery_codes, set_up_app
from case import equal, scenario
from host import Host
from visitor import Visitor

PASSWORD = "Correct-Horse-9"
PAGE = "/docs/manual/start"
ANN = "ann@example.com"


def portal(host, name="acme", role="power-reader"):
    host.command("portal", "create", name)
    host.command("import", name, "manual", content.folder(start="# Start\n\nFor readers.\n"))
    host.command("publish", name, "manual", "--visibility", "restricted")
    host.command("user", "add", name, ANN, "--role", role, "--password-stdin", say=PASSWORD + "\n")
    host.command("access", "grant", name, "manual", ANN)


def logged_in(host, name="acme"):
    ann = Visitor(host, name)
    equal(ann.login(ANN, PASSWORD).status, 303, "the login by password alone")
    return ann


def half_way(host, name="acme", go_on=PAGE):
    """After the right password, before the factor."""
    ann = Visitor(host, name)
    answer = ann.login(ANN, PASSWORD, go_on)
    equal((answer.status, answer.location), (303, "/login/factor"), "the way after the password")
    equal(sorted(n for n in ann.cookies if n != "__Host-form"), ["__Host-pending"], "cookies before the factor")
    return ann


def with_app(host, name="acme"):
    return set_up_app(logged_in(host, name))


def send_code(visitor, code):
    return visitor.post("/login/factor", "/login/factor", code=code)


@scenario("After the password comes the code of the app: nothing opens before it, and each code lets in once", rootless=True)
def app_code():
    with Host() as host:
        portal(host)
        elsewhere = logged_in(host)
        ann = logged_in(host)
        app, codes = set_up_app(ann)
        equal(len(set(codes)), 10, "recovery codes with the first factor")
        equal((ann.get(PAGE).status, elsewhere.get(PAGE).status), (200, 404), "this session and the other one")
        ann = half_way(host)
        equal((ann.get(PAGE).status, ann.get("/account").location), (404, "/login?next=/account"), "half-way")
        equal(send_code(ann, app.wrong()).status, 403, "a wrong code")
        answer = send_code(ann, app.code())
        equal((answer.status, answer.location), (303, PAGE), "the right code")
        equal(ann.get(PAGE).status, 200, "the topic after it")
        equal("__Host-pending" in ann.cookies, False, "the waiting login is over")
        thief = half_way(host)
        equal(send_code(thief, app.again()).status, 403, "the same code again")
        equal(logged(host, "acme")[-1], ("login.failed", '{"with":"code"}'), "the end of the log")
        equal(send_code(thief, app.code()).status, 303, "the next code")


@scenario("Five wrong codes end a login that waits, and more are slowed down", rootless=True)
def counted():
    with Host() as host:
        portal(host)
        app, _ = with_app(host)
        ann = half_way(host)
        for n in range(5):
            equal('action="/login/factor"' in send_code(ann, app.wrong()).text, n < 4, f"a form after mistake {n + 1}")
        equal(ann.get("/login/factor").location, "/login", "the waiting login after five mistakes")
        ann = half_way(host)
        statuses = [ann.request("POST", "/login/factor", {"csrf": ann.code("/login/factor"), "code": app.wrong()}).status
                    for _ in range(3)]
        equal(429 in statuses, True, f"a wait after more mistakes, of {statuses}")


@scenario("After a hundred mistakes an account takes neither passwords nor codes, until it gets a new password")
def locked():
    with Host() as host:
        portal(host)
        app, _ = with_app(host)
        ann = half_way(host)
        change(host, "acme", "UPDATE person SET failures = 100")
        equal(send_code(ann, app.code()).status, 403, "the right code")
        equal(ann.get("/account").status, 303, "the account after it")
        equal(Visitor(host, "acme").login(ANN, PASSWORD).status, 403, "the right password")
        url = host.command("user", "reset", "acme", ANN)["url"]
        ann.get("/welcome?" + url.split("?")[1])
        ann.post("/welcome", "/welcome", password="Another-Horse-7")
        equal(send_code(ann, app.code()).location, "/account", "a code after a new password")


@scenario("A recovery code stands in once for the app; new ones void the old", rootless=True)
def recovery():
    with Host() as host:
        portal(host)
        app, codes = with_app(host)
        ann = half_way(host)
        equal(send_code(ann, "aaaaa-aaaaa").status, 403, "a code that is none")
        equal(send_code(ann, codes[3].upper().replace("-", " ")).status, 303, "a recovery code as it was read out")
        equal("9 of 10" in ann.get("/account/security").text, True, "what is left is told")
        again = half_way(host)
        equal(send_code(again, codes[3]).status, 403, "the same recovery code")
        fresh = recovery_codes(ann.post("/account/security", "/account/security/codes"))
        equal((len(fresh), len(set(fresh) & set(codes))), (10, 0), "new codes")
        equal(send_code(again, codes[4]).status, 403, "an old one after that")
        equal(send_code(again, fresh[0]).status, 303, "a new one")
        for path in host.data.rglob("*"):
            if path.is_file() and any(c.replace("-", "").encode() in path.read_bytes() for c in codes + fresh):
                raise AssertionError(f"a recovery code is in {path.name}")
        equal(any(c in line for c in fresh for line in host.lines), False, "recovery codes in the log")


@scenario("A reset link sets a new password and nothing more: the second factor is still asked for")
def reset():
    with Host() as host:
        portal(host)
        app, _ = with_app(host)
        url = host.command("user", "reset", "acme", ANN)["url"]
        ann = Visitor(host, "acme")
        ann.get("/welcome?" + url.split("?")[1])
        answer = ann.post("/welcome", "/welcome", password="Another-Horse-7")
        equal((answer.status, answer.location), (303, "/login/factor"), "after the new password")
        equal("__Host-session" in ann.cookies, False, "no session yet")
        equal(ann.get("/account").location, "/login?next=/account", "the account")
        equal(send_code(ann, app.code()).location, "/account", "the code")
        equal(ann.get("/account").status, 200, "the account after it")


@scenario("What waits at one portal is worth nothing at another, and dies with what it waited for", rootless=True)
def replayed():
    with Host() as host:
        portal(host)
        portal(host, "globex")
        app, _ = with_app(host)
        theirs, _ = with_app(host, "globex")
        ann = half_way(host)
        thief = half_way(host, "globex")
        thief.cookies["__Host-pending"] = ann.cookies["__Host-pending"]
        equal(thief.get("/login/factor").location, "/login", "the other portal's waiting login")
        equal(thief.request("POST", "/login/factor", {"csrf": thief.code("/login"), "code": theirs.code()}).status, 403,
              "a code for it")
        host.command("user", "reset", "acme", ANN, "--second-factor")
        equal(send_code_blind(ann, app.code()).status, 403, "a code after the factor was taken away")
        equal(Visitor(host, "acme").login(ANN, PASSWORD, PAGE).location, PAGE, "the login by password alone then")


def send_code_blind(visitor, code):
    return visitor.request("POST", "/login/factor", {"csrf": visitor.code("/login"), "code": code})


@scenario("Who must have a second factor sets one up first and gets nothing else, sessions from before included")
def required():
    with Host() as host:
        portal(host)
        before = logged_in(host)
        equal(before.get(PAGE).status, 200, "the topic before the rule")
        host.command("settings", "set", "acme", "second_factor", "power-reader administrator")
        equal((before.get(PAGE).status, before.get("/account").location), (404, "/account/security"), "after it")
        ann = Visitor(host, "acme")
        equal(ann.login(ANN, PASSWORD, PAGE).location, "/account/security", "where the password leads")
        equal("needs a second factor" in ann.get("/account/security").text, True, "why")
        for path in (PAGE, "/account", "/login"):
            if ann.get(path).status == 200:
                raise AssertionError(f"{path} is open without a second factor")
        equal(ann.post("/account/security", "/account/password", current=PASSWORD, new="Other-Horse-3").location,
              "/account/security", "a change of the password")
        app, _ = set_up_app(ann, f'href="{PAGE}"')      # where they wanted to go
        equal((ann.get(PAGE).status, ann.get("/account").status), (200, 200), "with a second factor")
        answer = ann.post("/account/security", "/account/security/app/remove")
        equal((answer.status, "the last one stays" in answer.text), (409, True), "taking the last one away")
        equal(send_code(half_way(host), app.code()).status, 303, "it still works")
        host.command("settings", "set", "acme", "second_factor", "none")
        equal(ann.post("/account/security", "/account/security/app/remove").status, 200, "taking it away now")
        equal(Visitor(host, "acme").login(ANN, PASSWORD, PAGE).location, PAGE, "the password alone again")


@scenario("Changes of the way to log in ask for a proof not older than some minutes: password and code, or a passkey")
def confirmed():
    with Host() as host:
        portal(host)
        ann = logged_in(host)
        app, _ = set_up_app(ann)
        key = Passkey()
        equal(add_passkey(ann, key).status, 200, "a passkey beside the app")
        age(host, "acme")
        where = "/login/confirm?next=/account/security"
        equal(ann.get("/account/security").location, where, "the page after a while")
        for code in (app.wrong(), app.again(), ""):
            equal(ann.post(where, "/login/confirm", password=PASSWORD, code=code, next="/account/security").status, 403,
                  f"the password with the code {code!r}")
        equal(ann.post(where, "/login/confirm", password="wrong", code=app.code(), next="/").status, 403,
              "a wrong password with a right code")
        answer = ann.post(where, "/login/confirm", password=PASSWORD, code=app.code(), next="/account/security")
        equal((answer.status, answer.location), (303, "/account/security"), "both right")
        equal(ann.get("/account/security").status, 200, "the page then")
        age(host, "acme")
        code = ann.code("/account")
        answer = ann.request("POST", "/account/security/passkeys/start", {"csrf": code},
                             [("Referer", ann.origin + "/account/security")])
        equal(answer.location, where, "the question for a new passkey, too late")
        asked = question(ann, where)
        equal(asked["verification"], "required", "what a passkey must do here")
        answer = ann.post(where, "/login/confirm", next="//evil.example", **key.prove(asked, ann.origin))
        equal((answer.status, answer.location), (303, "/"), "the passkey alone")
        equal(ann.get("/account/security").status, 200, "the page after the passkey")


def logged(host, name, after=0):
    """What the portal's log says, as (action, detail)."""
    with sqlite3.connect(host.data / "portals" / str(host.portal_id(name)) / "portal.db") as db:
        rows = db.execute("SELECT action, detail FROM audit WHERE seq > ? ORDER BY seq", (after,)).fetchall()
    db.close()
    return rows


def change(host, name, statement):
    """What would take long otherwise."""
    with sqlite3.connect(host.data / "portals" / str(host.portal_id(name)) / "portal.db") as db:
        db.execute(statement)
    db.close()


def age(host, name):
    """Make every proof in this portal an old one, as time does."""
    change(host, name, "UPDATE session SET elevated = 1")


@scenario("A passkey logs in by itself, or after a password; another origin, purpose, person or an old counter is refused")
def passkeys():
    with Host() as host:
        portal(host)
        ann = logged_in(host)
        key = Passkey()
        answer = add_passkey(ann, key, "Blue key")
        equal((answer.status, len(recovery_codes(answer))), (200, 10), "the first passkey brings recovery codes")
        equal("Blue key" in ann.get("/account/security").text, True, "its name")
        equal(add_passkey(ann, key).status, 422, "the same passkey a second time")

        someone = Visitor(host, "acme")
        asked = question(someone, "/login")
        equal((asked["allow"], asked["rp_id"], asked["verification"]), ([], "acme.localhost", "required"), "the question")
        answer = someone.post("/login", "/login/passkey", next=PAGE, **key.prove(asked, someone.origin))
        equal((answer.status, answer.location), (303, PAGE), "the login by nothing but a passkey")
        equal((someone.get(PAGE).status, someone.get("/account/security").status), (200, 200), "what it opens")

        ann = half_way(host)
        asked = question(ann, "/login/factor")
        equal((len(asked["allow"]), asked["verification"]), (1, "preferred"), "the question after a password")
        answer = ann.post("/login/factor", "/login/factor", **key.prove(asked, ann.origin))
        equal((answer.status, answer.location), (303, PAGE), "the passkey as second factor")

        def refused(what, **how):
            visitor = Visitor(host, "acme")
            asked = how.pop("asked", None) or question(visitor, "/login")
            origin, form = how.pop("origin", visitor.origin), how.pop("change", {})
            answer = visitor.post("/login", "/login/passkey", **{**key.prove(asked, origin, **how), **form})
            equal(answer.status, 403, what)
            equal("__Host-session" in visitor.cookies, False, f"a session after {what}")
        refused("another origin", origin="https://evil.example")
        refused("a sibling portal's origin", origin=f"https://globex.localhost:{host.https}")
        refused("another port's origin", origin="https://acme.localhost")
        refused("another site's authenticator data", rp_id="evil.example")
        refused("a question of another visitor", asked=question(Visitor(host, "acme"), "/login"))
        refused("a wrong signature", change={"signature": "A" * 86})
        refused("no signature", change={"signature": ""})
        refused("another person's handle", change={"user_handle": "cGVyc29uLTk5"})
        refused("an unknown passkey", change={"credential": "AAAA"})
        refused("a counter that went back", counter=1)
        equal("counter" in logged(host, "acme")[-1][1], True, "the log says why")
        key.counter = 100
        key.verifies = False
        refused("nobody verified")
        visitor = Visitor(host, "acme")
        asked = question(visitor, "/login")
        form = Passkey(verifies=True).prove(asked, visitor.origin, counter=200)
        form["user_handle"] = "cGVyc29uLTE"
        equal(visitor.post("/login", "/login/passkey", **{**form, "auth_data": "AA"}).status, 403, "broken data")
        equal(visitor.post("/login", "/login/passkey", **form).status, 403, "a question whose first answer was bad")


@scenario("A passkey belongs to its portal and its person; the log tells what was changed", rootless=True)
def own_passkeys():
    with Host() as host:
        portal(host)
        host.command("user", "add", "acme", "bob@example.com", "--role", "writer", "--password-stdin", say=PASSWORD + "\n")
        ann, bob = logged_in(host), Visitor(host, "acme")
        bob.login("bob@example.com", PASSWORD)
        key = Passkey()
        add_passkey(ann, key, "One")
        for path in ("rename", "remove"):
            equal(bob.post("/account/security", f"/account/security/passkeys/{path}", id="1", name="Mine").status, 422,
                  f"{path} of somebody else's passkey")
        equal(add_passkey(bob, key).status, 422, "somebody else's passkey as one's own")
        equal(ann.post("/account/security", "/account/security/passkeys/rename", id="1", name="Two").status, 200, "rename")
        equal(">Two<" in ann.get("/account/security").text, True, "the new name")
        ann2 = half_way(host)
        equal(ann.post("/account/security", "/account/security/passkeys/remove", id="1").status, 200, "remove")
        equal(send_code_blind(ann2, "123456").status, 403, "who waited for it")
        equal(ann.get("/account").status, 200, "this session stays")
        equal(Visitor(host, "acme").login(ANN, PASSWORD, PAGE).location, PAGE, "the password alone then")
        actions = [action for action, _ in logged(host, "acme")]
        for action in ("passkey.added", "passkey.renamed", "passkey.removed", "login.waiting", "login"):
            equal(action in actions, True, f"{action} in the log")


@scenario("A wrong password takes as long and says the same whether there is a second factor or not")
def alike():
    with Host() as host:
        portal(host)
        host.command("user", "add", "acme", "bob@example.com", "--role", "writer", "--password-stdin", say=PASSWORD + "\n")
        with_app(host)
        bodies, times = set(), {}
        for login in (ANN, "bob@example.com", "eve@example.com"):
            visitor, times[login] = Visitor(host, "acme"), []
            code = visitor.code("/login")
            for _ in range(4):
                began = time.monotonic()
                answer = visitor.request("POST", "/login", {"csrf": code, "login": login, "password": "wrong-1"})
                times[login].append(time.monotonic() - began)
            bodies.add(answer.text.replace(login, "LOGIN").replace(code, "CODE"))
        equal(len(bodies), 1, "the number of different answers")
        middle = [statistics.median(t) for t in times.values()]
        if max(middle) > 3 * min(middle):
            raise AssertionError(f"the times tell who has a second factor: {times}")


@scenario("An operator takes a lost second factor away: everything of it goes, and it is on record")
def lost():
    with Host() as host:
        portal(host, role="writer")
        ann = logged_in(host)
        app, codes = set_up_app(ann)
        add_passkey(ann, Passkey())
        host.command("user", "reset", "acme", ANN, "--second-factor")
        equal(ann.get("/account").location, "/login?next=/account", "the session of before")
        fresh = Visitor(host, "acme")
        equal(fresh.login(ANN, PASSWORD, PAGE).location, PAGE, "the password alone")
        equal(logged(host, "acme")[-2:], [("user.unfactor", '{"app":true,"passkeys":1}'),
                                          ("login", '{"with":"password"}')], "the end of the log")
        answer = host.ask("user", "reset", "acme", ANN, "--second-factor")
        equal((answer.code, "has no second factor" in answer.error), (1, True), "the order a second time")
        another, more = set_up_app(fresh)
        equal((another.key != app.key, set(more) & set(codes)), (True, set()), "everything is new")
        equal(send_code(half_way(host), App(app.key).code()).status, 403, "the old app")


def settings_form(boss, *roles, **other):
    """The form of the settings as it stands, with these boxes and no others."""
    fields = {"factors": "shown", **{f"factor.{role}": "yes" for role in roles}, **other}
    return boss.post("/edit/settings", "/edit/settings", **fields)


def boxes(boss):
    text = boss.get("/edit/settings").text
    return re.findall(r'name="factor[.]([a-z-]+)" value="yes" checked', text), "You have none yourself" in text


@scenario("An administrator asks roles for a second factor in the browser, and sets up their own before anything else")
def asked():
    with Host() as host:
        portal(host)
        host.command("user", "add", "acme", "asker@example.com", "--role", "administrator", "--password-stdin", say=PASSWORD + "\n")
        boss, ann = Visitor(host, "acme"), logged_in(host)
        equal(boss.login("asker@example.com", PASSWORD).status, 303, "the administrator's login")
        equal((boxes(boss), ann.get(PAGE).status), (([], True), 200), "before it")
        equal(settings_form(boss, "power-reader").location, "/edit/settings?done=saved", "the readers' box")
        equal((boxes(boss), ann.get(PAGE).status), ((["power-reader"], True), 404), "the reader's next request")
        equal(ann.get("/account").location, "/account/security", "where the reader is led")
        equal(boss.post("/edit/settings", "/edit/settings", title="Acme").status, 303, "a form without the boxes")
        equal(boxes(boss), (["power-reader"], True), "the boxes after it")
        refused = settings_form(boss, "writer", title="")
        equal((refused.status, re.findall(r'factor[.]([a-z-]+)" value="yes" checked', refused.text)), (422, ["writer"]),
              "a refused form keeps what was chosen")
        equal(boxes(boss)[0], ["power-reader"], "and changes nothing")
        age(host, "acme")
        equal(settings_form(boss, "administrator").location.split("?")[0], "/login/confirm", "without a fresh proof")
        equal(boxes(boss)[0], ["power-reader"], "the boxes after that")
        equal(boss.post("/login/confirm", "/login/confirm", password=PASSWORD, next="/edit/settings").status, 303, "the proof")
        equal(settings_form(boss, "administrator", "power-reader").status, 303, "one's own role")
        detail = json.loads(logged(host, "acme")[-1][1])
        equal(detail, {"second_factor": {"from": "power-reader", "to": "administrator power-reader"}}, "the log")
        for path in ("/edit/settings", "/edit/people", "/account"):
            equal(boss.get(path).location, "/account/security", f"{path} without a second factor")
        equal("needs a second factor" in boss.get("/account/security").text, True, "what the page says")
        set_up_app(boss)
        equal(boxes(boss), (["administrator", "power-reader"], False), "the settings, with a second factor")
        equal(settings_form(boss).status, 303, "no box")
        equal((boxes(boss)[0], ann.get(PAGE).status), ([], 200), "afterwards")


@scenario("An administrator takes a lost second factor away in the browser, after a question and a fresh proof")
def lost_in_browser():
    with Host() as host:
        portal(host)
        host.command("user", "add", "acme", "helper@example.com", "--role", "administrator", "--password-stdin", say=PASSWORD + "\n")
        boss = Visitor(host, "acme")
        equal(boss.login("helper@example.com", PASSWORD).status, 303, "the administrator's login")
        number = next(p["id"] for p in host.command("user", "list", "acme") if p["email"] == ANN)
        person, question_page = f"/edit/people/{number}", f"/edit/people/unfactor?id={number}"
        equal(question_page in boss.get(person).text, False, "the button for who has none")
        equal(boss.post(question_page, "/edit/people/unfactor", id=number).status, 422, "the form for who has none")
        ann = logged_in(host)
        equal(add_passkey(ann, Passkey()).status, 200, "a passkey alone")
        shown = boss.get(person).text
        equal((question_page in shown, ann.get(PAGE).status), (True, 200), "the button, the reader's session")
        equal("Be sure that it is this person" in boss.get(question_page).text, True, "the question")
        age(host, "acme")
        answer = boss.post(question_page, "/edit/people/unfactor", id=number)
        equal((answer.status, answer.location.split("?")[0], ann.get(PAGE).status), (303, "/login/confirm", 200), "no fresh proof")
        boss.post("/login/confirm", "/login/confirm", password=PASSWORD, next="/edit")
        answer = boss.post(question_page, "/edit/people/unfactor", id=number)
        equal((answer.status, answer.location), (303, f"{person}?done=unfactored"), "removing")
        equal(logged(host, "acme")[-1], ("user.unfactor", '{"app":false,"passkeys":1}'), "the log")
        text = boss.get(answer.location).text
        equal(("The second factor is removed" in text, question_page in text), (True, False), "the account afterwards")
        equal("removed a second factor" in boss.get("/edit/log").text, True, "the log's page")
        equal(ann.get(PAGE).status, 404, "the session of before")
        equal(Visitor(host, "acme").login(ANN, PASSWORD, PAGE).location, PAGE, "the password alone")
