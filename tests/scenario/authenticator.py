"""authenticator -- what a person has beside the password, without a phone: one-time codes by RFC 6238, and passkeys
by Web Authentication, made here from the standard's own words so that the server is not tested against itself."""
import base64
import hashlib
import hmac
import json
import re
import struct
import time

STEP = 30


def totp(key, step):
    """Six digits for a step of 30 seconds; key in base32, blanks allowed."""
    secret = base64.b32decode(key.replace(" ", ""))
    mac = hmac.new(secret, struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return f"{(int.from_bytes(mac[at:at + 4], 'big') & 0x7fffffff) % 1000000:06d}"


class App:
    """An authenticator app: gives each code once, and goes one step ahead of the clock where it must."""

    def __init__(self, key):
        self.key, self.last = key, 0

    def code(self):
        now = int(time.time()) // STEP
        step = max(self.last + 1, now - 1)
        while step > int(time.time()) // STEP + 1:      # the server takes one step either way
            time.sleep(0.5)
        self.last = step
        return totp(self.key, step)

    def again(self):
        """The code given last, for a second time."""
        return totp(self.key, self.last)

    def wrong(self):
        """A code of none of the steps that the server might take."""
        now = int(time.time()) // STEP
        near = {totp(self.key, step) for step in range(now - 3, now + 4)}
        return next(c for c in (f"{n:06d}" for n in range(100000)) if c not in near)


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def unb64(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def cbor(value):
    """The few shapes an attestation object has."""
    def head(major, n):
        if n < 24:
            return bytes([major << 5 | n])
        return bytes([major << 5 | 24, n]) if n < 256 else bytes([major << 5 | 25]) + struct.pack(">H", n)
    if isinstance(value, int):
        return head(0, value) if value >= 0 else head(1, -1 - value)
    if isinstance(value, bytes):
        return head(2, len(value)) + value
    if isinstance(value, str):
        return head(3, len(value.encode())) + value.encode()
    return head(5, len(value)) + b"".join(cbor(k) + cbor(v) for k, v in value.items())


# ---- Ed25519 (RFC 8032, section 5.1), slow and plain ----

P = 2 ** 255 - 19
L = 2 ** 252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2 % P
    return ((x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P)


def times(n, point):
    out = (0, 1)
    while n:
        if n & 1:
            out = add(out, point)
        point, n = add(point, point), n >> 1
    return out


def encode(point):
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


BASE = (15112221349535400772501151409588531511454012693041857206046113283949847762202,
        46316835694926478169428394003475163141307993866256225615783033603165251855960)


class Ed25519:
    def __init__(self, seed):
        h = hashlib.sha512(seed).digest()
        self.a = int.from_bytes(h[:32], "little") & (1 << 254) - 8 | 1 << 254
        self.prefix, self.public = h[32:], encode(times(self.a, BASE))

    def sign(self, message):
        r = int.from_bytes(hashlib.sha512(self.prefix + message).digest(), "little") % L
        start = encode(times(r, BASE))
        k = int.from_bytes(hashlib.sha512(start + self.public + message).digest(), "little") % L
        return start + ((r + k * self.a) % L).to_bytes(32, "little")


PRESENT, VERIFIED, CREDENTIAL = 1, 4, 64
EDDSA = -8


class Passkey:
    """A security key with one passkey on it. Its owner can make it lie, as a stolen or broken one would."""

    def __init__(self, name=b"key-1", verifies=True):
        self.key, self.id, self.counter = Ed25519(hashlib.sha256(name).digest()), b"credential-" + name, 0
        self.verifies, self.user = verifies, b""

    def data(self, rp_id, flags, counter):
        return hashlib.sha256(rp_id.encode()).digest() + bytes([flags]) + struct.pack(">I", counter)

    def client(self, kind, question, origin):
        return json.dumps({"type": kind, "challenge": question["challenge"], "origin": origin,
                           "crossOrigin": False}).encode()

    def flags(self):
        return PRESENT | (VERIFIED if self.verifies else 0)

    def make(self, question, origin):
        """The fields of the form that registers it."""
        self.user = unb64(question["user_id"])
        key = cbor({1: 1, 3: EDDSA, -1: 6, -2: self.key.public})
        data = self.data(question["rp_id"], self.flags() | CREDENTIAL, 0)
        data += bytes(16) + struct.pack(">H", len(self.id)) + self.id + key
        return {"client_data": b64(self.client("webauthn.create", question, origin)), "transports": "usb,nfc",
                "attestation": b64(cbor({"fmt": "none", "attStmt": {}, "authData": data}))}

    def prove(self, question, origin, counter=None, rp_id=None):
        """The fields of the form that logs in with it. counter: another one than it would give."""
        self.counter = self.counter + 1 if counter is None else counter
        client = self.client("webauthn.get", question, origin)
        data = self.data(rp_id or question["rp_id"], self.flags(), self.counter)
        return {"credential": b64(self.id), "client_data": b64(client), "auth_data": b64(data),
                "signature": b64(self.key.sign(data + hashlib.sha256(client).digest())),
                "user_handle": b64(self.user)}


# ---- what a person does on the pages ----

def set_up_app(visitor, leads_on='href="/account/security"'):
    """Through the pages of /account/security; the app and the recovery codes that were shown, if any, with the way on."""
    answer = visitor.post("/account/security", "/account/security/app/start")
    if (answer.status, answer.location) != (303, "/account/security/app"):
        raise AssertionError(f"the start of an app's set-up: {answer.status}")
    page = visitor.get("/account/security/app").text
    app = App(re.search(r'<code dir="ltr">([A-Z2-7 ]+)</code>', page)[1])
    answer = visitor.post("/account/security/app", "/account/security/app", code=app.code())
    if answer.status != 200:
        raise AssertionError(f"the app's first code: {answer.status}")
    codes = recovery_codes(answer)
    if codes and leads_on not in answer.text:
        raise AssertionError(f"the page of the recovery codes does not lead on by {leads_on}")
    return app, codes


def recovery_codes(answer):
    return re.findall(r"<li><code>([0-9a-z]{5}-[0-9a-z]{5})</code></li>", answer.text)


def question(visitor, page, start="/login/passkey/start"):
    """What the server asks a passkey, as the script of that page would ask for it."""
    answer = visitor.request("POST", start, {"csrf": visitor.code(page)})
    if answer.status != 200 or answer.headers["Content-Type"] != "application/json; charset=utf-8":
        raise AssertionError(f"no question at {start}: {answer.status}")
    return json.loads(answer.text)


def add_passkey(visitor, key, name="Key"):
    asked = question(visitor, "/account/security", "/account/security/passkeys/start")
    return visitor.post("/account/security", "/account/security/passkeys", name=name,
                        **key.make(asked, visitor.origin))
