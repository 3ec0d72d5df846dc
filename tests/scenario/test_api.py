"""The HTTP API: who may do what by a token, what is refused and how, and that a token ends when it must."""
import json

import content
from case import equal, scenario
from host import Host
from program import ALL, Program, make_token
from test_people import database, files_with
from visitor import Visitor

PASSWORD = "Correct-Horse-9"
DOT = (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\1\0\0\0\1\x08\6\0\0\0\x1f\x15\xc4\x89\0\0\0\rIDATx\x9cc\xf8\x0f\0\1\1\1\0\x18\xdd\x8d"
       b"\xb0\0\0\0\0IEND\xaeB`\x82")


def manual(**more):
    return content.folder(start="# Start\n\nFor readers.\n\n![A dot](img/dot.png)\n", **{"img__dot.png": DOT},
                          deep__inside="# Inside\n\nDeep.\n", **more)


def portal(host, name="acme"):
    """Three publications, one of each visibility; ada the administrator, paul who reads nothing yet."""
    host.command("portal", "create", name)
    for slug in ("public", "restricted", "private"):
        host.command("import", name, slug, manual())
        host.command("publish", name, slug, "--visibility", slug)
    for login, role in (("ada", "administrator"), ("paul", "power-reader")):
        host.command("user", "add", name, f"{login}@example.com", "--role", role, "--password-stdin",
                     say=PASSWORD + "\n")


def add_provider(host, name="acme"):
    """One that is never asked; its client has a secret."""
    return host.command("sso", "add", name, "corp", "--issuer", "https://login.example.com", "--client", "carrel", "--secret-stdin",
                        "--domain", "example.com", say="Canary-Client-Secret\n")


def program(host, email, *scopes, name="acme"):
    return Program(host, name, make_token(host, name, email, *scopes)["token"])


@scenario("A token does what its scopes and its person's role allow, and is kept as a hash only", rootless=True)
def tokens():
    with Host() as host:
        portal(host)
        made = make_token(host, "acme", "ada@example.com", "people.read")
        ada = Program(host, "acme", made["token"])
        me = ada.get("/me")
        equal((me.status, me.json["email"], me.json["token"]["scopes"]), (200, "ada@example.com", ["people.read"]), "me")
        equal(me.headers["Cache-Control"], "no-store", "who may keep the answer")
        equal([h for h in me.headers if h.lower().startswith("access-control")], [], "CORS headers")
        equal([p["email"] for p in ada.get("/people").json["items"]], ["ada@example.com", "paul@example.com"], "people")
        refused = ada.post("/people", {"email": "x@example.com", "role": "writer"})
        equal((refused.status, 'scope="people.write"' in refused.headers["WWW-Authenticate"]), (403, True), "without the scope")
        paul = program(host, "paul@example.com", "content.read")
        equal((paul.get("/people").status, paul.get("/projects").status), (403, 403), "without the role")
        equal(files_with(host, made["token"]), [], "files that have the token")
        equal([line for line in host.lines if made["token"] in line], [], "log lines that have it")
        listed = host.command("token", "list", "acme", "ada@example.com")
        equal([(t["id"], t["name"], t["state"], "used" in t) for t in listed], [(made["id"], "scenario", "valid", True)],
              "what the operator sees of it")
        rows = database(host, "acme").execute("SELECT length(token), used_day > 20000 FROM api_token").fetchall()
        equal(rows[0], (32, 1), "what is stored of it")


@scenario("Revoking, another role, disabling, expiry and deleting end a token at the next request", rootless=True)
def ends():
    with Host() as host:
        portal(host)
        paul = program(host, "paul@example.com", "content.read")
        number = host.command("token", "list", "acme", "paul@example.com")[0]["id"]
        equal(paul.get("/me").status, 200, "before")
        refused = host.ask("token", "revoke", "acme", "ada@example.com", number)
        equal((refused.code, paul.get("/me").status), (1, 200), "revoked in another's name")
        host.command("token", "revoke", "acme", "paul@example.com", number)
        equal(paul.get("/me").status, 401, "revoked")
        paul.token = make_token(host, "acme", "paul@example.com", "content.read")["token"]
        host.command("user", "disable", "acme", "paul@example.com")
        equal(paul.get("/me").status, 401, "disabled")
        host.command("user", "enable", "acme", "paul@example.com")
        equal(paul.get("/me").status, 200, "enabled again")
        host.command("user", "role", "acme", "paul@example.com", "reviewer")
        equal(paul.get("/me").status, 401, "in another role")
        paul.token = make_token(host, "acme", "paul@example.com", "content.read")["token"]
        equal((paul.delete("/me/token").status, paul.get("/me").status), (200, 401), "ended by itself")
        paul.token = make_token(host, "acme", "paul@example.com", "content.read")["token"]
        host.command("user", "delete", "acme", "paul@example.com")
        equal(paul.get("/me").status, 401, "deleted")


@scenario("A token is taken from its header only; a cookie opens nothing and no token is no answer", rootless=True)
def only_the_header():
    with Host() as host:
        portal(host)
        token = make_token(host, "acme", "ada@example.com", *ALL)["token"]
        nobody = Program(host, "acme")
        answer = nobody.get("/me")
        equal((answer.status, answer.headers["WWW-Authenticate"], answer.headers["Content-Type"]),
              (401, 'Bearer realm="Carrel API"', "application/problem+json"), "without a token")
        ada = Visitor(host, "acme")
        equal(ada.login("ada@example.com", PASSWORD).status, 303, "the login")
        cookies = ("Cookie", "; ".join(f"{n}={v}" for n, v in ada.cookies.items()))
        equal(nobody.get("/me", headers=[cookies]).status, 401, "with a session's cookie")
        equal(nobody.get("/me", headers=[cookies, ("Authorization", "Bearer crl_" + "A" * 43)]).status, 401,
              "with a cookie and a wrong token")
        paul = program(host, "paul@example.com", "content.read")
        equal(paul.get("/me", headers=[cookies]).json["email"], "paul@example.com", "who a cookie and a token speak for")
        for query in (f"?access_token={token}", f"?token={token}"):
            equal(nobody.get("/me" + query).status, 401, f"the token in the address {query[:14]}")
            equal(paul.get("/me" + query).status, 400, "and beside a good one")
        for value in (f"Basic {token}", f"Bearer {token}x", f"Bearer {token[:-1]}", "Bearer ", f"Bearer {token} {token}",
                      f"Token {token}", token, f"Bearer {token.lower()}"):
            equal(nobody.get("/me", headers=[("Authorization", value)]).status, 401, f"Authorization: {value[:12]}")
        equal(nobody.get("/me", headers=[("Authorization", f"bearer {token}")]).status, 200, "the scheme in lower case")
        equal([line for line in host.lines if token in line], [], "log lines that have the token")


@scenario("What one portal gave is worth nothing at the API of another", rootless=True)
def replayed():
    with Host() as host:
        portal(host)
        portal(host, "globex")
        token = make_token(host, "acme", "ada@example.com", *ALL)["token"]
        thief = Program(host, "globex", token)
        own = Program(host, "globex", "crl_" + "A" * 43).get("/me")
        for path in ("/me", "/people", "/publications/restricted", "/log"):
            answer = thief.get(path)
            equal((answer.status, answer.body), (401, own.body), f"{path} by another portal's token")
        ada = Visitor(host, "acme")
        ada.login("ada@example.com", PASSWORD)
        cookies = ("Cookie", "; ".join(f"{n}={v}" for n, v in ada.cookies.items()))
        equal(Program(host, "globex").get("/me", headers=[cookies]).status, 401, "another portal's cookie")


@scenario("Who comes with wrong tokens again and again must wait; a good token from there is served all the same")
def throttled():
    with Host() as host:
        portal(host)
        good = program(host, "paul@example.com", "content.read")
        wrong = Program(host, "acme", "crl_" + "B" * 43)
        statuses = [wrong.get("/me").status for _ in range(34)]
        equal(statuses[:30], [401] * 30, "the first ones")
        equal(429 in statuses[30:], True, f"one of the last is told to wait: {statuses[30:]}")
        equal(good.get("/me").status, 200, "the good one")
        ada = Visitor(host, "acme")
        equal(ada.login("ada@example.com", PASSWORD).status, 303, "a login from the same address")


@scenario("A reader's token reads what the reader may, and what it may not looks like what is not there", rootless=True)
def reading():
    with Host() as host:
        portal(host)
        host.command("user", "add", "acme", "wanda@example.com", "--role", "writer", "--password-stdin", say=PASSWORD + "\n")
        paul, wanda = program(host, "paul@example.com", "content.read"), program(host, "wanda@example.com", "content.read", "projects.read")
        missing = paul.get("/publications/nothing")
        equal(missing.status, 404, "what is not there")
        exits = ("", "/topics", "/topics/start", "/topics/start?as=markdown", "/topics/start?as=html", "/files", "/files/img/dot.png")

        def seen(who, slug):
            answers = [who.get(f"/publications/{slug}{exit}") for exit in exits]
            for answer in answers:
                if answer.status == 404:
                    equal(answer.body, missing.body, f"what hides {slug}")
            return {a.status for a in answers}

        def listed(who):
            return [p["slug"] for p in who.get("/publications").json["items"]]

        equal([seen(paul, s) for s in ("public", "restricted", "private")], [{200}, {404}, {404}], "a reader without a grant")
        equal(listed(paul), ["public"], "and the list")
        host.command("access", "grant", "acme", "restricted", "paul@example.com")
        equal([seen(paul, s) for s in ("public", "restricted", "private")], [{200}, {200}, {404}], "a reader with a grant")
        equal(listed(paul), ["public", "restricted"], "and the list")
        equal([seen(wanda, s) for s in ("public", "restricted", "private")], [{200}, {200}, {200}], "an author")
        topic = paul.get("/publications/restricted/topics/start").json
        equal((topic["title"], topic["markdown"].splitlines()[0], topic["url"]), ("Start", "# Start", "/docs/restricted/start"), "a topic")
        equal(paul.get("/publications/restricted/topics/deep/inside").json["slug"], "deep/inside", "a topic with a slash")
        equal(paul.get("/publications/restricted/topics/start?as=markdown").body.decode(), topic["markdown"], "as Markdown")
        page = paul.get("/publications/restricted/topics/start?as=html")
        equal((page.headers["Content-Type"], page.headers["Content-Disposition"].split(";")[0]),
              ("text/html; charset=utf-8", "attachment"), "as HTML")
        equal("sandbox" in page.headers["Content-Security-Policy"], True, "the policy of HTML from the API")
        equal(paul.get("/publications/restricted/files/img/dot.png").body, DOT, "a file's bytes")
        equal(paul.get("/publications/restricted/files").json["items"][0]["size"], len(DOT), "its size")
        equal(paul.get("/projects").status, 403, "the working copy for a reader")
        equal([p["slug"] for p in wanda.get("/projects").json["items"]], ["private", "public", "restricted"], "projects")
        equal(wanda.get("/projects/private/topics/deep/inside").json["markdown"].splitlines()[0], "# Inside", "a topic there")
        equal(wanda.get("/projects/none/topics").body, missing.body, "a project that is not there")
        etag = page.headers["ETag"]
        equal(paul.get("/publications/restricted/topics/start?as=html", headers=[("If-None-Match", etag)]).status, 304, "unchanged")
        listing = paul.get("/publications")
        equal(paul.get("/publications", headers=[("If-None-Match", listing.headers["ETag"])]).status, 304, "an unchanged list")


@scenario("People, groups and rights are changed by the API as by the command line, each with a row in the log", rootless=True)
def people():
    with Host() as host:
        portal(host)
        ada = program(host, "ada@example.com", *ALL)
        made = ada.post("/people", {"email": "Vera@Example.com", "role": "power-reader", "name": "Vera", "expires": "2999-12-31"})
        equal((made.status, made.json["email"], made.json["state"]), (201, "vera@example.com", "invited"), "an invitation")
        link = made.json["path"]
        equal(Visitor(host, "acme").get(link).status, 303, "the link of the invitation")
        vera = f"/people/{made.json['id']}"
        equal(ada.post("/people", {"email": "vera@example.com", "role": "writer"}).status, 409, "the same address again")
        again = ada.post(vera + "/reset")
        equal((again.status, again.json["path"] != link), (200, True), "another link")
        changed = ada.patch(vera, {"name": "Vera V.", "expires": None})
        equal((changed.json["name"], "expires" in changed.json), ("Vera V.", False), "name and end")
        equal(ada.put(vera + "/role", {"role": "reviewer"}).json["role"], "reviewer", "a role")
        shown = ada.get(vera)
        equal(ada.patch(vera, {"name": "Other"}, headers=[("If-Match", '"else"')]).status, 412, "another state than was seen")
        equal(ada.get(vera).json["name"], "Vera V.", "the name after that")
        equal(ada.patch(vera, {"name": "Third"}, headers=[("If-Match", shown.headers["ETag"])]).status, 200, "the state that was seen")
        equal(ada.post(vera + "/reset", headers=[("If-Match", shown.headers["ETag"])]).status, 400, "a condition nobody looks at")
        equal(ada.post("/groups", {"group": "gold", "title": "Gold"}).json, {"group": "gold", "title": "Gold"}, "a group")
        equal(ada.put(f"/groups/gold/members/{made.json['id']}").status, 200, "joining")
        equal([p["email"] for p in ada.get("/groups/gold/members").json["items"]], ["vera@example.com"], "members")
        equal(ada.put("/publications/restricted/readers/groups/gold").status, 200, "a right of a group")
        equal(ada.put("/publications/public/readers/people/2").json["notes"][0].startswith("this publication is public"), True, "a note")
        equal(ada.put("/publications/restricted/readers/people/2").json["email"], "paul@example.com", "a right of a person")
        equal([(r["kind"], r["name"]) for r in ada.get("/publications/restricted/readers").json["items"]],
              [("person", "paul@example.com"), ("group", "gold")], "who is named")
        equal(ada.get("/publications/restricted/readers?limit=1").json["items"][0]["id"], 2, "the first of them")
        equal(ada.delete("/publications/restricted/readers/people/2").status, 200, "a right taken away")
        equal(ada.delete("/publications/restricted/readers/groups/gold").status, 200, "and the group's")
        equal(ada.delete(f"/groups/gold/members/{made.json['id']}").status, 200, "leaving")
        equal((ada.delete("/groups/gold").status, ada.delete("/groups/gold").status), (200, 404), "the group's end")
        equal((ada.post(vera + "/disable").json["state"], ada.post(vera + "/enable").json["state"]), ("disabled", "invited"), "in and out")
        share = ada.post("/publications/restricted/shares", {"days": 3, "note": "For the fair"})
        equal((share.status, share.json["created_by"]), (201, "ada@example.com"), "a share link")
        equal(ada.post("/publications/public/shares", {"days": 3}).status, 409, "a share link to what is public")
        for days in (0, -1, 367, 1.5, "3", None, 2 ** 63):
            equal(ada.post("/publications/restricted/shares", {"days": days}).status in (400, 422), True, f"days: {days}")
        equal([s["state"] for s in ada.get("/publications/restricted/shares").json["items"]], ["open"], "share links")
        equal(ada.delete(f"/publications/public/shares/{share.json['link']}").status, 404, "the link of another publication")
        equal(ada.delete(f"/publications/restricted/shares/{share.json['link']}").status, 200, "the share link's end")
        equal((ada.delete(vera).status, ada.get(vera).status), (200, 404), "the account's end")
        equal(ada.post("/people/1/disable").status, 409, "the last administrator")
        log = ada.get("/log").json["items"]
        mine = [r for r in log if r["actor"] == 1]
        equal([r["action"] for r in mine],
              ["user.add", "user.reset", "user.change", "user.role", "user.change", "group.add", "group.join", "access.grant",
               "access.grant", "access.grant", "access.revoke", "access.revoke", "group.leave", "group.remove", "user.disable",
               "user.enable", "share.add", "share.revoke", "user.delete"], "what the log has")
        equal({r["detail"]["by_token"] for r in mine}, {ada.get("/me").json["token"]["id"]}, "by which token")
        equal("vera" in json.dumps(log).lower(), False, "whether a name is in the log")


@scenario("What the input should not have is refused by name, and counts have bounds", rootless=True)
def strict():
    with Host() as host:
        portal(host)
        ada = program(host, "ada@example.com", *ALL)
        for limit in ("0", "-1", "501", "1.5", "1e2", "", "01", "+1", "99999999999999999999", "x", "%31%00"):
            answer = ada.get(f"/people?limit={limit}")
            equal((answer.status, answer.names), (400, ["limit"]), f"limit={limit}")
        for query, names in (("?role=boss", ["role"]), ("?limit=1&limit=2", ["limit"]), ("?x=1&y=2", ["x", "y"]), ("?after=zz", ["after"]),
                             ("?Limit=1", ["Limit"]), ("?limit", ["limit"]), ("?after=0", ["after"]), ("?a&" * 9 + "b", ["a"] * 1)):
            answer = ada.get("/people" + query)
            equal((answer.status, answer.names[:len(names)]), (400, names), query)
        equal(ada.get("/log?after=78").status, 422, "a cursor of another list")
        good = {"email": "x@example.com", "role": "writer"}
        for body, status, names in (
                ({**good, "password": "Secret-Horse-1"}, 422, ["password"]), ({**good, "id": 7}, 422, ["id"]), ({"role": "writer"}, 422, ["email"]),
                ({}, 422, ["email", "role"]), ({**good, "role": "owner"}, 422, ["role"]), ({**good, "role": 1}, 422, ["role"]),
                ({**good, "name": None}, 422, ["name"]), ({**good, "expires": "2999-02-30"}, 422, ["expires"]),
                ({**good, "name": "x" * 1025}, 422, ["name"]), ([good], 422, []), ("x", 422, []), (b"{", 400, []), (b"", 400, []),
                (b'{"email":"x@example.com","email":"y@example.com","role":"writer"}', 400, []), (b"[" * 5000, 400, []),
                (b"\xff\xfe", 400, [])):
            answer = ada.post("/people", body)
            equal((answer.status, answer.names), (status, names), f"the body {body!r:.60}")
        equal(ada.post("/people", {**good, "name": "x" * 70000}).status, 413, "a body of more than 64 KiB")
        for kind in ("text/plain", "application/x-www-form-urlencoded", None):
            equal(ada.post("/people", good, headers=[("Content-Type", kind)]).status, 415, f"a body of {kind}")
        equal(ada.post("/people?role=writer", good).status, 400, "a query where none belongs")
        equal(ada.post("/people/2/disable", {"why": "x"}).status, 400, "a body where none belongs")
        equal(ada.patch("/people/2", {}).status, 422, "a change of nothing")
        equal([p["email"] for p in ada.get("/people").json["items"]], ["ada@example.com", "paul@example.com"], "people in the end")
        for method, allow in (("POST", "GET, HEAD"), ("OPTIONS", "GET, HEAD"), ("PUT", "GET, HEAD")):
            answer = ada.send(method, "/api/v1/me")
            equal((answer.status, answer.headers["Allow"]), (405, allow), method)
        equal((ada.send("TRACE", "/api/v1/me").status, ada.send("BREW", "/api/v1/me").status), (405, 501), "methods of nobody")
        equal(ada.send("HEAD", "/api/v1/me").status, 200, "HEAD")


@scenario("Lists come in parts that meet without a gap or an overlap", rootless=True)
def paging():
    with Host() as host:
        portal(host)
        ada = program(host, "ada@example.com", *ALL)
        for i in range(9):
            ada.post("/people", {"email": f"reader-{i}@example.com", "role": "power-reader"})
            ada.post("/groups", {"group": f"group-{i}"})
            ada.put(f"/publications/restricted/readers/groups/group-{i}")
            ada.put(f"/publications/restricted/readers/people/{i + 3}")
            ada.put(f"/groups/group-0/members/{i + 3}")
            ada.post("/publications/restricted/shares", {"days": i + 1})
        for path, key in (("/people", "email"), ("/groups", "group"), ("/publications/restricted/readers", "name"),
                          ("/groups/group-0/members", "email"), ("/log", "seq"), ("/publications", "slug"), ("/projects", "slug"),
                          ("/publications/public/topics", "slug"), ("/projects/public/topics", "slug"),
                          ("/publications/public/files", "path"), ("/people/1/tokens", "id"), ("/publications/restricted/shares", "link")):
            whole = [row[key] for row in ada.get(f"{path}?limit=500").json["items"]]
            for size in (1, 2, 4):
                got, query = [], f"?limit={size}"
                while query:
                    part = ada.get(path + query).json
                    equal(len(part["items"]) <= size, True, f"the size of a part of {path}")
                    got += [row[key] for row in part["items"]]
                    query = f"?limit={size}&after={part['next']}" if "next" in part else None
                equal(got, whole, f"{path} in parts of {size}")
