"""The API's document against the running server: what it says answers so, and nothing else answers; the manual's
examples; tokens made in the browser."""
import os
import re
import subprocess
import tempfile
from pathlib import Path

import content
from authenticator import set_up_app
from case import equal, scenario
from host import Host
from program import ALL, Program, last_day, make_token
from test_api import PASSWORD, add_provider, portal
from visitor import Visitor

KINDS = {"string": str, "integer": int, "boolean": bool, "object": dict, "array": list, "null": type(None)}


def faults(document, schema, value, at="$"):
    """What of the value does not fit a schema, in the few words of JSON Schema that the document uses."""
    if "$ref" in schema:
        for part in schema["$ref"].split("/")[1:]:
            document_part = document[part] if part == "components" else document_part[part]
        return faults(document, document_part, value, at)
    types = schema.get("type", list(KINDS))
    types = types if isinstance(types, list) else [types]
    if not any(isinstance(value, KINDS[t]) and not (t == "integer" and isinstance(value, bool)) for t in types):
        return [f"{at} is no {types}: {value!r:.40}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at} is {value!r}")
    if "pattern" in schema and not re.search(schema["pattern"], value):
        found.append(f"{at} is no {schema['pattern']}")
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        found.append(f"{at} is {value}")
    if isinstance(value, list):
        found += [f for i, v in enumerate(value) for f in faults(document, schema.get("items", {}), v, f"{at}[{i}]")]
    if isinstance(value, dict) and "properties" in schema:
        found += [f"{at} lacks {name}" for name in schema.get("required", ()) if name not in value]
        for name, inner in value.items():
            if name in schema["properties"]:
                found += faults(document, schema["properties"][name], inner, f"{at}.{name}")
            elif schema.get("additionalProperties") is False:
                found.append(f"{at} has {name}, which the document does not know")
    return found


def response_of(document, operation, status):
    said = operation["responses"].get(str(status))
    if said and "$ref" in said:
        said = document["components"]["responses"][said["$ref"].rsplit("/", 1)[1]]
    return said


def held(document, operation, answer, what):
    """The answer is one that the document says, with a body as it says."""
    said = response_of(document, operation, answer.status)
    if said is None:
        raise AssertionError(f"{what} answers {answer.status}, which the document does not say")
    kinds = said.get("content", {})
    kind = (answer.headers["Content-Type"] or "").split(";")[0]
    if kind not in kinds and "*/*" not in kinds:
        raise AssertionError(f"{what} answers {answer.status} with {kind}; the document says {list(kinds)}")
    if kind.endswith("json"):
        equal(faults(document, kinds[kind]["schema"], answer.json), [], f"the body of {what}, {answer.status}")


GOOD = {"publication": "restricted", "topic": "start", "path": "img/dot.png", "project": "restricted", "group": "gold",
        "token": "1", "link": "1", "name": "corp"}
BODIES = {
    "person_add": {"email": "new@example.com", "role": "writer"}, "person_change": {"name": "N"}, "person_role": {"role": "reviewer"},
    "group_add": {"group": "silver"}, "share_add": {"days": 2}, "group_rename": {"title": "Golden"},
    "imports": {"csv": "email,name\nbulk@example.com,Bulk\n", "groups": "gold"}, "imports_preview": {"csv": "odd\nbulk@example.com\n"},
    "publication_visibility": {"visibility": "restricted"}, "settings_change": {"title": "Other", "session.idle.writer": 30},
    "provider_change": {"label": "Corporation", "secret": "a-new-canary-secret", "rules": ["staff=writer:gold"], "claim": "groups"},
}
# What ends something comes after what needs it; another role ends the person's tokens.
LAST = ("person_unfactor", "token_revoke", "share_revoke", "person_role", "group_remove", "person_delete", "me_token_end")


def operations(document):
    rows = [(path, method.upper(), o) for path, item in document["paths"].items() for method, o in item.items()]
    names = [row[2]["operationId"] for row in rows]
    return sorted(rows, key=lambda row: (LAST.index(row[2]["operationId"]) if row[2]["operationId"] in LAST else -1,
                                         row[1] != "GET", names.index(row[2]["operationId"])))


def fill(path, number):
    return re.sub(r"\{([a-z]+)\}", lambda m: GOOD.get(m[1], number), path)


@scenario("Every operation answers as the document says, with good and with bad input", rootless=True)
def document_holds():
    with Host() as host:
        portal(host)
        host.command("group", "add", "acme", "gold")
        host.command("group", "join", "acme", "gold", "paul@example.com")
        add_provider(host)
        paul = Visitor(host, "acme")
        equal(paul.login("paul@example.com", PASSWORD).status, 303, "the login")
        set_up_app(paul)
        document = Program(host, "acme").get("/openapi.json").json
        ada = Program(host, "acme", make_token(host, "acme", "ada@example.com", *ALL)["token"])
        make_token(host, "acme", "paul@example.com", "content.read")
        ada.post("/publications/restricted/shares", {"days": 1})
        nobody, poor = Program(host, "acme"), Program(host, "acme", make_token(host, "acme", "paul@example.com", "content.read")["token"])
        done = {}
        for path, method, o in operations(document):
            address, what = fill(path, "2"), o["operationId"]
            if what == "token_revoke":
                address = address.replace("tokens/1", "tokens/2")
            for program, tried in ((nobody, "without a token"), (poor, "with little")):
                if what not in ("me_token_end", "document"):
                    held(document, o, program.send(method, address, BODIES.get(what)), f"{what} {tried}")
            held(document, o, ada.send(method, address + "?no=1"), f"{what} with a parameter of nobody")
            held(document, o, ada.send(method, address, {"no": 1}), f"{what} with a body of nobody")
            if "{" in path:
                odd = ada.send(method, fill(path, "none").replace("restricted", "none").replace("gold", "none"), BODIES.get(what))
                held(document, o, odd, f"{what} of what is not there")
            answer = ada.send(method, address, BODIES.get(what))
            held(document, o, answer, what)
            done[what] = answer.status
        equal({what: status for what, status in done.items() if status not in (200, 201)}, {}, "operations that did not succeed")


@scenario("Nothing below /api/ answers but what the document names")
def nothing_else():
    with Host() as host:
        portal(host)
        ada = Program(host, "acme", make_token(host, "acme", "ada@example.com", *ALL)["token"])
        document = ada.get("/openapi.json").json
        known = {path: {m.upper() for m in item} for path, item in document["paths"].items()}
        for path, methods in known.items():
            for method in {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"} - methods:
                answer = ada.send(method, fill(path, "2"))
                equal(answer.status, 405, f"{method} {path}")
                equal("GET" in methods, "HEAD" in answer.headers["Allow"], f"what {path} allows")
            for other in (path + "/", path + "/more/less/none", path.replace("/api/v1", "/api/v2"), path.upper(), "/" + path):
                if "{topic}" not in path and "{path}" not in path:
                    equal(ada.send("GET", fill(other, "2")).status, 404, f"GET {other}")
        for path in ("/api", "/api/", "/api/v1/", "/api/v1/admin", "/api/v1/people.json", "/api/v1/docs", "/api/v1/openapi.yaml"):
            equal(ada.send("GET", path).status, 404, path)


@scenario("The examples of the manual work as they stand there", rootless=True)
def examples():
    manual = (content.ROOT / "docs/developer/api.md").read_text()
    blocks = re.findall(r"^```sh\n(.*?)^```$", manual, re.M | re.S)
    equal(len(blocks) >= 3, True, "how many examples there are")
    with Host() as host:
        portal(host)
        host.command("publish", "acme", "restricted", "--as", "guide", "--visibility", "restricted")
        token = make_token(host, "acme", "ada@example.com", *ALL)["token"]
        with tempfile.TemporaryDirectory(dir=Host.scratch) as home:
            Path(home, ".curlrc").write_text(f'cacert = "{host.ca}"\nresolve = "acme.localhost:{host.https}:127.0.0.1"\nsilent\nshow-error\n')
            for block in blocks:
                script = block.replace("https://acme.example.com", f"https://acme.localhost:{host.https}")
                done = subprocess.run(["bash", "-euc", script], cwd=home, capture_output=True, text=True, timeout=60, check=False,
                                      env={**os.environ, "HOME": home, "CURL_HOME": home, "TOKEN": token})
                equal((done.returncode, done.stderr), (0, ""), f"{script}: {done.stdout}")
        # What they did: the last block invites somebody and names them.
        equal("paul@client.example" in [p["email"] for p in host.command("user", "list", "acme")], True, "who was invited")


@scenario("A person makes a token in the browser, sees it once, and revokes it", rootless=True)
def in_the_browser():
    with Host() as host:
        portal(host)
        paul = Visitor(host, "acme")
        equal(paul.login("paul@example.com", PASSWORD).status, 303, "the login")
        equal('href="/account/tokens"' in paul.get("/account").text, True, "the way from the account")
        form = paul.get("/account/tokens/new").text
        equal(re.findall(r'type="checkbox" name="([a-z.]+)"', form), ["content.read"], "what a reader can choose")
        choice = {"content.read": "1", "people.write": "1"}
        for fields, part in (({"name": "", **choice}, "name"), ({"name": "x"}, "allows nothing"),
                             ({"name": "x", **choice, "expires": "2020-01-01"}, "366 days"), ({"name": "x", **choice, "expires": ""}, "last day")):
            answer = paul.post("/account/tokens/new", "/account/tokens/new", **{"expires": last_day(), **fields})
            equal((answer.status, part in answer.text), (422, True), f"a form with {fields}")
        answer = paul.post("/account/tokens/new", "/account/tokens/new", name="my <b>script</b>", expires=last_day(), **choice)
        token = re.search(r'value="(crl_[A-Za-z0-9_-]{43})"', answer.text)[1]
        equal((answer.status, answer.headers["Cache-Control"]), (200, "private, no-store"), "the page with the token")
        equal(token in paul.get("/account/tokens").text, False, "whether it is shown again")
        program = Program(host, "acme", token)
        me = program.get("/me").json
        equal((me["email"], me["token"]["scopes"], me["token"]["name"]), ("paul@example.com", ["content.read"], "my <b>script</b>"), "the token")
        other = make_token(host, "acme", "ada@example.com", "log.read")
        equal(paul.post("/account/tokens", "/account/tokens/revoke", id=str(other["id"])).status, 404, "somebody else's token")
        equal(paul.post("/account/tokens", "/account/tokens/revoke", id=str(me["token"]["id"])).status, 200, "one's own")
        equal((program.get("/me").status, Program(host, "acme", other["token"]).get("/me").status), (401, 200), "which of the two is dead")
        equal(paul.request("POST", "/account/tokens/revoke", {"id": "1"}).status, 403, "a form without its code")
