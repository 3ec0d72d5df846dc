"""storage -- S3-compatible storage for a scenario: npm's s3rver, and one of our own that fails in every way."""
import hashlib
import http.server
import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from case import Skip, wait_until
from host import Host, die_with_us, free_port
from mail import make_certificate

ROOT = Path(__file__).resolve().parent.parent.parent
PEER = ROOT / "tests/offsite"
BUCKET, PREFIX = "copies", "host-one/backups"
OF_S3RVER, OF_STUB = ("S3RVER", "S3RVER"), ("carrel-writer", "Plover-Quartz-7716")


class Place:
    """An address with a bucket, and the settings that lead there."""

    def __init__(self, key_id, secret):
        self.folder = Path(tempfile.mkdtemp(prefix="storage-", dir=Host.scratch))
        make_certificate(self.folder)
        self.port, self.key_id, self.secret = free_port(), key_id, secret
        self.secret_file = self.folder / "secret"
        self.secret_file.write_text(secret + "\n")
        self.secret_file.chmod(0o600)

    def options(self, **more):
        settings = {"url": f"https://localhost:{self.port}/{BUCKET}/{PREFIX}", "key_id": self.key_id,
                    "secret_file": self.secret_file, "ca_file": self.folder / "ca.pem", "retry_seconds": 1,
                    "stall_seconds": 2, **more}
        return [word for key, value in settings.items() for word in ("--set", f"offsite.{key}={value}")]

    def __enter__(self):
        return self

    def __exit__(self, *_what):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class S3rver(Place):
    def __init__(self):
        if not (PEER / "node_modules").is_dir():
            raise Skip("tests/offsite/node_modules is missing; run tools/install-deps test")
        super().__init__(*OF_S3RVER)
        self.process = subprocess.Popen(
            [ROOT / "tools/node/node", PEER / "peer.mjs", str(self.port), self.folder / "certificate.pem",
             self.folder / "key.pem", self.folder / "objects", BUCKET], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL, text=True, env={**os.environ, "NODE_NO_WARNINGS": "1"}, preexec_fn=die_with_us)
        wait_until("the storage serves", 20, lambda: "ready" in self.process.stdout.readline())

    def stop(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()

    def objects(self):
        """Name below the prefix: bytes. s3rver keeps each object in a file of its own with an ending of its own."""
        base, ending = self.folder / "objects" / BUCKET / PREFIX, "._S3rver_object"
        return {str(p.relative_to(base)).removesuffix(ending): p.read_bytes()
                for p in base.rglob("*" + ending)}


def kind_of(name):
    return "store" if name == "store" else "list" if "/manifest." in name else "backup"


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words):
        pass

    def answer(self, status, body=b"", **headers):
        self.send_response(status)
        for name, value in {"Content-Length": len(body), "Connection": "close", **headers}.items():
            self.send_header(name.replace("_", "-"), str(value))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)
        self.close_connection = True

    def begin(self):
        """The mode of this request's verb, and the object's name; None: it was answered."""
        stub = self.server.stub
        name = self.path.removeprefix(f"/{BUCKET}/{PREFIX}/")
        mode = stub.modes.get((self.command, kind_of(name)), stub.modes.get(self.command, stub.modes.get("*", "good")))
        signed = (f"AWS4-HMAC-SHA256 Credential={stub.key_id}/" in self.headers.get("Authorization", "")
                  and self.headers.get("x-amz-content-sha256"))
        stub.asked.append((self.command, name, bool(signed)))
        if isinstance(mode, bytes):
            return mode, name
        if mode.isdigit():
            self.answer(int(mode), b"<Error>no</Error>")
        elif mode == "redirect":
            self.answer(307, Location=f"https://localhost:{stub.port}/{BUCKET}/elsewhere/{name}")
        elif mode == "huge":
            self.huge()
        elif mode == "silent":
            time.sleep(6)
            self.close_connection = True
        else:
            return mode, name
        return None

    def huge(self):
        self.send_response(200 if self.command == "GET" else 500)
        self.send_header("Connection", "close")
        self.end_headers()
        try:
            for _ in range(2000):
                self.wfile.write(b"x" * 65536)
                self.server.stub.chatter += 65536
        except OSError:
            pass
        self.close_connection = True

    def do_PUT(self):
        stub, begun = self.server.stub, self.begin()
        if begun is None:
            return
        mode, name = begun
        length = int(self.headers["Content-Length"])
        if mode == "cut":
            self.rfile.read(length // 2)
            self.close_connection = True
            return
        if mode == "crawl":
            for _ in range(8):
                self.rfile.read(1)
                time.sleep(0.5)
            self.close_connection = True
            return
        body = self.rfile.read(length)
        if hashlib.sha256(body).hexdigest() != self.headers["x-amz-content-sha256"]:
            self.answer(400, b"<Error>XAmzContentSHA256Mismatch</Error>")
            return
        stub.puts.append(name)
        stub.objects[name] = body[:len(body) // 2] if mode == "half" else body
        # An ETag is no proof: "half" says the right one, all others a wrong one.
        etag = hashlib.md5(body).hexdigest() if mode == "half" else "0" * 32
        self.answer(200, ETag=f'"{etag}"')

    def do_GET(self):
        stub, begun = self.server.stub, self.begin()
        if begun is None:
            return
        mode, name = begun
        body = stub.objects.get(name)
        if body is None:
            self.answer(404)
        elif isinstance(mode, bytes):
            self.answer(200, mode)
        elif mode == "cut":
            self.answer(200, body[:len(body) // 2], Content_Length=len(body))
        elif mode == "rotten":
            self.answer(200, body[:-1] + bytes([body[-1] ^ 1]), ETag=f'"{hashlib.md5(body).hexdigest()}"')
        elif mode == "short":
            self.answer(200, body[:-1])
        elif mode == "longer":
            self.answer(200, body + b"more")
        else:
            self.answer(200, body)

    do_HEAD = do_GET

    def do_DELETE(self):
        stub, begun = self.server.stub, self.begin()
        if begun is None:
            return
        stub.removed.append(begun[1])
        stub.objects.pop(begun[1], None)
        self.answer(204)


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request, client_address):
        """Whoever breaks a connection off is what this is here for."""


class Stub(Place):
    """Behaves as `modes` says for each verb and kind of object, each verb, or all ("*"); bytes are what it gives instead."""

    def __init__(self):
        super().__init__(*OF_STUB)
        self.modes, self.objects, self.puts, self.asked, self.removed, self.chatter = {}, {}, [], [], [], 0
        self.server = None
        self.start()

    def start(self):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.folder / "certificate.pem", self.folder / "key.pem")
        self.server = Server(("127.0.0.1", self.port), Handler, bind_and_activate=True)
        self.server.stub = self
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True, do_handshake_on_connect=False)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()

    def stop(self):
        if self.server is not None:
            self.server.shutdown()
            self.server.server_close()
        self.server = None
