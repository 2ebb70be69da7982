"""How pages speak of an end: “Expires in 12 days”, with a tone that says how near it is."""

from datetime import date, datetime

from vestibule.domain.expiry import SOON_DAYS, URGENT_DAYS, days_left
from vestibule.domain.sentence import Sentence
from vestibule.flows.ports import Expiry
from vestibule.web.console.views import Status, Text, Tone
from vestibule.web.messages import message

IN_DAYS = message("Expires in {count} days")
TOMORROW = message("Expires tomorrow")
TODAY = message("Expires today")
YESTERDAY = message("Expired yesterday")
DAYS_AGO = message("Expired {count} days ago")
KINDS = {"upstream_secret": message("Client secret")}
"""What ends, by the kind of its expiry."""
NEXT_KINDS = {"upstream_secret": message("Next client secret")}
"""The same where it waits to replace another."""


def expiry_status(expires_on: date, now: datetime) -> Status:
    """The state of something whose last day is `expires_on`."""
    return Status(expiry_words(expires_on, now), expiry_tone(expires_on, now))


def expiry_words(expires_on: date, now: datetime) -> Sentence:
    """Such as “Expires tomorrow”."""
    left = days_left(expires_on, now)
    one = {1: TOMORROW, 0: TODAY, -1: YESTERDAY}.get(left)
    return Sentence(one) if one else Sentence(IN_DAYS if left > 0 else DAYS_AGO, {"count": abs(left)})


def expiry_tone(expires_on: date, now: datetime) -> Tone:
    """Bad from a week before the end on, a warning from thirty days before."""
    left = days_left(expires_on, now)
    if left <= URGENT_DAYS:
        return "bad"
    return "warning" if left <= SOON_DAYS else "good"


def kind_words(expiry: Expiry) -> Text:
    """What ends, in words; its detail `is_next` says that it waits to replace another."""
    if expiry.details.get("is_next") and expiry.kind in NEXT_KINDS:
        return Sentence(NEXT_KINDS[expiry.kind])
    return Sentence(KINDS[expiry.kind]) if expiry.kind in KINDS else expiry.kind
