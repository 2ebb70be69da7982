"""The banner above a realm's pages: what ends next, from thirty days before on until it is renewed."""

from datetime import datetime

from vestibule.domain.expiry import SOON_DAYS, days_left
from vestibule.domain.sentence import Sentence
from vestibule.flows.ports import Expiry
from vestibule.web.console.desk import Desk
from vestibule.web.console.expiries.wording import expiry_tone, expiry_words, kind_words
from vestibule.web.console.views import Banner, Link
from vestibule.web.messages import message

MOST = 10
ONE_MORE = message("One more needs a look")
MORE = message("{count} more need a look")


async def expiry_banner(desk: Desk, place: str) -> Banner | None:
    """What the page says above its heading; one read by an index."""
    if place == "expiry":  # the page is about nothing else
        return None
    now = desk.at.now
    found = await desk.at.deployment.storage.expiries(desk.realm.id, MOST)
    soon = [one for one in found if is_soon(one, now)]
    if not soon:
        return None
    nearest, others = soon[0], len(soon) - 1
    more = Sentence(MORE, {"count": others}) if others > 1 else Sentence(ONE_MORE)
    return Banner(
        nearest.name,
        desk.path + nearest.path,
        kind_words(nearest),
        expiry_words(nearest.expires_on, now),
        expiry_tone(nearest.expires_on, now),
        Link(more, f"{desk.path}/expiry") if others else None,
    )


def is_soon(expiry: Expiry, now: datetime) -> bool:
    """Whether it ends within thirty days, or has ended."""
    return days_left(expiry.expires_on, now) <= SOON_DAYS
