"""web -- a client that does exactly what it is told: TLS by the ssl module, HTTP/1.1 byte for byte."""
import ctypes
import gzip
import socket
import ssl
import time

SECONDS = 10


def context(ca, alpn=("http/1.1",)):
    made = ssl.create_default_context(cafile=str(ca))
    if alpn:
        made.set_alpn_protocols(list(alpn))
    return made


class Response:
    def __init__(self, status, headers, body, version):
        self.status, self.headers, self.body, self.version = status, headers, body, version

    def get(self, name):
        """A header's value; None if it is not there. Twice is an error."""
        values = [v for n, v in self.headers if n == name.lower()]
        if len(values) > 1:
            raise AssertionError(f"the header {name} comes {len(values)} times")
        return values[0] if values else None

    def decoded(self):
        coding = self.get("content-encoding")
        if coding is None:
            return self.body
        if coding == "gzip":
            return gzip.decompress(self.body)
        if coding == "br":
            return unbrotli(self.body)
        raise AssertionError(f"the coding {coding} was not asked for")

    def text(self):
        return self.decoded().decode("utf-8")


def unbrotli(data):
    library = ctypes.CDLL("libbrotlidec.so.1")
    for room in (1 << 18, 1 << 22, 1 << 26):
        size = ctypes.c_size_t(room)
        out = ctypes.create_string_buffer(room)
        if library.BrotliDecoderDecompress(ctypes.c_size_t(len(data)), data, ctypes.byref(size), out) == 1:
            return ctypes.string_at(out, size.value)
    raise AssertionError("the body is not brotli")


class Closed(Exception):
    """The server ended the connection."""


class Connection:
    """One connection to a portal; name is in SNI and, unless said otherwise, in Host."""

    def __init__(self, host, name, source=None, ctx=None, server_name=None, session=None, seconds=SECONDS):
        self.port, self.name = host.https, name
        self.raw = socket.create_connection(("127.0.0.1", host.https), seconds,
                                            (source, 0) if source else None)
        self.raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            self.sock = (ctx or context(host.ca)).wrap_socket(self.raw, session=session,
                                                              server_hostname=server_name or name)
        except BaseException:
            self.raw.close()
            raise
        self.pending = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.sock.close()

    def send(self, data):
        self.sock.sendall(data)

    def authority(self):
        return f"{self.name}:{self.port}"

    def more(self):
        try:
            data = self.sock.recv(65536)
        except (ConnectionResetError, ssl.SSLEOFError, BrokenPipeError) as error:
            raise Closed(str(error)) from error
        if not data:
            raise Closed("end of file")
        self.pending += data

    def take(self, n):
        while len(self.pending) < n:
            self.more()
        data, self.pending = self.pending[:n], self.pending[n:]
        return data

    def line(self):
        while b"\r\n" not in self.pending:
            self.more()
        line, _, self.pending = self.pending.partition(b"\r\n")
        return line.decode("latin-1")

    def head(self):
        version, status, _ = self.line().split(" ", 2)
        headers = []
        while (line := self.line()) != "":
            name, _, value = line.partition(":")
            headers.append((name.lower(), value.strip()))
        return int(status), headers, version

    def response(self, method="GET"):
        """The next answer. Informational ones are passed over."""
        status, headers, version = self.head()
        while 100 <= status < 200:
            status, headers, version = self.head()
        lengths = [int(v) for n, v in headers if n == "content-length"]
        if [n for n, _ in headers if n == "transfer-encoding"]:
            raise AssertionError("an answer came in chunks; this server knows its lengths")
        if method == "HEAD" or status in (204, 304):
            return Response(status, headers, b"", version)
        if len(lengths) != 1:
            raise AssertionError(f"{len(lengths)} Content-Length headers in an answer {status}")
        return Response(status, headers, self.take(lengths[0]), version)

    def request(self, path, method="GET", headers=(), host=None):
        lines = [f"{method} {path} HTTP/1.1", f"Host: {host or self.authority()}"]
        lines += [f"{n}: {v}" for n, v in headers]
        self.send(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        return self.response(method)

    def ended(self, seconds=SECONDS):
        """Whether the server ends the connection in time, sending nothing more."""
        self.sock.settimeout(seconds)
        try:
            self.more()
        except Closed:
            return True
        except TimeoutError:
            return False
        raise AssertionError(f"after its last answer the server sent {self.pending[:200]!r}")


def get(host, name, path, **how):
    """One request on a connection of its own."""
    method = how.pop("method", "GET")
    headers = how.pop("headers", ())
    with Connection(host, name, **how) as c:
        return c.request(path, method, headers)


def plain(host, data, port=None, seconds=SECONDS, source=None):
    """Bytes to a port without TLS; everything that comes back until the end."""
    with socket.create_connection(("127.0.0.1", port or host.http), seconds,
                                  (source, 0) if source else None) as s:
        s.sendall(data)
        return read_all(s)


def read_all(sock):
    got = b""
    while True:
        try:
            data = sock.recv(65536)
        except ConnectionResetError:
            return got
        if not data:
            return got
        got += data


def timed(work):
    begin = time.monotonic()
    work()
    return time.monotonic() - begin
