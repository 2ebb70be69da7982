"""A careful application at a practice provider, written without any code of the service."""

import base64
import hashlib
import json
import secrets
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

import httpx
from joserfc import jwt
from joserfc.jwk import KeySet

from tests.provider import PracticeProvider

CALLBACK = "https://sso.example/realms/acme/broker/upstream/endpoint"


@dataclass
class Upstream:
    """One application and its sign-ins. `verifier` is that of every authorization request."""

    provider: PracticeProvider
    http: httpx.AsyncClient
    server: str = ""
    verifier: str = field(default_factory=lambda: secrets.token_urlsafe(32))

    @property
    def addresses(self) -> Any:
        """The server's addresses; the usual server's where no name is given."""
        servers = self.provider.state.vendor.servers
        return next((one for one in servers if one.name == self.server), servers[0])

    async def metadata(self) -> dict[str, Any]:
        document: dict[str, Any] = (await self.http.get(self.addresses.discovery)).json()
        return document

    def url(self, **changes: str | None) -> str:
        digest = hashlib.sha256(self.verifier.encode()).digest()
        parameters: dict[str, str | None] = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": CALLBACK,
            "scope": "openid profile email",
            "state": "the-state",
            "nonce": "the-nonce",
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        kept = {name: value for name, value in (parameters | changes).items() if value is not None}
        return f"{self.addresses.authorization}?{urlencode(kept)}"

    async def callback(self, person: str = "grace", **changes: str | None) -> dict[str, str]:
        """Signs in; the parameters that come back."""
        url = await self.provider.sign_in(self.url(**changes), person)
        assert url.startswith(CALLBACK)
        return dict(parse_qsl(urlsplit(url).query))

    async def redeem(
        self, code: str, headers: dict[str, str] | None = None, **changes: str | None
    ) -> httpx.Response:
        form: dict[str, str | None] = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": CALLBACK,
            "code_verifier": self.verifier,
            "client_id": self.provider.client_id,
            "client_secret": self.provider.client_secret,
        }
        data = {name: value for name, value in (form | changes).items() if value is not None}
        sent = {"accept": "application/json", **(headers or {})}
        return await self.http.post(self.addresses.token, data=data, headers=sent)

    async def tokens(self, person: str = "grace", **changes: str | None) -> dict[str, Any]:
        answer = await self.redeem((await self.callback(person, **changes))["code"])
        assert answer.status_code == 200, answer.text
        tokens: dict[str, Any] = answer.json()
        return tokens

    async def claims(self, person: str = "grace", **changes: str | None) -> dict[str, Any]:
        """The claims of a verified ID token, whatever they say."""
        return await self.verified((await self.tokens(person, **changes))["id_token"])

    async def verified(self, token: str) -> dict[str, Any]:
        """Raises a `JoseError` unless a published key made the RS256 signature."""
        keys = KeySet.import_key_set((await self.http.get(self.addresses.jwks)).json())
        return dict(jwt.decode(token, keys, algorithms=["RS256"]).claims)

    async def read(self, address: str, tokens: dict[str, Any], method: str = "GET") -> httpx.Response:
        headers = {"authorization": f"Bearer {tokens['access_token']}"}
        return await self.http.request(method, address, headers=headers)


def part_of(token: str, number: int) -> dict[str, Any]:
    """The header (0) or the claims (1) of a JWT, unverified."""
    text = token.split(".")[number]
    part: dict[str, Any] = json.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    return part
