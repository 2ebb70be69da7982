"""Named errors of administering: pages of the console and answers of the Admin API."""

from http import HTTPStatus

from vestibule.domain.errors.named import VestibuleError


class AccessDenied(VestibuleError):
    """Whoever asks has no role that allows it (D17). The console's page is headed “Access Denied”."""

    code = "access_denied_to_administration"
    status = HTTPStatus.FORBIDDEN
    sentence = "Access Denied"
    remedy = "You are not allowed to do this here. Ask an administrator, or sign in as somebody who may."


class NotSignedIn(VestibuleError):
    """The Admin API was called without a living access token of an administrator's tool."""

    code = "not_signed_in"
    status = HTTPStatus.UNAUTHORIZED
    sentence = "This needs an access token of an administrator."
    remedy = "Get a token for admin-cli or for a service account, and send it as a bearer token."


class SignInTooOld(VestibuleError):
    """Something sensitive, and the sign-in is older than a quarter of an hour (RFC 9470)."""

    code = "insufficient_user_authentication"
    status = HTTPStatus.UNAUTHORIZED
    sentence = "This needs a sign-in from the last 15 minutes."
    remedy = "Sign in again with your strongest factor, and repeat it."


class NotHere(VestibuleError):
    """A client, person, group, role or other thing that the realm does not have."""

    code = "not_found"
    status = HTTPStatus.NOT_FOUND
    sentence = "The realm has nothing by this name or number."
    remedy = "It may have been deleted; look for it in its list."


class ConcurrentEdit(VestibuleError):
    """Somebody else changed the thing since it was read."""

    code = "concurrent_edit"
    status = HTTPStatus.CONFLICT
    sentence = "Somebody else changed this meanwhile."
    remedy = "Compare both versions, and save the one that shall count."


class AlreadyHere(VestibuleError):
    """A name that must be unique is taken."""

    code = "already_exists"
    status = HTTPStatus.CONFLICT
    sentence = "There is one with this name already."
    remedy = "Choose another name, or change the one that is there."

    def __init__(self, detail: str = "", member: str = "") -> None:
        super().__init__(detail)
        self.member = member
        """The member of the document that holds the name."""


class NotChangeable(VestibuleError):
    """A built-in thing, or a change that would leave nobody to administer."""

    code = "not_changeable"
    status = HTTPStatus.FORBIDDEN
    sentence = "This cannot be changed or deleted."
    remedy = "It is needed by Vestibule itself, or by the last person who administers."
