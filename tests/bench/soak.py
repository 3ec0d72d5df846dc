#!/usr/bin/env python3
"""soak -- a host under load for a while, with a new publication every second and a process killed now and then.

    tests/bench/soak.py [--seconds N] [BUILD]

Readers on several portals fetch every page they find. Meanwhile one portal is imported and published
again and again, and portal workers and the edge are ended with SIGKILL. What must hold: a reader gets a
whole page of one publication or a broken connection, never anything else; after a kill the next page comes
within two seconds; and no process that lives on grows without end. Ends with "N passed, N failed".
"""
import argparse
import http.client
import os
import random
import signal
import ssl
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.dont_write_bytecode = True
sys.path.insert(0, str(Path(__file__).resolve().parent))
from bench import ROOT, fetch, foreign_context  # noqa: E402
from servers import BenchError, Carrel, private_kib, program_name  # noqa: E402

PORTS = {"carrel": 21210, "carrel-http": 21211}
BACK_WITHIN = 2.0
GROWTH_KIB = 16 * 1024
BROKEN = (OSError, ssl.SSLError, http.client.HTTPException)


class Soak:
    def __init__(self, carrel, seconds):
        self.carrel, self.end = carrel, time.monotonic() + seconds
        self.lock = threading.Lock()
        self.pages = self.broken = self.kills = self.publications = 0
        self.wrong, self.slowest = [], 0.0
        self.context = foreign_context()

    def going(self):
        return time.monotonic() < self.end

    def fault(self, text):
        with self.lock:
            self.wrong.append(text)

    def read(self, portal, paths):
        """One reader: pages at random, and how long the portal stays away when a connection breaks."""
        rng, away = random.Random(portal), None
        while self.going():
            path = rng.choice(paths)
            try:
                status, _, body = fetch(self.carrel.port, self.carrel.host_of(portal), path, self.context)
            except BROKEN:
                away = away or time.monotonic()
                with self.lock:
                    self.broken += 1
                time.sleep(0.02)
                continue
            if away is not None:
                with self.lock:
                    self.slowest = max(self.slowest, time.monotonic() - away)
                away = None
            with self.lock:
                self.pages += 1
            if status != 200:
                self.fault(f"{portal}{path} answered {status}")
            elif portal == "changing":
                numbers = {part[:6] for part in body.split(b"edition ")[1:]}
                if len(numbers) != 1:
                    self.fault(f"{path} is a mixture of {numbers}")

    def publish(self, folder):
        while self.going():
            self.publications += 1
            for name in ("one.md", "two.md"):
                (folder / name).write_text(f"# edition {self.publications:06}\n\n"
                                           f"edition {self.publications:06}\n", encoding="utf-8")
            try:
                self.carrel.command("import", "changing", "guide", folder)
                self.carrel.command("publish", "changing", "guide")
            except BenchError as error:
                self.fault(str(error))
            time.sleep(1)

    def kill(self):
        rng = random.Random(2)
        while self.going():
            time.sleep(rng.uniform(2, 4))
            victims = [p for p in self.carrel.pids()
                       if any(word in program_name(p) for word in ("portal", "edge"))]
            if victims and self.going():
                try:
                    os.kill(rng.choice(victims), signal.SIGKILL)
                    self.kills += 1
                except ProcessLookupError:
                    pass

    def run(self, readers, folder):
        threads = [threading.Thread(target=self.read, args=r) for r in readers]
        threads += [threading.Thread(target=self.publish, args=(folder,)),
                    threading.Thread(target=self.kill)]
        for t in threads:
            t.start()
        for t in threads:
            t.join()


def steady(carrel):
    """Private memory of the processes that nobody kills, by process id."""
    return {pid: (program_name(pid), private_kib(pid) or 0) for pid in carrel.pids()
            if not any(word in program_name(pid) for word in ("portal", "edge", "job"))}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("build", nargs="?", default="build")
    args = parser.parse_args()
    checks = []
    with tempfile.TemporaryDirectory(prefix="carrel-soak-") as name, \
            Carrel(Path(args.build), PORTS["carrel"], PORTS["carrel-http"]) as carrel:
        os.chmod(name, 0o755)
        folder = Path(name)
        for page in ("one.md", "two.md"):
            (folder / page).write_text("# edition 000000\n\nedition 000000\n", encoding="utf-8")
        carrel.portal_with("changing", folder)
        carrel.portal_with("manual", ROOT / "docs", "manual")
        soak = Soak(carrel, args.seconds)
        before = steady(carrel)
        soak.run([("changing", ["/docs/guide/one", "/docs/guide/two"]),
                  ("manual", ["/", "/docs/manual/status"]), ("manual", ["/docs/manual/operator/install"])], folder)
        after = steady(carrel)
        grown = [f"{after[p][0]} by {after[p][1] - size} KiB" for p, (_, size) in before.items()
                 if p in after and after[p][1] - size > GROWTH_KIB]
        print(f"{soak.pages} pages, {soak.broken} broken connections, {soak.kills} kills, "
              f"{soak.publications} publications, longest absence {soak.slowest:.2f} s")
        checks = [
            ("pages were read all the time", soak.pages > args.seconds, f"{soak.pages} pages"),
            ("processes were killed", soak.kills > 0 or args.seconds < 10, "none was"),
            ("every answer was a whole page of one publication", not soak.wrong, "; ".join(soak.wrong[:5])),
            ("a portal was back within two seconds", soak.slowest <= BACK_WITHIN, f"{soak.slowest:.2f} s"),
            ("processes that live on did not grow", not grown, ", ".join(grown)),
            ("the processes nobody killed are still there", set(before) <= set(after),
             str([before[p][0] for p in set(before) - set(after)])),
        ]
    for what, held, why in checks:
        print(f"{'ok' if held else 'FAILED'}: {what}" + ("" if held else f": {why}"))
    failed = sum(not held for _, held, _ in checks)
    print(f"{len(checks) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except BenchError as error:
        print(f"soak: {error}", file=sys.stderr)
        sys.exit(1)
