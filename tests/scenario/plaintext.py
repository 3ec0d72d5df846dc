"""plaintext -- where words of a portal's topics rest on the disk outside containers: nowhere, whatever was killed."""
import os
import stat
from pathlib import Path

from host import Host

WORDS = b"word41 word42 word43"         # of every topic of content.many_topics(), in pages and in the database
SHARED = ("/tmp", "/var/tmp", "/dev/shm")
LARGEST = 64 * 1024 * 1024


def holds(path):
    """A file that goes meanwhile holds nothing."""
    try:
        info = path.lstat()
        return stat.S_ISREG(info.st_mode) and info.st_size <= LARGEST and WORDS in path.read_bytes()
    except FileNotFoundError:
        return False


def below(folder, passed_over):
    for place, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if Path(place, name) not in passed_over]
        yield from (Path(place, name) for name in names)


def outside(host):
    """Files of the host's folder but not in a container, and in what all share. The scratch folder around it holds
    what the scenarios themselves made, exports among it; a host knows no way there but its own folder."""
    found = [p for p in below(host.data.parent, {host.data / "portals"}) if holds(p)]
    for folder in SHARED:
        found += [p for p in Path(folder).iterdir() if p not in Path(Host.scratch).parents and holds(p)]
    return found


def inside(host):
    """Whether the search finds the words where they are."""
    return any(holds(p) for p in below(host.data / "portals", set()))
