"""Share links: a restricted publication for somebody without an account, for a while, and nothing else."""
import re
import time

from case import equal, scenario
from host import Host
from test_factor import age
from test_login import PAGE, PASSWORD, small_manual
from test_people import database, files_with, refused
from visitor import Visitor

PATHS = (PAGE, PAGE + ".md", "/docs/manual/", "/files/manual/img/dot.png")
SECRET = re.compile(r"^/s/(\d+\.[A-Za-z0-9_-]{43})$")


def two_publications(host, name="acme"):
    host.command("portal", "create", name)
    for project in ("manual", "other"):
        host.command("import", name, project, small_manual())
        host.command("publish", name, project, "--visibility", "restricted")


def share(host, portal="acme", publication="manual", *options):
    """The answer of 'share add' and the link's path."""
    made = host.command("share", "add", portal, publication, *options)
    path = made["url"].removeprefix(f"https://{portal}.localhost:{host.https}")
    equal(SECRET.match(path) is not None, True, f"the shape of {path}")
    return made, path


def statuses(visitor, paths=PATHS):
    return [visitor.get(path).status for path in paths]


def opened(host, path, portal="acme"):
    visitor = Visitor(host, portal)
    equal(visitor.get(path).status, 303, "the answer to the link")
    return visitor


@scenario("A share link opens its publication, with Markdown and files, and nothing else; the secret stays behind",
          rootless=True)
def opens():
    with Host() as host:
        two_publications(host)
        made, path = share(host)
        visitor = Visitor(host, "acme")
        equal(statuses(visitor), [404] * 4, "the publication before")
        answer = visitor.get(path)
        equal((answer.status, answer.location, answer.body), (303, "/docs/manual/", b""), "the answer to the link")
        equal(answer.headers["Cache-Control"], "private, no-store", "whether it may be kept")
        equal(answer.headers["Referrer-Policy"], "same-origin", "what other sites hear")
        equal(list(visitor.cookies), ["__Host-share-manual"], "the cookies")
        secret = SECRET.match(path)[1]
        equal(secret.split(".")[1] in visitor.cookies["__Host-share-manual"], False, "the link's secret in the cookie")
        equal(statuses(visitor), [200, 200, 302, 200], "the publication by link")
        page = visitor.get(PAGE)
        equal(page.headers["Cache-Control"], "private, no-store", "whether the page may be kept")
        equal("/s/" in page.text, False, "the link in the page")
        equal(statuses(visitor, ["/docs/other/start", "/files/other/img/dot.png"]), [404, 404], "another publication")
        equal("/docs/manual/" in visitor.get("/").text, False, "the home page lists it")
        for guarded in ("/account", "/edit/shares"):
            equal(visitor.get(guarded).location, f"/login?next={guarded}", guarded)
        equal(statuses(Visitor(host, "acme")), [404] * 4, "the publication for others afterwards")
        cookie = visitor.cookies["__Host-share-manual"]
        for hidden in (secret, secret.split(".")[1], cookie):
            equal(files_with(host, hidden), [], "files that have the secret")
            equal([line for line in host.lines if hidden in line], [], "log lines that have it")


@scenario("Looking uses nothing up: robots first, again and again, several devices; use is counted once a minute")
def again():
    with Host() as host:
        two_publications(host)
        _, path = share(host)
        for agent in ("Slackbot-LinkExpanding 1.0", "WhatsApp/2", "Mozilla/5.0"):
            equal(Visitor(host, "acme").request("HEAD", path, headers=[("User-Agent", agent)]).status, 303, f"HEAD by {agent}")
        equal(host.command("share", "list", "acme")[0]["opened"], 0, "openings counted for HEAD")
        for _ in range(3):
            equal(statuses(opened(host, path)), [200, 200, 302, 200], "each of three devices")
        row = host.command("share", "list", "acme")[0]
        equal((row["opened"], row["state"], row["created_by"], row["publication"]), (1, "open", "operator", "manual"),
              "what is told of the link")
        equal(re.match(r"^20\d\d-\d\d-\d\dT", row["last_used"]) is not None, True, "when it was used last")


@scenario("Revoked, expired, and closed publications end a link at the next request, for who has it open too", rootless=True)
def ends():
    with Host() as host:
        two_publications(host)
        (made, path), (_, second), (_, third) = share(host), share(host), share(host, "acme", "other")
        one, two, three = opened(host, path), opened(host, second), opened(host, third)
        host.command("share", "revoke", "acme", "manual", str(made["link"]))
        equal((statuses(one), statuses(two)), ([404] * 4, [200, 200, 302, 200]), "the revoked and another link")
        gone = one.get(path)
        equal((gone.status, gone.location, "Set-Cookie" in gone.headers), (303, "/s/", False), "the revoked link again")
        never = Visitor(host, "acme").get("/s/77." + "A" * 43)
        equal((never.status, never.location), (303, "/s/"), "a link that never was")
        notice = one.get("/s/")
        equal((notice.status, "no longer works" in notice.text), (404, True), "what is said about it")
        host.command("publish", "acme", "manual", "--visibility", "private")
        equal((statuses(two), two.get(second).location), ([404] * 4, "/s/"), "a private publication")
        host.command("publish", "acme", "manual", "--visibility", "restricted")
        equal(statuses(two), [200, 200, 302, 200], "restricted again")
        host.command("share", "revoke", "acme", "manual", "--all")
        equal((statuses(two), three.get("/docs/other/start").status), ([404] * 4, 200), "all links of one publication")
        states = {row["link"]: row["state"] for row in host.command("share", "list", "acme")}
        equal(sorted(states.values()), ["open", "revoked", "revoked"], "the list")


@scenario("Every other secret is refused: changed, swapped, of another portal, link for cookie and cookie for link",
          rootless=True)
def forged():
    with Host() as host:
        two_publications(host)
        two_publications(host, "globex")
        (_, path), (_, other) = share(host), share(host, "acme", "other")
        _, foreign = share(host, "globex")
        link, cookie = SECRET.match(path)[1], opened(host, path).cookies["__Host-share-manual"]
        number, mac = link.split(".")
        bad_links = {"changed": f"{number}.{('A' if mac[0] != 'A' else 'B') + mac[1:]}",
                     "the mac of another link": f"{number}.{SECRET.match(other)[1].split('.')[1]}",
                     "another number": f"{int(number) + 1}.{mac}", "a sign no mac has": f"{number}.{mac[:-1]}!",
                     "another portal's": SECRET.match(foreign)[1], "the cookie": cookie, "too long": link + "A",
                     "without a mac": number, "empty mac": number + ".", "negative": f"-{number}.{mac}",
                     "a huge number": "9" * 19 + "." + mac, "more than a number": "9" * 30 + "." + mac}
        for what, secret in bad_links.items():
            answer = Visitor(host, "acme").get("/s/" + secret)
            equal((answer.location, "Set-Cookie" in answer.headers), ("/s/", False), f"a link that is {what}")
        for what, value in {**bad_links, "the link": link, "": ""}.items():
            if value != cookie:
                equal(Visitor(host, "acme").get(PAGE, cookies={"__Host-share-manual": value}).status, 404,
                      f"a cookie that is {what}")
        equal(Visitor(host, "acme").get("/docs/other/start", cookies={"__Host-share-other": cookie}).status, 404,
              "the cookie under another publication's name")
        equal(Visitor(host, "globex").get(PAGE, cookies={"__Host-share-manual": cookie}).status, 404,
              "the cookie at another portal")
        equal(Visitor(host, "acme").get(PAGE, cookies={"__Host-share-manual": cookie}).status, 200, "the cookie itself")


@scenario("Only restricted publications are shared, for 1 to 366 days; what makes no sense says why", rootless=True)
def refusals():
    with Host() as host:
        two_publications(host)
        for days in ("0", "367", "-1", "soon", "99999999999999999999"):
            equal(refused(host, "share", "add", "acme", "manual", "--days", days), "a share link is open for 1 to 366 days",
                  f"{days} days")
        for visibility in ("public", "private"):
            host.command("publish", "acme", "other", "--visibility", visibility)
            equal(f"is {visibility}" in refused(host, "share", "add", "acme", "other"), True, f"a {visibility} one")
        equal("no publication" in refused(host, "share", "add", "acme", "none"), True, "none")
        made, _ = share(host, "acme", "manual", "--days", "366", "--note", "for the auditor")
        until = time.strptime(made["valid_until"], "%Y-%m-%dT%H:%M:%SZ")
        equal(364 < (time.mktime(until) - time.time()) / 86400 < 368, True, "its end")
        usual, _ = share(host)
        until = time.strptime(usual["valid_until"], "%Y-%m-%dT%H:%M:%SZ")
        equal(28 < (time.mktime(until) - time.time()) / 86400 < 32, True, "its end when none is named")
        number = str(made["link"])
        equal("no open share link" in refused(host, "share", "revoke", "acme", "other", number), True, "of another publication")
        host.command("share", "revoke", "acme", "manual", number)
        equal("no open share link" in refused(host, "share", "revoke", "acme", "manual", number), True, "a second time")
        equal("by its number" in refused(host, "share", "revoke", "acme", "manual", "one"), True, "by a word")
        equal([row["note"] for row in host.command("share", "list", "acme", "manual")], ["", "for the auditor"], "the notes")
        equal(host.ask("share", "revoke", "acme", "manual").code, 2, "neither a number nor --all")


@scenario("A link and an account go together: who is logged in reads by it, too, and keeps what is theirs")
def besides():
    with Host() as host:
        two_publications(host)
        host.command("user", "add", "acme", "ann@example.com", "--role", "power-reader", "--password-stdin",
                     say=PASSWORD + "\n")
        host.command("access", "grant", "acme", "other", "ann@example.com")
        _, path = share(host)
        ann = Visitor(host, "acme")
        equal(ann.login("ann@example.com", PASSWORD).status, 303, "the login")
        equal(ann.get(PAGE).status, 404, "without the link")
        equal(ann.get(path).status, 303, "the link")
        equal((ann.get(PAGE).status, ann.get("/docs/other/start").status, ann.get("/account").status), (200, 200, 200),
              "what they read")
        host.command("user", "disable", "acme", "ann@example.com")
        equal((ann.get(PAGE).status, ann.get("/docs/other/start").status), (200, 404), "the link outlives the account")


def writer(host, role="writer", portal="acme"):
    login = f"{role}@example.com"
    host.command("user", "add", portal, login, "--role", role, "--name", f"The {role}", "--password-stdin",
                 say=PASSWORD + "\n")
    visitor = Visitor(host, portal)
    equal(visitor.login(login, PASSWORD).status, 303, f"the login of the {role}")
    return visitor


@scenario("Writers make and revoke links in the browser; reviewers and readers are shown no such page", rootless=True)
def workspace():
    with Host() as host:
        two_publications(host)
        host.command("publish", "acme", "other", "--visibility", "public")
        wanda = writer(host)
        page = wanda.get("/edit/shares")
        equal((page.status, page.headers["Cache-Control"]), (200, "private, no-store"), "the page")
        equal(re.findall(r'<option value="([^"]*)"', page.text), ["manual"], "what may be shared")
        made = wanda.post("/edit/shares", "/edit/shares", publication="manual", days="3", note="<b>Ann & Bob</b>")
        url = re.search(r'id="-url" type="text" value="([^"]+)"', made.text)[1]
        equal((made.status, url.startswith(wanda.origin + "/s/")), (200, True), "the link")
        equal(url in wanda.get("/edit/shares").text, False, "whether it is shown again")
        path = url.removeprefix(wanda.origin)
        reader = opened(host, path)
        equal(statuses(reader), [200, 200, 302, 200], "what it opens")
        text = wanda.get("/edit/shares").text
        for part in ("&lt;b&gt;Ann &amp; Bob&lt;/b&gt;", "The writer", "Opened 1", "Last used"):
            equal(part in text, True, f"{part} on the page")
        equal('href="/edit/shares" aria-current="page"' in text, True, "the room in the workspace's navigation")
        age(host, "acme")
        late = wanda.post("/edit/shares", "/edit/shares", publication="manual", days="3", note="late")
        equal((late.status, late.location.split("?")[0]), (303, "/login/confirm"), "a link without a fresh proof")
        equal((wanda.get("/edit/shares").status, len(host.command("share", "list", "acme"))), (200, 1), "the list meanwhile")
        wanda.post("/login/confirm", "/login/confirm", password=PASSWORD, next="/edit/shares")
        refusal = wanda.post("/edit/shares", "/edit/shares", publication="manual", days="367", note="kept")
        equal((refusal.status, 'value="kept"' in refusal.text, 'role="alert"' in refusal.text), (422, True, True),
              "a refused form")
        equal(wanda.post("/edit/shares", "/edit/shares", publication="other", days="3").status, 422, "a public one")
        number = str(host.command("share", "list", "acme")[0]["link"])
        equal(wanda.post("/edit/shares", "/edit/shares/revoke", publication="manual", link="").status, 422, "no number")
        equal(statuses(reader)[0], 200, "after that")
        done = wanda.post("/edit/shares", "/edit/shares/revoke", publication="manual", link=number)
        equal((done.status, done.location), (303, "/edit/shares?done=revoked"), "revoking")
        equal((statuses(reader), "no longer" in reader.get("/s/").text), ([404] * 4, True), "the reader afterwards")
        for role in ("reviewer", "power-reader"):
            other = writer(host, role)
            equal(other.get("/edit/shares").status, 404, f"the page for a {role}")
            form = {"csrf": other.code("/account"), "publication": "manual", "days": "3", "link": number}
            for target in ("/edit/shares", "/edit/shares/revoke"):
                equal(other.request("POST", target, form).status, 404, f"{target} by a {role}")
        equal(len(host.command("share", "list", "acme")), 1, "links in the end")
        host.command("user", "role", "acme", "writer@example.com", "power-reader")
        equal(wanda.get("/edit/shares").location, "/login?next=/edit/shares", "who is a writer no more")


@scenario("Each link that is made or revoked is in the portal's log with who did it, and never with its secret")
def logged():
    with Host() as host:
        two_publications(host)
        wanda = writer(host)
        made = wanda.post("/edit/shares", "/edit/shares", publication="manual", days="3", note="quiet words")
        secret = re.search(r"/s/(\d+\.[A-Za-z0-9_-]{43})", made.text)[1]
        host.command("share", "revoke", "acme", "manual", secret.split(".")[0])
        rows = database(host, "acme").execute(
            "SELECT action, object, actor, detail FROM audit WHERE action LIKE 'share.%' ORDER BY seq").fetchall()
        equal([(a, o, who > 0) for a, o, who, _ in rows],
              [("share.add", "share/1", True), ("share.revoke", "share/1", False)], "the log")
        equal([d for *_, d in rows if "quiet" in d or secret in d], [], "rows that have the note or the secret")
