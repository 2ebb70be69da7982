"""Failures of a request: what was asked for is not here, not readable, or not allowed."""

from http import HTTPStatus

from vestibule.domain.errors.named import VestibuleError


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


class CrossSiteRequest(VestibuleError):
    """A form came from a page that is not ours."""

    code = "cross_site_request"
    status = HTTPStatus.FORBIDDEN
    sentence = "This request did not come from our own page."
    remedy = "Open the sign-in page from the application and try again."


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
