"""Who gets what at every address: the router's rows times the roles, against roles.golden; and no number, name or
cookie opens what is not one's own.

A row's first two words are the router's; a unit test fails while a row is missing. CARREL_GOLDEN=write with these
scenarios writes the answers anew, to be read before they are kept."""
import os
import re
import sqlite3
from pathlib import Path

from case import equal, scenario
from host import Host
from program import SCOPES, Program, make_token
from test_api import PASSWORD, portal
from visitor import Visitor

GOLDEN = Path(__file__).resolve().with_name("roles.golden")
ROLES = ("nobody", "foreign", "expired", "disabled", "reader", "granted", "reviewer", "writer", "administrator")
PAGES = {"/docs/": "/docs/restricted/start", "/files/": "/files/restricted/img/dot.png", "/-/": "/-/none", "/s/": "/s/none",
         "/edit/people/": "/edit/people/2", "/edit/groups/": "/edit/groups/gold", "/edit/access/": "/edit/access/restricted",
         "/edit/people/unfactor": "/edit/people/unfactor?id=2", "/edit/people/delete": "/edit/people/delete?id=2"}
FOUND = {"publication": "restricted", "topic...": "start", "path...": "img/dot.png", "project": "restricted", "group": "gold",
         "id": "2", "token": "1", "link": "1", "name": "corp"}
# What each form of the workspace is sent, so that whoever may send it is let in and seen to be: the last one to ask, an
# administrator, does it. "id" stands for a person who is there for that, or for the one named.
TARGET, GRANTED = "target@example.com", "granted@example.com"
FIELDS = {
    "/edit/shares": {"publication": "restricted", "days": "3"}, "/edit/shares/revoke": {"publication": "restricted", "link": "1"},
    "/edit/people/invite": {"email": "invited@example.com", "role": "power-reader"},
    "/edit/people/import": {"csv": "tabled@example.com"}, "/edit/people/change": {"id": TARGET, "name": "Target"},
    **{f"/edit/people/{deed}": {"id": TARGET} for deed in ("disable", "enable", "reset", "end-sessions", "unfactor", "delete")},
    "/edit/group/add": {"group": "extra", "title": "Extra"}, "/edit/group/rename": {"group": "extra", "title": "More"},
    "/edit/group/remove": {"group": "extra"}, "/edit/group/join": {"group": "gold", "email": GRANTED},
    "/edit/group/leave": {"group": "gold", "id": GRANTED},
    "/edit/publication/visibility": {"publication": "restricted", "visibility": "restricted"},
    "/edit/publication/grant": {"publication": "restricted", "group": "gold"},
    "/edit/publication/revoke": {"publication": "restricted", "group": "gold"}, "/edit/settings": {"password.minimum": "6"},
    "/edit/backups/restore": {"backup": "999"}, "/edit/backups/part": {"backup": "999"}, "/edit/backups/look": {"backup": "999"},
    "/edit/backups/own/prepare": {"backup": "999"},
}
FAILURES = 20           # from one address, before the portal asks to wait


def read_golden():
    lines = [line.split() for line in GOLDEN.read_text().splitlines() if not line.startswith("#")]
    return [(line[0], line[1], dict(zip(ROLES, line[2:]))) for line in lines]


def address_of(method, path):
    """Something to ask for: what is there to read, and what is not there to change."""
    if method == "GET" and path in PAGES:
        return PAGES[path]
    missing = {name: "999" if value.isdigit() else "none" for name, value in FOUND.items()}
    return re.sub(r"\{([a-z.]+)\}", lambda m: (FOUND if method == "GET" else missing)[m[1]], path)


class Actor:
    """One role: a browser that is logged in, and a program with every scope the role can have."""

    def __init__(self, host, role, numbers):
        self.host, self.role, self.numbers, self.asked = host, role, numbers, 0
        self.portal = "globex" if role == "foreign" else "acme"
        self.email = {"nobody": None, "foreign": "ada@example.com", "administrator": "ada@example.com"}.get(
            role, f"{role}@example.com")
        self.scopes = SCOPES["administrator" if role == "foreign" else role if role in SCOPES else "power-reader"]
        self.browser, self.program, self.csrf = Visitor(host, "acme", keep_open=True), Program(host, "acme"), None
        self.move()
        if self.email:
            self.log_in()
            self.program.token = make_token(host, self.portal, self.email, *self.scopes)["token"]

    def log_in(self):
        browser = Visitor(self.host, self.portal)
        equal(browser.login(self.email, PASSWORD).status, 303, f"the login of {self.role}")
        self.browser.cookies = browser.cookies

    def page(self, method, path):
        answer = self.browser.get(path) if method == "GET" else self.post(path)
        location = answer.headers["Location"]
        if location is None:
            return str(answer.status)
        return f"{answer.status}>{re.sub(r'^/-/.*|[?].*', '', location) or '/-/'}"

    def post(self, path):
        """A form with its code; with its fields where FIELDS has them. Whoever is logged out by it comes in again."""
        if self.csrf is None:
            self.csrf = self.browser.code("/login" if self.is_out() else "/account")
        kept = dict(self.browser.cookies)
        fields = {name: self.numbers.get(value, value) if name == "id" else value for name, value in FIELDS.get(path, {}).items()}
        answer = self.browser.request("POST", path, {"csrf": self.csrf, "login": f"{self.role} at {path}", **fields})
        if self.browser.cookies != kept:
            self.browser.cookies = kept
            if not self.is_out():
                self.log_in()
            self.csrf = None
        return answer

    def is_out(self):
        return self.role in ("nobody", "foreign", "expired", "disabled")

    def move(self):
        """To another address: whoever fails too often from one is told to wait."""
        self.program.close()
        self.program.source = f"127.0.{ROLES.index(self.role) + 1}.{self.asked // FAILURES + 1}"

    def operation(self, method, path):
        self.asked += 1
        if self.is_out() and self.asked % FAILURES == 0:
            self.move()
        status = self.program.send(method, path).status
        if path.endswith("/me/token") and status == 200:
            self.program.token = make_token(self.host, self.portal, self.email, *self.scopes)["token"]
        return str(status)

    def ask(self, method, path):
        address = address_of(method, path)
        return self.operation(method, address) if path.startswith("/api/") else self.page(method, address)


def expire(host, email):
    """As if the account's last day had passed: nothing that a person can order sets a day that is over."""
    folder = host.data / "portals" / str(host.portal_id("acme"))
    with sqlite3.connect(folder / "portal.db", timeout=10) as database:
        equal(database.execute("UPDATE person SET expires = 1 WHERE login = ?", (email,)).rowcount, 1, "who expires")


def stage(host):
    portal(host)
    host.command("portal", "create", "globex")
    host.command("user", "add", "globex", "ada@example.com", "--role", "administrator", "--password-stdin", say=PASSWORD + "\n")
    host.command("group", "add", "acme", "gold")
    for role in ROLES[2:-1]:
        kind = role if role in SCOPES else "power-reader"
        host.command("user", "add", "acme", f"{role}@example.com", "--role", kind, "--password-stdin", say=PASSWORD + "\n")
    host.command("user", "add", "acme", TARGET, "--role", "power-reader", "--password-stdin", say=PASSWORD + "\n")
    for role in ("granted", "expired", "disabled"):
        host.command("access", "grant", "acme", "restricted", f"{role}@example.com")
    numbers = {person["email"]: str(person["id"]) for person in host.command("user", "list", "acme")}
    actors = {role: Actor(host, role, numbers) for role in ROLES}
    host.command("user", "disable", "acme", "disabled@example.com")
    expire(host, "expired@example.com")
    return actors


def write_golden(rows):
    head = [line for line in GOLDEN.read_text().splitlines() if line.startswith("#")]
    text = [" ".join([method, path, *(answers[role] for role in ROLES)]) for method, path, answers in rows]
    GOLDEN.write_text("\n".join(head + text) + "\n")


@scenario("Every address answers every role as the golden table says", rootless=True)
def matrix():
    with Host() as host:
        actors = stage(host)
        rows = [(method, path, {role: actor.ask(method, path) for role, actor in actors.items()})
                for method, path, _ in read_golden()]
        if os.environ.get("CARREL_GOLDEN") == "write":
            write_golden(rows)
        wrong = [f"{method} {path} as {role}: got {answers[role]}, wanted {wanted.get(role)}"
                 for (method, path, answers), (_, _, wanted) in zip(rows, read_golden())
                 for role in ROLES if answers[role] != wanted.get(role)]
        if wrong:
            raise AssertionError("not as roles.golden says:\n  " + "\n  ".join(wrong[:20]))


ODD = ("-1", "0", "00", "1.0", "0x1", "1e0", "x", "999", "9223372036854775807", "9223372036854775808", "1%20", "%31%2F2",
       "..", "%2e%2e", "1;2", "*", "null")


def identifiers(actor, most):
    """Every address of the API that names something, with every number there is and many that cannot be."""
    for method, path, _ in read_golden():
        names = re.findall(r"\{([a-z.]+)\}", path)
        if not path.startswith("/api/") or not names:
            continue
        for value in (*map(str, range(1, most)), *ODD, "restricted", "private", "gold"):
            yield method, path, path.replace("{" + names[-1] + "}", value).replace("{publication}", "private") \
                .replace("{project}", "private").replace("{group}", "gold").replace("{id}", "1")


@scenario("In the golden table no form of the workspace answers a lesser role as it answers who may send it")
def told_apart():
    """/edit/sso/check is about a provider, and this portal has none."""
    forms = [(path, answers) for method, path, answers in read_golden() if method == "POST" and path.startswith("/edit")]
    equal(set(FIELDS) - {path for path, _ in forms}, set(), "fields of forms that are gone")
    for path, answers in forms:
        if path == "/edit/sso/check":
            continue
        equal(answers["administrator"][:3] in ("200", "303", "422"), True, f"{path}: an administrator gets {answers['administrator']}")
        for role in ("reader", "granted", "reviewer"):
            equal(answers[role], "404", f"{path} for a {role}")
        equal(answers["writer"] == "404", "/edit/shares" not in path, f"{path}: a writer gets {answers['writer']}")


@scenario("No number and no name opens what is not one's own: what is hidden is the same bytes as what is not there")
def sweep():
    with Host() as host:
        actors = stage(host)
        share = host.command("share", "add", "acme", "restricted")
        before = snapshot(host)
        for role in ("reader", "granted", "reviewer"):
            actor = actors[role]
            missing = actor.program.get("/publications/none").body
            for method, path, address in identifiers(actor, 12):
                answer = actor.program.send(method, address)
                administrators = any(word in path for word in ("/people", "/groups", "/readers", "/shares", "/visibility", "/providers"))
                wanted = (403, 400, 404) if administrators else (200, 404, 403, 405)
                if answer.status not in wanted:
                    raise AssertionError(f"{role}: {method} {address} gives {answer.status}")
                if answer.status == 404:
                    equal(answer.body, missing, f"{role}: {method} {address}")
                if answer.status == 200 and role != "reviewer" and "private" in address:
                    raise AssertionError(f"{role} reads {address}")
        # In the browser: another person's sessions and tokens by their numbers.
        for number in (*range(0, 14), "-1", "x", "99999999999999999999"):
            for path in ("/account/sessions/end", "/account/tokens/revoke"):
                equal(actors["reader"].browser.post("/account", path, id=str(number)).status in (200, 404, 422), True, path)
                if actors["reader"].browser.get("/account").status != 200:
                    actors["reader"].log_in()   # that was the reader's own session
        equal([a.program.get("/me").status for a in (actors["granted"], actors["writer"], actors["administrator"])], [200] * 3,
              "the tokens of others afterwards")
        equal([a.browser.get("/account").status for a in (actors["granted"], actors["writer"])], [200] * 2, "their sessions")
        equal(host.command("share", "list", "acme", "restricted")[0]["link"], share["link"], "the share link")
        equal(snapshot(host), before, "people, groups and rights after all that")


def snapshot(host):
    return (host.command("user", "list", "acme"), host.command("group", "list", "acme"),
            host.command("access", "list", "acme", "restricted"), host.command("settings", "show", "acme"),
            host.command("sso", "list", "acme"),
            [len(host.command("token", "list", "acme", f"{r}@example.com")) for r in ("granted", "reviewer", "writer")])
