"""Microsoft Entra ID: tenants, pairwise subjects, optional claims, and groups that do not fit into a token.

Learn: "OpenID Connect on the Microsoft identity platform", "ID token claims reference", "Optional claims".
"""

import hashlib
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, ClassVar

from vestibule.crypto import base64url
from vestibule.practice.providers.errors import ProtocolError
from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server
from vestibule.practice.providers.people import Person, group_id, groups_of
from vestibule.practice.providers.vendor import METADATA, Claims, Resource, Vendor, email_verified_of

MOST_GROUPS = 200
_CLAIMS = "sub iss cloud_instance_name aud exp iat auth_time acr nonce preferred_username name tid ver email"
_ERROR_NUMBERS = {"invalid_client": 7000215, "invalid_grant": 70008, "invalid_request": 900144}


def _group_ids(grant: Grant, faults: Faults) -> list[str]:
    return [group_id(name) for name in groups_of(grant.person, many="groups_201" in faults)]


def _member_objects(grant: Grant, faults: Faults) -> Claims:
    """Graph's `getMemberObjects`."""
    return {"value": _group_ids(grant, faults)}


class Entra(Vendor):
    """The v2.0 endpoints. Microsoft Graph answers at the same base."""

    kind = "entra"
    name = "Entra ID"
    signs_out_to_redirect_uris = True
    sends_issuer = False
    sends_session_state = True
    has_at_hash = False
    has_sid = False
    names_algorithm = False
    asks_verification = True
    asks_consent = True
    optional_claims: ClassVar[Mapping[str, str]] = {
        "upn": "The user principal name.",
        "email": "The address, also for people who are no guests.",
        "groups": "The object IDs of the person's groups.",
        "xms_edov": "Whether the owner of the address's domain is verified.",
        "sid": "The session, for signing out.",
    }
    resources = (
        Resource("/v1.0/me/getMemberObjects", "groups", _member_objects, "POST"),
        Resource("/v1.0/users/{id}/getMemberObjects", "groups", _member_objects, "POST"),
    )

    def __init__(self, base: str) -> None:
        self.tenant_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{base}/tenant"))
        self.other_tenant_id = str(uuid.uuid5(uuid.NAMESPACE_URL, f"{base}/other"))
        super().__init__(base)

    def list_servers(self) -> Sequence[Server]:
        return [self._server(name) for name in (self.tenant_id, "common", "organizations")]

    def _server(self, name: str) -> Server:
        at, issuer = f"{self.base}/{name}", f"{self.base}/{self.tenant_id}/v2.0"
        return Server(
            name=name,
            issuer=issuer,
            authorization=f"{at}/oauth2/v2.0/authorize",
            token=f"{at}/oauth2/v2.0/token",
            userinfo=f"{self.base}/oidc/userinfo",
            jwks=f"{at}/discovery/v2.0/keys",
            discovery=f"{at}/v2.0{METADATA}",
            end_session=f"{at}/oauth2/v2.0/logout",
            announced_issuer=issuer if name == self.tenant_id else f"{self.base}/{{tenantid}}/v2.0",
        )

    def new_client_id(self) -> str:
        return str(uuid.uuid4())

    def metadata(self, server: Server) -> Claims:
        host = self.base.partition("://")[2]
        return {
            "token_endpoint_auth_methods_supported": [
                "client_secret_post",
                "private_key_jwt",
                "client_secret_basic",
            ],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["pairwise"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "response_types_supported": ["code", "id_token", "code id_token", "id_token token"],
            "scopes_supported": ["openid", "profile", "email", "offline_access"],
            "request_uri_parameter_supported": False,
            "http_logout_supported": True,
            "frontchannel_logout_supported": True,
            "claims_supported": _CLAIMS.split(),
            "tenant_region_scope": None,
            "cloud_instance_name": "practice",
            "cloud_graph_host_name": host,
            "msgraph_host": host,
            "rbac_url": self.base,
        }

    def subject(self, person: Person, client_id: str) -> str:
        """Pairwise: another one in each application."""
        digest = hashlib.sha256(f"{client_id} {person.object_id}".encode()).digest()
        return base64url.encode(digest).decode()

    def tenant_of(self, faults: Faults) -> str:
        """`tid`."""
        return self.other_tenant_id if "tenant_other" in faults else self.tenant_id

    def issuer_of(self, grant: Grant, faults: Faults) -> str:
        return grant.server.issuer.replace(self.tenant_id, self.tenant_of(faults))

    def left_out(self, grant: Grant) -> frozenset[str]:
        """`auth_time` comes with `max_age` only."""
        return frozenset() if "max_age" in grant.parameters else frozenset({"auth_time"})

    def id_token_claims(self, grant: Grant, faults: Faults) -> Claims:
        claims: Claims = {
            "aio": hashlib.sha256(grant.session.id.encode()).hexdigest(),
            "rh": "1.practice.",
            "tid": self.tenant_of(faults),
            "uti": hashlib.sha256(f"{grant.session.id} {grant.expires_at}".encode()).hexdigest()[:22],
            "ver": "2.0",
        }
        if "profile" in grant.scopes:
            claims |= {
                "name": grant.person.name,
                "oid": grant.person.object_id,
                "preferred_username": self._upn(grant.person),
            }
        return {**claims, **self._email(grant, faults), **self._optional(grant, faults)}

    def _email(self, grant: Grant, faults: Faults) -> Claims:
        """There is no `email_verified`, and the address is whatever somebody typed."""
        wanted = grant.person.is_guest or {"email"} & {*grant.scopes, *grant.registration.optional_claims}
        return {"email": grant.person.email} if wanted and "no_email" not in faults else {}

    def _optional(self, grant: Grant, faults: Faults) -> Claims:
        configured = grant.registration.optional_claims
        claims: Claims = {}
        if "upn" in configured:
            claims["upn"] = self._upn(grant.person)
        if "xms_edov" in configured:
            claims["xms_edov"] = email_verified_of(grant.person, faults)
        if "sid" in configured:
            claims["sid"] = grant.session.id
        if "groups" in configured or "groups_201" in faults:
            claims |= self._groups(grant, faults)
        return claims

    def _groups(self, grant: Grant, faults: Faults) -> Claims:
        """Too many do not fit: where to fetch them stands in their place (distributed claims, Core 5.6.2)."""
        found = _group_ids(grant, faults)
        if len(found) <= MOST_GROUPS:
            return {"groups": found}
        endpoint = f"{self.base}/v1.0/users/{grant.person.object_id}/getMemberObjects"
        return {"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": endpoint}}}

    def _upn(self, person: Person) -> str:
        if not person.is_guest:
            return person.email
        return f"{person.email.replace('@', '_')}#EXT#@globex.example"

    def userinfo(self, grant: Grant, faults: Faults) -> Claims:
        person = grant.person
        claims: Claims = {
            "name": person.name,
            "given_name": person.given_name,
            "family_name": person.family_name,
            "picture": f"{self.base}/v1.0/me/photo/$value",
        }
        return {**claims, **({"email": person.email} if "no_email" not in faults else {})}

    def token_members(self, grant: Grant, faults: Faults) -> Claims:
        return {"scope": " ".join(grant.scopes), "ext_expires_in": 3600}

    def refuse(self, error: ProtocolError, now: datetime) -> tuple[int, Claims]:
        number = _ERROR_NUMBERS.get(error.code, 90000)
        body: dict[str, Any] = {
            "error": error.code,
            "error_description": f"AADSTS{number}: {error.description}",
            "error_codes": [number],
            "timestamp": now.strftime("%Y-%m-%d %H:%M:%SZ"),
            "trace_id": str(uuid.uuid4()),
            "correlation_id": str(uuid.uuid4()),
        }
        return error.status, body

    def refuse_access(self, error: ProtocolError) -> Claims:
        return {"error": {"code": "InvalidAuthenticationToken", "message": error.description}}
