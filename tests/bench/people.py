"""people -- 10,000 Power Readers in one portal: adding them, and the pages an administrator finds one of them by.

The readers come from CSV tables by `carrel user import`, as many at a time as a table may have. Then one administrator
asks for pages over a connection that stays, one after the other. Addresses share their beginning and differ in
their end, as a client's do, so that a search has to look inside them.
"""
import re
import statistics
import subprocess
import tempfile
import time
import urllib.parse
from pathlib import Path

from login import PASSWORD, connect
from servers import BenchError, private_kib, program_name

PORTAL = "people"
TABLE_LINES = 2000      # of one import, its limit
BOSS = "boss@example.com"
ASKED = 100             # times for each page


class Administrator:
    """Somebody who is logged in and reads pages."""

    def __init__(self, port, host):
        self.host, self.port, self.connection = host, port, connect(port, host)
        answer = self.ask("GET", "/login", {})
        cookie = answer.getheader("Set-Cookie").split(";")[0]
        csrf = re.search(r'name="csrf" value="([^"]+)"', self.body)[1]
        answer = self.ask("POST", "/login", {
            "Cookie": cookie, "Origin": f"https://{host}:{port}", "Content-Type": "application/x-www-form-urlencoded",
        }, urllib.parse.urlencode({"csrf": csrf, "login": BOSS, "password": PASSWORD}))
        if answer.status != 303:
            raise BenchError(f"the administrator's login was answered with {answer.status}")
        cookies = [value.split(";")[0] for name, value in answer.getheaders() if name.lower() == "set-cookie"]
        self.cookies = "; ".join(c for c in cookies if not c.endswith("="))

    def ask(self, method, path, headers, body=None):
        self.connection.request(method, path, body, {"Host": f"{self.host}:{self.port}", **headers})
        answer = self.connection.getresponse()
        self.body = answer.read().decode()
        return answer

    def page(self, path):
        """Milliseconds until the whole page is there, its bytes, and the address of the next one or None."""
        began = time.monotonic()
        answer = self.ask("GET", path, {"Cookie": self.cookies})
        took = (time.monotonic() - began) * 1000
        if answer.status != 200:
            raise BenchError(f"{path} was answered with {answer.status}")
        onward = re.search(r'rel="next" href="([^"]+)"', self.body)
        return took, len(self.body.encode()), onward and onward[1].replace("&amp;", "&")


def add_administrator(carrel):
    done = subprocess.run([carrel.program, "--data", carrel.data, "user", "add", PORTAL, BOSS, "--role", "administrator",
                           "--password-stdin"], input=PASSWORD + "\n", capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchError(done.stderr.strip())


def import_readers(carrel, count):
    """Seconds of each table."""
    times = []
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as folder:
        for first in range(0, count, TABLE_LINES):
            table = Path(folder) / f"readers-{first}.csv"
            table.write_text("".join(
                f"reader.number.{n:05}@customer-{n % 97}.example,Reader Number {n}\n"
                for n in range(first, min(first + TABLE_LINES, count))))
            began = time.monotonic()
            carrel.command("user", "import", PORTAL, table)
            times.append(time.monotonic() - began)
    return times


def memory_of(carrel, before):
    """Private memory of this portal's process: the one that was not there before; None when it is not alone."""
    mine = [pid for pid in carrel.pids() if "portal" in program_name(pid) and pid not in before]
    return private_kib(mine[0]) if len(mine) == 1 else None


def turn_pages(boss):
    """Every page of the list, one after the other: milliseconds of each."""
    times, path = [], "/edit/people"
    while path is not None:
        took, _, path = boss.page(path)
        times.append(took)
    return times


def measure(results, carrel, count, milliseconds):
    before = set(carrel.pids())
    carrel.command("portal", "create", PORTAL)
    add_administrator(carrel)
    boss = Administrator(carrel.port, carrel.host_of(PORTAL))
    boss.page("/edit/people")
    small = memory_of(carrel, before)
    tables = import_readers(carrel, count)
    results.add(f"add {count:,} readers, {TABLE_LINES:,} a table", f"{sum(tables):.1f} s, slowest table {max(tables):.1f} s")
    last = count - 1
    for what, path in (
            ("the first page of people", "/edit/people"),
            ("a page from the middle", f"/edit/people?after=reader.number.{count // 2:05}"),
            ("a search that finds one", f"/edit/people?text=number.{last:05}"),
            ("a search that finds nobody", "/edit/people?text=nobody-at-all"),
            ("administrators only", "/edit/people?role=administrator"),
            ("readers who ended", "/edit/people?role=power-reader&state=expired")):
        asked = [boss.page(path) for _ in range(ASKED)]
        results.add(f"{what}, p50 / p99", f"{milliseconds([a[0] for a in asked])}, {asked[0][1] / 1024:.0f} KiB")
    turned = turn_pages(boss)
    results.add(f"all {len(turned)} pages one after the other, p50 / p99", milliseconds(turned))
    ends = statistics.median(turned[:20]), statistics.median(turned[-20:])
    results.note(f"of those, the first twenty and the last twenty, median: {ends[0]:.2f} and {ends[1]:.2f} ms")
    large = memory_of(carrel, before)
    if small is not None and large is not None:
        results.add("private memory of that portal, before and after", f"{small / 1024:.2f} and {large / 1024:.2f} MiB")
