"""A forgotten password: the same answer for every address, a letter for those who may have one, nothing gone round."""
import statistics
import time

import web
from case import equal, scenario, wait_until
from host import Host
from mail import MailServer
from test_factor import change, logged, send_code
from authenticator import Passkey, add_passkey, set_up_app
from visitor import Visitor

PASSWORD = "Correct-Horse-9"
SENT = "a letter with a link is on its way"


def person(host, address, *more):
    host.command("user", "add", "acme", address, *(more or ("--role", "power-reader", "--password-stdin")),
                 say="" if more else PASSWORD + "\n")


def ask(host, address):
    """The answer to an address, and the seconds it took."""
    visitor = Visitor(host, "acme")
    code = visitor.code("/login/forgot")
    began = time.monotonic()
    answer = visitor.request("POST", "/login/forgot", {"csrf": code, "login": address})
    return answer, time.monotonic() - began


def path_of(host, letter):
    return letter.link.split(f":{host.https}", 1)[1]


@scenario("A forgotten password: a letter comes, its link sets a new one once, every session ends, and the log says it",
          rootless=True)
def story():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        person(host, "flo@forgot.test")
        flo, thief = Visitor(host, "acme"), Visitor(host, "acme")
        equal(thief.login("flo@forgot.test", PASSWORD).status, 303, "a login with the old password")
        equal('href="/login/forgot"' in flo.get("/login").text, True, "the way there stands on the login page")
        answer = flo.post("/login/forgot", "/login/forgot", login=" Flo@Forgot.TEST ")
        equal((answer.status, SENT in answer.text), (200, True), "the answer")
        (letter,) = server.wait_for(1)
        equal((letter.to, letter.subject), (["flo@forgot.test"], "A new password for acme"), "the letter")
        equal(logged(host, "acme")[-1][0], "password.asked", "the log after it")
        equal(thief.get("/account").status, 200, "nothing has changed by the letter alone")
        path = path_of(host, letter)
        equal((flo.get(path).status, flo.get(path).location), (303, "/welcome"), "the link")
        answer = flo.post("/welcome", "/welcome", password="Another-Horse-7")
        equal((answer.status, answer.location), (303, "/account"), "after the new password")
        equal((flo.get("/account").status, thief.get("/account").status), (200, 303), "this session and the older one")
        equal(Visitor(host, "acme").get(path).status, 404, "the link a second time")
        equal(Visitor(host, "acme").login("flo@forgot.test", PASSWORD).status, 403, "the old password")
        equal("password.reset" in [row[0] for row in logged(host, "acme")], True, "whether the log has the change")
        equal(server.wait_for(2)[1].subject, "Your password for acme was changed", "the word about the change")
        equal([line for line in host.lines if "forgot.test" in line or "cr" + "r_" in line], [], "log lines with a secret")


@scenario("Known, unknown, disabled, invited, expired addresses and those without a password get one answer, and one letter",
          rootless=True)
def alike():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        person(host, "flo@forgot.test")
        for name in ("off", "elsewhere", "late"):
            person(host, f"{name}@forgot.test")
        host.command("user", "disable", "acme", "off@forgot.test")
        change(host, "acme", "UPDATE person SET password = '' WHERE login = 'elsewhere@forgot.test'")
        change(host, "acme", "UPDATE person SET expires = 1 WHERE login = 'late@forgot.test'")
        host.command("user", "add", "acme", "new@forgot.test", "--role", "writer")
        before = len(server.wait_for(2))        # the invitation, and the word to who was disabled
        equal(before, 2, "letters so far")
        answers, times = set(), {}
        for name in ("flo", "off", "elsewhere", "late", "new", "nobody"):
            answer, seconds = ask(host, f"{name}@forgot.test")
            answers.add((answer.status, answer.body, *sorted((k.lower(), v) for k, v in answer.headers.items()
                                                             if k.lower() != "date")))
            times[name] = [seconds] + [ask(host, f"{name}@forgot.test")[1] for _ in range(1)] if name in (
                "flo", "nobody") else [seconds]
        equal(len(answers), 1, f"the number of different answers, of {answers}")
        middle = [statistics.median(t) for t in times.values()]
        # The answer comes half a second after the question whatever was done; what is done takes some milliseconds.
        if min(middle) < 0.45 or max(middle) > 3 * min(middle):
            raise AssertionError(f"the times tell accounts apart: {times}")
        letters = server.wait_for(before + 2)[before:]
        equal([letter.to for letter in letters], [["flo@forgot.test"]] * 2, "who got a letter")
        rows = [row[1] for row in logged(host, "acme") if row[0] == "password.asked"]
        equal((len(rows), sum("no_letter" in (row or "") for row in rows)), (8, 4), "rows of the log")


@scenario("A link that was asked for does not go round the second factor, nor does it forget wrong guesses", rootless=True)
def second_factor():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        person(host, "flo@forgot.test")
        flo = Visitor(host, "acme")
        flo.login("flo@forgot.test", PASSWORD)
        app, _codes = set_up_app(flo)
        change(host, "acme", "UPDATE person SET failures = 99")
        before = len(server.letters)
        ask(host, "flo@forgot.test")
        wait_until("the letter has come", 20, lambda: any("/welcome?t=" in l.text for l in server.letters[before:]))
        letter = next(l for l in server.letters if "/welcome?t=" in l.text)
        flo = Visitor(host, "acme")
        flo.get(path_of(host, letter))
        answer = flo.post("/welcome", "/welcome", password="Another-Horse-7")
        equal((answer.status, answer.location), (303, "/login/factor"), "after the new password")
        equal(("__Host-session" in flo.cookies, flo.get("/account").location), (False, "/login?next=/account"), "no session")
        equal(send_code(flo, app.wrong()).status, 403, "the hundredth wrong guess")
        equal(send_code(flo, app.code()).status, 403, "the right code after a hundred wrong ones")
        ask(host, "flo@forgot.test")
        equal(logged(host, "acme")[-1], ("password.asked", '{"no_letter":"locked"}'), "another link for who is locked")


@scenario("Who asks too often waits, by the address typed, known or not, and by network address; no form without its code",
          rootless=True)
def throttled():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        person(host, "flo@forgot.test")
        for name in ("flo", "nobody"):
            statuses = []
            while 429 not in statuses and len(statuses) < 9:
                answer = ask(host, f"{name}@forgot.test")[0]
                statuses.append(answer.status)
            equal((statuses[:3], statuses[-1]), ([200] * 3, 429), f"the answers to {name}")
            equal((int(answer.headers["Retry-After"]) > 0, 'role="alert"' in answer.text), (True, True), "the refusal")
        equal(len(server.letters) <= 3, True, "three letters in an hour are enough")
        statuses = [ask(host, f"n{i}@forgot.test")[0].status for i in range(8)]
        equal(429 in statuses, True, f"the answers to many names from one place: {statuses}")
        stranger = Visitor(host, "acme")
        stranger.get("/login/forgot")
        rows = len(logged(host, "acme"))
        for form, headers in (({}, ()), ({"csrf": "x"}, ()),
                              ({"csrf": stranger.code("/login/forgot")}, [("Sec-Fetch-Site", "same-site")])):
            refused = stranger.request("POST", "/login/forgot", {**form, "login": "flo@forgot.test"}, headers)
            equal(refused.status, 403, f"a form with {form} and {headers}")
        equal(len(logged(host, "acme")), rows, "what the refused forms have left in the log")


@scenario("Where the host sends no letters, the page says whom to ask, has no form, and a form sent anyway changes nothing",
          rootless=True)
def no_mail():
    with Host(portals=("acme",)) as host:
        person(host, "flo@forgot.test")
        visitor = Visitor(host, "acme")
        page = visitor.get("/login/forgot")
        equal((page.status, "<form" in page.text, "sends no letters" in page.text), (200, False, True), "the page")
        rows = len(logged(host, "acme"))
        answer = visitor.request("POST", "/login/forgot",
                                 {"csrf": visitor.code("/login"), "login": "flo@forgot.test"})
        equal((answer.status, answer.body == page.body), (200, True), "the answer to a form")
        equal(len(logged(host, "acme")), rows, "rows in the log")
        equal(web.get(host, "acme.localhost", "/login/forgot").status, 200, "the page for anybody")


@scenario("A word goes to the person when their second factor, a passkey or the password changes, in text and HTML",
          rootless=True)
def changes():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        person(host, "cha@changes.test")
        cha = Visitor(host, "acme")
        cha.login("cha@changes.test", PASSWORD)
        key = Passkey()
        steps = (
            ("A second factor was set up for acme", lambda: set_up_app(cha)),
            ("Your second factor for acme was removed", lambda: cha.post("/account/security", "/account/security/app/remove")),
            ("A passkey was added for acme", lambda: add_passkey(cha, key)),
            ("A passkey for acme was removed",
             lambda: cha.post("/account/security", "/account/security/passkeys/remove", id="1")),
            ("Your password for acme was changed",
             lambda: cha.post("/account", "/account/password", current=PASSWORD, new="Another-Horse-7")),
            ("A second factor was set up for acme", lambda: set_up_app(cha)),
            ("Your second factor for acme was removed", lambda: host.command("user", "reset", "acme", "cha@changes.test", "--second-factor")),
        )
        for n, (subject, step) in enumerate(steps, 1):
            step()
            letter = server.wait_for(n)[n - 1]
            equal((letter.to, letter.subject), (["cha@changes.test"], subject), f"letter {n}")
            equal(("ask an administrator" in " ".join(letter.text.split()), "/welcome" in letter.text,
                   "ask an administrator" in " ".join(letter.part("html").split())), (True, False, True),
                  f"what letter {n} says")


@scenario("In the browser an invitation and a link for a new password say whether a letter is on its way, and show the link",
          rootless=True)
def told():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        person(host, "ina@told.test", "--role", "administrator", "--print-link")
        letter = server.wait_for(1)[0]
        ina = Visitor(host, "acme")
        ina.get(path_of(host, letter))
        ina.post("/welcome", "/welcome", password=PASSWORD)
        answer = ina.post("/edit/people/invite", "/edit/people/invite", email="new@told.test", role="power-reader")
        equal((answer.status, "A letter with this link is on its way" in answer.text), (200, True), "an invitation")
        letter = server.wait_for(2)[1]
        equal((letter.to, letter.link in answer.text), (["new@told.test"], True), "the letter, and the link shown")
        answer = ina.post("/edit/people/invite", "/edit/people/invite", email="odd@192.0.2.7", role="power-reader")
        equal(("No letter can be sent" in answer.text, "/welcome?t=cri_" in answer.text), (True, True), "an odd address")
        answer = ina.post("/edit/people/1", "/edit/people/reset", id="1")
        equal("A letter with this link is on its way" in answer.text, True, "a link for a new password")
        equal(server.wait_for(3)[2].link in answer.text, True, "whether it is the link in the letter")
