"""Keycloak: a realm, further members of the token response, `iss` and `session_state` on the callback."""

from collections.abc import Sequence

from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server
from vestibule.practice.providers.people import Person
from vestibule.practice.providers.vendor import METADATA, Claims, Vendor

REALM = "practice"


def extra_members(session_id: str) -> Claims:
    """What Keycloak adds to every token response."""
    return {"refresh_expires_in": 1800, "not-before-policy": 0, "session_state": session_id}


class Keycloak(Vendor):
    """One realm."""

    kind = "keycloak"
    name = "Keycloak"
    signs_out_to_redirect_uris = True
    sends_session_state = True
    has_encryption_key = True

    def list_servers(self) -> Sequence[Server]:
        issuer = f"{self.base}/realms/{REALM}"
        at = f"{issuer}/protocol/openid-connect"
        return [
            Server(
                name=REALM,
                issuer=issuer,
                authorization=f"{at}/auth",
                token=f"{at}/token",
                userinfo=f"{at}/userinfo",
                jwks=f"{at}/certs",
                discovery=issuer + METADATA,
                end_session=f"{at}/logout",
                par=f"{at}/ext/par/request",
            )
        ]

    def metadata(self, server: Server) -> Claims:
        return {
            **super().metadata(server),
            "frontchannel_logout_supported": True,
            "frontchannel_logout_session_supported": True,
            "introspection_endpoint": f"{server.token}/introspect",
            "code_challenge_methods_supported": ["plain", "S256"],
            "tls_client_certificate_bound_access_tokens": True,
        }

    def subject(self, person: Person, client_id: str) -> str:
        return person.object_id

    def id_token_claims(self, grant: Grant, faults: Faults) -> Claims:
        return {
            "typ": "ID",
            "azp": grant.registration.client_id,
            "acr": "1",
            **self.person_claims(grant, faults),
        }

    def person_claims(self, grant: Grant, faults: Faults) -> Claims:
        claims = super().person_claims(grant, faults)
        if "preferred_username" in claims:
            claims["preferred_username"] = grant.person.id
        return claims

    def token_members(self, grant: Grant, faults: Faults) -> Claims:
        return {**super().token_members(grant, faults), **extra_members(grant.session.id)}
