"""Asking the provider who has signed in: the code against tokens, the tokens checked, userinfo.

Every request passes the guarded fetch, carries its proof where the connection uses DPoP, and all of them
together end within ten seconds.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from vestibule.crypto.secrets import new_token
from vestibule.domain.connection import Connection, ExternalIdentity, UpstreamSecret
from vestibule.domain.errors import (
    InvalidDpopProof,
    UpstreamInvalidClient,
    UpstreamTimeout,
)
from vestibule.flows.broker.began import Began
from vestibule.flows.broker.graph import with_groups
from vestibule.flows.broker.progress import Progress
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm
from vestibule.flows.upstream_secrets import open_upstream_secret
from vestibule.oidc.relying_party.credentials import Credentials, assertion_audience, assertion_claims
from vestibule.oidc.relying_party.dpop import DpopKey, asks_for_nonce, dpop_proof, new_dpop_key
from vestibule.oidc.relying_party.github import emails_request, process_github, user_request
from vestibule.oidc.relying_party.groups import has_overage
from vestibule.oidc.relying_party.id_token import Expectation, check_id_token
from vestibule.oidc.relying_party.identity import read_identity
from vestibule.oidc.relying_party.messages import Incoming, Outgoing
from vestibule.oidc.relying_party.token import Tokens, process_token_answer, token_request
from vestibule.oidc.relying_party.userinfo import process_userinfo, userinfo_request

T = TypeVar("T")

LIMIT_SECONDS = 9.0
"""For all requests of one sign-in together, so that a named error is there within ten seconds."""
ASSERTION_TYPE = "client-authentication+jwt"


@dataclass(frozen=True, slots=True)
class Brought:
    """What a sign-in brought. `promoted` says that the next secret worked where the current one did not."""

    identity: ExternalIdentity
    id_token: str = ""
    promoted: bool = False


class Provider:
    """One provider during one sign-in: how requests to it are sent, authenticated and proved."""

    def __init__(self, deployment: Deployment, active: ActiveRealm, connection: Connection) -> None:
        self._deployment = deployment
        self._active = active
        self._connection = connection
        self._dpop: DpopKey | None = new_dpop_key() if connection.use_dpop else None
        self._dpop_nonce = ""

    async def ask(self, request: Outgoing, tokens: Tokens) -> Incoming:
        """As `send`, with the access token in the scheme that it is of (RFC 9449 section 7.1)."""
        return await self.send(request, tokens.access_token if tokens.token_type == "dpop" else "")

    async def send(self, request: Outgoing, access_token: str = "") -> Incoming:
        """The answer; with DPoP sent again, once, where the provider wants its nonce in the proof
        (RFC 9449 section 8)."""
        answer = await self._send(request, access_token)
        nonce = asks_for_nonce(answer) if self._dpop is not None else None
        if nonce is None:
            return answer
        self._dpop_nonce = nonce
        return await self._send(request, access_token)

    async def with_secrets(self, ask: Callable[[Credentials], Awaitable[T]]) -> tuple[T, bool]:
        """Asks with the current credentials, then with the next secret; whether that was the one that worked.

        Raises `UpstreamInvalidClient` where none does.
        """
        connection = self._connection
        if connection.authentication == "private_key_jwt":
            return await ask(self._assertion()), False
        for is_next, secret in enumerate(connection.secrets):
            try:
                return await ask(self._credentials(secret)), bool(is_next)
            except UpstreamInvalidClient:
                if is_next or len(connection.secrets) == 1:
                    raise
        return await ask(Credentials(connection.client_id)), False

    async def exchange(self, code: str, began: Began) -> tuple[Tokens, bool]:
        """Tokens for the code, and whether the next secret was the one that worked. A provider that demands
        proofs of possession unasked gets them (D7)."""

        async def ask(credentials: Credentials) -> Tokens:
            request = token_request(self._connection, code, began.redirect_uri, began.verifier, credentials)
            return process_token_answer(self._connection, await self.send(request), began.redirect_uri)

        try:
            return await self.with_secrets(ask)
        except InvalidDpopProof:
            if self._dpop is not None:
                raise
            self._dpop = new_dpop_key()
            return await self.with_secrets(ask)

    def _credentials(self, secret: UpstreamSecret) -> Credentials:
        connection = self._connection
        text = open_upstream_secret(secret, self._deployment.vault, connection.id)
        return Credentials(connection.client_id, secret=text)

    def _assertion(self) -> Credentials:
        """Signed with the realm's own key, which the provider finds in the realm's JWK Set."""
        deployment, connection = self._deployment, self._connection
        jti, now = new_token(deployment.random, 16), deployment.clock.now()
        claims = assertion_claims(connection, assertion_audience(connection), jti, now)
        assertion = self._active.keyring.sign(claims, "RS256", ASSERTION_TYPE)
        return Credentials(connection.client_id, assertion=assertion)

    async def _send(self, request: Outgoing, access_token: str) -> Incoming:
        headers = {**request.headers, **self._proof(request, access_token)}
        fetch = self._deployment.fetch
        if request.method == "GET":
            answer = await fetch.get(request.url, headers=headers, limit_seconds=LIMIT_SECONDS)
        else:
            answer = await fetch.post_form(
                request.url, request.fields or {}, headers=headers, limit_seconds=LIMIT_SECONDS
            )
        return Incoming(answer.status, answer.headers, answer.body)

    def _proof(self, request: Outgoing, access_token: str) -> Mapping[str, str]:
        if self._dpop is None:
            return {}
        deployment = self._deployment
        proof = dpop_proof(
            self._dpop, request.method, request.url, new_token(deployment.random, 16), deployment.clock.now(),
            nonce=self._dpop_nonce, access_token=access_token,
        )  # fmt: skip
        with_token = {"Authorization": f"DPoP {access_token}"} if access_token else {}
        return {"DPoP": proof, **with_token}


async def ask_provider(
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    began: Began,
    code: str,
    progress: Progress,
) -> Brought:
    """Who has signed in there. Raises the errors of `UPSTREAM_ERRORS`, and those of `Fetch`."""
    return await within_limit(
        deployment, connection, lambda: _ask(deployment, active, connection, began, code, progress)
    )


async def within_limit(deployment: Deployment, connection: Connection, ask: Callable[[], Awaitable[T]]) -> T:
    """All requests to the provider of one step together. Raises `UpstreamTimeout`.

    A provider that let several people wait in vain just now is not asked at all for half a minute, so that
    its troubles stay its own.
    """
    peer = f"{connection.id} {connection.endpoints.token}"  # a test with other addresses is another's
    deployment.slow_providers.check(peer, deployment.clock.now())
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            return await ask()
    except (TimeoutError, UpstreamTimeout):
        deployment.slow_providers.note(peer, deployment.clock.now())
        raise UpstreamTimeout(f"{connection.alias} did not answer in {LIMIT_SECONDS:g} s") from None


async def _ask(
    deployment: Deployment,
    active: ActiveRealm,
    connection: Connection,
    began: Began,
    code: str,
    progress: Progress,
) -> Brought:
    provider = Provider(deployment, active, connection)
    progress.step = "token"
    tokens, promoted = await provider.exchange(code, began)
    if connection.is_oauth_only:
        progress.step = "userinfo"
        claims = await _ask_github(deployment, provider, connection, tokens)
        progress.step = "identity"
        return Brought(read_identity(connection, connection.issuer, {}, claims), promoted=promoted)
    claims = progress.claims = await _verify(deployment, connection, began, tokens, progress)
    progress.step = "userinfo"
    userinfo: dict[str, Any] = {}
    if connection.use_userinfo and connection.endpoints.userinfo:
        request = userinfo_request(connection.endpoints.userinfo, tokens.access_token)
        answer = await provider.ask(request, tokens)
        userinfo = process_userinfo(answer, str(claims["sub"]))
    progress.step = "identity"
    identity = read_identity(connection, str(claims["iss"]), claims, userinfo)
    if has_overage(claims):
        identity = await with_groups(deployment, connection, identity, tokens)
    return Brought(identity, tokens.id_token, promoted)


async def _verify(
    deployment: Deployment, connection: Connection, began: Began, tokens: Tokens, progress: Progress
) -> dict[str, Any]:
    now = deployment.clock.now()
    progress.step = "keys"
    jwks = await deployment.provider_keys.of(connection.endpoints.jwks, tokens.id_token, now)
    progress.step = "id_token"
    expectation = Expectation(
        issuer=connection.issuer,
        client_id=connection.client_id,
        nonce=began.nonce,
        algorithms=frozenset(connection.id_token_algorithms),
        skew_seconds=connection.skew_seconds,
        access_token=tokens.access_token,
        authenticated_after=began.at if began.fresh else None,
    )
    return check_id_token(tokens.id_token, jwks, expectation, now)


async def _ask_github(
    deployment: Deployment, provider: Provider, connection: Connection, tokens: Tokens
) -> dict[str, Any]:
    api = connection.endpoints.userinfo
    user = await provider.send(user_request(api, tokens.access_token))
    emails = await provider.send(emails_request(api, tokens.access_token))
    return process_github(user, emails)
