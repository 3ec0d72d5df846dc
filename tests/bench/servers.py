"""servers -- the two that are compared: a Carrel host and an nginx, both bound to one processor.

Everything lies in a temporary folder and listens on loopback only. A server knows its processes, so that
their processor time and memory can be read from /proc.
"""
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

SERVER_CPU = "0"
START_SECONDS = 30


class BenchError(Exception):
    """Something a person has to look at before measuring makes sense."""


def run(argv, **options):
    """Run to the end; BenchError with the program's own words when it fails."""
    done = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          check=False, **options)
    if done.returncode != 0:
        words = (done.stderr.strip() or done.stdout.strip())[-800:]
        raise BenchError(f"{' '.join(str(a) for a in argv[:6])} ... ended with {done.returncode}: {words}")
    return done.stdout


def wait_for_port(port, process, log):
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise BenchError(f"the server ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            return
        except OSError:
            time.sleep(0.02)
    raise BenchError(f"nothing listens on port {port} after {START_SECONDS} s")


def descendants(root):
    """root and every process below it that exists now."""
    parents = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                parents[int(entry.name)] = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError, IndexError):
                continue
    found = {root}
    while True:
        more = {pid for pid, parent in parents.items() if parent in found} - found
        if not more:
            return sorted(found)
        found |= more


def cpu_ns(pids):
    """Processor time of these processes' threads so far."""
    total = 0
    for pid in pids:
        for task in Path(f"/proc/{pid}/task").glob("*/schedstat"):
            try:
                total += int(task.read_text().split()[0])
            except (OSError, ValueError, IndexError):
                continue
    return total


def private_kib(pid):
    """Memory nobody else has a part in; None when the process is gone."""
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:
        return None
    return sum(int(line.split()[1]) for line in text.splitlines()
               if line.startswith(("Private_Clean:", "Private_Dirty:")))


def program_name(pid):
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return ""


class Server:
    def __init__(self, name, port):
        self.name, self.port, self.process = name, port, None
        self.folder = Path(tempfile.mkdtemp(prefix="carrel-bench-"))
        self.folder.chmod(0o711)
        self.log = self.folder / "log"

    def launch(self, argv):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(["taskset", "-c", SERVER_CPU] + [str(a) for a in argv],
                                            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        wait_for_port(self.port, self.process, self.log)

    def pids(self):
        return descendants(self.process.pid)

    def stop(self):
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(40)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()


class Carrel(Server):
    HOST = "bench.localhost"

    def __init__(self, build, port, http_port, settings=()):
        super().__init__("Carrel", port)
        self.program = Path(build).resolve() / "src/proc/cli/carrel"
        if not self.program.exists():
            raise BenchError(f"{self.program} is not there; run 'make' first")
        self.data = self.folder / "data"
        argv = [self.program, "--data", self.data, "serve", "--host", self.HOST,
                "--https", f"127.0.0.1:{port}", "--http", f"127.0.0.1:{http_port}"]
        for setting in ("limits.connections_per_address=100000", *settings):
            argv += ["--set", setting]
        try:
            self.launch(argv)
            self._wait_until_it_answers()
        except BaseException:
            self.stop()
            raise

    def _wait_until_it_answers(self):
        deadline = time.monotonic() + START_SECONDS
        while True:
            try:
                self.command("status")
                return
            except BenchError:
                if time.monotonic() > deadline or self.process.poll() is not None:
                    raise
                time.sleep(0.05)

    def command(self, *words):
        return run([self.program, "--data", self.data, *words], timeout=600)

    def portal_with(self, name, folder, project="guide"):
        self.command("portal", "create", name)
        self.command("import", name, project, folder)
        self.command("publish", name, project)

    def host_of(self, portal):
        return f"{portal}.{self.HOST}"

    def portal_pids(self):
        return [pid for pid in self.pids() if "portal" in program_name(pid)]


NGINX = """
daemon off;
worker_processes 1;
worker_rlimit_nofile 16384;
pid {folder}/pid;
error_log {folder}/error.log error;
{user}
events {{ worker_connections 8192; }}
http {{
    types {{ text/html html; }}
    charset utf-8;
    access_log off;
    gzip off;
    sendfile on;
    tcp_nodelay on;
    server_tokens off;
    keepalive_timeout 60s;
    keepalive_requests 10000000;
    open_file_cache max=100 inactive=600s;
    open_file_cache_valid 600s;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/proxy; fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi; scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} ssl http2 backlog=4096;
        server_name _;
        root {folder}/www;
        ssl_certificate {folder}/cert.pem;
        ssl_certificate_key {folder}/key.pem;
        ssl_protocols TLSv1.3;
        ssl_conf_command Ciphersuites TLS_AES_128_GCM_SHA256;
        ssl_session_cache off;
        {headers}
    }}
}}
"""


class Nginx(Server):
    """page is served at /page.html with the given headers besides what nginx sends by itself."""

    def __init__(self, port, page, headers, name="nginx"):
        super().__init__(name, port)
        (self.folder / "www").mkdir()
        (self.folder / "www/page.html").write_bytes(page)
        run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
             "-keyout", self.folder / "key.pem", "-out", self.folder / "cert.pem", "-days", "30",
             "-subj", "/CN=bench.localhost", "-addext", "subjectAltName=DNS:*.bench.localhost"])
        lines = "\n        ".join(f'add_header {key} "{value}" always;' for key, value in headers)
        (self.folder / "nginx.conf").write_text(NGINX.format(
            folder=self.folder, port=port, headers=lines, user="user nobody nogroup;" if os.geteuid() == 0 else ""))
        try:
            self.launch(["nginx", "-e", self.folder / "error.log", "-c", self.folder / "nginx.conf"])
        except BaseException:
            self.stop()
            raise
