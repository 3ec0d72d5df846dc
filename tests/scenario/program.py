"""program -- a program that uses a portal's API by a token, and nothing else."""
import http.client
import json

import web

ALL = ("content.read", "projects.read", "people.read", "people.write", "log.read", "settings.read", "settings.write")
SCOPES = {"administrator": ALL, "writer": ALL[:2], "reviewer": ALL[:2], "power-reader": ALL[:1]}
FOREVER = 300           # days: longer than any test


class Answer:
    def __init__(self, response):
        self.status, self.headers, self.body = response.status, response.headers, response.read()

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def names(self):
        """The members or parameters that were refused."""
        return [e["name"] for e in self.json.get("errors", ())]


class Program:
    """One connection, made anew when the portal has ended it."""

    def __init__(self, host, portal, token=None):
        self.host, self.name, self.token = host, f"{portal}.localhost", token
        self.context, self.connection, self.source = web.context(host.ca), None, None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def connect(self):
        if self.connection is None:
            self.connection = http.client.HTTPSConnection("127.0.0.1", self.host.https, timeout=20)
            self.connection.sock = self.context.wrap_socket(
                http.client.socket.create_connection(("127.0.0.1", self.host.https), 20,
                                                     (self.source, 0) if self.source else None),
                server_hostname=self.name)
        return self.connection

    def send(self, method, path, body=None, headers=()):
        """body: what becomes JSON, or bytes as they are."""
        sent = {"Host": f"{self.name}:{self.host.https}", "User-Agent": "program/1"}
        if self.token:
            sent["Authorization"] = f"Bearer {self.token}"
        if body is not None:
            sent["Content-Type"] = "application/json"
            body = body if isinstance(body, bytes) else json.dumps(body).encode()
        sent.update(dict(headers))
        sent = {n: v for n, v in sent.items() if v is not None}
        for attempt in (0, 1):
            connection = self.connect()
            try:
                connection.request(method, path, body, sent)
                answer = Answer(connection.getresponse())
                break
            except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
                self.close()
                if attempt:
                    raise
        if answer.headers.get("Connection") == "close":
            self.close()
        return answer

    def get(self, path, **how):
        return self.send("GET", "/api/v1" + path, **how)

    def post(self, path, body=None, **how):
        return self.send("POST", "/api/v1" + path, body, **how)

    def patch(self, path, body, **how):
        return self.send("PATCH", "/api/v1" + path, body, **how)

    def put(self, path, body=None, **how):
        return self.send("PUT", "/api/v1" + path, body, **how)

    def delete(self, path, **how):
        return self.send("DELETE", "/api/v1" + path, **how)


def last_day():
    import datetime
    return str(datetime.datetime.now(datetime.timezone.utc).date() + datetime.timedelta(days=FOREVER))


def make_token(host, portal, email, *scopes):
    words = [w for scope in scopes for w in ("--scope", scope)]
    return host.command("token", "add", portal, email, "--name", "scenario", "--expires", last_day(), *words)
