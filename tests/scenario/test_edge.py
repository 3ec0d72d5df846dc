"""The edge: whatever comes first on a connection, and the plain port."""
import socket
import statistics
import time

import web
from case import equal, scenario, wait_until
from hello import (Handshake, alert, drip, extension, hand_made, in_records, modern_extensions, open_tcp,
                   server_name)
from web import plain, read_all

BOTH = {"rootless": True, "host": "two"}


def serve_from(host, sock, handshake, name="acme.localhost"):
    handshake.finish(sock)
    answer = handshake.get(sock, "/healthz", f"{name}:{host.https}")
    if not answer.startswith(b"HTTP/1.1 200 ") or not answer.endswith(b"\r\n\r\nok\n"):
        raise AssertionError(f"not the portal's health: {answer[:200]!r}")


def first_answer(host, data, name="acme.localhost", half_close=False):
    """What comes back for these first bytes until the server closes, and after how many seconds."""
    with open_tcp(host) as sock:
        begin = time.monotonic()
        sock.sendall(data)
        if half_close:
            sock.shutdown(socket.SHUT_WR)
        return read_all(sock), time.monotonic() - begin


@scenario("A ClientHello that comes byte by byte is answered like any other", **BOTH)
def dripped(host):
    with open_tcp(host) as sock:
        handshake = Handshake(web.context(host.ca), "acme.localhost")
        drip(sock, handshake.hello)
        serve_from(host, sock, handshake)


@scenario("A ClientHello in many TCP segments and in six TLS records is answered", **BOTH)
def in_pieces(host):
    handshake = Handshake(web.context(host.ca), "acme.localhost")
    with open_tcp(host) as sock:
        drip(sock, handshake.hello, size=100, gap=0.005)
        serve_from(host, sock, handshake)
    data = in_records(Handshake(web.context(host.ca), "acme.localhost").hello, 6)
    with open_tcp(host) as sock:
        drip(sock, data, size=len(data) // 4, gap=0.01)
        # The transcript of such a hello is the same, but only a fresh client can finish it: see that the
        # portal's TLS library has taken it.
        equal(sock.recv(1), b"\x16", "the first byte of the answer (a handshake record)")


@scenario("ClientHellos of 1.7 and of 9 kilobytes are answered, whole and in pieces", **BOTH)
def large_hello(host):
    for protocols, least in ((7, 1700), (36, 9000)):
        ctx = web.context(host.ca, ["http/1.1"] + ["x" * 250 + f"{i:03}" for i in range(protocols)])
        for size in (100000, 600):
            handshake = Handshake(ctx, "acme.localhost")
            if len(handshake.hello) < least:
                raise AssertionError(f"the hello has only {len(handshake.hello)} bytes")
            with open_tcp(host) as sock:
                drip(sock, handshake.hello, size=size, gap=0.002)
                serve_from(host, sock, handshake)


@scenario("A ClientHello with a post-quantum key share beside the usual one is answered", **BOTH)
def post_quantum(host):
    shares = [(0x11EC, bytes(1216)), (29, b"\x09" + bytes(31))]
    data = hand_made(modern_extensions(b"acme.localhost", shares) + [extension(21, bytes(400))])
    if len(data) < 1700:
        raise AssertionError(f"the hello has only {len(data)} bytes")
    with open_tcp(host) as sock:
        drip(sock, data, size=700, gap=0.002)
        record = sock.recv(6)
        equal((record[0], record[5]), (22, 2), "record and message type of the answer (a ServerHello)")


@scenario("No server name: missing_extension; a foreign one: unrecognized_name; and nothing else", **BOTH)
def names(host):
    usual = modern_extensions(b"acme.localhost", [(29, b"\x09" + bytes(31))])
    for what, extensions, wanted in (
            ("no server name", usual[1:], 109),
            ("no extensions at all", [], 109),
            ("an unknown portal", [server_name(b"nobody.localhost"), *usual[1:]], 112),
            ("the host's own name", [server_name(b"localhost"), *usual[1:]], 112),
            ("a name below a portal's", [server_name(b"x.acme.localhost"), *usual[1:]], 112),
            ("a name that ends like a portal's", [server_name(b"xacme.localhost"), *usual[1:]], 112)):
        data, seconds = first_answer(host, hand_made(extensions))
        equal(alert(data), wanted, what)
        if seconds > 1:
            raise AssertionError(f"{what}: answered after {seconds:.1f} s")


@scenario("A portal's name is found in any case, and with bytes in it that names cannot have it is refused",
          **BOTH)
def odd_names(host):
    handshake = Handshake(web.context(host.ca), "ACME.LocalHost")
    with open_tcp(host) as sock:
        # Clients send what they were given; make sure that ours has.
        if b"ACME.LocalHost" not in handshake.hello:
            raise AssertionError("this client changes the case itself")
        sock.sendall(handshake.hello)
        serve_from(host, sock, handshake)
    usual = modern_extensions(b"acme.localhost", [(29, b"\x09" + bytes(31))])[1:]
    for what, name in (("a NUL", b"acme.localhost\0.evil"), ("a slash", b"acme/../globex.localhost"),
                       ("an empty name", b""), ("a label of 64", b"a" * 64 + b".localhost"),
                       ("300 bytes", b"a." * 146 + b"localhost"), ("a line feed", b"acme\n.localhost"),
                       ("an address", b"\xff\xfe.localhost")):
        data, _ = first_answer(host, hand_made([server_name(name), *usual]))
        if alert(data) not in (50, 112):
            raise AssertionError(f"{what}: alert {alert(data)}")


@scenario("Two server names, or a second server name extension, are refused", **BOTH)
def two_names(host):
    usual = modern_extensions(b"acme.localhost", [(29, b"\x09" + bytes(31))])[1:]
    one = b"\0\0\x0eacme.localhost"
    other = b"\0\0\x10globex.localhost"
    inside = extension(0, (len(one + other)).to_bytes(2, "big") + one + other)
    for what, extensions in (("two names in one extension", [inside, *usual]),
                             ("two extensions", [server_name(b"acme.localhost"),
                                                 server_name(b"globex.localhost"), *usual])):
        data, _ = first_answer(host, hand_made(extensions))
        equal(alert(data), 50, what)


@scenario("HTTP on the TLS port is told so in plain text; garbage gets decode_error", **BOTH)
def not_tls(host):
    for line in (b"GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n", b"POST /x HTTP/1.0\r\n\r\n",
                 b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"):
        data, _ = first_answer(host, line)
        if not data.startswith(b"HTTP/1.1 400 ") or b"TLS" not in data:
            raise AssertionError(f"plain HTTP was answered {data[:200]!r}")
        head, _, body = data.partition(b"\r\n\r\n")
        length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")][0]
        equal(int(length.split(b":")[1]), len(body), "Content-Length of the plain answer")
    for what, first in (("zeros", bytes(200)), ("a record of no length", b"\x16\x03\x01\x00\x00" + bytes(20)),
                        ("a record too long", b"\x16\x03\x01\xff\xff" + bytes(50)),
                        ("application data", b"\x17\x03\x03\x00\x10" + bytes(16)),
                        ("an SSL 2 hello", b"\x80\x2e\x01\x00\x02" + bytes(41)),
                        ("a message that is no hello", b"\x16\x03\x01\x00\x04\x02\x00\x00\x00"),
                        ("a hello of 60 kB", b"\x16\x03\x01\x40\x00\x01\x00\xf0\x00" + bytes(16380)),
                        ("a PROXY header", b"proxy TCP4 1.2.3.4 5.6.7.8 1 2\r\n")):
        data, seconds = first_answer(host, first)
        equal(alert(data), 50, what)
        if seconds > 1:
            raise AssertionError(f"{what}: answered after {seconds:.1f} s")


@scenario("Who does not finish a hello or a request in 5 s is let go; who closes half is let go at once",
          **BOTH)
def deadline(host):
    hello = Handshake(web.context(host.ca), "acme.localhost").hello
    silent = [open_tcp(host), open_tcp(host), socket.create_connection(("127.0.0.1", host.http), 10)]
    begin = time.monotonic()
    silent[1].sendall(hello[:-1])
    silent[2].sendall(b"GET / HTTP/1.1\r\nHost: acme.localhost\r\n")
    data, seconds = first_answer(host, hello[:50], half_close=True)
    equal((data, seconds < 1), (b"", True), "what a half-closed connection gets, and whether at once")
    for sock in silent:
        equal(read_all(sock), b"", "what a slow client is sent before the end")
        took = time.monotonic() - begin
        if not 4.5 < took < 6.5:
            raise AssertionError(f"a slow client was let go after {took:.1f} s")
        sock.close()


def median_ms(host, times=40):
    ctx = web.context(host.ca)

    def once():
        equal(web.get(host, "acme.localhost", "/healthz", ctx=ctx).status, 200, "the portal's health")
    return statistics.median(web.timed(once) for _ in range(times)) * 1000


@scenario("A connection without a byte is the kernel's for a second and the edge's to end after that", **BOTH)
def deferred(host):
    before = host.status()["edge"]["accepted"]
    silent = [open_tcp(host) for _ in range(20)]
    try:
        time.sleep(0.3)
        equal(host.status()["edge"]["accepted"] - before, 0, "silent connections the edge has heard of")
        equal(web.get(host, "acme.localhost", "/healthz").status, 200, "health beside them")
        wait_until("the edge has them", 4, lambda: host.status()["edge"]["held"] >= 20)
    finally:
        for sock in silent:
            sock.close()


@scenario("2,000 half-open connections do not delay others", **BOTH)
def half_open(host):
    before = median_ms(host)
    held = []
    try:
        for i in range(2000):
            held.append(open_tcp(host, source=f"127.0.0.{2 + i // 400}"))
            if i % 2:
                held[-1].sendall(b"\x16\x03\x01\x02\x00\x01")
        wait_until("the edge holds them", 3, lambda: host.status()["edge"]["held"] >= 1900)
        during = median_ms(host)
    finally:
        for sock in held:
            sock.close()
    if during > before + 20:
        raise AssertionError(f"median {before:.1f} ms before, {during:.1f} ms beside half-open ones")
    wait_until("the edge has let go of them", 8, lambda: host.status()["edge"]["held"] == 0)


@scenario("One address may hold 512 connections that are not handed over, and others are not refused for it",
          **BOTH)
def per_address(host):
    refused_before = host.status()["edge"]["refused_address"]
    held = [open_tcp(host, source="127.0.0.77") for _ in range(540)]
    try:
        wait_until("the edge refuses what is too much", 3,
                   lambda: host.status()["edge"]["refused_address"] - refused_before == 28)
        equal(web.get(host, "acme.localhost", "/healthz", source="127.0.0.78").status, 200, "another's request")
    finally:
        for sock in held:
            sock.close()
    wait_until("the address is free again", 3, lambda: web.get(
        host, "acme.localhost", "/healthz", source="127.0.0.77").status == 200)


def redirected(host, request):
    """Status and Location of the plain port's answer; its body must be as long as it says."""
    data = plain(host, request)
    head, _, body = data.partition(b"\r\n\r\n")
    lines = head.split(b"\r\n")
    fields = {k.lower(): v.strip() for k, _, v in (line.partition(b":") for line in lines[1:])}
    equal(int(fields[b"content-length"]), len(body), f"Content-Length for {request[:60]!r}")
    return int(lines[0].split(b" ")[1]), fields.get(b"location", b"").decode(), body


@scenario("The plain port redirects page addresses to HTTPS and forbids everything else", **BOTH)
def plain_port(host):
    base = f"https://acme.localhost:{host.https}"
    name = b"Host: acme.localhost\r\n\r\n"
    for request, location in (
            (b"GET / HTTP/1.1\r\n" + name, "/"),
            (b"GET /docs/a/b?x=1&y=%20 HTTP/1.1\r\n" + name, "/docs/a/b?x=1&y=%20"),
            (b"HEAD /a HTTP/1.0\r\n" + name, "/a"),
            (b"GET /a HTTP/1.1\r\nhOsT:  ACME.localhost:80  \r\nX: y\r\n\r\n", "/a")):
        status, to, body = redirected(host, request)
        equal((status, to, body), (308, base + location, b""), f"answer to {request[:50]!r}")
    for what, request in (
            ("POST", b"POST / HTTP/1.1\r\n" + name), ("an unknown host",
                                                      b"GET / HTTP/1.1\r\nHost: x.localhost\r\n\r\n"),
            ("no host", b"GET / HTTP/1.1\r\n\r\n"), ("two hosts",
                                                     b"GET / HTTP/1.1\r\nHost: acme.localhost\r\n" + name),
            ("absolute form", b"GET http://acme.localhost/ HTTP/1.1\r\n" + name),
            ("a path with two slashes", b"GET //evil.example/ HTTP/1.1\r\n" + name),
            ("a path with slash and backslash", b"GET /\\evil.example HTTP/1.1\r\n" + name),
            ("a path with an escape", b"GET /\x1b[31m HTTP/1.1\r\n" + name),
            ("a bare CR in the path", b"GET /a\rLocation:x HTTP/1.1\r\n" + name),
            ("HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"), ("no version", b"GET /\r\n" + name),
            ("an address as host", b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"),
            ("a user before the host", b"GET / HTTP/1.1\r\nHost: acme.localhost@evil\r\n\r\n"),
            ("TLS", Handshake(web.context(host.ca), "acme.localhost").hello.ljust(9000, b"\0"))):
        status, to, body = redirected(host, request)
        equal((status, to), (403, ""), what)
        if b"https://" not in body:
            raise AssertionError(f"{what}: the refusal does not say what to do: {body!r}")


@scenario("The plain port never shows content and takes no second request on a connection", **BOTH)
def plain_never_content(host):
    one = b"GET / HTTP/1.1\r\nHost: acme.localhost\r\n\r\n"
    data = plain(host, one + one.replace(b"acme", b"globex"))
    equal(data.count(b"HTTP/1.1 "), 1, "answers to two requests")
    if b"globex" in data or b"set-cookie" in data.lower():
        raise AssertionError(f"the plain port says too much: {data!r}")
