"""A full disk, no descriptors left, many portals, another name."""
import os
import re
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

import content
import web
from case import Skip, equal, scenario, wait_until
from hello import open_tcp
from host import Host
from readers import Reader


class SmallDisk:
    """A file system of a few megabytes of our own."""

    def __init__(self, size):
        self.place = Path(tempfile.mkdtemp(prefix="disk-", dir=content.scratch))
        done = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(self.place)],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Skip(f"no file system can be mounted here: {done.stderr.strip()}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", str(self.place)], check=False)


def numbered(i):
    return content.folder(**{f"p{i}-{j}": f"# Page {i} {j}\n\n" + os.urandom(90000).hex() for j in range(12)})


@scenario("On a full disk commands are refused in a sentence and readers go on; with space again all is well")
def full_disk():
    with SmallDisk("24m") as disk, Host(data=disk.place / "d", portals=("acme", "globex")) as host:
        host.command("import", "acme", "kept", content.folder(index="# Kept\n\nAs it was.\n"))
        host.command("publish", "acme", "kept")
        ballast = disk.place / "ballast"
        with Reader(host, "acme.localhost", "/docs/kept/index") as one, Reader(host, "globex.localhost") as other:
            refused = None
            for i in range(20):
                refused = host.ask("import", "globex", "large", numbered(i))
                if refused.code != 0:
                    break
            equal(refused.code, 1, "exit code on a full disk")
            ballast.write_bytes(b"")
            fill(ballast)
            for words in (("publish", "globex", "large"), ("import", "acme", "kept", numbered(30)),
                          ("portal", "create", "third")):
                answer = host.ask(*words)
                lines = [line for line in answer.error.splitlines() if line.startswith("carrel: ")]
                equal((answer.code, len(lines)), (1, 1), f"exit code and sentences of {words[:2]}: {answer.error!r}")
                said = lines[0].lower()
                if not re.search(r"space|full|disk|written|write", said):
                    raise AssertionError(f"{words[:2]} on a full disk: {lines[0]!r} does not say that the disk is full")
            equal(host.ask("status").code, 0, "whether the status is answered")
            equal(web.get(host, "acme.localhost", "/docs/kept/index").status, 200, "a new connection's page")
            one.more(20)
            ballast.unlink()
            host.allow(r"container|space|disk|full|portal=\d+")
            wait_until("a portal can be made", 5, lambda: host.ask("portal", "create", "fourth").code == 0)
            host.command("import", "acme", "kept", content.folder(index="# Kept\n\nAnd new.\n"))
            host.command("publish", "acme", "kept")
            equal("And new." in web.get(host, "acme.localhost", "/docs/kept/index").text(), True,
                  "the page afterwards")
            equal(sorted(p["name"] for p in host.command("portal", "list")), ["acme", "fourth", "globex"], "portals")
        one.undisturbed(2)
        other.undisturbed(2)
        numbers = {str(p["id"]) for p in host.command("portal", "list")}
        leftovers = {f.name for f in (host.data / "portals").iterdir()} - numbers
        equal(leftovers, set(), "containers that belong to no portal")


def fill(path):
    with open(path, "ab", buffering=0) as file:
        for size in (1 << 20, 4096, 1):
            try:
                while True:
                    file.write(bytes(size))
            except OSError:
                continue


@scenario("With no descriptors left the edge waits without working itself hot, and goes on when there are some",
          rootless=True)
def no_descriptors():
    if shutil.which("prlimit") is None:
        raise Skip("there is no prlimit")
    with Host(portals=("acme", "globex"), prefix=("prlimit", "--nofile=64:64")) as host:
        equal(web.get(host, "acme.localhost", "/healthz").status, 200, "health")
        edge = host.pid_of("edge")
        with Reader(host, "acme.localhost") as reader:
            held = [open_tcp(host, source=f"127.0.0.{20 + i}") for i in range(100)]
            time.sleep(0.2)
            before = cpu_seconds(edge)
            time.sleep(1)
            spent = cpu_seconds(edge) - before
            for sock in held:
                sock.close()
            wait_until("new connections are served", 3, lambda: answers(host, "acme"))
        reader.undisturbed()
        if spent > 0.3:
            raise AssertionError(f"the edge worked for {spent:.2f} s of a second in which it could do nothing")
        equal(host.pid_of("edge"), edge, "the edge's process before and after")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@scenario("An idle host does nothing: no process uses the processor", rootless=True)
def idle_host():
    with Host(portals=("acme", "globex")) as host:
        held = [web.Connection(host, f"{name}.localhost") for name in ("acme", "globex")]
        for c in held:
            equal(c.request("/healthz").status, 200, "health")
        time.sleep(0.5)
        before = {p.pid: cpu_seconds(p.pid) for p in host.processes()}
        time.sleep(2)
        spent = {p: cpu_seconds(p.pid) - before[p.pid] for p in host.processes()}
        equal({p: seconds for p, seconds in spent.items() if seconds > 0.04}, {}, "processes that worked on an idle host")
        for c in held:
            c.close()


@scenario("A hundred portals with long titles are listed whole, answer each, and all come back after a kill")
def many_portals():
    with Host() as host:
        begin = time.monotonic()
        names = [f"p{i:03}" for i in range(100)]
        for name in names:
            host.command("portal", "create", name, "--title", f"{name} " + "ü" * 95, "--owner",
                         "o" * 60 + "@" + ("d" * 60 + ".") * 3 + "org")
        made = time.monotonic() - begin
        listed = host.command("portal", "list")
        equal([p["name"] for p in listed], names, "names in the list")
        equal({len(p["title"]) for p in listed}, {100}, "letters of each title")
        for name in names:
            equal(web.get(host, f"{name}.localhost", "/healthz").status, 200, f"health of {name}")
        equal(host.status()["portals_alive"], 100, "portals that run")
        host.allow(r"supervisor-ended pid=\d+ signal=9")
        os.kill(host.supervisor(), 9)
        begin = time.monotonic()
        for name in names:
            wait_until(f"{name} answers again", 3, lambda n=name: answers(host, n))
        took = time.monotonic() - begin
        if took > 10:
            raise AssertionError(f"all were back after {took:.1f} s (made in {made:.1f} s)")


def answers(host, name):
    try:
        return web.get(host, f"{name}.localhost", "/healthz", seconds=2).status == 200
    except (OSError, web.Closed):
        return False


@scenario("A host that is started with another name answers for its portals under that, with certificates that fit",
          rootless=True)
def other_name():
    with Host(portals=("acme",)) as first:
        first.command("import", "acme", "kept", content.folder(index="# Kept\n\nAs it was.\n"))
        first.command("publish", "acme", "kept")
        old = first.ca.read_bytes()
        first.stop()
        with Host(data=first.data, name="docs.example") as second:
            second.allow("no certificate for acme")         # until it has been renewed
            wait_until("the portal answers under its new name", 5, lambda: page(second, "acme.docs.example") == 200)
            equal(second.ca.read_bytes() == old, False, "whether the authority is still the old one")
            shown = second.command("portal", "show", "acme")
            equal((shown["host"], [d["host"] for d in second.command("domain", "list")]),
                  ("acme.docs.example", ["acme.docs.example"]), "names of the portal")
            equal(page(second, "acme.localhost"), None, "whether the old name is answered")
            second.stop()
        with Host(data=first.data) as third:
            third.allow("no certificate for acme")
            wait_until("the portal answers under its old name again", 5, lambda: page(third, "acme.localhost") == 200)
            third.stop()


def page(host, name):
    try:
        return web.get(host, name, "/docs/kept/index", seconds=2).status
    except OSError:
        return None
