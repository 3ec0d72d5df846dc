"""mail_peer -- a real mail server (aiosmtpd) that a scenario tells how to behave.

    mail_peer.py PORT CERTIFICATE KEY implicit|starttls|plain

Told by lines on standard input: "accept", "refuse CODE STAGE" (STAGE: rcpt, data or auth), "slow SECONDS" before it
answers the letter, "lose": take the letter and end without an answer. Says one JSON line for each letter and
login. Runs under the system's python3, whose aiosmtpd it is; ends with its standard input.
"""
import asyncio
import json
import os
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult

USER, PASSWORD = b"docs", b"Heron-Ledger-5520"
behaviour = ["accept"]


def say(**what):
    print(json.dumps(what), flush=True)


class Handler:
    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, options):
        if behaviour[0] == "refuse" and behaviour[2] == "rcpt":
            say(refused="rcpt")
            return f"{behaviour[1]} no, {address} is not here"
        envelope.rcpt_tos.append(address)
        return "250 fine"

    async def handle_DATA(self, server, session, envelope):
        now = list(behaviour)
        say(sender=envelope.mail_from, to=envelope.rcpt_tos, helo=session.host_name, tls=session.ssl is not None,
            content=envelope.content.decode("latin-1"), as_user=bool(session.authenticated))
        if now[0] == "slow":
            await asyncio.sleep(float(now[1]))
        if now[0] == "lose":
            os._exit(0)
        if now[0] == "refuse" and now[2] == "data":
            return f"{now[1]} not this one"
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    good = data.login == USER and data.password == PASSWORD
    if behaviour[0] == "refuse" and behaviour[2] == "auth":
        good = False
    say(login=data.login.decode("latin-1"), good=good)
    return AuthResult(success=good, handled=good)


async def main():
    port, certificate, key, mode = int(sys.argv[1]), sys.argv[2], sys.argv[3], sys.argv[4]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    loop = asyncio.get_running_loop()

    def make():
        starttls = mode == "starttls"
        return SMTP(Handler(), hostname="mail.localhost", tls_context=context if starttls else None,
                    require_starttls=starttls, auth_required=mode != "plain", auth_require_tls=starttls,
                    authenticator=authenticate, decode_data=False, loop=loop)

    await loop.create_server(make, "127.0.0.1", port, ssl=context if mode == "implicit" else None)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    say(ready=True)
    while line := await reader.readline():
        behaviour[:] = line.decode().split()
        say(told=behaviour)
    os._exit(0)


asyncio.run(main())
