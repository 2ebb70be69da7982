"""An OpenID Provider as values: all that it sends during one sign-in, each part to be spoilt by a test."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import Any

from tests.crypto.forge import NOW, SECONDS, Sign, forge, jwk_of, key, signer
from vestibule.crypto.jose import Jwks, read_jwks
from vestibule.domain.connection import Connection, Endpoints, ExternalIdentity
from vestibule.oidc.relying_party.authorization import check_answer
from vestibule.oidc.relying_party.discovery import process_discovery
from vestibule.oidc.relying_party.id_token import Expectation, access_token_hash, check_id_token
from vestibule.oidc.relying_party.identity import read_identity
from vestibule.oidc.relying_party.messages import Incoming
from vestibule.oidc.relying_party.token import process_token_answer
from vestibule.oidc.relying_party.userinfo import process_userinfo

ISSUER = "https://op.example"
CLIENT_ID = "vestibule"
REDIRECT_URI = "https://sso.example/realms/acme/broker/op/endpoint"
NONCE = "n-0S6_WzA2Mj"
ACCESS_TOKEN = "SlAV32hkKG"
JSON_TYPE = "application/json"

CONNECTION = Connection(
    id="c1",
    realm_id="r1",
    alias="op",
    issuer=ISSUER,
    client_id=CLIENT_ID,
    endpoints=Endpoints(
        authorization=f"{ISSUER}/authorize",
        token=f"{ISSUER}/token",
        userinfo=f"{ISSUER}/userinfo",
        jwks=f"{ISSUER}/jwks",
        end_session=f"{ISSUER}/logout",
        pushed_authorization_request=f"{ISSUER}/par",
    ),
)
EXPECTATION = Expectation(ISSUER, CLIENT_ID, NONCE, access_token=ACCESS_TOKEN)


def answer(body: object, status: int = 200, content_type: str = JSON_TYPE, **headers: str) -> Incoming:
    """An answer with this JSON, or with these bytes as they are."""
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Incoming(status, {"content-type": content_type, **named}, raw)


def metadata(issuer: str = ISSUER, **members: object) -> dict[str, Any]:
    """A discovery document; a member that is None is left out."""
    document: dict[str, Any] = {
        "issuer": issuer,
        "authorization_endpoint": f"{issuer}/authorize",
        "token_endpoint": f"{issuer}/token",
        "userinfo_endpoint": f"{issuer}/userinfo",
        "jwks_uri": f"{issuer}/jwks",
        "response_types_supported": ["code"],
        "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["RS256"],
    }
    return {name: value for name, value in (document | members).items() if value is not None}


def id_claims(**members: object) -> dict[str, Any]:
    """The claims of a right ID token; a member that is None is left out."""
    claims: dict[str, Any] = {
        "iss": ISSUER,
        "sub": "24400320",
        "aud": CLIENT_ID,
        "exp": SECONDS + 300,
        "iat": SECONDS - 1,
        "nonce": NONCE,
        "at_hash": access_token_hash(ACCESS_TOKEN, "RS256"),
    }
    return {name: value for name, value in (claims | members).items() if value is not None}


def jwks(*keys: dict[str, Any]) -> Jwks:
    return read_jwks(json.dumps({"keys": keys or [jwk_of()]}))


def id_token(claims: dict[str, Any] | None = None, **header: object) -> str:
    """A token with these claims, signed with the provider's key."""
    members = {"alg": "RS256", "kid": key().kid, **header}
    return forge(
        {name: value for name, value in members.items() if value is not None},
        id_claims() if claims is None else claims,
        signer(),
    )


@dataclass
class Sent:
    """What the provider sends. `came_from` is the address that its metadata was fetched at."""

    came_from: str = f"{ISSUER}/.well-known/openid-configuration"
    document: dict[str, Any] = field(default_factory=metadata)
    parameters: dict[str, str] = field(
        default_factory=lambda: {"code": "SplxlOBeZQQYbYS6WxSbIA", "state": "af0ifjsldkj", "iss": ISSUER}
    )
    header: dict[str, Any] = field(default_factory=lambda: {"alg": "RS256", "kid": key().kid, "typ": "JWT"})
    claims: dict[str, Any] = field(default_factory=id_claims)
    sign: Sign = field(default_factory=signer)
    keys: list[dict[str, Any]] = field(default_factory=lambda: [jwk_of()])
    tokens: dict[str, Any] = field(
        default_factory=lambda: {"access_token": ACCESS_TOKEN, "token_type": "Bearer", "expires_in": 300}
    )
    has_id_token: bool = True
    token_content_type: str = JSON_TYPE
    userinfo: Incoming = field(
        default_factory=lambda: answer({"sub": "24400320", "email": "ada@example.com"})
    )

    @property
    def token_answer(self) -> Incoming:
        signed = {"id_token": forge(self.header, self.claims, self.sign)} if self.has_id_token else {}
        return answer(self.tokens | signed, content_type=self.token_content_type)


def sign_in(sent: Sent) -> ExternalIdentity:
    """What a flow does with all of it, in its order; `state` is what the flow itself compares."""
    found = process_discovery(sent.came_from, answer(sent.document))
    connection = replace(
        CONNECTION,
        issuer=found.issuer,
        endpoints=found.endpoints,
        issuer_on_response=found.issuer_on_response,
        id_token_algorithms=found.id_token_algorithms,
    )
    check_answer(connection, sent.parameters, connection.issuer)
    tokens = process_token_answer(connection, sent.token_answer)
    expectation = replace(
        EXPECTATION,
        issuer=connection.issuer,
        algorithms=frozenset(connection.id_token_algorithms),
        access_token=tokens.access_token,
    )
    claims = check_id_token(tokens.id_token, jwks(*sent.keys), expectation, NOW)
    userinfo = process_userinfo(sent.userinfo, claims["sub"])
    return read_identity(connection, claims["iss"], claims, userinfo)
