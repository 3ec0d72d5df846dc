"""mail -- a mail server for one scenario, and what it got."""
import email
import email.policy
import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from pathlib import Path

from case import Skip, wait_until
from host import Host, die_with_us, free_port

PYTHON = "/usr/bin/python3"
PASSWORD = "Heron-Ledger-5520"


def openssl(*words):
    subprocess.run(["openssl", *map(str, words)], check=True, capture_output=True)


def make_certificate(folder, host="localhost"):
    """An authority of its own and a certificate by it for the host."""
    openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
            "-subj", "/CN=authority", "-keyout", folder / "ca.key", "-out", folder / "ca.pem")
    openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={host}",
            "-keyout", folder / "key.pem", "-out", folder / "request.pem")
    (folder / "names").write_text(f"subjectAltName=DNS:{host}\n")
    openssl("x509", "-req", "-in", folder / "request.pem", "-CA", folder / "ca.pem", "-CAkey", folder / "ca.key",
            "-CAcreateserial", "-days", "30", "-extfile", folder / "names", "-out", folder / "certificate.pem")


class MailServer:
    def __init__(self, mode="starttls", certificate_host="localhost"):
        if subprocess.run([PYTHON, "-c", "import aiosmtpd"], capture_output=True, check=False).returncode != 0:
            raise Skip("python3-aiosmtpd is not installed")
        self.folder = Path(tempfile.mkdtemp(prefix="mail-", dir=Host.scratch))
        self.mode, self.port = mode, free_port()
        make_certificate(self.folder, certificate_host)
        self.password_file = self.folder / "password"
        self.password_file.write_text(PASSWORD + "\n")
        self.password_file.chmod(0o600)
        self.said, self.process = [], None
        self.start()

    def options(self, **more):
        """Of `carrel serve`, so that its letters come here."""
        settings = {"mail.server": f"localhost:{self.port}", "mail.from": "docs@host.example",
                    "mail.tls": "implicit" if self.mode == "implicit" else "starttls", "mail.user": "docs",
                    "mail.password_file": self.password_file, "mail.ca_file": self.folder / "ca.pem",
                    "mail.retry_seconds": 1, **{k.replace("_", ".", 1): v for k, v in more.items()}}
        return [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]

    def start(self):
        peer = Path(__file__).with_name("mail_peer.py")
        self.process = subprocess.Popen(
            [PYTHON, str(peer), str(self.port), str(self.folder / "certificate.pem"), str(self.folder / "key.pem"),
             self.mode], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=die_with_us)
        mark = len(self.said)
        threading.Thread(target=self.read, args=(self.process.stdout,), daemon=True).start()
        wait_until("the mail server is ready", 10, lambda: any("ready" in s for s in self.said[mark:]))

    def read(self, stream):
        for line in stream:
            self.said.append({"at": time.monotonic(), **json.loads(line)})

    def tell(self, *words):
        mark = len(self.said)
        self.process.stdin.write(" ".join(map(str, words)) + "\n")
        self.process.stdin.flush()
        wait_until("the mail server does as told", 5, lambda: any("told" in s for s in self.said[mark:]))

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stdin.close()

    @property
    def letters(self):
        return [Letter(s) for s in list(self.said) if "content" in s]

    @property
    def refusals(self):
        return [s for s in list(self.said) if s.get("refused") or s.get("good") is False]

    def wait_for(self, count, seconds=20):
        wait_until(f"{count} letters have come", seconds, lambda: len(self.letters) >= count)
        return self.letters

    def __enter__(self):
        return self

    def __exit__(self, *what):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)


class Letter:
    def __init__(self, said):
        self.sender, self.to, self.at = said["sender"], said["to"], said["at"]
        self.tls, self.as_user, self.raw = said["tls"], said["as_user"], said["content"]
        self.message = email.message_from_bytes(self.raw.encode("latin-1"), policy=email.policy.default)

    @property
    def id(self):
        return self.message["Message-ID"]

    @property
    def subject(self):
        return self.message["Subject"]

    def part(self, kind):
        return self.message.get_body(preferencelist=(kind,)).get_content()

    @property
    def text(self):
        return self.part("plain")

    @property
    def link(self):
        return next(line for line in self.text.splitlines() if line.startswith("https://"))


def spool(host):
    """The files in the courier's spool; only its own user and root can look."""
    return sorted(p.name for p in (host.data / "spool").iterdir())


def may_look(host):
    return os.access(host.data / "spool", os.R_OK)
