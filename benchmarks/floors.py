"""The physical floors: what no such service can do without, measured in a process of its own.

The two HTTP floors are an application of two messages on the same hardened server, called by the same
load generator. So is the signature: what a request that signs costs more than one that does not, since
the load generator on the other processor slows every instruction of the server, the signature's too.
The others are loops around one call.
"""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import apsw
from argon2.low_level import Type, hash_secret
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.hashes import SHA256
from starlette.types import Receive, Scope, Send

from benchmarks.child import answer_questions, cpu_seconds
from vestibule.web.server import Address, Listener, run

ANSWER = b'{"status":"UP"}'
START = {
    "type": "http.response.start",
    "status": 200,
    "headers": [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(ANSWER))],
}
BODY = {"type": "http.response.body", "body": ANSWER}
SIGNING_PATH = "/sign"
SIGNED_BYTES = b"x" * 600
COMMITTED_BYTES = os.urandom(400)


class Bare:
    """Answers a GET; reads the form of a POST first; signs first where the address asks for it."""

    def __init__(self, sign: Callable[[], object]) -> None:
        self._sign = sign

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["method"] == "POST":
            message = await receive()
            parse_qsl(message["body"].decode("ascii"))
        elif scope["path"] == SIGNING_PATH:
            self._sign()
        await send(START)
        await send(BODY)


def rsa_2048_sign() -> Callable[[], object]:
    """One RS256 signature over as much as a token has."""
    key = rsa.generate_private_key(65537, 2048)
    return lambda: key.sign(SIGNED_BYTES, padding.PKCS1v15(), SHA256())


def rsa_2048_verify() -> Callable[[], object]:
    """One RS256 signature checked, over as much as a token has."""
    key = rsa.generate_private_key(65537, 2048)
    signature, public = key.sign(SIGNED_BYTES, padding.PKCS1v15(), SHA256()), key.public_key()
    return lambda: public.verify(signature, SIGNED_BYTES, padding.PKCS1v15(), SHA256())


def sqlite_full_commit(directory: Path) -> Callable[[], object]:
    """One row in one transaction that is on the disk when it returns."""
    connection = apsw.Connection(str(directory / "floor.db"))
    connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS rows (id INTEGER PRIMARY KEY, value BLOB)")
    return lambda: connection.execute("INSERT INTO rows (value) VALUES (?)", (COMMITTED_BYTES,))


def argon2id() -> Callable[[], object]:
    """One password hash with the parameters of the service."""
    return lambda: hash_secret(b"a password", b"sixteen bytes so", 2, 19456, 1, 32, Type.ID)


def measure(work: Callable[[], object], seconds: float) -> float:
    """CPU milliseconds of one call, from as many as fit into the time."""
    calls, before, until = 0, cpu_seconds(), time.perf_counter() + seconds
    while time.perf_counter() < until:
        for _ in range(5):
            work()
        calls += 5
    return 1000 * (cpu_seconds() - before) / calls


def main(fd: int, directory: Path) -> None:
    """Serves the bare application and measures what it is asked for."""
    sign = rsa_2048_sign()
    loops = {
        "rsa_2048_sign_alone": sign,
        "rsa_2048_verify_alone": rsa_2048_verify(),
        "sqlite_full_commit": sqlite_full_commit(directory),
        "argon2id": argon2id(),
    }

    def floor(arguments: list[Any]) -> float:
        name, seconds = arguments
        return measure(loops[name], seconds)

    def tell(addresses: Sequence[Address]) -> None:
        answer_questions(fd, addresses[0], {"usage": lambda _: (cpu_seconds(), 0.0), "floor": floor})

    run([Listener(Bare(sign), "127.0.0.1", 0, lifespan=False)], on_ready=tell)


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]))
