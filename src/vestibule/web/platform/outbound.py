"""Addresses in the network: what outgoing requests may reach besides public https addresses (D23)."""

from functools import partial
from urllib.parse import quote

from starlette.responses import Response

from vestibule.domain.opened_address import OpenedAddress
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.outbound import allow_address, find_opened, list_opened, withdraw_address
from vestibule.representations.opened_address import HOST, NOTE, PORT
from vestibule.web.console.asking import asked, is_confirmed
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page, framed_platform
from vestibule.web.console.views import (
    Button,
    Column,
    Crumb,
    FormView,
    ListView,
    RecordPage,
    Row,
    Section,
    Text,
)
from vestibule.web.messages import message

ADDRESSES = message("Addresses in your network")
LEAD = message(
    "The service calls public https addresses only. A provider or a mail server inside your network, or on "
    "another port, is allowed here: exactly this host and port, for every tenant. Link-local addresses and "
    "those of a cloud's metadata are never called."
)
NOTHING = message("No address is allowed.")
OPERATORS = message("What the operator's setting VESTIBULE_OUTBOUND_ALLOW allows is not listed here.")
ALLOWED = message("Allowed addresses")
WITHDRAW = message("Withdraw")
QUESTION = message("Withdraw {place}? Sign-ins and mails that need it fail from then on.")
COLUMNS = (
    Column(message("Host")),
    Column(message("Port")),
    Column(message("What for")),
    Column(message("Allowed by")),
    Column(message("Time")),
)
FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    HOST, (HOST,), message("Host"), is_required=True,
                    missing=message("Enter a host name or an IP address, such as id.company.internal."),
                    hint=message("As it stands in the address that is called: a name, or an IP address."),
                ),
                Field(PORT, (PORT,), message("Port"), "number", is_required=True),
                Field(
                    NOTE, (NOTE,), message("What for"),
                    hint=message("For whoever reads the list later, such as “Keycloak of the head office”."),
                ),
            ),
        ),
    ),
    message("Allow"),
)  # fmt: skip


async def show_addresses(desk: Desk) -> Response:
    """The list, and the form; a refused request's link fills host and port in."""
    texts = {name: (desk.call.query.get(name) or "")[:300] for name in (HOST, PORT)}
    return await _page(desk, show_form(desk, FORM, _path(desk), texts=texts))


async def take_address(desk: Desk) -> Response:
    """Allows what was typed."""
    taken = await take_form(desk, FORM, _path(desk), partial(allow_address, desk.at))
    if taken.view is not None:
        return await _page(desk, taken.view, taken.alert, taken.status)
    return desk.done(_path(desk), "allowed")


async def take_withdrawal(desk: Desk) -> Response:
    """Withdraws it, once confirmed."""
    place = desk.named("place")
    opened = await find_opened(desk.at, place)
    if not is_confirmed(desk):
        frame = await framed_platform(desk, WITHDRAW, Crumb(ADDRESSES, url=_path(desk)), place="outbound")
        return asked(desk, frame, _question(opened), WITHDRAW, _path(desk))
    await withdraw_address(desk.at, place)
    return desk.done(_path(desk), "withdrawn")


async def show_again(desk: Desk) -> Response:
    """The list, for whoever called off a sign-in that withdrawing asked for."""
    return desk.done(_path(desk))


def _path(desk: Desk) -> str:
    return f"{desk.call.context.base_path}/platform/outbound"


def _question(opened: OpenedAddress) -> Sentence:
    return Sentence(QUESTION, {"place": str(opened.place)})


async def _page(desk: Desk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    rows = tuple(_row(desk, opened) for opened in await list_opened(desk.at))
    listed = ListView(
        _path(desk), COLUMNS, rows, len(rows), ALLOWED, page_size=max(len(rows), 1),
        empty_title=NOTHING, empty_lead=OPERATORS,
    )  # fmt: skip
    sections = (Section(form=form), Section(ALLOWED, OPERATORS if rows else "", list=listed))
    frame = await framed_platform(desk, ADDRESSES, place="outbound")
    return console_page(desk, RecordPage(**frame, lead=LEAD, alert=alert, sections=sections), status)


def _row(desk: Desk, opened: OpenedAddress) -> Row:
    url = f"{_path(desk)}/{quote(str(opened.place), safe='')}/withdraw"
    withdraw = Button(WITHDRAW, url, confirm=_question(opened), tone="danger")
    cells = (opened.host, str(opened.port), opened.note or None, opened.opened_by, opened.opened_at)
    return Row("", cells, (withdraw,))
