"""Counters for Prometheus, in a registry of their own (one for each application object)."""

from bisect import bisect_left
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import accumulate

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.metrics_core import HistogramMetricFamily
from prometheus_client.registry import Collector

BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5)
CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"


class RequestTimes(Collector):
    """Times of answered requests. Written by hand: the library's histogram takes two locks to count one."""

    def __init__(self) -> None:
        self._series: dict[tuple[str, str, int], _Series] = {}

    def count(self, route: str, method: str, status: int, seconds: float) -> None:
        """Counts one."""
        series = self._series.get((route, method, status))
        if series is None:
            series = self._series[route, method, status] = _Series()
        series.counts[bisect_left(BUCKETS, seconds)] += 1
        series.seconds += seconds

    def collect(self) -> Iterator[HistogramMetricFamily]:
        """What the registry asks for."""
        family = HistogramMetricFamily(
            "http_server_requests_seconds",
            "Time to answer, by route and status.",
            labels=("route", "method", "status"),
        )
        bounds = [*map(str, map(float, BUCKETS)), "+Inf"]
        for (route, method, status), series in self._series.items():
            buckets = list(zip(bounds, accumulate(series.counts), strict=True))
            family.add_metric((route, method, str(status)), buckets, series.seconds)
        yield family


class _Series:
    """How many requests ended in each bucket, and how long all of them took together."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(BUCKETS) + 1)
        self.seconds = 0.0


class Metrics:
    """What is counted."""

    def __init__(self, version: str) -> None:
        self.registry = CollectorRegistry()
        times = RequestTimes()
        self.registry.register(times)
        self.request = times.count
        """Counts one answered request: route, method, status, seconds."""
        self._events = Counter(
            "vestibule_user_events",
            "Events of people and clients, by realm, type and error name.",
            ("realm", "event", "error"),
            registry=self.registry,
        )
        self.pending_deliveries = Gauge(
            "vestibule_outbox_pending", "Deliveries that wait to be sent.", registry=self.registry
        )
        self._expiries = Gauge(
            "vestibule_credential_expiry_timestamp_seconds",
            "When a secret or certificate that somebody must renew expires, by realm, kind and object.",
            ("realm", "kind", "object"),
            registry=self.registry,
        )
        info = Gauge("vestibule_build_info", "The running version.", ("version",), registry=self.registry)
        info.labels(version).set(1)

    def event(self, realm: str, type: str, error: str) -> None:  # noqa: A002 - the label's name
        """Counts one event."""
        self._events.labels(realm, type, error).inc()

    def expiries(self, ends: Iterable[tuple[tuple[str, str, str], datetime]]) -> None:
        """What is told of ends from now on, and nothing else: (realm, kind, object) with the moment."""
        self._expiries.clear()
        for labels, ends_at in ends:
            self._expiries.labels(*labels).set(ends_at.timestamp())

    def write(self) -> bytes:
        """The text exposition of everything counted."""
        return generate_latest(self.registry)
