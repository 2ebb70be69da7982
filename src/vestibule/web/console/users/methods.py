"""A person's sign-in methods: the password, the passkeys, and the link with which they set a password."""

from starlette.responses import Response

from vestibule.domain.errors import MailNotConfigured, TooManyMails
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import User
from vestibule.flows.administer.users.mails import send_password_link
from vestibule.flows.administer.users.passwords import (
    remove_password,
    set_password,
)
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page
from vestibule.web.console.users.frame import METHODS, asked_for, methods_url, user_frame, users_crumb
from vestibule.web.console.users.passkeys import PASSKEYS, list_of_passkeys
from vestibule.web.console.views import (
    Button,
    Fact,
    FormView,
    RecordPage,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

REMOVE_PASSWORD = message("Remove the password")
ASK_REMOVE_PASSWORD = message("Remove the password of {name}? Their sessions end.")
TEMPORARY = Field(
    "temporary", ("temporary",), message("Temporary"), "switch",
    hint=message("On: whoever signs in with it chooses another password at once."),
)  # fmt: skip
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
                TEMPORARY,
            ),
        ),
    ),
    message("Set password"),
    fixed={("type",): "password"},
)  # fmt: skip


async def show_methods(desk: Desk) -> Response:
    """What the person signs in with."""
    user = await asked_for(desk)
    return await _page(desk, user, _password_form(desk, user))


async def take_password(desk: Desk) -> Response:
    """Sets the password."""
    user = await asked_for(desk)
    taken = await take_form(
        desk, PASSWORD_FORM, f"{methods_url(desk, user)}/password",
        lambda document: set_password(desk.at, user, document),
    )  # fmt: skip
    if taken.view is not None:
        return await _page(desk, user, taken.view, taken.alert, taken.status)
    return desk.done(methods_url(desk, user), "password")


async def take_password_removal(desk: Desk) -> Response:
    """Removes the password."""
    user = await asked_for(desk)
    question = Sentence(ASK_REMOVE_PASSWORD, {"name": user.username})
    asked = await ask_first(
        desk, REMOVE_PASSWORD, question, REMOVE_PASSWORD, methods_url(desk, user), "users", users_crumb(desk)
    )
    if asked is not None:
        return asked
    await remove_password(desk.at, user)
    return desk.done(methods_url(desk, user), "removed")


async def take_password_link(desk: Desk) -> Response:
    """Mails the link with which the person sets a password."""
    user = await asked_for(desk)
    try:
        await send_password_link(desk.at, user)
    except (MailNotConfigured, TooManyMails) as error:
        desk.call.failed(error)
        form = _password_form(desk, user)
        return await _page(desk, user, form, error.sentence, error.status)
    return desk.done(methods_url(desk, user), "mail-queued")


def _password_form(desk: Desk, user: User) -> FormView:
    return show_form(desk, PASSWORD_FORM, f"{methods_url(desk, user)}/password", texts={"temporary": "on"})


async def _page(desk: Desk, user: User, form: FormView, alert: Text = "", status: int = 200) -> Response:
    passkeys = Section(title=PASSKEYS, list=await list_of_passkeys(desk, user))
    sections = [await _password_section(desk, user, form), passkeys]
    frame = await user_frame(desk, user, METHODS)
    return console_page(desk, RecordPage(**frame, alert=alert, sections=tuple(sections)), status)


async def _password_section(desk: Desk, user: User, form: FormView) -> Section:
    password = await desk.at.deployment.storage.password(user.id)
    state = Status(message("Set"), "good") if password else Status(message("Not set"))
    facts = [Fact(message("Password"), state)]
    buttons = []
    if password is not None:
        facts.append(Fact(message("Last changed"), password.changed_at))
    if password is not None and user.must_change_password:
        facts.append(Fact(message("Kind"), Sentence("Temporary, to be replaced at the next sign-in")))
    if user.email and user.enabled and desk.at.may("recover people"):
        buttons.append(
            Button(message("Send a link to set a password"), f"{methods_url(desk, user)}/password-link")
        )
    if password is not None and desk.at.may("change"):
        question = Sentence(ASK_REMOVE_PASSWORD, {"name": user.username})
        url = f"{methods_url(desk, user)}/password/delete"
        buttons.append(Button(REMOVE_PASSWORD, url, confirm=question, tone="danger"))
    return Section(
        title=message("Password"),
        facts=tuple(facts),
        form=form if desk.at.may("change") else None,
        buttons=tuple(buttons),
    )
