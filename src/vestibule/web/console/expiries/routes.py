"""The addresses of what ends. To make the calendar's address asks for a fresh sign-in: it is a secret."""

from vestibule.flows.expiry.feed import FEED
from vestibule.web.console.desk import change, change_fresh, see
from vestibule.web.console.expiries import feed, listing
from vestibule.web.console.settings.frame import show_tab
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}/expiry"


def _page(path: str, **methods: Handler) -> Route:
    return Route(BASE + path, "page", "an administrator", methods)


ROUTES: tuple[Route, ...] = (
    _page("", GET=see(listing.show_expiries)),
    _page("/feed", GET=see(show_tab), POST=change_fresh(listing.take_feed)),
    _page("/feed/revoke", POST=change(listing.take_revoke)),
    Route(f"/realms/{{realm}}/{FEED}", "plain", "the calendar's address", {"GET": feed.show_calendar}),
)
