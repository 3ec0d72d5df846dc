#!/usr/bin/env python3
"""with_people -- start a host with two portals, people and a restricted publication, run a command against it, end it.

    tests/with_people.py BUILD COMMAND...

The command finds CARREL_BASE (the portal docs), CARREL_CA, CARREL_LOGIN and CARREL_PASSWORD (a Power Reader) in its
environment. Its exit code is ours. Ports: CARREL_TEST_PORTS, as for the scenarios.
"""
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.dont_write_bytecode = True
ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests/scenario"))
import content  # noqa: E402
from host import Host  # noqa: E402

LOGIN, PASSWORD = "ann@example.com", "Correct-Horse-9"


def furnish(host):
    host.command("import", "docs", "manual", content.folder(start="# Start\n\nFor readers.\n"))
    host.command("publish", "docs", "manual", "--visibility", "restricted")
    host.command("user", "add", "docs", LOGIN, "--role", "power-reader", "--password-stdin", say=PASSWORD + "\n")
    host.command("access", "grant", "docs", "manual", LOGIN)


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__.strip())
    build, *command = sys.argv[1:]
    Host.program = Path(build).resolve() / "src/proc/cli/carrel"
    with tempfile.TemporaryDirectory(prefix="carrel-people-") as scratch:
        os.chmod(scratch, 0o711)        # the host's own users must reach their folders
        Host.scratch = content.scratch = Path(scratch)
        with Host(portals=("docs", "globex")) as host:
            furnish(host)
            return subprocess.run(command, stdin=subprocess.DEVNULL, check=False, env={
                **os.environ, "CARREL_BASE": f"https://docs.localhost:{host.https}/", "CARREL_CA": str(host.ca),
                "CARREL_LOGIN": LOGIN, "CARREL_PASSWORD": PASSWORD,
            }).returncode


if __name__ == "__main__":
    sys.exit(main())
