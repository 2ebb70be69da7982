"""HTTP to other services, guarded (D23): checked and pinned addresses, no redirects, small answers.

aiohttp is loaded by the first request, not at the start.
"""

import asyncio
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from vestibule.domain.errors import UpstreamTimeout
from vestibule.flows.ports import FetchResponse
from vestibule.outbound.addresses import resolve
from vestibule.outbound.allowed import Allowed, Opened, nothing_opened
from vestibule.outbound.target import Method, Request, read_target

if TYPE_CHECKING:
    from vestibule.outbound.exchange import Exchange

LIMIT_BYTES = 256 * 1024
LIMIT_SECONDS = 10.0
FORM = "application/x-www-form-urlencoded"


class GuardedFetch:
    """The port `Fetch`. `allow` opens exactly these `host:port`, and `opened` what it answers at a request's
    time; `ca_file` adds certificate authorities.

    Each request has a connection of its own, so that nothing is open between requests.
    """

    def __init__(
        self, allow: Iterable[str] = (), ca_file: Path | None = None, opened: Opened = nothing_opened
    ) -> None:
        self._allowed = Allowed(allow, opened)
        self._ca_file = ca_file
        self._exchange: Exchange | None = None

    async def get(
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = LIMIT_BYTES,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> FetchResponse:
        return await self._send("GET", url, headers or {}, None, limit_bytes, limit_seconds)

    async def post_form(
        self,
        url: str,
        fields: Mapping[str, str],
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = LIMIT_BYTES,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> FetchResponse:
        return await self.post(
            url,
            urlencode(fields).encode(),
            FORM,
            headers=headers,
            limit_bytes=limit_bytes,
            limit_seconds=limit_seconds,
        )

    async def post(
        self,
        url: str,
        body: bytes,
        content_type: str,
        *,
        headers: Mapping[str, str] | None = None,
        limit_bytes: int = LIMIT_BYTES,
        limit_seconds: float = LIMIT_SECONDS,
    ) -> FetchResponse:
        headers = {**(headers or {}), "Content-Type": content_type}
        return await self._send("POST", url, headers, body, limit_bytes, limit_seconds)

    async def _send(
        self,
        method: Method,
        url: str,
        headers: Mapping[str, str],
        body: bytes | None,
        limit_bytes: int,
        limit_seconds: float,
    ) -> FetchResponse:
        allowed = await self._allowed.now()
        request = Request(method, read_target(url, allowed), headers, body)
        place = request.target.place
        exchange = await self._load()
        try:
            async with asyncio.timeout(limit_seconds):
                addresses = await resolve(place, opened=place in allowed)
                return await exchange(request, addresses, limit_bytes)
        except TimeoutError:
            raise UpstreamTimeout(f"{place} did not answer in full within {limit_seconds:g} s") from None

    async def _load(self) -> "Exchange":
        """Loads aiohttp and the certificate authorities in a thread, so that nobody else waits for it."""
        if self._exchange is None:
            self._exchange = await asyncio.to_thread(_make_exchange, self._ca_file)
        return self._exchange


def _make_exchange(ca_file: Path | None) -> "Exchange":
    from vestibule.outbound.exchange import Exchange

    return Exchange(ca_file)
