"""Which ways of signing in through a provider a realm's page offers, and which one an address leads to."""

from vestibule.domain.connection import Connection
from vestibule.domain.user import fold
from vestibule.flows.ports import ActiveRealm


def offered(active: ActiveRealm) -> tuple[Connection, ...]:
    """The connections with a button, in their order."""
    return tuple(one for one in active.connections.values() if one.enabled and not one.hidden)


def has_any(active: ActiveRealm) -> bool:
    """Whether anybody can come in through a provider, by a button or by a hint."""
    return any(one.enabled for one in active.connections.values())


def routed_by(active: ActiveRealm, name: str) -> str:
    """The alias of the connection that an address belongs to by its domain (D20); blank: none."""
    _, at, domain = fold(name).rpartition("@")
    if not at:
        return ""
    for connection in active.connections.values():
        if connection.enabled and domain in {fold(one) for one in connection.domains}:
            return connection.alias
    return ""


def hinted(active: ActiveRealm, hint: str | None) -> str:
    """The alias that `kc_idp_hint` names, where there is such a way; else blank, and the page is shown."""
    connection = active.connections.get(hint or "")
    return connection.alias if connection is not None and connection.enabled else ""
