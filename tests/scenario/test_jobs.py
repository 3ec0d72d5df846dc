"""Imports, publishing and the making of portals, killed at any moment: the old state or the new, never a mix."""
import re
import shutil
import signal
import subprocess
import threading
import time

import content
import web
from case import Skip, equal, scenario, wait_until
from host import Host
from processes import Process

TOPICS = 300
ENDED = (r"ended \(signal 9\); starting it again", r"ended by a signal; the next connection",
         r"keeper\[\d+\] supervisor-ended pid=\d+ signal=9")


class States:
    """One project in numbered states; readers must see one of them whole."""

    def __init__(self, host, topics=TOPICS):
        self.host, self.topics = host, topics
        self.ctx = web.context(host.ca)
        self.folders = {}

    def folder(self, number):
        if number not in self.folders:
            self.folders[number] = content.many_topics(self.topics, f"number-{number}")
        return self.folders[number]

    def visible(self, every=10):
        """The state that readers see; an AssertionError where two show at once."""
        with web.Connection(self.host, "acme.localhost", ctx=self.ctx) as c:
            marks = set()
            for i in range(0, self.topics, every):
                answer = c.request(f"/docs/states/topic-{i:03}")
                equal(answer.status, 200, f"status of topic {i}")
                marks.add(int(re.search(r"State number-(\d+)\.", answer.text())[1]))
        equal(len(marks), 1, f"states that readers see at once, {marks}")
        return marks.pop()


def job_pid(host, known, seconds=3):
    """The process id of the job that has just been started: the newest child of the supervisor."""
    end = time.monotonic() + seconds
    supervisor = host.supervisor()
    while time.monotonic() < end:
        for process in Process.children_of(supervisor):
            if process.pid not in known:
                return process.pid
    return None


def all_at(host):
    return {p.pid for p in Process.children_of(host.supervisor())}


@scenario("An import or publish whose job is killed -9 at any moment leaves the old state or the new one")
def job_killed():
    with Host(portals=("acme",)) as host:
        states = States(host)
        host.command("import", "acme", "states", states.folder(0))
        host.command("publish", "acme", "states")
        begin = time.monotonic()
        host.command("import", "acme", "states", states.folder(1))
        import_seconds = time.monotonic() - begin
        begin = time.monotonic()
        host.command("publish", "acme", "states")
        publish_seconds = time.monotonic() - begin
        number, done, cut = 1, 0, 0
        for step in range(8):
            host.allow(r"job\[\d+\].*", *ENDED)
            number += 1
            words = ("import", "acme", "states", states.folder(number))
            cut += run_and_kill(host, words, import_seconds * step / 6)
            equal(states.visible(), done_state(states, done), "what readers see after a killed import")
            host.command("import", "acme", "states", states.folder(number))
            killed = run_and_kill(host, ("publish", "acme", "states"), publish_seconds * step / 6)
            seen = states.visible()
            if seen not in (done_state(states, done), number) or (not killed and seen != number):
                raise AssertionError(f"readers see state {seen}; it was {done_state(states, done)}, then {number}")
            cut += killed
            done = seen
        if cut < 4:
            raise AssertionError(f"only {cut} jobs were killed in time; the moments are wrong")
        host.command("publish", "acme", "states")
        equal(states.visible(every=1), number, "what readers see in the end")


@scenario("A publish that is killed at its Nth write, or its Nth wait for the disk, leaves one state")
def killed_at_each_step():
    if shutil.which("strace") is None:
        raise Skip("there is no strace")
    with Host(portals=("acme",)) as host:
        states = States(host, topics=60)
        host.command("import", "acme", "states", states.folder(1))
        host.command("publish", "acme", "states")
        number, done, cuts = 1, 1, {}
        for call, factor in (("pwrite64", 3), ("fdatasync", 1)):
            n, cuts[call] = 1, 0
            while True:
                host.allow(r"job\[\d+\]", *ENDED)
                number += 1
                host.command("import", "acme", "states", states.folder(number % 2 + 1))
                code = publish_with_kill(host, call, n)
                seen = states.visible()
                if seen not in (done, number % 2 + 1) or (code == 0 and seen != number % 2 + 1):
                    raise AssertionError(f"killed at {call} {n}: readers see {seen}, exit code {code}")
                done = seen
                if code == 0:
                    break
                cuts[call] += 1
                n = n * factor if factor > 1 else n + 1
        if min(cuts.values()) < 1 or sum(cuts.values()) < 4:
            raise AssertionError(f"hardly anything was killed: {cuts}")


def publish_with_kill(host, call, n):
    """Publish while strace kills what the zygote forks at its nth such call; the command's exit code."""
    tracer = subprocess.Popen(["strace", "-qq", "-f", "-p", str(host.pid_of("zygote")), "-o", "/dev/null", "-e",
                               f"trace={call}",
                               "-e", f"inject={call}:signal=KILL:when={n}"], stdin=subprocess.DEVNULL,
                               stderr=subprocess.PIPE)
    try:
        wait_until("strace is attached", 5,
                   lambda: int(Process(host.pid_of("zygote")).status()["TracerPid"]) == tracer.pid)
        return host.ask("publish", "acme", "states").code
    finally:
        tracer.terminate()
        tracer.communicate(timeout=10)


def done_state(states, done):
    """The first state is 1: state 0 was replaced before the killing began."""
    del states
    return max(done, 1)


def run_and_kill(host, words, after):
    """Begin a command and kill its job; whether the command was cut. Its sentence must say so."""
    known = all_at(host)
    command = host.begin(*words)
    pid = job_pid(host, known)
    time.sleep(after)
    if pid is not None:
        Process(pid).kill()
    try:
        out, error = command.communicate(timeout=30)
    except Exception:
        command.kill()
        raise
    if command.returncode == 0:
        return False
    last = [line for line in error.splitlines() if line.startswith("carrel: ")]
    if command.returncode != 1 or len(last) != 1 or "Traceback" in out:
        raise AssertionError(f"a command whose job was killed said {error!r} and ended with {command.returncode}")
    return True


@scenario("Whatever else is killed -9 while a job works, readers see the old state or the new one", rootless=True)
def others_killed():
    with Host(portals=("acme",)) as host:
        states = States(host)
        host.command("import", "acme", "states", states.folder(1))
        host.command("publish", "acme", "states")
        before = 1
        for number, victim in enumerate(("registry", "zygote", "portal", "command", "supervisor"), 2):
            host.allow(*ENDED, r"portal=\d+ .*")
            wait_until("an import is carried out", 5,
                       lambda n=number: host.ask("import", "acme", "states", states.folder(n)).code == 0)
            command = host.begin("publish", "acme", "states")
            time.sleep(0.05)
            kill_victim(host, victim, command)
            try:
                command.communicate(timeout=20)
            except Exception as error:
                command.kill()
                raise AssertionError(f"the command hangs after the {victim} was killed") from error
            wait_until("readers are answered", 5, lambda: answers(host))
            wait_until("no job works on", 10, lambda: not jobs(host))
            seen = states.visible()
            if seen not in (before, number):
                raise AssertionError(f"{victim} killed: readers see {seen}, neither {before} nor {number}")
            before = seen
        host.command("publish", "acme", "states")
        equal(states.visible(every=1), 6, "what readers see in the end")


def jobs(host):
    """Process ids of jobs: those the status names, and those that a dead supervisor has left."""
    status = host.ask("status", "--json")
    if status.code != 0 or "workers" not in status.json:
        return [0]
    known = {row["pid"] for row in status.json["processes"] + status.json["workers"] if row.get("kind") != "job"}
    return [p.pid for p in host.processes() if p.pid not in known]


def kill_victim(host, victim, command):
    if victim == "command":
        command.kill()
    elif victim == "portal":
        for pid in host.workers("acme"):
            Process(pid).kill()
    elif victim == "supervisor":
        Process(host.supervisor()).kill()
    else:
        Process(host.pid_of(victim)).kill()


def answers(host):
    try:
        return web.get(host, "acme.localhost", "/docs/states/topic-000", seconds=2).status == 200
    except OSError:
        return False


@scenario("A portal whose making was killed is not half there, and its name can be used again", rootless=True)
def creation_killed():
    with Host() as host:
        for step in range(6):
            host.allow(r"portal=\d+ .*", r"job\[\d+\].*", *ENDED)
            name = f"new-{step}"
            killed = run_and_kill(host, ("portal", "create", name), step * 0.01)
            listed = [p["name"] for p in host.command("portal", "list")]
            equal(name in listed, not killed, f"whether {name} is listed")
            if killed:
                wait_until(f"{name} can be made", 3, lambda n=name: host.ask("portal", "create", n).code == 0)
            equal(web.get(host, f"{name}.localhost", "/healthz").status, 200, f"health of {name}")
        numbers = {str(p["id"]) for p in host.command("portal", "list")}
        wait_until("no container is left of what was killed", 3, lambda: {
            f.name for f in (host.data / "portals").iterdir()} == numbers)


@scenario("While the zygote is away, new portals, jobs and sleeping portals wait for it and are not lost",
          rootless=True)
def zygote_away():
    with Host(portals=("acme", "sleeper")) as host:
        host.allow(*ENDED)
        host.command("import", "acme", "manual", content.folder(index="# Start\n\nText.\n"))
        for _ in range(4):              # each early death makes the next start later
            wait_until("there is a zygote", 3, lambda: host.pid_of("zygote"))
            Process(host.pid_of("zygote")).kill()
            time.sleep(0.03)
        results = {}

        def ask(name, *words):
            try:
                results[name] = host.ask(*words, seconds=15).code
            except subprocess.TimeoutExpired:
                results[name] = "no answer in 15 s"

        threads = [threading.Thread(target=ask, args=("publish", "publish", "acme", "manual")),
                   threading.Thread(target=ask, args=("create", "portal", "create", "fresh"))]
        for thread in threads:
            thread.start()
        begin = time.monotonic()
        wait_until("the sleeping portal answers", 5, lambda: web_health(host, "sleeper"))
        took = time.monotonic() - begin
        for thread in threads:
            thread.join(20)
        equal(set(results.values()) <= {0, 1}, True, f"whether the commands were answered: {results}")
        if took > 2:
            raise AssertionError(f"a sleeping portal was away for {took:.1f} s")
        wait_until("everything works", 3, lambda: host.ask("publish", "acme", "manual").code == 0)
        equal(web_health(host, "acme"), True, "health afterwards")
        wait_until("no worker is without a process", 3,
                   lambda: all(w["pid"] > 0 for w in host.status()["workers"]))


def web_health(host, name):
    try:
        return web.get(host, f"{name}.localhost", "/healthz", seconds=4).status == 200
    except OSError:
        return False


@scenario("SIGTERM in the middle of a publish ends the host in time, and the next start has one state or the other",
          rootless=True)
def stop_while_working():
    with Host(portals=("acme",)) as host:
        states = States(host)
        for number in (1, 2):
            host.command("import", "acme", "states", states.folder(number))
            if number == 1:
                host.command("publish", "acme", "states")
        command = host.begin("publish", "acme", "states")
        time.sleep(0.05)
        host.keeper.send_signal(signal.SIGTERM)
        host.keeper.wait(5)
        command.communicate(timeout=5)
        wait_until("no process is left", 0.5, lambda: not host.processes())
        again = Host(data=host.data)
        try:
            states.host = again
            equal(states.visible() in (1, 2), True, "whether readers see one of the states")
            again.command("publish", "acme", "states")
            equal(states.visible(every=1), 2, "what readers see in the end")
            again.stop()
        finally:
            again.close()


def nice_of(pid):
    """How far a process stands back for others; None when it has gone. proc(5): field 19."""
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii", errors="replace") as f:
            return int(f.read().rpartition(")")[2].split()[16])
    except (OSError, IndexError):
        return None


@scenario("A job stands back for readers at the processor; portals do not", rootless=True)
def stands_back():
    with Host(portals=("acme",)) as host:
        folder = content.many_topics(TOPICS, "number-1")
        equal(web.get(host, "acme.localhost", "/healthz").status, 200, "the portal's health")
        known, here = all_at(host), nice_of(host.supervisor())
        importing = threading.Thread(target=host.command, args=("import", "acme", "states", folder))
        importing.start()
        pid = job_pid(host, known)
        seen = set()
        while importing.is_alive():
            seen.add(nice_of(pid))
        importing.join()
        # Before it is confined it is as its parent.
        equal(10 in seen and seen <= {here, 10, None}, True, f"what the job was seen with: {seen}")
        equal([nice_of(p) for p in host.workers("acme")], [here], "the portal's own")
