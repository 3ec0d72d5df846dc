"""Copies of backups elsewhere: encrypted, read back, retried; honest when the storage is not."""
import re
import shutil
import sqlite3
import stat
import time
from pathlib import Path

import content
import web
from case import equal, scenario, wait_until
from clock import Clock, await_daily
from host import Host
from processes import Process
from storage import OF_STUB, S3rver, Stub
from test_alarms import kinds

CANARY = "halcyon-turnbuckle-4460"
ENDED = r"ended \(signal 9\); starting it again"
WAITS = (r"off-site copies wait", r"off-site object=\S+ failed")
NAME = re.compile(r"^(store|[0-9a-f-]{36}/(\d+\.esdk|manifest\.\d+))$")


def publish(host, portal="acme"):
    host.command("import", portal, "manual", content.folder(index=f"# Start\n\nThe word is {CANARY}.\n"))
    host.command("publish", portal, "manual")


def offsite(host):
    return host.command("status")["backups"]["offsite"]


def copies(host, portal="acme"):
    answer = host.ask("backup", "list", portal, "--json")
    return {b["seq"]: b["offsite"] for b in answer.json} if answer.code == 0 else {}


def wait_complete(host, seconds=40):
    wait_until("all is copied", seconds, lambda: offsite(host).get("complete"), pause=0.2)


def wait_for(host, seq, state, portal="acme", seconds=40):
    wait_until(f"backup {seq} is {state} off-site", seconds, lambda: copies(host, portal).get(seq) == state, pause=0.2)


def local_files(host):
    """Of the vault: what may be in the storage. The root key is not among it."""
    folder = host.data / "vault"
    return {p.read_bytes() for p in [*folder.rglob("*.esdk"), folder / "keys/store"]}


@scenario("A backup is copied to s3rver over TLS and read back; nothing there says what or whose it is")
def to_s3rver():
    with S3rver() as place, Host(*place.options(), portals=("turnstile",)) as host:
        publish(host, "turnstile")
        host.command("backup", "now", "turnstile")
        wait_for(host, 1, "verified", "turnstile")
        wait_complete(host)
        host.command("backup", "now", "turnstile")
        wait_for(host, 2, "verified", "turnstile")
        wait_complete(host)
        objects = place.objects()
        equal([n for n in objects if not NAME.match(n)], [], f"names that do not belong there: {objects.keys()}")
        equal(sum(n.endswith(".esdk") for n in objects), 2, "copies of backups")
        root = (host.data / "vault/keys/root").read_bytes()
        key = re.search(rb"key ([0-9a-f]{64})", root).group(1)
        for name, data in objects.items():
            for secret in (key, bytes.fromhex(key.decode()), CANARY.encode(), b"turnstile"):
                equal(secret in data, False, f"whether {name} holds what it must not")
        files = local_files(host)
        equal([n for n, d in objects.items() if "manifest" not in n and d not in files], [], "objects that differ")
        told = offsite(host)
        equal((told["configured"], told["unverified"], told["late"]), (True, 0, []), "the status")
        equal("last_error" in told, False, f"whether an error is told: {told}")


@scenario("The secret is in no argument, environment or log line, and a file that others can read is refused")
def secret_stays():
    with Stub() as place:
        with Host(*place.options(), portals=("acme",)) as host:
            publish(host)
            host.command("backup", "now", "acme")
            wait_for(host, 1, "verified")
            for process in host.processes():
                said = b"".join((Path("/proc") / str(process.pid) / f).read_bytes() for f in ("cmdline", "environ"))
                equal(OF_STUB[1].encode() in said, False, f"whether {process} was told the secret openly")
            equal([line for line in host.lines if OF_STUB[1] in line], [], "log lines with the secret")
            equal({signed for _, _, signed in place.asked}, {True}, "whether each request was signed")
        place.secret_file.chmod(0o644)
        with Host(*place.options(), wait=False) as host:
            host.allow(r"courier refuses to start", r"courier ended", r"cannot start; the host ends")
            wait_until("the host ends", 15, lambda: host.keeper.poll() is not None)
            host.reader.join(5)         # its last words may be in the pipe still
            equal(any("others may read it" in line for line in host.lines), True, "whether it says why")


FAULTS = (
    ({"*": "403"}, "status 403"), ({"*": "500"}, "status 500"), ({"PUT": "507"}, "no room"),
    ({"PUT": "cut"}, "broke the connection off"), ({"PUT": "crawl"}, ""), ({"*": "silent"}, "too slow"),
    ({"*": "redirect"}, "redirect"), ({"PUT": "redirect"}, "redirect"), ({"GET": "huge"}, "more than was stored"),
    ({"PUT": "huge"}, ""), ({"PUT": "half"}, "not what was stored"), ({"GET": "rotten"}, "not what was stored"),
    ({"GET": "short"}, "not what was stored"), ({"GET": "longer"}, "more than was stored"), ({"GET": "500"}, "status 500"),
)


@scenario("Storage that fails in every way: the backup stays, the status is honest, the next attempt succeeds, nothing is there twice")
def faults():
    with Stub() as place, Host(*place.options(), portals=("acme",)) as host:
        host.allow(*WAITS)
        publish(host)
        for number, (modes, words) in enumerate(FAULTS, 1):
            place.modes = modes
            host.command("backup", "now", "acme")
            wait_until(f"a failure is told of {modes}", 30, lambda: offsite(host).get("last_error"), pause=0.2)
            told = offsite(host)
            equal(words in told["last_error"], True, f"'{words}' of {modes} in {told['last_error']}")
            equal((told["complete"], copies(host)[number]), (False, "no"), f"the state with {modes}")
            place.modes = {}
            wait_for(host, number, "verified")
            wait_complete(host)
            equal("last_error" in offsite(host), False, "whether the error is still told")
        equal(place.chatter < 30 * 2 ** 20, True, f"bytes of endless answers that were taken: {place.chatter}")
        files = local_files(host)
        good = [b["seq"] for b in host.command("backup", "list", "acme") if b["state"] == "verified"]
        equal(len(good), 2, "backups kept here: two that were asked for")
        for seq in good:
            host.command("backup", "verify", "acme", "--backup", str(seq))
            equal([d for n, d in place.objects.items() if n.endswith(f"/{seq}.esdk") and d not in files], [],
                  f"whether the copy of {seq} is another file")


@scenario("Whoever may write and not read has unverified copies, and is told so", rootless=True)
def write_only():
    with Stub() as place, Host(*place.options(), portals=("acme",)) as host:
        place.modes = {"GET": "403", "HEAD": "403"}
        publish(host)
        host.command("backup", "now", "acme")
        wait_for(host, 1, "unverified")
        wait_complete(host)
        equal(offsite(host)["unverified"], 1, "portals whose newest copy nobody has read back")
        equal(len(place.puts), len(set(place.puts)) + place.puts.count("store") - 1, "whether an object was stored twice")
        place.modes = {}
        host.command("backup", "now", "acme")
        wait_for(host, 2, "verified")
        wait_for(host, 1, "verified")
        wait_complete(host)
        equal(offsite(host)["unverified"], 0, "portals with unverified copies now that the key may read")
        equal(sum(n.endswith("/1.esdk") for n in place.puts), 1, "how often the first backup was stored")


def two_evenings_later(host, clock):
    """Less than three days from whenever it is; the evening has its backup, and that is copied."""
    for _ in range(2):
        clock.next_evening()
    number = await_daily(host, clock, seconds=40)["seq"]
    wait_for(host, number, "verified")


@scenario("A copy that is lost or rots there is missed after some days and stored again, and the operator is told")
def lost_there():
    clock = Clock()
    with Stub() as place, clock.host(*place.options(), portals=("acme",)) as host:
        host.allow(r"an off-site copy was lost", r"have had no (good backup|off-site copy)", *WAITS)
        publish(host)
        host.command("backup", "now", "acme")
        wait_for(host, 1, "verified")
        wait_complete(host)
        name = next(n for n in place.objects if n.endswith("/1.esdk"))
        whole = place.objects[name]
        place.objects[name] = whole[:-1] + bytes([whole[-1] ^ 1])
        del place.objects["store"]
        two_evenings_later(host, clock)
        equal(place.objects[name] == whole, False, "whether it was looked at before its time")
        two_evenings_later(host, clock)
        wait_until("the copy is whole again, and so is the store", 40, lambda: (
            offsite(host)["complete"] and place.objects[name] == whole and "store" in place.objects), pause=0.2)
        wait_complete(host)
        equal(offsite(host)["stored_again"] >= 1, True, "how many the status says were stored again")
        equal(any("an off-site copy was lost or another" in line for line in host.lines), True, "whether the log says so")


@scenario("With 'remove' what retention removed goes there too, and never before the newer copies were read back", rootless=True)
def removed():
    with Stub() as place, Host(*place.options(remove="yes"), portals=("acme",)) as host:
        host.allow(*WAITS)
        publish(host)
        for number in (1, 2):
            host.command("backup", "now", "acme")
            wait_for(host, number, "verified")
        wait_complete(host)
        place.modes = {"GET": "rotten"}
        host.command("backup", "now", "acme")
        wait_until("a failure is told", 20, lambda: offsite(host).get("last_error"), pause=0.2)
        equal(1 in copies(host), False, "whether the first backup has gone here")
        equal([n for n in place.removed if n.endswith(".esdk")], [], "copies removed before the newest was read back")
        place.modes = {}
        wait_for(host, 3, "verified")
        wait_complete(host)
        wait_until("the first copy has gone", 20,
                   lambda: [n.partition("/")[2] for n in place.removed if n.endswith(".esdk")] == ["1.esdk"], pause=0.2)
        wait_complete(host)
        left = {n.partition("/")[2] for n in place.objects}
        equal({"2.esdk", "3.esdk"} <= left, True, f"copies that stay: {left}")
        lists = sorted(int(n.removeprefix("manifest.")) for n in left if n.startswith("manifest."))
        lines = (host.data / "vault/backups" / str(host.portal_id("acme")) / "manifest").read_bytes().count(b"\n")
        equal(lists[-1], lines, "lines of the newest list there")


@scenario("Storage that is down for over 26 hours is an alarm, and backups go on")
def alarm():
    with Stub() as place, Host(*place.options(), portals=("acme",)) as host:
        host.allow(*WAITS, r"portals=1 have had no off-site copy", r"portals=1 have had no good backup", r"backup failed")
        place.stop()
        publish(host)
        host.command("backup", "now", "acme")
        wait_until("a failure is told", 20, lambda: "takes no connections" in offsite(host).get("last_error", ""), pause=0.2)
        equal(offsite(host)["late"], [], "portals that are late, the portal being young")
        host.stop()
        with sqlite3.connect(host.data / "registry/registry.db") as db:
            db.execute("UPDATE portal SET created = created - 100000")
        host.start()
        host.wait_ready()
        wait_until("the alarm", 20, lambda: [r["portal"] for r in offsite(host)["late"]] == ["acme"], pause=0.2)
        wait_until("the alarm in the log", 20, lambda: any("no off-site copy" in line for line in host.lines), pause=0.2)
        wait_until("it is in the list of alarms", 20, lambda: "copy-late" in kinds(host), pause=0.2)
        equal(host.command("backup", "now", "acme")["state"], "verified", "a backup meanwhile")
        place.start()
        wait_until("no alarm any more", 40, lambda: offsite(host)["late"] == [] and "copy-late" not in kinds(host), pause=0.2)


@scenario("kill -9 of courier and vault while a copy is under way: it is taken up again, and is there once")
def killed():
    with Stub() as place, Host(*place.options(), portals=("acme",)) as host:
        host.allow(*WAITS, ENDED, r"(backup|scrub) failed", r"broke the protocol")
        publish(host)
        for number, who in enumerate(("courier", "vault") * 2, 1):
            place.modes = {"PUT": "crawl"} if number < 3 else {"GET": "silent"}
            host.command("backup", "now", "acme")
            mark = len(place.asked)
            wait_until("a copy is under way", 20, lambda: any(v in place.modes for v, _, _ in place.asked[mark:]))
            Process(host.pid_of(who)).kill()
            place.modes = {}
            wait_for(host, number, "verified", seconds=60)
            wait_complete(host)
        names = [n for n in place.puts if n.endswith(".esdk")]
        equal(sorted(names), sorted(set(names)), "names of stored backups")
        equal(len([n for n in place.objects if n.endswith(".esdk")]), 4, "copies")


@scenario("The courier sees nothing of the vault but the file it is lent")
def lent():
    with Stub() as place, Host(*place.options(), portals=("acme",)) as host:
        publish(host)
        place.modes = {"GET": "silent"}
        host.allow(*WAITS)
        host.command("backup", "now", "acme")
        wait_until("a copy is read back", 20, lambda: any(v == "GET" for v, _, _ in place.asked))
        open_files = [d for d in Process(host.pid_of("courier")).descriptors().values()
                      if ".esdk" in d or "vault" in d]
        equal(len(open_files) <= 1, True, f"files of the vault that the courier has: {open_files}")
        equal(stat.S_IMODE((host.data / "vault").stat().st_mode), 0o700, "the vault's folder")
        place.modes = {}
        wait_for(host, 1, "verified")


def lose(host):
    """The machine burns: nothing of the host is left but two shares on paper. A fresh one is installed."""
    shares = "\n".join(host.command("backup", "keys", "show-shares")["shares"][1:]) + "\n"
    host.stop()
    shutil.rmtree(host.data)
    host.start()
    host.wait_ready()
    return shares


def fetch(host, shares, *options):
    answer = host.command("backup", "fetch", *options, say=shares)
    return {row["portal"]: row for row in answer["portals"]}


PAGE = "/docs/manual/index"


def tell(host, portal, word):
    host.command("import", portal, "manual", content.folder(index=f"# Start\n\nThe word is {word}.\n"))
    host.command("publish", portal, "manual")


def page(host, portal):
    return web.get(host, f"{portal}.localhost", PAGE).body


@scenario("On an empty machine one command and two shares bring every portal back from s3rver, with its people, in minutes")
def empty_machine():
    with S3rver() as place, Host(*place.options(), portals=("fernhill", "oxbow")) as host:
        tell(host, "fernhill", "plainly"), tell(host, "oxbow", "quietly")
        host.command("user", "add", "fernhill", "wren@example.org", "--role", "administrator", "--password-stdin",
                     say="correct-horse-battery-staple-9\n")
        host.command("portal", "create", "coppice")
        hashes = {p: host.command("backup", "now", p)["content"] for p in ("fernhill", "oxbow")}
        before = {p: page(host, p) for p in hashes}
        for portal in hashes:
            wait_for(host, 1, "verified", portal)
        for verb in ("suspend", "resume"):
            host.command("portal", verb, "oxbow")
        host.command("backup", "now", "coppice")
        host.command("portal", "delete", "coppice")
        wait_complete(host)
        grace = host.command("portal", "show", "coppice")["destroyed_after"]
        wait_until("the store with that state is copied", 20, lambda: place.objects()["store"] == (host.data / "vault/keys/store").read_bytes())
        numbers = {p: host.portal_id(p) for p in hashes}
        shares = lose(host)
        equal(host.command("portal", "list"), [], "portals of the fresh machine")
        begun = time.monotonic()
        rows = fetch(host, shares)
        took = time.monotonic() - begun
        equal(took < 60, True, f"seconds for two small portals, fifteen minutes being allowed for a host: {took:.1f}")
        equal({p: (r["state"], r["backup"]) for p, r in rows.items()},
              {**{p: ("restored", 1) for p in hashes}, "coppice": ("deleted", 1)}, "the table")
        equal(host.command("portal", "show", "coppice")["destroyed_after"], grace, "when a deleted one is destroyed")
        for portal, content_hash in hashes.items():
            equal(page(host, portal), before[portal], f"the page of {portal}")
            equal(host.command("backup", "list", portal)[0]["content"], content_hash, f"the content hash of {portal}")
            equal(host.portal_id(portal), numbers[portal], f"the number of {portal}")
        people = {p["email"]: p["state"] for p in host.command("user", "list", "fernhill")}
        equal(people["wren@example.org"], "active", "an account that was active")
        equal(host.command("backup", "keys", "check")["kept"], "shares", "how the root key is kept")
        equal(host.command("status")["backups"].get("fetch_unfinished", False), False, "whether more is to be fetched")
        # It is the same host again: the next backup continues the list, and is copied to the same place.
        equal(host.command("backup", "now", "oxbow")["seq"], 2, "the next backup's number")
        wait_for(host, 2, "verified", "oxbow")
        answer = host.ask("backup", "fetch", say=shares)
        equal((answer.code, "freshly installed" in answer.error), (1, True), f"onto a host with portals: {answer.error}")


def halves(host):
    """What must never be left: half a file, or the mark of a fetch that has changed nothing."""
    return [str(p) for p in (host.data / "vault").rglob("*") if p.suffix == ".part" or p.name == "fetch"]


def refused(host, shares, words, why):
    answer = host.ask("backup", "fetch", "--json", say=shares)
    equal((answer.code, words in answer.json["error"]), (1, True), f"{why}: '{words}' in {answer.json['error']}")
    return answer.json["error"]


STORE_FAULTS = (
    ("404", "must be the lost host's"), ("403", "s3:GetObject"), ("500", "status 500"), ("redirect", "redirect"),
    ("cut", "broke the connection off"), ("silent", "too slow"), ("huge", "more than"), ("rotten", "is damaged"),
    ("short", "is damaged"), (b"CRLKEYS2", "is damaged"), (b"", "is damaged"),
)


@scenario("A store of keys that does not come, or is another, changes nothing, and the command says what to do")
def store_faults():
    with Stub() as place, Host(*place.options(), portals=("reedbed",)) as host:
        host.allow(*WAITS)
        tell(host, "reedbed", "warbler")
        host.command("backup", "now", "reedbed")
        wait_for(host, 1, "verified", "reedbed")
        wait_complete(host)
        shares = lose(host)
        own = host.command("backup", "keys", "check")["fingerprint"]
        others = "\n".join(host.command("backup", "keys", "show-shares")["shares"][:2]) + "\n"
        for mode, words in (*STORE_FAULTS, ((host.data / "vault/keys/store").read_bytes(), "another host")):
            place.modes = {("GET", "store"): mode}
            refused(host, shares, words, mode)
            equal(halves(host), [], f"what is left after {mode}")
        place.modes = {}
        equal(place.chatter < 70 * 2 ** 20 * 3, True, f"bytes of endless answers that were taken: {place.chatter}")
        refused(host, others, "does not open with these shares", "shares of another host")
        refused(host, shares.replace("CARREL", "CAROL"), "share", "a mistyped line")
        equal((host.command("backup", "keys", "check")["fingerprint"], host.command("portal", "list")), (own, []),
              "the fresh host's own key and portals")
        kept = place.objects["store"]
        host.command("portal", "create", "sedge")
        host.command("backup", "now", "sedge")
        wait_until("the other host's store is noticed", 20, lambda: "another host" in offsite(host).get("last_error", ""))
        equal(place.objects["store"] == kept, True, "whether a fresh host's keys leave the lost one's alone")
        refused(host, shares, "freshly installed", "onto a host with a portal")
        lose(host)
        equal(fetch(host, shares)["reedbed"]["state"], "restored", "the portal, once the storage is well")


def names_of(host, portal):
    """What its objects' names begin with."""
    text = (host.data / "vault/backups" / str(host.portal_id(portal)) / "manifest").read_text()
    digits = re.search(r" portal=([0-9a-f]{32}) ", text).group(1)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def kill_while_fetching(host, place, shares, who):
    place.modes = {("GET", "backup"): "silent"}
    mark = len(place.asked)
    running = host.begin("backup", "fetch", say=shares)
    wait_until("a backup is on its way", 20, lambda: any(n.endswith(".esdk") for _, n, _ in place.asked[mark:]))
    Process(host.pid_of(who)).kill()
    place.modes = {}
    running.communicate(timeout=60)
    wait_until(f"the {who} is back", 20, lambda: host.pid_of(who))
    return running.returncode


@scenario("While a host comes back: what is missing or rotten costs its portal the newest backup, what fails is gone on with, kills lose nothing")
def fetch_faults():
    with Stub() as place, Host(*place.options(), portals=("larkrise", "candleford")) as host:
        host.allow(*WAITS, ENDED, r"a backup is lost", r"a portal did not come back", r"the storage's word|vault was not told")
        for word in ("older", "newer"):
            for portal in ("larkrise", "candleford"):
                tell(host, portal, word)
                host.command("backup", "now", portal)
        wait_for(host, 2, "verified", "larkrise"), wait_for(host, 2, "verified", "candleford")
        wait_complete(host)
        rotten, other = names_of(host, "larkrise") + "/2.esdk", names_of(host, "candleford") + "/manifest."
        lists = sorted((n for n in place.objects if n.startswith(other)), key=lambda n: int(n.rpartition(".")[2]))
        kept = dict(place.objects)
        shares = lose(host)
        place.modes = {("GET", "list"): "500"}
        refused(host, shares, "goes on where this ended", "lists that do not come")
        place.modes = {("GET", "backup"): "cut"}
        refused(host, shares, "goes on where this ended", "backups that break off")
        equal([p for p in halves(host) if p.endswith(".part")], [], "half a backup")
        for who in ("vault", "registry"):
            equal(kill_while_fetching(host, place, shares, who), 1, f"the exit code of a fetch whose {who} was killed")
        equal(host.command("portal", "list"), [], "portals that are not wholly back")
        place.objects[rotten] = kept[rotten][:-1] + b"?"
        place.objects[lists[-1]] = b"".join(kept[lists[-1]].splitlines(True)[:-1])
        answer = host.ask("backup", "fetch", "--json", say=shares)
        rows = {r["portal"]: r for r in answer.json["portals"]}
        equal((answer.code, rows["larkrise"]["state"], rows["larkrise"]["backup"]), (1, "restored", 1), f"an older one: {rows}")
        equal(("older" in rows["candleford"]["why"], rows["candleford"]["state"]), (True, "failed"), f"an older list: {rows}")
        equal((b"older" in page(host, "larkrise"), host.command("status")["backups"]["fetch_unfinished"]), (True, True),
              "what is back, and that more is to come")
        equal([b["state"] for b in host.command("backup", "list", "larkrise")], ["failed", "verified"], "the list")
        place.objects[lists[-1]] = kept[lists[-1]]
        equal(kill_while_fetching(host, place, shares, "courier"), 0, "the exit code of a fetch whose courier was killed")
        equal(b"newer" in page(host, "candleford"), True, "the other portal")
        equal(halves(host), [], "what is left over")
