"""visitor -- a browser without a screen: keeps cookies as one would, fills in forms, follows nothing by itself."""
import http.client
import re
import urllib.parse

import web

COOKIE = re.compile(r"^(__Host-[a-z0-9-]+)=([^;]*); Path=/; Secure; HttpOnly; SameSite=Lax(; Max-Age=\d+)?$")


class Answer:
    def __init__(self, response):
        self.status, self.headers = response.status, response.headers
        self.body = response.read()

    @property
    def text(self):
        return self.body.decode("utf-8")

    @property
    def location(self):
        return self.headers["Location"]


class Visitor:
    def __init__(self, host, name, keep_open=False):
        self.host, self.name, self.cookies = host, f"{name}.localhost", {}
        self.keep_open, self.connection = keep_open, None
        self.context = web.context(host.ca)

    @property
    def origin(self):
        return f"https://{self.name}:{self.host.https}"

    def connect(self):
        connection = http.client.HTTPSConnection("127.0.0.1", self.host.https, timeout=20)
        connection.sock = self.context.wrap_socket(
            http.client.socket.create_connection(("127.0.0.1", self.host.https), 20), server_hostname=self.name)
        return connection

    def request(self, method, path, form=None, headers=(), cookies=None):
        connection = self.connection or self.connect()
        sent = {"Host": f"{self.name}:{self.host.https}", "User-Agent": "scenario/1"}
        kept = self.cookies if cookies is None else cookies
        if kept:
            sent["Cookie"] = "; ".join(f"{n}={v}" for n, v in kept.items())
        body = None
        if form is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
            sent["Origin"] = self.origin
            body = urllib.parse.urlencode(form)
        sent.update(dict(headers))
        connection.request(method, path, body, {n: v for n, v in sent.items() if v is not None})
        answer = Answer(connection.getresponse())
        self.connection = connection if self.keep_open and answer.headers["Connection"] != "close" else None
        if self.connection is None:
            connection.close()
        self.keep(answer)
        return answer

    def keep(self, answer):
        for line in answer.headers.get_all("Set-Cookie") or ():
            match = COOKIE.match(line)
            if match is None:
                raise AssertionError(f"a cookie that is not as it must be: {line}")
            if match[3] == "; Max-Age=0":
                self.cookies.pop(match[1], None)
            else:
                self.cookies[match[1]] = match[2]

    def get(self, path, **how):
        return self.request("GET", path, **how)

    def code(self, path):
        """The hidden code of the form at path."""
        answer = self.get(path)
        found = re.search(r'name="csrf" value="([^"]+)"', answer.text)
        if found is None:
            raise AssertionError(f"no form at {path}: status {answer.status}")
        return found[1]

    def post(self, page, path, **fields):
        """Fill in the form of a page and send it to path."""
        return self.request("POST", path, {"csrf": self.code(page), **fields})

    def login(self, login, password, go_on="/"):
        return self.post("/login", "/login", login=login, password=password, next=go_on)
