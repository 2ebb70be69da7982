"""A person's sign-in methods: the password, the passkeys, and the link with which they set a password."""

from starlette.responses import Response

from vestibule.domain.errors import MailNotConfigured, NotHere, TooManyMails
from vestibule.domain.listing import Found
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Passkey, User
from vestibule.flows.administer.users.mails import send_password_link
from vestibule.flows.administer.users.passwords import (
    remove_passkey,
    remove_password,
    rename_passkey,
    set_password,
)
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.lists import list_view
from vestibule.web.console.pages import console_page
from vestibule.web.console.users.frame import SIGN_IN_METHODS, asked_for, path_of, user_frame, users_crumb
from vestibule.web.console.views import (
    Button,
    Column,
    Crumb,
    Fact,
    FormView,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

PLACE = "sign-in-methods"
PASSKEYS = message("Passkeys")
REMOVE_PASSWORD = message("Remove the password")
REMOVE_PASSKEY = message("Remove the passkey")
ASK_REMOVE_PASSWORD = message("Remove the password of {name}? Their sessions end.")
ASK_REMOVE_PASSKEY = message("Remove the passkey “{passkey}” of {name}? Their sessions end.")
NO_PASSKEYS = message("No passkeys.")
SYNCED, ONE_DEVICE = message("Synced between devices"), message("On one device")
COLUMNS = (
    Column(message("Name")),
    Column(message("Kind")),
    Column(message("Created")),
    Column(message("Last used")),
)
PASSWORD_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "password", ("value",), message("New password"), "secret", is_required=True,
                    missing=message("Enter a new password."),
                    hint=message("At least 12 characters. The person's sessions end."),
                ),
            ),
        ),
    ),
    message("Set password"),
    fixed={("type",): "password", ("temporary",): False},
)  # fmt: skip
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


async def show_methods(desk: Desk) -> Response:
    """What the person signs in with."""
    user = await asked_for(desk)
    return await _page(desk, user, show_form(desk, PASSWORD_FORM, f"{_url(desk, user)}/password"))


async def take_password(desk: Desk) -> Response:
    """Sets the password."""
    user = await asked_for(desk)
    taken = await take_form(
        desk, PASSWORD_FORM, f"{_url(desk, user)}/password",
        lambda document: set_password(desk.at, user, document),
    )  # fmt: skip
    if taken.view is not None:
        return await _page(desk, user, taken.view, taken.alert, taken.status)
    return desk.done(_url(desk, user), "password")


async def take_password_removal(desk: Desk) -> Response:
    """Removes the password."""
    user = await asked_for(desk)
    question = Sentence(ASK_REMOVE_PASSWORD, {"name": user.username})
    asked = await ask_first(
        desk, REMOVE_PASSWORD, question, REMOVE_PASSWORD, _url(desk, user), "users", users_crumb(desk)
    )
    if asked is not None:
        return asked
    await remove_password(desk.at, user)
    return desk.done(_url(desk, user), "removed")


async def take_password_link(desk: Desk) -> Response:
    """Mails the link with which the person sets a password."""
    user = await asked_for(desk)
    try:
        await send_password_link(desk.at, user)
    except (MailNotConfigured, TooManyMails) as error:
        desk.call.failed(error)
        form = show_form(desk, PASSWORD_FORM, f"{_url(desk, user)}/password")
        return await _page(desk, user, form, error.sentence, error.status)
    return desk.done(_url(desk, user), "mail-queued")


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
    return desk.done(_url(desk, user), "saved")


async def take_passkey_removal(desk: Desk) -> Response:
    """Removes it."""
    user = await asked_for(desk)
    passkey = await _passkey(desk, user)
    asked = await ask_first(
        desk, REMOVE_PASSKEY, _ask(user, passkey), REMOVE_PASSKEY, _url(desk, user), "users",
        users_crumb(desk),
    )  # fmt: skip
    if asked is not None:
        return asked
    await remove_passkey(desk.at, user, passkey.id)
    return desk.done(_url(desk, user), "removed")


async def _page(desk: Desk, user: User, form: FormView, alert: Text = "", status: int = 200) -> Response:
    passkeys = Section(title=PASSKEYS, list=await _passkey_list(desk, user))
    sections = [await _password_section(desk, user, form), passkeys]
    frame = await user_frame(desk, user, PLACE)
    return console_page(desk, RecordPage(**frame, alert=alert, sections=tuple(sections)), status)


async def _password_section(desk: Desk, user: User, form: FormView) -> Section:
    password = await desk.at.deployment.storage.password(user.id)
    state = Status(message("Set"), "good") if password else Status(message("Not set"))
    facts = [Fact(message("Password"), state)]
    buttons = []
    if password is not None:
        facts.append(Fact(message("Last changed"), password.changed_at))
    if user.email and user.enabled and desk.at.may("recover people"):
        buttons.append(Button(message("Send a link to set a password"), f"{_url(desk, user)}/password-link"))
    if password is not None and desk.at.may("change"):
        question = Sentence(ASK_REMOVE_PASSWORD, {"name": user.username})
        url = f"{_url(desk, user)}/password/delete"
        buttons.append(Button(REMOVE_PASSWORD, url, confirm=question, tone="danger"))
    return Section(
        title=message("Password"),
        facts=tuple(facts),
        form=form if desk.at.may("change") else None,
        buttons=tuple(buttons),
    )


async def _passkey_list(desk: Desk, user: User) -> ListView:
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
        desk, _url(desk, user), PASSKEYS, COLUMNS, Found(passkeys, len(passkeys)), row,
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
    frame = await user_frame(desk, user, PLACE)
    frame["crumbs"] += (
        Crumb(name=user.username, url=path_of(desk, user)),
        Crumb(SIGN_IN_METHODS, url=_url(desk, user)),
    )
    frame |= {"name": passkey.name, "status": None, "tabs": ()}
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=form),)), status)


def _ask(user: User, passkey: Passkey) -> Sentence:
    return Sentence(ASK_REMOVE_PASSKEY, {"passkey": passkey.name, "name": user.username})


def _stored(passkey: Passkey) -> dict[str, str]:
    return {"userLabel": passkey.name}


def _url(desk: Desk, user: User) -> str:
    return f"{path_of(desk, user)}/{PLACE}"


def _passkey_url(desk: Desk, user: User, passkey: Passkey) -> str:
    return f"{path_of(desk, user)}/passkeys/{passkey.id}"
