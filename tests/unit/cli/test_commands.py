"""The command line against a registry of the test's own: words, answers, refusals and exit codes."""
import fcntl
import io
import json
import os
import pty
import signal
import subprocess
import sys
import tarfile
import tempfile
import termios
import unittest
from pathlib import Path

import sentences
from registry import Long, Registry, answer, packet

CARREL = os.path.abspath(sys.argv[1])
MIB = 1 << 20


class Case(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory(prefix="carrel-cli-")
        self.data = self.folder.name
        self.registry = None

    def tearDown(self):
        if self.registry:
            self.registry.close()
        self.folder.cleanup()

    def host(self, script):
        self.registry = Registry(self.data, script)

    def run_words(self, *words, env=None, **more):
        surrounding = {"PATH": os.environ["PATH"], **(env or {})}
        return subprocess.run([CARREL, *words], capture_output=True, timeout=60, env=surrounding,
                              text=True, **more)

    def carrel(self, *words, **more):
        return self.run_words("--data", self.data, *words, **more)

    def usage(self, *words):
        done = self.run_words(*words)
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertEqual(done.stdout, "")
        self.assertRegex(done.stderr, r"\Acarrel: .+\n")
        return done.stderr


class Words(Case):
    def test_a_mistake_in_the_words_is_exit_2_with_a_sentence(self):
        for words, part in [
                ([], "no command is given"), (["portal"], "group of commands"),
                (["portl"], "no command 'portl'"), (["portal", "make"], "no command 'portal make'"),
                (["portal", "create"], "NAME is missing"), (["import", "a", "b"], "PATH is missing"),
                (["portal", "create", "a", "b"], "'b' is one argument too many"),
                (["portal", "create", ""], "an argument is empty"),
                (["portal", "create", "a", "--colour", "red"], "no option --colour"),
                (["--title", "T", "portal", "create", "a"], "stands before the command"),
                (["portal", "create", "a", "--title"], "--title needs a value"),
                (["portal", "create", "a", "--title", "x", "--title=y"], "given twice"),
                (["status", "--json=yes"], "takes no value"), (["status", "-x"], "no option -x"),
                (["publish", "a", "b", "--visibility", "all"], "public|restricted|private"),
                (["--data", "", "status"], "--data needs a folder"),
                (["user", "add", "a", "e@x"], "--role is missing"),
                (["user", "add", "a", "e@x", "--role", "boss"], "administrator|writer|reviewer|power-reader"),
                (["user", "role", "a", "e@x"], "ROLE is missing"),
                (["access", "grant", "a", "p"], "either a person's EMAIL or --group"),
                (["access", "grant", "a", "p", "e@x", "--group", "g"], "either a person's EMAIL or --group"),
                (["access", "revoke", "a", "p", "e@x", "f@x"], "either a person's EMAIL or --group"),
                (["share", "revoke", "a", "p"], "either a link's number or --all"),
                (["share", "revoke", "a", "p", "7", "--all"], "either a link's number or --all"),
                (["share", "list", "a", "p", "q"], "a publication if its links alone"),
                (["x" * 500], "no such command"), (["status"] + ["--json"] * 2, "given twice"),
                (["serve"] + ["--set", "a.b=c"] * 65, "more than 64 options")]:
            self.assertIn(part, self.usage(*words), words)

    def test_a_usage_error_shows_the_usage_line_of_its_command(self):
        self.assertIn("usage: carrel portal create NAME [--title TEXT]", self.usage("portal", "create"))

    def test_help_lists_every_command_and_explains_each(self):
        done = self.run_words("help")
        self.assertEqual(done.returncode, 0)
        commands = [line[2:34].split(" " * 2)[0] for line in done.stdout.splitlines()
                    if line.startswith("  ") and not line.startswith("  --")]
        self.assertGreaterEqual(len(commands), 16)
        for words in commands:
            names = [w for w in words.split() if w.islower()]
            shown = self.run_words("help", *names)
            self.assertEqual((shown.returncode, shown.stderr), (0, ""), names)
            self.assertIn(f"usage: carrel {' '.join(names)}", shown.stdout)
            again = self.run_words(*names, "--help")
            self.assertEqual(again.stdout, shown.stdout)
            self.assertTrue(all(len(line) <= 110 for line in shown.stdout.splitlines()), names)

    def test_help_for_a_group_lists_the_group_and_for_nothing_known_is_exit_1(self):
        self.assertEqual(len(self.run_words("help", "portal").stdout.splitlines()), 8)
        done = self.run_words("help", "nothing")
        self.assertEqual(done.returncode, 1)
        self.assertIn("no command 'nothing'", done.stderr)

    def test_options_and_arguments_mix_and_two_dashes_end_the_options(self):
        self.host(answer('{"name": "a", "url": "u"}'))
        self.assertEqual(self.carrel("portal", "create", "--title=A B", "--", "--a").returncode, 0)
        self.assertEqual(json.loads(self.registry.commands[0][1]), {"name": "--a", "title": "A B"})

    def test_the_data_directory_comes_from_the_option_or_the_environment(self):
        self.host(answer("[]"))
        self.assertEqual(self.run_words("portal", "list", env={"CARREL_DATA": self.data}).returncode, 0)
        done = self.run_words("portal", "list", "--data", "/nowhere", env={"CARREL_DATA": self.data})
        self.assertEqual(done.returncode, 1)
        self.assertIn("carrel serve --data /nowhere", done.stderr)

    def test_output_that_cannot_be_written_is_not_done(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([CARREL, "help"], stdout=full, stderr=subprocess.PIPE, text=True,
                                  timeout=60)
        self.assertEqual(done.returncode, 1)
        self.assertIn("could not be written", done.stderr)


class Questions(Case):
    def test_without_a_host_the_sentence_says_how_to_start_one(self):
        done = self.carrel("status")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(done.stderr, f"carrel: no host is running on {self.data}; start one with "
                                      f"'carrel serve --data {self.data}'\n")

    def test_a_socket_left_by_a_dead_host_counts_as_no_host(self):
        self.host([])
        self.registry.close()
        self.registry = None
        self.assertIn("no host is running", self.carrel("status").stderr)

    def test_a_data_directory_that_is_a_file_is_named(self):
        path = Path(self.data, "file")
        path.write_text("x", encoding="utf-8")
        self.assertIn("is not a folder", self.run_words("--data", str(path), "status").stderr)

    def test_each_command_asks_its_verb_with_its_arguments(self):
        self.host(answer('{"isolated": true, "tried": 1, "succeeded": 0, "controls": 1, "controls_good": 1}'))
        for words, verb, arguments in [
                (["portal", "create", "a", "--title", "T", "--language", "de", "--owner", "o@x"],
                 "portal.create", {"name": "a", "title": "T", "language": "de", "owner": "o@x"}),
                (["portal", "list"], "portal.list", {}),
                (["portal", "show", "a"], "portal.show", {"name": "a"}),
                (["portal", "suspend", "a"], "portal.suspend", {"name": "a"}),
                (["portal", "resume", "a"], "portal.resume", {"name": "a"}),
                (["portal", "delete", "a"], "portal.delete", {"name": "a"}),
                (["portal", "restore", "a"], "portal.restore", {"name": "a"}),
                (["domain", "list"], "domain.list", {}),
                (["domain", "list", "--portal", "a"], "domain.list", {"portal": "a"}),
                (["publish", "a", "p", "--as", "s", "--version", "2", "--visibility", "private"],
                 "publish", {"portal": "a", "project": "p", "as": "s", "version": "2",
                             "visibility": "private"}),
                (["user", "add", "a", "e@x", "--role", "writer", "--name", "N", "--expires", "2030-01-31"],
                 "user.add", {"portal": "a", "email": "e@x", "role": "writer", "name": "N",
                              "expires": "2030-01-31"}),
                (["user", "list", "a"], "user.list", {"portal": "a"}),
                (["user", "list", "a", "--role", "reviewer", "--after", "b@x"], "user.list",
                 {"portal": "a", "role": "reviewer", "after": "b@x"}),
                *((["user", verb, "a", "e@x"], f"user.{verb}", {"portal": "a", "email": "e@x"})
                  for verb in ("disable", "enable", "delete", "reset")),
                (["user", "role", "a", "e@x", "reviewer"], "user.role",
                 {"portal": "a", "email": "e@x", "role": "reviewer"}),
                (["group", "add", "a", "g", "--title", "T"], "group.add",
                 {"portal": "a", "group": "g", "title": "T"}),
                (["group", "remove", "a", "g"], "group.remove", {"portal": "a", "group": "g"}),
                (["group", "list", "a"], "group.list", {"portal": "a"}),
                (["group", "list", "a", "--group", "g"], "group.list", {"portal": "a", "group": "g"}),
                *((["group", verb, "a", "g", "e@x"], f"group.{verb}",
                   {"portal": "a", "group": "g", "email": "e@x"}) for verb in ("join", "leave")),
                *((["access", verb, "a", "p", "e@x"], f"access.{verb}",
                   {"portal": "a", "publication": "p", "email": "e@x"}) for verb in ("grant", "revoke")),
                *((["access", verb, "a", "p", "--group", "g"], f"access.{verb}",
                   {"portal": "a", "publication": "p", "group": "g"}) for verb in ("grant", "revoke")),
                (["access", "list", "a", "p"], "access.list", {"portal": "a", "publication": "p"}),
                (["share", "add", "a", "p", "--days", "7", "--note", "N"], "share.add",
                 {"portal": "a", "publication": "p", "days": "7", "note": "N"}),
                (["share", "list", "a"], "share.list", {"portal": "a"}),
                (["share", "list", "a", "p"], "share.list", {"portal": "a", "publication": "p"}),
                (["share", "revoke", "a", "p", "7"], "share.revoke",
                 {"portal": "a", "publication": "p", "link": "7"}),
                (["share", "revoke", "a", "p", "--all"], "share.revoke", {"portal": "a", "publication": "p"}),
                (["status"], "status", {}), (["isolation", "verify"], "isolation.verify", {})]:
            for more in [], ["--json"]:
                self.assertEqual(self.carrel(*words, *more).returncode, 0, words)
                said, given = self.registry.commands.pop()
                self.assertEqual((said, json.loads(given)), (verb, arguments))

    def test_a_refusal_is_its_sentence_and_exit_1(self):
        self.host([packet("REFUSAL", 2, "there is no portal 'a'; 'carrel portal list' shows all")])
        done = self.carrel("portal", "show", "a")
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertEqual(done.stderr, "carrel: there is no portal 'a'; 'carrel portal list' shows all\n")
        done = self.carrel("portal", "show", "a", "--json")
        self.assertEqual(done.returncode, 1)
        self.assertEqual(json.loads(done.stdout)["code"], "ERR_NOT_FOUND")

    def test_an_answer_in_pieces_is_joined(self):
        text = json.dumps([{"name": f"p{i}", "title": "\u00fc" * 50} for i in range(3000)])
        self.host(answer(text, pieces=20))
        done = self.carrel("portal", "list", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(json.loads(done.stdout), json.loads(text))

    def test_an_answer_longer_than_8_mib_is_refused(self):
        self.host([packet("ANSWER", 0, " " * 60000)] * 150 + answer("[]"))
        done = self.carrel("portal", "list")
        self.assertEqual(done.returncode, 1)
        self.assertIn("longer than 8 MiB", done.stderr)

    def test_a_host_that_ends_or_breaks_the_protocol_is_an_error(self):
        command = packet("COMMAND", "a", "{}")
        for script, part in [([], "ended before it answered"), ([b"nonsense"], "no message has the number"),
                             ([command], "may not pass"), (answer("{"), "the host's answer: not JSON"),
                             ([packet("ANSWER", 1, b"\xff")], "not UTF-8")]:
            self.host(script)
            done = self.carrel("portal", "list")
            self.assertEqual(done.returncode, 1, part)
            self.assertIn(part, done.stderr)
            self.registry.close()
            os.unlink(f"{self.data}/control.sock")
        self.registry = None

    def test_a_data_directory_longer_than_a_socket_address_works(self):
        self.data = os.path.join(self.data, "d" * 150)
        os.mkdir(self.data)
        self.host(answer("[]"))
        done = self.carrel("portal", "list")
        self.assertEqual((done.returncode, done.stderr), (0, ""))

    def test_arguments_too_long_for_a_message_are_refused_with_the_remedy(self):
        self.host(answer("{}"))
        done = self.carrel("portal", "create", "a", "--title", "t" * 62000)
        self.assertEqual(done.returncode, 1)
        self.assertIn("shorten them", done.stderr)


class Output(Case):
    def test_a_listing_is_aligned_by_what_a_terminal_shows(self):
        rows = [{"name": "a", "state": "active", "title": "\u65e5\u672c", "host": "a.x"},
                {"name": "long-name", "state": "suspended", "title": "e\u0301t\u00e9", "host": "b.x"}]
        self.host(answer(json.dumps(rows)))
        lines = self.carrel("portal", "list").stdout.splitlines()
        self.assertEqual(lines, ["NAME       STATE      TITLE  HOST", "a          active     \u65e5\u672c   a.x",
                                 "long-name  suspended  e\u0301t\u00e9    b.x"])

    def test_an_empty_listing_says_what_to_do(self):
        self.host(answer("[]"))
        self.assertIn("carrel portal create NAME", self.carrel("portal", "list").stdout)

    def test_what_clients_wrote_cannot_act_on_the_terminal(self):
        evil = "a\u001b[31m\u0007\u009b\u202eb\nc\u200f"
        self.host([packet("REMARK", 2, evil, 3, evil)] + answer(json.dumps([{"name": evil}])))
        done = self.carrel("portal", "list")
        self.assertIn("a?[31m???b c?", done.stdout)
        self.assertEqual(done.stderr, "warning: a?[31m???b c?:3: a?[31m???b c?\n")

    def test_remarks_come_on_standard_error_and_progress_only_on_a_terminal(self):
        self.host([packet("REMARK", 0, "a.md", 4, "as it is"), packet("PROGRESS", "x", Long(1), Long(2)),
                   packet("REMARK", 3, "", 0, "not good")] + answer('{"url": "u"}'))
        done = self.carrel("publish", "a", "p")
        self.assertEqual((done.returncode, done.stdout), (0, "Published p: u\n"))
        self.assertEqual(done.stderr, "a.md:4: as it is\nerror: not good\n")

    def test_with_json_the_remarks_are_part_of_the_answer(self):
        self.host([packet("REMARK", 1, "a.md", 4, "as it is")] + answer('{"url": "u"}'))
        done = self.carrel("publish", "a", "p", "--json")
        self.assertEqual(done.stderr, "")
        self.assertEqual(json.loads(done.stdout), {"url": "u", "notes": [
            {"severity": "note", "file": "a.md", "line": 4, "text": "as it is"}]})

    def test_remarks_stand_beside_the_counts_of_an_import(self):
        self.host([packet("REMARK", 2, "a.md", 4, "lost")] + answer(Imports.RESULT))
        archive = Path(self.data, "a.zip")
        archive.touch()
        done = self.carrel("import", "a", "p", str(archive), "--json")
        self.assertEqual(json.loads(done.stdout), {**json.loads(Imports.RESULT), "remarks": [
            {"severity": "warning", "file": "a.md", "line": 4, "text": "lost"}]})

    def test_status_names_missing_layers_processes_and_counters(self):
        status = {"supervisor": {
            "isolation": "standard", "portals_alive": 3,
            "layers": [{"name": "seccomp", "wanted": True, "on": True, "detail": ""},
                       {"name": "own user", "wanted": True, "on": False, "detail": "not root"},
                       {"name": "user namespace", "wanted": False, "on": False, "detail": ""}],
            "processes": [{"name": "edge", "pid": 7, "ready": True, "restarts": 2, "seconds": 3700},
                          {"name": "registry", "pid": 0, "ready": False, "restarts": 9, "seconds": 0}],
            "workers": [{"portal": 1, "kind": "portal", "pid": 12, "seconds": 59}]},
            "alarms": [{"portal": "acme", "kind": "backup-late", "since": "2026-11-24T05:00:00Z", "text": "no backup"}],
            "alarms_total": 3, "alarms_over": [{"kind": "keys-locked", "over": "2026-11-23T05:00:00Z"}],
            "edge": {"accepted": 41, "not_tls": 2}}
        self.host(answer(json.dumps(status)))
        done = self.carrel("status")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        for part in ["Isolation: standard; these layers are missing:\n  own user: not root\n\n",
                     "edge      7    ready        1 h 1 min  2\n", "registry  0    not running  0 s        9\n",
                     "1       portal  12   59 s\n", "Portals alive  3\n",
                     "Alarms:\n  acme: no backup, since 2026-11-24T05:00:00Z\n  and 2 more\n"
                     "  over since 2026-11-23T05:00:00Z: keys-locked\n", "  Accepted  41\n  Not tls   2\n"]:
            self.assertIn(part, done.stdout)
        self.assertNotIn("user namespace", done.stdout)

    def test_an_answer_of_another_shape_is_printed_and_no_crash(self):
        for text in ["null", "3", '"x"', "[1, [2], {}]", '{"processes": [1], "layers": {"a": 1}, "a": {}}',
                     '{"supervisor": {"processes": ["x"], "workers": [{"seconds": "y"}]}}']:
            self.host(answer(text))
            for words in ["status"], ["portal", "list"], ["portal", "show", "a"], ["domain", "list"]:
                self.assertEqual(self.carrel(*words).returncode, 0, (text, words))
            self.registry.close()
            os.unlink(f"{self.data}/control.sock")
        self.registry = None

    def test_isolation_is_proven_only_when_something_was_tried_and_nothing_got_through(self):
        good = {"isolated": True, "tried": 70, "refused": 67, "succeeded": 0, "controls": 3,
                "controls_good": 3, "breaches": []}
        for change, code in [({}, 0), ({"isolated": False}, 1), ({"succeeded": 1}, 1), ({"tried": 0}, 1),
                             ({"controls_good": 2}, 1), ({"isolated": "yes"}, 1), ({"tried": None}, 1),
                             ({"succeeded": "none"}, 1), ({"controls": None}, 1)]:
            result = {**good, **change}
            self.host([packet("REMARK", 0, "", 0, "open the neighbour's database: refused")]
                      + answer(json.dumps(result)))
            for more in [], ["--json"]:
                self.assertEqual(self.carrel("isolation", "verify", *more).returncode, code, result)
            self.registry.close()
            os.unlink(f"{self.data}/control.sock")
        self.registry = None


class People(Case):
    ADD = ("user", "add", "a", "e@x", "--role", "writer")
    MADE = '{"email": "e@x", "role": "writer", "state": "active"}'

    def test_a_link_is_told_once_with_what_it_is_for(self):
        self.host(answer('{"email": "e@x", "role": "writer", "state": "invited", "url": "https://a.x/w"}'))
        self.assertEqual(self.carrel(*self.ADD).stdout, "e@x is invited to a as writer.\nGive them this link; it "
                         "works once, for 24 hours:\n  https://a.x/w\n")
        self.assertEqual(self.carrel("user", "reset", "a", "e@x").stdout, "e@x is still invited to a.\nGive them "
                         "this link; it works once, for 24 hours:\n  https://a.x/w\n")

    def test_a_letter_is_said_and_its_link_when_it_came_along(self):
        made = {"email": "e@x", "role": "writer", "state": "invited", "mailed": True}
        told = ("e@x is invited to a as writer.\nA letter with their link is on its way; the link works once, for 24 "
                "hours.\n")
        asked = []

        def script(verb, arguments, fd):
            asked.append(json.loads(arguments))
            link = {"url": "https://a.x/w"} if asked[-1].get("print_link") else {}
            return answer(json.dumps({**made, **link}))

        self.host(script)
        self.assertEqual(self.carrel(*self.ADD).stdout, told)
        self.assertEqual(self.carrel(*self.ADD, "--print-link").stdout, told + "It is also here:\n  https://a.x/w\n")
        self.assertEqual([a.get("print_link") for a in asked], [None, True])

    def test_a_new_portals_owner_gets_a_link(self):
        self.host(answer('{"name": "a", "url": "https://a.x/", "setup_url": "https://a.x/w"}'))
        self.assertEqual(self.carrel("portal", "create", "a", "--owner", "o@x").stdout,
                         "The portal a is ready at https://a.x/\nGive this link to o@x; it works once, for 24 "
                         "hours:\n  https://a.x/w\n")

    def test_a_password_is_handed_over_on_a_descriptor_and_nowhere_else(self):
        self.host(answer(self.MADE))
        full = "\u00fc" * 512
        for said, handed in [("opens sesame 9\n", "opens sesame 9"), ("no line feed", "no line feed"),
                             ("one\r\ntwo\n", "one"), (" blanks stay \n", " blanks stay "), (full + "\n", full),
                             (full + "\r\n", full)]:
            done = self.carrel(*self.ADD, "--password-stdin", input=said)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            self.assertEqual(done.stdout, "e@x is a writer of a and can log in.\n")
            self.assertEqual(self.registry.archives.pop(), handed.encode())
            verb, arguments = self.registry.commands.pop()
            self.assertEqual((verb, json.loads(arguments)),
                             ("user.add", {"portal": "a", "email": "e@x", "role": "writer"}))

    def test_a_password_that_is_none_is_told_before_the_host_is_asked(self):
        self.host(answer(self.MADE))
        for said, part in [("", "has no password"), ("\nsecond line\n", "has no password"),
                           ("p" * 1025 + "\n", "at most 1,024 bytes"), ("p" * 70000, "at most 1,024 bytes")]:
            done = self.carrel(*self.ADD, "--password-stdin", input=said)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(part, done.stderr)
        self.assertEqual(self.registry.commands, [])

    def typed(self, keys):
        """The command on a terminal of its own; what that showed, whether it echoed before, after and the code."""
        master, terminal = pty.openpty()
        child = subprocess.Popen([CARREL, "--data", self.data, *self.ADD, "--password-stdin"], stdin=terminal,
                                 stdout=terminal, stderr=terminal, start_new_session=True,
                                 preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0))
        shown = b""
        while b"Password for e@x: " not in shown:
            shown += os.read(master, 1000)
        silent = not termios.tcgetattr(terminal)[3] & termios.ECHO
        os.write(master, keys)
        code = child.wait(20)
        echoes = bool(termios.tcgetattr(terminal)[3] & termios.ECHO)
        os.write(terminal, b"END")
        while b"END" not in shown:
            shown += os.read(master, 1000)
        os.close(master)
        os.close(terminal)
        return shown.decode(), silent, echoes, code

    def test_a_typed_password_is_not_shown(self):
        self.host(answer(self.MADE))
        shown, silent, echoes, code = self.typed(b"opens sesame 9\n")
        self.assertEqual((silent, echoes, code), (True, True, 0))
        self.assertNotIn("sesame", shown)
        self.assertEqual(self.registry.archives, [b"opens sesame 9"])

    def test_a_terminal_gets_its_echo_back_when_typing_is_interrupted(self):
        self.host(answer(self.MADE))
        shown, silent, echoes, code = self.typed(b"opens ses\x03")
        self.assertEqual((silent, echoes, code), (True, True, -signal.SIGINT))
        self.assertNotIn("ses", shown.replace("Password", ""))
        self.assertEqual(self.registry.commands, [])


class Imports(Case):
    RESULT = '{"project": "p", "topics": 2, "files": 1, "notes": {"info": 4, "converted": 0, "lost": 1}}'

    def test_an_archive_is_handed_over_unread(self):
        archive = Path(self.data, "a.zip")
        archive.write_bytes(os.urandom(3 * MIB))
        self.host(answer(self.RESULT))
        done = self.carrel("import", "a", "p", str(archive), "--author", "me", "--title", "T")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertEqual(done.stdout, "Imported into p of a: 2 topics, 1 file, 1 thing not kept (see the "
                                      "warnings).\nReaders see it after 'carrel publish a p'.\n")
        self.assertEqual(self.registry.archives, [archive.read_bytes()])
        self.assertEqual(json.loads(self.registry.commands[0][1]),
                         {"portal": "a", "project": "p", "title": "T", "author": "me"})

    def test_a_folder_is_packed_into_a_whole_tar_stream(self):
        source = Path(self.data, "docs")
        (source / "deep").mkdir(parents=True)
        (source / "index.md").write_text("# Home\n", encoding="utf-8")
        (source / "deep" / "gro\u00df.bin").write_bytes(os.urandom(2 * MIB))
        (source / "link.md").symlink_to("/etc/passwd")
        self.host(answer(self.RESULT))
        done = self.carrel("import", "a", "p", str(source), "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertRegex(done.stderr, r"\Anote: link.md is left out: .+\n\Z")
        self.assertEqual(json.loads(done.stdout), json.loads(self.RESULT))
        with tarfile.open(fileobj=io.BytesIO(self.registry.archives[0])) as tar:
            names = sorted(m.name for m in tar.getmembers() if m.isfile())
            self.assertEqual(names, ["deep/gro\u00df.bin", "index.md"])
            self.assertEqual(tar.extractfile("deep/gro\u00df.bin").read(),
                             (source / "deep" / "gro\u00df.bin").read_bytes())

    def test_a_folder_that_cannot_be_packed_whole_is_no_import(self):
        source = Path(self.data, "docs")
        source.mkdir()
        (source / "a.md").write_text("# A\n", encoding="utf-8")
        with open(source / "huge.bin", "wb") as huge:
            huge.truncate(65 * MIB)             # one file's limit is 64 MiB
        self.host(answer(self.RESULT))
        done = self.carrel("import", "a", "p", str(source))
        self.assertEqual(done.returncode, 1)
        self.assertIn("carrel: ", done.stderr)
        self.assertIn("huge.bin", done.stderr)
        # No tar header looks like this, so no reader takes what came before for the whole.
        self.assertTrue(self.registry.archives[0].endswith(b"\xff" * 2048))

    def test_a_host_that_refuses_early_has_the_only_word(self):
        source = Path(self.data, "docs")
        source.mkdir()
        (source / "large.bin").write_bytes(bytes(8 * MIB))
        self.host(lambda verb, arguments, fd: os.close(fd) or [packet("REFUSAL", 2, "there is no portal 'a'")])
        done = self.carrel("import", "a", "p", str(source))
        self.assertEqual((done.returncode, done.stderr), (1, "carrel: there is no portal 'a'\n"))

    def test_a_path_that_is_no_source_is_told_before_the_host_is_asked(self):
        os.mkfifo(f"{self.data}/pipe")
        os.symlink("/etc", f"{self.data}/link")
        for path, part in [("/nowhere", "No such file"), ("/dev/null", "neither a folder nor a file"),
                           (f"{self.data}/pipe", "neither a folder nor a file"),
                           (f"{self.data}/link", "is a symbolic link")]:
            done = self.carrel("import", "a", "p", path)
            self.assertEqual((done.returncode, done.stdout), (1, ""))
            self.assertIn(part, done.stderr)
            self.assertIn(path, done.stderr)


if __name__ == "__main__":
    sentences.main(sys.modules["__main__"])
