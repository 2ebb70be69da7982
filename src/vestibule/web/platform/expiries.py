"""Expiry on the platform: what ends in any tenant, the next first."""

from starlette.responses import Response

from vestibule.domain.listing import MOST_ROWS
from vestibule.flows.ports import Expiry
from vestibule.web.console.desk import Desk
from vestibule.web.console.expiries.listing import DATES, EXPIRY, LAST_DAY, NAME, STATE, WHAT, page_of
from vestibule.web.console.expiries.wording import expiry_status, kind_words
from vestibule.web.console.lists import list_view
from vestibule.web.console.pages import console_page, framed_platform
from vestibule.web.console.views import Column, ListPage, Row
from vestibule.web.messages import message

LEAD = message("What has to be renewed in any tenant, the next first.")
EMPTY = message("Nothing has a date in any tenant.")
TENANT = Column(message("Tenant"))


async def show_expiries(desk: Desk) -> Response:
    """Of all tenants; a row leads into the tenant's console."""
    storage, base = desk.at.deployment.storage, desk.call.context.base_path
    found = page_of(desk, await storage.expiries(limit=MOST_ROWS))
    names: dict[str, str] = {}
    for realm_id in {one.realm_id for one in found.values}:
        realm = await storage.realm_by_id(realm_id)
        names[realm_id] = realm.name if realm is not None else ""

    def row(expiry: Expiry) -> Row:
        tenant = names[expiry.realm_id]
        state = expiry_status(expiry.expires_on, desk.at.now)
        cells = (expiry.name, tenant, kind_words(expiry), state, expiry.expires_on.isoformat())
        return Row(f"{base}/console/{tenant}{expiry.path}" if tenant else "", cells)

    listed = list_view(
        desk, f"{base}/platform/expiry", DATES, (NAME, TENANT, WHAT, STATE, LAST_DAY), found, row,
        empty_title=EMPTY,
    )  # fmt: skip
    frame = await framed_platform(desk, EXPIRY, place="expiry")
    return console_page(desk, ListPage(**frame, lead=LEAD, list=listed))
