"""Access tokens of ours whose signature was verified before, so that it is not worked out again.

Only what never changes is kept: that a key of the realm signed exactly these bytes. Whether the token
has expired, was revoked, or its person was disabled is asked at every use.
"""

from vestibule.crypto.keys import Keyring
from vestibule.crypto.secrets import digest
from vestibule.oidc.access_token import AccessToken

MOST_TOKENS = 4096


class VerifiedTokens:
    """The last tokens that were seen, by their digest. A realm whose keys changed begins anew."""

    __slots__ = ("_most", "_tokens")

    def __init__(self, most: int = MOST_TOKENS) -> None:
        self._most = most
        self._tokens: dict[bytes, tuple[Keyring, AccessToken]] = {}

    def find(self, keyring: Keyring, text: str) -> AccessToken | None:
        """The token that these keys are known to have signed."""
        found = self._tokens.get(digest(text))
        return found[1] if found is not None and found[0] is keyring else None

    def keep(self, keyring: Keyring, text: str, token: AccessToken) -> None:
        """Remembers a verified token; the oldest is forgotten when there are too many."""
        if len(self._tokens) >= self._most:
            del self._tokens[next(iter(self._tokens))]
        self._tokens[digest(text)] = (keyring, token)
