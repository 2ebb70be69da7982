"""Who may administer what (D17): the rights, and the roles that carry them. One table for page and API."""

from typing import Literal

from vestibule.domain.realm import MASTER
from vestibule.domain.sentence import Sentence

Right = Literal[
    "list realms",  # names and counts
    "see",  # everything of a realm but secrets
    "end sessions",
    "recover people",  # send links with which somebody gets back in
    "change",  # settings, clients, people, roles; see a client's own secret
    "make realms",  # make and delete tenants
]

PLATFORM_ADMIN = "platform-admin"
PLATFORM_SUPPORT = "platform-support"
PLATFORM_BILLING = "platform-billing"
REALM_ADMIN = "realm-admin"

EVERY_RIGHT: frozenset[Right] = frozenset(
    {"list realms", "see", "end sessions", "recover people", "change", "make realms"}
)
PLATFORM_RIGHTS: dict[str, frozenset[Right]] = {
    PLATFORM_ADMIN: EVERY_RIGHT,
    PLATFORM_SUPPORT: frozenset({"list realms", "see", "end sessions", "recover people"}),
    PLATFORM_BILLING: frozenset({"list realms"}),
}
"""What the roles of `master` give, in every realm and on the platform."""

REALM_RIGHTS: dict[str, frozenset[Right]] = {
    REALM_ADMIN: frozenset({"see", "end sessions", "recover people", "change"})
}
"""What the built-in roles of a realm give, in that realm alone."""

ROLE_SENTENCES = {
    PLATFORM_ADMIN: Sentence("Administers the whole deployment."),
    PLATFORM_SUPPORT: Sentence("Reads every realm, ends sessions, sends recovery links."),
    PLATFORM_BILLING: Sentence("Sees the list of realms and their counts."),
    REALM_ADMIN: Sentence("Administers this realm."),
}

FRESH_SECONDS = 900
"""How old a sign-in may be before a secret, a policy or a role is shown or changed (D17)."""


def built_in_roles(realm_name: str) -> tuple[str, ...]:
    """The names of the realm roles that are there from the start and cannot be renamed or deleted."""
    return tuple(PLATFORM_RIGHTS) if realm_name == MASTER else tuple(REALM_RIGHTS)


def administrator_role(realm_name: str) -> str:
    """The role with every right that a role of the realm can give."""
    return PLATFORM_ADMIN if realm_name == MASTER else REALM_ADMIN


def rights_in(home_realm: str, role_names: frozenset[str], target_realm: str) -> frozenset[Right]:
    """What somebody of the realm `home_realm` with these realm roles may do in `target_realm`.

    People of `master` reach every realm by their platform roles; all others only their own.
    """
    table = PLATFORM_RIGHTS if home_realm == MASTER else REALM_RIGHTS
    if home_realm not in (MASTER, target_realm):
        return frozenset()
    return frozenset(right for name in role_names for right in table.get(name, ()))
