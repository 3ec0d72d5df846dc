"""The exits: every way in which something of a restricted publication could leave, tried as every kind of reader.

EXITS and KINDS are tables. A new exit or a new kind of reader is one row, and is tried with all of the other table.
"""
import base64
import hashlib
import hmac
import sqlite3
import statistics
import time

import content
import web
from case import equal, scenario
from host import Host
from test_login import DOT, PASSWORD
from test_share import opened, share
from visitor import Visitor

CANARY = "Zanzibar"             # in every title, name and sentence of what is hidden
OLD = "Mon, 01 Jan 2001 00:00:00 GMT"
LATER = "Fri, 01 Jan 2038 00:00:00 GMT"


# ---- what there is ----

def manual(name):
    text = f"# {name} start\n\nAbout {name}.\n\n![A dot](img/dot.png)\n\nSee [more](second.md).\n"
    return content.folder(**{
        "mkdocs.yml": f"site_name: {name}\nplugins:\n  - redirects:\n      redirect_maps:\n        'former.md': 'start.md'\n",
        "docs__start": text, "docs__second": f"# {name} second\n\nThe end of {name}.\n", "docs__img__dot.png": DOT})


def make_portals(host):
    host.command("portal", "create", "acme")
    host.command("portal", "create", "globex")
    for portal in ("acme", "globex"):
        for slug, name, visibility in (("hidden", CANARY, "restricted"), ("other", "Zeppelin", "restricted"),
                                       ("open", "Open", "public")):
            host.command("import", portal, slug, manual(name))
            host.command("publish", portal, slug, "--visibility", visibility)
        for login, role in (("writer", "writer"), ("reviewer", "reviewer"), ("none", "power-reader"),
                            ("named", "power-reader"), ("grouped", "power-reader"), ("expired", "power-reader"),
                            ("disabled", "power-reader"), ("elsewhere", "power-reader")):
            host.command("user", "add", portal, f"{login}@example.com", "--role", role, "--password-stdin",
                         say=PASSWORD + "\n")
        host.command("group", "add", portal, "readers")
        host.command("group", "join", portal, "readers", "grouped@example.com")
        host.command("access", "grant", portal, "hidden", "--group", "readers")
        for login in ("named", "expired", "disabled"):
            host.command("access", "grant", portal, "hidden", f"{login}@example.com")
        host.command("access", "grant", portal, "other", "elsewhere@example.com")


def logged_in(host, login, portal="acme"):
    visitor = Visitor(host, portal)
    equal(visitor.login(f"{login}@example.com", PASSWORD).status, 303, f"the login of {login}")
    return visitor


def replayed(host, foreign):
    """What another portal gave, shown here."""
    visitor = Visitor(host, "acme")
    visitor.cookies = dict(foreign.cookies)
    return visitor


def invited(host):
    url = host.command("user", "add", "acme", "invited@example.com", "--role", "power-reader")["url"]
    host.command("access", "grant", "acme", "hidden", "invited@example.com")
    return opened(host, "/welcome?" + url.split("?")[1])


def revoked_link(host):
    made, path = share(host, "acme", "hidden")
    visitor = opened(host, path)
    host.command("share", "revoke", "acme", "hidden", str(made["link"]))
    return visitor


def disabled(host):
    visitor = logged_in(host, "disabled")
    host.command("user", "disable", "acme", "disabled@example.com")
    return visitor


def renamed_link(host):
    visitor = opened(host, share(host, "acme", "other")[1])
    visitor.cookies = {"__Host-share-hidden": visitor.cookies["__Host-share-other"]}
    return visitor


def expired_link(host):
    """Its cookie is made when the host stands still: see age()."""
    return Visitor(host, "acme")


# name: how such a reader comes to be, whether they may read "hidden", whether the home page lists it to them
KINDS = {
    "anonymous": (lambda h: Visitor(h, "acme"), False, False),
    "Power Reader without access": (lambda h: logged_in(h, "none"), False, False),
    "Power Reader of another publication": (lambda h: logged_in(h, "elsewhere"), False, False),
    "Power Reader by name": (lambda h: logged_in(h, "named"), True, True),
    "Power Reader by group": (lambda h: logged_in(h, "grouped"), True, True),
    "expired Power Reader": (lambda h: logged_in(h, "expired"), False, False),
    "disabled Power Reader": (disabled, False, False),
    "invited Power Reader": (invited, False, False),
    "holder of a share link": (lambda h: opened(h, share(h, "acme", "hidden")[1]), True, False),
    "holder of an expired share link": (expired_link, False, False),
    "holder of a revoked share link": (revoked_link, False, False),
    "holder of another publication's share link": (lambda h: opened(h, share(h, "acme", "other")[1]), False, False),
    "the same, cookie renamed to this publication's": (renamed_link, False, False),
    "reviewer": (lambda h: logged_in(h, "reviewer"), True, True),
    "writer": (lambda h: logged_in(h, "writer"), True, True),
    "author of another portal": (lambda h: replayed(h, logged_in(h, "writer", "globex")), False, False),
    "reader of another portal": (lambda h: replayed(h, logged_in(h, "named", "globex")), False, False),
    "holder of another portal's share link":
        (lambda h: replayed(h, opened(h, share(h, "globex", "hidden")[1], "globex")), False, False),
}


TAG = object()                  # stands for the tag that whoever may read it was given
PAGE, MARKDOWN, FILE = "/docs/{}/start", "/docs/{}/start.md", "/files/{}/img/dot.png"

# name: method, path ({}: the publication), what is sent besides, the status for who may read
EXITS = {
    "page": ("GET", PAGE, (), 200),
    "page, without a body": ("HEAD", PAGE, (), 200),
    "another page": ("GET", "/docs/{}/second", (), 200),
    "page as gzip": ("GET", PAGE, [("Accept-Encoding", "gzip")], 200),
    "page as brotli": ("GET", PAGE, [("Accept-Encoding", "br")], 200),
    "page in no coding": ("GET", PAGE, [("Accept-Encoding", "identity")], 200),
    "page, if it is another": ("GET", PAGE, [("If-None-Match", TAG)], 304),
    "page, if it is newer": ("GET", PAGE, [("If-Modified-Since", LATER)], 304),
    "page, if it is as it was": ("GET", PAGE, [("If-Match", '"no-such"')], 412),
    "page, unless it changed": ("GET", PAGE, [("If-Unmodified-Since", OLD)], 412),
    "page, part of it": ("GET", PAGE, [("Range", "bytes=0-9")], 200),
    "Markdown": ("GET", MARKDOWN, (), 200),
    "Markdown, without a body": ("HEAD", MARKDOWN, (), 200),
    "Markdown, if it is another": ("GET", MARKDOWN, [("If-None-Match", TAG)], 304),
    "file": ("GET", FILE, (), 200),
    "file, without a body": ("HEAD", FILE, (), 200),
    "file, part of it": ("GET", FILE, [("Range", "bytes=0-3")], 206),
    "file, a part that it has not": ("GET", FILE, [("Range", "bytes=999999-")], 416),
    "file, if it is another": ("GET", FILE, [("If-None-Match", TAG)], 304),
    "first page": ("GET", "/docs/{}/", (), 302),
    "first page, without the slash": ("GET", "/docs/{}", (), 302),
    "old address": ("GET", "/docs/{}/former", (), 308),
    "old address, without a body": ("HEAD", "/docs/{}/former", (), 308),
    "address with a slash too many": ("GET", "/docs/{}/start/", (), 308),
    "Markdown of an old address": ("GET", "/docs/{}/former.md", (), 404),
    "page that is not there": ("GET", "/docs/{}/none", (), 404),
    "file that is not there": ("GET", "/files/{}/none.png", (), 404),
    "page with a path in code": ("GET", "/docs/{}/%73tart", (), 200),
    "page, to be changed": ("POST", PAGE, (), 405),
    "page, by an unknown method": ("DELETE", PAGE, (), 405),
}

# Pages that name publications: who may read "hidden" may meet it on the home page, nobody on another one.
LISTS = ("/", "/sitemap.xml", "/robots.txt", "/docs/open/start", "/docs/open/second", "/docs/open/start.md", "/trust",
         "/login", "/s/", "/none")


# ---- trying ----

class Caller:
    """One reader's connection, made anew when the server ends it."""

    def __init__(self, host, visitor):
        self.host, self.connection = host, None
        self.cookies = [("Cookie", "; ".join(f"{n}={v}" for n, v in visitor.cookies.items()))] if visitor.cookies else []

    def __call__(self, path, method="GET", headers=()):
        if self.connection is None:
            self.connection = web.Connection(self.host, "acme.localhost")
        empty = [("Content-Length", "0")] if method == "POST" else []
        answer = self.connection.request(path, method, [*headers, *self.cookies, *empty])
        if answer.get("connection") == "close":
            self.close()
        return answer

    def close(self):
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def ask(call, exit_name, publication, tags):
    method, path, headers, _ = EXITS[exit_name]
    sent = [(name, tags[path] if value is TAG else value) for name, value in headers]
    answer = call(path.format(publication), method, sent)
    # What may differ between any two answers to the same reader.
    kept = sorted((n, v) for n, v in answer.headers if n not in ("date", "set-cookie"))
    return answer.status, kept, answer.body


def try_exits(host, kinds):
    """Every mismatch of the two tables, as sentences."""
    reader = Caller(host, kinds["Power Reader by name"])
    tags = {path: reader(path.format("hidden")).get("etag") for path in (PAGE, MARKDOWN, FILE)}
    reader.close()
    wrong = []
    for kind, visitor in kinds.items():
        call = Caller(host, visitor)
        wrong += try_kind(call, kind, tags)
        call.close()
    return wrong


def try_kind(call, kind, tags):
    wrong = []
    for name, row in EXITS.items():
        status, headers, body = ask(call, name, "hidden", tags)
        if KINDS[kind][1]:
            private = status in (405, 302, 308, 404, 416) or ("cache-control", "private, no-store") in headers
            if status != row[3] or not private:
                wrong.append(f"{name} as {kind}: {status}, wanted {row[3]}; {headers}")
        elif (status, headers, body) != ask(call, name, "nothing", tags):
            wrong.append(f"{name} as {kind}: {status} and {len(body)} bytes, not as where nothing is")
        elif status not in (404, 405) or CANARY.encode() in body or "hidden" in str(headers):
            wrong.append(f"{name} as {kind}: {status}, or a name that nobody may see")
    for path in LISTS:
        text = call(path).text()
        named = CANARY in text or "/docs/hidden" in text
        if named != (path == "/" and KINDS[kind][2]):
            wrong.append(f"{path} as {kind}: names what is hidden: {named}")
    return wrong


def age(host, expired):
    """What takes days: the end of an account and of a share link, written while the host stands still."""
    host.stop()
    folder = host.data / "portals" / str(IDS["acme"])
    db = sqlite3.connect(folder / "portal.db")
    now = int(time.time())
    with db:
        changed = db.execute("UPDATE person SET expires = ? WHERE login = 'expired@example.com'", (now - 5,)).rowcount
        publication = db.execute("SELECT id FROM publication WHERE slug = 'hidden'").fetchone()[0]
        key = bytes.fromhex(db.execute("SELECT value FROM meta WHERE key = 'secret.shares'").fetchone()[0])
        row = (publication, now - 90, now - 5)
        link = db.execute("INSERT INTO share_link(publication, note, created, expires, revoked, opened, seen)"
                          " VALUES (?, '', ?, ?, 0, 0, 0)", row).lastrowid
    db.close()
    equal(changed, 1, "accounts that have ended meanwhile")
    host.start()
    host.wait_ready()
    expired.cookies["__Host-share-hidden"] = cookie_of(key, (link, *row))
    # The same for a link that is open shows that this cookie fails for its end alone.
    return key


def cookie_of(key, row):
    """docs/formats/portal-db.md: what a share link's cookie is."""
    message = b"".join(len(part).to_bytes(8, "big") + part
                       for part in (b"share cookie", *(str(n).encode() for n in row)))
    mac = base64.urlsafe_b64encode(hmac.new(key, message, hashlib.sha256).digest()).decode().rstrip("=")
    return f"{row[0]}.{mac}"


IDS = {}


@scenario("Every exit of a restricted publication, as every kind of reader: theirs, or the bytes of nothing",
          rootless=True)
def table():
    with Host() as host:
        make_portals(host)
        kinds = {name: row[0](host) for name, row in KINDS.items()}
        IDS["acme"] = host.portal_id("acme")
        key = age(host, kinds["holder of an expired share link"])
        live = kinds["holder of a share link"].cookies["__Host-share-hidden"]
        db = sqlite3.connect(host.data / "portals" / str(IDS["acme"]) / "portal.db")
        row = db.execute("SELECT id, publication, created, expires FROM share_link WHERE id = ?",
                         (live.split(".")[0],)).fetchone()
        db.close()
        equal(cookie_of(key, row), live, "a cookie made here and the one the portal made")
        wrong = try_exits(host, kinds)
        # Once more from the other end: what one reader was sent is in no cache for the next.
        wrong += try_exits(host, dict(reversed(kinds.items())))
        equal(wrong, [], f"{len(KINDS)} kinds of readers at {len(EXITS) + len(LISTS)} exits, twice")


@scenario("Who may not read cannot tell the hidden from what is not there by the time it takes")
def timing():
    with Host() as host:
        make_portals(host)
        reader = logged_in(host, "none")
        cookies = "; ".join(f"{n}={v}" for n, v in reader.cookies.items())
        for who, headers in (("anonymous", ()), ("a Power Reader", [("Cookie", cookies)])):
            for path in ("/docs/{}/start", "/docs/{}/", "/docs/{}/former", "/docs/{}/start.md", "/files/{}/img/dot.png"):
                # Noise may move a median once; what tells the two apart moves it each time.
                tries = [ratio(host, path, headers) for _ in range(3)]
                if min(abs(1 - r) for r in tries) > 0.25:
                    raise AssertionError(f"{path} for {who}: the hidden takes {tries} times what nothing takes")


def ratio(host, path, headers, pairs=150):
    """Median time of the hidden over median time of nothing, asked in turn on one connection."""
    times = {"hidden": [], "nothin": []}
    with web.Connection(host, "acme.localhost") as c:
        for _ in range(pairs):
            for slug, kept in times.items():
                kept.append(web.timed(lambda s=slug: equal(c.request(path.format(s), headers=headers).status, 404, s)))
    return statistics.median(times["hidden"]) / statistics.median(times["nothin"])
