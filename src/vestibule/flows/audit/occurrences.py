"""How often something happened at each place, in memory: to turn somebody away must cost the least."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import IPv4Address, IPv6Network, ip_address

WINDOW = timedelta(minutes=15)
MOST_PLACES = 10_000
OTHERS = ""
"""Those who come when so many are counted already share one count."""


@dataclass(slots=True)
class Occurrences:
    """How often something happened in each place within a quarter of an hour of its first time."""

    _counts: dict[str, tuple[datetime, int]] = field(default_factory=dict)

    def count(self, place: str, now: datetime) -> int:
        """Adds one and answers how many it makes."""
        ends_at, count = self._counts.get(place, (now, 0))
        if ends_at <= now:
            if place != OTHERS and not self._make_room(now):
                return self.count(OTHERS, now)
            ends_at, count = now + WINDOW, 0
        self._counts[place] = (ends_at, count + 1)
        return count + 1

    def _make_room(self, now: datetime) -> bool:
        if len(self._counts) >= MOST_PLACES:
            self._counts = {place: one for place, one in self._counts.items() if one[0] > now}
        return len(self._counts) < MOST_PLACES


def source_of(address: str) -> str:
    """What counts as one source: an IPv4 address, or the /64 network that a subscriber gets of IPv6."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    return str(parsed.ipv4_mapped or IPv6Network((parsed, 64), strict=False))
