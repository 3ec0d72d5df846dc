#!/usr/bin/env python3
"""with_demo -- start `carrel demo` as a visitor of the project would, run a command against it, and end it.

    tests/with_demo.py BUILD HTTPS_PORT HTTP_PORT COMMAND...

The command finds CARREL_BASE (the address) and CARREL_CA (the authority's certificate) in its environment;
{base}, {ca}, {data} in its words stand for them. Its exit code is ours. The demo must end by itself when it is
told to, and leave no folder behind; otherwise that is the failure.
"""
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

START_SECONDS, STOP_SECONDS = 60, 20


def read_until_ready(process):
    """The place of the authority's certificate; None when the demo ended or took too long."""
    timer = threading.Timer(START_SECONDS, process.terminate)
    timer.start()
    ca = None
    try:
        for line in process.stdout:
            print("demo: " + line.rstrip(), flush=True)
            place = re.search(r"(/\S+/ca\.pem)", line)
            ca = ca or (place.group(1) if place else None)
            if line.startswith("Ctrl-C ends the demo"):
                return ca
    finally:
        timer.cancel()
    return None


def stop(process, ca):
    """End the demo as Ctrl+C does; False when it does not end, or leaves its folder."""
    process.send_signal(signal.SIGINT)
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
        print(f"the demo did not end within {STOP_SECONDS} s")
        return False
    if ca is not None and Path(ca).parent.exists():
        print(f"the demo left {Path(ca).parent} behind")
        return False
    if process.returncode != 0:
        print(f"the demo ended with {process.returncode}")
        return False
    return True


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__.strip())
    build, https, http, *command = sys.argv[1:]
    program = Path(build).resolve() / "src/proc/cli/carrel"
    process = subprocess.Popen([program, "demo", "--https", f"127.0.0.1:{https}", "--http", f"127.0.0.1:{http}"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                               text=True, bufsize=1)
    started = time.monotonic()
    ca = read_until_ready(process)
    if ca is None:
        stop(process, None)
        print("the demo did not say that it is ready")
        return 1
    print(f"demo: ready after {time.monotonic() - started:.1f} s", flush=True)
    # Whatever it still says must not fill the pipe.
    threading.Thread(target=process.stdout.read, daemon=True).start()
    places = {"base": f"https://docs.localhost:{https}/", "ca": ca, "data": str(Path(ca).parent)}
    try:
        words = [re.sub(r"\{(base|ca|data)\}", lambda m: places[m[1]], word) for word in command]
        code = subprocess.run(words, stdin=subprocess.DEVNULL, check=False,
                              env={**os.environ, "CARREL_BASE": places["base"], "CARREL_CA": ca}).returncode
    finally:
        ended = stop(process, ca)
    return code if code != 0 or ended else 1


if __name__ == "__main__":
    sys.exit(main())
