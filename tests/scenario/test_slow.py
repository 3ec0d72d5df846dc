"""Clients that take their time, all at once: each is let go, and a neighbour does not notice."""
import select
import threading
import time

import web
from case import equal, scenario
from hello import Handshake, open_tcp
from h2 import H2, HEADERS, block, frame
from readers import Reader
from web import Connection

HOST = b"Host: acme.localhost\r\n"


def send_slowly(c, piece):
    """A piece each second until the server ends the connection."""
    c.sock.settimeout(1)
    try:
        for _ in range(30):
            c.send(piece)
            try:
                while True:
                    c.more()
            except TimeoutError:
                pass
    except (OSError, web.Closed):
        pass


def slow_headers(host):
    """One header line a second; the whole may take 10 s."""
    with Connection(host, "acme.localhost", seconds=15) as c:
        c.send(b"GET /healthz HTTP/1.1\r\n" + HOST)
        send_slowly(c, b"X: y\r\n")


def silent(host):
    """Nothing at all behind the handshake."""
    with Connection(host, "acme.localhost", seconds=15) as c:
        try:
            equal(c.response().status, 408, "status for a silent client")
        except web.Closed:
            pass


def slow_body(host):
    """Ten bytes a second of an announced megabyte; a body needs 500."""
    with Connection(host, "acme.localhost", seconds=15) as c:
        c.send(b"POST / HTTP/1.1\r\n" + HOST + b"Content-Length: 1000000\r\n\r\n")
        send_slowly(c, b"0123456789")


def reads_nothing(host):
    """Asks for pages until everything is full, and reads none."""
    with Connection(host, "acme.localhost", seconds=1) as c:
        request = f"GET /trust HTTP/1.1\r\nHost: {c.authority()}\r\n\r\n".encode() * 50
        try:
            for _ in range(400):
                c.send(request)
        except OSError:
            pass
        # Its first 20 s may have been good: what the kernel's buffers took counts as taken.
        watch = select.poll()
        watch.register(c.sock.fileno(), select.POLLRDHUP)
        if not watch.poll(45000):
            raise AssertionError("a client that reads nothing is kept for more than 45 s")


def no_window(host):
    """HTTP/2 with a window of nothing."""
    with H2(host, "acme.localhost", settings=b"\0\x04" + bytes(4), seconds=30) as c:
        for _ in range(50):
            c.headers(c.fields("/trust"))
        c.goodbye()


def open_block(host):
    """An HTTP/2 header block that never ends."""
    with H2(host, "acme.localhost", seconds=20) as c:
        c.send(frame(HEADERS, 0, 1, block(c.fields())))
        c.goodbye()


def half_handshake(host):
    """A whole ClientHello, and nothing behind it."""
    with open_tcp(host, seconds=20) as sock:
        sock.sendall(Handshake(web.context(host.ca), "acme.localhost").hello)
        while sock.recv(65536):
            pass


KINDS = {slow_headers: 14, silent: 13, slow_body: 17, reads_nothing: 48, no_window: 26, open_block: 15,
         half_handshake: 15}


@scenario("Slow clients of seven kinds are each let go in time, and a neighbour does not notice", host="two")
def slow(host):
    wrong, took = [], {}

    def one(kind):
        begin = time.monotonic()
        try:
            kind(host)
        except Exception as error:  # noqa: BLE001 -- reported below, in the main thread
            wrong.append(f"{kind.__name__}: {error!r}")
        took[kind] = time.monotonic() - begin

    with Reader(host, "acme.localhost", pause=0.01) as neighbour:
        threads = [threading.Thread(target=one, args=(kind,), daemon=True) for kind in KINDS]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(60)
    wrong += [f"{kind.__name__} ({kind.__doc__}) was kept for {took.get(kind, 60):.0f} s"
              for kind, most in KINDS.items() if took.get(kind, 60) > most]
    if wrong:
        raise AssertionError("\n  ".join(wrong))
    neighbour.undisturbed()
