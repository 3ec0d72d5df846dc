"""HTTP of the portals: whose name it is, what every answer carries, and forms that must be refused."""
import re
import subprocess

import web
from case import equal, scenario
from web import Closed, Connection

BOTH = {"rootless": True, "host": "two"}

SECURITY = {
    "strict-transport-security": re.compile(r"^max-age=(\d{8,})"),
    "x-content-type-options": re.compile(r"^nosniff$"),
    "referrer-policy": re.compile(r"^(same-origin|no-referrer)$"),
    "cross-origin-opener-policy": re.compile(r"^same-origin$"),
    "cross-origin-resource-policy": re.compile(r"^same-origin$"),
    "permissions-policy": re.compile(r"camera=\(\)"),
    "x-frame-options": re.compile(r"^DENY$"),
    "content-security-policy": re.compile(r"default-src '(self|none)'"),
    "date": re.compile(r"GMT$"),
}


def check_security(response, what):
    for name, wanted in SECURITY.items():
        value = response.get(name)
        if value is None or not wanted.search(value):
            raise AssertionError(f"{what}: {name} is {value!r}")
    policy = response.get("content-security-policy")
    if "html" in (response.get("content-type") or "") and ("unsafe-" in policy or "data:" in policy):
        raise AssertionError(f"{what}: the policy of a page is {policy}")
    for name in ("server", "x-powered-by", "access-control-allow-origin"):
        equal(response.get(name), None, f"{what}: header {name}")


@scenario("A Host other than the connection's own gets 421 and nothing of the other portal", **BOTH)
def misdirected(host):
    host.command("portal", "create", "secret-name", "--title", "Canary of the third")
    for given in (f"globex.localhost:{host.https}", "secret-name.localhost", "nobody.localhost", "localhost",
                  "127.0.0.1", "xacme.localhost", "acme.localhostx"):
        for path in ("/", "/healthz", "/trust"):
            with Connection(host, "acme.localhost") as c:
                answer = c.request(path, host=given)
                equal(answer.status, 421, f"status for Host {given}")
                check_security(answer, f"the answer to Host {given}")
                if b"globex" in answer.body or b"Canary" in answer.body:
                    raise AssertionError(f"the answer to Host {given} names another portal")
    for given in ("acme.localhost", "ACME.localhost", f"acme.localhost:{host.https}"):
        equal(web.get(host, "acme.localhost", "/healthz", headers=()).status, 200, "own name")
        with Connection(host, "acme.localhost") as c:
            equal(c.request("/healthz", host=given).status, 200, f"status for Host {given}")


@scenario("Every answer carries the security headers, whatever its status", **BOTH)
def security_headers(host):
    with Connection(host, "acme.localhost") as c:
        page = c.request("/trust")
        asset = re.search(r'(/-/[^"]+\.css)', page.text())[1]
        tag = c.request(asset).get("etag")
        for status, method, path, headers in (
                (200, "GET", "/", ()), (200, "GET", "/trust", ()), (200, "GET", "/healthz", ()),
                (200, "HEAD", "/trust", ()), (200, "GET", "/robots.txt", ()), (200, "GET", "/sitemap.xml", ()),
                (200, "GET", asset, ()), (304, "GET", asset, (("If-None-Match", tag),)),
                (302, "GET", "/favicon.ico", ()), (404, "GET", "/nothing", ()), (404, "GET", "/docs/a/b", ()),
                (404, "GET", "/files/a/b", ()), (405, "POST", "/", (("Content-Length", "0"),)),
                (405, "DELETE", "/docs/a/b", ()), (405, "PUT", "/", (("Content-Length", "0"),)),
                (405, "OPTIONS", "/", ())):
            answer = c.request(path, method, headers)
            equal(answer.status, status, f"status of {method} {path}")
            check_security(answer, f"{method} {path} ({status})")
            if status == 405:
                equal(answer.get("allow"), "GET, HEAD", f"Allow of {method} {path}")
    for status, raw in ((400, b"GET / HTTP/1.1\r\n\r\n"),
                        (431, b"GET / HTTP/1.1\r\nX: " + b"y" * 17000 + b"\r\n\r\n"),
                        (414, b"GET /" + b"y" * 9000 + b" HTTP/1.1\r\nHost: acme.localhost\r\n\r\n"),
                        (505, b"GET / HTTP/2.0\r\nHost: acme.localhost\r\n\r\n")):
        with Connection(host, "acme.localhost") as c:
            c.send(raw)
            answer = c.response()
            equal(answer.status, status, f"status of {raw[:30]!r}")
            check_security(answer, f"an answer {status}")


@scenario("Methods that are not GET or HEAD are refused, TRACE and CONNECT among them", **BOTH)
def methods(host):
    for method, status in (("TRACE", 405), ("CONNECT", 405), ("PATCH", 405), ("PROPFIND", 501), ("get", 501),
                           ("GETT", 501)):
        with Connection(host, "acme.localhost") as c:
            target = c.authority() if method == "CONNECT" else "/"
            answer = c.request(target, method)
            equal(answer.status, status, f"status of {method}")
            if b"Host:" in answer.body:
                raise AssertionError(f"{method} is echoed")


HOST = b"Host: acme.localhost\r\n"
SMUGGLING = [
    ("no Host", b"GET / HTTP/1.1\r\n\r\n"),
    ("two Hosts", b"GET / HTTP/1.1\r\n" + HOST + HOST + b"\r\n"),
    ("Host with a space inside", b"GET / HTTP/1.1\r\nHost: acme.localhost x\r\n\r\n"),
    ("Host with a comma", b"GET / HTTP/1.1\r\nHost: acme.localhost,globex.localhost\r\n\r\n"),
    ("Host with a slash", b"GET / HTTP/1.1\r\nHost: acme.localhost/x\r\n\r\n"),
    ("Host with a user", b"GET / HTTP/1.1\r\nHost: a@acme.localhost\r\n\r\n"),
    ("empty Host", b"GET / HTTP/1.1\r\nHost:\r\n\r\n"),
    ("space before the colon", b"GET / HTTP/1.1\r\n" + HOST + b"Content-Length : 0\r\n\r\n"),
    ("tab before the colon", b"GET / HTTP/1.1\r\n" + HOST + b"X\t: 0\r\n\r\n"),
    ("space before a name", b"GET / HTTP/1.1\r\n" + HOST + b" X: 0\r\n\r\n"),
    ("folded header", b"GET / HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n"),
    ("folded first header", b"GET / HTTP/1.1\r\n " + HOST + b"\r\n"),
    ("empty header name", b"GET / HTTP/1.1\r\n" + HOST + b": x\r\n\r\n"),
    ("line without a colon", b"GET / HTTP/1.1\r\n" + HOST + b"nonsense\r\n\r\n"),
    ("bare LF at a line's end", b"GET / HTTP/1.1\n" + HOST + b"\r\n"),
    ("bare LF inside a header", b"GET / HTTP/1.1\r\n" + HOST + b"X: a\nY: b\r\n\r\n"),
    ("bare LFs only", b"GET / HTTP/1.1\nHost: acme.localhost\n\n"),
    ("bare CR inside a header", b"GET / HTTP/1.1\r\n" + HOST + b"X: a\rY: b\r\n\r\n"),
    ("bare CR in the request line", b"GET /\r HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("NUL in a header", b"GET / HTTP/1.1\r\n" + HOST + b"X: a\0b\r\n\r\n"),
    ("NUL in the path", b"GET /\0 HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("NUL in a name", b"GET / HTTP/1.1\r\n" + HOST + b"X\0Y: b\r\n\r\n"),
    ("escape in a header", b"GET / HTTP/1.1\r\n" + HOST + b"X: \x1b[31m\r\n\r\n"),
    ("Content-Length with Transfer-Encoding",
     b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("Transfer-Encoding with Content-Length",
     b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n"),
    ("two equal Content-Lengths",
     b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello"),
    ("two Content-Lengths", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nhello"),
    ("a list of Content-Lengths", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 5, 5\r\n\r\nhello"),
    ("negative Content-Length", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: -1\r\n\r\n"),
    ("Content-Length with a plus", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: +5\r\n\r\nhello"),
    ("hexadecimal Content-Length", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 0x5\r\n\r\nhello"),
    ("empty Content-Length", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length:\r\n\r\n"),
    ("Content-Length past 2^64",
     b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 18446744073709551621\r\n\r\nhello"),
    ("Content-Length with a space in it", b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1 2\r\n\r\nhello"),
    ("Transfer-Encoding with xchunked",
     b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"),
    ("Transfer-Encoding with a vertical tab",
     b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n"),
    ("chunked twice", b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n"),
    ("chunked not last", b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n"),
    ("two Transfer-Encodings",
     b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n"),
    ("Transfer-Encoding in HTTP/1.0", b"POST / HTTP/1.0\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"),
    ("two spaces in the request line", b"GET  / HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("a tab in the request line", b"GET\t/ HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("a space at the request line's end", b"GET / HTTP/1.1 \r\n" + HOST + b"\r\n"),
    ("no version", b"GET /\r\n" + HOST + b"\r\n"),
    ("a version in lower case", b"GET / http/1.1\r\n" + HOST + b"\r\n"),
    ("a version with more digits", b"GET / HTTP/1.11\r\n" + HOST + b"\r\n"),
    ("a path without a slash", b"GET x HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("a path with bytes above 127", b"GET /\xc3\xa4 HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("a fragment in the path", b"GET /#x HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("an asterisk for GET", b"GET * HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("absolute form of another host", b"GET https://globex.localhost/ HTTP/1.1\r\n" + HOST + b"\r\n"),
    ("a method with a control byte", b"G\x01T / HTTP/1.1\r\n" + HOST + b"\r\n"),
]


@scenario(f"Each of {len(SMUGGLING)} ambiguous requests is refused and its connection ended", **BOTH)
def smuggling(host):
    hidden = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    wrong = []
    for what, raw in SMUGGLING:
        with Connection(host, "acme.localhost") as c:
            c.send(raw + hidden)
            try:
                answer = c.response()
                ended = c.ended(3)
            except (Closed, AssertionError) as error:
                wrong.append(f"{what}: {error}")
                continue
            if answer.status not in EXPECTED.get(what, (400,)) or not ended or answer.body == b"ok\n":
                wrong.append(f"{what}: {answer.status}, ended: {ended}")
    if wrong:
        raise AssertionError("\n  ".join(wrong))


# What a refusal may be other than 400: these are no ambiguity in themselves, and are refused for what they are.
EXPECTED = {
    "Transfer-Encoding with xchunked": (400, 501),
    "chunked twice": (400, 501),
    "chunked not last": (400, 501),
    "no version": (400, 505),
    "absolute form of another host": (400, 421),
}


@scenario("Chunked bodies that are not quite right are refused and end the connection", **BOTH)
def chunks(host):
    start = b"POST / HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n"
    hidden = b"GET /healthz HTTP/1.1\r\n" + HOST + b"\r\n"
    for what, body in (("a size with a sign", b"+5\r\nhello\r\n0\r\n\r\n"),
                       ("a size in 0x", b"0x5\r\nhello\r\n0\r\n\r\n"),
                       ("a size past 2^64", b"fffffffffffffffff\r\nhello\r\n0\r\n\r\n"),
                       ("a bare LF behind the size", b"5\nhello\r\n0\r\n\r\n"),
                       ("no CR LF behind the data", b"5\r\nhello0\r\n\r\n"),
                       ("a bare CR in an extension", b"5;a\rb\r\nhello\r\n0\r\n\r\n"),
                       ("a space before the size", b" 5\r\nhello\r\n0\r\n\r\n"),
                       ("no size", b"\r\nhello\r\n0\r\n\r\n"),
                       ("a trailer that is no header", b"5\r\nhello\r\n0\r\nnonsense\r\n\r\n")):
        with Connection(host, "acme.localhost") as c:
            c.send(start + body + hidden)
            answer = c.response()
            equal(answer.status, 400, f"{what}: status")
            equal(c.ended(3), True, f"{what}: whether the connection is ended")
    with Connection(host, "acme.localhost") as c:
        c.send(start + b"5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n" + hidden)
        equal((c.response().status, c.response().status), (405, 200), "a good chunked body and the request behind it")


@scenario("Limits of lines, headers and their count hold, and what is within them is answered", **BOTH)
def limits(host):
    name = "acme.localhost"
    for what, status, headers in (("99 headers", 200, [("X", "y")] * 98), ("101 headers", 431, [("X", "y")] * 101),
                                  ("15 KB", 200, [("X", "y" * 15000)]), ("17 KB", 431, [("X", "y" * 17000)]),
                                  ("a name of 17 KB", 431, [("X" * 17000, "y")])):
        equal(web.get(host, name, "/healthz", headers=headers).status, status, what)
    with Connection(host, name) as c:
        c.send(b"GET /healthz HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 100000)
        equal(c.response().status, 431, "headers without an end")
    equal(web.get(host, name, "/" + "a" * 8000).status, 404, "a long path")
    with Connection(host, name) as c:
        c.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 99999999999\r\n\r\n")
        equal(c.response().status in (405, 413), True, "a giant body is refused before it comes")


@scenario("Requests sent together are answered in order, and a keep-alive connection lasts", **BOTH)
def pipelined(host):
    with Connection(host, "acme.localhost") as c:
        paths = ["/healthz", "/nothing", "/robots.txt", "/healthz"] * 10
        c.send(b"".join(f"GET {p} HTTP/1.1\r\nHost: {c.authority()}\r\n\r\n".encode() for p in paths))
        equal([c.response().status for _ in paths], [200, 404, 200, 200] * 10, "statuses in order")
        for _ in range(500):
            equal(c.request("/healthz").status, 200, "a request on the same connection")
        equal(c.request("/healthz", headers=[("Connection", "close")]).get("connection"), "close", "Connection")
        equal(c.ended(), True, "whether the connection is ended when asked for")
    with Connection(host, "acme.localhost") as c:
        c.send(b"GET /healthz HTTP/1.0\r\n" + HOST + b"\r\n")
        equal(c.response().status, 200, "HTTP/1.0")
        equal(c.ended(), True, "whether an HTTP/1.0 connection is ended")


@scenario("curl reads pages over HTTP/2 and HTTP/1.1 alike", **BOTH)
def with_curl(host):
    for option, version in (("--http2", "2"), ("--http1.1", "1.1")):
        done = subprocess.run(["curl", "-sS", option, "--cacert", str(host.ca), "--resolve",
                               f"acme.localhost:{host.https}:127.0.0.1", "-w", "\n%{http_version} %{http_code}",
                               f"https://acme.localhost:{host.https}/trust"],
                              capture_output=True, text=True, timeout=20, check=False)
        equal((done.returncode, done.stdout.rpartition("\n")[2]), (0, f"{version} 200"), f"curl {option}")
        if "<html" not in done.stdout:
            raise AssertionError(f"curl {option} got no page")
