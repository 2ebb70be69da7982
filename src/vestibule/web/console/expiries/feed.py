"""The calendar that calendars read: no cookie and no token in a header, only what the address holds."""

from starlette.responses import Response

from vestibule.flows.expiry.feed import read_feed
from vestibule.web.answers import NO_STORE
from vestibule.web.call import Call

HEADERS = {
    **NO_STORE,
    "content-disposition": 'inline; filename="expiry.ics"',
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}


async def show_calendar(call: Call) -> Response:
    """The realm's ends as iCalendar (RFC 5545). Every wrong address is answered with 404."""
    body = await read_feed(call.context.deployment, call.realm_name, call.query.get("token") or "")
    return Response(body, 200, HEADERS, media_type="text/calendar; charset=utf-8")
