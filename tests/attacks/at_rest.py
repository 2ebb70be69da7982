"""What the attacks on secrets at rest share: a browser at a real service, and how to look for a secret."""

import base64
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx

from tests.browser import Browser
from tests.processes import Serving

REALM = "/realms/acme/protocol/openid-connect"


@asynccontextmanager
async def browsing(service: Serving) -> AsyncIterator[Browser]:
    async with httpx.AsyncClient(base_url=service.url, timeout=30) as http:
        yield Browser(http)


def found_in(content: bytes, secrets: Iterable[bytes]) -> list[bytes]:
    """Those of the secrets that lie in the content in any spelling."""
    return [secret for secret in secrets if any(text in content for text in spellings(secret))]


def spellings(secret: bytes) -> Iterator[bytes]:
    """How a secret may lie somewhere in clear."""
    yield secret
    yield secret.hex().encode()
    for offset in range(3):
        # Whatever stands before it in the same encoding.
        encoded = base64.b64encode(b"\0" * offset + secret)[4 if offset else 0 : -4]
        yield encoded
        yield encoded.translate(bytes.maketrans(b"+/", b"-_"))


def database_of(data: Path) -> bytes:
    """The database's file, and those that SQLite keeps beside it."""
    return b"".join(path.read_bytes() for path in sorted(data.glob("vestibule.db*")))
