"""readers -- somebody who reads a portal all the while, and remembers what went wrong and how long it took."""
import threading
import time

import web


class Reader:
    """Requests one path again and again until the end of the with block.

    keep: over one connection, which must last; otherwise over a new one each time.
    """

    def __init__(self, host, name, path="/healthz", keep=True, pause=0.002, accept=(200,)):
        self.host, self.name, self.path, self.keep, self.pause, self.accept = host, name, path, keep, pause, accept
        self.count, self.errors, self.slowest, self.bodies = 0, [], 0.0, set()
        self.over = threading.Event()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.ctx = web.context(host.ca)

    def once(self, connection):
        """One request; whether the connection may be used again."""
        begin = time.monotonic()
        answer = connection.request(self.path)
        self.slowest = max(self.slowest, time.monotonic() - begin)
        if answer.status not in self.accept:
            raise AssertionError(f"status {answer.status}")
        self.bodies.add(answer.body)
        self.count += 1
        time.sleep(self.pause)
        return answer.get("connection") != "close"

    def run(self):
        while not self.over.is_set():
            try:
                with web.Connection(self.host, self.name, ctx=self.ctx) as connection:
                    # The server ends a connection in order after 10,000 requests.
                    while self.once(connection) and self.keep and not self.over.is_set():
                        pass
            except Exception as error:  # noqa: BLE001 -- judged by whoever reads errors
                self.errors.append(f"{time.monotonic():.3f} {error!r}")
                time.sleep(0.005)

    def __enter__(self):
        self.thread.start()
        while self.count == 0 and not self.errors:
            time.sleep(0.002)
        return self

    def more(self, n, seconds=5):
        """Wait until it has read n times more."""
        goal, end = self.count + n, time.monotonic() + seconds
        while self.count < goal:
            if time.monotonic() > end:
                raise AssertionError(f"{self.name}: no {n} more answers in {seconds} s; {self.errors[-3:]}")
            time.sleep(0.002)

    def __exit__(self, kind, *_):
        self.over.set()
        self.thread.join(15)
        return False

    def undisturbed(self, slowest=1.0):
        if self.errors or self.slowest > slowest:
            raise AssertionError(f"{self.name} was disturbed: {len(self.errors)} errors {self.errors[:3]}, "
                                 f"slowest of {self.count} answers {self.slowest:.2f} s")
