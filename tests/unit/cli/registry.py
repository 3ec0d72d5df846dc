"""A registry for tests: takes one command after the other on a control socket and answers from a script."""
import array
import os
import re
import socket
import struct
import threading
from pathlib import Path

TABLE = Path(__file__).resolve().parents[3] / "src/lib/wire/messages.def"
NAMES = re.findall(r"^M\(([A-Z_]+),", TABLE.read_text(encoding="utf-8"), re.M)


def number(name):
    return NAMES.index(name) + 1


def field(value):
    if isinstance(value, int):
        return struct.pack("<BI", 1, value)
    if isinstance(value, Long):
        return struct.pack("<BQ", 2, value.value)
    data = value if isinstance(value, bytes) else value.encode()
    return struct.pack("<BI", 3, len(data)) + data


class Long:
    def __init__(self, value):
        self.value = value


def packet(name, *values):
    body = b"".join(field(v) for v in values)
    return struct.pack("<HHI", number(name), 0, len(body)) + body


def answer(text, pieces=1):
    size = -(-len(text) // pieces)
    parts = [text[i:i + size] for i in range(0, len(text), size)]
    return [packet("ANSWER", int(i == len(parts) - 1), part) for i, part in enumerate(parts)]


class Registry:
    """script: a list of packets for each command, or a function of (verb, arguments, fd) that makes one."""

    def __init__(self, data, script):
        self.commands, self.archives, self.script = [], [], script
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        # A long data path does not fit an address; the folder's descriptor does.
        self.folder = os.open(data, os.O_PATH | os.O_DIRECTORY)
        self.socket.bind(f"/proc/self/fd/{self.folder}/control.sock")
        self.socket.listen(8)
        self.thread = threading.Thread(target=self.serve, daemon=True)
        self.thread.start()

    def serve(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            with connection:
                self.one(connection)

    def one(self, connection):
        data, control, _, _ = connection.recvmsg(65544, 64)
        if not data:
            return
        verb, arguments = strings(data[8:])
        fds = array.array("i")
        for level, kind, content in control:
            if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                fds.frombytes(content[:len(content) - len(content) % fds.itemsize])
        assert struct.unpack("<HHI", data[:8]) == (number("COMMAND"), 0, len(data) - 8)
        self.commands.append((verb, arguments))
        packets = self.script
        if callable(packets):
            packets = packets(verb, arguments, fds[0] if fds else None)
        elif fds:
            self.archives.append(read_all(fds[0]))
        for one in packets:
            try:
                connection.send(one)
            except OSError:
                return

    def close(self):
        self.socket.shutdown(socket.SHUT_RDWR)
        self.socket.close()
        self.thread.join(5)
        os.close(self.folder)


def strings(body):
    out = []
    while body:
        tag, size = struct.unpack("<BI", body[:5])
        assert tag == 3, "a COMMAND has text fields only"
        out.append(body[5:5 + size].decode())
        body = body[5 + size:]
    return out


def read_all(fd):
    with open(fd, "rb") as stream:
        return stream.read()
