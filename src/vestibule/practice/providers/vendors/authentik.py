"""Authentik: an issuer with a slash at its end, hashed subjects, groups in the scope `profile`."""

import hashlib
from collections.abc import Sequence

from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server
from vestibule.practice.providers.people import Person, groups_of
from vestibule.practice.providers.vendor import METADATA, Claims, Vendor

SLUG = "practice"


class Authentik(Vendor):
    """One application, whose slug is in its issuer."""

    kind = "authentik"
    name = "authentik"
    sends_issuer = False

    def list_servers(self) -> Sequence[Server]:
        at = f"{self.base}/application/o"
        return [
            Server(
                name=SLUG,
                issuer=f"{at}/{SLUG}/",
                authorization=f"{at}/authorize/",
                token=f"{at}/token/",
                userinfo=f"{at}/userinfo/",
                jwks=f"{at}/{SLUG}/jwks/",
                discovery=f"{at}/{SLUG}{METADATA}",
                end_session=f"{at}/{SLUG}/end-session/",
            )
        ]

    def new_client_id(self) -> str:
        return "practiceAuthentikClient0123456789abcdefg"

    def metadata(self, server: Server) -> Claims:
        """It knows no DPoP."""
        members = super().metadata(server)
        return {name: value for name, value in members.items() if not name.startswith("dpop")}

    def subject(self, person: Person, client_id: str) -> str:
        """By default a hash of the internal identifier."""
        return hashlib.sha256(f"authentik {person.object_id}".encode()).hexdigest()

    def id_token_claims(self, grant: Grant, faults: Faults) -> Claims:
        claims = self.person_claims(grant, faults)
        acr = {"acr": "goauthentik.io/providers/oauth2/default", "amr": ["pwd"]}
        return {**acr, "azp": grant.registration.client_id, **claims}

    def person_claims(self, grant: Grant, faults: Faults) -> Claims:
        claims = super().person_claims(grant, faults)
        if "profile" in grant.scopes:
            claims |= {"nickname": grant.person.id, "preferred_username": grant.person.id}
            claims["groups"] = list(groups_of(grant.person, many="groups_201" in faults))
        return claims
