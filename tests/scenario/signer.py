"""signer -- keys and signed tokens of a sign-on provider, right ones and wrong ones, by the openssl command."""
import base64
import hashlib
import hmac
import json
import subprocess
from pathlib import Path


def b64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def openssl(*words, stdin=b""):
    return subprocess.run(["openssl", *[str(w) for w in words]], input=stdin, capture_output=True, check=True).stdout


class Key:
    """A key pair: kind is RS256 or ES256."""

    def __init__(self, folder, kid, kind="RS256"):
        self.kid, self.kind, self.file = kid, kind, Path(folder) / f"{kid}.pem"
        if kind == "RS256":
            openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out", self.file)
        else:
            openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", self.file)
        self.public_pem = openssl("pkey", "-in", self.file, "-pubout")

    def jwk(self):
        if self.kind == "RS256":
            text = openssl("rsa", "-in", self.file, "-noout", "-modulus").decode().strip().split("=")[1]
            return {"kty": "RSA", "kid": self.kid, "use": "sig", "alg": "RS256", "n": b64(bytes.fromhex(text)),
                    "e": "AQAB"}
        point = openssl("pkey", "-in", self.file, "-pubout", "-outform", "DER")[-64:]
        return {"kty": "EC", "crv": "P-256", "kid": self.kid, "use": "sig", "alg": "ES256", "x": b64(point[:32]),
                "y": b64(point[32:])}

    def sign(self, text):
        der = openssl("dgst", "-sha256", "-sign", self.file, stdin=text)
        return der if self.kind == "RS256" else raw_of(der)


def raw_of(der):
    """r and s of an ECDSA signature (RFC 7518, 3.4) from its DER form."""
    at, out = 2, b""
    for _ in range(2):
        length = der[at + 1]
        out += der[at + 2:at + 2 + length].lstrip(b"\0").rjust(32, b"\0")
        at += 2 + length
    return out


def token(claims, key, header=None, signature=None):
    """header: members to set or, with None, to leave out; signature: instead of the right one, given the text."""
    head = {"alg": key.kind, "typ": "JWT", "kid": key.kid, **(header or {})}
    head = {n: v for n, v in head.items() if v is not None}
    text = f"{b64(json.dumps(head).encode())}.{b64(json.dumps(claims).encode())}".encode()
    signed = key.sign(text) if signature is None else signature(text)
    return f"{text.decode()}.{b64(signed)}"


def with_public_key(key):
    """HS256 with what everybody knows: the public key as the shared secret."""
    return lambda text: hmac.new(key.public_pem, text, hashlib.sha256).digest()


class Authority:
    """Certificates for 127.0.0.1, from an authority of the test's own."""

    def __init__(self, folder):
        self.folder = Path(folder)
        self.ca, self.ca_key = self.folder / "ca.pem", self.folder / "ca.key"
        openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "30",
                "-subj", "/CN=Test authority", "-keyout", self.ca_key, "-out", self.ca)

    def certificate(self, name, address="127.0.0.1"):
        key, request, pem, more = (self.folder / f"{name}.{end}" for end in ("key", "csr", "pem", "cnf"))
        more.write_text(f"subjectAltName=IP:{address}\nextendedKeyUsage=serverAuth\n")
        openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", f"/CN={name}",
                "-keyout", key, "-out", request)
        openssl("x509", "-req", "-in", request, "-CA", self.ca, "-CAkey", self.ca_key, "-CAcreateserial", "-days", "30",
                "-extfile", more, "-out", pem)
        return pem, key
