"""A question before what cannot be undone, for browsers without our script, which asks it in a dialog."""

from starlette.responses import Response

from vestibule.web.console.desk import Desk
from vestibule.web.console.pages import Frame, console_page, framed
from vestibule.web.console.views import ConfirmPage, Crumb, Text

CONFIRMED = "confirmed"


async def ask_first(
    desk: Desk, title: Text, question: Text, submit: Text, back: str, place: str = "", *crumbs: Crumb
) -> Response | None:
    """The page that asks, which posts the same form again; None where it was answered already."""
    if is_confirmed(desk):
        return None
    return asked(desk, await framed(desk, title, place, *crumbs), question, submit, back)


def is_confirmed(desk: Desk) -> bool:
    """Whether the question was answered already."""
    return desk.form.get(CONFIRMED) == "1"


def asked(desk: Desk, frame: Frame, question: Text, submit: Text, back: str) -> Response:
    """The page that asks, in the frame of a realm's page or of the platform's."""
    kept = tuple((name, value) for name, value in desk.form.items() if name != CONFIRMED)
    view = ConfirmPage(
        **frame,
        action=desk.call.target,
        question=question,
        submit=submit,
        cancel_url=back,
        hidden=(*kept, (CONFIRMED, "1")),
        is_dangerous=True,
    )
    return console_page(desk, view)
