"""case -- what a scenario is: a function, a sentence, who may run it, and how it says why it cannot."""
import time

SCENARIOS = []


class Skip(Exception):
    """Raised by a scenario that needs what this machine or tree does not have."""


def scenario(sentence, rootless=False, root=True, host=None):
    """Register the function. host: settings of the shared host it runs on, or None for its own.

    root, rootless: whether it means something for root (strict isolation) and for an ordinary user
    (standard isolation).
    """
    def register(function):
        function.sentence, function.root, function.rootless, function.host = sentence, root, rootless, host
        SCENARIOS.append(function)
        return function
    return register


def wait_until(what, seconds, condition, pause=0.01):
    """The condition's first true value; an AssertionError that says what did not come true in time."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(pause)


def equal(got, wanted, what):
    if got != wanted:
        raise AssertionError(f"{what}: got {shortened(got)}, wanted {shortened(wanted)}")


def shortened(value):
    text = repr(value)
    return text if len(text) <= 600 else f"{text[:400]} ... {text[-160:]}"
