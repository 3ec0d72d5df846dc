"""h2 -- HTTP/2 frames by hand, over a web.Connection that agreed on h2. Header blocks use no compression."""
import struct

import web

DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 0, 1, 2, 3, 4, 6, 7, 8, 9
END_STREAM, END_HEADERS, ACK = 1, 4, 1
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"


def frame(kind, flags, stream, payload=b""):
    return struct.pack(">I", len(payload))[1:] + bytes([kind, flags]) + struct.pack(">I", stream) + payload


def integer(value, bits):
    """RFC 7541, 5.1; the bits above are zero."""
    most = (1 << bits) - 1
    if value < most:
        return bytes([value])
    value -= most
    out = bytes([most])
    while value >= 128:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def literal(name, value):
    """Literal header field without indexing, new name, no Huffman coding (RFC 7541, 6.2.2)."""
    def text(data):
        data = data.encode("latin-1") if isinstance(data, str) else data
        return integer(len(data), 7) + data
    return b"\0" + text(name) + text(value)


def block(fields):
    return b"".join(literal(name, value) for name, value in fields)


class H2(web.Connection):
    """A connection of frames; replies to SETTINGS and PING as a client must."""

    def __init__(self, host, name, settings=b"", **how):
        super().__init__(host, name, ctx=web.context(host.ca, ["h2"]), **how)
        self.stream = -1
        self.send(PREFACE + frame(SETTINGS, 0, 0, settings)
                  + frame(WINDOW_UPDATE, 0, 0, (1 << 24).to_bytes(4, "big")))

    def fields(self, path="/healthz", method="GET", extra=(), **changed):
        pseudo = {"method": method, "scheme": "https", "authority": self.authority(), "path": path, **changed}
        return [(f":{k}", v) for k, v in pseudo.items() if v is not None] + list(extra)

    def headers(self, fields, end_stream=True, end_headers=True):
        """Open a stream; its number. What does not fit one frame goes on in CONTINUATION."""
        self.stream += 2
        data = block(fields)
        parts = [data[at:at + 16384] for at in range(0, len(data), 16384)]
        for i, part in enumerate(parts):
            last = END_HEADERS if end_headers and i == len(parts) - 1 else 0
            first = END_STREAM if end_stream and i == 0 else 0
            self.send(frame(CONTINUATION if i else HEADERS, first | last, self.stream, part))
        return self.stream

    def next(self):
        """The next frame from the server: kind, flags, stream, payload."""
        head = self.take(9)
        length = int.from_bytes(head[:3], "big")
        kind, flags = head[3], head[4]
        payload = self.take(length)
        if kind == SETTINGS and not flags & ACK:
            self.send(frame(SETTINGS, ACK, 0))
        if kind == PING and not flags & ACK:
            self.send(frame(PING, ACK, 0, payload))
        return kind, flags, int.from_bytes(head[5:9], "big") & 0x7fffffff, payload

    def answer(self, stream):
        """What becomes of a stream: ("headers", its first block, its body) or ("reset", code)."""
        first, body = None, b""
        while True:
            kind, flags, number, payload = self.next()
            if kind == GOAWAY:
                raise web.Closed(f"GOAWAY, error {int.from_bytes(payload[4:8], 'big')}: {payload[8:]!r}")
            if number != stream:
                continue
            if kind == RST_STREAM:
                return "reset", int.from_bytes(payload, "big")
            if kind == HEADERS:
                first = payload if first is None else first
            if kind == DATA:
                body += payload
            if kind in (HEADERS, DATA) and flags & END_STREAM:
                return "headers", status_of(first), body

    def goodbye(self, frames_at_most=20000):
        """Read until the server ends the connection; the GOAWAY's error code, or None if it only closed."""
        code = None
        try:
            for _ in range(frames_at_most):
                kind, _, _, payload = self.next()
                if kind == GOAWAY:
                    code = int.from_bytes(payload[4:8], "big")
        except TimeoutError as error:
            raise AssertionError("the server does not end the connection") from error
        except (web.Closed, OSError):
            return code
        raise AssertionError(f"{frames_at_most} frames came and no end")


STATIC = {8: 200, 9: 204, 10: 206, 11: 304, 12: 400, 13: 404, 14: 500}


def status_of(head):
    """The status, which a server sends first: from the static table or as digits, perhaps Huffman coded."""
    if head[0] & 0x80:
        return STATIC[head[0] & 0x7f]
    if head[0] in (0x08, 0x48, 0x18):               # literal value with the name of entry 8
        length, coded = head[1] & 0x7f, head[1] & 0x80
        value = head[2:2 + length]
        return int(digits(value) if coded else value)
    raise AssertionError(f"a header block that starts with {head[:12]!r}")


def digits(data):
    """Huffman code of digits: 0, 1, 2 have five bits (0-2), 3 to 9 have six (0x19-0x1f)."""
    bits = "".join(f"{byte:08b}" for byte in data)
    out = ""
    while len(out) < 3:
        if bits[:5] in ("00000", "00001", "00010"):
            out, bits = out + str(int(bits[:5], 2)), bits[5:]
        else:
            out, bits = out + str(int(bits[:6], 2) - 0x19 + 3), bits[6:]
    return out
