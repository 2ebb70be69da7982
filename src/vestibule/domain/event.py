"""Events: what happened, to whom, by whom, from where; written with the change that they tell of."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

EventType = Literal[
    "LOGIN",
    "LOGIN_ERROR",
    "LOGOUT",
    "CODE_REUSED",
    "REFRESH_TOKEN_REUSED",
    "GRANT_REVOKED",
    "CONSENT_GIVEN",
    "CONSENT_DENIED",
    "PASSKEY_ADDED",
    "PASSKEY_COUNTER",
    "BACKCHANNEL_LOGOUT_FAILED",
    "ADMINISTRATOR_CREATED",
    "REALM_IMPORTED",
    "KEY_ROTATED",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit. `error` is a registered name, `reference` the one that people were shown."""

    id: str
    at: datetime
    type: EventType
    realm_id: str | None = None
    user_id: str | None = None
    client_id: str | None = None
    session_id: str | None = None
    address: str = ""
    reference: str = ""
    error: str = ""
    details: dict[str, str] = field(default_factory=dict)
