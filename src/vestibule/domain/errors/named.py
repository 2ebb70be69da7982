"""The base of every named error."""

from http import HTTPStatus
from typing import ClassVar

from vestibule.domain.client import Client
from vestibule.domain.realm import Realm


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
        self.realm: Realm | None = None
        self.asked = ""  # the address that did not answer, or not well, where an administrator typed it
