"""What is not right is refused in one sentence, and nothing has changed."""
import hashlib
import os
import shutil
import stat
import subprocess
import tarfile
import tempfile
import time
import zipfile
from html.parser import HTMLParser
from pathlib import Path

import archives
import content
import web
from case import Skip, equal, scenario
from crawl import Crawl
from host import Host, free_port

BOTH = {"rootless": True, "host": "two"}


def fingerprint(host):
    """Everything that can be asked and read: lists, pages, files."""
    digest = hashlib.sha256()
    for words in (("portal", "list"), ("domain", "list")):
        rows = [{k: v for k, v in row.items() if k != "days_left"} for row in host.command(*words)]
        digest.update(repr([sorted(row.items()) for row in rows]).encode())
    for name in ("acme.localhost", "globex.localhost"):
        with Crawl(host, name) as crawl:
            for path in ["/", "/trust", *crawl.from_sitemap()]:
                digest.update(path.encode() + crawl.fetch(path).body)
    return digest.hexdigest()


def prepare(host):
    host.command("import", "acme", "kept", content.folder(index="# Kept\n\nAs it was.\n"))
    host.command("publish", "acme", "kept")
    return fingerprint(host)


def sentence(answer, what, code=1):
    """The one sentence that a refusal is; its code must fit."""
    lines = [line for line in answer.error.splitlines() if line.startswith("carrel: ")]
    if answer.code != code or len(lines) != 1 or len(lines[0]) > 400 or not lines[0].isprintable():
        raise AssertionError(f"{what}: exit {answer.code}, said {answer.error[-600:]!r}")
    for word in ("errno", "assert", "0x", "NULL", "check failed", "Traceback"):
        if word in lines[0]:
            raise AssertionError(f"{what}: {lines[0]!r} is not for people")
    return lines[0]


def refuse_all(host, before, cases, command=("import", "acme", "kept"), seconds=20):
    """Each case (what, last word, words the sentence must have) is refused in time, and changes nothing."""
    wrong = []
    for what, word, wanted in cases:
        begin = time.monotonic()
        try:
            said = sentence(host.ask(*command, word, seconds=seconds), what)
            if not any(w in said for w in wanted):
                raise AssertionError(f"{what}: {said!r} has none of {wanted}")
        except (AssertionError, subprocess.TimeoutExpired) as error:
            wrong.append(str(error))
            continue
        if time.monotonic() - begin > 8:
            wrong.append(f"{what}: refused after {time.monotonic() - begin:.1f} s")
    equal(wrong, [], "refusals that are not right")
    equal(fingerprint(host), before, "what readers and the operator see afterwards")


@scenario("Paths that cannot be imported are refused in one sentence each", **BOTH)
def bad_paths(host):
    before = prepare(host)
    empty = content.folder()
    only_images = content.folder(**{"a.png": archives.DOT, "notes.txt": "text"})
    fifo = Path(tempfile.mkdtemp(dir=content.scratch)) / "fifo"
    os.mkfifo(fifo)
    link = fifo.parent / "link"
    link.symlink_to(empty)
    text = archives.new_file(".md")
    text.write_text("# Not an archive\n")
    nothing = archives.new_file(".zip")
    cut = archives.zip_of(("b.md", "# B\n" * 1000))
    cut.write_bytes(cut.read_bytes()[:-60])
    cases = [("a missing path", "/nonexistent/manual", ["No such", "not exist", "cannot be read"]),
             ("an empty folder", empty, ["no files"]), ("a folder without a topic", only_images, ["no Markdown"]),
             ("a fifo", fifo, ["folder", "file"]), ("a symbolic link", link, ["link"]),
             ("a device", "/dev/null", ["folder", "file"]),
             ("a text file", text, ["archive", "zip"]), ("an empty file", nothing, ["archive", "zip"]),
             ("a cut zip", cut, ["archive", "zip", "damaged", "ends"]),
             ("a program", "/bin/true", ["archive", "zip"])]
    if os.geteuid() != 0:
        secret = content.folder(index="# S\n")
        secret.chmod(0)
        cases.append(("an unreadable folder", secret, ["ermission", "cannot be read"]))
        locked = content.folder(index="# S\n")
        (locked / "index.md").chmod(0)
        cases.append(("a folder with an unreadable file", locked, ["ermission", "read"]))
    refuse_all(host, before, cases)


@scenario("Archives whose names or links lead out, or that hold devices, are refused whole", **BOTH)
def bad_names(host):
    before = prepare(host)
    good = b"# X\n"
    member = archives.tar_member
    leads = ["name", "path", "link", "leave", "relative", "device", "neither", "deep", "no file"]
    cases = [(f"zip: {what}", archives.zip_of((name, good)), leads) for what, name in (
        ("..", "../evil.md"), ("inner ..", "a/../../evil.md"), ("absolute", "/etc/evil.md"),
        ("backslash", "..\\evil.md"),
        ("drive", "C:/evil.md"), ("dot part", "a/./b.md"), ("empty part", "a//b.md"),
        ("line feed", "a\nb.md"), ("escape", "a\x1b[31m.md"), ("too deep", "a/" * 40 + "b.md"),
        ("too long", "a" * 600 + ".md"))]
    cases += [("zip: link out", archives.zip_symlink("link.md", "/etc/passwd"), leads),
              ("zip: link inside", archives.zip_symlink("link.md", "index.md"), leads),
              ("zip: device", archives.zip_with_mode("dev.md", stat.S_IFCHR | 0o600, b""), leads),
              ("tar: ..", archives.tar_of(member("../evil.md", data=good)), leads),
              ("tar: absolute", archives.tar_of(member("/tmp/evil.md", data=good)), leads),
              ("tar: symbolic link", archives.tar_of(member("l", tarfile.SYMTYPE, "/etc"),
                                                     member("l/passwd.md", data=good)), leads),
              ("tar: hard link", archives.tar_of(member("h.md", tarfile.LNKTYPE, "index.md")), leads),
              ("tar: device", archives.tar_of(member("d", tarfile.CHRTYPE)), leads),
              ("tar: fifo", archives.tar_of(member("f", tarfile.FIFOTYPE)), leads)]
    same = archives.new_file(".zip")
    with zipfile.ZipFile(same, "w") as z:
        z.writestr("index.md", good)
        z.writestr("other.md", good)
    same.write_bytes(same.read_bytes().replace(b"other.md", b"index.md"))
    cases.append(("zip: one name twice", same, ["twice", "two", "same"]))
    refuse_all(host, before, cases)
    for place in ("/tmp/evil.md", "/etc/evil.md"):
        equal(os.path.exists(place), False, f"whether {place} was made")


@scenario("Bombs and giants are refused in seconds, and the portal's memory and disk stay small", **BOTH)
def bombs(host):
    before = prepare(host)
    big = ["large", "limit", "more than", "at most", "proportion", "MiB", "KiB", "bytes", "lines", "entries"]
    zeros = archives.deflated_zeros(2048)
    topic = archives.entry("index.md", b"# Start\n")
    many = archives.hand_zip([archives.entry(f"t{i}.md", b"# T\n") for i in range(20001)])
    nested = archives.zip_of(("inner.zip", archives.hand_zip([topic, ("a.html", *zeros)]).read_bytes()),
                             ("inner.tar.gz", b"\x1f\x8b" + bytes(100)))
    cases = [("2 GB of zeros", archives.hand_zip([topic, ("a.html", *zeros)]), big),
             ("2 GB that call themselves 10 bytes", archives.hand_zip([topic, ("a.html", zeros[0], zeros[1], 10)]),
              [*big, "damaged", "archive"]),
             ("32 times 100 MB that overlap", archives.overlapping_bomb(32, 96), [*big, "damaged", "archive"]),
             ("one entry too many", many, big),
             ("a topic of 5 MB", archives.zip_of(("big.md", "word " * (1 << 20))), big),
             ("a topic of 200,000 lines", archives.zip_of(("long.md", "x\n" * 200000)), big)]
    refuse_all(host, before, cases)
    # Archives inside an archive are files for readers to download; nothing opens them.
    answer = host.command("import", "globex", "nested", nested)
    equal((answer["topics"], answer["files"]), (1, 2), "topics and files of a nested bomb")
    used = sum(f.stat().st_size for f in host.data.rglob("*") if f.is_file()) if os.geteuid() == 0 else 0
    if used > 64 << 20:
        raise AssertionError(f"the data directory holds {used >> 20} MB afterwards")


@scenario("Text that is not UTF-8, two topics with one address, and hostile Markdown are handled in a sentence",
          **BOTH)
def bad_text(host):
    before = prepare(host)
    refuse_all(host, before, [
        ("a topic that is not UTF-8", content.folder(index="# Start\n", bad=b"# B\xff\xfe\n\ntext\n"), ["UTF-8"]),
        ("a topic in UTF-16", content.folder(index="# Start\n", bad="# B\n".encode("utf-16")), ["UTF-8"]),
        ("two topics with one address", content.folder(**{"index": "# I\n", "guide.md": "# A\n",
                                                          "guide.html": "<h1>B</h1>"}),
         ["guide", "address", "slug"]),
        ("names that differ by case", archives.zip_of(("Guide.md", "# A\n"), ("guide.md", "# B\n")),
         ["guide", "Guide"]),
        ("a mkdocs.yml that is no YAML", content.folder(**{"index": "# I\n", "mkdocs.yml": "nav: [\n  - {{{\n"}),
         ["mkdocs.yml"]),
    ])
    for what, text in (("brackets", "[" * 60000), ("emphasis", "*a_" * 20000), ("quotes", "> " * 20000 + "x"),
                       ("lists", "\n".join("  " * i + "- x" for i in range(2000))), ("links", "[a](" * 20000),
                       ("tables", "|a" * 20000 + "\n" + "|-" * 20000 + "\n" + "|b\n" * 200),
                       ("HTML", "<div>" * 20000), ("entities", "&#x10ffff;" * 5000),
                       ("backticks", "`" * 30000 + "a" + "`" * 29999)):
        begin = time.monotonic()
        answer = host.ask("import", "globex", "hostile", content.folder(index=f"# {what}\n\n{text}\n"))
        published = host.ask("publish", "globex", "hostile") if answer.code == 0 else answer
        took = time.monotonic() - begin
        if published.code not in (0, 1) or took > 10:
            raise AssertionError(f"{what}: exit {published.code} after {took:.1f} s: {published.error[-300:]}")
        if published.code == 1:
            sentence(published, what)
    equal(web.get(host, "globex.localhost", "/healthz").status, 200, "the portal's health afterwards")


@scenario("Scripts in imported text never reach a page as markup", **BOTH)
def scripts(host):
    nasty = ('# T <script>x</script>\n\n<script>alert(1)</script>\n\n<img src=x onerror="alert(1)">\n\n[a](javascript:alert(1)) '
             '[b](JaVaScRiPt&colon;alert(1)) [c](data:text/html,x) [d](vbscript:x)\n\n<svg onload=alert(1)><script>x</script></svg>'
             '\n\n<iframe src="https://evil.example"></iframe>\n\n<a href="java\nscript:x" onclick="x">e</a>\n\n'
             '<style>*{background:url(//evil.example)}</style>\n\n<form action="//evil.example"><input></form>\n\n'
             '<math><mtext></p><img src=x onerror=alert(1)></mtext></math>\n\n<base href="//evil.example/">\n\n'
             '<meta http-equiv="refresh" content="0;url=//evil.example">\n\n<object data="x"></object>\n')
    host.command("import", "acme", "nasty", content.folder(index=nasty, other=nasty))
    host.command("publish", "acme", "nasty")
    page = web.get(host, "acme.localhost", "/docs/nasty/other").text()
    start, end = page.index('<div class="prose">'), page.rindex("</article>")
    found = Strict(page[start:end])
    equal(found.bad, [], "dangerous markup in a page")


class Strict(HTMLParser):
    """Every element and attribute that could run or load something."""

    def __init__(self, text):
        super().__init__()
        self.bad = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        if tag in ("script", "style", "iframe", "object", "embed", "form", "base", "meta", "link", "svg", "math",
                   "template"):
            self.bad.append(tag)
        for name, value in attrs:
            value = "".join((value or "").split()).lower()
            if name.startswith("on") or name in ("style", "srcdoc", "formaction") or (
                    name in ("href", "src") and value.startswith(("javascript:", "data:", "vbscript:", "//"))):
                self.bad.append((tag, name, value))


@scenario("Portals, projects and publications that are not there or may not be named so are refused", **BOTH)
def bad_names_of_things(host):
    before = prepare(host)
    wrong = []
    folder = content.folder(index="# I\n")
    for words, wanted in (
            (("import", "nobody", "x", folder), "nobody"), (("publish", "nobody", "x"), "nobody"),
            (("publish", "acme", "nothing"), "nothing"), (("portal", "show", "nobody"), "nobody"),
            (("portal", "suspend", "nobody"), "nobody"), (("portal", "resume", "acme"), "acme"),
            (("portal", "restore", "acme"), "acme"), (("portal", "create", "acme"), "acme"),
            (("portal", "create", "Acme"), "Acme"), (("portal", "create", "a_b"), "a_b"),
            (("portal", "create", "-a"), "-a"),
            (("portal", "create", "--", "a-"), "a-"), (("portal", "create", "a" * 64), "aaa"),
            (("portal", "create", "a.b"), "a.b"),
            (("portal", "create", "../x"), "../x"), (("portal", "create", "ä"), "ä"),
            (("portal", "create", "isolation-x"), "isolation-"),
            (("portal", "create", "x", "--language", "not a tag"), "language"),
            ( ("portal", "create", "x", "--title", "a\nb"), "title"),
            (("portal", "create", "x", "--title", "t" * 300), "title"),
            (("import", "acme", "Bad Name", folder), "Bad Name"), (("import", "acme", "../x", folder), "../x"),
            (("import", "acme", "kept", folder, "--language", "??"), "??"),
            (("publish", "acme", "kept", "--as", "Bad Slug"), "Bad Slug"),
            ( ("publish", "acme", "kept", "--as", ".."), ".."),
            (("domain", "list", "--portal", "nobody"), "nobody")):
        if words[2] == "-a":
            words = ("portal", "create", "--", "-a")
        try:
            said = sentence(host.ask(*words), " ".join(str(w) for w in words))
            if wanted not in said:
                raise AssertionError(f"{words}: {said!r} does not name {wanted}")
        except AssertionError as error:
            wrong.append(str(error))
    equal(wrong, [], "refusals that are not right")
    equal(fingerprint(host), before, "what readers and the operator see afterwards")


def start_fails(wanted, *options, **how):
    """A host that must not start: exit code 1 and a sentence with the wanted words."""
    argv = [Host.program, "serve", *options]
    done = subprocess.run([str(a) for a in argv], stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", timeout=20, check=False, **how)
    lines = [line for line in done.stderr.splitlines() if line.startswith("carrel: ")]
    if done.returncode != 1 or len(lines) != 1 or not all(w in lines[0] for w in wanted):
        raise AssertionError(f"carrel serve {options}: exit {done.returncode}, said {done.stderr[-600:]!r}, "
                             f"wanted {wanted}")


def places(https_port=None, http_port=None, data=None, **changed):
    """Options of a host that could start, with some of them changed."""
    options = {"data": data or Path(tempfile.mkdtemp(dir=content.scratch)) / "d", "host": "localhost",
               "https": f"127.0.0.1:{https_port or free_port()}", "http": f"127.0.0.1:{http_port or free_port()}",
               **changed}
    return [word for name, value in options.items() for word in (f"--{name}", value)]


@scenario("A host that cannot have its port or its data directory says so and does not start", rootless=True)
def bad_start():
    with Host(portals=("acme",)) as host:
        start_fails(["port", str(host.https), "in use", "--https"], *places(https_port=host.https))
        start_fails(["port", str(host.http), "in use", "--http"], *places(http_port=host.http))
        start_fails(["already runs", str(host.data)], *places(data=host.data))
        equal(web.get(host, "acme.localhost", "/healthz").status, 200, "health of the host that runs")
        equal(host.ask("status").code, 0, "whether its command line is still answered")
    file = archives.new_file(".txt")
    start_fails(["data directory"], *places(data=file))
    start_fails(["data directory"], *places(data="/nonexistent/a/b"))
    same = free_port()
    start_fails(["https", "http"], *places(https_port=same, http_port=same))
    for option, value, wanted in (
            ("https", "nonsense", "nonsense"), ("https", "127.0.0.1", "127.0.0.1"),
            ("https", "127.0.0.1:99999", "99999"),
            ("https", "example.com:443", "example.com"), ("http", "[::1:80", "[::1"),
            ("host", "not a name", "not a name"),
            ("host", "-a.b", "-a.b"), ("set", "nonsense", "nonsense"), ("set", "limits.nothing=1", "nothing"),
            ("set", "portals.workers=99", "workers"), ("set", "portals.workers=x", "workers"),
            ("set", "nothing.at_all=1", "nothing")):
        start_fails([wanted], *places(**{option: value}))


@scenario("A settings file with a fault in it is refused with the line, and nothing is made", rootless=True)
def bad_settings():
    file = archives.new_file(".conf")
    for text, wanted in (("[host]\nname = localhost\ncolour = red\n", ["colour", "3"]),
                         ("[hots]\nname = x\n", ["hots"]),
                         ("[host]\nname\n", ["2"]), ("[host]\nhttps = *:70000\n", ["70000", "2"]),
                         ("name = x\n", ["1"]),
                         ("[portals]\nidle_seconds = -1\n", ["-1", "2"]),
                         ("[host\nname = x\n", ["1"]), ("[host]\nname = a b\n", ["2"]), ("\xff\xfe", ["1"])):
        file.write_text(text, encoding="latin-1")
        data = Path(tempfile.mkdtemp(dir=content.scratch)) / "d"
        start_fails([str(file), *wanted], "--config", file, *places(data=data))
        equal(data.exists(), False, "whether the data directory was made")
    start_fails(["/nonexistent.conf"], "--config", "/nonexistent.conf")


@scenario("The data directory of another user is refused, and so is a foreign link in its place")
def foreign_data():
    place = Path(tempfile.mkdtemp(dir=content.scratch))
    data = place / "d"
    data.mkdir()
    os.chown(data, 12345, 12345)
    start_fails(["12345", str(data)], *places(data=data))
    victim = place / "victim"
    victim.mkdir()
    (victim / "file").write_text("kept")
    with Host(portals=("acme",)) as host:
        host.stop()
        number = next((host.data / "portals").iterdir())
        shutil.rmtree(host.data / "registry")
        (host.data / "registry").symlink_to(victim)
        start_fails(["registry"], *places(data=host.data))
        equal(sorted(p.name for p in victim.iterdir()), ["file"], "what is in the folder that the link leads to")
        equal(victim.stat().st_uid, 0, "owner of the folder that the link leads to")
        equal(number.exists(), True, "whether the container is still there")


@scenario("Strict isolation is refused to an ordinary user, with a sentence that says what to do", rootless=True,
          root=False)
def strict_rootless():
    start_fails(["strict", "root"], *places(), "--isolation", "strict")


@scenario("An ordinary user cannot command root's host")
def foreign_command():
    if shutil.which("setpriv") is None:
        raise Skip("there is no setpriv")
    with Host(portals=("acme",)) as host:
        copy = Path(tempfile.mkdtemp(prefix="carrel-as-nobody-", dir="/tmp"))
        try:
            copy.chmod(0o755)
            shutil.copy2(Host.program, copy / "carrel")
            argv = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", copy / "carrel", "--data",
                    host.data,
                    "portal", "list"]
            done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=10, check=False)
        finally:
            shutil.rmtree(copy)
        equal((done.returncode, "acme" in done.stdout), (1, False),
              f"exit code, and whether it saw a portal: {done.stderr}")
        if "ermission" not in done.stderr and "may not" not in done.stderr:
            raise AssertionError(f"the refusal is {done.stderr!r}")
