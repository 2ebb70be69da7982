"""Counters for Prometheus, in a registry of their own (one for each application object)."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class Metrics:
    """What is counted. Children are kept by their labels, since finding one costs more than counting."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        self._seconds = Histogram(
            "http_server_requests_seconds",
            "Time to answer, by route and status.",
            ("route", "method", "status"),
            buckets=BUCKETS,
            registry=self.registry,
        )
        self._events = Counter(
            "vestibule_user_events",
            "Events of people and clients, by realm, type and error name.",
            ("realm", "event", "error"),
            registry=self.registry,
        )
        self.pending_deliveries = Gauge(
            "vestibule_outbox_pending", "Deliveries that wait to be sent.", registry=self.registry
        )
        info = Gauge("vestibule_build_info", "The running version.", ("version",), registry=self.registry)
        info.labels(version).set(1)
        self._children: dict[tuple[str, str, int], Histogram] = {}

    def request(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts one answered request."""
        key = (route, method, status)
        child = self._children.get(key)
        if child is None:
            child = self._children[key] = self._seconds.labels(route, method, str(status))
        child.observe(seconds)

    def event(self, realm: str, type: str, error: str) -> None:  # noqa: A002 - the label's name
        """Counts one event."""
        self._events.labels(realm, type, error).inc()

    def write(self) -> bytes:
        """The text exposition of everything counted."""
        return generate_latest(self.registry)
