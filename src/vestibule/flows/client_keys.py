"""The public keys of clients that sign their assertions (RFC 7523): registered by value or behind a URL."""

from datetime import datetime, timedelta
from functools import lru_cache

from vestibule.crypto.jose import InvalidJwt, Jwks, read_jwks, read_kid
from vestibule.domain.client import Client
from vestibule.flows.key_sets import KeySets
from vestibule.flows.ports import Fetch

BETWEEN_REFETCHES = timedelta(minutes=1)
"""Anybody can send an assertion with an unknown `kid`."""

_read_registered = lru_cache(maxsize=256)(read_jwks)


class ClientKeys:
    """Finds the keys for an assertion."""

    def __init__(self, fetch: Fetch) -> None:
        self._sets = KeySets(fetch, BETWEEN_REFETCHES, takes_empty=True)

    async def of(self, client: Client, assertion: str, now: datetime) -> Jwks:
        """The keys that may have signed `assertion`, which is not verified here.

        Raises `InvalidJwt` where the client has none, they cannot be fetched, or the assertion is none.
        """
        if client.jwks:
            return _read_registered(client.jwks)
        if not client.jwks_uri:
            raise InvalidJwt("the client has no keys registered")
        kid = read_kid(assertion)
        try:
            return await self._sets.of(client.jwks_uri, kid, now)
        except InvalidJwt as error:
            raise InvalidJwt(f"no keys from the client's jwks_uri: {error.detail}") from error
