"""provider -- a sign-on provider that does as it is told: right answers, and every wrong one."""
import base64
import hashlib
import http.server
import json
import ssl
import threading
import time
import urllib.parse

import signer
from host import free_port


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_words):
        pass

    def answer(self, status, body, kind="application/json", **headers):
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.send_header("Connection", "close")
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)
        self.close_connection = True

    def drip(self, seconds):
        """A byte now and then, as long as somebody listens."""
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "1000000")
        self.end_headers()
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self.wfile.write(b" ")
            self.wfile.flush()
            time.sleep(0.5)

    def handle_one(self, method):
        provider = self.server.provider
        path = urllib.parse.urlsplit(self.path).path
        length = int(self.headers.get("Content-Length") or 0)
        form = dict(urllib.parse.parse_qsl(self.rfile.read(length).decode()))
        provider.asked.append((method, path, form, dict(self.headers)))
        special = provider.special.get(path)
        if special is not None:
            special(self)
        elif path == "/.well-known/openid-configuration":
            self.answer(200, provider.description())
        elif path == "/jwks":
            self.answer(200, {"keys": [k.jwk() for k in provider.published]})
        elif path == "/token":
            self.answer(*provider.exchange(form, self.headers))
        elif path == "/me":
            self.answer(200, provider.userinfo)
        else:
            self.answer(404, {"error": "not_found"})

    def do_GET(self):
        self.handle_one("GET")

    def do_POST(self):
        self.handle_one("POST")


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_words):
        pass                            # whoever asks may hang up


class Provider:
    client, secret = "carrel", "Canary-Client-Secret-4711"

    def __init__(self, authority, name="one", certificate=None):
        self.name, self.port = name, free_port()
        self.issuer = f"https://127.0.0.1:{self.port}"
        self.keys = [signer.Key(authority.folder, f"{name}-1")]
        self.published = list(self.keys)
        self.special, self.asked, self.codes = {}, [], {}
        self.changes, self.left_out, self.userinfo = {}, (), {}
        self.make = None                # claims -> token, instead of the right one
        self.names_issuer = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*(certificate or authority.certificate(name)))
        self.server = Server(("127.0.0.1", self.port), Handler)
        self.server.provider = self
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True)
        self.thread.start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def __enter__(self):
        return self

    def __exit__(self, *_words):
        self.close()

    def description(self):
        return {"issuer": self.issuer, "authorization_endpoint": f"{self.issuer}/auth",
                "token_endpoint": f"{self.issuer}/token", "jwks_uri": f"{self.issuer}/jwks",
                "userinfo_endpoint": f"{self.issuer}/me", "response_types_supported": ["code"],
                "code_challenge_methods_supported": ["S256"], "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "authorization_response_iss_parameter_supported": self.names_issuer}

    def approve(self, url, sub, **claims):
        """What the person does at the provider; the answer's parameters."""
        query = dict(urllib.parse.parse_qsl(urllib.parse.urlsplit(url).query))
        code = hashlib.sha256(f"{self.name} {sub} {len(self.codes)}".encode()).hexdigest()
        now = int(time.time())
        self.codes[code] = (query, {"iss": self.issuer, "sub": sub, "aud": self.client, "iat": now, "exp": now + 300,
                                    "auth_time": now, "nonce": query["nonce"], **claims})
        answer = {"code": code, "state": query["state"]}
        if self.names_issuer:
            answer["iss"] = self.issuer
        return answer

    def is_client(self, form, headers):
        words = (headers.get("Authorization") or "").split(" ")
        if words[0] == "Basic":
            return base64.b64decode(words[1]).decode() == f"{self.client}:{self.secret}"
        return (form.get("client_id"), form.get("client_secret")) == (self.client, self.secret)

    def exchange(self, form, headers):
        """The code for tokens; each code once, for whoever has its verifier (RFC 7636, 4.6)."""
        query, claims = self.codes.pop(form.get("code"), (None, None))
        if not self.is_client(form, headers):
            return 401, {"error": "invalid_client"}
        challenge = signer.b64(hashlib.sha256(form.get("code_verifier", "").encode()).digest())
        if query is None or challenge != query["code_challenge"] or form["redirect_uri"] != query["redirect_uri"]:
            return 400, {"error": "invalid_grant", "error_description": "<script>alert(1)</script>"}
        claims = {n: v for n, v in {**claims, **self.changes}.items() if n not in self.left_out}
        id_token = self.make(claims) if self.make else signer.token(claims, self.keys[0])
        return 200, {"access_token": "at-1", "token_type": "Bearer", "expires_in": 60, "id_token": id_token}
