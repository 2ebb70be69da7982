"""When something that ends on a date is spoken of: thirty, fourteen, seven days and one day before it.

The date is the last day on which it works, in UTC.
"""

from datetime import UTC, date, datetime, time, timedelta

REMIND_DAYS = (30, 14, 7, 1)
"""How many days before its end a reminder is sent."""
REMIND_AT = time(6, tzinfo=UTC)
"""The hour of a reminder: before the working day begins in Europe."""
SOON_DAYS = REMIND_DAYS[0]
URGENT_DAYS = 7


def days_left(expires_on: date, at: datetime) -> int:
    """Whole days until its last day; 0 on that day itself, negative once it is over."""
    return (expires_on - at.astimezone(UTC).date()).days


def ends_at(expires_on: date) -> datetime:
    """The moment at which its last day is over."""
    return datetime.combine(expires_on, time(tzinfo=UTC)) + timedelta(days=expires_on < date.max)


def next_due(expires_on: date, at: datetime) -> datetime | None:
    """The moment of the first reminder after `at`; None where none is left.

    A reminder whose moment is over is not made up for: whoever enters a date nine days ahead sees how near
    it is, and after a time without the service only the nearest one counts.
    """
    moments = (_moment(expires_on, days) for days in REMIND_DAYS)
    return next((moment for moment in moments if moment is not None and moment > at), None)


def _moment(expires_on: date, days: int) -> datetime | None:
    """None at the edge of the calendar: a date that no reminder can come before."""
    try:
        return datetime.combine(expires_on - timedelta(days=days), REMIND_AT)
    except OverflowError:
        return None
