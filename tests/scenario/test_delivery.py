"""Large files, every kind of archive, both kinds of address, and systemd's notification."""
import hashlib
import os
import shutil
import socket
import subprocess
import tarfile
import tempfile
import threading
import time
from pathlib import Path

import archives
import content
import web
from case import Skip, equal, scenario, wait_until
from host import Host
from readers import Reader

BOTH = {"rootless": True, "host": "two"}


def pdf(size):
    """Bytes that cannot be packed, of a kind that is kept."""
    return b"%PDF-1.7\n" + os.urandom(size)


@scenario("A file of 20 MB arrives whole over HTTP/1.1 and HTTP/2, in parts, at once, and beside small pages", **BOTH)
def large_file(host):
    data = pdf(20 << 20)
    wanted = hashlib.sha256(data).hexdigest()
    archive = shutil.make_archive(str(archives.new_file("")), "zip", content.folder(**{
        "index": "# L\n\n[file](big.pdf)\n", "big.pdf": data}))
    host.command("import", "acme", "large", archive)
    host.command("publish", "acme", "large")
    path = "/files/large/big.pdf"
    with Reader(host, "acme.localhost", "/docs/large/index") as reader:
        whole = web.get(host, "acme.localhost", path, seconds=30)
        equal(hashlib.sha256(whole.body).hexdigest(), wanted, "the file over HTTP/1.1")
        equal((whole.get("content-type"), whole.get("content-security-policy").startswith("default-src 'none'")),
              ("application/pdf", True), "type, and whether the policy is that of a file")
        running = [subprocess.Popen(["curl", "-sS", option, "--cacert", str(host.ca), "--resolve",
                                     f"acme.localhost:{host.https}:127.0.0.1",
                                     f"https://acme.localhost:{host.https}{path}"],
                                    stdout=subprocess.PIPE, stderr=subprocess.PIPE)
                   for option in ("--http2", "--http1.1", "--http2", "--http2")]
        for command in running:
            out, error = command.communicate(timeout=60)
            equal((command.returncode, hashlib.sha256(out).hexdigest()), (0, wanted), f"the file by curl {error}")
        for start, end in ((0, 0), (12345678, 12445678), (len(data) - 7, len(data) + 99)):
            part = web.get(host, "acme.localhost", path, headers=[("Range", f"bytes={start}-{end}")])
            equal((part.status, part.body == data[start:end + 1]), (206, True), f"the part from {start}")
        equal(web.get(host, "acme.localhost", path, method="HEAD").get("content-length"), str(len(data)),
              "its length by HEAD")
    reader.undisturbed(2)


@scenario("A folder with a file of 20 MB is imported as its zip is", **BOTH)
def large_file_in_folder(host):
    folder = content.folder(**{"index": "# L\n\n[file](big.pdf)\n", "big.pdf": pdf(20 << 20)})
    equal(host.command("import", "acme", "large-folder", folder)["files"], 1, "files")


@scenario("A download that is on its way when its portal is suspended is finished", **BOTH)
def download_and_suspend(host):
    data = pdf(6 << 20)
    host.command("import", "acme", "large", content.folder(**{"index": "# L\n\n[file](big.pdf)\n", "big.pdf": data}))
    host.command("publish", "acme", "large")
    with web.Connection(host, "acme.localhost", seconds=20) as c:
        c.send(f"GET /files/large/big.pdf HTTP/1.1\r\nHost: {c.authority()}\r\n\r\n".encode())
        status, headers, _ = c.head()
        first = c.take(100000)
        host.command("portal", "suspend", "acme")
        rest = c.take(int(dict(headers)["content-length"]) - len(first))
        equal((status, first + rest == data), (200, True), "status, and whether the file is whole")
        equal(c.ended(5), True, "whether the connection is ended behind it")
    host.command("portal", "resume", "acme")


def tar_gz(folder):
    path = archives.new_file(".tar.gz")
    with tarfile.open(path, "w:gz") as t:
        t.add(folder, arcname=".")
    return path


@scenario("A folder, its zip, its tar and its tar.gz are the same import", **BOTH)
def same_import(host):
    folder = content.folder(index="# Start\n\nSee [more](sub/more.md) and ![dot](sub/dot.png).\n",
                            **{"sub__more": "# More\n\nText.\n", "sub__dot.png": archives.DOT})
    zipped = shutil.make_archive(str(archives.new_file("")), "zip", folder)
    tarred = shutil.make_archive(str(archives.new_file("")), "tar", folder)
    first = host.command("import", "acme", "same", folder)
    equal((first["topics"], first["files"]), (2, 1), "topics and files of the folder")
    for source in (zipped, tarred, tar_gz(folder)):
        again = host.command("import", "acme", "same", source)
        equal((again["same"], again["added"], again["changed"], again["kept"], again["files"]), (2, 0, 0, 0, 1),
              f"topics and files of {Path(source).suffix}")


@scenario("What lies outside of an imported folder is not taken in by links in it", **BOTH)
def links_out(host):
    secret = Path(tempfile.mkdtemp(dir=content.scratch)) / "secret.md"
    secret.write_text("# Canary Kestrel-9917\n")
    folder = content.folder(index="# Start\n\nText.\n")
    (folder / "link.md").symlink_to(secret)
    (folder / "folder").symlink_to(secret.parent)
    os.link(secret, folder / "hard.md")         # a hard link is a file like any other: the operator's own
    os.mkfifo(folder / "pipe.md")
    answer = host.ask("import", "acme", "links", folder)
    equal(answer.code, 0, f"exit code: {answer.error}")
    for name in ("link.md", "folder", "pipe.md"):
        equal(name in answer.error, True, f"whether it is said that {name} is left out")
    host.command("publish", "acme", "links")
    with web.Connection(host, "acme.localhost") as c:
        equal([c.request(f"/docs/links/{name}").status for name
               in ("index", "hard", "link", "folder/secret", "pipe")],
              [200, 200, 404, 404, 404], "pages")


@scenario("A host listens on every address, and on an IPv6 address alone, as it is told", rootless=True)
def addresses():
    if not socket.has_ipv6 or not can_bind("::1"):
        raise Skip("this machine has no IPv6")
    with Host(portals=("acme",)) as host:
        host.stop()
        https, http = host.https, host.http
        for https_at, http_at, works, fails in (("*", "*", ("127.0.0.1", "::1"), ()),
                                                ("[::1]", "[::1]", ("::1",), ("127.0.0.1",))):
            argv = [Host.program, "serve", "--data", host.data, "--https", f"{https_at}:{https}", "--http",
                    f"{http_at}:{http}",
                    "--host", "localhost"]
            process = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                       stderr=subprocess.DEVNULL)
            try:
                wait_until("the host answers", 10, lambda a=works[-1]: status_at(host, a) == 200)
                equal([status_at(host, a) for a in works], [200] * len(works), f"statuses at {works}")
                equal([status_at(host, a) for a in fails], [None] * len(fails), f"statuses at {fails}")
            finally:
                process.terminate()
                process.wait(6)


def can_bind(address):
    try:
        with socket.socket(socket.AF_INET6) as s:
            s.bind((address, 0))
        return True
    except OSError:
        return False


def status_at(host, address):
    try:
        with socket.create_connection((address, host.https), 3) as raw:
            with web.context(host.ca).wrap_socket(raw, server_hostname="acme.localhost") as sock:
                sock.sendall(b"GET /healthz HTTP/1.1\r\nHost: acme.localhost\r\nConnection: close\r\n\r\n")
                return int(web.read_all(sock).split(b" ")[1])
    except (OSError, IndexError, ValueError):
        return None


@scenario("systemd is told when the host is ready and when it stops", rootless=True)
def notification():
    place = Path(tempfile.mkdtemp(dir=content.scratch)) / "notify"
    said = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(str(place))
        listener.settimeout(10)
        os.environ["NOTIFY_SOCKET"] = str(place)
        try:
            host = Host()
        finally:
            del os.environ["NOTIFY_SOCKET"]
        try:
            said.append(listener.recv(100))
            begin = time.monotonic()
            thread = threading.Thread(target=host.stop)
            thread.start()
            said.append(listener.recv(100))
            thread.join(6)
        finally:
            host.close()
        equal(said, [b"READY=1", b"STOPPING=1"], "what was said")
        if time.monotonic() - begin > 6:
            raise AssertionError("the host did not end")
