"""What an ordinary OpenID Connect client does, by the book (Core 1.0 sections 3.1.2 and 3.1.3).

It knows its issuer, its own client ID and secret, and nothing of the service behind them.
"""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import asdict, dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

import aiohttp
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

ALGORITHMS = ["RS256", "PS256", "ES256", "EdDSA"]
SKEW_SECONDS = 30
LOGOUT_EVENT = "http://schemas.openid.net/event/backchannel-logout"


class SignInFailed(Exception):
    """A sign-in that did not end well; `code` is the provider's error or one of ours, the text says more."""

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code


class MissingClaims(SignInFailed):
    """The ID token is right, but does not say enough about the person."""

    def __init__(self, names: list[str]) -> None:
        super().__init__("missing_claim", f"The ID token has no {' and no '.join(names)}.")
        self.names = names


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The provider's addresses, for an application that is told them one by one."""

    authorization_endpoint: str
    token_endpoint: str
    jwks_uri: str


@dataclass(frozen=True, slots=True)
class Configuration:
    """All that the application was told: who signs people in, and what it is called there.

    Without `endpoints` it discovers them. An ID token without one of `required_claims` signs nobody in.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    own_url: str
    callback_path: str = "/callback"
    scopes: str = "openid email profile"
    required_claims: tuple[str, ...] = ("sub",)
    endpoints: Endpoints | None = None

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the browser back to."""
        return f"{self.own_url}{self.callback_path}"


@dataclass(frozen=True, slots=True)
class Attempt:
    """What one sign-in was begun with, kept until the browser comes back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True, slots=True)
class Person:
    """Who has signed in: the verified claims of the ID token, and the token for signing out again."""

    claims: dict[str, Any]
    id_token: str = field(repr=False)


class RelyingParty:
    """Speaks to the provider. Discovery and keys are fetched at their first use and kept."""

    def __init__(self, configuration: Configuration) -> None:
        self.configuration = configuration
        self._http: aiohttp.ClientSession | None = None
        self._metadata: dict[str, Any] = {}
        self._keys: KeySet | None = None

    async def close(self) -> None:
        """Closes the connections."""
        if self._http is not None:
            await self._http.close()
            self._http = None

    async def begin(self) -> tuple[Attempt, str]:
        """A new attempt, and the address where the browser goes with it (RFC 7636 section 4.3)."""
        attempt = Attempt(*(secrets.token_urlsafe(32) for _ in range(3)))
        digest = hashlib.sha256(attempt.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self.configuration.client_id,
            "redirect_uri": self.configuration.redirect_uri,
            "scope": self.configuration.scopes,
            "state": attempt.state,
            "nonce": attempt.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        endpoint = (await self._discover())["authorization_endpoint"]
        return attempt, f"{endpoint}?{urlencode(query)}"

    async def complete(self, attempt: Attempt, answer: dict[str, str]) -> Person:
        """Who signed in, from the parameters that the browser brought. Raises `SignInFailed`."""
        if not secrets.compare_digest(answer.get("state", "").encode(), attempt.state.encode()):
            raise SignInFailed("state_mismatch", "The answer belongs to another sign-in.")
        if not self._is_of_issuer(answer.get("iss")):
            raise SignInFailed("issuer_mismatch", "The answer comes from another provider (RFC 9207).")
        if "error" in answer:
            raise SignInFailed(answer["error"], answer.get("error_description", "The provider said no."))
        tokens = await self._redeem(attempt, answer.get("code", ""))
        claims = await self._verify(str(tokens.get("id_token", "")))
        if claims.get("nonce") != attempt.nonce:
            raise SignInFailed("nonce_mismatch", "The ID token belongs to another sign-in.")
        missing = [name for name in self.configuration.required_claims if not _is_text(claims.get(name))]
        if missing:
            raise MissingClaims(missing)
        return Person(claims, str(tokens["id_token"]))

    async def sign_out_address(self, person: Person) -> str:
        """Where the browser goes to sign out everywhere (RP-Initiated Logout 1.0 section 2)."""
        query = {
            "id_token_hint": person.id_token,
            "client_id": self.configuration.client_id,
            "post_logout_redirect_uri": f"{self.configuration.own_url}/signed-out",
        }
        return f"{(await self._discover())['end_session_endpoint']}?{urlencode(query)}"

    async def read_logout_token(self, token: str) -> tuple[str | None, str | None]:
        """(session, subject) that a logout token ends (Back-Channel Logout 1.0 section 2.6)."""
        claims = await self._verify(token, typ="logout+jwt")
        events = claims.get("events")
        if not isinstance(events, dict) or LOGOUT_EVENT not in events or "nonce" in claims:
            raise SignInFailed("invalid_logout_token", "This is no logout token.")
        session, subject = claims.get("sid"), claims.get("sub")
        if session is None and subject is None:
            raise SignInFailed("invalid_logout_token", "The logout token names nobody.")
        return session, subject

    def _is_of_issuer(self, sender: str | None) -> bool:
        """Whether the answer is the issuer's. Only discovery could tell that it always says so (RFC 9207)."""
        if sender is None:
            return self.configuration.endpoints is not None
        return sender == self.configuration.issuer

    async def _redeem(self, attempt: Attempt, code: str) -> dict[str, Any]:
        """The tokens for the code, with the secret in the header (RFC 6749 sections 2.3.1 and 4.1.3)."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self.configuration.redirect_uri,
            "code_verifier": attempt.verifier,
        }
        pair = f"{quote(self.configuration.client_id, '')}:{quote(self.configuration.client_secret, '')}"
        headers = {"authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}
        status, answer = await self._fetch("POST", (await self._discover())["token_endpoint"], form, headers)
        if status != 200:
            raise SignInFailed(str(answer.get("error", status)), str(answer.get("error_description", "")))
        return answer

    async def _verify(self, token: str, typ: str = "JWT") -> dict[str, Any]:
        """The claims of a token that this issuer signed for this client, and that is valid now."""
        try:
            decoded = jwt.decode(token, await self._key_set(token), algorithms=ALGORITHMS)
        except (JoseError, ValueError) as error:
            raise SignInFailed("invalid_token", f"The token does not verify ({error}).") from error
        claims, now = decoded.claims, time.time()
        audience = claims.get("aud")
        audiences = audience if isinstance(audience, list) else [audience]
        checks = {
            "typ": str(decoded.header.get("typ", typ)).lower() == typ.lower(),
            "iss": claims.get("iss") == self.configuration.issuer,
            "aud": self.configuration.client_id in audiences,
            "azp": claims.get("azp", self.configuration.client_id) == self.configuration.client_id,
            "exp": _number(claims.get("exp")) > now - SKEW_SECONDS,
            "iat": abs(_number(claims.get("iat")) - now) < 600,
        }
        failed = [name for name, holds in checks.items() if not holds]
        if failed:
            raise SignInFailed("invalid_token", f"The token's {', '.join(failed)} is not right.")
        return dict(claims)

    async def _key_set(self, token: str) -> KeySet:
        """The provider's keys, fetched anew where the token names one that is not among them."""
        header = json.loads(base64.urlsafe_b64decode(token.partition(".")[0] + "=="))
        if not isinstance(header, dict):
            raise ValueError("its header is no object")
        known = {key.kid for key in self._keys.keys} if self._keys is not None else set()
        if self._keys is None or header.get("kid") not in known:
            _, answer = await self._fetch("GET", (await self._discover())["jwks_uri"])
            keys = answer.get("keys")
            if not isinstance(keys, list):
                raise SignInFailed("keys_unreadable", "The key endpoint does not answer with keys.")
            self._keys = KeySet.import_key_set({"keys": keys})
        return self._keys

    async def _discover(self) -> dict[str, Any]:
        """The provider's metadata; its issuer must be the one that was configured (Discovery section 4.3)."""
        if self.configuration.endpoints is not None:
            return asdict(self.configuration.endpoints)
        if not self._metadata:
            url = f"{self.configuration.issuer}/.well-known/openid-configuration"
            status, answer = await self._fetch("GET", url)
            if status != 200 or answer.get("issuer") != self.configuration.issuer:
                raise SignInFailed("discovery_failed", f"{url} does not describe the provider.")
            self._metadata = answer
        return self._metadata

    async def _fetch(
        self, method: str, url: str, form: dict[str, str] | None = None, headers: dict[str, str] | None = None
    ) -> tuple[int, dict[str, Any]]:
        if self._http is None:
            self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=10))
        try:
            async with self._http.request(
                method, url, data=form, headers=headers, allow_redirects=False
            ) as response:
                answer = await response.json(content_type=None)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise SignInFailed("provider_unreachable", f"The provider does not answer ({error}).") from error
        if not isinstance(answer, dict):
            raise SignInFailed("provider_unreachable", "The provider's answer is no JSON object.")
        return response.status, answer


def _is_text(value: object) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _number(value: object) -> float:
    return value if isinstance(value, int | float) else float("-inf")
