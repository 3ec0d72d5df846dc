#!/usr/bin/env python3
"""bench -- measure a Carrel host against nginx on the same core, and write docs/benchmarks.md.

    tests/bench/bench.py [--quick] [--twin] [--only PART]... [--no-write] [BUILD]

Parts: speed, login, people, memory, publish, backup, many. --quick measures less and writes nothing. --twin puts a
second nginx in Carrel's place: its ratios should be 1, and how far they are from it is this machine's noise.
All traffic is on loopback, all loads are bounded, and everything lies in temporary folders. docs/benchmarks.md
describes the method.
"""
import argparse
import datetime
import http.client
import os
import platform
import random
import re
import ssl
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
import backup  # noqa: E402
import load  # noqa: E402
import login  # noqa: E402
import people  # noqa: E402
from servers import BenchError, Carrel, Nginx, cpu_ns, private_kib, run  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
REPORT = ROOT / "docs/benchmarks.md"
MARKS = ("<!-- results: written by make bench -->", "<!-- end of results -->")
PAGE_BYTES = 12288
CONNECTIONS = 400       # at once
TOPIC = "/docs/guide/topic"
PARTS = ["speed", "login", "people", "memory", "publish", "backup", "many"]
PORTS = {"carrel": 21200, "carrel-http": 21201, "nginx": 21202, "twin": 21203}
# What each server says for itself or what belongs to one file; everything else nginx is told to send, too.
OWN_HEADERS = {"date", "server", "content-length", "content-type", "connection", "etag", "last-modified",
               "accept-ranges", "content-encoding", "transfer-encoding", "vary", "link", "keep-alive"}


class Results:
    def __init__(self):
        self.rows, self.notes = [], []

    def add(self, what, value, target=""):
        self.rows.append((what, value, target))
        print(f"{what:62} {value:>34}  {target}", flush=True)

    def note(self, text):
        self.notes.append(text)
        print("  " + text, flush=True)


def say(text):
    print(f"-- {text}", flush=True)


def fetch(port, host, path, context):
    """Status, headers and body of one page, over TLS to loopback."""
    class Connection(http.client.HTTPSConnection):
        def connect(self):
            super(http.client.HTTPSConnection, self).connect()
            self.sock = context.wrap_socket(self.sock, server_hostname=host)

    connection = Connection("127.0.0.1", port, timeout=30, context=context)
    try:
        connection.request("GET", path, headers={"Host": f"{host}:{port}"})
        answer = connection.getresponse()
        return answer.status, answer.getheaders(), answer.read()
    finally:
        connection.close()


def header(headers, name):
    return next((value for key, value in headers if key.lower() == name), "")


def find_page(port, host, context):
    """The page of this portal whose size is nearest to PAGE_BYTES: its path, headers and bytes."""
    seen, waiting, best = set(), ["/"], None
    while waiting and len(seen) < 120:
        path = waiting.pop(0)
        if path in seen:
            continue
        seen.add(path)
        status, headers, body = fetch(port, host, path, context)
        if status in (301, 302, 307, 308):
            waiting.append(header(headers, "location"))
        if status != 200 or not header(headers, "content-type").startswith("text/html"):
            continue
        if path != "/" and (best is None or abs(len(body) - PAGE_BYTES) < abs(len(best[2]) - PAGE_BYTES)):
            best = path, headers, body
        for href in re.findall(rb'href="(/docs/[^"#?]*)', body):
            waiting.append(href.decode())
    if best is None:
        raise BenchError(f"https://{host} shows no page to measure")
    return best


def paired(pairs, measure, ours, theirs):
    """Measure theirs, ours, theirs, ours ...; the pairs of (ours, theirs)."""
    found = []
    for _ in range(pairs):
        b = measure(theirs)
        a = measure(ours)
        found.append((a, b))
    return found


def ratio_text(pairs):
    ratios = sorted(a / b for a, b in pairs)
    return f"{statistics.median(ratios):.2f} × [{ratios[0]:.2f} to {ratios[-1]:.2f}]"


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(values):
    return f"{percentile(values, 0.5):.2f} / {percentile(values, 0.99):.2f} ms"


class Target:
    """A server together with the page to ask it for."""

    def __init__(self, server, host, path):
        self.server, self.host, self.path = server, host, path


def measure_speed(results, ours, theirs, pairs, seconds):
    say("HTTP/1.1 keep-alive over TLS")
    for t in (theirs, ours):
        load.wrk(t.host, t.server.port, t.path, 1)
    found = paired(pairs, lambda t: load.wrk(t.host, t.server.port, t.path, seconds), ours, theirs)
    results.add("HTTP/1.1 keep-alive over TLS, requests per second against nginx", ratio_text(found),
                "at least 1.0 ×")
    results.note(f"requests per second, median: {statistics.median(a for a, _ in found):,.0f}; "
                 f"nginx {statistics.median(b for _, b in found):,.0f}")

    say("HTTP/2")
    found = paired(pairs, lambda t: load.h2(t.host, t.server.port, t.path, seconds), ours, theirs)
    results.add("HTTP/2 over TLS, requests per second against nginx", ratio_text(found), "at least 1.3 ×")
    results.note(f"requests per second, median: {statistics.median(a for a, _ in found):,.0f}; "
                 f"nginx {statistics.median(b for _, b in found):,.0f}")

    say("new connections")

    def cpu_per_connection(t, rounds=4):
        before = cpu_ns(t.server.pids())
        for _ in range(rounds):
            load.new_connections(t.host, t.server.port, t.path, CONNECTIONS)
        return (cpu_ns(t.server.pids()) - before) / rounds / CONNECTIONS / 1000

    for t in (theirs, ours):
        cpu_per_connection(t, 1)
    found = paired(pairs, cpu_per_connection, ours, theirs)
    results.add("new TLS connection with one request, processor time against nginx", ratio_text(found),
                "at most 1.1 ×")
    results.note(f"µs per connection, all processes, median: {statistics.median(a for a, _ in found):.0f}; "
                 f"nginx {statistics.median(b for _, b in found):.0f}")


def available_kib():
    return int(re.search(r"^MemAvailable:\s+(\d+)", Path("/proc/meminfo").read_text(), re.M).group(1))


def measure_portals(results, carrel, first_byte, steps):
    """Cold and warm first bytes, and memory, with steps[0], steps[1] ... portals awake."""
    count = steps[-1]
    say(f"making {count} portals")
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as folder:
        os.chmod(folder, 0o755)
        (Path(folder) / "topic.md").write_text("# A page\n\n" + "Some words of a topic. " * 60 + "\n")
        for n in range(count):
            carrel.portal_with(f"p{n}", folder)
    results.note(f"{count} portals made, filled and published in {time.monotonic() - started:.0f} s")
    time.sleep(2)
    base = set(carrel.portal_pids())
    targets = [(carrel.host_of(f"p{n}"), TOPIC) for n in range(count)]
    cold, awake, before = [], 0, available_kib()
    lines = []
    for step in steps:
        cold += first_byte.measure(carrel.port, targets[awake:step])
        awake = step
        time.sleep(2)
        sizes = [s for s in (private_kib(p) for p in carrel.portal_pids() if p not in base) if s]
        if len(sizes) < step:
            raise BenchError(f"{step} portals were visited and {len(sizes)} have a process")
        lines.append((step, statistics.median(sizes), (before - available_kib()) / step))
    warm = first_byte.measure(carrel.port, targets)
    results.add(f"first byte from a portal that was not running, p50 / p99 of {len(cold)}",
                milliseconds(cold), "at most 6 / 15 ms")
    results.add(f"first byte from a portal that is running, p50 / p99 of {len(warm)}", milliseconds(warm))
    for step, private, fallen in lines:
        results.add(f"private memory of an idle portal, {step} awake", f"{private / 1024:.2f} MiB",
                    "at most 1.5 MiB")
        if step > 1:
            results.note(f"with {step} awake the machine's available memory had fallen by "
                         f"{fallen / 1024:.2f} MiB for each")


WORDS = ("the portal reads its page from one row and sends it as it was stored a topic has a title and "
         "links to others when an author publishes every page is rendered once compressed and kept "
         "readers see the new publication in one step and never half of it").split()


def write_topics(folder, count):
    """count topics of about 4 KB in folders of 100: headings, lists, code, tables, links."""
    rng = random.Random(1)
    for n in range(count):
        part = folder / f"part-{n // 100:03}"
        part.mkdir(exist_ok=True)
        text = [f"# Topic number {n}\n"]
        for section in range(4):
            text.append(f"## Section {section} of topic {n}\n")
            text += [" ".join(rng.choices(WORDS, k=50)) + ".\n" for _ in range(2)]
            text.append("\n".join(f"- {' '.join(rng.choices(WORDS, k=8))}" for _ in range(4)) + "\n")
        text.append(f"```c\nint topic_{n}(void)\n{{\n        return {n};\n}}\n```\n")
        text.append("| key | value |\n|---|---|\n| a | 1 |\n| b | 2 |\n")
        other = rng.randrange(count)
        text.append(f"See [another topic](../part-{other // 100:03}/topic-{other:05}.md).\n")
        (part / f"topic-{n:05}.md").write_text("\n".join(text))


def measure_publish(results, carrel, count):
    say(f"publishing {count} topics")
    with tempfile.TemporaryDirectory(prefix="carrel-bench-") as name:
        folder = Path(name)
        write_topics(folder, count)
        size = sum(f.stat().st_size for f in folder.rglob("*.md"))
        carrel.command("portal", "create", "many")
        times = {}
        for verb in ("import", "publish"):
            started = time.monotonic()
            carrel.command(verb, "many", "guide", *([folder] if verb == "import" else []))
            times[verb] = time.monotonic() - started
    results.add(f"publish {count:,} topics ({size / 1e6:.0f} MB of Markdown)", f"{times['publish']:.1f} s",
                "at most 10 s" if count == 10000 else "")
    results.add(f"import of the same {count:,} topics", f"{times['import']:.1f} s")


def version_of(*argv):
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip().splitlines()[0]


def machine():
    cpu = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    total = int(re.search(r"^MemTotal:\s+(\d+)", Path("/proc/meminfo").read_text(), re.M).group(1))
    return (f"{cpu.group(1) if cpu else platform.machine()}, {os.cpu_count()} processors, "
            f"{total / 1024 / 1024:.0f} GiB, Linux {platform.release()}")


def write_report(results, isolation):
    commit = version_of("git", "-C", str(ROOT), "rev-parse", "--short", "HEAD")
    today = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d")
    lines = [MARKS[0], "",
             f"Measured {today} at commit {commit} on: {machine()}. "
             f"{version_of('nginx', '-v').replace('nginx version: ', '')}, "
             f"{version_of('openssl', 'version')}. Isolation: {isolation}.", "",
             "| what | result | goal |", "|---|---|---|"]
    lines += [f"| {what} | {value} | {target} |" for what, value, target in results.rows]
    lines += [""] + [f"- {note}" for note in results.notes] + ["", MARKS[1]]
    text = REPORT.read_text(encoding="utf-8")
    start, end = text.index(MARKS[0]), text.index(MARKS[1]) + len(MARKS[1])
    REPORT.write_text(text[:start] + "\n".join(lines) + text[end:], encoding="utf-8")
    print(f"written to {REPORT.relative_to(ROOT)}")


def foreign_context():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE     # who we talk to on loopback is not what is measured
    return context


def twin(results, pairs, seconds):
    page = (b"<!doctype html><title>page</title><p>" + b"words of a topic " * 800)[:PAGE_BYTES]
    headers = [("X-Content-Type-Options", "nosniff"), ("Cache-Control", "no-cache")]
    with Nginx(PORTS["nginx"], page, headers) as a, Nginx(PORTS["twin"], page, headers, "twin") as b:
        measure_speed(results, Target(b, "a.bench.localhost", "/page.html"),
                      Target(a, "a.bench.localhost", "/page.html"), pairs, seconds)


def speed(results, carrel, pairs, seconds):
    carrel.portal_with("manual", ROOT / "docs", "manual")
    host, context = carrel.host_of("manual"), foreign_context()
    path, headers, page = find_page(carrel.port, host, context)
    results.note(f"the page: {path}, {len(page):,} bytes")
    same = [(key, value.replace('"', '\\"')) for key, value in headers if key.lower() not in OWN_HEADERS]
    with Nginx(PORTS["nginx"], page, same) as nginx:
        _, _, served = fetch(nginx.port, host, "/page.html", context)
        if served != page:
            raise BenchError("nginx does not serve the same bytes")
        measure_speed(results, Target(carrel, host, path), Target(nginx, host, "/page.html"), pairs, seconds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--twin", action="store_true")
    parser.add_argument("--no-write", action="store_true")
    parser.add_argument("--only", action="append", choices=PARTS)
    parser.add_argument("--portals", type=int, default=1000, help="how many of part 'many'")
    parser.add_argument("build", nargs="?", default="build")
    args = parser.parse_args()
    if (os.cpu_count() or 1) < 2:
        parser.error("two processors are needed: one for the servers, one for the load")
    parts = args.only or PARTS
    pairs, seconds = (2, 1) if args.quick else (7, 3)
    steps = [1, 20] if args.quick else [1, 100, 1000]
    results, started = Results(), time.monotonic()
    try:
        if args.twin:
            twin(results, pairs, seconds)
            return 0
        build = Path(args.build).resolve()
        first_byte = load.FirstByte(build)
        # No portal may fall asleep between two measurements.
        with Carrel(build, PORTS["carrel"], PORTS["carrel-http"],
                    ("portals.idle_seconds=86400",)) as carrel:
            isolation = "strict" if os.geteuid() == 0 else "standard"
            if "speed" in parts:
                speed(results, carrel, pairs, seconds)
            if "login" in parts:
                say("logins")
                login.measure(results, carrel, build, pairs, 2 * seconds, milliseconds)
            if "people" in parts:
                say("people")
                people.measure(results, carrel, 500 if args.quick else 10000, milliseconds)
            if "memory" in parts:
                measure_portals(results, carrel, first_byte, steps)
            if "publish" in parts or "backup" in parts:
                measure_publish(results, carrel, 500 if args.quick else 10000)
            if "backup" in parts:
                say("backups")
                backup.measure(results, carrel, "many", pairs if args.quick else 5)
        if "many" in parts:
            say("backups of many portals")
            backup.measure_many(results, build / "src/proc/cli/carrel", 20 if args.quick else args.portals, fetch, percentile)
    except BenchError as error:
        print(f"bench: {error}", file=sys.stderr)
        return 1
    print(f"took {time.monotonic() - started:.0f} s")
    if not (args.quick or args.no_write or args.only):
        write_report(results, isolation)
    return 0


if __name__ == "__main__":
    sys.exit(main())
