"""Moments as the Admin API has them: milliseconds since 1970."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def milliseconds(moment: datetime) -> int:
    """Milliseconds since 1970, cut off."""
    return (moment - EPOCH) // timedelta(milliseconds=1)
