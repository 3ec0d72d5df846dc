"""Starting and ending a host."""
import os
import signal

from case import equal, scenario, wait_until
from host import Host
from web import get


@scenario("A host starts, makes two portals, answers for both and ends without leaving a process",
          rootless=True)
def start_and_end():
    with Host(portals=("acme", "globex")) as host:
        for name in ("acme", "globex"):
            answer = get(host, f"{name}.localhost", "/healthz")
            equal((answer.status, answer.body), (200, b"ok\n"), f"{name}'s health")
        took = host.stop()
        if took > 4:
            raise AssertionError(f"the orderly end took {took:.1f} s")
        wait_until("no process is left", 0.5, lambda: not host.processes())


@scenario("SIGINT and SIGHUP end a host as SIGTERM does", rootless=True)
def other_signals():
    for number in (signal.SIGINT, signal.SIGHUP):
        with Host() as host:
            took = host.stop(number)
            if took > 4:
                raise AssertionError(f"the end after {number.name} took {took:.1f} s")
            wait_until("no process is left", 0.5, lambda: not host.processes())


@scenario("Portals, their keys and the authority survive a restart", rootless=True)
def restart_keeps():
    with Host(portals=("acme",)) as first:
        before = first.ca.read_bytes()
        shown = first.command("portal", "show", "acme")
        first.stop()
        with Host(data=first.data) as second:
            equal(second.ca.read_bytes(), before, "the authority's certificate")
            again = second.command("portal", "show", "acme")
            for key in ("id", "name", "state", "created", "host"):
                equal(again[key], shown[key], f"the portal's {key}")
            equal(get(second, "acme.localhost", "/healthz").status, 200, "the portal's health")
            second.stop()


@scenario("The data directory and what is in it belong to whom the format says")
def owners_and_modes():
    with Host(portals=("acme",)) as host:
        number = host.portal_id("acme")
        base = 700000000
        wanted = {"": (0, 0o711), "control.sock": (0, 0o600), "lock": (0, 0o600), "ca.pem": (0, 0o644),
                  "registry": (base + 2, 0o700), "portals": (0, 0o711),
                  f"portals/{number}": (base + 1000 + number, 0o700)}
        for name, owner_and_mode in wanted.items():
            info = os.lstat(host.data / name)
            equal((info.st_uid, info.st_mode & 0o7777), owner_and_mode, f"owner and mode of DATA/{name}")
        for folder, _, files in os.walk(host.data / "portals" / str(number)):
            for name in files:
                info = os.lstat(os.path.join(folder, name))
                equal((info.st_uid, info.st_mode & 0o077), (base + 1000 + number, 0),
                      f"owner and foreign rights of {name}")


@scenario("A host that was started at the back of the processor's queue works as any other", rootless=True)
def started_nice():
    with Host(prefix=("nice", "-n", "15"), portals=("acme",)) as host:
        equal(get(host, "acme.localhost", "/healthz").status, 200, "the portal's health")
