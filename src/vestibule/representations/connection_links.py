"""Who a person is at a provider, in Keycloak's shape: a federated identity there."""

from dataclasses import dataclass
from typing import Any

from vestibule.domain.connection import TENANT_PLACE, Connection, Link
from vestibule.representations.document import Element

PROVIDER, SUBJECT, USERNAME, ISSUER = "identityProvider", "userId", "userName", "issuer"
"""`issuer` is ours: it tells the tenant, where a provider's people belong to several."""
SUBJECT_LIMIT = 255


@dataclass(frozen=True, slots=True)
class LinkEntry:
    """A link of a person of a document."""

    element: Element
    link: Link


def read_link(element: Element, connection: Connection, link_id: str, user_id: str) -> Link:
    """A new link of the person through the connection. Raises `BadDocument`.

    The key is the provider's subject, letter for letter; the name is for showing only (BR-16).
    """
    subject = element.text(SUBJECT, "", SUBJECT_LIMIT)
    if not subject:
        element.member(SUBJECT).refuse("The person's ID at the provider, “userId”, is missing.")
    return Link(
        id=link_id,
        realm_id=connection.realm_id,
        user_id=user_id,
        connection_id=connection.id,
        issuer=_read_issuer(element, connection.issuer),
        subject=subject,
        owner=connection.owner,
        username=element.text(USERNAME, ""),
    )


def write_link(link: Link, connection: Connection) -> dict[str, Any]:
    """The link's members; the issuer only where the connection's own does not tell it."""
    written = {PROVIDER: connection.alias, SUBJECT: link.subject, USERNAME: link.username}
    return written if link.issuer == connection.issuer else written | {ISSUER: link.issuer}


def needs_issuer(element: Element, connection: Connection) -> bool:
    """Whether the document does not say which tenant's issuer signed for the person."""
    return TENANT_PLACE in connection.issuer and not element.member(ISSUER).is_present


def _read_issuer(element: Element, expected: str) -> str:
    """The issuer that signs for the person: the connection's, or the one of a tenant."""
    member = element.member(ISSUER)
    issuer = element.text(ISSUER, expected, 2000)
    before, place, after = expected.partition(TENANT_PLACE)
    if not place:
        if issuer != expected:
            member.refuse("The issuer is “{issuer}”.", issuer=expected)
        return expected
    tenant = issuer.removeprefix(before).removesuffix(after)
    if issuer != before + tenant + after or not tenant or not tenant.replace("-", "").isalnum():
        member.refuse("Say the issuer of the person's tenant: “{issuer}” with its ID.", issuer=expected)
    return issuer
