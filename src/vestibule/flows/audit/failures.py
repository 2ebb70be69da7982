"""Failures go into the audit, but nobody can fill it with them: each source may leave so many."""

from dataclasses import replace
from datetime import datetime

from vestibule.domain.event import Event
from vestibule.flows.audit.occurrences import WINDOW, source_of
from vestibule.flows.deployment import Deployment, Visitor

FAILURES_PER_SOURCE = 200


async def record_failure(deployment: Deployment, event: Event) -> None:
    """Stores a failure that changed nothing else.

    Of the failures of one source within a quarter of an hour the first 200 are stored, then one event
    that says that no more will be; the log has a line for each.
    """
    count = deployment.failures.count(source_of(event.address), event.at)
    if count <= FAILURES_PER_SOURCE:
        await deployment.storage.add_event(event)
    elif count == FAILURES_PER_SOURCE + 1:
        minutes = str(int(WINDOW.total_seconds()) // 60)
        details = {"recorded": str(FAILURES_PER_SOURCE), "window_minutes": minutes}
        await deployment.storage.add_event(replace(event, type="FAILURES_LEFT_OUT", details=details))


def is_first(deployment: Deployment, place: str, visitor: Visitor, now: datetime) -> bool:
    """Whether what comes again and again came from there for the first time in a quarter of an hour."""
    return deployment.repeated.count(f"{place} {source_of(visitor.address)}", now) == 1
