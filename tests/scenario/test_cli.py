"""The command line: exit codes, sentences, JSON, and a host that is not there."""
import json
import os
import re
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import content
import web
from case import equal, scenario, wait_until
from host import Answer, Host, free_port

BOTH = {"rootless": True, "host": "two"}


def run(*words, env=None, **how):
    return Answer(subprocess.run([str(w) for w in (Host.program, *words)], stdin=subprocess.DEVNULL,
                                 capture_output=True,
                                 text=True, errors="replace", timeout=30, check=False,
                                 env={**os.environ, **(env or {})}, **how))


def commands():
    """Every command the program has, by its own help."""
    found = []
    for line in run("help").out.splitlines():
        if line.startswith("  ") and not line.startswith("   ") and "  " in line.strip():
            found.append(line.strip().split("  ")[0])
    return found


@scenario("Every command answers with JSON that can be parsed, and with words for people", **BOTH)
def every_command(host):
    folder = content.folder(index="# Start\n\n[gone](gone.md)\n")
    for words in (("portal", "create", "json-portal", "--title", "Häuser & \"Türen\""), ("portal", "list"),
                  ("portal", "show", "acme"), ("import", "acme", "manual", folder), ("publish", "acme", "manual"),
                  ("publish", "acme", "manual", "--as", "other", "--version", "1", "--visibility", "private"),
                  ("domain", "list"), ("domain", "list", "--portal", "acme"), ("status",),
                  ("portal", "suspend", "json-portal"), ("portal", "resume", "json-portal"),
                  ("portal", "delete", "json-portal"), ("portal", "restore", "json-portal"), ("isolation", "verify")):
        for before in (True, False):
            if before and words[:2] in (("portal", "create"), ("portal", "suspend"), ("portal", "resume"),
                                        ("portal", "delete"), ("portal", "restore")):
                continue
            answer = host.ask("--json", *words) if before else host.ask(*words, "--json")
            equal(answer.code, 0, f"exit code of {words}: {answer.error[-300:]}")
            value = json.loads(answer.out)
            equal(isinstance(value, (dict, list)), True, f"kind of answer of {words}")
    equal(host.command("portal", "show", "json-portal")["title"], "Häuser & \"Türen\"", "the title")
    for words in (("portal", "list"), ("portal", "show", "acme"), ("domain", "list"), ("status",),
                  ("publish", "acme", "manual"),
                  ("import", "acme", "manual", folder), ("portal", "suspend", "json-portal"),
                  ("portal", "resume", "json-portal")):
        answer = host.ask(*words)
        equal(answer.code, 0, f"exit code of {words}")
        if not answer.out.strip() or answer.out.lstrip().startswith(("{", "[")):
            raise AssertionError(f"{words} says {answer.out[:200]!r}")
    refused = host.ask("publish", "acme", "nothing", "--json")
    equal((refused.code, sorted(refused.json)), (1, ["code", "error", "notes"]), "a refusal in JSON")
    equal("nothing" in refused.json["error"], True, "whether its sentence names the project")
    for remark in host.command("import", "acme", "manual", folder)["remarks"]:
        equal(sorted(set(remark) - {"line"}), ["file", "severity", "text"], "members of a remark")


@scenario("Words that are no command get exit code 2, the usage, and a hint", rootless=True)
def usage():
    for words in ((), ("nonsense",), ("portal",), ("portal", "nonsense"), ("portal", "create"), ("portal", "show"),
                  ("portal", "show", "a", "b"), ("import", "a"), ("import", "a", "b"), ("publish", "a"),
                  ("portal", "list", "--nonsense"),
                  ("--nonsense", "status"), ("status", "-x"), ("publish", "a", "b", "--visibility", "secret"),
                  ("publish", "a", "b", "--as"), ("status", "--json=yes"), ("--data",), ("--data", "", "status"),
                  ("portal", "show", ""),
                  ("status", "--json", "--json"), ("serve", "extra"), ("serve", "--isolation", "none")):
        answer = run(*words)
        if answer.code != 2 or not answer.error.startswith("carrel: ") or answer.out:
            raise AssertionError(f"carrel {words}: exit {answer.code}, {answer.error!r}, {answer.out[:100]!r}")


@scenario("Help tells of every command, with its arguments and options, and version prints a version", rootless=True)
def help_text():
    found = commands()
    if len(found) < 12:
        raise AssertionError(f"help lists only {found}")
    for words in found:
        name = [w for w in words.split() if w.islower() and w.isalpha()]
        for form in (("help", *name), (*name, "--help"), (*name, "-h")):
            answer = run(*form)
            equal((answer.code, answer.error), (0, ""), f"exit code and errors of carrel {form}")
            equal(" ".join(name) in answer.out, True, f"whether carrel {form} tells of itself")
    equal(run("--version").out, run("version").out, "both ways to ask for the version")
    equal(any(c.isdigit() for c in run("version").out), True, "whether the version has a number")


@scenario("Without a running host each command says so in one sentence and ends with 1", rootless=True)
def no_host():
    empty = Path(tempfile.mkdtemp(dir=content.scratch))
    folder = content.folder(index="# I\n")
    for data in (empty, empty / "nothing", "/nonexistent"):
        for words in (("status",), ("portal", "list"), ("portal", "create", "x"), ("import", "a", "b", folder),
                      ("publish", "a", "b"),
                      ("domain", "list"), ("isolation", "verify")):
            begin = time.monotonic()
            answer = run("--data", data, *words)
            lines = [line for line in answer.error.splitlines() if line.startswith("carrel: ")]
            if answer.code != 1 or len(lines) != 1 or answer.out or str(data) not in lines[0]:
                raise AssertionError(f"{words} on {data}: exit {answer.code}, {answer.error!r}")
            if time.monotonic() - begin > 5:
                raise AssertionError(f"{words} without a host took {time.monotonic() - begin:.1f} s")
    with Host(portals=("acme",)) as host:
        host.stop()
        equal(host.ask("status").code, 1, "exit code when the host has ended")


@scenario("The data directory is found by CARREL_DATA too, and --data goes before it", **BOTH)
def environment(host):
    equal(run("portal", "list", "--json", env={"CARREL_DATA": str(host.data)}).code, 0, "exit code by CARREL_DATA")
    equal(run("--data", host.data, "status", env={"CARREL_DATA": "/nonexistent"}).code, 0, "exit code by --data")
    equal(run("status", "--data", host.data).code, 0, "exit code by --data behind the command")
    relative = os.path.relpath(host.data)
    equal(run("--data", relative, "status").code, 0, "exit code by a relative path")


@scenario("Forty commands at once are all answered, and a client that goes away in the middle harms nobody", **BOTH)
def at_once(host):
    running = [host.begin("portal", "list", "--json") for _ in range(40)]
    answers = [command.communicate(timeout=20) + (command.returncode,) for command in running]
    equal({code for _, _, code in answers}, {0}, f"exit codes: {[e for _, e, c in answers if c]}")
    equal(len({out for out, _, _ in answers}), 1, "different answers")
    big = content.many_topics(200, "x")
    for pause in (0.0, 0.01, 0.03, 0.06):
        command = host.begin("import", "acme", "half", big)
        time.sleep(pause)
        command.kill()
        command.communicate()
    host.allow(r"portal=\d+", r"control connection")
    equal(host.ask("status").code, 0, "whether the host answers")
    wait_until("no job is left", 5, lambda: not [w for w in host.status()["workers"] if w["kind"] == "job"])
    equal(host.command("import", "acme", "half", big)["topics"], 200, "topics of a whole import afterwards")


@scenario("What a portal's own text says cannot move the operator's terminal", **BOTH)
def terminal(host):
    title = "T\u202eevil\u009b31m"
    answer = host.ask("portal", "create", "terminal", "--title", title)
    if answer.code == 0:
        for words in (("portal", "list"), ("portal", "show", "terminal")):
            shown = host.ask(*words).out
            for bad in ("\x1b", "\u009b", "\u202e", "\x07"):
                equal(bad in shown, False, f"whether {words} prints {bad!r}")
    folder = content.folder(index="# I\n\n[x](a\u009b2Jb.md) [y](\u202egone.md)\n")
    said = host.ask("import", "acme", "terminal", folder).error
    for bad in ("\x1b", "\u009b", "\u202e"):
        equal(bad in said, False, f"whether the notes of an import print {bad!r}")


@scenario("The demo starts, has the manual in it, says where, and leaves nothing when it ends", rootless=True)
def demo():
    ports = [free_port(), free_port()]
    home = Path(tempfile.mkdtemp(dir=content.scratch))
    # The manual is beside the program in the tree; a copy for an ordinary user names it.
    process = subprocess.Popen([str(Host.program), "demo", "--https", f"127.0.0.1:{ports[0]}", "--http",
                                f"127.0.0.1:{ports[1]}"],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               env={**os.environ, "TMPDIR": str(home)})
    said, ca = "", None
    try:
        for line in process.stdout:
            said += line
            found = re.search(r"(/\S+/ca\.pem)", line)
            ca = Path(found[1]) if found else ca
            if "Ctrl-C ends" in line:
                break
        if ca is None or process.poll() is not None:
            raise AssertionError(f"the demo said {said!r}")

        class Place:
            https, ca = ports[0], None

        Place.ca = ca
        home_page = web.get(Place, "docs.localhost", "/").text()
        links = re.findall(r'href="(/docs/[^"]+)"', home_page)
        equal(len(links) >= 1, True, "whether the demo's home page has a publication")
        folder = ca.parent
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(20)
    equal((process.returncode, folder.exists()), (0, False), "exit code, and whether its folder is left")
