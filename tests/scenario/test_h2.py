"""HTTP/2 by hand: forms that must be refused, floods that must end, neighbours that must not notice."""
import time

import web
from case import equal, scenario
from h2 import (CONTINUATION, DATA, END_HEADERS, END_STREAM, GOAWAY, H2, HEADERS, PING, PRIORITY, RST_STREAM,
                SETTINGS,
                WINDOW_UPDATE, block, frame)
from readers import Reader

BOTH = {"rootless": True, "host": "two"}


@scenario("HTTP/2 requests for another portal's name get 421, contradictory and malformed ones 400", **BOTH)
def authorities(host):
    for what, wanted, fields in (
            ("another portal", {421}, {"authority": f"globex.localhost:{host.https}"}),
            ("an unknown name", {421}, {"authority": "nobody.localhost"}),
            ("Host of another portal", {400}, {"extra": [("host", "globex.localhost")]}),
            ("only Host, of another portal", {421}, {"authority": None, "extra": [("host", "globex.localhost")]}),
            ("no authority", {400, "reset"}, {"authority": None}),
            ("Transfer-Encoding", {400, "reset"}, {"extra": [("transfer-encoding", "chunked")]}),
            ("Connection", {400, "reset"}, {"extra": [("connection", "close")]}),
            ("upper case in a name", {400, "reset"}, {"extra": [("X-Y", "z")]}),
            ("a line feed in a value", {400, "reset"}, {"extra": [("x", "a\nb: c")]}),
            ("a NUL in a value", {400, "reset"}, {"extra": [("x", "a\0b")]}),
            ("a space in a name", {400, "reset"}, {"extra": [("x y", "z")]}),
            ("two lengths", {400, "reset"}, {"extra": [("content-length", "0"), ("content-length", "1")]}),
            ("a path without a slash", {400, "reset"}, {"path": "x"}),
            ("a space in the path", {400, "reset"}, {"path": "/a b"}),
            ("an empty path", {400, "reset"}, {"path": ""}),
            ("no path", {400, "reset"}, {"path": None}),
            ("no method", {400, "reset"}, {"method": None}),
            ("no scheme", {400, "reset"}, {"scheme": None}),
            ("an unknown pseudo header", {400, "reset"}, {"thing": "x"}),
            ("a pseudo header behind others", {400, "reset"}, {"extra": [("x", "y"), (":path", "/")]}),
            ("two paths", {400, "reset"}, {"extra": [(":path", "/trust")]}),
            ("a header of 17 KB", {431}, {"extra": [("x", "y" * 8000), ("z", "y" * 9000)]}),
            ("TRACE", {405}, {"method": "TRACE"}), ("POST", {405}, {"method": "POST"}),
            ("a good one", {200}, {})):
        with H2(host, "acme.localhost") as c:
            stream = c.headers(c.fields(**fields))
            try:
                kind, *rest = c.answer(stream)
            except web.Closed as error:
                kind, rest = "reset", [str(error)]
            got = rest[0] if kind == "headers" else "reset"
            if got not in wanted:
                raise AssertionError(f"{what}: got {got} {rest}, wanted one of {wanted}")
            if kind == "headers" and b"lobex" in rest[1]:
                raise AssertionError(f"{what}: the answer names another portal")


def flood(host, what, frames, seconds=8, start=None):
    """Send frames until the server ends the connection; a neighbour must not notice."""
    with Reader(host, "acme.localhost") as neighbour, H2(host, "acme.localhost", seconds=seconds) as c:
        if start is not None:
            c.send(start(c))
        begin = time.monotonic()
        sent = 0
        try:
            for data in frames(c):
                c.send(data)
                sent += len(data)
                if time.monotonic() - begin > seconds:
                    raise AssertionError(f"{what}: {sent} bytes were taken without complaint")
        except TimeoutError as error:
            raise AssertionError(f"{what}: neither taken nor ended") from error
        except (OSError, web.Closed):
            pass
        c.sock.settimeout(seconds)
        c.goodbye()
        neighbour.more(3)
    neighbour.undisturbed()


@scenario("Rapid resets end the connection, and a neighbour does not notice (CVE-2023-44487)", **BOTH)
def rapid_reset(host):
    def frames(c):
        head = block(c.fields("/trust"))
        for start in range(1, 400000, 400):
            yield b"".join(frame(HEADERS, END_STREAM | END_HEADERS, n, head) + frame(RST_STREAM, 0, n, b"\0\0\0\x08")
                           for n in range(start, start + 400, 2))
    flood(host, "rapid reset", frames)


@scenario("Resets provoked from the server end the connection (CVE-2025-8671)", **BOTH)
def made_you_reset(host):
    def frames(c):
        head = block(c.fields("/trust"))
        for start in range(1, 400000, 400):
            yield b"".join(frame(HEADERS, END_STREAM | END_HEADERS, n, head)
                           + frame(WINDOW_UPDATE, 0, n, b"\0\0\0\0") for n in range(start, start + 400, 2))
    flood(host, "provoked resets", frames)


@scenario("Floods of PING, SETTINGS, PRIORITY, empty DATA, CONTINUATION and unknown frames end the connection",
          **BOTH)
def floods(host):
    def forever(data):
        def frames(_):
            for _ in range(2000):
                yield data * 500
        return frames

    def open_stream(c):
        return frame(HEADERS, END_HEADERS, 1, block(c.fields("/", "POST")))

    def open_block(c):
        return frame(HEADERS, END_STREAM, 1, block(c.fields()))

    flood(host, "PING", forever(frame(PING, 0, 0, bytes(8))))
    flood(host, "SETTINGS", forever(frame(SETTINGS, 0, 0)))
    flood(host, "PRIORITY", forever(frame(PRIORITY, 0, 3, bytes(5))))
    flood(host, "empty DATA", forever(frame(DATA, 0, 1)), start=open_stream)
    flood(host, "CONTINUATION", forever(frame(CONTINUATION, 0, 1, b"")), start=open_block)
    flood(host, "large CONTINUATION", forever(frame(CONTINUATION, 0, 1, block([("x", "y" * 1000)]) * 10)),
          start=open_block)
    flood(host, "unknown frames", forever(frame(0x55, 0, 0, b"x")))


@scenario("More streams than allowed are refused, and what was allowed is answered", **BOTH)
def streams(host):
    with H2(host, "acme.localhost") as c:
        wanted = [c.headers(c.fields("/trust")) for _ in range(90)]
        answers = {s: None for s in wanted}
        while None in answers.values():
            kind, flags, number, payload = c.next()
            if kind == GOAWAY:
                raise AssertionError(f"90 requests ended the connection: {payload!r}")
            if kind == RST_STREAM:
                answers[number] = "reset"
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                answers[number] = answers[number] or "done"
        equal(set(answers.values()), {"done"}, "what became of 90 requests at once")
    with H2(host, "acme.localhost") as c:
        opened = [c.headers(c.fields("/", "POST"), end_stream=False) for _ in range(130)]
        refused = set()
        try:
            while len(refused) < 20:
                kind, _, number, payload = c.next()
                if kind == RST_STREAM and payload == b"\0\0\0\x07":
                    refused.add(number)
                if kind == GOAWAY:
                    return
        except (web.Closed, OSError) as error:
            raise AssertionError(f"of {len(opened)} open uploads only {len(refused)} were refused: {error}") from error


@scenario("Frames that break the protocol end the connection with GOAWAY", **BOTH)
def broken_frames(host):
    for what, data in (("DATA on stream 0", frame(DATA, 0, 0, b"x")),
                       ("HEADERS on an even stream", frame(HEADERS, 5, 2)),
                       ("a frame of 1 MB", b"\x10\0\0" + bytes([DATA, 0, 0, 0, 0, 1]) + bytes(100)),
                       ("SETTINGS of 5 bytes", frame(SETTINGS, 0, 0, bytes(5))),
                       ("PING of 7 bytes", frame(PING, 0, 0, bytes(7))),
                       ("WINDOW_UPDATE of 0", frame(WINDOW_UPDATE, 0, 0, bytes(4))),
                       ("a window past 2^31", frame(WINDOW_UPDATE, 0, 0, b"\x7f\xff\xff\xff") * 2),
                       ("CONTINUATION without HEADERS", frame(CONTINUATION, 4, 1)),
                       ("a broken header block", frame(HEADERS, 5, 1, b"\xff\xff\xff\xff\xff\xff\xff\xff\xff")),
                       ("an index beyond the table", frame(HEADERS, 5, 1, b"\xff\x80\x7f"))):
        with H2(host, "acme.localhost") as c:
            c.send(data)
            code = c.goodbye()
            if not code:
                raise AssertionError(f"{what}: GOAWAY with code {code}")
    equal(web.get(host, "acme.localhost", "/healthz").status, 200, "the portal's health afterwards")
