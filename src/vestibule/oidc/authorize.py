"""The authorization request: its parameters, and the ordered checks that it must pass.

RFC 6749 section 4.1.1, OpenID Connect Core 1.0 section 3.1.2.1, RFC 7636, RFC 8707. The first two
checks decide whether the client may be answered at all; every later fault travels to its
redirect URI.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from vestibule.domain.client import RESPONSE_MODES, Client
from vestibule.oidc import errors
from vestibule.oidc.claims import ClaimsRequest, read_claims_request
from vestibule.oidc.scopes import given_scope
from vestibule.oidc.syntax import is_code_challenge, read_scope, read_seconds

PROMPTS = frozenset({"none", "login", "consent", "select_account"})
VALUE_LIMIT = 2048
READ = frozenset({
    "client_id", "redirect_uri", "response_type", "response_mode", "scope", "state", "nonce", "prompt",
    "max_age", "login_hint", "id_token_hint", "acr_values", "ui_locales", "claims", "code_challenge",
    "code_challenge_method", "request", "request_uri", "registration",
})  # fmt: skip
"""The parameters that mean something here; all others are ignored (RFC 6749 section 3.1)."""


@dataclass(frozen=True, slots=True)
class AuthorizationRequest:
    """A request that passed `CHECKS`. `scope` and `claims` hold only what the client may have."""

    client_id: str
    redirect_uri: str
    response_mode: str
    scope: tuple[str, ...]
    state: str | None
    nonce: str | None
    code_challenge: str | None
    prompt: frozenset[str]
    max_age: int | None
    login_hint: str
    id_token_hint: str
    acr_values: tuple[str, ...]
    ui_locales: str
    claims: ClaimsRequest
    resources: tuple[str, ...]

    @property
    def consent_scope(self) -> tuple[str, ...]:
        """What a person consents to: the scope, and the scopes of claims asked for by name."""
        return self.scope + tuple(sorted(self.claims.scopes - set(self.scope)))


@dataclass(frozen=True, slots=True)
class Parameters:
    """The request as it came: single values (empty ones left out) and every `resource`."""

    values: Mapping[str, str]
    repeated: frozenset[str] = frozenset()
    resources: tuple[str, ...] = ()

    def get(self, name: str) -> str | None:
        """The value of a parameter, None where it is absent or empty (RFC 6749 section 3.1)."""
        return self.values.get(name)


def check_redirect_uri(parameters: Parameters, client: Client) -> None:
    """Equal to a registered one, byte for byte, and sent once (RFC 9700 section 4.1.3)."""
    uri = parameters.get("redirect_uri")
    if "redirect_uri" in parameters.repeated or uri is None or uri not in client.redirect_uris:
        raise errors.InvalidRedirectUri(
            f"expected one of {list(client.redirect_uris)}, got {(uri or '')[:200]!r}"
        )


def check_no_repetition(parameters: Parameters, client: Client) -> None:
    """No parameter more than once (RFC 6749 section 3.1)."""
    if parameters.repeated:
        raise errors.InvalidRequest(f"repeated: {', '.join(sorted(parameters.repeated))}")


def check_sizes(parameters: Parameters, client: Client) -> None:
    """No value longer than any honest client sends; `claims` has a limit of its own."""
    for name, value in parameters.values.items():
        if len(value) > VALUE_LIMIT and name not in ("claims", "id_token_hint"):
            raise errors.InvalidRequest(f"{name} is longer than {VALUE_LIMIT} characters")


def check_request_objects(parameters: Parameters, client: Client) -> None:
    """Request objects and self-registration are refused by their own names (Core section 3.1.2.6)."""
    for name, error in (
        ("request", errors.RequestNotSupported),
        ("request_uri", errors.RequestUriNotSupported),
        ("registration", errors.RegistrationNotSupported),
    ):
        if parameters.get(name) is not None:
            raise error


def check_response_type(parameters: Parameters, client: Client) -> None:
    """Only the code flow exists here (RFC 9700 section 2.1.2)."""
    response_type = parameters.get("response_type")
    if response_type is None:
        raise errors.InvalidRequest("response_type is missing")
    if response_type != "code":
        raise errors.UnsupportedResponseType(f"got {response_type!r}")
    if not client.standard_flow:
        raise errors.UnauthorizedClient("the standard flow is switched off for this client")


def check_response_mode(parameters: Parameters, client: Client) -> None:
    """A known mode that the client is registered for (OAuth 2.0 Form Post Response Mode)."""
    mode = parameters.get("response_mode")
    if mode is not None and (mode not in RESPONSE_MODES or mode not in client.response_modes):
        raise errors.InvalidRequest(f"response_mode {mode!r} is not one of {list(client.response_modes)}")


def check_scope(parameters: Parameters, client: Client) -> None:
    """Well-formed; scopes that the client may not have are dropped, not refused (Core section 3.1.2.1)."""
    read_scope(parameters.get("scope") or "")


def check_pkce(parameters: Parameters, client: Client) -> None:
    """S256 only, well-formed, and present where the client must use it (RFC 7636 sections 4.3, 4.4.1)."""
    challenge, method = parameters.get("code_challenge"), parameters.get("code_challenge_method")
    if challenge is None:
        if client.must_use_pkce:
            raise errors.InvalidRequest("code_challenge is required for this client")
        if method is not None:
            raise errors.InvalidRequest("code_challenge_method without code_challenge")
        return
    if method != "S256":
        raise errors.InvalidRequest(
            f"code_challenge_method must be S256, got {method or 'plain by default'!r}"
        )
    if not is_code_challenge(challenge):
        raise errors.InvalidRequest("code_challenge must be 43 base64url characters")


def check_prompt(parameters: Parameters, client: Client) -> None:
    """Known values; `none` stands alone (Core section 3.1.2.1)."""
    prompt = frozenset((parameters.get("prompt") or "").split())
    if not prompt <= PROMPTS:
        raise errors.InvalidRequest(f"unknown prompt {sorted(prompt - PROMPTS)}")
    if "none" in prompt and len(prompt) > 1:
        raise errors.InvalidRequest("prompt=none cannot be combined")


def check_max_age(parameters: Parameters, client: Client) -> None:
    """A whole number of seconds (Core section 3.1.2.1)."""
    read_seconds(parameters.get("max_age"), "max_age")


def check_claims(parameters: Parameters, client: Client) -> None:
    """Readable JSON of the form of Core section 5.5, within its limits (AZ-25)."""
    read_claims_request(parameters.get("claims"))


def check_resources(parameters: Parameters, client: Client) -> None:
    """Each one registered for the client (RFC 8707 section 2)."""
    for resource in parameters.resources:
        if resource not in client.resources:
            raise errors.InvalidTarget(f"{resource[:200]!r} is not registered for this client")


CHECKS: tuple[Callable[[Parameters, Client], None], ...] = (
    check_redirect_uri,
    check_no_repetition,
    check_sizes,
    check_request_objects,
    check_response_type,
    check_response_mode,
    check_scope,
    check_pkce,
    check_prompt,
    check_max_age,
    check_claims,
    check_resources,
)


def read_authorization_request(parameters: Parameters, client: Client) -> AuthorizationRequest:
    """Runs `CHECKS` in order and reads the request. Raises the first fault."""
    for check in CHECKS:
        check(parameters, client)
    get = parameters.get
    scope = read_scope(get("scope") or "")
    return AuthorizationRequest(
        client_id=client.client_id,
        redirect_uri=get("redirect_uri") or "",
        response_mode=get("response_mode") or "query",
        scope=given_scope(client, scope),
        state=get("state"),
        nonce=get("nonce"),
        code_challenge=get("code_challenge"),
        prompt=frozenset((get("prompt") or "").split()),
        max_age=read_seconds(get("max_age"), "max_age"),
        login_hint=get("login_hint") or "",
        id_token_hint=get("id_token_hint") or "",
        acr_values=tuple((get("acr_values") or "").split()),
        ui_locales=get("ui_locales") or "",
        claims=read_claims_request(get("claims")).within(client.every_scope),
        resources=parameters.resources,
    )
