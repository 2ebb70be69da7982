"""Failures of signing in that people read."""

from http import HTTPStatus

from vestibule.domain.errors.named import VestibuleError


class LoginExpired(VestibuleError):
    """The sign-in attempt is over, unknown, or was begun by another browser."""

    code = "login_expired"
    status = HTTPStatus.BAD_REQUEST
    sentence = "This sign-in has expired or was started in another browser."
    remedy = "Start again from the application."


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
    remedy = "Restart the service, or run “vestibule bootstrap-admin --link”, to get a new link."


class PasskeyRefused(VestibuleError):
    """A passkey's answer did not verify; `detail` says which check failed."""

    code = "passkey_refused"
    status = HTTPStatus.BAD_REQUEST
    sentence = "This passkey could not be used."
    remedy = "Try again, or use another way to sign in."


class PasswordRefused(VestibuleError):
    """A new password does not meet the policy; `detail` says which rule."""

    code = "password_refused"
    status = HTTPStatus.BAD_REQUEST
    sentence = "This password cannot be used because it is too short, too long or too easy to guess."
    remedy = "Choose at least 12 characters that are not your user name or email address."


class SamePassword(PasswordRefused):
    """The new password in the place of a temporary one is the temporary one."""

    code = "same_password"
    sentence = "This is the password that you were given. Choose another one."
    remedy = "Choose a password that you have not used here before."


class LastWayIn(VestibuleError):
    """A person would take away the only thing that they can sign in with."""

    code = "last_way_in"
    status = HTTPStatus.CONFLICT
    sentence = "This is your only way to sign in, so it stays."
    remedy = "Add another passkey or a password first."


class StrongerSignInNeeded(VestibuleError):
    """Something sensitive, and the fresh sign-in was not by the passkey that the person has (D17).
    `again_url` begins it anew, for the same page."""

    code = "stronger_sign_in_needed"
    status = HTTPStatus.FORBIDDEN
    sentence = "This needs a sign-in with your passkey."
    remedy = "Start again and sign in with a passkey. If you have lost it, ask an administrator to remove it."
    again_url = ""


class WrongCode(VestibuleError):
    """A code that was mailed is not the one that was typed, or works no longer."""

    code = "wrong_code"
    status = HTTPStatus.BAD_REQUEST
    sentence = "This is not the code that was mailed, or it works no longer."
    remedy = "Check the code, or have a new one sent."
