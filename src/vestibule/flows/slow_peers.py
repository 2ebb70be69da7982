"""Who let us wait lately, so that one slow peer cannot fill the queue's few places (D29)."""

from datetime import datetime, timedelta

from vestibule.domain.errors import UpstreamTimeout

SLOW_AFTER_TIMEOUTS = 3
SLOW_SECONDS = 30


class SlowPeers:
    """After three time-outs within half a minute of one another, attempts fail at once for half a minute."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[int, datetime]] = {}

    def check(self, peer: str, now: datetime) -> None:
        """Raises `UpstreamTimeout` for a peer that is not to be tried now."""
        count, last_at = self._seen.get(peer, (0, now))
        if count >= SLOW_AFTER_TIMEOUTS and _is_recent(last_at, now):
            raise UpstreamTimeout(f"not tried: {count} attempts timed out just before")

    def note(self, peer: str, now: datetime) -> None:
        """Remembers a time-out."""
        self._seen = {key: seen for key, seen in self._seen.items() if _is_recent(seen[1], now)}
        count, _ = self._seen.get(peer, (0, now))
        self._seen[peer] = count + 1, now


def _is_recent(at: datetime, now: datetime) -> bool:
    return now - at < timedelta(seconds=SLOW_SECONDS)
