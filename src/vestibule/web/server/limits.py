"""How much of the service one connection may use, and for how long."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Limits:
    """What the server accepts on a connection before an application is asked (OWASP ASVS 15.2.2).

    Sizes are bytes as they come over the wire, times are seconds. A time limit may strike up to one second
    early, never late: deadlines are counted from the last look at the clock, which happens once a second.
    """

    header_bytes: int = 16 * 1024
    """Request line, header fields and the empty line that ends them; beyond it 431."""
    header_fields: int = 100
    """Number of header fields; beyond it 431."""
    target_bytes: int = 8 * 1024
    """Request target, that is path and query; beyond it 414."""
    body_bytes: int = 64 * 1024
    """Content of a request, unless `body_bytes_for` says otherwise; beyond it 413."""
    body_bytes_for: Callable[[str], int] | None = None
    """Decoded path → content allowed there. Asked for chunked content and for content above `body_bytes`."""
    header_seconds: float = 10.0
    """From the first byte of a header (of a new connection: from its opening) to the end of the header."""
    body_seconds: float = 30.0
    """From the end of the header to the end of the content; also how long a peer may refuse to read."""
    keep_alive_seconds: float = 30.0
    """Silence after a response before the connection is closed."""

    def body_bytes_at(self, path: str) -> int:
        """Content that a request for this decoded path may have."""
        return self.body_bytes if self.body_bytes_for is None else self.body_bytes_for(path)

    @property
    def sweep_seconds(self) -> float:
        """How often deadlines are looked at: once a second, more often when a limit is that short."""
        return min(1.0, min(self.header_seconds, self.body_seconds, self.keep_alive_seconds) / 4)
