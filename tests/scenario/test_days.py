"""Days that pass: a month of backups, failures in between, and clocks that jump."""
from case import equal, scenario
from clock import DAY, Clock, await_daily, is_of_day, list_of, pass_days, todays
from test_backup import publish, vault_folder


def good_days(host):
    """The days of the good daily backups, newest first; each has its file."""
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
