"""Google: three hosts, which practice has at one base, and `hd` for the people of a Workspace."""

from collections.abc import Sequence

from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server
from vestibule.practice.providers.people import Person
from vestibule.practice.providers.vendor import METADATA, Claims, Vendor, email_of

_CLAIMS = "aud email email_verified exp family_name given_name iat iss name picture sub"


class Google(Vendor):
    """Everybody but guests belongs to the Workspace of their address's domain."""

    kind = "google"
    name = "Google"
    sends_issuer = False
    has_sid = False

    def list_servers(self) -> Sequence[Server]:
        at = self.base
        return [
            Server(
                name="",
                issuer=at,
                authorization=f"{at}/o/oauth2/v2/auth",
                token=f"{at}/token",
                userinfo=f"{at}/v1/userinfo",
                jwks=f"{at}/oauth2/v3/certs",
                discovery=at + METADATA,
            )
        ]

    def new_client_id(self) -> str:
        return "104729-practice.apps.googleusercontent.example"

    def metadata(self, server: Server) -> Claims:
        return {
            "device_authorization_endpoint": f"{self.base}/device/code",
            "revocation_endpoint": f"{self.base}/revoke",
            "response_types_supported": ["code", "token", "id_token", "code token", "none"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "scopes_supported": ["openid", "email", "profile"],
            "token_endpoint_auth_methods_supported": ["client_secret_post", "client_secret_basic"],
            "claims_supported": _CLAIMS.split(),
            "code_challenge_methods_supported": ["plain", "S256"],
            "grant_types_supported": ["authorization_code", "refresh_token"],
        }

    def subject(self, person: Person, client_id: str) -> str:
        """Digits, as Google's are."""
        return f"1{person.number:020}"

    def person_claims(self, grant: Grant, faults: Faults) -> Claims:
        person, claims = grant.person, Claims()
        if "email" in grant.scopes:
            claims |= email_of(person, faults)
            if not person.is_guest and "email" in claims:
                claims["hd"] = person.email.rpartition("@")[2]
        if "profile" in grant.scopes:
            claims |= {"name": person.name, "given_name": person.given_name}
            claims |= {"family_name": person.family_name, "picture": f"{self.base}/a/{person.number}"}
        return claims

    def left_out(self, grant: Grant) -> frozenset[str]:
        return frozenset({"nbf", "auth_time"})

    def id_token_claims(self, grant: Grant, faults: Faults) -> Claims:
        return {"azp": grant.registration.client_id, **self.person_claims(grant, faults)}

    def access_token(self, value: str) -> str:
        return f"ya29.{value}"
