"""TLS of the portals: versions, certificates, tickets, protocols."""
import hashlib
import re
import socket
import ssl
import subprocess
import warnings

import web
from case import equal, scenario
from hello import open_tcp

warnings.filterwarnings("ignore", category=DeprecationWarning)
BOTH = {"rootless": True, "host": "two"}


def shake(host, ctx, name="acme.localhost", session=None):
    """A handshake and one request; the ssl socket's facts."""
    with web.Connection(host, name, ctx=ctx, session=session) as c:
        equal(c.request("/healthz").status, 200, "the portal's health")
        return {"version": c.sock.version(), "cipher": c.sock.cipher()[0], "reused": c.sock.session_reused,
                "session": c.sock.session, "alpn": c.sock.selected_alpn_protocol(),
                "certificate": c.sock.getpeercert(binary_form=True)}


def refused(host, ctx, what, name="acme.localhost"):
    try:
        facts = shake(host, ctx, name)
    except ssl.SSLError as error:
        if "ALERT" not in str(error):
            raise AssertionError(f"{what} was never offered: {error}") from error
        return
    raise AssertionError(f"{what} was accepted: {facts['version']} {facts['cipher']}")


@scenario("TLS 1.3 and 1.2 are spoken, TLS 1.1 and 1.0 are refused", **BOTH)
def versions(host):
    for version, name in ((ssl.TLSVersion.TLSv1_3, "TLSv1.3"), (ssl.TLSVersion.TLSv1_2, "TLSv1.2")):
        ctx = web.context(host.ca)
        ctx.minimum_version = ctx.maximum_version = version
        equal(shake(host, ctx)["version"], name, "the version spoken")
    for version in (ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1):
        ctx = web.context(host.ca)
        ctx.set_ciphers("ALL:@SECLEVEL=0")
        ctx.minimum_version = ctx.maximum_version = version
        refused(host, ctx, version.name)


@scenario("A portal sends its certificate without the root, and that is enough for who trusts the root", **BOTH)
def chain(host):
    out = subprocess.run(["openssl", "s_client", "-connect", f"127.0.0.1:{host.https}", "-servername",
                          "acme.localhost", "-showcerts", "-verify_return_error", "-CAfile", host.ca],
                         stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=20).stdout
    equal((out.count("BEGIN CERTIFICATE"), "Verify return code: 0 (ok)" in out), (1, True),
          "certificates sent, and whether the chain is trusted")


@scenario("With TLS 1.2 only forward secret AEAD suites are accepted", **BOTH)
def suites(host):
    accepted, weak = [], weak_ciphers()
    if len(weak) < 10:
        raise AssertionError("this client knows no weak suites, so it cannot offer them")
    for cipher in ssl.create_default_context().get_ciphers() + weak:
        if cipher["protocol"] == "TLSv1.3":
            continue
        ctx = web.context(host.ca)
        ctx.maximum_version = ssl.TLSVersion.TLSv1_2
        ctx.set_ciphers(f"{cipher['name']}:@SECLEVEL=0")
        try:
            accepted.append(shake(host, ctx)["cipher"])
        except (ssl.SSLError, ConnectionError):
            continue
    if not accepted:
        raise AssertionError("no TLS 1.2 suite at all is accepted")
    for name in accepted:
        if not re.match(r"^ECDHE-.*(GCM|POLY1305)", name):
            raise AssertionError(f"{name} is accepted")


def weak_ciphers():
    ctx = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    ctx.set_ciphers("ALL:!aNULL:@SECLEVEL=0")
    known = {c["name"] for c in ssl.create_default_context().get_ciphers()}
    return [c for c in ctx.get_ciphers() if c["name"] not in known]


@scenario("A portal's certificate is its own: it verifies for its name and for no other portal's", **BOTH)
def certificates(host):
    prints = {}
    for name in ("acme", "globex"):
        prints[name] = hashlib.sha256(shake(host, web.context(host.ca), f"{name}.localhost")["certificate"]).digest()
    if prints["acme"] == prints["globex"]:
        raise AssertionError("both portals have one certificate")
    ctx = web.context(host.ca)
    ctx.check_hostname = False
    with open_tcp(host) as raw, ctx.wrap_socket(raw, server_hostname="acme.localhost") as sock:
        names = {value for kind, value in sock.getpeercert()["subjectAltName"] if kind == "DNS"}
        equal(names, {"acme.localhost"}, "the names in acme's certificate")
        equal(hashlib.sha256(sock.getpeercert(binary_form=True)).digest(), prints["acme"], "acme's certificate")
    try:
        shake(host, ssl.create_default_context())
    except ssl.SSLCertVerificationError:
        return
    raise AssertionError("a client that does not know the local authority trusts the certificate")


@scenario("The authority may only certify what is below the host's name", **BOTH)
def authority(host):
    text = subprocess.run(["openssl", "x509", "-in", str(host.ca), "-noout", "-text"], capture_output=True,
                          text=True, check=True).stdout
    for wanted in (r"Name Constraints: critical\s+Permitted:\s+DNS:\.?localhost", r"CA:TRUE, pathlen:0",
                   r"Key Usage: critical\s+Certificate Sign"):
        if not re.search(wanted, text):
            raise AssertionError(f"the authority's certificate has no {wanted!r}:\n{text}")
    equal(host.ca.stat().st_mode & 0o777, 0o644, "mode of ca.pem")
    if "PRIVATE" in host.ca.read_text():
        raise AssertionError("ca.pem holds a key")


@scenario("HTTP/2 and HTTP/1.1 are agreed on; a client that offers neither is refused, one that offers "
          "nothing speaks HTTP/1.1", **BOTH)
def alpn(host):
    for offered, chosen in ((("h2", "http/1.1"), "h2"), (("http/1.1", "h2"), "h2"), (("h2",), "h2"),
                            (("http/1.1",), "http/1.1"), (("spdy/3", "http/1.1"), "http/1.1")):
        with web.Connection(host, "acme.localhost", ctx=web.context(host.ca, offered)) as c:
            equal(c.sock.selected_alpn_protocol(), chosen, f"agreed on of {offered}")
    equal(shake(host, web.context(host.ca, ()))["alpn"], None, "agreed on without an offer")
    for offered in (("spdy/3",), ("http/1.0",), ("h3",)):
        try:
            web.Connection(host, "acme.localhost", ctx=web.context(host.ca, offered)).close()
        except ssl.SSLError as error:
            if "NO_APPLICATION_PROTOCOL" not in str(error).upper().replace(" ", "_"):
                raise
            continue
        raise AssertionError(f"{offered} was accepted")


@scenario("A session is resumed at the portal that gave it and nowhere else", **BOTH)
def tickets(host):
    for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
        ctx = web.context(host.ca)
        ctx.minimum_version = ctx.maximum_version = version
        first = shake(host, ctx)
        again = shake(host, ctx, session=first["session"])
        equal(again["reused"], True, f"{version.name}: resumed at the same portal")
        ctx.check_hostname = False
        other = shake(host, ctx, "globex.localhost", session=first["session"])
        equal(other["reused"], False, f"{version.name}: resumed at another portal")
        certificate = shake(host, web.context(host.ca), "globex.localhost")["certificate"]
        if version == ssl.TLSVersion.TLSv1_2:
            equal(other["certificate"], certificate, "the certificate of the other portal")


@scenario("Renegotiation, compression and early data are not to be had", **BOTH)
def odd_features(host):
    with web.Connection(host, "acme.localhost") as c:
        equal(c.sock.compression(), None, "TLS compression")
    argv = ["openssl", "s_client", "-connect", f"127.0.0.1:{host.https}", "-servername", "acme.localhost",
            "-CAfile", str(host.ca), "-tls1_2"]
    shown = subprocess.run(argv, input="R\n", capture_output=True, text=True, timeout=20, check=False)
    said = shown.stdout + shown.stderr
    if "RENEGOTIATING" not in said or "no renegotiation" not in said.lower() and "wrong version" not in said.lower():
        raise AssertionError(f"renegotiation was not refused:\n{said[-600:]}")
    argv = argv[:-1] + ["-tls1_3"]
    shown = subprocess.run(argv, input="", capture_output=True, text=True, timeout=20, check=False).stdout
    if "Max Early Data: 0" not in shown and "Early data was not sent" not in shown:
        raise AssertionError(f"early data seems to be offered:\n{shown[-600:]}")


@scenario("A TLS handshake that stops in the middle is ended, and the portal goes on", **BOTH)
def broken_handshake(host):
    for rest in (b"", b"\x16\x03\x03\x00\x05" + bytes(5), b"\x17\x03\x03\x00\x20" + bytes(32),
                 b"GET / HTTP/1.1\r\n\r\n"):
        ctx = web.context(host.ca)
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        tls = ctx.wrap_bio(incoming, outgoing, server_hostname="acme.localhost")
        try:
            tls.do_handshake()
        except ssl.SSLWantReadError:
            pass
        with open_tcp(host) as sock:
            sock.sendall(outgoing.read())
            sock.recv(65536)
            sock.sendall(rest)
            sock.shutdown(socket.SHUT_WR)
            web.read_all(sock)
    equal(web.get(host, "acme.localhost", "/healthz").status, 200, "the portal's health afterwards")
