"""shared -- the hosts that several scenarios run on, by name."""
import content
from case import Skip
from host import Host


def two():
    """Two portals without content."""
    return Host(portals=("acme", "globex"))


def manuals():
    """acme has the Rust book and this tree's manual, globex MkDocs' manual; reports: what import and publish said."""
    host = Host(portals=("acme", "globex"))
    host.reports = {}
    for portal, project, source in (("acme", "carrel", lambda: content.ROOT / "docs"),
                                    ("acme", "rust", lambda: content.corpus("rust-book")),
                                    ("globex", "mkdocs", lambda: content.corpus("mkdocs"))):
        try:
            folder = source()
        except Skip:
            continue
        host.reports[f"{project}-import"] = host.command("import", portal, project, folder)
        host.reports[f"{project}-publish"] = host.command("publish", portal, project)
    return host


SHARED = {"two": two, "manuals": manuals}
