"""What must be nowhere: passwords, links, sessions and codes, after people have used them."""
import os
import re

from case import Skip, equal, scenario
from host import Host
from program import ALL, Program, make_token
from test_login import PAGE, portal_with_reader
from test_people import files_with, seen_in
from test_share import opened, share
from visitor import Visitor

OLD, NEW, WRONG = "Canary-Heron-8812", "Canary-Osprey-9923", "Canary-Plover-7034"


def path_of(url):
    return "/" + url.split("/", 3)[3]


def use_everything(host):
    """Set-up, log-in, failure, change, reset, share link; every secret that was in it by name."""
    portal_with_reader(host)
    secrets = {"first password": OLD, "new password": NEW, "wrong password": WRONG}
    url = host.command("user", "add", "acme", "cat@example.com", "--role", "writer")["url"]
    secrets["invitation"] = url.split("t=")[1]
    cat = opened(host, path_of(url))
    equal(cat.post("/welcome", "/welcome", password=OLD).status, 303, "the first password")
    secrets["first session"] = cat.cookies["__Host-session"]
    equal(Visitor(host, "acme").login("cat@example.com", WRONG).status, 403, "a wrong password")
    cat = Visitor(host, "acme")
    equal(cat.login("cat@example.com", OLD).status, 303, "the log-in")
    secrets["browser"] = cat.cookies["__Host-device"]
    secrets["session"] = cat.cookies["__Host-session"]
    equal(cat.post("/account", "/account/password", current=OLD, new=NEW).status, 303, "the change")
    secrets["session after the change"] = cat.cookies["__Host-session"]
    secrets["form's code"] = cat.code("/account")
    secrets["form's cookie"] = cat.cookies["__Host-form"]
    secrets["reset"] = host.command("user", "reset", "acme", "cat@example.com")["url"].split("t=")[1]
    made = cat.post("/edit/shares", "/edit/shares", publication="manual", days="3")
    link = re.search(r"/s/(\d+\.[A-Za-z0-9_-]{43})", made.text)[1]
    reader = opened(host, "/s/" + link)
    equal(reader.get(PAGE).status, 200, "the page by link")
    secrets["share link"], secrets["share cookie"] = link, reader.cookies["__Host-share-manual"]
    equal(share(host)[1].startswith("/s/"), True, "a link by the command line")
    return secrets


def later(host):
    """Some requests of others, as a portal has them all the time."""
    for _ in range(20):
        eve = Visitor(host, "acme")
        equal(eve.get(PAGE).status, 404, "the page for a stranger")
        equal(eve.login("eve@example.com", "nothing-to-hide-1").status in (403, 429), True, "a stranger's log-in")


@scenario("No password, link, session or code is in the data directory, the log, or an environment or command line",
          rootless=True)
def nowhere():
    with Host() as host:
        secrets = use_everything(host)
        equal(bool(files_with(host, "cat@example.com")), True, "whether looking into files finds what is there")
        for name, secret in secrets.items():
            equal(files_with(host, secret), [], f"files that have the {name}")
            equal([line for line in host.lines if secret in line], [], f"log lines that have the {name}")
            for process in host.processes():
                equal([f for f in seen_in(process, secret) if not f.endswith(" memory")], [],
                      f"where else the {name} is")
        host.stop()
        for name, secret in secrets.items():
            equal(files_with(host, secret), [], f"files that have the {name} after the host has ended")


@scenario("Some requests later no process has a password in its memory")
def memory():
    if os.geteuid() != 0:
        raise Skip("only root may look into the processes of others")
    with Host() as host:
        secrets = use_everything(host)
        later(host)
        equal(any(seen_in(p, "acme.localhost") for p in host.processes()), True, "whether looking finds what is there")
        for name in ("first password", "new password", "wrong password"):
            equal([where for p in host.processes() for where in seen_in(p, secrets[name])], [], f"where the {name} is")


@scenario("Everything one portal gave, shown at another: no page, no account, no form, no link", rootless=True)
def replayed():
    with Host() as host:
        secrets = use_everything(host)
        portal_with_reader(host, "globex")
        cookies = {"__Host-session": secrets["session after the change"], "__Host-device": secrets["browser"],
                   "__Host-form": secrets["form's cookie"], "__Host-share-manual": secrets["share cookie"]}
        at_home, thief = Visitor(host, "acme"), Visitor(host, "globex")
        equal([at_home.get(p, cookies=cookies).status for p in (PAGE, "/account")], [200, 200], "at home")
        equal(thief.get(PAGE, cookies=cookies).status, 404, "the page elsewhere")
        for path in ("/account", "/edit/shares"):
            equal(thief.get(path, cookies=cookies).location, f"/login?next={path}", f"{path} elsewhere")
        code = {"csrf": secrets["form's code"]}
        for path in ("/logout", "/account/password", "/edit/shares", "/login"):
            equal(thief.request("POST", path, code, cookies=cookies).status, 403, f"a form to {path} elsewhere")
        for name in ("invitation", "reset"):
            equal(thief.get("/welcome?t=" + secrets[name]).status, 404, f"the {name} elsewhere")
        equal(thief.get("/s/" + secrets["share link"]).location, "/s/", "the share link elsewhere")
        equal(thief.cookies, {}, "cookies that came of all this")
        # By the other portal's name in Host, on a connection to this one.
        equal(at_home.get(PAGE, cookies=cookies, headers=[("Host", f"globex.localhost:{host.https}")]).status, 421,
              "the other portal's name on this connection")


def state(host, portal):
    """What somebody could have changed there."""
    return [host.command(*words) for words in (("user", "list", portal), ("group", "list", portal), ("settings", "show", portal),
                                               ("access", "list", portal, "manual"), ("share", "list", portal, "manual"))]


@scenario("A code, link or token of another portal helps nobody, not even who is logged in here", rootless=True)
def mixed():
    with Host() as host:
        secrets = use_everything(host)
        portal_with_reader(host, "globex")
        host.command("user", "add", "globex", "dog@example.com", "--role", "administrator", "--password-stdin", say=OLD + "\n")
        dog = Visitor(host, "globex")
        equal(dog.login("dog@example.com", OLD).status, 303, "the log-in")
        own = dog.code("/account")
        before = state(host, "globex")
        foreign = {**dog.cookies, "__Host-form": secrets["form's cookie"]}
        for path in ("/account/password", "/account/tokens/new", "/account/sessions/end-others", "/edit/people/invite", "/edit/shares",
                     "/edit/settings", "/edit/group/add", "/logout"):
            for what, cookies, code in (("the other's code", dog.cookies, secrets["form's code"]), ("the other's cookie", foreign, own),
                                        ("the other's code and cookie", foreign, secrets["form's code"])):
                answer = dog.request("POST", path, {"csrf": code, "group": "x", "title": "x", "publication": "manual"}, cookies=dict(cookies))
                equal(answer.status, 403, f"{path} with {what}")
        for name in ("invitation", "reset"):
            equal(dog.get("/welcome?t=" + secrets[name]).status, 404, f"the {name}")
            equal(dog.post("/account", "/welcome", t=secrets[name], password=NEW).status, 404, f"the {name}, sent with a form")
        reader = Visitor(host, "globex")
        equal(reader.get("/s/" + secrets["share link"]).location, "/s/", "the share link")
        equal(reader.get(PAGE, cookies={"__Host-share-manual": secrets["share cookie"]}).status, 404, "its cookie")
        equal(dog.get("/account").status, 200, "the session here after all that")
        equal(state(host, "globex"), before, "what there is after all that")
        # The token of an administrator there, at every operation here: nothing tells it from a made-up one.
        host.command("user", "role", "acme", "cat@example.com", "administrator")
        token = make_token(host, "acme", "cat@example.com", *ALL)["token"]
        equal(Program(host, "acme", token).get("/me").status, 200, "at home")
        document = Program(host, "globex").get("/openapi.json").json
        rows = [(p, m.upper()) for p, item in document["paths"].items() for m in item if not p.endswith("/openapi.json")]
        equal(len(rows) > 40, True, "how many operations there are")
        for i, (path, method) in enumerate(rows):
            thief = Program(host, "globex", token)
            thief.source = f"127.0.1.{i // 12 + 1}"     # who fails too often from one address is told to wait
            address = re.sub(r"\{[a-z]+\}", "1", path)
            answer = thief.send(method, address)
            equal(answer.status, 401, f"{method} {address} with another portal's token")
            thief.token = "crl_" + "A" * 43
            equal(thief.send(method, address).body, answer.body, f"{method} {address} with a token of nobody")
            thief.close()
        equal(state(host, "globex"), before, "what there is in the end")
