"""How a practice provider says no to a service."""

from collections.abc import Mapping


class ProtocolError(Exception):
    """An error response (RFC 6749 section 5.2): its code, a sentence, the status and further headers."""

    def __init__(
        self, code: str, description: str, status: int = 400, headers: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.status = status
        self.headers = dict(headers or {})
