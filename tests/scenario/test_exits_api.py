"""The exits of the API: every way in which something of a restricted publication could leave to a program, tried with the
token of every kind of reader.

OPERATIONS and HOLDERS are tables, as EXITS and KINDS of test_exits.py are: a new row is tried with all of the other table.
An operation about publications that the portal's document has and this table has not fails it."""
import sqlite3

import web
from case import equal, scenario
from host import Host
from program import SCOPES, Program, make_token
from test_exits import CANARY, logged_in, make_portals, ratio
from test_share import opened, share


# ---- who asks ----

def token(host, login, portal="acme", *scopes):
    role = login if login in SCOPES else "power-reader"
    return make_token(host, portal, f"{login}@example.com", *(scopes or SCOPES[role]))["token"]


def bearer(host, login, portal="acme"):
    return [("Authorization", f"Bearer {token(host, login, portal)}")]


def disabled(host):
    made = bearer(host, "disabled")
    host.command("user", "disable", "acme", "disabled@example.com")
    return made


def revoked(host):
    made = make_token(host, "acme", "named@example.com", "content.read")
    host.command("token", "revoke", "acme", "named@example.com", made["id"])
    return [("Authorization", f"Bearer {made['token']}")]


def ungranted(host):
    host.command("user", "add", "acme", "former@example.com", "--role", "power-reader", "--password-stdin", say="Correct-Horse-9\n")
    host.command("access", "grant", "acme", "hidden", "former@example.com")
    made = bearer(host, "former")
    host.command("access", "revoke", "acme", "hidden", "former@example.com")
    return made


def cookies(visitor):
    return [("Cookie", "; ".join(f"{n}={v}" for n, v in visitor.cookies.items()))]


READS, HIDDEN, STRANGER = "reads", 404, 401

# name: the headers such a reader sends, and whether they read "hidden", find nothing there, or are not let in
HOLDERS = {
    "anonymous": (lambda h: [], STRANGER),
    "Power Reader without access": (lambda h: bearer(h, "none"), HIDDEN),
    "Power Reader of another publication": (lambda h: bearer(h, "elsewhere"), HIDDEN),
    "Power Reader whose right was taken away": (ungranted, HIDDEN),
    "Power Reader by name": (lambda h: bearer(h, "named"), READS),
    "Power Reader by group": (lambda h: bearer(h, "grouped"), READS),
    "expired Power Reader": (lambda h: bearer(h, "expired"), STRANGER),
    "disabled Power Reader": (disabled, STRANGER),
    "Power Reader with a revoked token": (revoked, STRANGER),
    "Power Reader by name, by the session only": (lambda h: cookies(logged_in(h, "named")), STRANGER),
    "Power Reader without access, with a session of one who has it":
        (lambda h: bearer(h, "none") + cookies(logged_in(h, "named")), HIDDEN),
    "holder of a share link": (lambda h: cookies(opened(h, share(h, "acme", "hidden")[1])), STRANGER),
    "Power Reader without access, with a share link":
        (lambda h: bearer(h, "none") + cookies(opened(h, share(h, "acme", "hidden")[1])), HIDDEN),
    "reviewer": (lambda h: bearer(h, "reviewer"), READS),
    "writer": (lambda h: bearer(h, "writer"), READS),
    "author of another portal": (lambda h: bearer(h, "writer", "globex"), STRANGER),
    "reader of another portal": (lambda h: bearer(h, "named", "globex"), STRANGER),
}


# ---- what they ask for ----

TAG = object()                  # stands for the tag that whoever may read it was given
TOPIC, FILE = "/topics/start", "/files/img/dot.png"

# name: what stands behind the publication's address, what is sent besides, the status for who may read
OPERATIONS = {
    "publication": ("", (), 200),
    "publication, if it is another": ("", [("If-None-Match", TAG)], 304),
    "topics": ("/topics", (), 200),
    "topics, one of them": ("/topics?limit=1", (), 200),
    "topics, from the second on": ("/topics?after=30", (), 200),
    "topics behind the last": ("/topics?after=393939", (), 200),
    "topics from a cursor of another list": ("/topics?after=7a", (), 422),
    "topic": (TOPIC, (), 200),
    "topic, if it is another": (TOPIC, [("If-None-Match", TAG)], 304),
    "topic as Markdown": (TOPIC + "?as=markdown", (), 200),
    "topic as HTML": (TOPIC + "?as=html", (), 200),
    "topic as HTML, if it is another": (TOPIC + "?as=html", [("If-None-Match", TAG)], 304),
    "topic that is not there": ("/topics/none", (), 404),
    "topic of an old address": ("/topics/former", (), 404),
    "topic with a path in code": ("/topics/%73tart", (), 200),
    "files": ("/files", (), 200),
    "files, one of them": ("/files?limit=1", (), 200),
    "file": (FILE, (), 200),
    "file, if it is another": (FILE, [("If-None-Match", TAG)], 304),
    "file, part of it": (FILE, [("Range", "bytes=0-3")], 206),
    "file, a part that it has not": (FILE, [("Range", "bytes=999999-")], 416),
    "file that is not there": ("/files/none.png", (), 404),
}
BASE = "/api/v1/publications/{}"
# Operations of administrators: they are no exit to a reader, and their roles are in roles.golden.
GUARDED = ("readers", "shares", "visibility")


class Caller:
    """A program's connection, made anew when the server ends it; and from another address now and then, since whoever
    fails too often from one is told to wait."""
    number = 0

    def __init__(self, host, headers):
        Caller.number += 1
        self.host, self.headers, self.connection, self.asked, self.net = host, headers, None, 0, Caller.number

    def __call__(self, path, method="GET", headers=()):
        self.asked += 1
        if self.asked % 20 == 0:
            self.close()
        if self.connection is None:
            self.connection = web.Connection(self.host, "acme.localhost", source=f"127.1.{self.net}.{self.asked // 20 + 1}")
        answer = self.connection.request(path, method, [*headers, *self.headers])
        if answer.get("connection") == "close":
            self.close()
        return answer

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def ask(call, name, method, publication, tags):
    tail, headers, _ = OPERATIONS[name]
    sent = [(n, tags[tail] if v is TAG else v) for n, v in headers]
    answer = call(BASE.format(publication) + tail, method, sent)
    # What may differ between any two answers to the same reader.
    return answer.status, sorted((n, v) for n, v in answer.headers if n not in ("date", "retry-after")), answer.body


def wrong_with(call, kind, tags):
    wrong, stands = [], HOLDERS[kind][1]
    for name, (_, _, good) in OPERATIONS.items():
        for method in ("GET", "HEAD"):
            status, headers, body = ask(call, name, method, "hidden", tags)
            what = f"{name} by {method} as {kind}: {status}"
            if stands == READS:
                # A part is asked for by GET only (RFC 9110, 14.2).
                wanted = 200 if method == "HEAD" and any(n == "Range" for n, _ in OPERATIONS[name][1]) else good
                if status != wanted or ("cache-control", "no-store") not in headers:
                    wrong.append(f"{what}, wanted {wanted}; {headers}")
            elif (status, headers, body) != ask(call, name, method, "nothing", tags):
                wrong.append(f"{what} and {len(body)} bytes, not as where nothing is")
            elif status != (422 if good == 422 and stands == HIDDEN else stands) or CANARY.encode() in body or "hidden" in str(headers):
                wrong.append(f"{what}, or a name that nobody may see")
    listed = call("/api/v1/publications?limit=500").text()
    if (CANARY in listed or '"hidden"' in listed) != (stands == READS):
        wrong.append(f"the list as {kind}: names what is hidden: {CANARY in listed}")
    for path in ("/", "/sitemap.xml", "/docs/hidden/start", "/files/hidden/img/dot.png"):
        # A token opens no page: who may read by it meets there what anybody does.
        if not any(n == "Cookie" for n, _ in call.headers) and CANARY in call(path).text():
            wrong.append(f"{path} shows a token's holder what is hidden: {kind}")
    return wrong


def age(host):
    """The end of an account, written while the host stands still: no order sets a day that is over."""
    host.stop()
    folder = host.data / "portals" / str(host.acme)
    db = sqlite3.connect(folder / "portal.db")
    with db:
        equal(db.execute("UPDATE person SET expires = 5 WHERE login = 'expired@example.com'").rowcount, 1, "who expired")
    db.close()
    host.start()
    host.wait_ready()


@scenario("Every operation of the API, with the token of every kind of reader: theirs, or the bytes of nothing", rootless=True)
def table():
    with Host() as host:
        make_portals(host)
        holders = {name: row[0](host) for name, row in HOLDERS.items()}
        host.acme = host.portal_id("acme")
        age(host)
        reader = Caller(host, holders["Power Reader by name"])
        tags = {tail: reader(BASE.format("hidden") + tail).get("etag") for tail in ("", TOPIC, TOPIC + "?as=html", FILE)}
        reader.close()
        wrong = []
        for kind in (*holders, *reversed(holders)):     # what one was sent is in no cache for the next
            call = Caller(host, holders[kind])
            wrong += wrong_with(call, kind, tags)
            call.close()
        equal(wrong, [], f"{len(HOLDERS)} kinds of readers at {len(OPERATIONS)} operations, twice")
        document = Program(host, "acme").get("/openapi.json").json
        below = {p.removeprefix("/api/v1/publications/{publication}").strip("/").split("/")[0]
                 for p in document["paths"] if p.startswith("/api/v1/publications/")}
        equal(below - {"", "topics", "files", *GUARDED}, set(), "operations about publications that are not in the table")


@scenario("By the time it takes, a program cannot tell the hidden from what is not there")
def timing():
    with Host() as host:
        make_portals(host)
        headers = bearer(host, "none")
        for tail in ("", "/topics", TOPIC, TOPIC + "?as=html", "/files", FILE):
            # Noise may move a median once; what tells the two apart moves it each time.
            tries = [ratio(host, BASE + tail, headers, 100) for _ in range(3)]
            if min(abs(1 - r) for r in tries) > 0.25:
                raise AssertionError(f"{tail or 'a publication'}: the hidden takes {tries} times what nothing takes")
