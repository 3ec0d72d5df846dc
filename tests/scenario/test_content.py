"""Real manuals from import to reader: every page, every link, every image, every coding."""
import re
from pathlib import Path

import content
import web
from case import equal, scenario, shortened
from crawl import Crawl

MAGIC = {"image/png": b"\x89PNG\r\n", "image/jpeg": b"\xff\xd8\xff", "image/gif": b"GIF8",
         "image/webp": b"RIFF", "image/x-icon": b"\0\0\1\0", "image/vnd.microsoft.icon": b"\0\0\1\0"}


def read_whole(host, name, publication):
    """Crawl a publication. Links may only be broken where publishing said so, and it must have said so."""
    crawl = Crawl(host, name)
    with crawl:
        mapped = [p for p in crawl.from_sitemap() if p.startswith(f"/docs/{publication}/")]
        broken = crawl.run("/", *mapped)
        equal([b for b in broken if not b[0].startswith("/docs/")], [], "broken links on pages that the host makes")
        ours = [b for b in broken if b[0].startswith(f"/docs/{publication}/")]
        said = [(content.slug_of(Path(r["file"])), r["text"]) for r in host.reports[f"{publication}-publish"]
                .get("remarks", []) if "leads to nothing" in r["text"] or "no such anchor" in r["text"]]
        unsaid = [b for b in ours if not any(is_said(b, publication, *words) for words in said)]
        equal(unsaid, [], "broken links that publishing did not name")
        # A link to nothing shows its text and leads nowhere; one to a missing anchor still leads to the page.
        equal([b for b in ours if "status" in b[2]], [], "links that lead to nothing")
        equal(len(ours), sum("no such anchor" in text for _, text in said), "links to anchors that are missing")
        for path in mapped:
            check_page(crawl, path)
        return crawl, mapped


def is_said(broken, publication, page, text):
    path, link, _ = broken
    fragment = link.partition("#")[2]
    return path == f"/docs/{publication}/{page}" and (f"'{link}'" in text or bool(fragment) and f"#{fragment}'" in text)


def check_page(crawl, path):
    page = crawl.page(path)
    if page is None:
        raise AssertionError(f"{path} is in the sitemap and is no page: {crawl.fetch(path).status}")
    equal(page.canonical, path, f"canonical address of {path}")
    equal([i for i in set(page.ids) if page.ids.count(i) > 1], [], f"ids that {path} has twice")
    if not page.title:
        raise AssertionError(f"{path} has no title")
    for load in page.loads + page.images:
        if not load.startswith("/") or load.startswith("//"):
            raise AssertionError(f"{path} loads {load} from elsewhere")
        answer = crawl.fetch(load)
        equal(answer.status, 200, f"status of {load}, which {path} needs")
        if load in page.images:
            check_image(load, answer)
            check_size(load, answer, page.sizes.get(load))


def check_image(path, answer):
    media = (answer.get("content-type") or "").partition(";")[0]
    body = answer.decoded()
    if media == "image/svg+xml":
        fits = b"<svg" in body
        if "sandbox" not in answer.get("content-security-policy"):
            raise AssertionError(f"{path} is an SVG image without a sandbox policy")
    else:
        fits = media in MAGIC and body.startswith(MAGIC[media])
    if not fits:
        raise AssertionError(f"{path} is said to be {media} and begins {body[:20]!r}")


def check_size(path, answer, said):
    """A PNG's place on the page is kept free while it loads; one of the two is enough where the author gave one."""
    body = answer.decoded()
    if not body.startswith(MAGIC["image/png"]):
        return
    real = tuple(str(int.from_bytes(body[at:at + 4], "big")) for at in (16, 20))
    if said != real and said.count(None) != 1:
        raise AssertionError(f"{path} is {real} and its element says {said}")


def check_order(crawl, mapped, publication, wanted):
    """Sitemap, contents and the chain of next pages all have the wanted pages, in that order."""
    prefix = f"/docs/{publication}/"
    chain = [p.removeprefix(prefix) for p in crawl.chain(prefix + wanted[0])]
    equal(chain, wanted, "the chain of next pages")
    equal(sorted(p.removeprefix(prefix) for p in mapped), sorted(wanted), "pages in the sitemap")
    contents = crawl.page(prefix + wanted[0]).contents
    equal([c.removeprefix(prefix) for c in contents], wanted, "pages in the contents")


@scenario("Every page, link and image of the Rust book is there, in the order of its SUMMARY.md", host="manuals")
def rust_book(host):
    book = content.corpus("rust-book")
    crawl, mapped = read_whole(host, "acme.localhost", "rust")
    with crawl:
        check_order(crawl, mapped, "rust", content.mdbook_order(book))
        images = {i for p in mapped for i in crawl.page(p).images}
        sources = {f.name for f in (book / "src").rglob("*") if f.suffix in (".png", ".svg", ".jpg", ".gif")}
        equal({i.rpartition("/")[2] for i in images} - sources, set(), "images on pages that are not in the book")
        if len(images) < 15:
            raise AssertionError(f"only {len(images)} images are on the pages")


@scenario("Every page, link and image of the MkDocs manual is there, in the order of its nav", host="manuals")
def mkdocs_manual(host):
    manual = content.corpus("mkdocs")
    crawl, mapped = read_whole(host, "globex.localhost", "mkdocs")
    with crawl:
        files = {content.slug_of(f.relative_to(manual / "docs")) for f in (manual / "docs").rglob("*.md")}
        equal({p.removeprefix("/docs/mkdocs/") for p in mapped}, files, "pages in the sitemap")
        chain = [p.removeprefix("/docs/mkdocs/") for p in crawl.chain("/docs/mkdocs/index")]
        equal(set(chain), files, "pages in the chain of next pages")
        equal([c for c in chain if "/" not in c], ["index", "getting-started", "user-guide", "dev-guide"],
              "the order of the first level")
        equal(chain[-3:], ["about/release-notes", "about/contributing", "about/license"], "the end of the chain")


@scenario("Every page and link of this product's own manual is there, in the order of its nav", rootless=True,
          host="manuals")
def own_manual(host):
    crawl, mapped = read_whole(host, "acme.localhost", "carrel")
    with crawl:
        wanted = content.nav_order(content.ROOT / "docs")
        chain = [p.removeprefix("/docs/carrel/") for p in crawl.chain("/docs/carrel/index")]
        equal(chain[:len(wanted)], wanted, "the chain of next pages")
        equal(len(chain), len(mapped), "pages in the chain and in the sitemap")


@scenario("The import of the Rust book names each listing that is missing, by file and line", host="manuals")
def missing_listings(host):
    wanted = content.missing_listings(content.corpus("rust-book"))
    said = set()
    for remark in host.reports["rust-import"]["remarks"]:
        match = re.match(r"The text to include, '([^']+)'", remark["text"])
        if match:
            said.add((remark["file"], remark["line"], match[1]))
    if len(wanted) < 500:
        raise AssertionError(f"the book has only {len(wanted)} missing listings; is this the right one?")
    equal(sorted(wanted - said), [], "missing listings the import does not name")
    equal(sorted(said - wanted), [], "listings it calls missing that are not")
    other = [r for r in host.reports["rust-import"]["remarks"] if r["severity"] == "warning"
             and not r["text"].startswith(("The text to include", "This link leads to nothing",
                                           "The page has no such"))]
    if len(other) > 20:
        raise AssertionError(f"{len(other)} other warnings: {shortened(other)}")


@scenario("gzip, brotli and plain bodies of every page are the same page", rootless=True, host="manuals")
def codings(host):
    smaller = 0
    for name in ("acme.localhost", "globex.localhost"):
        with Crawl(host, name) as crawl, web.Connection(host, name) as c:
            for path in ["/", *crawl.from_sitemap()]:
                plain = c.request(path, headers=[("Accept-Encoding", "identity")])
                equal(plain.get("content-encoding"), None, f"coding of {path} when none is wanted")
                tags = {plain.get("etag")}
                for coding in ("gzip", "br"):
                    packed = c.request(path, headers=[("Accept-Encoding", coding)])
                    if packed.get("content-encoding") not in (coding, None):
                        raise AssertionError(f"{path}: {packed.get('content-encoding')} for {coding}")
                    equal(packed.decoded() == plain.body, True, f"{path} is the same page in {coding}")
                    equal(packed.get("vary").lower(), "accept-encoding", f"Vary of {path}")
                    if packed.get("content-encoding") == coding:
                        tags.add(packed.get("etag"))
                        smaller += len(packed.body) < len(plain.body)
                equal(len(tags), 3, f"tags of three codings of {path}")
    if smaller < 20:
        raise AssertionError(f"only {smaller} bodies were smaller packed")


@scenario("ETag, HEAD and Last-Modified of every page agree with its GET", rootless=True, host="manuals")
def conditions(host):
    with Crawl(host, "acme.localhost") as crawl, web.Connection(host, "acme.localhost") as c:
        for path in ["/", *crawl.from_sitemap()]:
            full = c.request(path)
            tag, date = full.get("etag"), full.get("last-modified")
            for wanted, headers in ((304, [("If-None-Match", tag)]), (304, [("If-None-Match", f'"x", {tag}')]),
                                    (304, [("If-None-Match", "*")]), (304, [("If-None-Match", f"W/{tag}")]),
                                    (200, [("If-None-Match", '"x"')]), (412, [("If-Match", '"x"')]),
                                    (200, [("If-Match", tag)]),
                                    (200, [("If-None-Match", '"x"'), ("If-Modified-Since", date or "x")])):
                answer = c.request(path, headers=headers)
                equal(answer.status, wanted, f"status of {path} with {headers}")
                if wanted == 304:
                    equal((answer.get("etag"), answer.body), (tag, b""), f"tag and body of {path} not modified")
            if date is not None:
                equal(c.request(path, headers=[("If-Modified-Since", date)]).status, 304, f"{path} since {date}")
            head = c.request(path, "HEAD")
            drop = ("date",)
            equal([h for h in head.headers if h[0] not in drop], [h for h in full.headers if h[0] not in drop],
                  f"headers of HEAD {path}")


@scenario("Parts of an image are served as asked for, and make the whole", host="manuals")
def ranges(host):
    content.corpus("rust-book")
    with Crawl(host, "acme.localhost") as crawl, web.Connection(host, "acme.localhost") as c:
        paths = [p for p in crawl.from_sitemap() if "/rust/" in p]
        image = next(i for p in paths for i in crawl.page(p).images if i.endswith(".png"))
        whole = c.request(image)
        size = len(whole.body)
        equal(whole.get("accept-ranges"), "bytes", "Accept-Ranges")
        parts = b""
        for start in range(0, size, 1000):
            end = min(start + 999, size - 1)
            part = c.request(image, headers=[("Range", f"bytes={start}-{end}")])
            equal((part.status, part.get("content-range")), (206, f"bytes {start}-{end}/{size}"), f"part at {start}")
            parts += part.body
        equal(parts == whole.body, True, "the parts together are the whole")
        for spec, wanted in (("bytes=-10", whole.body[-10:]), (f"bytes={size - 5}-", whole.body[-5:]),
                             (f"bytes=0-{size * 2}", whole.body)):
            equal(c.request(image, headers=[("Range", spec)]).body == wanted, True, spec)
        beyond = c.request(image, headers=[("Range", f"bytes={size}-")])
        equal((beyond.status, beyond.get("content-range")), (416, f"bytes */{size}"), "a part beyond the end")
        for spec in ("bytes=5-2", "bytes=x-", "lines=1-2", "bytes=", "bytes=--1"):
            equal(c.request(image, headers=[("Range", spec)]).status, 200, f"Range: {spec} is ignored")
        fresh = c.request(image, headers=[("Range", "bytes=0-9"), ("If-Range", whole.get("etag"))])
        stale = c.request(image, headers=[("Range", "bytes=0-9"), ("If-Range", '"other"')])
        equal((fresh.status, stale.status), (206, 200), "If-Range with the right and with another tag")
        equal(c.request(image, headers=[("If-None-Match", whole.get("etag"))]).status, 304, "the image not modified")
