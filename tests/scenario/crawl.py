"""crawl -- read a portal as a browser without scripts would: every page, every link, every image."""
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import web
from case import equal


class Page(HTMLParser):
    """What a page links to, loads, and can be linked to."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.links, self.images, self.loads, self.ids, self.contents = [], [], [], [], []
        self.sizes = {}         # an image's width and height, as its element says them
        self.next = self.previous = self.canonical = self.title = None
        self.in_title = False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attrs):
        a = dict(attrs)
        if "id" in a:
            self.ids.append(a["id"])
        if tag == "a" and "href" in a:
            self.links.append(a["href"])
            if "toc-link" in (a.get("class") or "").split():
                self.contents.append(a["href"])
        if tag in ("img", "source", "video", "audio") and "src" in a:
            self.images.append(a["src"])
            self.sizes[a["src"]] = a.get("width"), a.get("height")
        if tag == "script" and "src" in a:
            self.loads.append(a["src"])
        if tag == "link":
            rel = a.get("rel", "")
            if rel in ("next", "prev", "canonical"):
                setattr(self, {"prev": "previous"}.get(rel, rel), a["href"])
            else:
                self.loads.append(a["href"])
        self.in_title = tag == "title"

    def handle_data(self, data):
        if self.in_title:
            self.title = (self.title or "") + data
            self.in_title = False


class Crawl:
    """Everything that can be reached from some paths of one portal, over one connection."""

    def __init__(self, host, name):
        self.connection = web.Connection(host, name)
        self.base = f"https://{self.connection.authority()}"
        self.answers, self.pages = {}, {}

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def fetch(self, path):
        """The answer to GET of a path, redirects followed; each path is asked for once."""
        if path not in self.answers:
            answer, at = self.connection.request(path), path
            for _ in range(5):
                if answer.status not in (301, 302, 303, 307, 308):
                    break
                at = self.inside(urljoin(self.base + at, answer.get("location")))
                if at is None:
                    raise AssertionError(f"{path} leads away to {answer.get('location')}")
                at = urldefrag(at)[0]
                answer = self.connection.request(at)
            self.answers[path] = answer
        return self.answers[path]

    def inside(self, address):
        """The path of an absolute address if it is this portal's, else None."""
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" != self.base:
            return None
        return address[len(self.base):] or "/"

    def page(self, path):
        if path not in self.pages:
            answer = self.fetch(path)
            html = answer.status == 200 and (answer.get("content-type") or "").startswith("text/html")
            self.pages[path] = Page(answer.text()) if html else None
        return self.pages[path]

    def from_sitemap(self):
        """Paths the sitemap names; all must be of this portal."""
        text = self.fetch("/sitemap.xml").text()
        found = []
        for part in text.split("<loc>")[1:]:
            address = part.partition("</loc>")[0]
            path = self.inside(address)
            if path is None:
                raise AssertionError(f"the sitemap of {self.base} names {address}")
            found.append(path)
        equal(len(found), len(set(found)), "addresses in the sitemap, all different")
        return found

    def targets(self, path, page):
        """(link as written, path, fragment) of every link to this portal."""
        for link in page.links:
            address = self.inside(urljoin(self.base + path, link))
            if address is not None:
                at, fragment = urldefrag(address)
                yield link, at, unquote(fragment)

    def run(self, *starts):
        """Follow every internal link of every page; the links that lead nowhere, as (page, link, why)."""
        broken, waiting, seen = [], list(starts), set()
        while waiting:
            path = waiting.pop()
            if path in seen:
                continue
            seen.add(path)
            page = self.page(path)
            if page is None:
                continue
            for link, at, fragment in self.targets(path, page):
                target = self.page(at)
                if self.fetch(at).status != 200:
                    broken.append((path, link, f"status {self.fetch(at).status}"))
                elif fragment and target is not None and fragment not in target.ids:
                    broken.append((path, link, f"no element has the id {fragment}"))
                waiting.append(at)
        return broken

    def chain(self, first):
        """Paths from the first page on by rel=next; each must lead back by rel=prev."""
        order, at, before = [], first, None
        while at is not None:
            page = self.page(at)
            if page is None:
                raise AssertionError(f"the chain leads to {at}, which is no page")
            if at in order:
                raise AssertionError(f"the chain comes to {at} twice")
            equal(page.previous, before, f"rel=prev of {at}")
            order.append(at)
            before, at = at, page.next
        return order
