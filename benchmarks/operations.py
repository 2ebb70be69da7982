"""The measured operations as conversations. Every response is checked.

A client does what a careful one does: secret by HTTP Basic, PKCE, state, nonce. A browser sends back the
cookies that it was given, and the forms of the pages that it was shown.
"""

import base64
import hashlib
import json
import os
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode, urlsplit

from benchmarks.dataset import CLIENT_ID, PERSONS_PASSWORD, REDIRECT_URI, Dataset, Visit, realm_name
from benchmarks.load import CONNECTIONS, Conversation, Operation
from benchmarks.wire import ORIGIN, Response, WrongAnswer, get, post

STATE = "a-state-of-the-application"
FORM_FIELDS = f"origin: {ORIGIN}\r\nsec-fetch-site: same-origin\r\n"
SESSION_COOKIE, BROWSER_COOKIE = "__Host-vestibule_session_", "__Host-vestibule_browser"


@dataclass(frozen=True, slots=True)
class Tokens:
    """What one code flow gave."""

    visit: Visit
    access_token: str
    refresh_token: str


class Operations:
    """The operations on one service, drawing realms, people and tokens uniformly."""

    def __init__(self, dataset: Dataset) -> None:
        self.dataset = dataset
        self._draw = random.Random(11)  # noqa: S311 - the same draws in every run
        secret = f"{CLIENT_ID}:{dataset.materials.client_secret}"
        self._basic = f"authorization: Basic {base64.b64encode(secret.encode()).decode()}\r\n"
        self._access: list[Tokens] = []
        self._refresh: deque[Tokens] = deque()
        self._browsers = [""] * CONNECTIONS
        self._untouched_realms = iter(range(dataset.size.realms))
        self._unused_visits = iter(self._draw.sample(dataset.visits, len(dataset.visits)))

    @property
    def all(self) -> dict[str, Operation]:
        """Every operation by its name in the results."""
        return {
            "discovery": self.discovery,
            "jwks": self.jwks,
            "client_credentials": self.client_credentials,
            "code_flow": self.code_flow,
            "refresh": self.refresh,
            "userinfo": self.userinfo,
            "introspection": self.introspection,
            "password_sign_in": self.password_sign_in,
        }

    def discovery(self, connection: int) -> Conversation:
        """The metadata of a realm."""
        realm = self.dataset.draw_realm(self._draw)
        response = yield get(f"/realms/{realm}/.well-known/openid-configuration")
        response.expect(200, f'"issuer":"{ORIGIN}/realms/{realm}"')

    def jwks(self, connection: int) -> Conversation:
        """The keys of a realm."""
        response = yield get(self._target(self.dataset.draw_realm(self._draw), "certs"))
        response.expect(200, '{"keys":[{', '"alg":"RS256"')

    def client_credentials(self, connection: int) -> Conversation:
        """A client's token for itself."""
        yield from self._client_credentials(self.dataset.draw_realm(self._draw))

    def first_token(self, connection: int) -> Conversation:
        """The same at every realm in turn, which the service has not loaded yet."""
        yield from self._client_credentials(realm_name(next(self._untouched_realms)))

    def _client_credentials(self, realm: str) -> Conversation:
        response = yield self._token_request(realm, {"grant_type": "client_credentials"})
        _tokens_of(response, "access_token")

    def code_flow(self, connection: int) -> Conversation:
        """A signed-in person comes from an application and goes back with a code; tokens; userinfo."""
        yield from self._code_flow(self._draw.choice(self.dataset.visits), lambda _: None)

    def gather_tokens(self, connection: int) -> Conversation:
        """A code flow of a visit that had none; its tokens are kept for the operations that need some."""

        def keep(tokens: Tokens) -> None:
            self._access.append(tokens)
            self._refresh.append(tokens)

        yield from self._code_flow(next(self._unused_visits), keep)

    def _code_flow(self, visit: Visit, keep: Callable[[Tokens], None]) -> Conversation:
        verifier = base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"=")
        request = authorization_request(verifier)
        cookies = f"cookie: {SESSION_COOKIE}{visit.realm}={visit.cookie}\r\n"
        response = yield get(f"{self._target(visit.realm, 'auth')}?{request}", cookies)
        form = {
            "grant_type": "authorization_code",
            "code": code_of(response, visit.realm),
            "redirect_uri": REDIRECT_URI,
            "code_verifier": verifier.decode(),
        }
        response = yield self._token_request(visit.realm, form)
        found = _tokens_of(response, "access_token", "id_token", "refresh_token")
        tokens = Tokens(visit, found["access_token"], found["refresh_token"])
        yield from self._userinfo(tokens)
        keep(tokens)

    def refresh(self, connection: int) -> Conversation:
        """A refresh token, used once, against the next one."""
        tokens = self._refresh.popleft()
        form = {"grant_type": "refresh_token", "refresh_token": tokens.refresh_token}
        response = yield self._token_request(tokens.visit.realm, form)
        found = _tokens_of(response, "access_token", "id_token", "refresh_token")
        if found["refresh_token"] == tokens.refresh_token:
            raise WrongAnswer("the refresh token did not change")
        self._refresh.append(Tokens(tokens.visit, found["access_token"], found["refresh_token"]))

    def userinfo(self, connection: int) -> Conversation:
        """The claims about a person."""
        yield from self._userinfo(self._draw.choice(self._access))

    def _userinfo(self, tokens: Tokens) -> Conversation:
        bearer = f"authorization: Bearer {tokens.access_token}\r\n"
        response = yield get(self._target(tokens.visit.realm, "userinfo"), bearer)
        response.expect(200, f'"sub":"{tokens.visit.user_id}"', '"email":"person-', '"name":"Ada Number ')

    def introspection(self, connection: int) -> Conversation:
        """A client asks about an access token."""
        tokens = self._draw.choice(self._access)
        target = self._target(tokens.visit.realm, "token/introspect")
        response = yield post(target, {"token": tokens.access_token}, self._basic)
        response.expect(200, '"active":true', f'"sub":"{tokens.visit.user_id}"')

    def password_sign_in(self, connection: int) -> Conversation:
        """A person without a session: name, password, and back to the application with a code."""
        realm, username = self.dataset.draw_person(self._draw)
        request = authorization_request(base64.urlsafe_b64encode(os.urandom(32)).rstrip(b"="))
        browser = self._browsers[connection]
        target = f"{self._target(realm, 'auth')}?{request}"
        response = yield get(target, f"cookie: {browser}\r\n" if browser else "")
        page = login_page(response, realm)
        self._browsers[connection] = browser = cookie_of(response, BROWSER_COOKIE) or browser
        cookies = f"cookie: {browser}\r\n"
        response = yield get(page, cookies)
        response.expect(200, f'action="{page}"', 'name="username"', 'name="continue"')
        response = yield post(page, {"username": username, "continue": "1"}, cookies + FORM_FIELDS)
        page = login_page(response, realm)
        response = yield get(page, cookies)
        response.expect(200, f'action="{page}"', 'name="password"', username)
        form = {
            "username": username,
            "passkey_supported": "",
            "password": PERSONS_PASSWORD,
            "sign-in": "1",
        }
        response = yield post(page, form, cookies + FORM_FIELDS)
        code_of(response, realm)
        if not cookie_of(response, SESSION_COOKIE + realm):
            raise WrongAnswer("no session cookie after the password")

    def _token_request(self, realm: str, form: dict[str, str]) -> bytes:
        return post(self._target(realm, "token"), form, self._basic)

    def _target(self, realm: str, endpoint: str) -> str:
        return f"/realms/{realm}/protocol/openid-connect/{endpoint}"


def authorization_request(verifier: bytes) -> str:
    """The query of an authorization request."""
    challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier).digest()).rstrip(b"=").decode()
    return urlencode(
        {
            "response_type": "code",
            "client_id": CLIENT_ID,
            "redirect_uri": REDIRECT_URI,
            "scope": "openid email profile",
            "state": STATE,
            "nonce": challenge[:22],
            "code_challenge": challenge,
            "code_challenge_method": "S256",
        }
    )


def code_of(response: Response, realm: str) -> str:
    """The code in the redirect to the application."""
    response.expect(303)
    uri, _, query = response.header(b"location").partition("?")
    found = dict(parse_qsl(query))
    if uri != REDIRECT_URI or found["state"] != STATE or found["iss"] != f"{ORIGIN}/realms/{realm}":
        raise WrongAnswer(f"not the expected redirect: {response}")
    return found["code"]


def login_page(response: Response, realm: str) -> str:
    """The address of the sign-in page that the response leads to."""
    response.expect(303)
    location = response.header(b"location")
    if urlsplit(location).path != f"/realms/{realm}/login":
        raise WrongAnswer(f"not the sign-in page: {response}")
    return location


def cookie_of(response: Response, name: str) -> str:
    """`name=value` as the response sets it; empty where it does not."""
    for field in response.head.decode().split("\r\n"):
        if field.startswith(f"set-cookie: {name}="):
            return field.removeprefix("set-cookie: ").partition(";")[0]
    return ""


def _tokens_of(response: Response, *names: str) -> dict[str, str]:
    response.expect(200)
    found: dict[str, str] = json.loads(response.body)
    for name in names:
        if not found.get(name):
            raise WrongAnswer(f"no {name} in {response}")
    return found
