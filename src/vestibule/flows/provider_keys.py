"""The keys that upstream providers sign with, behind the `jwks_uri` of their connection."""

from datetime import datetime, timedelta

from vestibule.crypto.jose import InvalidJwt, Jwks, read_kid
from vestibule.domain.errors import KeysUnavailable, SignatureValidationFailed
from vestibule.flows.key_sets import KeySets
from vestibule.flows.ports import Fetch

BETWEEN_REFETCHES = timedelta(0)
"""Tokens come from the provider itself: an unknown `kid` means that it has changed its keys just now."""
OF_STRANGERS = timedelta(seconds=10)
"""Anybody can send a logout token with an unknown `kid`."""


class ProviderKeys:
    """Finds the keys for a token of a provider; a rotation in the middle of a sign-in costs one request."""

    def __init__(self, fetch: Fetch) -> None:
        self._sets = KeySets(fetch, BETWEEN_REFETCHES, takes_empty=False)

    async def of(
        self, url: str, token: str, now: datetime, between_refetches: timedelta = BETWEEN_REFETCHES
    ) -> Jwks:
        """The keys that may have signed `token`, which is not verified here; it came from the provider itself
        unless `between_refetches` says otherwise.

        Raises `SignatureValidationFailed` where it is no JWT, `KeysUnavailable`.
        """
        try:
            kid = read_kid(token)
        except InvalidJwt as error:
            raise SignatureValidationFailed(f"not a signed token: {error.detail}") from error
        try:
            return await self._sets.of(url, kid, now, between_refetches)
        except InvalidJwt as error:
            raise KeysUnavailable(f"{url}: {error.detail}") from error
