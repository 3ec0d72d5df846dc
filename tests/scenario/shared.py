"""shared -- the hosts that several scenarios run on, by name."""
from host import Host


def two():
    """Two portals without content."""
    return Host(portals=("acme", "globex"))


SHARED = {"two": two}
