"""Letters from a portal to a real mail server: what arrives, what is kept when something dies, what is refused."""
import signal
import time

import web
from case import equal, scenario, wait_until
from host import Host
from mail import MailServer, may_look, spool
from processes import Process, read_if_there

ROOTLESS = {"rootless": True}
WAITS = r"letter waits portal=\d+"


def mail_status(host):
    return host.status()["courier"]["mail"]


def drained(host):
    wait_until("no letter waits", 20, lambda: mail_status(host)["waiting"] == 0)


def link_works(host, letter):
    """Its secret is good: it is taken from the address, and the form comes. A wrong one gets no such thing."""
    path = letter.link.split(f":{host.https}", 1)[1]
    wrong = web.get(host, "acme.localhost", path[:-4] + "AAAA")
    right = web.get(host, "acme.localhost", path)
    equal((right.status, right.get("location")), (303, "/welcome"), "the page behind the link")
    opened = web.get(host, "acme.localhost", "/welcome", headers=[("Cookie", right.get("set-cookie").split(";")[0])])
    equal((opened.status, "<form" in opened.text()), (200, True), "the form")
    equal(wrong.status, 404, "a wrong link")


def kill(host, name):
    """The pid that was killed; the next one is there when this returns."""
    old = host.pid_of(name)
    Process(old).signal(signal.SIGKILL)
    wait_until(f"another {name} is there", 5, lambda: host.pid_of(name) not in (None, 0, old))


@scenario("An invitation arrives in text and HTML, over TLS, and its link works; the command line tells none", **ROOTLESS)
def invitation():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        answer = host.command("user", "add", "acme", "jo@example.test", "--role", "writer", "--name", "Jo Dœ")
        equal((answer["mailed"], "url" in answer, "path" in answer), (True, False, False), "what is answered")
        said = host.ask("user", "add", "acme", "re@example.test", "--role", "power-reader")
        equal((said.code, "/welcome" in said.out), (0, False), "the command line's answer")
        letters = {letter.to[0]: letter for letter in server.wait_for(2)}
        letter = letters["jo@example.test"]
        equal((letter.sender, letter.tls, letter.as_user), ("docs@host.example", True, True), "how it came")
        equal(letter.subject, "You are invited to write in acme", "the subject")
        equal(str(letter.message["To"]), "Jo Dœ <jo@example.test>", "the recipient")
        equal(str(letter.message["From"]), "acme <docs@host.example>", "the sender")
        equal(letter.message.get_content_type(), "multipart/alternative", "its form")
        equal(letter.link in letter.part("html"), True, "whether both parts have the link")
        equal(letters["re@example.test"].subject, "You are invited to read acme", "a reader's subject")
        address = f"https://acme.localhost:{host.https}/welcome?t=cri_"
        equal(letter.link.startswith(address), True, f"whether {letter.link} is the portal's own address")
        link_works(host, letter)
        drained(host)
        both = host.command("user", "reset", "acme", "jo@example.test", "--print-link")
        equal((both["mailed"], both["url"].startswith(address)), (True, True), "with --print-link")
        equal(server.wait_for(3)[2].link, both["url"], "the letter's link and the printed one")
        drained(host)
        if may_look(host):
            equal(spool(host), [], "what is left in the spool")
        equal([f for f in host.data.rglob("outbox")] if may_look(host) else [], [], "marks that letters wait")


@scenario("A new portal's owner gets the set-up link by mail, in the portal's language", **ROOTLESS)
def owner():
    with MailServer("implicit") as server, Host(*server.options()) as host:
        made = host.command("portal", "create", "acme", "--owner", "olga@example.test", "--language", "ar",
                            "--title", "دليل")
        equal((made["mailed"], "setup_url" in made), (True, False), "what is answered")
        (letter,) = server.wait_for(1)
        equal(letter.subject, "جهّز بوابتك ⁨دليل⁩", "the subject")
        equal('<html lang="ar" dir="rtl">' in letter.part("html"), True, "whether the page runs from the right")
        link_works(host, letter)
        shown = host.command("portal", "create", "globex", "--owner", "olga@example.test", "--print-link")
        equal(server.wait_for(2)[1].link, shown["setup_url"], "the letter's link and the printed one")


@scenario("Without a mail server every link is printed, and nothing waits", **ROOTLESS)
def without():
    with Host(portals=("acme",)) as host:
        answer = host.command("user", "add", "acme", "jo@example.test", "--role", "writer")
        equal(("mailed" in answer, "/welcome?t=cri_" in answer["url"]), (False, True), "what is answered")
        made = host.command("portal", "create", "globex", "--owner", "o@example.test")
        equal("/welcome?t=cro_" in made["setup_url"], True, "whether the owner's link is told")
        equal((mail_status(host)["configured"], mail_status(host)["waiting"]), (False, 0), "the status")


@scenario("To an address that no letter can have the link is printed, and the reason said", **ROOTLESS)
def unusual_address():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        said = host.ask("user", "add", "acme", "jo@192.0.2.7", "--role", "writer")
        equal((said.code, "/welcome?t=cri_" in said.out), (0, True), "whether the link is printed")
        equal("pass the link on yourself" in said.out + said.error, True, f"whether it is said: {said.error}")
        equal(server.letters, [], "letters")


@scenario("A name and a title with line ends make no header and no second letter", **ROOTLESS)
def injection():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        evil = "Jo, <script>x</script> \"=?utf-8?q?a?=\" <x@y.test>"
        host.command("user", "add", "acme", "jo@example.test", "--role", "writer", "--name", evil)
        refused = host.ask("user", "add", "acme", "al@example.test", "--role", "writer", "--name", "a\r\nBcc: b@c.d")
        (letter,) = server.wait_for(1)
        equal(letter.to, ["jo@example.test"], "whom it went to")
        equal(letter.message["To"].addresses[0].addr_spec, "jo@example.test", "the only address in its header")
        # Python's reader puts a space between encoded words of a name, where RFC 2047 has none.
        equal(letter.message["To"].addresses[0].display_name.replace(" ", ""), evil.replace(" ", ""), "the name")
        equal((len(letter.message["To"].addresses), letter.message["Bcc"]), (1, None), "other addresses")
        equal("<script>" in letter.part("html"), False, "whether the name is markup")
        equal(sorted({k.lower() for k in letter.message.keys()}),
              ["auto-submitted", "content-language", "content-type", "date", "from", "message-id", "mime-version",
               "subject", "to"], "the headers")
        if refused.code == 0:
            second = server.wait_for(2)[1]
            equal((second.to, second.message["Bcc"]), (["al@example.test"], None), "the second letter")


@scenario("A letter the server refuses for now comes again with the same Message-ID; refused for good, it is given up",
          **ROOTLESS)
def refusals():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        host.allow(WAITS, r"letter given up portal=\d+ kind=\d attempts=1: .*refuses the recipient \(550\)")
        server.tell("refuse", 451, "data")
        host.command("user", "add", "acme", "jo@example.test", "--role", "writer")
        first = server.wait_for(1)[0]
        equal(mail_status(host)["waiting"], 1, "letters that wait")
        wait_until("the status says why", 5, lambda: "refuses the letter (451)" in mail_status(host).get("last_error", ""))
        server.tell("accept")
        second = server.wait_for(2)[-1]
        equal((second.id, second.raw), (first.id, first.raw), "the letter that came again")
        drained(host)
        server.tell("refuse", 550, "rcpt")
        host.command("user", "add", "acme", "nobody@example.test", "--role", "writer")
        wait_until("the status says so", 10, lambda: mail_status(host)["given_up_in_a_week"] == 1)
        status = mail_status(host)
        equal((status["waiting"], "alarm" in status), (0, True), "what the status says")
        equal([line for line in host.lines if "example.test" in line], [], "log lines with an address")
        kill(host, "courier")
        host.allow(r"ended \(signal 9\)")
        equal(mail_status(host)["given_up_in_a_week"], 1, "failures that the next courier knows of")


@scenario("A wrong certificate, a wrong password and a server without TLS get no letter, and it is said why", **ROOTLESS)
def distrust():
    with MailServer(certificate_host="other.localhost") as server, Host(*server.options(), portals=("acme",)) as host:
        host.allow(WAITS)
        host.command("user", "add", "acme", "jo@example.test", "--role", "writer")
        wait_until("the reason is shown", 10, lambda: "certificate" in mail_status(host).get("last_error", ""))
        equal((server.letters, [s for s in server.said if "login" in s]), ([], []), "what the server got")
    with MailServer("plain") as server, Host(*server.options(), portals=("acme",)) as host:
        host.allow(WAITS)
        host.command("user", "add", "acme", "jo@example.test", "--role", "writer")
        wait_until("the reason is shown", 10, lambda: "STARTTLS" in mail_status(host).get("last_error", ""))
        equal((server.letters, [s for s in server.said if "login" in s]), ([], []), "what the server got")
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        host.allow(WAITS)
        server.tell("refuse", 535, "auth")
        host.command("user", "add", "acme", "jo@example.test", "--role", "writer")
        wait_until("the reason is shown", 10, lambda: "refuses the login" in mail_status(host).get("last_error", ""))
        equal(mail_status(host)["waiting"], 1, "letters that wait")
        server.tell("accept")
        server.wait_for(1)      # a wrong password is nothing the letter has to suffer for
        drained(host)
        equal([line for line in host.lines if "Heron" in line], [], "log lines with the password")


@scenario("The courier killed -9 while the mail server has the letter: it comes again, the same, and none is lost",
          **ROOTLESS)
def courier_dies():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        host.allow(r"ended \(signal 9\)", WAITS)
        server.tell("slow", 3)
        sent = [f"p{i}@example.test" for i in range(6)]
        for address in sent:
            host.command("user", "add", "acme", address, "--role", "power-reader")
        server.wait_for(1)
        kill(host, "courier")
        server.tell("accept")
        wait_until("every letter has come", 30, lambda: {l.to[0] for l in server.letters} == set(sent))
        drained(host)
        ids = {}
        for letter in server.letters:
            ids.setdefault(letter.to[0], set()).add(letter.id)
        equal({a: len(i) for a, i in ids.items()}, {a: 1 for a in sent}, "Message-IDs of each letter")
        equal(len(set().union(*ids.values())), len(sent), "Message-IDs in all")


@scenario("The mail server away, and everything killed -9 meanwhile: the letters come when it is back", **ROOTLESS)
def everything_dies():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        host.allow(r"ended \(signal 9\)", r"ended by a signal", WAITS, "supervisor|courier")
        server.stop()
        sent = [f"p{i}@example.test" for i in range(3)]
        for address in sent:
            host.command("user", "add", "acme", address, "--role", "power-reader")
            for process in host.processes():
                process.signal(signal.SIGKILL)
            wait_until("the host is back", 15, lambda: host.ask("status").code == 0)
        equal(len(server.letters), 0, "letters so far")
        server.start()
        wait_until("every letter has come", 60, lambda: {l.to[0] for l in server.letters} == set(sent))
        equal(len({l.id for l in server.letters}), len(sent), "Message-IDs")


@scenario("A portal killed -9 with letters in its outbox: the host wakes it, and they go out", **ROOTLESS)
def portal_dies():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        host.allow(r"ended \(signal 9\)", r"ended by a signal", WAITS)
        Process(host.pid_of("courier")).signal(signal.SIGSTOP)  # it takes nothing, and is not gone
        host.ask("user", "add", "acme", "jo@example.test", "--role", "writer")
        worker = wait_until("the portal was woken", 10, lambda: host.workers("acme"))[0]
        Process(worker).signal(signal.SIGKILL)
        time.sleep(0.2)
        equal(server.letters, [], "letters so far")
        for process in host.processes():
            process.signal(signal.SIGCONT)
        # Whoever comes next to this portal wakes it, and so does the next job; nobody has to repeat anything.
        host.command("group", "add", "acme", "staff")
        (letter,) = server.wait_for(1)
        equal(letter.to, ["jo@example.test"], "whom it went to")
        drained(host)


@scenario("A server that is slow to answer keeps no page, no command and no other letter waiting", **ROOTLESS)
def slow_server():
    with MailServer() as server, Host(*server.options(), portals=("acme", "globex")) as host:
        server.tell("slow", 8)
        begin = time.monotonic()
        for i in range(3):
            host.command("user", "add", "acme", f"a{i}@example.test", "--role", "power-reader")
        host.command("user", "add", "globex", "g@example.test", "--role", "power-reader")
        equal(web.get(host, "acme.localhost", "/healthz").status, 200, "health")
        server.wait_for(1)
        asked = time.monotonic()
        equal("courier" in host.status(), True, "whether the courier says how it is while the server is silent")
        if time.monotonic() - asked > 1.9:
            raise AssertionError("the courier itself waits for the mail server")
        if time.monotonic() - begin > 20:       # one after the other they would have waited for 32 s
            raise AssertionError("the commands waited for the mail server")
        # Four at a time: the other portal's letter is among the first ones.
        wait_until("the other portal's letter has come", 7,
                   lambda: any(l.to == ["g@example.test"] for l in server.letters))
        server.tell("accept")
        server.wait_for(4)
        drained(host)


@scenario("One portal has so many letters in an hour; what goes beyond waits, and another portal's does not",
          **ROOTLESS)
def quota():
    with MailServer() as server, \
            Host(*server.options(mail_letters_per_hour=2), portals=("acme", "globex")) as host:
        host.allow(r"has had its letters of this hour")
        for i in range(3):
            host.command("user", "add", "acme", f"a{i}@example.test", "--role", "power-reader")
        host.command("user", "add", "globex", "g@example.test", "--role", "power-reader")
        server.wait_for(3)
        time.sleep(1)
        equal(sorted(l.to[0] for l in server.letters), ["a0@example.test", "a1@example.test", "g@example.test"],
              "who has a letter")


@scenario("The password is in no argument, no environment and no file of the host, and its file has to be there",
          **ROOTLESS)
def password():
    with MailServer() as server, Host(*server.options(), portals=("acme",)) as host:
        for process in host.processes():
            for name in ("cmdline", "environ"):
                data = read_if_there(f"/proc/{process.pid}/{name}")
                equal(b"Heron-Ledger" in data, False, f"whether {process} has the password in its {name}")
        equal([str(f) for f in host.data.rglob("*") if may_look(host) and f.is_file()
               and b"Heron-Ledger" in read_if_there(f)], [], "files with the password")
        missing = [w.replace(str(server.password_file), "/nowhere/password") for w in server.options()]
        failing = Host(*missing, wait=False)
        try:
            wait_until("it has ended", 10, lambda: failing.keeper.poll() is not None)
            equal(any("/nowhere/password" in line for line in failing.lines), True, "whether the file is named")
        finally:
            failing.close()
