"""One passkey: made in the page by `passkey.js`, renamed, removed."""

from starlette.responses import Response

from vestibule.domain.errors import LastWayIn, PasskeyRefused
from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Passkey
from vestibule.flows.account.methods import (
    Methods,
    add_passkey,
    find_passkey,
    methods_of,
    new_passkey_options,
    remove_passkey,
    rename_passkey,
)
from vestibule.web.account.desk import AccountDesk
from vestibule.web.account.methods import (
    ADD_PASSKEY,
    ASK_REMOVE,
    LAST_ONE,
    PLACE,
    REMOVE,
    kind_of,
    methods_crumb,
    passkey_url,
    remove_button,
)
from vestibule.web.account.pages import account_page, ask_first, framed
from vestibule.web.account.views import AddPasskeyPage
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.views import Danger, Fact, FormView, RecordPage, Section, Text
from vestibule.web.messages import message

REMOVE_PASSKEY = message("Remove the passkey")
PASSKEY = message("Passkey")
NAME_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "name", ("userLabel",), message("Name"), is_required=True,
                    missing=message("Enter a name."),
                    hint=message("What you know it by, such as “Work laptop”."),
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip


async def show_new(desk: AccountDesk) -> Response:
    """Where a passkey is made."""
    return await _new_page(desk)


async def options(desk: AccountDesk) -> Response:
    """The WebAuthn options for `passkey.js`, with a challenge bound to the session."""
    return Response(
        await new_passkey_options(desk.account), 200,
        {"cache-control": "no-store", "x-content-type-options": "nosniff"}, "application/json",
    )  # fmt: skip


async def take_new(desk: AccountDesk) -> Response:
    """Stores the passkey that was made."""
    try:
        await add_passkey(desk.account, desk.form.get("credential", ""))
    except PasskeyRefused as error:
        desk.call.failed(error)
        return await _new_page(desk, error.sentence, error.status)
    return desk.done(desk.path + PLACE, "passkey-added")


async def show_passkey(desk: AccountDesk) -> Response:
    """One passkey."""
    methods = await methods_of(desk.account)
    passkey = find_passkey(methods, desk.named("passkey"))
    return await _passkey_page(desk, methods, passkey, _form(desk, passkey))


async def take_name(desk: AccountDesk) -> Response:
    """Renames it."""
    methods = await methods_of(desk.account)
    passkey = find_passkey(methods, desk.named("passkey"))
    taken = await take_form(
        desk, NAME_FORM, passkey_url(desk, passkey),
        lambda document: rename_passkey(desk.account, passkey.id, document), _stored(passkey),
        cancel_url=desk.path + PLACE,
    )  # fmt: skip
    if taken.view is not None:
        return await _passkey_page(desk, methods, passkey, taken.view, taken.alert, taken.status)
    return desk.done(desk.path + PLACE, "passkey-renamed")


async def take_removal(desk: AccountDesk) -> Response:
    """Removes it, unless it is the last way in (rule 20 of the design)."""
    methods = await methods_of(desk.account)
    passkey = find_passkey(methods, desk.named("passkey"))
    question = Sentence(ASK_REMOVE, {"name": passkey.name})
    asked = await ask_first(desk, REMOVE_PASSKEY, question, REMOVE, PLACE, methods_crumb(desk))
    if asked is not None:
        return asked
    try:
        await remove_passkey(desk.account, passkey.id)
    except LastWayIn as error:
        desk.call.failed(error)
        form = _form(desk, passkey)
        return await _passkey_page(desk, methods, passkey, form, error.sentence, error.status)
    return desk.done(desk.path + PLACE, "passkey-removed")


async def _new_page(desk: AccountDesk, alert: Text = "", status: int = 200) -> Response:
    url, takes = f"{desk.path}{PLACE}/passkeys", desk.account.realm.sign_in.passkey
    view = AddPasskeyPage(
        **await framed(desk, ADD_PASSKEY, PLACE, methods_crumb(desk)),
        alert=alert or ("" if takes else PasskeyRefused.sentence),
        action=f"{url}/new",
        passkey_options_url=f"{url}/options" if takes else "",
        cancel_url=desk.path + PLACE,
    )
    return account_page(desk, view, status)


async def _passkey_page(
    desk: AccountDesk,
    methods: Methods,
    passkey: Passkey,
    form: FormView,
    alert: Text = "",
    status: int = 200,
) -> Response:
    sections = [Section(form=form, facts=_facts(passkey))]
    dangers: tuple[Danger, ...] = ()
    if methods.is_last(passkey.id):
        sections.append(Section(title=REMOVE_PASSKEY, lead=LAST_ONE))
    else:
        consequence = message("Your other devices will be signed out.")
        dangers = (Danger(REMOVE_PASSKEY, consequence, remove_button(desk, passkey)),)
    frame = await framed(desk, PASSKEY, PLACE, methods_crumb(desk), name=passkey.name)
    view = RecordPage(**frame, alert=alert, sections=tuple(sections), dangers=dangers)
    return account_page(desk, view, status)


def _facts(passkey: Passkey) -> tuple[Fact, ...]:
    return (
        Fact(message("Kind"), kind_of(passkey)),
        Fact(message("Created"), passkey.created_at),
        Fact(message("Last used"), passkey.last_used_at),
    )


def _form(desk: AccountDesk, passkey: Passkey) -> FormView:
    return show_form(
        desk, NAME_FORM, passkey_url(desk, passkey), _stored(passkey), cancel_url=desk.path + PLACE
    )


def _stored(passkey: Passkey) -> dict[str, str]:
    return {"userLabel": passkey.name}
