"""Any process may be killed at any moment: it is back at once, and others do not notice."""
import signal
import time

import content
import web
from case import equal, scenario, wait_until
from hello import Handshake, open_tcp
from host import Host
from processes import Process, session_members
from readers import Reader
from web import Connection

BACK_SECONDS = 2
BOTH = {"rootless": True, "host": "two"}
ENDED = (r"ended \(signal 9\); starting it again", r"ended by a signal; the next connection")


def healthy(host, name="acme.localhost"):
    try:
        return web.get(host, name, "/healthz", seconds=2).status == 200
    except OSError:
        return False


def kill(pid, number=signal.SIGKILL):
    Process(pid).signal(number)


@scenario("A portal killed -9 answers the next connection at once; another portal's connection does not notice",
          **BOTH)
def portal(host):
    host.allow(*ENDED)
    with Reader(host, "globex.localhost") as other:
        for _ in range(3):
            equal(healthy(host), True, "the portal's health")
            for pid in host.workers("acme"):
                kill(pid)
            begin = time.monotonic()
            wait_until("the portal answers again", BACK_SECONDS, lambda: healthy(host))
            took = time.monotonic() - begin
            other.more(20)
            # Its death is counted only where it came soon after the start: let it live a little.
            time.sleep(0.05)
    other.undisturbed()
    if took > 1:
        raise AssertionError(f"the portal was away for {took:.2f} s")


@scenario("A stopped portal that is then killed is replaced, and its neighbour does not notice", host="two")
def stopped_and_killed(host):
    host.allow(*ENDED)
    wait_until("the portal rests no more", 5, lambda: healthy(host))
    for _ in range(2):
        pid = host.workers("acme")
        for one in pid:
            kill(one, signal.SIGSTOP)
        # These wait in the stopped process's channel; they die with it, and their clients try again.
        with Reader(host, "globex.localhost") as other:
            for one in pid:
                kill(one)
            wait_until("new connections are served", BACK_SECONDS, lambda: healthy(host))
            other.more(5)
        other.undisturbed()
        time.sleep(2.1)         # a process that lives that long is not called a failure


@scenario("The zygote killed -9: running portals do not notice, sleeping ones are started by the next zygote", **BOTH)
def zygote(host):
    host.allow(*ENDED)
    host.command("portal", "create", "sleeper")
    with Reader(host, "globex.localhost") as other, Reader(host, "acme.localhost", keep=False) as new:
        kill(host.pid_of("zygote"))
        begin = time.monotonic()
        wait_until("a sleeping portal answers", BACK_SECONDS, lambda: healthy(host, "sleeper.localhost"))
        took = time.monotonic() - begin
        other.more(50)
        new.more(5)
    other.undisturbed()
    new.undisturbed(1.5)
    equal(host.pid_of("zygote") is not None, True, "whether there is a zygote")
    if took > BACK_SECONDS:
        raise AssertionError(f"it took {took:.1f} s")


@scenario("The registry killed -9: readers do not notice, commands work again within 2 s", **BOTH)
def registry(host):
    host.allow(*ENDED)
    with Reader(host, "globex.localhost") as other, Reader(host, "acme.localhost", keep=False) as new:
        before = host.command("portal", "list")
        kill(host.pid_of("registry"))
        wait_until("the command line is answered", BACK_SECONDS, lambda: host.ask("status").code == 0)
        equal(host.command("portal", "list"), before, "the list of portals")
        other.more(50)
        new.more(5)
        host.command("portal", "create", "after-registry")
        equal(healthy(host, "after-registry.localhost"), True, "a portal made by the new registry")
    other.undisturbed()
    new.undisturbed()


@scenario("The edge killed -9: connections that portals have go on, new ones are accepted within 2 s", **BOTH)
def edge(host):
    host.allow(*ENDED)
    with Reader(host, "globex.localhost") as other, Reader(host, "acme.localhost") as one:
        for _ in range(2):
            kill(host.pid_of("edge"))
            begin = time.monotonic()
            wait_until("a new connection is served", BACK_SECONDS, lambda: healthy(host))
            if time.monotonic() - begin > BACK_SECONDS:
                raise AssertionError("the edge was away for too long")
            other.more(50)
            one.more(50)
    other.undisturbed()
    one.undisturbed()
    answer = web.plain(host, b"GET /x HTTP/1.1\r\nHost: acme.localhost\r\n\r\n")
    equal(answer.startswith(b"HTTP/1.1 308"), True, "whether the plain port is back")


@scenario("The courier killed -9: nobody who reads notices, and the next one is there within 2 s", **BOTH)
def courier(host):
    host.allow(*ENDED)
    with Reader(host, "globex.localhost") as other, Reader(host, "acme.localhost", keep=False) as new:
        old = host.pid_of("courier")
        kill(old)
        wait_until("another courier answers", BACK_SECONDS,
                   lambda: host.pid_of("courier") not in (0, old) and "courier" in host.status())
        other.more(50)
        new.more(5)
    other.undisturbed()
    new.undisturbed()


@scenario("The supervisor killed -9: its keeper has everything back within 2 s, and no old process stays",
          rootless=True)
def supervisor():
    with Host(portals=("acme", "globex")) as host:
        equal((healthy(host), healthy(host, "globex.localhost")), (True, True), "both portals' health")
        host.command("import", "acme", "manual", content.folder(index="# Start\n\nText.\n"))
        host.command("publish", "acme", "manual")
        for _ in range(2):
            old = host.supervisor()
            members = {p.pid for p in host.processes()}
            host.allow(r"keeper\[\d+\] supervisor-ended pid=\d+ signal=9")
            kill(old)
            begin = time.monotonic()
            wait_until("the portal answers", BACK_SECONDS, lambda: web_status(host, "/docs/manual/index") == 200)
            took = time.monotonic() - begin
            wait_until("the command line is answered", BACK_SECONDS, lambda: host.ask("status").code == 0)
            wait_until("no process of the old supervisor is left", 1, lambda: not session_members(old))
            equal(members & {p.pid for p in host.processes()}, set(), "processes that outlived their supervisor")
            if took > BACK_SECONDS:
                raise AssertionError(f"it took {took:.2f} s")
        equal([p["name"] for p in host.command("portal", "list")], ["acme", "globex"], "portals afterwards")


def web_status(host, path, name="acme.localhost"):
    try:
        return web.get(host, name, path, seconds=2).status
    except (OSError, web.Closed):
        return None


@scenario("The keeper killed -9: every process of the host goes, and the port is free", rootless=True)
def keeper():
    with Host(portals=("acme", "globex")) as host:
        equal((healthy(host), healthy(host, "globex.localhost")), (True, True), "both portals' health")
        equal(len(host.processes()) >= 6, True, "processes of a host with two portals")
        host.keeper.kill()
        host.keeper.wait()
        wait_until("no process is left", 4, lambda: not host.processes())
        again = Host(data=host.data)
        try:
            equal(healthy(again), True, "the portal's health on the same data afterwards")
            again.stop()
        finally:
            again.close()


@scenario("An orderly end finishes the answer that is on its way, and takes no more than 4 s beside open connections",
          rootless=True)
def orderly():
    with Host(portals=("acme", "globex")) as host:
        held = [Connection(host, name) for name in ("acme.localhost", "globex.localhost") for _ in range(5)]
        for c in held[1:]:
            equal(c.request("/healthz").status, 200, "health")
        held[0].send(b"GET /healthz HTTP/1.1\r\n")          # half a request
        took = host.stop()
        if took > 4:
            raise AssertionError(f"the end took {took:.1f} s")
        wait_until("no process is left", 0.5, lambda: not host.processes())
        for c in held:
            equal(c.ended(2), True, "whether a connection was ended in order")
            c.close()


@scenario("A portal that keeps dying rests, its neighbours go on, and it is back when its rest is over",
          rootless=True)
def keeps_dying():
    with Host(portals=("acme", "globex")) as host, Reader(host, "globex.localhost") as other:
        host.allow(*ENDED, r"died \d+ times in a row within 2 s of its start; it rests for")
        mark = host.mark()

        def rests():
            return [line for line in host.log_since(mark) if "it rests for" in line]

        for _ in range(12):
            if rests():
                break
            healthy(host)
            for pid in host.workers("acme"):
                kill(pid)
            time.sleep(0.02)
        equal(len(rests()), 1, "lines that say that it rests")
        begin = time.monotonic()
        equal(healthy(host), False, "whether it answers while it rests")
        if time.monotonic() - begin > 0.5:
            raise AssertionError("a visitor of a resting portal waits")
        wait_until("it answers when its rest is over", 3, lambda: healthy(host))
        other.more(20)
        other.undisturbed()


@scenario("A stopped portal delays no other, and goes on when it is let", rootless=True)
def stopped():
    with Host(portals=("acme", "globex")) as host:
        equal(healthy(host), True, "health")
        pids = host.workers("acme")
        held = []
        try:
            with Reader(host, "globex.localhost") as other, Reader(host, "globex.localhost", keep=False) as new:
                for pid in pids:
                    kill(pid, signal.SIGSTOP)
                for _ in range(300):            # more than its channel takes
                    held.append(open_and_hello(host))
                other.more(100)
                new.more(20)
                equal(host.ask("status").code, 0, "whether the command line is answered")
                # So many sockets in flight count against every process of the same user.
                host.command("import", "globex", "meanwhile", content.folder(index="# Start\n\nText.\n"), seconds=15)
                host.command("publish", "globex", "meanwhile", seconds=15)
                for pid in pids:
                    kill(pid, signal.SIGCONT)
                wait_until("the portal answers again", BACK_SECONDS, lambda: healthy(host))
        finally:
            for sock in held:
                sock.close()
        other.undisturbed(0.5)
        new.undisturbed(0.5)
        equal(host.workers("acme"), pids, "the portal's processes before and after")


def open_and_hello(host):
    sock = open_tcp(host, source="127.0.0.9")
    sock.sendall(Handshake(web.context(host.ca), "acme.localhost").hello)
    return sock
