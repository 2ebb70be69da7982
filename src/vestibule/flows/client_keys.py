"""The public keys of clients that sign their assertions (RFC 7523): registered by value or behind a URL."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import lru_cache

from vestibule.crypto.jose import InvalidJwt, Jwks, read_jwks, split_compact
from vestibule.crypto.strict_json import read_json_object
from vestibule.domain.client import Client
from vestibule.domain.errors import VestibuleError
from vestibule.flows.ports import Fetch

FRESH = timedelta(minutes=5)
KEPT_WHILE_FAILING = timedelta(hours=1)
BETWEEN_REFETCHES = timedelta(minutes=1)
BETWEEN_FAILURES = timedelta(seconds=10)
LIMIT_SECONDS = 5.0
MOST_URLS = 1000

_read_registered = lru_cache(maxsize=256)(read_jwks)


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What is known of one URL: the last good set and since when, the last try and how it failed."""

    tried_at: datetime
    failure: str = ""
    jwks: Jwks | None = None
    good_at: datetime | None = None

    def needs_fetch(self, kid: str | None, now: datetime) -> bool:
        if self.failure:
            return now - self.tried_at >= BETWEEN_FAILURES
        if now - self.tried_at >= FRESH:
            return True
        return not self._has(kid) and now - self.tried_at >= BETWEEN_REFETCHES

    def usable(self, now: datetime) -> Jwks:
        """The last good set; raises `InvalidJwt` where there is none, or it is too old by now."""
        if self.jwks is None or self.good_at is None or now - self.good_at > KEPT_WHILE_FAILING:
            raise InvalidJwt(f"no keys from the client's jwks_uri: {self.failure}")
        return self.jwks

    def _has(self, kid: str | None) -> bool:
        return kid is None or (self.jwks is not None and any(key.kid == kid for key in self.jwks.keys))


class ClientKeys:
    """Finds the keys for an assertion. A URL is asked once for all who wait, and kept for five minutes.

    An unknown `kid` asks again, once a minute at most, so that a client can change its keys. While the
    URL fails, the last good set serves for an hour.
    """

    def __init__(self, fetch: Fetch) -> None:
        self._fetch = fetch
        self._known: OrderedDict[str, _Fetched] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[_Fetched]] = {}

    async def of(self, client: Client, assertion: str, now: datetime) -> Jwks:
        """The keys that may have signed `assertion`, which is not verified here.

        Raises `InvalidJwt` where the client has none, they cannot be fetched, or the assertion is none.
        """
        if client.jwks:
            return _read_registered(client.jwks)
        if not client.jwks_uri:
            raise InvalidJwt("the client has no keys registered")
        url, kid = client.jwks_uri, _read_kid(assertion)
        known = self._known.get(url)
        if known is None or known.needs_fetch(kid, now):
            known = await self._fetch_once(url, now)
        else:
            self._known.move_to_end(url)
        return known.usable(now)

    async def _fetch_once(self, url: str, now: datetime) -> _Fetched:
        task = self._fetching.get(url)
        if task is None:
            task = self._fetching[url] = asyncio.create_task(self._fetch_and_keep(url, now))
            task.add_done_callback(lambda _: self._fetching.pop(url, None))
        # Whoever goes away while waiting must not take the answer from the others.
        return await asyncio.shield(task)

    async def _fetch_and_keep(self, url: str, now: datetime) -> _Fetched:
        try:
            answer = await self._fetch.get(
                url, headers={"Accept": "application/json"}, limit_seconds=LIMIT_SECONDS
            )
            if answer.status != 200:
                raise InvalidJwt(f"answered {answer.status}")
            fetched = _Fetched(now, jwks=read_jwks(answer.body), good_at=now)
        except (VestibuleError, InvalidJwt) as error:
            name = error.code if isinstance(error, VestibuleError) else "not a JWK Set"
            earlier = self._known.get(url, _Fetched(now))
            fetched = replace(earlier, tried_at=now, failure=f"{name}: {error.detail}")
        self._known[url] = fetched
        self._known.move_to_end(url)
        if len(self._known) > MOST_URLS:
            self._known.popitem(last=False)
        return fetched


def _read_kid(assertion: str) -> str | None:
    _, header, _, _ = split_compact(assertion)
    try:
        kid = read_json_object(header).get("kid")
    except ValueError as error:
        raise InvalidJwt(f"header: {error}") from error
    return kid if isinstance(kid, str) else None
