"""kill -9 at a sample of the system calls of backups, restores and changes of keys; make sweep cuts at every one."""
from case import equal, scenario
from clock import Clock
from injection import needs_strace
from kills import SWEEPS, run_sweep


def sample(first, step, *names):
    needs_strace()
    for name in names:
        cuts = run_sweep(SWEEPS[name], Clock(), range(first, 4000, step))
        equal(cuts >= 2, True, f"whether {name} was cut often enough ({cuts} times)")


@scenario("Backups cut at a call of the vault, the registry or a job: five days stay, nothing half, the next one works")
def backups():
    sample(5, 31, "vault-daily")
    sample(9, 23, "registry-daily")
    sample(40, 150, "job-daily", "job-trial")


@scenario("A change of keys cut at a call of the vault: every backup still opens, and the next is made")
def keys():
    sample(2, 5, "vault-keys")


@scenario("Restores cut at a call of the vault or the registry: one state whole, saved before, sessions ended or not")
def restores():
    sample(7, 73, "vault-restore")
    sample(11, 37, "registry-restore")


@scenario("Restores cut at a call of the jobs that open, save and place: one state whole, saved before it went")
def restores_of_jobs():
    sample(2, 4, "job-place")
    sample(190, 260, "job-restore")


@scenario("Scrubs, and restores in a damaged database's place, cut: there is always one, called damaged or well as it is")
def damaged():
    sample(30, 60, "job-scrub")
    sample(170, 170, "job-damaged")
