"""The walls, seen from outside: what /proc says of each process, and what a hostile probe can do."""
import ctypes
import fcntl
import os
import socket
import struct

import web
from case import equal, scenario
from host import Host
from processes import Process

UID_BASE = 700000000
CLONE_NEWNET, SIOCGIFFLAGS, IFF_UP = 0x40000000, 0x8913, 1


@scenario("A hostile probe in a portal's walls succeeds at nothing, and its controls work", rootless=True, host="two")
def verify(host):
    before = host.command("portal", "list")
    answer = host.ask("isolation", "verify", "--json")
    found = answer.json
    equal((answer.code, found["succeeded"], found["unclear"]), (0, 0, 0),
          f"exit code and outcome: {found.get('breaches')}")
    equal(found["controls_good"], found["controls"], "controls that worked")
    if found["tried"] < 60 or found["controls"] < 2 or not found["isolated"]:
        raise AssertionError(f"too little was tried: {found['tried']} actions, {found['controls']} controls")
    equal(host.command("portal", "list"), before, "portals after the check")
    host.allow(r"portal=\d+ .*isolation", r"job\[\d+\]|probe\[\d+\]")


def capabilities(status):
    return {name: int(status[name], 16) for name in ("CapInh", "CapPrm", "CapEff", "CapAmb")}


@scenario("Every process has the user, the flags, the filter and the capabilities that it should have")
def statuses():
    with Host(portals=("acme", "globex")) as host:
        for name in ("acme", "globex"):
            equal(web.get(host, f"{name}.localhost", "/healthz").status, 200, "health")
        wanted = {"edge": UID_BASE + 1, "registry": UID_BASE + 2, "courier": UID_BASE + 3, "supervisor": 0, "zygote": 0}
        pids = {name: host.pid_of(name) for name in wanted}
        for name in ("acme", "globex"):
            number = host.portal_id(name)
            (pids[name],) = host.workers(name)
            wanted[name] = UID_BASE + 1000 + number
        for name, pid in pids.items():
            status = Process(pid).status()
            equal(set(status["Uid"].split()), {str(wanted[name])}, f"uids of {name}")
            equal(set(status["Gid"].split()), {str(wanted[name])}, f"gids of {name}")
            equal(status["Groups"].split(), [], f"groups of {name}") if wanted[name] else None
            equal((status["NoNewPrivs"], status["Seccomp"]), ("1", "2"), f"NoNewPrivs and Seccomp of {name}")
            equal(status["Threads"], "1", f"threads of {name}")
            if wanted[name]:
                equal(set(capabilities(status).values()) | {int(status["CapBnd"], 16)}, {0},
                      f"capabilities of {name}")
            else:
                equal(int(status["CapAmb"], 16), 0, f"ambient capabilities of {name}")
                if int(status["CapEff"], 16) == (1 << 41) - 1:
                    raise AssertionError(f"{name} keeps every capability")
        equal(int(Process(pids["zygote"]).status()["CapEff"], 16) & ~int(
            Process(pids["supervisor"]).status()["CapEff"], 16), 0, "capabilities the zygote has above its parent")


@scenario("Each portal has namespaces of its own, and there is no network in them")
def namespaces():
    with Host(portals=("acme", "globex")) as host:
        pids = {}
        for name in ("acme", "globex"):
            equal(web.get(host, f"{name}.localhost", "/healthz").status, 200, "health")
            (pids[name],) = host.workers(name)
        for name in ("edge", "registry", "courier"):
            pids[name] = host.pid_of(name)
        for kind in ("net", "pid", "mnt", "ipc", "uts", "cgroup"):
            seen = {name: Process(pid).namespace(kind) for name, pid in pids.items()}
            seen["this test"] = os.readlink(f"/proc/self/ns/{kind}")
            if kind == "net":       # the courier's work is the machine's own network
                equal(seen.pop("courier"), seen["this test"], "the courier's network namespace")
            equal(len(set(seen.values())), len(seen), f"{kind} namespaces, all different: {seen}")
        del pids["courier"]
        for name, pid in pids.items():
            equal(interfaces_up(pid), [], f"interfaces that are up in the namespace of {name}")
            listening = [line for file in ("tcp", "tcp6", "udp", "udp6", "raw", "packet")
                         for line in open(f"/proc/{pid}/net/{file}").read().splitlines()[1:]]
            equal(listening, [], f"sockets in the network namespace of {name}")


def interfaces_up(pid):
    """Names of the interfaces that are up in a process's network namespace; asked by a child that enters it."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            fd = os.open(f"/proc/{pid}/ns/net", os.O_RDONLY)
            if ctypes.CDLL(None, use_errno=True).setns(fd, CLONE_NEWNET) != 0:
                os.write(writing, b"setns failed")
                os._exit(1)
            with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
                for _, name in socket.if_nameindex():
                    answer = fcntl.ioctl(s, SIOCGIFFLAGS, struct.pack("16sh14x", name.encode(), 0))
                    if struct.unpack("16sh14x", answer)[1] & IFF_UP:
                        os.write(writing, name.encode() + b" ")
        finally:
            os._exit(0)
    os.close(writing)
    text = b""
    while data := os.read(reading, 4096):
        text += data
    os.close(reading)
    os.waitpid(child, 0)
    return text.decode().split()


@scenario("A portal holds open its sockets, its loop and its own container's files, and nothing else")
def descriptors():
    with Host(portals=("acme", "globex")) as host:
        held = [web.Connection(host, f"{name}.localhost") for name in ("acme", "globex")]
        for c in held:
            equal(c.request("/trust").status, 200, "the page")
        for name in ("acme", "globex"):
            (pid,) = host.workers(name)
            own = {f"/{file}" for file in ("portal.db", "portal.db-wal", "portal.db-shm", "portal.sums", "generation")}
            odd = {fd: to for fd, to in Process(pid).descriptors().items()
                   if not (to.startswith("socket:") or to == "anon_inode:[eventpoll]" or short(host, name, to) in own
                           or fd <= 2 and to in ("/dev/null", "/null"))}
            equal(odd, {}, f"other descriptors of {name}")
            root = os.listdir(f"/proc/{pid}/root")
            inside = sorted(os.listdir(host.data / "portals" / str(host.portal_id(name))))
            equal(sorted(root), inside, f"the root folder of {name}, and its container")
        for name in ("edge", "registry", "courier"):
            pid = host.pid_of(name)
            listing = os.listdir(f"/proc/{pid}/root")
            if name == "edge":
                equal(listing, [], "the root folder of the edge")
                continue
            folder = {"registry": "registry", "courier": "spool"}[name]
            equal(set(listing), set(os.listdir(host.data / folder)), f"the root folder of the {name}")
        for c in held:
            c.close()


def short(host, name, path):
    """A path as the portal sees it: below its root."""
    return path.removeprefix(str(host.data / "portals" / str(host.portal_id(name))))


@scenario("Limits keep a portal from making processes, from growing without end and from leaving a core")
def limits():
    with Host("--set", "portals.memory_mib=200", portals=("acme",)) as host:
        equal(web.get(host, "acme.localhost", "/healthz").status, 200, "health")
        (pid,) = host.workers("acme")
        found = {}
        with open(f"/proc/{pid}/limits") as file:
            for line in file.read().splitlines()[1:]:
                found[line[:26].strip()] = line[26:].split()[:2]
        for name, most in (("Max processes", 0), ("Max core file size", 0), ("Max data size", 200 << 20),
                           ("Max address space", 1 << 30),
                           ("Max open files", 4096), ("Max locked memory", 8 << 20)):
            soft, hard = found[name]
            if "unlimited" in (soft, hard) or int(hard) > most or int(soft) > most:
                raise AssertionError(f"{name}: {soft} {hard}, wanted at most {most}")


@scenario("With standard isolation the status and the log name what is missing, and the rest is there", rootless=True,
          root=False)
def standard():
    with Host(portals=("acme", "globex")) as host:
        status = host.status()
        equal(status["isolation"], "standard", "the mode")
        missing = [layer["name"] for layer in status["layers"] if layer["wanted"] and not layer["on"]]
        equal(missing, ["own user"], "missing layers")
        for name in ("acme", "globex"):
            equal(web.get(host, f"{name}.localhost", "/healthz").status, 200, "health")
        for name in ("acme", "globex"):
            (pid,) = host.workers(name)
            found = Process(pid).status()
            equal((found["NoNewPrivs"], found["Seccomp"], int(found["CapEff"], 16), int(found["CapBnd"], 16)),
                  ("1", "2", 0, 0), f"NoNewPrivs, Seccomp, CapEff and CapBnd of {name}")
            for what in ("mem", "environ", "fd"):
                try:
                    os.listdir(f"/proc/{pid}/fd") if what == "fd" else open(f"/proc/{pid}/{what}", "rb").read(1)
                except (PermissionError, OSError):
                    continue
                raise AssertionError(f"the same user can look into {what} of {name}")
        shown = host.ask("status").out
        equal("own user" in shown, True, "whether the status for people names it")
