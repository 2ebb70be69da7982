"""GitLab: groups come from userinfo only; the ID token says little."""

from collections.abc import Sequence

from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server
from vestibule.practice.providers.people import Person, groups_of
from vestibule.practice.providers.vendor import METADATA, Claims, Vendor, email_of

_CLAIMS = "iss sub aud exp iat sub_legacy auth_time name nickname preferred_username email email_verified"
_GROUP_CLAIMS = (
    "groups",
    "groups_direct",
    "https://gitlab.org/claims/groups/owner",
    "https://gitlab.org/claims/groups/maintainer",
    "https://gitlab.org/claims/groups/developer",
)


class GitLab(Vendor):
    """One issuer; its keys are under the discovery of OAuth."""

    kind = "gitlab"
    name = "GitLab"
    sends_issuer = False
    has_sid = False

    def list_servers(self) -> Sequence[Server]:
        at = f"{self.base}/oauth"
        return [
            Server(
                name="",
                issuer=self.base,
                authorization=f"{at}/authorize",
                token=f"{at}/token",
                userinfo=f"{at}/userinfo",
                jwks=f"{at}/discovery/keys",
                discovery=self.base + METADATA,
            )
        ]

    def new_client_id(self) -> str:
        return b"practice".hex() * 4

    def metadata(self, server: Server) -> Claims:
        return {
            "revocation_endpoint": f"{self.base}/oauth/revoke",
            "introspection_endpoint": f"{self.base}/oauth/introspect",
            "scopes_supported": ["api", "read_api", "read_user", "openid", "profile", "email"],
            "response_types_supported": ["code"],
            "response_modes_supported": ["query", "fragment", "form_post"],
            "grant_types_supported": ["authorization_code", "device_code", "client_credentials"],
            "token_endpoint_auth_methods_supported": ["client_secret_basic", "client_secret_post"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["RS256"],
            "claim_types_supported": ["normal"],
            "claims_supported": [*_CLAIMS.split(), *_GROUP_CLAIMS],
            "code_challenge_methods_supported": ["plain", "S256"],
        }

    def subject(self, person: Person, client_id: str) -> str:
        return str(person.number)

    def id_token_claims(self, grant: Grant, faults: Faults) -> Claims:
        groups = list(groups_of(grant.person, many="groups_201" in faults))
        email = email_of(grant.person, faults) if "email" in grant.scopes else {}
        return {"groups_direct": groups, **email}

    def userinfo(self, grant: Grant, faults: Faults) -> Claims:
        person, groups = grant.person, list(groups_of(grant.person, many="groups_201" in faults))
        claims: Claims = {
            "name": person.name,
            "nickname": person.id,
            "preferred_username": person.id,
            "profile": f"{self.base}/{person.id}",
            "picture": f"{self.base}/uploads/{person.number}.png",
            "groups": groups,
            "https://gitlab.org/claims/groups/developer": groups,
        }
        return {**claims, **(email_of(person, faults) if "email" in grant.scopes else {})}
