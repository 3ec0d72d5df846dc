"""carrel serve and carrel demo with a supervisor of the test's own beside the program."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import unittest
from pathlib import Path

import sentences

CARREL = os.path.abspath(sys.argv[1])
HERE = Path(__file__).resolve().parent
DEFAULTS = ["host.data=/var/lib/carrel", "host.name=localhost", "host.https=*:443", "host.http=*:80",
            "host.uid_base=700000000", "portals.idle_seconds=600", "portals.workers=1",
            "portals.memory_mib=256", "limits.connections_per_address=512",
            "limits.handshakes_waiting=8192", "mail.server=", "mail.tls=starttls", "mail.from=", "mail.user=",
            "mail.password_file=", "mail.ca_file=", "mail.retry_seconds=30", "mail.letters_per_hour=200",
            "alarms.mail=", "backups.restore_in_browser=yes",
            "fetch.private_addresses=no", "fetch.ca_file=", "offsite.url=", "offsite.region=us-east-1",
            "offsite.key_id=", "offsite.secret_file=", "offsite.ca_file=", "offsite.retry_seconds=60",
            "offsite.stall_seconds=60", "offsite.remove=no", "offsite.recheck_days=3"]


def changed(**settings):
    """The defaults with these settings in their place: host_https="*:1" is host.https=*:1."""
    wanted = {name.replace("_", ".", 1): value for name, value in settings.items()}
    return [f"{s.split('=')[0]}={wanted.get(s.split('=')[0], s.split('=', 1)[1])}" for s in DEFAULTS]


def hear_signals():
    """A runner in the background was told to ignore these, and a program it starts would inherit that."""
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


class Case(unittest.TestCase):
    """A tree of its own, because the program looks for its supervisor beside itself."""

    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="carrel-keeper-")
        self.tree = Path(self.folder.name)
        self.tree.chmod(0o755)
        for name in "cli", "supervisor", "tmp":
            (self.tree / name).mkdir()
        self.program = self.tree / "cli/carrel"
        shutil.copy(CARREL, self.program)
        self.running = None

    def tearDown(self):
        if self.running and self.running.poll() is None:
            self.running.kill()
            self.running.wait()
        self.folder.cleanup()

    def supervisor(self, body):
        """Python source; TREE and START (the how-manieth start, from 1) are there already."""
        path = self.tree / "supervisor/carrel-supervisor"
        head = f"""\
            #!{sys.executable}
            import json, os, signal, sys, time
            TREE = {str(self.tree)!r}
            with open(TREE + "/starts", "a") as starts:
                starts.write(json.dumps({{"pid": os.getpid(), "arguments": sys.argv[1:],
                                         "ms": time.monotonic() * 1000}}) + "\\n")
            START = len(open(TREE + "/starts").readlines())
            """
        path.write_text(textwrap.dedent(head) + textwrap.dedent(body), encoding="utf-8")
        path.chmod(0o755)

    def starts(self):
        path = self.tree / "starts"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def wait_for(self, what, seconds=10):
        until = time.monotonic() + seconds
        while not what():
            self.assertLess(time.monotonic(), until, "waited too long")
            time.sleep(0.01)

    def environment(self):
        return {"PATH": os.environ["PATH"], "TMPDIR": str(self.tree / "tmp")}

    def run_carrel(self, *words, **more):
        return subprocess.run([self.program, *words], capture_output=True, text=True, timeout=60,
                              env=self.environment(), **more)

    def start_carrel(self, *words):
        self.running = subprocess.Popen([self.program, *words], stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=self.environment(),
                                        stdin=subprocess.DEVNULL, start_new_session=True,
                                        preexec_fn=hear_signals)
        return self.running

    def start_and_wait(self, *words):
        carrel = self.start_carrel(*words)
        self.wait_for(lambda: (self.tree / "up").exists())
        return carrel


WAIT_FOR_TERM = """
signal.signal(signal.SIGTERM, lambda *_: (open(TREE + "/ended", "w").close(), sys.exit(0)))
open(TREE + "/up", "w").close()
while True:
    time.sleep(1)
"""


class Settings(Case):
    def arguments(self, *words):
        self.supervisor("sys.exit(0)")
        done = self.run_carrel(*words)
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        return self.starts()[-1]["arguments"]

    def test_every_setting_is_handed_to_the_supervisor(self):
        self.assertEqual(self.arguments("serve"), DEFAULTS)

    def test_options_go_over_the_file_and_the_file_over_the_defaults(self):
        conf = self.tree / "c.conf"
        conf.write_text("[host]\nname = from.file\nhttps = 127.0.0.1:21301\n[portals]\nworkers = 3\n"
                        "[provider A B]\nrole = hosting = all\n")
        got = self.arguments("serve", "--config", str(conf), "--https", "[::1]:21302", "--data", "/srv/x",
                             "--set", "portals.workers=4", "--set", "limits.handshakes_waiting=20")
        self.assertEqual(got, changed(host_name="from.file", host_https="[::1]:21302", host_data="/srv/x",
                                      portals_workers="4", limits_handshakes_waiting="20")
                         + ["provider A B.role=hosting = all", "provider A B.region=",
                            "provider A B.since="])

    def test_isolation_is_named_only_when_somebody_chose_it(self):
        got = self.arguments("serve", "--isolation", "standard")
        self.assertIn("host.isolation=standard", got)

    def test_a_relative_data_directory_becomes_absolute(self):
        self.supervisor("sys.exit(0)")
        self.assertEqual(self.run_carrel("serve", "--data", "here", cwd=self.tree).returncode, 0)
        self.assertEqual(self.starts()[-1]["arguments"][0], f"host.data={self.tree}/here")

    def test_a_wrong_setting_starts_nothing_and_says_where_it_is(self):
        self.supervisor("sys.exit(0)")
        conf = self.tree / "c.conf"
        conf.write_text("[host]\n\nnmae = x\n")
        for words, part in [(["--config", str(conf)], f"{conf}, line 3: [host] has no key 'nmae'"),
                            (["--config", "/nowhere"], "/nowhere"), (["--https", "8443"], "--https: '8443'"),
                            (["--host", "A"], "--host: 'A' is not a host name"),
                            (["--http", "*:443"], "both want port 443"),
                            (["--set", "x.y=z"], "there is no section [x]"),
                            (["--set", "workers=2"], "write SECTION.KEY=VALUE")]:
            done = self.run_carrel("serve", *words)
            self.assertEqual((done.returncode, done.stdout), (1, ""), words)
            self.assertIn(part, done.stderr)
            self.assertEqual(len(done.stderr.splitlines()), 1)
        self.assertEqual(self.starts(), [])

    def test_without_a_supervisor_beside_it_the_program_says_so(self):
        done = self.run_carrel("serve")
        self.assertEqual(done.returncode, 1)
        self.assertIn("install Carrel again", done.stderr)


class Keeping(Case):
    def test_a_death_while_stopping_is_told_and_exit_1(self):
        self.supervisor("""
            signal.signal(signal.SIGTERM, lambda *_: os._exit(70))
            open(TREE + "/up", "w").close()
            time.sleep(60)
            """)
        carrel = self.start_and_wait("serve")
        carrel.send_signal(signal.SIGTERM)
        self.assertEqual(carrel.wait(10), 1)
        self.assertIn("did not end in order", carrel.communicate()[1])

    def test_an_orderly_end_is_the_end(self):
        self.supervisor("sys.exit(0)")
        self.assertEqual(self.run_carrel("serve").returncode, 0)
        self.assertEqual(len(self.starts()), 1)

    def test_a_refusal_to_start_is_the_end_and_exit_1(self):
        self.supervisor("sys.exit('carrel: port 443 is taken')")
        done = self.run_carrel("serve")
        self.assertEqual((done.returncode, done.stderr), (1, "carrel: port 443 is taken\n"))
        self.assertEqual(len(self.starts()), 1)

    def test_a_death_is_followed_by_a_new_start_after_a_growing_pause(self):
        self.supervisor("sys.exit(0) if START == 4 else sys.exit(70) if START == 2 else "
                        "os.kill(os.getpid(), signal.SIGKILL)")
        done = self.run_carrel("serve")
        self.assertEqual(done.returncode, 0)
        self.assertEqual(re.findall(r"supervisor-ended pid=\d+ (\S+) lived_ms=\d+ again_in_ms=(\d+)",
                                    done.stderr),
                         [("signal=9", "100"), ("exit=70", "200"), ("signal=9", "400")])
        self.assertEqual(len(done.stderr.splitlines()), 3)
        at = [start["ms"] for start in self.starts()]
        for pause, before, after in zip([100, 200, 400], at, at[1:]):
            self.assertGreaterEqual(after - before, pause)

    def test_a_refusal_of_a_later_start_is_tried_again(self):
        self.supervisor("sys.exit(0) if START == 3 else sys.exit(1) if START == 2 else "
                        "os.kill(os.getpid(), signal.SIGSEGV)")
        self.assertEqual(self.run_carrel("serve").returncode, 0)
        self.assertEqual(len(self.starts()), 3)

    def test_signals_that_ask_for_the_end_are_passed_on_and_waited_for(self):
        self.supervisor(WAIT_FOR_TERM)
        for number in signal.SIGTERM, signal.SIGINT, signal.SIGHUP:
            carrel = self.start_and_wait("serve")
            carrel.send_signal(number)
            self.assertEqual(carrel.wait(10), 0)
            carrel.communicate()
            self.assertTrue((self.tree / "ended").exists())
            (self.tree / "ended").unlink()
            (self.tree / "up").unlink()
        self.assertEqual(len(self.starts()), 3)

    def test_a_signal_in_the_pause_between_two_starts_ends_it(self):
        self.supervisor("sys.exit(70)")
        carrel = self.start_carrel("serve")
        for line in carrel.stderr:
            if line.endswith("again_in_ms=800\n"):
                break
        carrel.send_signal(signal.SIGTERM)
        self.assertEqual(carrel.wait(10), 0)
        carrel.communicate()

    def test_the_supervisor_sees_end_of_file_on_descriptor_3_when_the_keeper_is_killed(self):
        self.supervisor("""
            open(TREE + "/up", "w").close()
            os.read(3, 1)
            open(TREE + "/ended", "w").close()
            """)
        carrel = self.start_and_wait("serve")
        carrel.kill()
        carrel.communicate()
        self.wait_for(lambda: (self.tree / "ended").exists())

    def test_the_supervisor_gets_four_descriptors_a_session_and_the_environment_for_systemd(self):
        self.supervisor("""
            import stat
            fds = sorted(int(fd) for fd in os.listdir("/proc/self/fd"))[:-1]
            with open("/proc/self/status") as status:
                blocked = [line.split()[1] for line in status if line.startswith("SigBlk")][0]
            json.dump({"fds": fds, "in": os.readlink("/proc/self/fd/0"), "blocked": blocked,
                       "pipe": stat.S_ISFIFO(os.fstat(3).st_mode), "session": os.getsid(0) == os.getpid(),
                       "path": os.environ["PATH"]}, open(TREE + "/seen", "w"))
            """)
        self.assertEqual(self.run_carrel("serve").returncode, 0)
        self.assertEqual(json.loads((self.tree / "seen").read_text()),
                         {"fds": [0, 1, 2, 3], "in": "/dev/null", "blocked": "0" * 16, "pipe": True,
                          "session": True, "path": os.environ["PATH"]})


# A whole host in a few lines: a registry that knows one portal.
DEMO_HOST = """
sys.path.insert(0, %r)
import threading
from registry import Registry, answer, packet, read_all
DATA = sys.argv[1].split("=", 1)[1]
def script(verb, arguments, fd):
    with open(TREE + "/asked", "a") as asked:
        asked.write(json.dumps([verb, json.loads(arguments)]) + "\\n")
    if verb == "status":
        return answer(json.dumps({"isolation": "standard", "layers": [
            {"name": "own user", "wanted": True, "on": False, "detail": "not root"}]}))
    if verb == "portal.create" and os.path.exists(TREE + "/exists"):
        return [packet("REFUSAL", 3, "the portal is there already")]
    if verb == "import":
        return answer('{"topics": 1, "files": %%d}' %% len(read_all(fd)))
    return answer('{"url": "https://docs.localhost:21303/docs/carrel/"}')
os.mkdir(DATA + "/portals", 0o700)
os.mkdir(DATA + "/portals/1")
open(DATA + "/portals/1/portal.db", "w").close()
os.symlink("/etc", DATA + "/portals/link")
registry = Registry(DATA, script)
signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
print("a line of the log", file=sys.stderr, flush=True)
os.read(3, 1)
""" % str(HERE)


class Demo(Case):
    def demo(self, *words):
        carrel = self.start_carrel("demo", *words)
        lines = []
        for line in carrel.stdout:
            lines.append(line)
            if line.startswith("Ctrl-C"):
                break
        return carrel, "".join(lines)

    def test_a_demo_makes_a_portal_with_the_manual_and_tells_how_to_open_it(self):
        self.supervisor(DEMO_HOST)
        carrel, said = self.demo("--https", "127.0.0.1:21303", "--http", "127.0.0.1:21304")
        folder = next((self.tree / "tmp").iterdir())
        for part in ["Isolation: standard; these layers are missing:\n  own user: not root\n",
                     "  https://docs.localhost:21303/docs/carrel/\n", f"--cacert {folder}/ca.pem",
                     "certutil", "update-ca-certificates", "Ctrl-C ends the demo and removes its folder."]:
            self.assertIn(part, said)
        self.assertEqual(self.starts()[0]["arguments"],
                         changed(host_data=str(folder), host_https="127.0.0.1:21303",
                                 host_http="127.0.0.1:21304"))
        asked = [json.loads(line) for line in (self.tree / "asked").read_text().splitlines()]
        self.assertEqual([a for a in asked if a[0] != "status"], [
            ["portal.create", {"name": "docs", "title": "Carrel manual", "language": "en"}],
            ["import", {"portal": "docs", "project": "manual", "title": "Carrel manual", "language": "en",
                        "author": "carrel"}],
            ["publish", {"portal": "docs", "project": "manual", "as": "carrel", "visibility": "public"}]])
        self.assertEqual(folder.stat().st_mode & 0o777, 0o711 if os.geteuid() == 0 else 0o700)
        carrel.send_signal(signal.SIGINT)
        self.assertEqual(carrel.wait(10), 0)
        self.assertEqual(list((self.tree / "tmp").iterdir()), [])
        self.assertTrue(Path("/etc/passwd").exists())
        carrel.communicate()

    def test_a_named_folder_is_kept_and_used_again(self):
        self.supervisor(DEMO_HOST)
        (self.tree / "exists").touch()
        carrel, said = self.demo("--data", str(self.tree / "mine"), "--verbose")
        self.assertIn("Ctrl-C ends the demo.\n", said)
        carrel.send_signal(signal.SIGTERM)
        self.assertEqual(carrel.wait(10), 0)
        self.assertTrue((self.tree / "mine/portals/1/portal.db").exists())
        self.assertIn("a line of the log", carrel.communicate()[1])

    def test_a_host_that_does_not_start_is_explained_and_the_folder_removed(self):
        self.supervisor("sys.exit('carrel: port 8443 is taken')")
        done = self.run_carrel("demo")
        self.assertEqual(done.returncode, 1)
        self.assertIn("  carrel: port 8443 is taken\n", done.stderr)
        self.assertIn("carrel: the host ended; what it said is above\n", done.stderr)
        self.assertEqual(list((self.tree / "tmp").iterdir()), [])

    def test_a_demo_that_is_killed_takes_its_host_along(self):
        self.supervisor(DEMO_HOST)
        carrel, _ = self.demo()
        supervisor = self.starts()[0]["pid"]
        carrel.kill()
        carrel.communicate()
        self.wait_for(lambda: not alive(supervisor))

    def test_a_signal_while_the_host_starts_ends_the_demo(self):
        self.supervisor(WAIT_FOR_TERM)          # never opens its control socket
        carrel = self.start_and_wait("demo")
        carrel.send_signal(signal.SIGINT)
        self.assertEqual(carrel.wait(10), 1)
        self.assertTrue((self.tree / "ended").exists())
        self.assertEqual(list((self.tree / "tmp").iterdir()), [])
        carrel.communicate()


def alive(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


if __name__ == "__main__":
    sentences.main(sys.modules["__main__"])
