"""A person's passkeys: the list, and one of them, to be renamed or removed."""

from starlette.responses import Response

from vestibule.domain.errors import NotHere
from vestibule.domain.listing import Found
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Passkey, User
from vestibule.flows.administer.users.passwords import remove_passkey, rename_passkey
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.lists import list_view
from vestibule.web.console.pages import console_page
from vestibule.web.console.users.frame import (
    METHODS,
    SIGN_IN_METHODS,
    asked_for,
    methods_url,
    path_of,
    user_frame,
    users_crumb,
)
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

PASSKEYS = message("Passkeys")
REMOVE_PASSKEY = message("Remove the passkey")
ASK_REMOVE_PASSKEY = message("Remove the passkey “{passkey}” of {name}? Their sessions end.")
NO_PASSKEYS = message("No passkeys.")
SYNCED, ONE_DEVICE = message("Synced between devices"), message("On one device")
COLUMNS = (
    Column(message("Name")),
    Column(message("Kind")),
    Column(message("Created")),
    Column(message("Last used")),
)
PASSKEY_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "name", ("userLabel",), message("Name"), is_required=True,
                    hint=message("What the person knows it by, such as “Work laptop”."),
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip


async def show_passkey(desk: Desk) -> Response:
    """One passkey, to be renamed."""
    user = await asked_for(desk)
    passkey = await _passkey(desk, user)
    form = show_form(desk, PASSKEY_FORM, _passkey_url(desk, user, passkey), _stored(passkey))
    return await _passkey_page(desk, user, passkey, form)


async def take_passkey(desk: Desk) -> Response:
    """Renames it."""
    user = await asked_for(desk)
    passkey = await _passkey(desk, user)
    taken = await take_form(
        desk, PASSKEY_FORM, _passkey_url(desk, user, passkey),
        lambda document: rename_passkey(desk.at, user, passkey.id, document), _stored(passkey),
    )  # fmt: skip
    if taken.view is not None:
        return await _passkey_page(desk, user, passkey, taken.view, taken.alert, taken.status)
    return desk.done(methods_url(desk, user), "saved")


async def take_passkey_removal(desk: Desk) -> Response:
    """Removes it."""
    user = await asked_for(desk)
    passkey = await _passkey(desk, user)
    asked = await ask_first(
        desk, REMOVE_PASSKEY, _ask(user, passkey), REMOVE_PASSKEY, methods_url(desk, user), "users",
        users_crumb(desk),
    )  # fmt: skip
    if asked is not None:
        return asked
    await remove_passkey(desk.at, user, passkey.id)
    return desk.done(methods_url(desk, user), "removed")


async def list_of_passkeys(desk: Desk, user: User) -> ListView:
    """Those of the person, each with its button to remove it."""
    passkeys = tuple(await desk.at.deployment.storage.passkeys(user.id))

    def row(passkey: Passkey) -> Row:
        url = _passkey_url(desk, user, passkey)
        kind = Sentence(SYNCED if passkey.backed_up else ONE_DEVICE)
        remove = Button(message("Remove"), f"{url}/delete", confirm=_ask(user, passkey), tone="danger")
        return Row(
            url,
            (passkey.name, kind, passkey.created_at, passkey.last_used_at),
            (remove,) if desk.at.may("change") else (),
        )

    return list_view(
        desk, methods_url(desk, user), PASSKEYS, COLUMNS, Found(passkeys, len(passkeys)), row,
        empty_title=NO_PASSKEYS,
        empty_lead=message("The person adds one at the next sign-in, or in their own account."),
    )  # fmt: skip


async def _passkey(desk: Desk, user: User) -> Passkey:
    wanted = desk.named("passkey")
    for passkey in await desk.at.deployment.storage.passkeys(user.id):
        if passkey.id == wanted:
            return passkey
    raise NotHere(f"passkey {wanted[:100]!r}")


async def _passkey_page(
    desk: Desk, user: User, passkey: Passkey, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    frame = await user_frame(desk, user, METHODS)
    frame["crumbs"] += (
        Crumb(name=user.username, url=path_of(desk, user)),
        Crumb(SIGN_IN_METHODS, url=methods_url(desk, user)),
    )
    frame |= {"name": passkey.name, "status": None, "tabs": ()}
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=form),)), status)


def _ask(user: User, passkey: Passkey) -> Sentence:
    return Sentence(ASK_REMOVE_PASSKEY, {"passkey": passkey.name, "name": user.username})


def _stored(passkey: Passkey) -> dict[str, str]:
    return {"userLabel": passkey.name}


def _passkey_url(desk: Desk, user: User, passkey: Passkey) -> str:
    return f"{path_of(desk, user)}/passkeys/{passkey.id}"
