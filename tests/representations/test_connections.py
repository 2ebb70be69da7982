"""Connections in Keycloak's shape: what is written reads back the same, and tells no secret."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, get_args

import pytest

from tests.representations.files import REALM, file_text, read
from vestibule.domain.connection import (
    PROVIDER_KINDS,
    Connection,
    ConnectionMapper,
    ConnectionMapperKind,
    Endpoints,
    ProviderKind,
    UpstreamSecret,
)
from vestibule.flows.audit.masking import masked
from vestibule.representations.connection import lacking, read_connection, write_connection
from vestibule.representations.connection_kinds import read_kind
from vestibule.representations.connection_mappers import IMPORTERS, NEEDED, read_new_mapper, write_mapper
from vestibule.representations.document import Document
from vestibule.representations.realm_file import Present

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
SECRET = UpstreamSecret("secret-1", "sealed", NOW, date(2027, 5, 31))
FULL = Connection(
    id="connection-1", realm_id="realm-id", alias="Company.One", display_name="Company", enabled=False,
    discovery_url="https://id.example/.well-known/openid-configuration", issuer="https://id.example",
    endpoints=Endpoints(*(f"https://id.example/{name}" for name in "abcdef")), client_id="c-1",
    authentication="client_secret_basic", secrets=(SECRET, replace(SECRET, id="secret-2", expires_on=None)),
    scopes=("openid", "groups"), pkce=False, use_userinfo=False, use_par=True, use_dpop=True,
    issuer_on_response=True, id_token_algorithms=("ES256", "RS256"), skew_seconds=0, prompt="login consent",
    pass_login_hint=False, hosted_domain="acme.example", trusted=True, join="domains",
    tenants=("0a1b2c3d-0000-4000-8000-000000000000",), domains=("acme.example", "acme.test"),
    second_factor="if set up", sign_out_upstream=False, sync_mode="FORCE", hidden=True, position=7,
    config={"forwardParameters": "x", "vestibule.kept.storeToken": "true"}, created_at=NOW,
)  # fmt: skip


def bare(kind: ProviderKind) -> Connection:
    return Connection(FULL.id, FULL.realm_id, FULL.alias, kind, secrets=FULL.secrets, created_at=NOW)


@pytest.mark.parametrize("kind", PROVIDER_KINDS)
def test_what_is_written_reads_back_the_same(kind: ProviderKind) -> None:
    connection = replace(FULL, kind=kind)
    document = Document.of(write_connection(connection))
    assert read_kind(document.root) == kind
    entry = read_connection(document.root, bare(kind))
    assert (entry.connection, entry.secret) == (connection, None)
    assert entry.secret_expires_on == SECRET.expires_on


def test_a_bare_connection_is_not_changed_by_a_document_that_says_nothing() -> None:
    documents: list[dict[str, Any]] = [{}, {"config": {}}, {"config": None, "displayName": None}]
    for document in documents:
        entry = read_connection(Document.of(document).root, FULL)
        assert (entry.connection, entry.secret) == (FULL, None)
        assert entry.secret_expires_on == SECRET.expires_on


def test_S001_11_neither_the_document_nor_the_audit_holds_a_secret() -> None:
    written = write_connection(FULL)
    assert "sealed" not in str(written)
    assert masked(written) == written
    config = masked({"config": {"clientSecret": "plain", "vestibule.nextSecret": "plain"}})
    assert "plain" not in str(config)


def test_what_a_connection_cannot_be_without_is_named() -> None:
    assert lacking(FULL) is None
    for changes, member in (
        ({"issuer": ""}, "issuer"),
        ({"endpoints": replace(FULL.endpoints, token="")}, "tokenUrl"),
        ({"endpoints": replace(FULL.endpoints, jwks="")}, "jwksUrl"),
        ({"client_id": ""}, "clientId"),
        ({"domains": ()}, "vestibule.domains"),
        ({"kind": "github", "endpoints": replace(FULL.endpoints, userinfo="")}, "userInfoUrl"),
    ):
        changed: dict[str, Any] = dict(changes)
        found = lacking(replace(FULL, **changed))
        assert found is not None
        assert found[0] == ("config", member)
    assert lacking(replace(FULL, kind="github", endpoints=replace(FULL.endpoints, jwks=""))) is None


CONFIG = {
    "claim": "groups", "user.attribute": "group", "attribute": "source", "attribute.value": "x",
    "claim.value": "v", "role": "staff", "group": "/staff", "template": "${CLAIM.upn}",
    "claims": '[{"key": "a", "value": "b"}]',
}  # fmt: skip


@pytest.mark.parametrize("kind", [kind for kind in get_args(ConnectionMapperKind) if NEEDED[kind]])
@pytest.mark.parametrize("provider", ["oidc", *IMPORTERS])
def test_mappers_read_back_the_same(kind: ConnectionMapperKind, provider: ProviderKind) -> None:
    config = {name: CONFIG[name] for name in NEEDED[kind]}
    mapper = ConnectionMapper("m-1", "Name", kind, "FORCE", config)
    written = write_mapper(mapper, "company", provider)
    assert read_new_mapper(Document.of(written).root, "m-1") == mapper


def test_a_file_leaves_out_what_is_not_offered_and_takes_the_rest() -> None:
    config = write_connection(FULL)["config"] | {
        "clientAuthMethod": "client_secret_jwt", "prompt": "none",
        "pkceEnabled": "true", "pkceMethod": "plain",
    }  # fmt: skip
    provider = write_connection(FULL) | {"config": config, "linkOnly": True}
    document, file = read(file_text(identityProviders=[provider]), Present(REALM))
    connection = file.connections[0].connection
    assert (connection.authentication, connection.prompt, connection.pkce) == ("client_secret_post", "", True)
    assert not connection.enabled
    assert len(document.notes) == 4
    assert document.left_out == ()
