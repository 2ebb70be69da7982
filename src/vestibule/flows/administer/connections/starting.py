"""What a new connection starts with: its kind's preset, and who may join through it (D20, D22, D23)."""

from dataclasses import replace
from datetime import datetime
from urllib.parse import urlsplit, urlunsplit

from vestibule.catalogue.provider import Preset, preset_addresses
from vestibule.catalogue.providers import provider, providers
from vestibule.domain.connection import TENANT_PLACE, Connection, Endpoints, JoinRule, ProviderKind
from vestibule.domain.redirect_uri import is_loopback_host
from vestibule.flows.deployment import Deployment
from vestibule.oidc.relying_party.issuer import is_entra
from vestibule.representations.connection_mappers import onboarding

BASE, API, TENANT = "baseUrl", "apiUrl", "tenantId"
"""What fills a preset's addresses, in `config`."""


def started(
    deployment: Deployment, kind: ProviderKind, realm_id: str, alias: str, now: datetime
) -> Connection:
    """A connection of which nothing is known but its kind, with the built-in mapper (S001-24)."""
    preset = provider(kind).preset
    return Connection(
        id=deployment.new_id(),
        realm_id=realm_id,
        alias=alias,
        kind=kind,
        authentication=preset.authentication,
        scopes=preset.scopes,
        pkce=preset.pkce,
        use_userinfo=preset.use_userinfo,
        trusted=preset.trusted,
        mappers=(onboarding(deployment.new_id()),),
        created_at=now,
    )


def placed(deployment: Deployment, connection: Connection) -> Connection:
    """The connection with its preset's addresses, where the document names none of its own."""
    config, preset = connection.config, preset_of(deployment, connection.kind)
    try:
        found = preset_addresses(
            preset, base=config.get(BASE, ""), api=config.get(API, ""), tenant=config.get(TENANT, "")
        )
    except ValueError:  # nobody said where the provider is, and the preset does not know
        return connection
    is_placed = bool(connection.discovery_url or connection.issuer or connection.endpoints.authorization)
    if found.endpoints != Endpoints():  # a provider without metadata: what is missing is known here only
        pairs = {name: getattr(connection.endpoints, name) for name in Endpoints.__slots__}
        endpoints = {name: text or getattr(found.endpoints, name) for name, text in pairs.items()}
        return replace(connection, issuer=connection.issuer or found.issuer, endpoints=Endpoints(**endpoints))
    return connection if is_placed else replace(connection, discovery_url=found.discovery_url)


def is_entra_by_another_name(deployment: Deployment, connection: Connection) -> bool:
    """Whether Entra ID is being added as any OpenID Provider, as guides of other products say to."""
    practice = deployment.practice.get("entra", "")
    is_practice = bool(practice) and connection.issuer.startswith(f"{practice}/")
    return connection.kind == "oidc" and (is_practice or is_entra(connection))


def preset_of(deployment: Deployment, kind: ProviderKind) -> Preset:
    """The kind's preset; a practice provider stands in for the vendor where the operator says so (D23)."""
    preset, practice = provider(kind).preset, deployment.practice.get(kind, "")
    return preset.at(practice) if practice else preset


def practised(deployment: Deployment, kind: ProviderKind, url: str) -> str:
    """The address at the practice provider that stands in for the vendor; else the address itself."""
    practice, split = deployment.practice.get(kind, ""), urlsplit(url)
    if not (practice and provider(kind).preset.base) or is_loopback_host(split.hostname or ""):
        return url
    at = urlsplit(practice)
    return urlunsplit((at.scheme, at.netloc, split.path, split.query, ""))


def usual_join(connection: Connection) -> JoinRule | None:
    """Who may join unless it is said: anyone, where the provider is the customer's own; None elsewhere,
    because then everybody in the world could (D20)."""
    return "anyone" if _is_customers_own(connection) else None


def _is_customers_own(connection: Connection) -> bool:
    preset = provider(connection.kind).preset
    where = urlsplit(connection.discovery_url or connection.endpoints.authorization)
    if TENANT_PLACE in connection.issuer or set(where.path.lower().split("/")) & set(preset.shared_tenants):
        return False
    is_at_vendor = where.hostname in _hosts_of_everybody()
    return not is_at_vendor and (preset.is_customers_own or (bool(preset.server) and bool(where.netloc)))


def _hosts_of_everybody() -> tuple[str | None, ...]:
    """Where anybody can have an account, also through a connection of another kind."""
    presets = (one.preset for one in providers())
    return tuple(urlsplit(one.base).hostname for one in presets if one.base and not one.is_customers_own)
