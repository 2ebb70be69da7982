"""Which scope a client gets for what it asks (RFC 6749 section 3.3)."""

from collections.abc import Iterable

from vestibule.domain.client import Client
from vestibule.domain.grant import OFFLINE_ACCESS

NEVER_UNASKED = frozenset({"openid", OFFLINE_ACCESS})


def given_scope(client: Client, asked: Iterable[str]) -> tuple[str, ...]:
    """What it asked for and may have, then what it is given always.

    Two are never given unasked: without `openid` it is no request of OpenID Connect (Core 1.0 section
    3.1.2.1), and to `offline_access` a person must have agreed (section 11).
    """
    allowed = client.every_scope
    given = dict.fromkeys(name for name in asked if name in allowed)
    given |= dict.fromkeys(name for name in client.default_scopes if name not in NEVER_UNASKED)
    return tuple(given)


def still_given(client: Client, scope: tuple[str, ...]) -> tuple[str, ...]:
    """A scope given earlier, without what the client may not have any more. An offline grant stays one."""
    allowed = client.every_scope
    if all(name in allowed for name in scope):
        return scope
    return tuple(name for name in scope if name in allowed or name == OFFLINE_ACCESS)
