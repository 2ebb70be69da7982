"""Answers of the server itself, given before or instead of an application."""

from dataclasses import dataclass
from http import HTTPStatus


@dataclass(frozen=True, slots=True)
class Refusal:
    """A status and one sentence; nothing of the request is repeated in it."""

    status: HTTPStatus
    sentence: str

    def response(self, default_headers: list[tuple[bytes, bytes]]) -> bytes:
        """The whole response, which announces that the connection ends."""
        body = self.sentence.encode()
        headers = [
            *default_headers,
            (b"content-type", b"text/plain; charset=utf-8"),
            (b"content-length", str(len(body)).encode()),
            (b"cache-control", b"no-store"),
        ]
        if (b"connection", b"close") not in headers:
            headers.append((b"connection", b"close"))
        status_line = f"HTTP/1.1 {self.status.value} {self.status.phrase}\r\n".encode()
        return b"".join([status_line, *(b"%b: %b\r\n" % header for header in headers), b"\r\n", body])


class Refused(Exception):
    """Raised while a request is being read; the connection answers with the refusal and ends."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.sentence)
        self.refusal = refusal


MALFORMED = Refusal(HTTPStatus.BAD_REQUEST, "The request is not well-formed HTTP/1.1.\n")
HOST_NOT_UNIQUE = Refusal(HTTPStatus.BAD_REQUEST, "The request needs exactly one Host header field.\n")
TARGET_NOT_A_PATH = Refusal(HTTPStatus.BAD_REQUEST, "The request target has to be a path of this service.\n")
TOO_MANY_AT_ONCE = Refusal(HTTPStatus.BAD_REQUEST, "Too many requests were sent before an answer.\n")
TOO_SLOW = Refusal(HTTPStatus.REQUEST_TIMEOUT, "The request did not arrive in time.\n")
CONTENT_TOO_LARGE = Refusal(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "The content of the request is too large.\n")
TARGET_TOO_LONG = Refusal(HTTPStatus.REQUEST_URI_TOO_LONG, "The request target is too long.\n")
HEADER_TOO_LARGE = Refusal(
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE, "The header of the request is too large.\n"
)
METHOD_UNKNOWN = Refusal(HTTPStatus.NOT_IMPLEMENTED, "The request method is not known here.\n")
CODING_UNKNOWN = Refusal(HTTPStatus.NOT_IMPLEMENTED, "The only transfer coding known here is chunked.\n")
