"""The base of every named error. Rules raise it; `web.errors` alone turns it into an answer.

An error has a registered `code`, a public sentence for the person, a sentence on what to do, an
HTTP status, and says whether it may travel to the client in a redirect. `detail` is private: it
goes to the log and to administrators as what was expected against what came. `client` is the
application that the person was on the way to, where one is known, so that the page can lead back.
"""

from http import HTTPStatus
from typing import ClassVar

from vestibule.domain.client import Client


class VestibuleError(Exception):
    """A failure with a name. Subclasses are named after their code."""

    code: ClassVar[str] = "server_error"
    status: ClassVar[int] = HTTPStatus.INTERNAL_SERVER_ERROR
    sentence: ClassVar[str] = "Something went wrong on our side."
    remedy: ClassVar[str] = "Try again. If it happens again, send the reference below to your administrator."
    may_redirect: ClassVar[bool] = False

    def __init__(self, detail: str = "", *, retry_after_seconds: int | None = None) -> None:
        super().__init__(detail or self.sentence)
        self.detail = detail
        self.retry_after_seconds = retry_after_seconds
        self.client: Client | None = None


class RealmNotFound(VestibuleError):
    """The realm in the address does not exist in exactly this spelling, or is switched off (S000-07)."""

    code = "realm_not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = "There is no such realm here."
    remedy = "Check the address: realm names are case sensitive."


class PageNotFound(VestibuleError):
    """No route has this address."""

    code = "page_not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = "This page does not exist."
    remedy = "Check the address, or go back to the application and start again."


class MethodNotAllowed(VestibuleError):
    """The address exists, but not for this HTTP method."""

    code = "method_not_allowed"
    status = HTTPStatus.METHOD_NOT_ALLOWED
    sentence = "This address does not take that kind of request."
    remedy = "Go back to the application and start again."


class LoginExpired(VestibuleError):
    """The sign-in attempt is over, unknown, or was begun by another browser."""

    code = "login_expired"
    status = HTTPStatus.BAD_REQUEST
    sentence = "This sign-in has expired or was started in another browser."
    remedy = "Start again from the application."


class CrossSiteRequest(VestibuleError):
    """A form came from a page that is not ours."""

    code = "cross_site_request"
    status = HTTPStatus.FORBIDDEN
    sentence = "This request did not come from our own page."
    remedy = "Open the sign-in page from the application and try again."


class Busy(VestibuleError):
    """A bounded resource is full; nothing was tried."""

    code = "temporarily_unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = "Too many people are signing in at this moment."
    remedy = "Wait a few seconds and try again."
    may_redirect = True


class WrongPassword(VestibuleError):
    """The name or the password is wrong; nothing says which (PW-01)."""

    code = "invalid_credentials"
    status = HTTPStatus.BAD_REQUEST
    sentence = "The email address or the password is not right."
    remedy = "Check both and try again."


class TooManyAttempts(VestibuleError):
    """The counter of wrong passwords for this name, browser or address is full."""

    code = "too_many_attempts"
    status = HTTPStatus.TOO_MANY_REQUESTS
    sentence = "There were too many attempts to sign in with a password."
    remedy = "Wait some minutes and try again, or sign in with a passkey."


class StorageUnavailable(VestibuleError):
    """The database did not take the change, so nothing was changed."""

    code = "storage_unavailable"
    status = HTTPStatus.SERVICE_UNAVAILABLE
    sentence = "The service cannot store anything at this moment, so nothing was changed."
    remedy = "Try again in a minute."


class AccessNotAllowed(VestibuleError):
    """The person is known but has not the role or group that the application asks for (S000-06)."""

    code = "access_not_allowed"
    status = HTTPStatus.FORBIDDEN
    sentence = "You are signed in, but you are not allowed to use this application."
    remedy = "Ask your administrator for access, naming the application."


class EmailMissing(VestibuleError):
    """The application needs an e-mail address and the person has none (S000-18)."""

    code = "email_missing"
    status = HTTPStatus.FORBIDDEN
    sentence = "This application needs your email address, and your account has none."
    remedy = "Ask your administrator to add an email address to your account."


class NoSignInMethod(VestibuleError):
    """The realm's policy leaves no way to sign in."""

    code = "no_sign_in_method"
    status = HTTPStatus.FORBIDDEN
    sentence = "No sign-in method is available for this organization."
    remedy = "Contact your administrator."


class SetupLinkInvalid(VestibuleError):
    """The one-time set-up link was used, is older than an hour, or never existed."""

    code = "setup_link_invalid"
    status = HTTPStatus.NOT_FOUND
    sentence = "This set-up link has been used or has expired."
    remedy = "Restart the service, or run “vestibule bootstrap-admin”, to get a new link."


class PasskeyRefused(VestibuleError):
    """A passkey's answer did not verify; `detail` says which check failed."""

    code = "passkey_refused"
    status = HTTPStatus.BAD_REQUEST
    sentence = "This passkey could not be used."
    remedy = "Try again, or use another way to sign in."


class BadInput(VestibuleError):
    """A field or parameter has a value that cannot be read."""

    code = "bad_input"
    status = HTTPStatus.BAD_REQUEST
    sentence = "Part of the request could not be read."
    remedy = "Go back, correct it and try again."


class NotAuthorized(VestibuleError):
    """The caller showed no proof that it may see this."""

    code = "not_authorized"
    status = HTTPStatus.UNAUTHORIZED
    sentence = "You may not see this."
    remedy = "Send the operator's token."


class PasswordRefused(VestibuleError):
    """A new password does not meet the policy; `detail` says which rule."""

    code = "password_refused"
    status = HTTPStatus.BAD_REQUEST
    sentence = "This password cannot be used because it is too short, too long or too easy to guess."
    remedy = "Choose at least 12 characters that are not your user name or email address."


class UndecryptableSecret(VestibuleError):
    """A stored secret does not open: the master key changed, or the row was altered."""

    code = "undecryptable_secret"
    sentence = "The service cannot read one of its own secrets."
    remedy = "Tell the operator, who should compare VESTIBULE_SECRET_KEY with the one that was used before."


class AddressNotAllowed(VestibuleError):
    """An outgoing request would go where it may not (D23); `detail` says host, address, port and why."""

    code = "address_not_allowed"
    status = HTTPStatus.BAD_GATEWAY
    sentence = "The service may not call this address."
    remedy = "Use a public https address, or ask the operator to allow exactly this host and port."


class UpstreamUnreachable(VestibuleError):
    """The name does not resolve, or no connection, no TLS or no readable HTTP came about."""

    code = "upstream_unreachable"
    status = HTTPStatus.BAD_GATEWAY
    sentence = "Another service that is needed here cannot be reached."
    remedy = "Try again in a minute. If it happens again, send the reference below to your administrator."


class UpstreamTimeout(VestibuleError):
    """The other service did not answer in full within the time limit."""

    code = "upstream_timeout"
    status = HTTPStatus.GATEWAY_TIMEOUT
    sentence = "Another service that is needed here took too long to answer."
    remedy = UpstreamUnreachable.remedy


class UpstreamAnswerTooLarge(VestibuleError):
    """The decoded answer is longer than the size limit."""

    code = "upstream_answer_too_large"
    status = HTTPStatus.BAD_GATEWAY
    sentence = "Another service that is needed here sent an answer that is too large."
    remedy = UpstreamUnreachable.remedy


class UpstreamRefused(VestibuleError):
    """The other service answered, but not with success; a redirect counts as that too."""

    code = "upstream_refused"
    status = HTTPStatus.BAD_GATEWAY
    sentence = "Another service that is needed here refused the request."
    remedy = UpstreamUnreachable.remedy


DOMAIN_ERRORS: tuple[type[VestibuleError], ...] = (
    VestibuleError,
    RealmNotFound,
    PageNotFound,
    MethodNotAllowed,
    LoginExpired,
    CrossSiteRequest,
    Busy,
    WrongPassword,
    TooManyAttempts,
    StorageUnavailable,
    AccessNotAllowed,
    EmailMissing,
    NoSignInMethod,
    SetupLinkInvalid,
    PasskeyRefused,
    BadInput,
    NotAuthorized,
    PasswordRefused,
    UndecryptableSecret,
    AddressNotAllowed,
    UpstreamUnreachable,
    UpstreamTimeout,
    UpstreamAnswerTooLarge,
    UpstreamRefused,
)
