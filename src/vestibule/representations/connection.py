"""A connection in Keycloak's shape, an identity provider there. What nobody reads here round-trips."""

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from vestibule.domain.connection import Connection
from vestibule.domain.mask import MASK
from vestibule.domain.sentence import Sentence
from vestibule.representations.client_kept import is_kept, keep, kept_members
from vestibule.representations.connection_addresses import ENDPOINTS, ISSUER
from vestibule.representations.connection_config import (
    CLIENT_ID,
    CLIENT_SECRET,
    DOMAINS,
    SECRET_EXPIRES,
    read_config,
    write_config,
    write_secrets,
)
from vestibule.representations.connection_kinds import PROVIDER_ID, PROVIDER_IDS, check_same_kind
from vestibule.representations.connection_values import read_date
from vestibule.representations.document import Element
from vestibule.representations.positions import Path

ALIAS = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,62}")
SECRET_LIMIT = 1024
KEPT: dict[str, Any] = {
    "storeToken": False,
    "addReadTokenRoleOnCreate": False,
    "authenticateByDefault": False,
    "firstBrokerLoginFlowAlias": "first broker login",
    "postBrokerLoginFlowAlias": "",
    "updateProfileFirstLoginMode": "on",
}
"""Members that change nothing here, and what stands for one that nobody sent."""


@dataclass(frozen=True, slots=True)
class ConnectionEntry:
    """A connection of a document. `secret` is a new secret in plain text, None where the document has none;
    `secret_expires_on` is the last day of the current one."""

    element: Element
    connection: Connection
    secret: str | None
    secret_expires_on: date | None

    @property
    def config(self) -> Element:
        """The member with most of the settings."""
        return self.element.member("config")


def read_alias(element: Element) -> str:
    """The alias of a new connection: a step of its redirect URI, letter for letter."""
    member = element.member("alias")
    if not member.is_present:
        member.refuse("The member “{member}” is missing.", member="alias")
    alias = member.as_text()
    if ALIAS.fullmatch(alias) is None:
        member.refuse("An alias is 1 to 63 letters, digits, dots, dashes and underscores.")
    return alias


def read_connection(element: Element, base: Connection) -> ConnectionEntry:
    """`base` changed by what the document names. Its alias, its kind and our id of it are final (D5).

    A setting that lies in several members is checked by `lacking`, once the rest is filled in.
    """
    element.ignore("internalId", "organizationId", "types", "owner", "realm")
    if element.text("alias", base.alias) != base.alias:
        element.member("alias").refuse("The alias is part of the redirect URI and cannot be changed.")
    check_same_kind(element, base.kind)
    connection = replace(
        base,
        display_name=element.text("displayName", base.display_name).strip(),
        enabled=element.flag("enabled", base.enabled),
        trusted=element.flag("trustEmail", base.trusted),
    )
    connection = read_config(element, connection)
    connection = replace(
        connection,
        config=keep(element, connection.config, KEPT),
        hidden=element.flag("hideOnLogin", connection.hidden),
    )
    return _with_secret(element, _without_linking_only(element, connection))


def read_secret(element: Element, expires_on: date | None) -> tuple[str | None, date | None]:
    """A new secret and the last day of the current one; blank text and the mask keep what is there."""
    config = element.member("config")
    if not config.is_present:
        return None, expires_on
    secret = config.text(CLIENT_SECRET, MASK, SECRET_LIMIT).strip()
    if not secret.isascii():
        config.member(CLIENT_SECRET).refuse("A secret is made of ASCII characters (RFC 6749 appendix A.2).")
    is_kept = secret in ("", MASK)
    return None if is_kept else secret, read_date(config, SECRET_EXPIRES, expires_on if is_kept else None)


def write_connection(connection: Connection) -> dict[str, Any]:
    """The connection's members, its secrets masked."""
    others = {name: text for name, text in connection.config.items() if not is_kept(name)}
    return {
        "alias": connection.alias,
        "internalId": connection.id,
        "displayName": connection.display_name,
        PROVIDER_ID: PROVIDER_IDS[connection.kind],
        "enabled": connection.enabled,
        "trustEmail": connection.trusted,
        "hideOnLogin": connection.hidden,
        "linkOnly": False,
        **kept_members(connection.config, KEPT),
        "config": write_config(replace(connection, config=others)) | write_secrets(connection),
    }


def lacking(connection: Connection) -> tuple[Path, Sentence] | None:
    """What a connection cannot be without: the member, and what to say. None where nothing is missing."""
    endpoints = connection.endpoints
    needed = {
        ISSUER: connection.issuer,
        ENDPOINTS["authorization"]: endpoints.authorization,
        ENDPOINTS["token"]: endpoints.token,
        ENDPOINTS["userinfo" if connection.is_oauth_only else "jwks"]: (
            endpoints.userinfo if connection.is_oauth_only else endpoints.jwks
        ),
        CLIENT_ID: connection.client_id,
    }
    for member, text in needed.items():
        if not text:
            return ("config", member), Sentence("This is needed.")
    if connection.join == "domains" and not connection.domains:
        return ("config", DOMAINS), Sentence("Name the domains whose addresses may join.")
    return None


def secret_is_needed(connection: Connection) -> bool:
    """Whether the connection authenticates with a secret of the provider's and has none."""
    return connection.authentication != "private_key_jwt" and not connection.secrets


def _without_linking_only(element: Element, connection: Connection) -> Connection:
    """A provider that accounts are only linked to, and nobody signs in through, is not offered."""
    if not element.flag("linkOnly", False):
        return connection
    member = element.member("linkOnly")
    if not element.document.is_file:
        member.refuse("A provider that is for linking only is not offered.")
    member.leave_out("Linking without signing in is not offered; the provider is switched off.")
    return replace(connection, enabled=False)


def _with_secret(element: Element, connection: Connection) -> ConnectionEntry:
    """Secrets go where none is used."""
    if connection.authentication == "private_key_jwt":
        return ConnectionEntry(element, replace(connection, secrets=()), None, None)
    former = connection.secret
    secret, expires_on = read_secret(element, former.expires_on if former is not None else None)
    return ConnectionEntry(element, connection, secret, expires_on)
