"""A person's first tabs: who they are, and their attributes."""

from starlette.responses import Response

from vestibule.domain.errors import MailNotConfigured, TooManyMails
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import User
from vestibule.flows.administer.users.changing import belongings_of, change_user, delete_user
from vestibule.flows.administer.users.mails import send_verify_mail
from vestibule.representations.user import write_user
from vestibule.web.console.as_file import as_file
from vestibule.web.console.asking import ask_first
from vestibule.web.console.attribute_lines import ATTRIBUTES_FORM, Attributes, read_lines
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.pages import console_page
from vestibule.web.console.users.frame import asked_for, path_of, user_frame, users_crumb
from vestibule.web.console.views import (
    Button,
    Copyable,
    Danger,
    Fact,
    FormView,
    RecordPage,
    Section,
    Text,
)
from vestibule.web.messages import message

USERNAME = Field(
    "username", ("username",), message("Username"), is_required=True,
    missing=message("Enter a username, such as the email address."),
    hint=message("A username that was given away stays taken, so that nobody can pass for somebody else."),
)  # fmt: skip
EMAIL = Field("email", ("email",), message("Email"), "email")
EMAIL_VERIFIED = Field(
    "email_verified", ("emailVerified",), message("Email verified"), "switch",
    hint=message(
        "On: you know that this address is theirs. Off: it counts once they confirm it by a mailed link."
    ),
)  # fmt: skip
FIRST_NAME = Field("first_name", ("firstName",), message("First name"))
LAST_NAME = Field("last_name", ("lastName",), message("Last name"))
ACTIVE = Field(
    "enabled", ("enabled",), message("Enabled"), "switch",
    hint=message("Off: the person is signed out everywhere and cannot sign in."),
)  # fmt: skip
SAVE = message("Save")
DETAILS_FORM = Form((Group("", (USERNAME, EMAIL, EMAIL_VERIFIED, FIRST_NAME, LAST_NAME, ACTIVE)),), SAVE)
OWN_DETAILS_FORM = Form((Group("", (USERNAME, EMAIL, FIRST_NAME, LAST_NAME)),), SAVE)
"""Nobody vouches for their own address, or switches themselves off."""

DELETE = message("Delete user")
CONSEQUENCE = message(
    "Sessions that end: {sessions}. Applications that lose access: {applications}. "
    "The username stays taken. This cannot be undone."
)
ASK_DELETE = message("Delete {name} and everything that is theirs?")


async def show_details(desk: Desk) -> Response:
    """Who the person is."""
    user = await asked_for(desk)
    if user.service_of is not None:
        return await _service_page(desk, user)
    form = show_form(desk, _form(desk, user), path_of(desk, user), write_user(user))
    return await _details_page(desk, user, form)


async def take_details(desk: Desk) -> Response:
    """Changes them."""
    user = await asked_for(desk)
    url = path_of(desk, user)
    taken = await take_form(
        desk, _form(desk, user), url,
        lambda document: change_user(desk.at, user, document), write_user(user),
    )  # fmt: skip
    if taken.view is not None:
        return await _details_page(desk, user, taken.view, taken.alert, taken.status)
    return desk.done(url, "saved")


async def show_attributes(desk: Desk) -> Response:
    """The attributes, one value a line."""
    user = await asked_for(desk)
    url = f"{path_of(desk, user)}/attributes"
    form = show_form(desk, ATTRIBUTES_FORM, url, Attributes(user.attributes).stored)
    return await _attributes_page(desk, user, form)


async def take_attributes(desk: Desk) -> Response:
    """Replaces them."""
    user = await asked_for(desk)
    url = f"{path_of(desk, user)}/attributes"
    taken = await take_form(
        desk, ATTRIBUTES_FORM, url,
        lambda document: change_user(desk.at, user, read_lines(document)),
        Attributes(user.attributes).stored,
    )  # fmt: skip
    if taken.view is not None:
        return await _attributes_page(desk, user, taken.view, taken.alert, taken.status)
    return desk.done(url, "saved")


async def take_verify_mail(desk: Desk) -> Response:
    """Sends the link that confirms the address."""
    user = await asked_for(desk)
    try:
        await send_verify_mail(desk.at, user)
    except (MailNotConfigured, TooManyMails) as error:
        desk.call.failed(error)
        form = show_form(desk, _form(desk, user), path_of(desk, user), write_user(user))
        return await _details_page(desk, user, form, error.sentence, error.status)
    return desk.done(path_of(desk, user), "mail-queued")


async def take_delete(desk: Desk) -> Response:
    """Deletes the person."""
    user = await asked_for(desk)
    question = Sentence(ASK_DELETE, {"name": user.username})
    asked = await ask_first(desk, DELETE, question, DELETE, path_of(desk, user), "users", users_crumb(desk))
    if asked is not None:
        return asked
    await delete_user(desk.at, user)
    return desk.done(f"{desk.path}/users", "deleted")


def _form(desk: Desk, user: User) -> Form:
    return OWN_DETAILS_FORM if user.id == desk.at.actor.user.id else DETAILS_FORM


async def _details_page(
    desk: Desk, user: User, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    facts = (Fact(message("Created"), user.created_at),)
    buttons: tuple[Button, ...] = ()
    if user.email and not user.email_verified and user.enabled and desk.at.may("recover people"):
        label = message("Send a mail to confirm the address")
        buttons = (Button(label, f"{path_of(desk, user)}/verify-mail"),)
    about = Section(facts=facts, values=(Copyable(message("User ID"), user.id),), buttons=buttons)
    view = RecordPage(
        **await user_frame(desk, user, ""),
        alert=alert,
        sections=(Section(form=form), about, as_file(desk, f"users/{user.id}", write_user(user))),
        dangers=await _dangers(desk, user),
    )
    return console_page(desk, view, status)


async def _dangers(desk: Desk, user: User) -> tuple[Danger, ...]:
    if not desk.at.may("change") or user.id == desk.at.actor.user.id:
        return ()
    numbers = await belongings_of(desk.at, user)
    consequence = Sentence(CONSEQUENCE, {"sessions": numbers.sessions, "applications": numbers.applications})
    question = Sentence(ASK_DELETE, {"name": user.username})
    button = Button(DELETE, f"{path_of(desk, user)}/delete", confirm=question, tone="danger")
    return (Danger(DELETE, consequence, button),)


async def _service_page(desk: Desk, user: User) -> Response:
    facts = (Fact(message("Created"), user.created_at),)
    lead = message("This account belongs to a client and is deleted with it. Nobody signs in as it.")
    section = Section(lead=lead, facts=facts, values=(Copyable(message("User ID"), user.id),))
    return console_page(desk, RecordPage(**await user_frame(desk, user, ""), sections=(section,)))


async def _attributes_page(
    desk: Desk, user: User, form: FormView, alert: Text = "", status: int = 200
) -> Response:
    frame = await user_frame(desk, user, "attributes")
    return console_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=form),)), status)
