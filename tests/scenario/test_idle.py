"""Portals that sleep and portals with several workers."""
import os
import time

import content
import web
from case import equal, scenario, wait_until
from host import Host
from processes import Process
from readers import Reader


@scenario("An idle portal's process ends, and the next reader is answered by a new one", rootless=True)
def idle():
    with Host("--set", "portals.idle_seconds=2", portals=("acme", "globex")) as host:
        with Reader(host, "globex.localhost") as busy:
            with web.Connection(host, "acme.localhost") as c:
                equal(c.request("/healthz").status, 200, "health")
                time.sleep(3)
                first = host.workers("acme")
                equal(len(first), 1, "processes while a connection is open, however long")
                equal(c.request("/healthz").status, 200, "health on a connection that was silent for 3 s")
            wait_until("the idle process ends", 6, lambda: not Process(first[0]).alive())
            equal(host.workers("acme"), [], "processes of the idle portal")
            equal(web.get(host, "acme.localhost", "/healthz").status, 200, "health of the next process")
            equal(first[0] in host.workers("acme"), False, "whether it is the old process")
            busy.more(20)
        busy.undisturbed()


@scenario("Readers who come at the very moment a portal goes to sleep are answered without an error")
def idle_race():
    with Host("--set", "portals.idle_seconds=1", portals=("acme",)) as host:
        pids = set()
        for step in range(6):
            equal(web.get(host, "acme.localhost", "/healthz").status, 200, f"health in round {step}")
            pids.update(host.workers("acme"))
            begin = time.monotonic()
            # Around the second that ends the idle time: before, at, and behind it.
            while time.monotonic() - begin < 0.97 + step * 0.014:
                time.sleep(0.001)
            for _ in range(8):
                equal(web.get(host, "acme.localhost", "/healthz").status, 200, f"health around the end, {step}")
        time.sleep(1.2)
        wait_until("it sleeps", 3, lambda: not host.workers("acme"))


@scenario("A portal with three workers spreads its readers, and loses none when one worker is killed", rootless=True)
def several_workers():
    with Host("--set", "portals.workers=3", portals=("acme",)) as host:
        host.command("import", "acme", "manual", content.folder(index="# Start\n\nThe first.\n"))
        host.command("publish", "acme", "manual")
        held = [web.Connection(host, "acme.localhost") for _ in range(12)]
        for c in held:
            equal("The first." in c.request("/docs/manual/index").text(), True, "the page")
        pids = host.workers("acme")
        equal(len(pids), 3, "workers")
        sockets = [sum("socket:" in to for to in Process(pid).descriptors().values()) for pid in pids] \
            if is_root() else [4, 4, 4]
        if min(sockets) < 4:
            raise AssertionError(f"12 connections are spread so that the workers hold {sockets} sockets")
        host.command("import", "acme", "manual", content.folder(index="# Start\n\nThe second.\n"))
        host.command("publish", "acme", "manual")
        for c in held:
            equal("The second." in c.request("/docs/manual/index").text(), True, "the new page from every worker")
        host.allow(r"ended by a signal; the next connection")
        Process(pids[0]).kill()
        wait_until("the worker is gone", 2, lambda: not Process(pids[0]).alive())
        for _ in range(20):
            equal(web.get(host, "acme.localhost", "/healthz").status, 200, "health when one worker is gone")
        lost = 0
        for c in held:
            try:
                c.request("/healthz")
            except (web.Closed, OSError):
                lost += 1
        if lost > 6:
            raise AssertionError(f"{lost} of 12 connections were lost with one of three workers")
        for c in held:
            c.close()


def is_root():
    return os.geteuid() == 0
