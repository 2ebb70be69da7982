"""What a browser flow answers; `web` turns each into an HTTP answer."""

from dataclasses import dataclass

from vestibule.domain.client import Client
from vestibule.domain.errors import VestibuleError
from vestibule.oidc.authorize import AuthorizationRequest
from vestibule.oidc.errors import ProtocolError


@dataclass(frozen=True, slots=True, kw_only=True)
class Cookies:
    """Cookie values to set with the answer; None leaves a cookie as it is."""

    session: str | None = None
    browser: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ToClient(Cookies):
    """The authorization response (RFC 6749 section 4.1.2), sent by `response_mode`."""

    client: Client
    redirect_uri: str
    response_mode: str
    parameters: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ToLogin(Cookies):
    """To the sign-in page of the attempt that `token` names; straight on through the connection with the
    alias `provider`, where one is named."""

    token: str
    provider: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Cookies):
    """An error page for a person who has just signed in, and stays so."""

    error: VestibuleError


@dataclass(frozen=True, slots=True, kw_only=True)
class ToUpstream(Cookies):
    """To another identity provider, called `provider`."""

    url: str
    provider: str


Answer = ToClient | ToLogin | ToUpstream | Refused


def code_answer(client: Client, request: AuthorizationRequest, issuer: str, code: str) -> ToClient:
    """Success: the code, the state word for word, and `iss` (RFC 9207)."""
    return _answer(client, request.redirect_uri, request.response_mode, {"code": code}, request.state, issuer)


def error_answer(
    client: Client,
    redirect_uri: str,
    response_mode: str,
    state: str | None,
    issuer: str,
    error: ProtocolError,
) -> ToClient:
    """Failure by redirect (RFC 6749 section 4.1.2.1), with the public sentence only."""
    parameters = {"error": error.code, "error_description": _ascii(error.sentence)}
    return _answer(client, redirect_uri, response_mode, parameters, state, issuer)


def _answer(
    client: Client,
    redirect_uri: str,
    response_mode: str,
    parameters: dict[str, str],
    state: str | None,
    issuer: str,
) -> ToClient:
    if state is not None:
        parameters["state"] = state
    parameters["iss"] = issuer
    return ToClient(
        client=client, redirect_uri=redirect_uri, response_mode=response_mode, parameters=parameters
    )


def _ascii(sentence: str) -> str:
    """`error_description` may hold only printable ASCII without quotes (RFC 6749 section 4.1.2.1)."""
    return sentence.replace("“", "'").replace("”", "'")
