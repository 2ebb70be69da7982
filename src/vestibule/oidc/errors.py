"""The registered OAuth 2.0 and OpenID Connect errors, one class for each code.

`may_redirect` says whether the error may travel to the client in the authorization response
(RFC 6749 section 4.1.2.1); the others are pages or JSON.
"""

from http import HTTPStatus
from typing import ClassVar

from vestibule.domain.errors import VestibuleError


class ProtocolError(VestibuleError):
    """An OAuth error. `sentence` is the public `error_description`."""

    status: ClassVar[int] = HTTPStatus.BAD_REQUEST
    remedy: ClassVar[str] = (
        "Go back to the application and start again. Its administrator can look up the reference."
    )
    may_redirect: ClassVar[bool] = True


class InvalidRequest(ProtocolError):
    """A parameter is missing, repeated, malformed or not allowed here (RFC 6749 section 4.1.2.1)."""

    code = "invalid_request"
    sentence = "The request lacks a parameter, repeats one, or has one that cannot be read."


class UnknownClient(ProtocolError):
    """Unknown, disabled or foreign client at the authorization endpoint: the same page for each (AZ-01)."""

    code = "unknown_client"
    sentence = "The application that sent you here is not registered."
    remedy = "Ask the application's administrator to check its Client ID."
    may_redirect = False


class InvalidRedirectUri(ProtocolError):
    """The redirect URI is missing or not registered letter for letter (RFC 9700 section 4.1.3)."""

    code = "invalid_redirect_uri"
    sentence = "The address that the application wants you sent back to is not registered."
    remedy = "Ask the application's administrator to add it, letter for letter, to Valid Redirect URIs."
    may_redirect = False


class UnauthorizedClient(ProtocolError):
    """The client may not use this grant or response type (RFC 6749 section 4.1.2.1)."""

    code = "unauthorized_client"
    sentence = "The application is not allowed to use this kind of request."


class UnsupportedResponseType(ProtocolError):
    """Only `code` is offered (RFC 9700 section 2.1.2)."""

    code = "unsupported_response_type"
    sentence = "Only the response type “code” is supported."


class InvalidScope(ProtocolError):
    """The scope is malformed or wider than what was granted (RFC 6749 sections 4.1.2.1 and 6)."""

    code = "invalid_scope"
    sentence = "The requested scope is not valid here."


class AccessDenied(ProtocolError):
    """The person or the policy said no (RFC 6749 section 4.1.2.1)."""

    code = "access_denied"
    sentence = "Access was denied."


class LoginRequired(ProtocolError):
    """`prompt=none` without a usable session (OpenID Connect Core 1.0 section 3.1.2.6)."""

    code = "login_required"
    sentence = "The person must sign in, and the request allows no page."


class ConsentRequired(ProtocolError):
    """`prompt=none` while consent is missing (OpenID Connect Core 1.0 section 3.1.2.6)."""

    code = "consent_required"
    sentence = "The person must give consent, and the request allows no page."


class InteractionRequired(ProtocolError):
    """`prompt=none` while another page is due (OpenID Connect Core 1.0 section 3.1.2.6)."""

    code = "interaction_required"
    sentence = "The person must answer a question, and the request allows no page."


class UnmetAuthenticationRequirements(ProtocolError):
    """An essential `acr` cannot be reached (OpenID Connect Core Error Code for that, section 3)."""

    code = "unmet_authentication_requirements"
    sentence = "The required kind of authentication cannot be reached."


class RequestNotSupported(ProtocolError):
    """Request objects by value are not taken (OpenID Connect Core 1.0 section 3.1.2.6)."""

    code = "request_not_supported"
    sentence = "The parameter “request” is not supported."


class RequestUriNotSupported(ProtocolError):
    """Request objects by reference are not taken (OpenID Connect Core 1.0 section 3.1.2.6)."""

    code = "request_uri_not_supported"
    sentence = "The parameter “request_uri” is not supported."


class RegistrationNotSupported(ProtocolError):
    """The `registration` parameter is not taken (OpenID Connect Core 1.0 section 3.1.2.6)."""

    code = "registration_not_supported"
    sentence = "The parameter “registration” is not supported."


class InvalidTarget(ProtocolError):
    """A `resource` that is not registered for the client (RFC 8707 section 2)."""

    code = "invalid_target"
    sentence = "The requested resource is not registered for the application."


class InvalidClient(ProtocolError):
    """Client authentication failed (RFC 6749 section 5.2)."""

    code = "invalid_client"
    status = HTTPStatus.UNAUTHORIZED
    sentence = "Client authentication failed."
    may_redirect = False


class InvalidGrant(ProtocolError):
    """The code or refresh token is wrong, used, expired or another client's (RFC 6749 section 5.2)."""

    code = "invalid_grant"
    sentence = "The code or refresh token is not valid."
    may_redirect = False


class UnsupportedGrantType(ProtocolError):
    """The grant type is not offered (RFC 6749 section 5.2)."""

    code = "unsupported_grant_type"
    sentence = "This grant type is not supported."
    may_redirect = False


class InvalidToken(ProtocolError):
    """The access token is malformed, expired, revoked or not ours (RFC 6750 section 3.1)."""

    code = "invalid_token"
    status = HTTPStatus.UNAUTHORIZED
    sentence = "The access token is not valid."
    may_redirect = False


class InsufficientScope(ProtocolError):
    """The token has no `openid` scope (RFC 6750 section 3.1)."""

    code = "insufficient_scope"
    status = HTTPStatus.FORBIDDEN
    sentence = "The access token does not carry the scope openid."
    may_redirect = False


class MissingToken(ProtocolError):
    """No token was sent; the challenge carries no error code (RFC 6750 section 3.1)."""

    code = "missing_token"
    status = HTTPStatus.UNAUTHORIZED
    sentence = "An access token is needed."
    may_redirect = False


OIDC_ERRORS: tuple[type[VestibuleError], ...] = (
    InvalidRequest,
    UnknownClient,
    InvalidRedirectUri,
    UnauthorizedClient,
    UnsupportedResponseType,
    InvalidScope,
    AccessDenied,
    LoginRequired,
    ConsentRequired,
    InteractionRequired,
    UnmetAuthenticationRequirements,
    RequestNotSupported,
    RequestUriNotSupported,
    RegistrationNotSupported,
    InvalidTarget,
    InvalidClient,
    InvalidGrant,
    UnsupportedGrantType,
    InvalidToken,
    InsufficientScope,
    MissingToken,
)
