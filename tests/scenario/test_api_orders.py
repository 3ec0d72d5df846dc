"""What the API does beside people one by one: tables, settings, providers of sign-on, visibility, second factors, the log's
proof. Each as the command line does it, with a row in the log, and no secret in any answer."""
import json

from authenticator import set_up_app
from case import equal, scenario
from host import Host
from program import ALL, Program, make_token
from test_api import PASSWORD, add_provider, portal, program
from test_people import files_with
from visitor import Visitor

SECRET, NEW_SECRET = "Canary-Client-Secret", "Canary-New-Secret-77"


def table(first, last):
    return "email,name,groups\n" + "".join(f"bulk-{i}@example.com,\"Bulk, {i}\",gold\n" for i in range(first, last + 1))


@scenario("A table of Power Readers is looked at, then all of it is invited or nobody", rootless=True)
def imports():
    with Host() as host:
        portal(host)
        host.command("group", "add", "acme", "gold")
        ada = program(host, "ada@example.com", *ALL)
        seen = ada.post("/imports/preview", {"csv": table(1, 3) + "paul@example.com,Paul,gold\nx@example.com,X,silver\n"})
        equal((seen.status, seen.json["lines"], seen.json["faulty"]), (200, 5, 2), "a look at a table with faults")
        equal([f["line"] for f in seen.json["faults"]], [5, 6], "the lines with faults")
        equal(seen.json["sample"][0], {"line": 2, "email": "bulk-1@example.com", "name": "Bulk, 1", "groups": "gold"}, "the first line")
        equal(ada.post("/imports", {"csv": table(1, 3) + "paul@example.com\n"}).status, 422, "a table with a fault")
        equal(len(ada.get("/people").json["items"]), 2, "people after that")
        done = ada.post("/imports", {"csv": table(1, 30)})
        equal((done.status, done.json["count"], len(done.json["people"])), (201, 30, 30), "a table")
        equal(Visitor(host, "acme").get(done.json["people"][29]["path"]).status, 303, "the last one's link")
        equal(len(ada.get("/groups/gold/members").json["items"]), 30, "members of the group")
        equal({p["email"] for p in ada.get("/people?text=bulk-3&state=invited").json["items"]},
              {"bulk-3@example.com", "bulk-30@example.com"}, "a search")
        # Long bodies are taken from those alone who may send them.
        long = {"csv": table(1000, 2990) + "\n" * 60000}
        equal(len(json.dumps(long)) > 128 * 1024, True, "how long that is")
        equal(ada.post("/imports/preview", long).json["lines"], 1991, "a long table")
        for who in (Program(host, "acme"), program(host, "paul@example.com", "content.read"),
                    program(host, "ada@example.com", "people.read")):
            answer = Program(host, "acme", who.token).post("/imports/preview", long)
            equal(answer.status, 413, "a long table of somebody who may not")
        equal(ada.post("/people", long).status, 413, "a long body elsewhere")
        mine = [r for r in ada.get("/log").json["items"] if r["action"] == "user.import"]
        equal([(r["actor"], r["detail"]["count"], r["detail"]["by_token"]) for r in mine],
              [(1, 30, ada.get("/me").json["token"]["id"])], "the log")


@scenario("Settings are read and changed as the owner's page has them, and only as they were seen when that is asked", rootless=True)
def settings():
    with Host() as host:
        portal(host)
        ada = program(host, "ada@example.com", *ALL)
        before = ada.get("/settings")
        shown = host.command("settings", "show", "acme")
        equal({name: str(value) for name, value in before.json.items()}, {name: str(value) for name, value in shown.items()},
              "what the command line shows")
        change = {"title": "Acme & Sons", "password.minimum": 9, "second_factor": ["writer"], "session.idle.power-reader": 45}
        equal(ada.patch("/settings", change, headers=[("If-Match", '"else"')]).status, 412, "another state than was seen")
        equal(ada.get("/settings").headers["ETag"], before.headers["ETag"], "the settings after that")
        done = ada.patch("/settings", change, headers=[("If-Match", before.headers["ETag"])])
        equal((done.status, {name: done.json[name] for name in change}), (200, change), "the state that was seen")
        equal(ada.patch("/settings", {"title": "Late"}, headers=[("If-Match", before.headers["ETag"])]).status, 412, "the same tag again")
        equal(ada.get("/settings").json, done.json, "what is there then")
        equal("Acme &amp; Sons" in Visitor(host, "acme").get("/").text, True, "the title on a page")
        equal({n: v for n, v in done.json.items() if n not in change}, {n: v for n, v in before.json.items() if n not in change},
              "what was not named")
        for body in ({"password.minimum": 4}, {"session.idle.writer": 50 * 24 * 60}, {"session.absolute.writer": 10}, {"language": "no such"}):
            equal(ada.patch("/settings", body).status, 422, f"{body}")
        rows = [r for r in ada.get("/log").json["items"] if r["action"] == "settings.change"]
        equal([r["detail"]["password.minimum"] for r in rows], [{"from": "5", "to": "9"}], "the log")
        few = program(host, "ada@example.com", "people.read", "people.write", "settings.read")
        equal((few.get("/settings").status, few.patch("/settings", {"title": "x"}).status), (200, 403), "with the scope to read only")
        equal(program(host, "ada@example.com", "people.write").get("/settings").status, 403, "without it")


@scenario("Providers of sign-on are seen and changed; a client's secret goes in and never out", rootless=True)
def providers():
    with Host() as host:
        portal(host)
        add_provider(host)
        host.command("group", "add", "acme", "gold")
        ada = program(host, "ada@example.com", *ALL)
        listed = ada.get("/providers")
        one = listed.json["items"][0]
        equal((one["name"], one["method"], one["domains"], one["enabled"]), ("corp", "basic", ["example.com"], True), "the provider")
        changed = ada.patch("/providers/corp", {"secret": NEW_SECRET, "claim": "groups", "rules": ["staff=writer:gold"], "enabled": False})
        equal((changed.status, changed.json["rules"], changed.json["enabled"], changed.json["domains"]),
              (200, ["staff=writer:gold"], False, ["example.com"]), "a change, and what was not named")
        equal(bool(files_with(host, NEW_SECRET)), True, "whether the secret was kept")
        for answer in (listed, changed, ada.get("/providers"), ada.get("/log"), ada.patch("/providers/corp", {"secret": NEW_SECRET, "x": 1}),
                       ada.patch("/providers/none", {"secret": NEW_SECRET})):
            equal([s for s in (SECRET, NEW_SECRET) if s.encode() in answer.body], [], "secrets in an answer")
        equal([line for line in host.lines if "Canary-" in line], [], "secrets in the log lines")
        for body in ({"rules": ["staff=owner"]}, {"rules": ["staff=writer:silver"]}, {"domains": ["two words"]}, {"method": "none"},
                     {"issuer": "https://other.example"}, {"rules": ["a=writer"] * 21}):
            equal(ada.patch("/providers/corp", body).status in (404, 422), True, f"{body}")
        equal(ada.patch("/providers/none", {"enabled": True}).status, 404, "one that is not there")
        for method, path in (("POST", "/providers"), ("DELETE", "/providers/corp")):
            equal(ada.send(method, "/api/v1" + path, {"name": "x"}).status, 405, f"{method} {path}")
        equal(len(ada.get("/providers?limit=1").json["items"]), 1, "a part of the list")


@scenario("Visibility, second factors, sessions, a group's title and the log's proof by the API", rootless=True)
def the_rest():
    with Host() as host:
        portal(host)
        host.command("group", "add", "acme", "gold")
        ada, nobody = program(host, "ada@example.com", *ALL), Visitor(host, "acme")
        equal(nobody.get("/docs/public/start").status, 200, "a public page")
        equal(ada.put("/publications/public/visibility", {"visibility": "private"}).json, {"publication": "public", "visibility": "private"},
              "the visibility")
        equal((nobody.get("/docs/public/start").status, "/docs/public" in nobody.get("/").text), (404, False), "the page at the next request")
        equal(ada.put("/publications/none/visibility", {"visibility": "public"}).status, 404, "of what is not there")
        paul = Visitor(host, "acme")
        paul.login("paul@example.com", PASSWORD)
        set_up_app(paul)
        equal((ada.get("/people/2").json["second_factor"], ada.post("/people/2/unfactor").status, ada.get("/people/2").json["second_factor"]),
              (True, 200, False), "a second factor")
        equal(ada.post("/people/2/unfactor").status, 409, "one that is not there")
        paul = Visitor(host, "acme")
        equal(paul.login("paul@example.com", PASSWORD).location, "/", "a login by the password alone")
        equal(ada.post("/people/2/end-sessions").status, 200, "the end of all sessions")
        equal(paul.get("/account").status, 303, "the account after that")
        equal(ada.patch("/groups/gold", {"title": "Golden"}).json, {"group": "gold", "title": "Golden"}, "a group's title")
        # What a job does notices another state, and its notes come along.
        tag = ada.get("/people/2").headers["ETag"]
        ada.post("/publications/restricted/shares", {"days": 1})
        equal(ada.delete("/people/2", headers=[("If-Match", '"else"')]).status, 412, "deleting another than was seen")
        equal(ada.delete("/people/2", headers=[("If-Match", tag)]).json["state"], "deleted", "deleting who was seen")
        whole = ada.get("/log/check")
        equal((whole.status, whole.json["holds"], whole.json["records"]), (200, True, ada.get("/log?limit=500").json["items"][-1]["seq"]),
              "the log's proof")
        rows = [r for r in ada.get("/log").json["items"] if r["actor"] == 1 and "by_token" in r.get("detail", {})]
        equal([r["action"] for r in rows],
              ["access.visibility", "user.unfactor", "user.end-sessions", "group.rename", "share.add", "user.delete"], "the log")


@scenario("A token that ends while a job works for it, and a client that does not wait, leave a whole portal")
def impatient():
    with Host() as host:
        portal(host)
        ada = program(host, "ada@example.com", *ALL)
        for i in range(5):
            ada.connect()
            ada.connection.request("PATCH", "/api/v1/settings", json.dumps({"title": f"Title {i}"}),
                                   {"Host": f"{ada.name}:{host.https}", "Authorization": f"Bearer {ada.token}", "Content-Type": "application/json"})
            ada.close()
        made = make_token(host, "acme", "ada@example.com", *ALL)
        other = Program(host, "acme", made["token"])
        equal((other.delete("/me/token").status, other.patch("/settings", {"title": "x"}).status), (200, 401), "a token that has ended")
        equal(ada.patch("/settings", {"title": "Last"}).json["title"], "Last", "the portal afterwards")
        equal(host.command("audit", "verify", "acme")["holds"], True, "its log")
