"""login -- logins as fast as they go, what a reader of the same portal notices, and what hashing alone would do.

A login is POST /login with the right password over a connection that stays, by several people at once. The
measure it is held against is libsodium verifying the very hash that the portal stored, on the same processor,
with nothing else to do: no server can have more logins than that.
"""
import http.client
import multiprocessing
import os
import re
import shutil
import sqlite3
import ssl
import statistics
import subprocess
import tempfile
import threading
import time
import urllib.parse
from pathlib import Path

from load import LOAD_CPU
from servers import SERVER_CPU, BenchError, private_kib, program_name, run

PASSWORD = "Bench-Horse-Battery-9"
PEOPLE = 4              # who log in at once; the host hashes for two of them and the others wait
PAGE = "/docs/guide/topic"


def connect(port, host):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=30, context=context)
    connection.connect = lambda: None
    raw = http.client.socket.create_connection(("127.0.0.1", port), 30)
    connection.sock = context.wrap_socket(raw, server_hostname=host)
    return connection


class Person:
    """Logs in again and again until told to stop."""

    def __init__(self, port, host, login):
        self.port, self.host, self.login, self.done, self.busy = port, host, login, 0, 0
        self.times, self.error = [], None

    def ticket(self, connection):
        connection.request("GET", "/login", headers={"Host": f"{self.host}:{self.port}"})
        answer = connection.getresponse()
        cookie = answer.getheader("Set-Cookie").split(";")[0]
        return cookie, re.search(r'name="csrf" value="([^"]+)"', answer.read().decode())[1]

    def run(self, over):
        try:
            connection = connect(self.port, self.host)
            cookie, csrf = self.ticket(connection)
            body = urllib.parse.urlencode({"csrf": csrf, "login": self.login, "password": PASSWORD})
            headers = {"Host": f"{self.host}:{self.port}", "Cookie": cookie, "Origin": f"https://{self.host}:{self.port}",
                       "Content-Type": "application/x-www-form-urlencoded"}
            while not over.is_set():
                began = time.monotonic()
                connection.request("POST", "/login", body, headers)
                answer = connection.getresponse()
                answer.read()
                if answer.status == 303:
                    self.done += 1
                    self.times.append((time.monotonic() - began) * 1000)
                elif answer.status == 503:
                    self.busy += 1
                else:
                    raise BenchError(f"a login was answered with {answer.status}")
            connection.close()
        except (OSError, http.client.HTTPException, BenchError) as error:
            self.error = error


def read_pages(port, host, seconds, out):
    """A process: milliseconds of each page while it reads one after the other."""
    os.sched_setaffinity(0, {int(LOAD_CPU)})
    connection, times, end = connect(port, host), [], time.monotonic() + seconds
    while time.monotonic() < end:
        began = time.monotonic()
        connection.request("GET", PAGE, headers={"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            break
        times.append((time.monotonic() - began) * 1000)
        time.sleep(0.005)
    out.send(times)
    out.close()


def reading(port, host, seconds):
    near, far = multiprocessing.Pipe(False)
    process = multiprocessing.Process(target=read_pages, args=(port, host, seconds, far))
    process.start()
    return near, process


def finished(reader):
    near, process = reader
    times = near.recv()
    process.join()
    if not times:
        raise BenchError("the reader was refused its page")
    return times


def stored_hash(carrel, portal):
    """What the portal keeps for the first person: from a copy, so that looking changes nothing."""
    shown = carrel.command("portal", "show", portal, "--json")
    folder = carrel.data / "portals" / re.search(r'"id":\s*(\d+)', shown)[1]
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as copy:
        for name in ("portal.db", "portal.db-wal"):
            if (folder / name).exists():
                shutil.copyfile(folder / name, Path(copy) / name)
        db = sqlite3.connect(Path(copy) / "portal.db")
        found = db.execute("SELECT password FROM person WHERE password <> '' LIMIT 1").fetchone()[0]
        db.close()
    return found


def build_alone(build):
    program = Path(build).resolve() / "bench/hash_alone"
    program.parent.mkdir(exist_ok=True)
    run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", program, Path(__file__).with_name("hash_alone.c"), "-lsodium"])
    return program


def hash_alone(program, stored, seconds):
    done = subprocess.run(["taskset", "-c", SERVER_CPU, program, str(seconds), PASSWORD], input=stored + "\n",
                          capture_output=True, text=True, check=False, timeout=seconds + 60)
    if done.returncode != 0:
        raise BenchError("libsodium does not take the password for the hash that the portal stored")
    return float(done.stdout)


class Round:
    """One stretch of logins with a reader beside them."""

    def __init__(self, carrel, host, seconds):
        people = [Person(carrel.port, host, f"p{n}@example.com") for n in range(PEOPLE)]
        over, self.memory = threading.Event(), 0
        threads = [threading.Thread(target=p.run, args=(over,), daemon=True) for p in people]
        for thread in threads:
            thread.start()
        reader, end = reading(carrel.port, host, seconds), time.monotonic() + seconds
        began, before = time.monotonic(), sum(p.done for p in people)
        while time.monotonic() < end:
            jobs = [private_kib(pid) or 0 for pid in carrel.pids() if program_name(pid) == "job"]
            self.memory = max(self.memory, sum(jobs))
            time.sleep(0.05)
        self.rate = (sum(p.done for p in people) - before) / (time.monotonic() - began)
        self.pages = finished(reader)
        over.set()
        for thread in threads:
            thread.join(30)
        for person in people:
            if person.error is not None:
                raise BenchError(f"a login failed: {person.error}")
        self.times = [t for p in people for t in p.times]
        self.busy = sum(p.busy for p in people)


def prepare(carrel):
    """A portal with a page and people; its host name."""
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as folder:
        os.chmod(folder, 0o755)
        (Path(folder) / "topic.md").write_text("# A page\n\n" + "Some words of a topic. " * 400 + "\n")
        carrel.portal_with("login", folder)
    for n in range(PEOPLE):
        done = subprocess.run([carrel.program, "--data", carrel.data, "user", "add", "login", f"p{n}@example.com",
                               "--role", "power-reader", "--password-stdin"], input=PASSWORD + "\n",
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise BenchError(done.stderr.strip())
    return carrel.host_of("login")


def measure(results, carrel, build, pairs, seconds, milliseconds):
    """pairs rounds of hashing alone and logins in turn; milliseconds writes p50 and p99."""
    os.sched_setaffinity(0, {int(LOAD_CPU)})
    host, program = prepare(carrel), build_alone(build)
    stored = stored_hash(carrel, "login")
    quiet = finished(reading(carrel.port, host, seconds))
    ratios, rates, alone, rounds = [], [], [], []
    for _ in range(pairs):
        alone.append(hash_alone(program, stored, seconds))
        rounds.append(Round(carrel, host, seconds))
        rates.append(rounds[-1].rate)
        ratios.append(rates[-1] / alone[-1])
    ordered = sorted(ratios)
    results.add("logins per second against hashing alone on the same processor",
                f"{statistics.median(ratios):.2f} × [{ordered[0]:.2f} to {ordered[-1]:.2f}]")
    cost = re.search(r"m=\d+,t=\d+,p=\d+", stored)[0]
    results.note(f"logins per second, median: {statistics.median(rates):.1f}; hashing alone "
                 f"{statistics.median(alone):.1f}, with {cost}")
    results.add(f"a login, {PEOPLE} at once, p50 / p99", milliseconds([t for r in rounds for t in r.times]))
    results.add("a reader's page without logins, p50 / p99", milliseconds(quiet))
    results.add("the same while logins run, p50 / p99", milliseconds([t for r in rounds for t in r.pages]))
    results.add("memory of all hashing at once, most seen", f"{max(r.memory for r in rounds) / 1024:.1f} MiB")
    results.note(f"logins that were told to come again: {sum(r.busy for r in rounds)}")
