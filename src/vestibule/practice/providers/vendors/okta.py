"""Okta: the org authorization server and the custom one called `default`, and DPoP where it is demanded."""

from collections.abc import Sequence

from vestibule.practice.providers.faults import Faults
from vestibule.practice.providers.grant import Grant, Server
from vestibule.practice.providers.people import Person
from vestibule.practice.providers.vendor import METADATA, Claims, Vendor


class Okta(Vendor):
    """The org server is `https://{org}`; the custom server has a path of its own."""

    kind = "okta"
    name = "Okta"
    sends_issuer = False
    has_sid = False

    def list_servers(self) -> Sequence[Server]:
        return [
            self._server("org", self.base, f"{self.base}/oauth2/v1"),
            self._server("default", f"{self.base}/oauth2/default", f"{self.base}/oauth2/default/v1"),
        ]

    def _server(self, name: str, issuer: str, at: str) -> Server:
        return Server(
            name=name,
            issuer=issuer,
            authorization=f"{at}/authorize",
            token=f"{at}/token",
            userinfo=f"{at}/userinfo",
            jwks=f"{at}/keys",
            discovery=issuer + METADATA,
            end_session=f"{at}/logout",
            par=f"{at}/par",
        )

    def new_client_id(self) -> str:
        return "0oa1practice2okta3app"

    def metadata(self, server: Server) -> Claims:
        general = super().metadata(server)
        return {
            **general,
            "response_modes_supported": ["query", "fragment", "form_post", "okta_post_message"],
            "registration_endpoint": f"{self.base}/oauth2/v1/clients",
            "end_session_endpoint": server.end_session,
            "scopes_supported": [
                "openid",
                "email",
                "profile",
                "address",
                "phone",
                "offline_access",
                "groups",
            ],
            "backchannel_logout_supported": False,
            "backchannel_logout_session_supported": False,
        }

    def subject(self, person: Person, client_id: str) -> str:
        return f"00u{person.number}practice"

    def id_token_claims(self, grant: Grant, faults: Faults) -> Claims:
        claims = self.person_claims(grant, faults)
        brief: Claims = {
            name: claims[name] for name in ("name", "email", "preferred_username", "groups") if name in claims
        }
        return {"ver": 1, "amr": ["pwd"], "idp": "00o1practice", **brief}
