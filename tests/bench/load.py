"""load -- the load generators, all on the processor the servers do not have."""
import os
import re
import subprocess
import tempfile
from pathlib import Path

from servers import BenchError, run

LOAD_CPU = "1"


def on_load_cpu(argv, **options):
    return run(["taskset", "-c", LOAD_CPU, *argv], **options)


def with_names(names):
    """What to put before a program so that it finds these names at 127.0.0.1: a private /etc/hosts.

    wrk takes the TLS name from the address it is given and has no option to connect elsewhere.
    """
    hosts = tempfile.NamedTemporaryFile("w", prefix="carrel-hosts-", delete=False)
    with hosts:
        hosts.write("127.0.0.1 localhost " + " ".join(names) + "\n")
    os.chmod(hosts.name, 0o644)
    unshare = ["unshare", "--mount"] if os.geteuid() == 0 else ["unshare", "--map-root-user", "--mount"]
    return hosts.name, unshare + ["sh", "-c", f'mount --bind {hosts.name} /etc/hosts && exec "$@"', "sh"]


def wrk(host, port, path, seconds, connections=32):
    """Requests per second over HTTP/1.1 keep-alive."""
    hosts, prefix = with_names([host])
    try:
        out = on_load_cpu([*prefix, "wrk", "-t1", f"-c{connections}", f"-d{seconds}s",
                           f"https://{host}:{port}{path}"], timeout=seconds + 60)
    finally:
        Path(hosts).unlink()
    rate = re.search(r"^Requests/sec:\s+([\d.]+)", out, re.M)
    if not rate or re.search(r"Non-2xx|Socket errors: (?!connect 0, read 0, write 0, timeout 0)", out):
        raise BenchError(f"wrk met errors at {host}:\n{out}")
    return float(rate.group(1))


def h2load(host, port, path, *options):
    """The text of a run without a single failed request."""
    out = on_load_cpu(["h2load", *options, f"--connect-to=127.0.0.1:{port}", f"https://{host}:{port}{path}"],
                      timeout=180)
    failed = re.search(r"(\d+) failed, (\d+) errored, (\d+) timeout", out)
    if not failed or any(int(n) for n in failed.groups()):
        raise BenchError(f"h2load met errors at {host}:\n{out[-1500:]}")
    if re.search(r"status codes: .*[1-9]\d* [345]xx", out):
        raise BenchError(f"h2load met answers other than 2xx at {host}:\n{out[-1500:]}")
    return out


def h2(host, port, path, seconds):
    """Requests per second over HTTP/2."""
    out = h2load(host, port, path, f"-D{seconds}", "-c16", "-m8")
    return float(re.search(r"finished in [\d.]+\w+, ([\d.]+) req/s", out).group(1))


def new_connections(host, port, path, count):
    """count new TLS connections, one request each, none resumed."""
    h2load(host, port, path, "--h1", f"-n{count}", f"-c{count}")


class FirstByte:
    """A client that measures from connect() to the first byte of the answer; see first_byte.c."""

    def __init__(self, build):
        self.program = Path(build).resolve() / "bench/first_byte"
        self.program.parent.mkdir(exist_ok=True)
        source = Path(__file__).with_name("first_byte.c")
        run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-o", self.program, source, "-lssl", "-lcrypto"])

    def measure(self, port, targets):
        """Milliseconds for each (host, path), one after the other."""
        text = "".join(f"{host} {path}\n" for host, path in targets)
        done = subprocess.run(["taskset", "-c", LOAD_CPU, self.program, "127.0.0.1", str(port)],
                              input=text, capture_output=True, text=True, check=False, timeout=300)
        if done.returncode != 0:
            raise BenchError(f"first_byte: {done.stderr.strip()[-500:]}")
        return [int(line) / 1e6 for line in done.stdout.split()]
