"""hello -- TLS handshakes whose first bytes are in our hands: real ones from the ssl module, and hand-made ones."""
import os
import socket
import ssl
import struct
import time

ALERT_NAMES = {50: "decode_error", 80: "internal_error", 109: "missing_extension", 112: "unrecognized_name"}


class Handshake:
    """A real client whose bytes we carry: its ClientHello is in hello until finish() sends it on."""

    def __init__(self, ctx, name):
        self.incoming, self.outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self.tls = ctx.wrap_bio(self.incoming, self.outgoing, server_hostname=name)
        try:
            self.tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        self.hello = self.outgoing.read()

    def finish(self, sock):
        """The rest of the handshake, when the hello is on its way."""
        while True:
            try:
                self.tls.do_handshake()
                break
            except ssl.SSLWantReadError:
                self.feed(sock)
        sock.sendall(self.outgoing.read())

    def feed(self, sock):
        sock.sendall(self.outgoing.read())
        data = sock.recv(65536)
        if not data:
            raise AssertionError("the server closed during the handshake")
        self.incoming.write(data)

    def get(self, sock, path, authority):
        """One request; the whole answer's bytes until the server has sent its Content-Length."""
        self.tls.write(f"GET {path} HTTP/1.1\r\nHost: {authority}\r\nConnection: close\r\n\r\n".encode())
        sock.sendall(self.outgoing.read())
        got = b""
        while True:
            try:
                data = self.tls.read(65536)
            except ssl.SSLWantReadError:
                self.feed(sock)
                continue
            if not data:
                return got
            got += data


def open_tcp(host, source=None, seconds=10):
    sock = socket.create_connection(("127.0.0.1", host.https), seconds, (source, 0) if source else None)
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return sock


def drip(sock, data, size=1, gap=0.001):
    for at in range(0, len(data), size):
        sock.sendall(data[at:at + size])
        time.sleep(gap)


def in_records(hello, pieces):
    """The same handshake message in several TLS records (RFC 8446, 5.1 allows it)."""
    body = hello[5:]
    size = -(-len(body) // pieces)
    return b"".join(b"\x16\x03\x01" + struct.pack(">H", len(part)) + part
                    for part in (body[at:at + size] for at in range(0, len(body), size)))


def vector(data, width):
    return len(data).to_bytes(width, "big") + data


def extension(kind, data):
    return struct.pack(">H", kind) + vector(data, 2)


def server_name(name):
    return extension(0, vector(b"\0" + vector(name, 2), 2))


def hand_made(extensions, suites=b"\x13\x01\x13\x02\x13\x03\xc0\x2b\xc0\x2f"):
    """A ClientHello in one record with exactly these extensions."""
    body = b"\x03\x03" + os.urandom(32) + vector(os.urandom(32), 1) + vector(suites, 2) + b"\x01\x00"
    body += vector(b"".join(extensions), 2)
    message = b"\x01" + vector(body, 3)
    return b"\x16\x03\x01" + vector(message, 2)


def modern_extensions(name, shares):
    """What a TLS 1.3 client sends; shares: (group, bytes) pairs for key_share."""
    groups = b"".join(struct.pack(">H", group) for group, _ in shares)
    keys = b"".join(struct.pack(">H", group) + vector(key, 2) for group, key in shares)
    return [server_name(name), extension(10, vector(groups, 2)), extension(11, b"\x01\x00"),
            extension(13, vector(b"\x04\x03\x08\x04\x04\x01\x08\x07", 2)),
            extension(43, b"\x02\x03\x04"), extension(51, vector(keys, 2)),
            extension(16, vector(b"\x08http/1.1", 2))]


def alert(data):
    """The description of a lone fatal alert record, else an AssertionError that shows what came."""
    if len(data) != 7 or data[0] != 21 or data[3:6] != b"\x00\x02\x02":
        raise AssertionError(f"not one fatal alert: {data[:120]!r}")
    return data[6]
