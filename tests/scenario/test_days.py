"""Days that pass: a month of backups, failures in between, and clocks that jump."""
import time

from case import equal, scenario, wait_until
from clock import DAY, Clock, await_daily, is_of_day, list_of, pass_days, todays
from injection import Injection, fails_with, needs_strace
from processes import Process
from test_backup import publish, vault_folder

RETRY = 7300            # seconds: longer than the longest pause between two attempts


def good_days(host):
    """The days of the good daily backups, newest first; each has its file, unless it goes while we look."""
    for _ in range(10):
        try:
            return look_at_days(host)
        except FileNotFoundError:
            time.sleep(0.1)
    return look_at_days(host)


def look_at_days(host):
    rows = [b for b in list_of(host) if b["kind"] == "daily" and b["state"] == "verified"]
    for row in rows:
        equal((vault_folder(host) / f"{row['seq']}.esdk").stat().st_size, row["size"], f"size of {row['seq']}")
    return [row["created"][:10] for row in rows]


@scenario("Thirty days give thirty backups, and never more than five daily ones are kept")
def thirty_days():
    clock = Clock()
    with clock.host(portals=("acme",)) as host:
        publish(host)
        first, numbers = clock.day + 1, []
        for day in range(30):
            clock.next_evening()
            numbers.append(await_daily(host, clock)["seq"])
            kept = good_days(host)
            equal(len(kept), min(day + 1, 5), f"daily backups kept after day {day + 1}")
            equal(len(set(kept)), len(kept), "days that have one")
        equal(numbers, list(range(1, 31)), "numbers of the month's backups")
        equal([is_of_day(row, first + 29 - i) for i, row in enumerate(list_of(host))], [True] * 5, "the last five days")
        equal({p.name for p in vault_folder(host).glob("*.esdk")}, {f"{n}.esdk" for n in numbers[-5:]}, "files")
        host.command("backup", "restore", "acme", "--backup", str(numbers[-5]))


@scenario("With the disk full on every fifth day five good days stay, nothing goes, and space heals it by itself")
def every_fifth_fails():
    needs_strace()
    clock = Clock()
    with clock.host(portals=("acme",)) as host:
        host.allow(r"backup failed portal=1: .*No space left", r"is not in the list yet", r"a file of a backup stays",
                   r"have had no good backup")
        publish(host)
        pass_days(host, clock, 5)
        for day in range(1, 31):
            if day % 5 > 0:
                pass_days(host, clock, 1)
                equal(len(good_days(host)), 5, f"good days after day {day}")
                continue
            before = good_days(host)
            with Injection(host.pid_of("vault"), "write", fails_with("ENOSPC"), paths=files(host)) as full:
                clock.next_evening()
                wait_until("the backup was tried", 10, lambda: host.ask("status") and full.struck())
                look(host, 1)
                equal(todays(host, clock), None, "a backup of a day when nothing could be written")
            equal(good_days(host), before, f"good days after day {day}, when the disk was full")
            clock.jump(RETRY)
            await_daily(host, clock)
        equal([n for n in vault_folder(host).iterdir() if n.suffix == ".part"], [], "half files")


# What of a backup's writing the disk refuses, and how it says so.
REFUSALS = (("write", "ENOSPC"), ("fsync,fdatasync", "EIO"), ("renameat", "EIO"))


@scenario("A disk that refuses the Nth write or flush of a backup: it is never called good, nothing goes, it heals")
def refused_by_the_disk():
    needs_strace()
    clock, refused = Clock(), 0
    with clock.host(portals=("acme",)) as host:
        host.allow(r"backup failed portal=1: ", r"is not in the list yet", r"a file of a backup stays", r"not written",
                   r"have had no good backup", r"cannot be written")
        publish(host)
        pass_days(host, clock, 6)
        for calls, error in REFUSALS:
            for n in (1, 2, 3, 5, 8, 11, 14):
                before = good_days(host)
                with Injection(host.pid_of("vault"), calls, fails_with(error), f"{n}+", files(host)) as refusing:
                    clock.next_evening()
                    wait_until("it was tried or is made", 10, lambda r=refusing: listed_today(host, clock) or r.struck())
                    look(host, 1)
                    struck, made = refusing.struck(), listed_today(host, clock)
                refused += struck
                after = good_days(host)
                if made is None:
                    equal(after, before, f"good days after {calls} was refused from number {n} on")
                equal(len(after) >= 5, True, f"good days after {calls} {n}: {after}")
                clock.jump(RETRY)
                await_daily(host, clock)
                wait_until("five good days are kept", 10, lambda: len(good_days(host)) == 5, pause=0.1)
                if not struck:
                    break
        equal(refused >= 10, True, f"whether the disk refused often enough ({refused} times)")
        for row in list_of(host):
            if row["state"] == "verified":
                host.command("backup", "verify", "acme", "--backup", str(row["seq"]))


def listed_today(host, clock):
    """The day's good backup; None also when the list cannot be had at the moment."""
    return todays(host, clock) if host.ask("backup", "list", "acme").code == 0 else None


def files(host):
    """The files that the vault writes for the next backups, by their names in its own world."""
    newest = list_of(host)[0]["seq"]
    return ["/keys", "/backups", "/backups/1", "/keys/store.part", "/backups/1/manifest",
            *(f"/backups/1/{n}.part" for n in range(newest, newest + 8))]


def look(host, times=6):
    """Questions wake the registry, which then sees what the clock says; time for whatever it begins."""
    for _ in range(times):
        host.ask("status")
        time.sleep(0.3)


JUMPS = (("ten days ahead", 10 * DAY), ("three days back", -3 * DAY), ("ten days back", -10 * DAY))


def jumped(host, clock, what, seconds):
    """The wall clock jumps and the other does not: at most one backup and one removal."""
    before = list_of(host)
    clock.jump(seconds, steady=0)
    Process(host.pid_of("registry")).kill()         # it looks anew, as after a start
    wait_until("the registry answers", 10, lambda: host.ask("backup", "list", "acme").code == 0)
    time.sleep(3.5)
    look(host)
    after = list_of(host)
    made = {row["seq"] for row in after} - {row["seq"] for row in before}
    gone = {row["seq"] for row in before} - {row["seq"] for row in after}
    equal((len(made) <= 1, len(gone) <= 1), (True, True), f"backups made {made} and gone {gone} after {what}")
    equal(len(good_days(host)) >= 5, True, f"good daily backups after {what}")
    equal(len([row for row in after if row["state"] == "failed"]), 0, f"failed backups after {what}")


@scenario("A clock that jumps ahead, back, to 1970 or to 2038 costs at most one backup, and days go on when it is right")
def clock_jumps():
    clock = Clock()
    with clock.host(portals=("acme",)) as host:
        host.allow(r"ended \(signal 9\); starting it again", r"have had no good backup")
        publish(host)
        pass_days(host, clock, 6)
        for what, seconds in JUMPS:
            jumped(host, clock, what, seconds)
        for what, moment in (("1970", 3 * DAY), ("2038", 2**31 + DAY)):
            right = clock.now()
            jumped(host, clock, what, moment - right)
            clock.jump(int(right - clock.now()), steady=0)
        clock.day = int(clock.now()) // DAY
        pass_days(host, clock, 8)
        equal(len(set(good_days(host))) >= 5, True, "good days in the end")
