"""Who signed: comparing issuers, and the vendors whose issuer is more than one text.

An issuer is compared as a string, letter for letter (OpenID Connect Core 1.0 section 3.1.3.7 number 2).
Two vendors need more. Google writes its own with and without the scheme. Entra publishes, for everybody's
tenants together, a template with `{tenantid}`, which each token fills with its own `tid` (D11).
"""

import re
from collections.abc import Mapping
from typing import Any

from vestibule.domain.connection import TENANT_PLACE, Connection
from vestibule.oidc.relying_party.address import read_address

GOOGLE_ISSUERS = frozenset({"https://accounts.google.com", "accounts.google.com"})
ENTRA_HOSTS = frozenset(
    {"login.microsoftonline.com", "login.microsoftonline.us", "login.partner.microsoftonline.cn"}
)
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def is_template(issuer: str) -> bool:
    """Whether the issuer stands for many tenants."""
    return TENANT_PLACE in issuer


def is_entra(connection: Connection) -> bool:
    """Whether Microsoft is at the other end, also where the connection was made as a plain OpenID one."""
    address = read_address(connection.issuer)
    return connection.kind == "entra" or (address is not None and address.host in ENTRA_HOSTS)


def issuer_of_tenant(template: str, tenant: object) -> str | None:
    """The issuer of one tenant; None where `tenant` is not an Entra tenant's ID."""
    if not isinstance(tenant, str) or GUID.fullmatch(tenant) is None:
        return None
    return template.replace(TENANT_PLACE, tenant)


def is_issuer(expected: str, came: str) -> bool:
    """Whether `came` is the issuer; where a template is expected, whether it is of some tenant."""
    if is_template(expected):
        head, _, tail = expected.partition(TENANT_PLACE)
        tenant = came[len(head) : len(came) - len(tail)]
        return came == issuer_of_tenant(expected, tenant)
    return came == expected or {came, expected} <= GOOGLE_ISSUERS


def lets_in(connection: Connection, issuer: str) -> bool:
    """Whether people of the issuer come in through the connection as it is now: switched on, to this issuer,
    of its tenants only those on the list."""
    if not connection.enabled:
        return False
    if is_template(connection.issuer) and connection.tenants:
        listed = {connection.issuer.replace(TENANT_PLACE, one).lower() for one in connection.tenants}
        return issuer.lower() in listed
    return is_issuer(connection.issuer, issuer)


def signed_issuer(claims: Mapping[str, Any], expected: str) -> str:
    """The one spelling of who signed these checked claims: of a template, the tenant's own issuer.

    Links are stored under it, so that two tenants behind one address are two issuers, and Google's two
    spellings are one.
    """
    return str(claims["iss"]) if is_template(expected) else expected
