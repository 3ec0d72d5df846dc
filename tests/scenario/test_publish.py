"""What publishing changes, at once and as one step; what is not public is not there at all."""
import re

import content
import web
from archives import DOT
from case import equal, scenario, wait_until
from crawl import Crawl, Page
from web import Connection

BOTH = {"rootless": True, "host": "two"}
CANARY = "Kestrel-7741"


def publish(host, project, folder, *options, visibility="public"):
    """Always says who may read: published again without, a publication keeps what an earlier scenario chose."""
    host.command("import", "acme", project, folder)
    return host.command("publish", "acme", project, *options, "--visibility", visibility)


def bare(answer):
    """An answer without what may differ between two of the same kind."""
    return answer.status, [h for h in answer.headers if h[0] != "date"], answer.body


@scenario("A republished page is seen at once on connections that are open and have read it before", **BOTH)
def republish(host):
    publish(host, "manual", content.folder(index="# Start\n\nThe first state.\n", other="# Other\n\nStays.\n"))
    with Connection(host, "acme.localhost") as c:
        first = c.request("/docs/manual/index")
        other = c.request("/docs/manual/other")
        equal("The first state." in first.text(), True, "the page has its text")
        answer = publish(host, "manual", content.folder(index="# Start\n\nThe second state.\n",
                                                        other="# Other\n\nStays.\n"))
        second = c.request("/docs/manual/index", headers=[("If-None-Match", first.get("etag"))])
        equal(second.status, 200, "status for the tag of the old page")
        equal(("The second state." in second.text(), "The first state." in second.text()), (True, False),
              "the new text is there and the old is gone")
        equal("The second state." in c.request("/docs/manual/index.md").text(), True, "the same in Markdown")
        equal(answer["rendered"], 1, "pages that publishing rendered again")
        equal(c.request("/docs/manual/other", headers=[("If-None-Match", other.get("etag"))]).status, 304,
              "a page that did not change keeps its tag")
        equal("The second state." in web.get(host, "acme.localhost", "/docs/manual/index").text(), True,
              "a new connection sees it, too")


@scenario("An import changes nothing for readers until it is published", **BOTH)
def import_only(host):
    publish(host, "manual", content.folder(index="# Start\n\nOne.\n"))
    with Connection(host, "acme.localhost") as c:
        before = bare(c.request("/docs/manual/index"))
        host.command("import", "acme", "manual", content.folder(index="# Start\n\nTwo.\n", more="# More\n\nNew.\n"))
        equal(bare(c.request("/docs/manual/index")), before, "the page after an import")
        equal(c.request("/docs/manual/more").status, 404, "a new topic after an import")
        host.command("publish", "acme", "manual")
        equal(c.request("/docs/manual/more").status, 200, "the new topic after publishing")


@scenario("Importing the same folder again adds no revision, and publishing it again renders nothing", **BOTH)
def unchanged(host):
    folder = content.many_topics(12, "same")
    host.command("import", "acme", "twelve", folder)
    equal(host.command("publish", "acme", "twelve")["rendered"], 12, "pages rendered the first time")
    with Connection(host, "acme.localhost") as c:
        tags = [c.request(f"/docs/twelve/topic-{i:03}").get("etag") for i in range(12)]
        again = host.command("import", "acme", "twelve", folder)
        equal((again["same"], again["added"], again["changed"]), (12, 0, 0), "topics of the second import")
        equal(host.command("publish", "acme", "twelve")["rendered"], 0, "pages rendered the second time")
        equal([c.request(f"/docs/twelve/topic-{i:03}").get("etag") for i in range(12)], tags, "tags afterwards")


@scenario("A topic that left the import leaves the publication; one that comes back is there again", **BOTH)
def topic_leaves(host):
    both = content.folder(index="# Start\n\nSee [more](more.md).\n", more="# More\n\nText.\n")
    publish(host, "leaving", both)
    with Connection(host, "acme.localhost") as c:
        equal(c.request("/docs/leaving/more").status, 200, "the topic at first")
        publish(host, "leaving", content.folder(index="# Start\n\nAlone.\n"))
        equal(c.request("/docs/leaving/more").status, 404, "the topic that left")
        equal("leaving/more" in c.request("/sitemap.xml").text(), False, "whether the sitemap still names it")
        publish(host, "leaving", both)
        equal(c.request("/docs/leaving/more").status, 200, "the topic that came back")


@scenario("Two publications of one project, with labels of their own, stand beside each other", **BOTH)
def two_publications(host):
    publish(host, "product", content.folder(index="# Guide\n\nRelease one.\n"), "--as", "product-1", "--version",
            "1.0")
    publish(host, "product", content.folder(index="# Guide\n\nRelease two.\n"), "--as", "product-2", "--version",
            "2.0")
    with Connection(host, "acme.localhost") as c:
        equal("Release one." in c.request("/docs/product-1/index").text(), True, "release one")
        equal("Release two." in c.request("/docs/product-2/index").text(), True, "release two")
        home = c.request("/").text()
        for wanted in ("/docs/product-1/", "/docs/product-2/", "1.0", "2.0"):
            equal(wanted in home, True, f"whether the home page has {wanted}")
        for path in ("/docs/product-1", "/docs/product-1/", "/docs/product-1/index/"):
            answer = c.request(path)
            equal((answer.status in (302, 308), answer.get("location")), (True, "/docs/product-1/index"), path)


def hidden_places(project):
    return [f"/docs/{project}", f"/docs/{project}/", f"/docs/{project}/index", f"/docs/{project}/index.md",
            f"/docs/{project}/more", f"/docs/{project}/more/", f"/files/{project}/img/dot.png"]


@scenario("A restricted or private publication is byte for byte a page that does not exist", **BOTH)
def not_public(host):
    folder = content.folder(index=f"# {CANARY}\n\n![dot](img/dot.png)\n", more=f"# More {CANARY}\n\nText.\n",
                            **{"img__dot.png": DOT})
    publish(host, "open", content.folder(index="# Open\n\nText.\n"))
    with Connection(host, "acme.localhost") as c:
        for visibility in ("restricted", "private"):
            publish(host, CANARY.lower(), folder, visibility=visibility)
            missing = bare(c.request("/docs/open/nothing"))
            equal(missing[0], 404, "status of a missing page")
            equal(bare(c.request("/docs/nothing/index")), missing, "a page of a missing publication")
            equal(bare(c.request("/nothing")), missing, "a path that no route has")
            for path in hidden_places(CANARY.lower()):
                equal(bare(c.request(path)), missing, f"{path} of a {visibility} publication")
                for header in (("If-None-Match", "*"), ("Range", "bytes=0-1"), ("Accept-Encoding", "br")):
                    equal(bare(c.request(path, headers=[header])), missing, f"{path} with {header}")
                head = c.request(path, "HEAD")
                equal((head.status, [h for h in head.headers if h[0] != "date"]), missing[:2], f"HEAD {path}")
            for path in ("/", "/sitemap.xml", "/robots.txt", "/trust", "/docs/open/index", "/healthz"):
                equal(CANARY.lower() in c.request(path).text().lower(), False,
                      f"{path} names a {visibility} publication")


@scenario("A publication becomes public and private again at once, for whoever has read it, too", **BOTH)
def visibility_changes(host):
    folder = content.folder(index=f"# {CANARY}\n\n![dot](img/dot.png)\n", more="# More\n\nText.\n",
                            **{"img__dot.png": DOT})
    with Connection(host, "acme.localhost") as c:
        host.command("import", "acme", "turning", folder)
        for visibility, status in (("private", 404), ("public", 200), ("restricted", 404), ("public", 200),
                                   ("private", 404)):
            host.command("publish", "acme", "turning", "--visibility", visibility)
            for path in hidden_places("turning"):
                answer = c.request(path)
                got = 200 if answer.status in (200, 302, 308) else answer.status
                equal(got, status, f"{path} when {visibility}")
            for path in ("/", "/sitemap.xml"):
                equal("turning" in c.request(path).text(), status == 200,
                      f"whether {path} names it when {visibility}")


@scenario("Publishing again leaves a publication as visible as it was; a new one is public", **BOTH)
def visibility_stays(host):
    folder = content.folder(index=f"# {CANARY}\n\nText.\n")
    with Connection(host, "acme.localhost") as c:
        host.command("import", "acme", "staying", folder)
        equal(host.command("publish", "acme", "staying")["visibility"], "public", "a new publication")
        for visibility, status in (("restricted", 404), ("private", 404), ("public", 200)):
            host.command("publish", "acme", "staying", "--visibility", visibility)
            equal(host.command("publish", "acme", "staying")["visibility"], visibility, "published again")
            equal(c.request("/docs/staying/index").status, status, f"the page when {visibility}")


@scenario("Paths that try to leave a publication, or spell one in another way, lead nowhere", **BOTH)
def odd_paths(host):
    publish(host, "open", content.folder(index="# Open\n\n![dot](img/dot.png)\n", **{"img__dot.png": DOT}))
    with Connection(host, "acme.localhost") as c:
        equal(c.request("/files/open/img/dot.png").status, 200, "the file itself")
        for path in ("/files/open/../open/img/dot.png", "/files/open/img/%2e%2e/img/dot.png",
                     "/files/open/img%2fdot.png",
                     "/files/open//img/dot.png", "/files/open/img/dot.png/", "/files/open/img/dot.png%00",
                     "/files/open/IMG/dot.png", "/files//img/dot.png", "/docs/open/index%00",
                     "/docs/open/../../portal.db",
                     "/files/open/%2e%2e/%2e%2e/portal.db", "/-/../portal.db", "/-/", "/docs/", "/files/",
                     "/docs//index",
                     "/docs/open/index.md.md", "/docs/OPEN/index", "/docs/open/index%", "/docs/open/%ff",
                     "/-/reader.css/x",
                     "/portal.db", "/tls/acme.localhost/key.der", "/docs/open/index;x", "/docs/open/index/x",
                     "/docs/open'--/index", "/docs/%27%20OR%201=1/index", "/docs/%25/index", "/docs/_/index"):
            answer = c.request(path)
            if answer.status not in (400, 404):
                raise AssertionError(f"{path}: {answer.status} {answer.get('location')}")
        for path in ("/docs/open/index?x=1", "/docs/open/%69ndex"):
            equal(c.request(path).status, 200, path)


@scenario("Assets are named by what is in them, kept for ever, and the page of each publication loads them", **BOTH)
def assets(host):
    with Crawl(host, "acme.localhost") as crawl:
        loads = crawl.page("/trust").loads
        equal(len(loads) >= 3, True, "whether a page loads style, script and icon")
        for path in loads:
            answer = crawl.fetch(path)
            equal((answer.status, answer.get("cache-control")), (200, "public, max-age=31536000, immutable"), path)
            stale = crawl.connection.request(re.sub(r"-[A-Z0-9]{8}\.", "-AAAAAAAA.", path))
            equal(stale.status in (200, 404), True, f"{path} of another release")
            if stale.status == 200:
                equal(stale.get("cache-control"), "public, no-cache", f"{path} of another release")


@scenario("A suspended portal is gone for readers and back when resumed; a deleted one can be restored", **BOTH)
def suspend(host):
    publish(host, "open", content.folder(index="# Open\n\nText.\n"))

    def reachable():
        try:
            return web.get(host, "acme.localhost", "/docs/open/index").status == 200
        except OSError:
            return False

    for away, back in (("suspend", "resume"), ("delete", "restore")):
        equal(reachable(), True, f"whether readers reach it before {away}")
        host.command("portal", away, "acme")
        wait_until(f"readers do not reach it after {away}", 1, lambda: not reachable())
        refused = host.ask("publish", "acme", "open")
        equal((refused.code, back in refused.error), (1, True), f"publishing after {away}: {refused.error}")
        equal(web.get(host, "globex.localhost", "/healthz").status, 200, "the other portal meanwhile")
        host.command("portal", back, "acme")
        wait_until(f"readers reach it after {back}", 1, reachable)


@scenario("The Trust page tells the isolation in force, as the status does", **BOTH)
def trust_page(host):
    text = web.get(host, "acme.localhost", "/trust").text()
    status = host.status()
    equal(f">{status['isolation'].capitalize()}" in text, True, f"whether the page says {status['isolation']}")
    for layer in status["layers"]:
        if layer["wanted"]:
            row = text.partition(f">{layer['name']}</th>")[2].partition("</tr>")[0]
            equal(f"state-{'on' if layer['on'] else 'off'}" in row, True, f"what the page says of {layer['name']}")
    equal(len(Page(text).links) > 1, True, "whether the page has links")
