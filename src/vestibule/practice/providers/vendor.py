"""What one vendor does differently. `Vendor` itself is the plain provider, with all of the standard."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

from vestibule.practice.providers.errors import ProtocolError
from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server
from vestibule.practice.providers.people import Person, groups_of

Claims = dict[str, Any]
METADATA = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Resource:
    """Something of the vendor's own API that an access token opens. `endpoint` is how it is counted."""

    path: str
    endpoint: str
    read: Callable[[Grant, Faults], Any]
    method: str = "GET"


class Vendor:
    """The plain provider at `base`. A vendor overrides what it does differently, and nothing else."""

    kind: ClassVar[str] = "oidc"
    name: ClassVar[str] = "OpenID Provider"
    is_oauth_only: ClassVar[bool] = False
    sends_issuer: ClassVar[bool] = True
    """Whether the callback brings `iss` (RFC 9207)."""
    sends_session_state: ClassVar[bool] = False
    has_at_hash: ClassVar[bool] = True
    has_sid: ClassVar[bool] = True
    names_algorithm: ClassVar[bool] = True
    """Whether its JWK Set says `alg`."""
    has_encryption_key: ClassVar[bool] = False
    signs_out_to_redirect_uris: ClassVar[bool] = False
    """Whether every redirect URI is good after signing out, too."""
    asks_verification: ClassVar[bool] = False
    asks_consent: ClassVar[bool] = False
    optional_claims: ClassVar[Mapping[str, str]] = {}
    """Claims that an administrator adds there, each with a sentence."""
    resources: ClassVar[Sequence[Resource]] = ()
    id_token_seconds: ClassVar[int] = 3600

    def __init__(self, base: str) -> None:
        self.base = base
        self.servers = tuple(self.list_servers())

    def list_servers(self) -> Sequence[Server]:
        """The issuers, the usual one first."""
        at = self.base
        return [
            Server(
                name="",
                issuer=at,
                authorization=f"{at}/authorize",
                token=f"{at}/token",
                userinfo=f"{at}/userinfo",
                jwks=f"{at}/jwks",
                discovery=at + METADATA,
                end_session=f"{at}/end-session",
                par=f"{at}/par",
            )
        ]

    def new_client_id(self) -> str:
        """What a new application is called here."""
        return f"practice-{self.kind}"

    def metadata(self, server: Server) -> Claims:
        """Members of the metadata beyond the addresses (Discovery 1.0 section 3)."""
        return {
            "scopes_supported": ["openid", "profile", "email", "groups"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "form_post"],
            "grant_types_supported": ["authorization_code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "token_endpoint_auth_methods_supported": [
                "client_secret_basic",
                "client_secret_post",
                "private_key_jwt",
            ],
            "token_endpoint_auth_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
            "code_challenge_methods_supported": ["S256"],
            "dpop_signing_alg_values_supported": ["RS256", "ES256", "EdDSA"],
            "claims_supported": ["sub", "name", "given_name", "family_name", "email", "email_verified"],
            "backchannel_logout_supported": True,
            "backchannel_logout_session_supported": True,
        }

    def subject(self, person: Person, client_id: str) -> str:
        """`sub`: never changes, and is no address."""
        return f"subject-{person.id}"

    def issuer_of(self, grant: Grant, faults: Faults) -> str:
        """`iss` of what the grant leads to."""
        return grant.server.issuer

    def left_out(self, grant: Grant) -> frozenset[str]:
        """Claims of the protocol that its ID tokens do not have. `auth_time` is there where it must be."""
        return frozenset({"nbf"})

    def id_token_claims(self, grant: Grant, faults: Faults) -> Claims:
        """Claims of the ID token about the person."""
        return {"amr": ["pwd"], **self.person_claims(grant, faults)}

    def userinfo(self, grant: Grant, faults: Faults) -> Claims:
        """Claims of userinfo but `sub`."""
        return self.person_claims(grant, faults)

    def person_claims(self, grant: Grant, faults: Faults) -> Claims:
        """What the scopes say (Core 1.0 section 5.4), and groups."""
        claims: Claims = {}
        if "profile" in grant.scopes:
            claims |= profile_of(grant.person)
        if "email" in grant.scopes:
            claims |= email_of(grant.person, faults)
        if "groups" in grant.scopes:
            claims["groups"] = list(groups_of(grant.person, many="groups_201" in faults))
        return claims

    def token_members(self, grant: Grant, faults: Faults) -> Claims:
        """Members of the token response beyond those of the standard."""
        return {"scope": " ".join(grant.scopes)}

    def access_token(self, value: str) -> str:
        """The access token made of a random text."""
        return value

    def refuse(self, error: ProtocolError, now: datetime) -> tuple[int, Claims]:
        """Status and body of an error response of the token endpoint."""
        return error.status, {"error": error.code, "error_description": error.description}

    def refuse_access(self, error: ProtocolError) -> Claims:
        """The body with which the vendor's own API refuses an access token."""
        return {"error": error.code, "error_description": error.description}


def profile_of(person: Person) -> Claims:
    """The claims of the scope `profile`."""
    return {
        "name": person.name,
        "given_name": person.given_name,
        "family_name": person.family_name,
        "preferred_username": person.email,
    }


def email_of(person: Person, faults: Faults) -> Claims:
    """The claims of the scope `email`."""
    if "no_email" in faults:
        return {}
    return {"email": person.email, "email_verified": email_verified_of(person, faults)}


def email_verified_of(person: Person, faults: Faults) -> bool | str:
    """Whether the provider has verified the address; a text is what careless providers send."""
    if "email_verified_text" in faults:
        return "true"
    return person.email_verified and "email_unverified" not in faults
