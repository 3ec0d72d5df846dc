"""Logging in by another provider's account: who gets in, as whom, and every way that must not work."""
import json
import re
import sqlite3
import tempfile
import threading
import time
import urllib.parse
from contextlib import contextmanager
import archives
import signer
from authenticator import set_up_app
from case import equal, scenario
from host import Host
from processes import read_if_there
from provider import Provider
from visitor import Visitor

PASSWORD = "Correct-Horse-9"
QUIET = (r"does not answer and is left alone", r"provider of sign-on")


@contextmanager
def authority():
    with tempfile.TemporaryDirectory(prefix="carrel-sso-") as folder:
        yield signer.Authority(folder)


@contextmanager
def host_for(ca):
    file = archives.new_file(".conf")
    copy = archives.new_file(".pem")
    copy.write_bytes(ca.read_bytes())
    copy.chmod(0o644)
    file.write_text(f"[fetch]\nprivate_addresses = yes\nca_file = {copy}\n")
    with Host("--config", file) as host:
        yield host


def add(host, provider, portal="acme", *more):
    return host.command("sso", "add", portal, provider.name, "--issuer", provider.issuer, "--client", provider.client,
                        "--secret-stdin", *more, say=provider.secret + "\n")


def portal_with(host, provider, *more, name="acme"):
    host.command("portal", "create", name)
    return add(host, provider, name, *(more or ("--domain", "example.com")))


def leave(visitor, provider="one", next_page=None):
    """Press the button; the address at the provider that the page leads to."""
    form = {"provider": provider, **({"next": next_page} if next_page else {})}
    answer = visitor.post("/login", "/login/sso", **form)
    equal(answer.status, 200, "the page that leads on")
    url = answer.headers["Refresh"].removeprefix("0; url=")
    link = re.search(r'<a class="button" href="([^"]+)"', answer.text)[1]
    equal(link.replace("&amp;", "&"), url, "the link and the header")
    return url


def come_back(visitor, answer, provider="one", **how):
    return visitor.get(f"/login/sso/callback/{provider}?" + urllib.parse.urlencode(answer), **how)


def sign_on(host, provider, sub, portal="acme", next_page=None, **claims):
    visitor = Visitor(host, portal)
    url = leave(visitor, provider.name, next_page)
    return visitor, come_back(visitor, provider.approve(url, sub, **claims), provider.name)


def database(host, portal="acme"):
    path = host.data / "portals" / str(host.portal_id(portal)) / "portal.db"
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def log_rows(host, action, portal="acme"):
    with database(host, portal) as db:
        rows = db.execute("SELECT detail FROM audit WHERE action = ? ORDER BY seq", (action,)).fetchall()
    return [json.loads(r[0]) if r[0] else {} for r in rows]


def account_of(visitor):
    return re.search(r"<dd><bdi>([^<]+@[^<]+)</bdi>", visitor.get("/account").text)[1]


def is_refused(answer, what):
    equal((answer.status, "Set-Cookie" in answer.headers), (403, False), what)
    equal("This login did not work" in answer.text, True, f"the one page for {what}")
    return answer.text


DESCRIPTION = "/.well-known/openid-configuration"
MAIL = {"email": "wen@example.com", "email_verified": True}


@scenario("Who is invited logs in by a provider, is known by their subject from then on, and a disabled one stays out",
          rootless=True)
def matched():
    with authority() as made, Provider(made) as one, host_for(made.ca) as host:
        shown = portal_with(host, one)
        equal(shown["redirect"], f"https://acme.localhost:{host.https}/login/sso/callback/one", "the redirect address")
        equal("secret" in json.dumps(host.command("sso", "list", "acme")), False, "a secret in the list")
        host.command("user", "add", "acme", "wen@example.com", "--role", "writer")
        wen, answer = sign_on(host, one, "subject-1", next_page="/account", **MAIL)
        equal((answer.status, answer.location), (303, "/account"), "the way back")
        equal(account_of(wen), "wen@example.com", "whose session it is")
        again, answer = sign_on(host, one, "subject-1", email="other@elsewhere.test", email_verified=False)
        equal((answer.status, account_of(again)), (303, "wen@example.com"), "the subject with another address")
        is_refused(sign_on(host, one, "subject-2", **MAIL)[1], "another subject with the address")
        equal([r["why"] for r in log_rows(host, "login.failed")],
              ["the account of this mail address belongs to another account of the provider"], "why, in the log")
        host.command("user", "disable", "acme", "wen@example.com")
        equal(wen.get("/account").status, 303, "the session of who is disabled")
        is_refused(sign_on(host, one, "subject-1", **MAIL)[1], "who is disabled")
        host.command("user", "enable", "acme", "wen@example.com")
        equal(sign_on(host, one, "subject-1")[1].status, 303, "who is enabled again")
        host.command("user", "delete", "acme", "wen@example.com")
        is_refused(sign_on(host, one, "subject-1")[1], "who is deleted")
        equal(log_rows(host, "sso.linked"), [{"sso": "one", "by": "mail"}], "the link, in the log")


@scenario("A rule gives an account, a role and groups; without one, without a verified address of a listed domain, nobody "
          "gets in; administrators only where it was said")
def created():
    with authority() as made, Provider(made) as one, host_for(made.ca) as host:
        host.command("portal", "create", "acme")
        host.command("group", "add", "acme", "partners")
        add(host, one, "acme", "--domain", "example.com", "--domain", "example.org", "--claim", "groups",
            "--map", "docs=writer", "--map", "partners=power-reader:partners")
        equal(sign_on(host, one, "s1", email="Ann@Example.ORG", email_verified=True, name="Ann Arbor",
                      groups=["x", "partners"])[1].status, 303, "who has the value")
        people = {p["email"]: (p["role"], p["state"], p["name"]) for p in host.command("user", "list", "acme")}
        equal(people, {"ann@example.org": ("power-reader", "active", "Ann Arbor")}, "the account that was made")
        equal([p["email"] for p in host.command("group", "list", "acme", "--group", "partners")], ["ann@example.org"],
              "the group's members")
        one.userinfo = {"sub": "s2", "email": "bob@example.com", "email_verified": True, "groups": "docs"}
        equal(sign_on(host, one, "s2")[1].status, 303, "who is described by the user info endpoint")
        one.userinfo = {"sub": "somebody-else", "email": "cat@example.com", "email_verified": True, "groups": "docs"}
        refused = [
            {"sub": "s3"},
            {"sub": "s3", "email": "eve@example.com", "email_verified": True},
            {"sub": "s3", "email": "eve@example.com", "email_verified": True, "groups": ["Docs", "docs2"]},
            {"sub": "s3", "email": "eve@example.com", "email_verified": "true", "groups": ["docs"]},
            {"sub": "s3", "email": "eve@example.com", "email_verified": 1, "groups": ["docs"]},
            {"sub": "s3", "email": "eve@example.com", "groups": ["docs"]},
            {"sub": "s3", "email": "eve@evil.test", "email_verified": True, "groups": ["docs"]},
            {"sub": "s3", "email": "eve@sub.example.com", "email_verified": True, "groups": ["docs"]},
            {"sub": "s3", "email": "eve@evil.test,x@example.com", "email_verified": True, "groups": ["docs"]},
            {"sub": "s3", "email": "", "email_verified": True, "groups": ["docs"]},
        ]
        for claims in refused:
            one.userinfo = claims
            is_refused(sign_on(host, one, **claims)[1], str(claims))
        equal(host.ask("sso", "set", "acme", "one", "--map", "boss=administrator").code, 1, "a rule for administrators")
        host.command("user", "add", "acme", "boss@example.com", "--role", "administrator")
        boss = {"sub": "s4", "email": "boss@example.com", "email_verified": True}
        is_refused(sign_on(host, one, groups=["x"], **boss)[1], "an administrator's account by mail")
        host.command("sso", "set", "acme", "one", "--administrators", "yes", "--map", "boss=administrator")
        equal(sign_on(host, one, groups=["x"], **boss)[1].status, 303, "the same where it was said")
        equal(sign_on(host, one, "s5", email="chief@example.com", email_verified=True, groups="boss")[1].status, 303,
              "a rule that makes administrators")
        host.command("sso", "set", "acme", "one", "--enabled", "no")
        equal("/login/sso" in Visitor(host, "acme").get("/login").text, False, "the button of one that is off")
        equal(len(log_rows(host, "sso.joined")), 3, "new accounts, in the log")


def forged(one, two):
    """(what, how the provider's token or answer is wrong, a word of the reason)"""
    other = signer.Key(one.keys[0].file.parent, "one-1x")
    other.kid = "one-1"
    key, now = one.keys[0], int(time.time())
    return [
        ("alg none", {"make": lambda c: signer.token(c, key, {"alg": "none"}, lambda _t: b"")}, "algorithm"),
        ("alg none in disguise", {"make": lambda c: signer.token(c, key, {"alg": "nOnE"}, lambda _t: b"")}, "algorithm"),
        ("HS256 with the public key",
         {"make": lambda c: signer.token(c, key, {"alg": "HS256"}, signer.with_public_key(key))}, "algorithm"),
        ("no signature", {"make": lambda c: signer.token(c, key, None, lambda _t: b"")}, ""),
        ("another key under the same name", {"make": lambda c: signer.token(c, other)}, ""),
        ("a key in the header", {"make": lambda c: signer.token(c, other, {"jwk": other.jwk(), "kid": None})}, ""),
        ("a key's address in the header",
         {"make": lambda c: signer.token(c, other, {"jku": f"{two.issuer}/jwks", "kid": "two-1"})}, "kid"),
        ("the other provider's key", {"make": lambda c: signer.token(c, two.keys[0])}, "kid"),
        ("an encrypted token", {"make": lambda c: signer.token(c, key) + ".a.b"}, "encrypted"),
        ("changed after it was signed", {"make": lambda c: swap_payload(signer.token(c, key), {**c, "sub": "boss"})}, ""),
        ("another issuer", {"changes": {"iss": two.issuer}}, "iss"),
        ("the issuer with a slash", {"changes": {"iss": one.issuer + "/"}}, "iss"),
        ("another audience", {"changes": {"aud": "somebody"}}, "aud"),
        ("several audiences without azp", {"changes": {"aud": ["carrel", "somebody"]}}, "azp"),
        ("another azp", {"changes": {"aud": ["carrel", "somebody"], "azp": "somebody"}}, "azp"),
        ("another nonce", {"changes": {"nonce": "crt_x"}}, "nonce"),
        ("no nonce", {"left_out": ("nonce",)}, "nonce"),
        ("expired", {"changes": {"iat": now - 4000, "exp": now - 3600}}, "exp"),
        ("no end", {"left_out": ("exp",)}, "exp"),
        ("from the future", {"changes": {"iat": now + 3600, "exp": now + 7200}}, "future"),
        ("no subject", {"left_out": ("sub",)}, "sub"),
        ("an empty subject", {"changes": {"sub": ""}}, "sub"),
    ]


def swap_payload(text, claims):
    head, _payload, signature = text.split(".")
    return f"{head}.{signer.b64(json.dumps(claims).encode())}.{signature}"


@scenario("Every forged token of a provider is refused by the same page, with the reason in the log only")
def forgeries():
    with authority() as made, Provider(made) as one, Provider(made, "two") as two, host_for(made.ca) as host:
        portal_with(host, one)
        host.command("user", "add", "acme", "wen@example.com", "--role", "writer")
        pages = set()
        for what, how, reason in forged(one, two):
            one.make, one.changes, one.left_out = how.get("make"), how.get("changes", {}), how.get("left_out", ())
            visitor, answer = sign_on(host, one, "s1", **MAIL)
            pages.add(is_refused(answer, what))
            equal(visitor.get("/account").status, 303, f"the account after {what}")
            why = log_rows(host, "login.failed")[-1]
            equal((why["with"], reason in why["why"]), ("sso/one", True), f"the reason for {what}: {why}")
        equal(len(pages), 1, "how many pages there are for all that")
        one.make, one.changes, one.left_out = None, {}, ()
        equal(sign_on(host, one, "s1", **MAIL)[1].status, 303, "a right one after all that")
        equal(len(log_rows(host, "login.failed")), len(forged(one, two)), "rows in the log")


@scenario("States, codes and answers work once, in the browser and the portal they belong to, from the provider that was asked")
def journeys():
    with authority() as made, Provider(made) as one, Provider(made, "two") as two, host_for(made.ca) as host:
        portal_with(host, one)
        add(host, two)
        portal_with(host, one, name="globex")
        for portal in ("acme", "globex"):
            host.command("user", "add", portal, "wen@example.com", "--role", "writer")
        wen = Visitor(host, "acme")
        good = one.approve(leave(wen), "s1", **MAIL)
        is_refused(come_back(Visitor(host, "acme"), good), "the answer in another browser")
        thief = Visitor(host, "acme")
        leave(thief)
        is_refused(come_back(thief, good), "the answer in a browser with a login of its own")
        elsewhere = Visitor(host, "globex")
        leave(elsewhere)
        elsewhere.cookies.update(wen.cookies)
        is_refused(come_back(elsewhere, good), "the answer at another portal")
        equal(come_back(wen, good).status, 303, "the answer where it belongs")
        is_refused(come_back(wen, good), "the same answer again")
        for what, change in (("no state", {"state": ""}), ("a made-up state", {"state": "crt_" + "A" * 43}),
                             ("no code", {"code": ""}), ("a made-up code", {"code": "x"}),
                             ("another issuer", {"iss": two.issuer}), ("no issuer", {"iss": ""}),
                             ("a code that is too long", {"code": "x" * 4097})):
            visitor = Visitor(host, "acme")
            is_refused(come_back(visitor, {**one.approve(leave(visitor), "s1", **MAIL), **change}), what)
        # Mix-up: the person meant `two`, and `one` answers in its place, or the other way round.
        visitor = Visitor(host, "acme")
        url = leave(visitor, "two")
        stolen = one.approve(url, "s1", **MAIL)
        is_refused(come_back(visitor, stolen, "two"), "an answer of one for a login with two")
        visitor = Visitor(host, "acme")
        mixed = two.approve(leave(visitor, "one"), "s1", **MAIL)
        is_refused(come_back(visitor, mixed, "two"), "an answer at the other's address")
        equal([q for q in two.asked if q[1] == "/token"], [], "codes that two was shown")
        # The code was used already: by the person, or by whoever was faster.
        visitor = Visitor(host, "acme")
        answer = one.approve(leave(visitor), "s1", **MAIL)
        one.codes.pop(answer["code"])
        text = is_refused(come_back(visitor, answer), "a code that was used")
        equal("alert(1)" in text, False, "the provider's words on our page")
        for error in ("access_denied", "<script>alert(1)</script>", "x" * 3000):
            visitor = Visitor(host, "acme")
            state = one.approve(leave(visitor), "s1")["state"]
            text = is_refused(come_back(visitor, {"error": error, "error_description": "<b>Call 0900</b>", "state": state,
                                                  "iss": one.issuer}), f"the error {error[:20]}")
            equal(("0900" in text, "alert(1)" in text), (False, False), "the provider's words on our page")
        equal([r["why"] for r in log_rows(host, "login.failed")][-3:],
              ["the provider answered with an error: access_denied", "the provider answered with an error: other",
               "the provider answered with an error: other"], "errors, in the log")


@scenario("A provider's word for two factors counts only where the portal names it; who sets one up goes on where they wanted")
def strong():
    with authority() as made, host_for(made.ca) as host, Provider(made) as one, Provider(made, "two") as two:
        portal_with(host, one, "--domain", "example.com", "--second-factor", "mfa")
        add(host, two, "acme", "--domain", "example.com")
        host.command("user", "add", "acme", "wen@example.com", "--role", "writer")
        host.command("settings", "set", "acme", "second_factor", "writer")
        for claims, what in (({"amr": ["pwd", "mfa"]}, "amr"), ({"acr": "mfa"}, "acr")):
            wen, answer = sign_on(host, one, "w-1", next_page="/account", **MAIL, **claims)
            equal((answer.status, answer.location, wen.get("/account").status), (303, "/account", 200), f"two factors by {what}")
        for claims, what in (({}, "no word"), ({"amr": ["pwd"]}, "another word"), ({"acr": "mfa2"}, "a longer word"),
                             ({"amr": "xmfa"}, "a text that has it inside")):
            wen, answer = sign_on(host, one, "w-1", next_page="/account", **MAIL, **claims)
            equal((answer.status, answer.location), (303, "/account/security"), f"with {what}")
            equal(wen.get("/account").location, "/account/security", f"nothing else opens with {what}")
        wen, answer = sign_on(host, two, "w-2", next_page="/account", **MAIL, amr=["mfa"])
        equal(answer.location, "/account/security", "the word of a provider whose word was not named")
        wen, answer = sign_on(host, one, "w-1", next_page="/edit/people?text=a;b", **MAIL)
        equal(answer.location, "/account/security", "who must set up a factor")
        app, _codes = set_up_app(wen, 'href="/edit/people?text=a;b"')
        equal(("__Host-onward" in wen.cookies, wen.get("/account").status), (False, 200), "afterwards")
        wen, answer = sign_on(host, one, "w-1", next_page="/account", **MAIL)
        equal((answer.location, wen.get("/account").location), ("/login/factor", "/login?next=/account"), "without the word")
        equal(wen.post("/login/factor", "/login/factor", code=app.code()).location, "/account", "after the portal's own code")
        wen, answer = sign_on(host, one, "w-1", next_page="/account", **MAIL, amr=["mfa"])
        equal((answer.location, wen.get("/account").status), ("/account", 200), "with the word the code is not asked for")


@scenario("A provider's new keys are fetched once a minute at most, and what the withdrawn ones sign is refused")
def rotated():
    with authority() as made, Provider(made) as one, host_for(made.ca) as host:
        portal_with(host, one)
        host.command("user", "add", "acme", "wen@example.com", "--role", "writer")
        equal(sign_on(host, one, "s1", **MAIL)[1].status, 303, "a login with the first key")
        old, new = one.keys[0], signer.Key(made.folder, "one-2", "ES256")
        one.published, one.keys = [new], [new]
        equal(sign_on(host, one, "s1")[1].status, 303, "a login with the new key")
        asked = [q for q in one.asked if q[1] == "/jwks"]
        one.keys = [old]
        is_refused(sign_on(host, one, "s1")[1], "a token of the withdrawn key")
        one.keys = [signer.Key(made.folder, "one-3")]
        one.published = one.keys
        is_refused(sign_on(host, one, "s1")[1], "a second new key within a minute")
        equal([q for q in one.asked if q[1] == "/jwks"], asked, "questions for keys within a minute")


def start_fails(host, provider, portal):
    """A login cannot even begin: the portal is new, so nothing is known of the provider yet."""
    portal_with(host, provider, name=portal)
    answer = Visitor(host, portal).post("/login", "/login/sso", provider=provider.name)
    equal((answer.status, "Refresh" in answer.headers), (503, False), f"the way to {provider.name} from {portal}")
    equal("does not answer at the moment" in answer.text, True, "the sentence about it")


def descriptions(one):
    """Descriptions that must not be believed, as handlers."""
    def changed(**members):
        return lambda h: h.answer(200, {**one.description(), **members})
    return [
        lambda h: h.answer(302, b"", Location=f"{one.issuer}/moved"), lambda h: h.answer(200, b" " * 300_000),
        lambda h: h.answer(200, b"[" * 50_000), lambda h: h.answer(500, one.description()),
        changed(issuer=one.issuer + "/"), changed(issuer=one.issuer.upper()), changed(token_endpoint="http://127.0.0.1/token"),
        changed(authorization_endpoint="javascript:alert(1)"), changed(jwks_uri=""),
        changed(code_challenge_methods_supported=["plain"]),
    ]


@scenario("A provider whose certificate, description or size is wrong lets nobody in, and is told nothing")
def unwell():
    with authority() as made, authority() as strange, host_for(made.ca) as host, Provider(made) as one, \
            Provider(made, "two", strange.certificate("two")) as two, \
            Provider(made, "three", made.certificate("three", "127.0.0.2")) as three:
        host.allow(*QUIET, r"fetch for portal=\d+ (failed|refused)")
        for provider in (two, three):
            start_fails(host, provider, provider.name)
            checked = host.ask("sso", "check", provider.name, provider.name)
            equal((checked.code, "its certificate is not one" in checked.out), (1, True), f"checked: {checked.out}")
            equal(provider.asked, [], f"what {provider.name}, whose certificate is wrong, was told")
        for i, wrong in enumerate(descriptions(one)):
            one.special[DESCRIPTION] = wrong
            start_fails(host, one, f"p{i}")
        equal({q[1] for q in one.asked}, {DESCRIPTION}, "what was asked for after wrong descriptions")
        one.special = {"/token": lambda h: h.answer(200, b"[" * 60_000)}
        portal_with(host, one)
        is_refused(sign_on(host, one, "s1", **MAIL)[1], "a token answer of brackets")
        one.special = {"/token": lambda h: h.answer(302, b"", Location=f"{one.issuer}/moved")}
        is_refused(sign_on(host, one, "s1", **MAIL)[1], "a token answer that leads on")
        # A place that its description names, and the operator never allowed.
        one.special = {DESCRIPTION: lambda h: h.answer(200, {**one.description(), "token_endpoint": f"{two.issuer}/token"})}
        portal_with(host, one, name="aside")
        equal(sign_on(host, one, "s1", "aside", **MAIL)[1].status, 503, "a token endpoint that is not allowed")
        equal(two.asked, [], "what the place was told")


@scenario("While a provider drips or is gone the password works; after three failures it is left alone and the page says so")
def silent():
    with authority() as made, Provider(made) as one, host_for(made.ca) as host:
        host.allow(*QUIET, r"fetch for portal=\d+ failed")
        portal_with(host, one)
        host.command("user", "add", "acme", "wen@example.com", "--role", "writer", "--password-stdin", say=PASSWORD + "\n")
        one.special = {"/token": lambda h: h.drip(30)}
        waiting, answers = Visitor(host, "acme"), []
        answer = one.approve(leave(waiting), "s1", **MAIL)
        late = threading.Thread(target=lambda: answers.append(come_back(waiting, answer)))
        begin = time.monotonic()
        late.start()
        equal(Visitor(host, "acme").login("wen@example.com", PASSWORD).status, 303, "a password while one drips")
        took = time.monotonic() - begin
        late.join()
        equal((answers[0].status, took < 5), (503, True), f"the dripping login, and the password's {took:.1f} s")
        one.close()
        for _ in range(2):
            visitor = Visitor(host, "acme")
            equal(come_back(visitor, one.approve(leave(visitor), "s1")).status, 503, "a login when it is gone")
        page = Visitor(host, "acme").get("/login").text
        equal(("does not answer at the moment" in page, 'action="/login/sso"' in page, 'name="password"' in page),
              (True, False, True), "the login page")
        equal(Visitor(host, "acme").login("wen@example.com", PASSWORD).status, 303, "the password")
        equal([r["with"] for r in log_rows(host, "login.failed")], ["sso/one"] * 3, "failures in the log")


@scenario("The client's secret is in the portal's database and nowhere else: not in the log, lists, pages, or process tables")
def secret_nowhere():
    with authority() as made, Provider(made) as one, host_for(made.ca) as host:
        portal_with(host, one, "--domain", "example.com", "--administrators", "yes")
        host.command("user", "add", "acme", "boss@example.com", "--role", "administrator")
        boss, answer = sign_on(host, one, "s1", email="boss@example.com", email_verified=True)
        equal(answer.status, 303, "the login")
        page = boss.get("/edit/sso")
        equal((page.status, one.secret in page.text, one.issuer in page.text), (200, False, True), "the settings page")
        saved = boss.post("/edit/sso", "/edit/sso", name="one", enabled="yes", label="Our <b>One</b>", method="post",
                          secret=one.secret, scopes="openid email", domains="example.com example.org", claim="groups",
                          rules="docs=writer\n\n", factor="mfa", administrators="yes")
        equal((saved.status, "Our &lt;b&gt;One&lt;/b&gt; is saved." in saved.text), (200, True), "the settings, saved")
        equal(boss.post("/edit/sso", "/edit/sso", name="one", label="x", method="basic", scopes="email").status, 422,
              "scopes without openid")
        equal("answers as it should" in boss.post("/edit/sso", "/edit/sso/check", name="one").text, True, "asked now")
        shown = host.command("sso", "list", "acme")[0]
        equal({n: shown[n] for n in ("label", "method", "domains", "claim", "rules", "factor", "enabled")},
              {"label": "Our <b>One</b>", "method": "post", "domains": ["example.com", "example.org"], "claim": "groups",
               "rules": ["docs=writer"], "factor": "mfa", "enabled": True}, "what the command says of it")
        equal(sign_on(host, one, "s1")[1].status, 303, "a login by client_secret_post")
        changed = log_rows(host, "sso.change")
        equal((changed[0]["secret"], one.secret in json.dumps(changed)), (True, False), "the change in the log")
        equal(any(one.secret in line for line in host.lines), False, "the secret in the host's log")
        found = [p for p in host.data.rglob("*") if p.is_file() and one.secret.encode() in read_if_there(p)]
        equal({p.name.split("-")[0] for p in found}, {"portal.db"}, "files with the secret")
        for process in host.processes():
            for name in ("cmdline", "environ"):
                equal(one.secret.encode() in read_if_there(f"/proc/{process.pid}/{name}"), False,
                      f"the secret in {name} of {process.pid}")
        writer, answer = sign_on(host, one, "s2", email="wen@example.org", email_verified=True, groups=["docs"])
        equal((answer.status, writer.get("/edit/sso").status), (303, 404), "the settings for a writer")
        equal(host.command("sso", "check", "acme", "one")["answers"], True, "checked by the operator")
        equal(host.ask("sso", "check", "acme", "none").code, 1, "a provider that is not there, checked")
        gone = host.command("sso", "remove", "acme", "one")
        equal((gone["people"], host.command("sso", "list", "acme")), (2, []), "who had logged in by it")
        with sqlite3.connect(f"file:{host.data / 'registry' / 'registry.db'}?mode=ro", uri=True) as db:
            equal(db.execute("SELECT count(*) FROM allowed_origin").fetchall(), [(0,)], "places that may be asked")
