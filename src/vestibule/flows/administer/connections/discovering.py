"""Reading a provider's metadata to fill in a connection: nobody types what it says (S001-07, -19)."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from vestibule.crypto.algorithms import SIGNATURE_ALGORITHMS
from vestibule.domain.connection import Authentication, Connection, Endpoints, ProviderKind
from vestibule.domain.errors import VestibuleError
from vestibule.domain.errors.upstream import DiscoveryFailed, DiscoveryIssuerMismatch
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.administration import Administration
from vestibule.flows.administer.connections.starting import (
    TENANT,
    is_entra_by_another_name,
    placed,
    practised,
    started,
)
from vestibule.flows.deployment import Deployment
from vestibule.oidc.relying_party.discovery import ProviderMetadata, discovery_url, process_discovery
from vestibule.oidc.relying_party.messages import Incoming
from vestibule.representations.connection_addresses import DISCOVERY, ENDPOINTS, ISSUER
from vestibule.representations.connection_config import (
    ALGORITHMS,
    AUTHENTICATION,
    ISSUER_ON_RESPONSE,
    PAR,
    write_config,
)

LIMIT_SECONDS = 10
FILLED = (
    DISCOVERY, ISSUER, *ENDPOINTS.values(), AUTHENTICATION, PAR, ISSUER_ON_RESPONSE, ALGORITHMS,
)  # fmt: skip
"""The members of `config` that metadata tell."""
ENTRA_AS_OIDC = Sentence(
    "This is Microsoft Entra ID. Added as OpenID Connect it finds nobody who is here already by their "
    "address: switch on “Trust e-mail” under Advanced if your tenant vouches for the addresses of its people."
)
_OURS: tuple[Authentication, ...] = ("client_secret_post", "client_secret_basic")


@dataclass(frozen=True, slots=True)
class Discovered:
    """What metadata told: members of a connection's `config`, and sentences for the administrator; or the
    error that is why there is nothing."""

    config: dict[str, str] = field(default_factory=dict)
    notes: tuple[Sentence, ...] = ()
    error: VestibuleError | None = None


async def discover(at: Administration, kind: ProviderKind, typed: str) -> Discovered:
    """What the provider says of itself. `typed` is an issuer, a host or the address of the metadata, blank
    where the preset knows it; for Entra a tenant too. Never raises what the network or the provider does."""
    connection = started(at.deployment, kind, at.realm.id, "", at.now)
    text = typed.strip()
    if _is_tenant(kind, text):
        connection = replace(connection, config={TENANT: text})
    elif text:
        connection = replace(connection, discovery_url=text)
    connection = placed(at.deployment, connection)
    if connection.endpoints != Endpoints():  # the kind has no metadata, and its addresses are known
        return Discovered(_filled(connection))
    try:
        metadata, url = await read_metadata(at.deployment, kind, connection.discovery_url)
    except VestibuleError as error:
        return Discovered(error=error)
    found = with_metadata(connection, metadata, url)
    told = (ENTRA_AS_OIDC,) if is_entra_by_another_name(at.deployment, found) else ()
    return Discovered(_filled(found), (*metadata.notes, *told))


async def read_metadata(
    deployment: Deployment, kind: ProviderKind, typed: str
) -> tuple[ProviderMetadata, str]:
    """The metadata and their address. Raises the named errors of the network and of discovery."""
    if not typed.strip():
        raise DiscoveryFailed("no address was given")
    url = practised(deployment, kind, discovery_url(typed))
    try:
        answer = await deployment.fetch.get(
            url, headers={"accept": "application/json"}, limit_seconds=LIMIT_SECONDS
        )
        incoming = Incoming(answer.status, answer.headers, answer.body)
        return process_discovery(url, incoming, is_entra=kind == "entra"), url
    except VestibuleError as error:
        error.asked = url
        raise


def with_metadata(
    connection: Connection, metadata: ProviderMetadata, url: str, said: Collection[str] = ()
) -> Connection:
    """The connection as its provider says, but for the members of `config` that whoever saves it `said`.

    Raises `DiscoveryIssuerMismatch` where another issuer was said (RP-08).
    """
    if ISSUER in said and connection.issuer != metadata.issuer:
        raise DiscoveryIssuerMismatch(expected=connection.issuer, came=metadata.issuer)
    endpoints = {
        name: getattr(connection.endpoints if member in said else metadata.endpoints, name)
        for name, member in ENDPOINTS.items()
    }
    algorithms = tuple(name for name in metadata.id_token_algorithms if name in SIGNATURE_ALGORITHMS)
    offers_par = bool(metadata.endpoints.pushed_authorization_request)
    return replace(
        connection,
        discovery_url=url,
        issuer=metadata.issuer,
        endpoints=Endpoints(**endpoints),
        authentication=(
            connection.authentication
            if AUTHENTICATION in said
            else _authentication(connection, metadata.authentication)
        ),
        use_par=connection.use_par if PAR in said else offers_par,
        issuer_on_response=metadata.issuer_on_response,
        id_token_algorithms=connection.id_token_algorithms if ALGORITHMS in said else algorithms,
    )


async def completed(deployment: Deployment, connection: Connection, said: Collection[str] = ()) -> Connection:
    """The connection with what its preset and its provider know, where that is still needed (D22).

    Raises the named errors of the network and of discovery.
    """
    connection = placed(deployment, connection)
    if connection.is_oauth_only or not _is_unfinished(connection):
        return connection
    if not (connection.discovery_url or connection.issuer):
        return connection
    typed = connection.discovery_url or connection.issuer
    metadata, url = await read_metadata(deployment, connection.kind, typed)
    return with_metadata(connection, metadata, url, said)


def _is_unfinished(connection: Connection) -> bool:
    endpoints = connection.endpoints
    return not (connection.issuer and endpoints.authorization and endpoints.token and endpoints.jwks)


def _is_tenant(kind: ProviderKind, text: str) -> bool:
    return kind == "entra" and bool(text) and "/" not in text


def _authentication(connection: Connection, offered: Collection[str]) -> Authentication:
    """What the preset says, unless the provider takes something else only."""
    if connection.authentication in offered:
        return connection.authentication
    return next((method for method in _OURS if method in offered), connection.authentication)


def _filled(connection: Connection) -> dict[str, str]:
    written = write_config(connection)
    return {name: written[name] for name in FILLED}
