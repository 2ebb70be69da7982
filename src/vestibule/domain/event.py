"""Events: what happened, to whom, by whom, from where; written with the change that they tell of."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

EventType = Literal[
    "LOGIN",
    "LOGIN_ERROR",
    "LOGIN_LOCKED",
    "CLIENT_LOGIN",
    "CLIENT_LOGIN_ERROR",
    "FAILURES_LEFT_OUT",
    "LOGOUT",
    "CODE_REUSED",
    "REFRESH_TOKEN_REUSED",
    "GRANT_REVOKED",
    "CONSENT_GIVEN",
    "CONSENT_DENIED",
    "PASSKEY_ADDED",
    "PASSKEY_RENAMED",
    "PASSKEY_REMOVED",
    "PASSKEY_COUNTER",
    "BACKCHANNEL_LOGOUT_FAILED",
    "BACKCHANNEL_LOGOUT_REFUSED",
    "ADMINISTRATOR_CREATED",
    "SETUP_LINK_MADE",
    "REALM_IMPORTED",
    "REALM_EXPORTED",
    "KEY_ROTATED",
    "SECRET_KEY_ROTATED",
    "ADMIN_CREATE",
    "ADMIN_UPDATE",
    "ADMIN_DELETE",
    "ADMIN_ACTION",
    "SECRET_REVEALED",
    "PASSWORD_CHANGED",
    "EMAIL_CHANGED",
    "EMAIL_VERIFIED",
    "EMAIL_CHANGE_ASKED",
    "EMAIL_CONFIRMATION_SENT",
    "PROFILE_CHANGED",
    "MAIL_FAILED",
    "IDENTITY_LINKED",
    "IDENTITY_UNLINKED",
    "PERSON_ENROLLED",
    "UPSTREAM_SECRET_PROMOTED",
    "EXPIRY_REMINDER",
]

ADMIN_TYPES: tuple[EventType, ...] = (
    "ADMIN_CREATE",
    "ADMIN_UPDATE",
    "ADMIN_DELETE",
    "ADMIN_ACTION",
    "SECRET_REVEALED",
    "SETUP_LINK_MADE",
    "REALM_IMPORTED",
    "REALM_EXPORTED",
    "KEY_ROTATED",
    "SECRET_KEY_ROTATED",
)
"""What administrators did; every other type tells of people and applications.

The store keeps beside each event whether it is one of these: a change here needs a migration of that.
"""

Resource = Literal[
    "REALM",
    "CLIENT",
    "USER",
    "REALM_ROLE",
    "CLIENT_ROLE",
    "GROUP",
    "CLIENT_SCOPE",
    "IDENTITY_PROVIDER",
    "IDENTITY_PROVIDER_MAPPER",
    "SESSION",
    "KEY",
    "MAIL",
    "EVENT",
    "OUTBOUND_ADDRESS",
]


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit. `error` is a registered name, `reference` the one that people were shown.

    A change also says by whom (`actor_…`, who may belong to another realm) and to what: `path` such as
    `clients/{id}`, `before` and `after` as JSON text with secrets masked, empty where there is none.
    """

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
    actor_id: str = ""
    actor_name: str = ""
    actor_realm_id: str = ""
    resource: str = ""
    path: str = ""
    before: str = ""
    after: str = ""
