"""A test of a connection: a real sign-in with its draft settings that writes nothing but its own report."""

from vestibule.flows.broker.trial.report import (
    Check,
    MapperResult,
    Person,
    Report,
    has_failed,
    mark_of,
    newest_of,
    read_report,
)

__all__ = [
    "Check",
    "MapperResult",
    "Person",
    "Report",
    "has_failed",
    "mark_of",
    "newest_of",
    "read_report",
]
