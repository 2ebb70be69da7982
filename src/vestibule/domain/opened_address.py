"""What a Platform Admin opened to outgoing requests beyond public addresses (D23)."""

from dataclasses import dataclass
from datetime import datetime

from vestibule.domain.host_port import HostPort


@dataclass(frozen=True, slots=True)
class OpenedAddress:
    """A host and port, who opened it, when, and what for. `opened_by` is the name they had then."""

    host: str
    port: int
    opened_by: str
    opened_at: datetime
    note: str = ""

    @property
    def place(self) -> HostPort:
        """What is open."""
        return HostPort(self.host, self.port)
