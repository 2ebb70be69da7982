"""Failures of requests that we send to others."""

from http import HTTPStatus

from vestibule.domain.errors.named import VestibuleError
from vestibule.domain.host_port import HostPort


class AddressNotAllowed(VestibuleError):
    """An outgoing request would go where it may not (D23); `detail` says host, address, port and why.

    `place` is what a Platform Admin could open for it; None where nothing is opened for such an address.
    """

    code = "address_not_allowed"
    status = HTTPStatus.BAD_GATEWAY
    sentence = "The service may not call this address."
    remedy = "Use a public address and the usual port, or ask a Platform Admin to allow this host and port."

    def __init__(self, detail: str = "", place: HostPort | None = None) -> None:
        super().__init__(detail)
        self.place = place


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


def refused_place(error: BaseException | None) -> HostPort | None:
    """What a Platform Admin could open so that it does not come to this failure; None for every other one."""
    while error is not None:
        if isinstance(error, AddressNotAllowed):
            return error.place
        error = error.__cause__
    return None
