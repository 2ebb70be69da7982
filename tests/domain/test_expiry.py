"""When something that ends on a date is spoken of."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from vestibule.domain.expiry import days_left, ends_at, next_due

LAST_DAY = date(2027, 3, 31)


def six(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 6, tzinfo=UTC)


@pytest.mark.parametrize(
    "at, due",
    [
        (datetime(2026, 11, 20, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2027, 3, 1, 5, 59, tzinfo=UTC), date(2027, 3, 1)),
        (datetime(2027, 3, 1, 6, tzinfo=UTC), date(2027, 3, 17)),
        (datetime(2027, 3, 20, tzinfo=UTC), date(2027, 3, 24)),
        (datetime(2027, 3, 25, tzinfo=UTC), date(2027, 3, 30)),
    ],
)
def test_the_next_reminder_is_the_first_after_the_moment(at: datetime, due: date) -> None:
    assert next_due(LAST_DAY, at) == six(due)


@pytest.mark.parametrize("at", [six(date(2027, 3, 30)), datetime(2030, 1, 1, tzinfo=UTC)])
def test_after_the_last_reminder_none_is_left(at: datetime) -> None:
    assert next_due(LAST_DAY, at) is None


@pytest.mark.parametrize("expires_on", [date.min, date.max])
def test_a_date_at_the_edge_of_the_calendar_is_a_date(expires_on: date) -> None:
    now = datetime(2026, 11, 20, tzinfo=UTC)
    due = next_due(expires_on, now)
    assert (due is None) == (expires_on == date.min)
    assert ends_at(expires_on).tzinfo is UTC


@pytest.mark.parametrize("days", [2, 1, 0, -1, -40])
def test_days_are_whole_and_counted_in_utc(days: int) -> None:
    west = timezone(timedelta(hours=-8))
    late = datetime(2027, 3, 30, 20, tzinfo=west)  # the last day has begun in UTC
    assert days_left(LAST_DAY + timedelta(days=days), late) == days


def test_the_last_day_is_over_at_its_end() -> None:
    assert ends_at(LAST_DAY) == datetime(2027, 4, 1, tzinfo=UTC)
