"""Logging in by a provider that others made, npm's oidc-provider: the whole story, by its own pages."""
import html
import http.cookiejar
import json
import os
import re
import subprocess
import urllib.error
import urllib.parse
import urllib.request
import ssl
from contextlib import contextmanager
from pathlib import Path

from case import Skip, equal, scenario, wait_until
from host import die_with_us, free_port
from test_sso import account_of, authority, come_back, host_for, is_refused, leave, log_rows
from visitor import Visitor

ROOT = Path(__file__).resolve().parent.parent.parent
PEER = ROOT / "tests/oidc"


@contextmanager
def peer(made, people, *redirects):
    if not (PEER / "node_modules").is_dir():
        raise Skip("tests/oidc/node_modules is missing; run tools/install-deps test")
    port, file = free_port(), made.folder / "people.json"
    file.write_text(json.dumps(people))
    pem, key = made.certificate("peer")
    process = subprocess.Popen([ROOT / "tools/node/node", PEER / "peer.mjs", str(port), pem, key, file, *redirects],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
                               env={**os.environ, "NODE_NO_WARNINGS": "1"}, preexec_fn=die_with_us)
    try:
        wait_until("the provider serves", 20, lambda: "ready" in process.stdout.readline() or process.poll() is not None)
        yield f"https://127.0.0.1:{port}", file
    finally:
        process.kill()
        process.wait()


class Stop(urllib.request.HTTPRedirectHandler):
    """Follows the provider's own redirects and stops at the way back."""

    def redirect_request(self, request, fp, code, msg, headers, newurl):
        if "/login/sso/callback/" in newurl:
            raise urllib.error.HTTPError(newurl, code, msg, headers, None)
        return super().redirect_request(request, fp, code, msg, headers, newurl)


class Browser:
    """At the provider: keeps its cookies, fills in its forms."""

    def __init__(self, ca):
        context = ssl.create_default_context(cafile=str(ca))
        self.opener = urllib.request.build_opener(urllib.request.HTTPSHandler(context=context), Stop,
                                                  urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))

    def open(self, url, form=None):
        """A page's address and text; or the way back's parameters."""
        data = urllib.parse.urlencode(form).encode() if form else None
        try:
            with self.opener.open(url, data, timeout=20) as answer:
                return answer.url, answer.read().decode()
        except urllib.error.HTTPError as error:
            if "/login/sso/callback/" not in error.url:
                raise AssertionError(f"{url}: {error.code} {error.read()[:300]}") from error
            return error.url, None

    def sign_in(self, url, login):
        for _ in range(4):
            at, text = self.open(url) if isinstance(url, str) else self.open(*url)
            if text is None:
                return dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(at).query))
            action = html.unescape(re.search(r'<form[^>]+action="([^"]+)"', text)[1])
            form = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', text))
            if 'name="login"' in text:
                form.update(login=login, password="anything")
            url = (urllib.parse.urljoin(at, action), form)
        raise AssertionError("the provider leads in circles")


@scenario("With a provider that others made: found by mail, made by a rule, known by subject, refused, disabled, "
          "confirmed anew")
def story():
    with authority() as made, host_for(made.ca) as host:
        host.command("portal", "create", "acme")
        back = f"https://acme.localhost:{host.https}/login/sso/callback/peer"
        people = {"wen": {"email": "wen@example.com", "email_verified": True, "name": "Wen Writer"},
                  "rita": {"email": "rita@example.com", "email_verified": True, "groups": ["docs", "readers"]},
                  "eve": {"email": "eve@example.com", "email_verified": True},
                  "mal": {"email": "wen@example.com", "email_verified": False, "groups": ["docs"]}}
        with peer(made, people, back) as (issuer, file):
            added = host.command("sso", "add", "acme", "peer", "--issuer", issuer, "--client", "carrel", "--secret-stdin",
                                 "--scopes", "openid email profile groups", "--domain", "example.com", "--claim", "groups",
                                 "--map", "readers=power-reader", say="peer-secret\n")
            equal(added["redirect"], back, "the redirect address")
            host.command("user", "add", "acme", "wen@example.com", "--role", "writer")

            def log_in(login, next_page="/account"):
                visitor = Visitor(host, "acme")
                url = leave(visitor, "peer", next_page)
                return visitor, come_back(visitor, Browser(made.ca).sign_in(url, login), "peer")

            wen, answer = log_in("wen")
            equal((answer.status, answer.location, account_of(wen)), (303, "/account", "wen@example.com"), "who was invited")
            rita, answer = log_in("rita")
            equal((answer.status, account_of(rita)), (303, "rita@example.com"), "who a rule gives an account")
            is_refused(log_in("eve")[1], "who nobody knows and no rule fits")
            is_refused(log_in("mal")[1], "whose address is not verified")
            people["wen"]["email"] = "wen@married.test"
            people["mal"]["email_verified"] = True
            file.write_text(json.dumps(people))
            again, answer = log_in("wen")
            equal((answer.status, account_of(again)), (303, "wen@example.com"), "the subject after the address changed")
            is_refused(log_in("mal")[1], "who has somebody's old address")
            host.command("user", "disable", "acme", "rita@example.com")
            is_refused(log_in("rita")[1], "who is disabled")
            equal({p["email"]: p["role"] for p in host.command("user", "list", "acme")},
                  {"wen@example.com": "writer", "rita@example.com": "power-reader"}, "the accounts at the end")
            sent = wen.post("/account", "/login/sso/confirm", provider="peer", next="/account")
            url = sent.headers["Refresh"].removeprefix("0; url=")
            equal(("prompt=login" in url, "max_age=0" in url), (True, True), "a proof that is asked for anew")
            answer = come_back(wen, Browser(made.ca).sign_in(url, "wen"), "peer")
            equal((answer.status, answer.location), (303, "/account"), "the proof")
            sent = wen.post("/account", "/login/sso/confirm", provider="peer")
            url = sent.headers["Refresh"].removeprefix("0; url=")
            people["rita"]["email"] = "x@example.com"
            is_refused(come_back(wen, Browser(made.ca).sign_in(url, "rita"), "peer"), "somebody else's proof")
            equal(len(log_rows(host, "login.confirmed")), 1, "proofs in the log")


@scenario("In Chromium: to the provider and back with the cookies of this site, with and without script, on a phone too")
def browser():
    if not (ROOT / "tests/browser/node_modules").is_dir():
        raise Skip("tests/browser/node_modules is missing; run tools/install-deps test")
    with authority() as made, host_for(made.ca) as host:
        host.command("portal", "create", "acme")
        back = f"https://acme.localhost:{host.https}/login/sso/callback/peer"
        people = {name: {"email": f"{name}@example.com", "email_verified": True} for name in ("wen", "eve")}
        with peer(made, people, back) as (issuer, _file):
            host.command("sso", "add", "acme", "peer", "--issuer", issuer, "--client", "carrel", "--secret-stdin",
                         "--label", "Our Peer", "--domain", "example.com", say="peer-secret\n")
            host.command("user", "add", "acme", "wen@example.com", "--role", "writer")
            host.command("user", "add", "acme", "boss@example.com", "--role", "administrator", "--password-stdin",
                         say="Correct-Horse-9\n")
            done = subprocess.run([ROOT / "tools/node/node", ROOT / "tests/browser/sso.mjs",
                                   f"https://acme.localhost:{host.https}", host.ca, made.ca], capture_output=True,
                                  text=True, timeout=80, check=False)
            equal((done.returncode, done.stdout.count("ok: ")), (0, 6), f"the browser said {done.stdout}{done.stderr[-900:]}")
