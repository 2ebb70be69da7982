"""What the flows need from outside, as small protocols. `main` supplies the real ones.

Every storage method is one transaction. Rules of several steps go to `Storage.transaction(step)`:
`step` awaits nothing but the `Store` it is handed, takes values prepared before (hashing and
signing are done), and may run again after a serialization failure.
"""

from vestibule.flows.ports.connections import (
    TESTS_KEPT,
    Connections,
    ConnectionState,
    ConnectionTest,
    Expiries,
    Expiry,
    Givers,
    Links,
    UpstreamSession,
)
from vestibule.flows.ports.events import Counters, Delivery, Deployments, Events, Seal
from vestibule.flows.ports.grants import GrantInUse, Grants
from vestibule.flows.ports.mail import Letter, Mailer
from vestibule.flows.ports.outside import Clock, Fetch, FetchResponse, PasswordHasher, Randomness
from vestibule.flows.ports.people import Belongings, NameTaken, Users
from vestibule.flows.ports.sealed import SealedTexts
from vestibule.flows.ports.settings import ActiveRealm, Realms, Settings
from vestibule.flows.ports.sign_in import Logins, Sessions, SignedIn
from vestibule.flows.ports.store import Storage, Store

__all__ = [
    "TESTS_KEPT",
    "ActiveRealm",
    "Belongings",
    "Clock",
    "ConnectionState",
    "ConnectionTest",
    "Connections",
    "Counters",
    "Delivery",
    "Deployments",
    "Events",
    "Expiries",
    "Expiry",
    "Fetch",
    "FetchResponse",
    "Givers",
    "GrantInUse",
    "Grants",
    "Letter",
    "Links",
    "Logins",
    "Mailer",
    "NameTaken",
    "PasswordHasher",
    "Randomness",
    "Realms",
    "Seal",
    "SealedTexts",
    "Sessions",
    "Settings",
    "SignedIn",
    "Storage",
    "Store",
    "UpstreamSession",
    "Users",
]
