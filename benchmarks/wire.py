"""HTTP/1.1 as far as the load generator needs it: requests as bytes, responses cut at their length."""

from dataclasses import dataclass
from urllib.parse import urlencode

HOST = "sso.example"
ORIGIN = f"https://{HOST}"


class WrongAnswer(Exception):
    """The service did not answer as it should; the figures of the run would be worth nothing."""


@dataclass(frozen=True, slots=True)
class Response:
    """`head` is the status line with the header fields."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: bytes) -> str:
        """The first field of this lower-case name; raises `WrongAnswer` where there is none."""
        found = self.head.partition(b"\r\n%s: " % name)[2]
        if not found:
            raise WrongAnswer(f"no header {name!r} in {self}")
        return found.partition(b"\r\n")[0].decode()

    def expect(self, status: int, *parts: str) -> None:
        """Raises `WrongAnswer` unless the status is this and every part is in the body."""
        if self.status != status or any(part.encode() not in self.body for part in parts):
            raise WrongAnswer(f"expected {status} with {parts}, got {self}")


def get(target: str, fields: str = "") -> bytes:
    """A GET. `fields` are further header fields, each with its line end."""
    return f"GET {target} HTTP/1.1\r\nhost: {HOST}\r\naccept: */*\r\n{fields}\r\n".encode()


def post(target: str, form: dict[str, str], fields: str = "") -> bytes:
    """A POST of a form."""
    body = urlencode(form)
    content = f"content-type: application/x-www-form-urlencoded\r\ncontent-length: {len(body)}\r\n"
    return f"POST {target} HTTP/1.1\r\nhost: {HOST}\r\naccept: */*\r\n{content}{fields}\r\n{body}".encode()


def read_response(data: bytes) -> tuple[Response, bytes] | None:
    """The first response in `data` and what follows it; None where it is not complete."""
    head, end, rest = data.partition(b"\r\n\r\n")
    if not end:
        return None
    length = int(head.partition(b"\r\ncontent-length: ")[2].partition(b"\r\n")[0] or -1)
    if length < 0:
        raise WrongAnswer(f"a response without content-length: {head!r}")
    if len(rest) < length:
        return None
    return Response(int(head[9:12]), head, rest[:length]), rest[length:]
