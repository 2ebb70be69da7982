"""JWK Sets of others by their address: fetched once for all who wait, kept, fetched again on rotation."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from vestibule.crypto.jose import InvalidJwt, Jwks, read_jwks
from vestibule.domain.errors import AddressNotAllowed, VestibuleError
from vestibule.flows.ports import Fetch

FRESH = timedelta(minutes=5)
KEPT_WHILE_FAILING = timedelta(hours=1)
BETWEEN_FAILURES = timedelta(seconds=10)
LIMIT_SECONDS = 5.0
MOST_URLS = 1000


@dataclass(frozen=True, slots=True)
class _Fetched:
    """What is known of one URL: the last good set and since when, the last try and how it failed.

    `refusal` is our own guard's, which a Platform Admin may lift (D23).
    """

    tried_at: datetime
    failure: str = ""
    jwks: Jwks | None = None
    good_at: datetime | None = None
    refusal: AddressNotAllowed | None = None

    def needs_fetch(self, kid: str | None, now: datetime, between_refetches: timedelta) -> bool:
        if self.failure:
            return now - self.tried_at >= BETWEEN_FAILURES
        if now - self.tried_at >= FRESH:
            return True
        return not self._has(kid) and now - self.tried_at >= between_refetches

    def usable(self, now: datetime) -> Jwks:
        """The last good set; raises `InvalidJwt` where there is none, or it is too old by now."""
        if self.jwks is None or self.good_at is None or now - self.good_at > KEPT_WHILE_FAILING:
            raise InvalidJwt(self.failure) from self.refusal
        return self.jwks

    def _has(self, kid: str | None) -> bool:
        return kid is None or (self.jwks is not None and any(key.kid == kid for key in self.jwks.keys))


class KeySets:
    """The sets by URL, each kept for five minutes. An unknown `kid` asks again, not more often than
    `between_refetches`, so that keys can change. While a URL fails, the last good set serves for an hour; an
    empty set is a failure too where `takes_empty` is false, else its owner has withdrawn every key.
    """

    def __init__(self, fetch: Fetch, between_refetches: timedelta, *, takes_empty: bool) -> None:
        self._fetch = fetch
        self._between_refetches = between_refetches
        self._takes_empty = takes_empty
        self._known: OrderedDict[str, _Fetched] = OrderedDict()
        self._fetching: dict[str, asyncio.Task[_Fetched]] = {}

    async def of(
        self, url: str, kid: str | None, now: datetime, between_refetches: timedelta | None = None
    ) -> Jwks:
        """The keys behind `url`, with the one called `kid` if it is there by now. `between_refetches` is for
        a token of a stranger, where others come from the owner of the keys.

        Raises `InvalidJwt` where there are none and there were none lately.
        """
        known = self._known.get(url)
        between = self._between_refetches if between_refetches is None else between_refetches
        if known is None or known.needs_fetch(kid, now, between):
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
            jwks = read_jwks(answer.body)
            if not (jwks.keys or self._takes_empty):
                raise InvalidJwt("no usable key in the set")
            fetched = _Fetched(now, jwks=jwks, good_at=now)
        except (VestibuleError, InvalidJwt) as error:
            name = error.code if isinstance(error, VestibuleError) else "not a JWK Set"
            earlier = self._known.get(url, _Fetched(now))
            refusal = error.with_traceback(None) if isinstance(error, AddressNotAllowed) else None
            fetched = replace(earlier, tried_at=now, failure=f"{name}: {error.detail}", refusal=refusal)
        self._known[url] = fetched
        self._known.move_to_end(url)
        if len(self._known) > MOST_URLS:
            self._known.popitem(last=False)
        return fetched
