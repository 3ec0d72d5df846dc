"""host -- one running `carrel serve` on loopback: start it, command it, read its log, see all its processes."""
import ctypes
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from case import wait_until
from processes import Process, session_members

READY = re.compile(r"supervisor\[\d+\] serving https=")
LINE = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (error|warning|notice|info) [a-z]+\[\d+\]")
START_SECONDS, STOP_SECONDS, COMMAND_SECONDS = 15, 6, 90
FIRST_PORT, LAST_PORT = (int(p) for p in os.environ.get("CARREL_TEST_PORTS", "21400-21499").split("-"))
LIBC, PR_SET_PDEATHSIG = ctypes.CDLL(None), 1
used_ports = {}         # port: its turn, counted up


def free_port():
    """A port of our range that nobody listens on: one not given yet, or the one given longest ago."""
    ports = list(range(FIRST_PORT, LAST_PORT + 1))
    random.shuffle(ports)
    for port in sorted(ports, key=lambda p: used_ports.get(p, 0)):
        with socket.socket() as probe:
            try:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            used_ports[port] = max(used_ports.values(), default=0) + 1
            return port
    raise AssertionError(f"no port of {FIRST_PORT}-{LAST_PORT} is free")


def die_with_us():
    """A killed runner must leave no host behind: without its keeper all of it ends. And a host hears the signals
    that a runner in the background was told to ignore."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Answer:
    """What a command printed and how it ended."""

    def __init__(self, done):
        self.code, self.out, self.error = done.returncode, done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)


class Host:
    program = None          # Path of carrel; set by the runner
    scratch = None          # a folder for data directories; set by the runner
    always = ()             # an ordinary user is told at each start what this user cannot have

    def __init__(self, *options, data=None, portals=(), wait=True, name="localhost", prefix=()):
        self.data = data or Path(tempfile.mkdtemp(prefix="data-", dir=self.scratch)) / "d"
        self.own_data = data is None
        self.https, self.http = free_port(), free_port()
        self.options, self.name, self.prefix = [str(o) for o in options], name, prefix
        self.lines, self.sessions, self.allowed = [], set(), []
        if os.geteuid() != 0:
            self.always = [re.compile("isolation=standard misses a layer: own user")]
        self.checked = 0
        self.keeper = None
        self.start()
        if wait:
            self.wait_ready()
            for name in portals:
                self.command("portal", "create", name)

    # ---- life ----

    def start(self):
        argv = [*self.prefix, self.program, "serve", "--data", self.data, "--https", f"127.0.0.1:{self.https}",
                "--http", f"127.0.0.1:{self.http}", "--host", self.name, *self.options]
        self.started_at = len(self.lines)
        self.keeper = subprocess.Popen([str(a) for a in argv], stdin=subprocess.DEVNULL,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                       errors="replace", start_new_session=True, preexec_fn=die_with_us)
        self.reader = threading.Thread(target=self.read_log, args=(self.keeper.stdout,), daemon=True)
        self.reader.start()

    def read_log(self, stream):
        for line in stream:
            self.lines.append(line.rstrip("\n"))

    def ready(self):
        if any(READY.search(line) for line in self.lines[self.started_at:]):
            return True
        if self.keeper.poll() is not None:
            raise AssertionError("the host ended: " + " / ".join(self.lines[-5:]))
        return False

    def wait_ready(self):
        try:
            wait_until("the host says that it serves", START_SECONDS, self.ready)
        except AssertionError as error:
            states = [(p, p.stat()) for p in self.processes()]
            self.close()
            raise AssertionError(f"{error}; it said {self.lines[-8:]}, its processes were {states}") from error
        self.supervisor()

    def supervisor(self):
        """The keeper's one child; its process id is the session all others are in."""
        children = Process.children_of(self.keeper.pid)
        for child in children:
            self.sessions.add(child.pid)
        return children[0].pid if children else None

    def processes(self):
        """Every living process of this host, the keeper aside."""
        if self.keeper.poll() is None:
            self.supervisor()
        return [p for session in self.sessions for p in session_members(session)]

    def stop(self, signal_number=signal.SIGTERM):
        """End in order; the seconds it took. The keeper's exit code must be 0."""
        begin = time.monotonic()
        self.keeper.send_signal(signal_number)
        code = self.keeper.wait(STOP_SECONDS)
        took = time.monotonic() - begin
        self.reader.join(2)
        if code != 0:
            raise AssertionError(f"the host ended with exit code {code}: " + " / ".join(self.lines[-5:]))
        return took

    def close(self):
        """End it whatever state it is in, and leave nothing behind; not a test."""
        for process in self.processes():
            process.signal(signal.SIGCONT)
        if self.keeper.poll() is None:
            self.keeper.terminate()
            try:
                self.keeper.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                pass
        for process in self.processes():
            process.signal(signal.SIGKILL)
        if self.keeper.poll() is None:
            self.keeper.kill()
            self.keeper.wait()
        self.reader.join(2)
        if self.own_data:
            shutil.rmtree(self.data.parent, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, kind, value, trace):
        try:
            if kind is None:
                self.check_log()
        finally:
            self.close()

    # ---- commands ----

    def ask(self, *words, seconds=COMMAND_SECONDS, data=None, say=""):
        """say: what is on its standard input."""
        argv = [self.program, "--data", data or self.data, *words]
        return Answer(subprocess.run([str(a) for a in argv], input=say, capture_output=True,
                                     text=True, errors="replace", timeout=seconds, check=False))

    def command(self, *words, seconds=COMMAND_SECONDS, say=""):
        """A command that must be carried out; its answer from JSON."""
        answer = self.ask(*words, "--json", seconds=seconds, say=say)
        if answer.code != 0:
            raise AssertionError(f"carrel {' '.join(str(w) for w in words)}: exit {answer.code}: "
                                 f"{answer.error.strip()[-600:]}")
        return answer.json

    def begin(self, *words, say=""):
        """A command that runs beside the test; say fits into a pipe."""
        argv = [self.program, "--data", self.data, *words]
        running = subprocess.Popen([str(a) for a in argv], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, errors="replace")
        running.stdin.write(say)
        running.stdin.close()
        running.stdin = None
        return running

    def status(self):
        return self.command("status")

    def pid_of(self, name):
        """The supervisor's, zygote's, registry's or edge's process id; None while it is being replaced."""
        rows = [p for p in self.status()["processes"] if p["name"] == name]
        return rows[0]["pid"] or None if rows else None

    def portal_id(self, name):
        return self.command("portal", "show", name)["id"]

    def workers(self, name, kind="portal"):
        number = self.portal_id(name)
        return [w["pid"] for w in self.status()["workers"] if w["portal"] == number and w["kind"] == kind]

    @property
    def ca(self):
        return self.data / "ca.pem"

    # ---- the log ----

    def mark(self):
        return len(self.lines)

    def log_since(self, mark):
        return self.lines[mark:]

    def allow(self, *patterns):
        """Lines with one of these are what the running scenario causes on purpose."""
        self.allowed += [re.compile(p) for p in patterns]

    def check_log(self):
        """Nothing that a scenario did not cause may be an error or a warning, or come from elsewhere."""
        lines, self.checked = self.lines[self.checked:], len(self.lines)
        allowed, self.allowed = self.allowed, []
        bad = []
        for line in lines:
            match = LINE.match(line)
            if match and match[1] in ("notice", "info"):
                continue
            if not any(p.search(line) for p in (*allowed, *self.always)):
                bad.append(line)
        if bad:
            raise AssertionError("unexpected in the host's log:\n  " + "\n  ".join(bad[:12]))
