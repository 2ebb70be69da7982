"""Sign-in methods: when the password was changed, which passkeys there are, and the way to change them."""

from dataclasses import replace

from starlette.responses import Response

from vestibule.domain.sentence import Sentence
from vestibule.domain.user import Passkey
from vestibule.flows.account.methods import (
    FACTOR_AFTER_PROVIDER,
    Methods,
    change_password,
    methods_of,
    set_factor_after_provider,
)
from vestibule.flows.broker.choice import has_any
from vestibule.representations.document import Document
from vestibule.web.account.desk import AccountDesk
from vestibule.web.account.pages import METHODS, account_page, framed
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.forms import show_form, take_form
from vestibule.web.console.views import (
    Button,
    Column,
    Crumb,
    Fact,
    FieldGroup,
    FieldView,
    FormView,
    Link,
    ListView,
    RecordPage,
    Row,
    Section,
    Status,
    Text,
)
from vestibule.web.messages import message

PLACE = "/sign-in-methods"
PASSWORD, PASSKEYS = message("Password"), message("Passkeys")
CHANGE_PASSWORD, SET_PASSWORD = message("Change password"), message("Set a password")
ADD_PASSKEY = message("Add passkey")
NO_PASSKEYS = message("No passkeys yet.")
NO_PASSKEYS_LEAD = message("A passkey lets you sign in with your fingerprint, face or PIN.")
SYNCED, ONE_DEVICE = message("Synced between your devices"), message("On one device only")
REMOVE = message("Remove")
LAST_ONE = message("This is your only way to sign in. Add another one before you remove it.")
ASK_REMOVE = message("Remove the passkey “{name}”? You cannot sign in with it any more.")
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
                    hint=message("At least 12 characters. Several words are easy to remember."),
                ),
            ),
            lead=message("Your other devices will be signed out."),
        ),
    ),
    CHANGE_PASSWORD,
    fixed={("type",): "password", ("temporary",): False},
)  # fmt: skip


OTHER_SERVICES = message("Other services")
AFTER_PROVIDER_FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "after_provider", (FACTOR_AFTER_PROVIDER,),
                    message("Ask for my passkey after signing in with another service"), "switch",
                    hint=message("Whoever gets into your account there still cannot get in here."),
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip


async def show_methods(desk: AccountDesk) -> Response:
    """What the person signs in with."""
    methods = await methods_of(desk.account)
    found = (_password_section(desk, methods), _passkey_section(desk, methods), _provider_section(desk))
    frame = await framed(desk, METHODS, PLACE)
    return account_page(desk, RecordPage(**frame, sections=tuple(filter(None, found))))


async def take_after_provider(desk: AccountDesk) -> Response:
    """Whether the passkey is asked for after a sign-in at another service (D15)."""
    await set_factor_after_provider(desk.account, Document.of(AFTER_PROVIDER_FORM.document(desk.form)))
    return desk.done(_url(desk), "saved")


async def show_back(desk: AccountDesk) -> Response:
    """The page, for whoever called off a sign-in that a form of it asked for."""
    return desk.done(_url(desk))


async def show_password(desk: AccountDesk) -> Response:
    """Where a new password is typed; the sign-in is fresh, so that the old one is not asked for."""
    return await _password_page(
        desk, show_form(desk, PASSWORD_FORM, _password_url(desk), cancel_url=_url(desk))
    )


async def take_password(desk: AccountDesk) -> Response:
    """Changes it (PW-11)."""
    taken = await take_form(
        desk, PASSWORD_FORM, _password_url(desk),
        lambda document: change_password(desk.account, document), cancel_url=_url(desk),
    )  # fmt: skip
    if taken.view is not None:
        return await _password_page(desk, taken.view, taken.alert, taken.status)
    return desk.done(_url(desk), "password-changed")


def _password_section(desk: AccountDesk, methods: Methods) -> Section | None:
    password = methods.password
    if not methods.policy.password:
        return None
    if password is None:
        facts = (Fact(message("State"), Status(message("Not set"))),)
    else:
        facts = (Fact(message("Last changed"), password.changed_at),)
    label = SET_PASSWORD if password is None else CHANGE_PASSWORD
    return Section(title=PASSWORD, facts=facts, links=(Link(label, _password_url(desk), "key"),))


def _passkey_section(desk: AccountDesk, methods: Methods) -> Section | None:
    if not methods.policy.passkey and not methods.passkeys:
        return None
    add = add_link(desk)
    if not methods.passkeys:
        return Section(title=PASSKEYS, list=_list(desk, methods, empty_action=add))
    is_only = any(methods.is_last(passkey.id) for passkey in methods.passkeys)
    return Section(
        title=PASSKEYS,
        lead=LAST_ONE if is_only else "",
        list=_list(desk, methods),
        links=(add,) if methods.policy.passkey else (),
    )


def _provider_section(desk: AccountDesk) -> Section | None:
    account = desk.account
    if not account.realm.sign_in.passkey or not has_any(account.active):
        return None
    stored = {FACTOR_AFTER_PROVIDER: account.user.factor_after_provider}
    form = show_form(desk, AFTER_PROVIDER_FORM, f"{_url(desk)}/after-provider", stored)
    return Section(title=OTHER_SERVICES, form=form)


def _list(desk: AccountDesk, methods: Methods, empty_action: Link | None = None) -> ListView:
    count = len(methods.passkeys)
    return ListView(
        url=_url(desk),
        columns=COLUMNS,
        rows=tuple(_row(desk, methods, passkey) for passkey in methods.passkeys),
        total=count,
        page_size=max(count, 1),
        label=PASSKEYS,
        empty_title=NO_PASSKEYS,
        empty_lead=NO_PASSKEYS_LEAD,
        empty_action=empty_action,
    )


def _row(desk: AccountDesk, methods: Methods, passkey: Passkey) -> Row:
    url = passkey_url(desk, passkey)
    actions = () if methods.is_last(passkey.id) else (remove_button(desk, passkey),)
    return Row(url, (passkey.name, kind_of(passkey), passkey.created_at, passkey.last_used_at), actions)


def kind_of(passkey: Passkey) -> Sentence:
    """Whether it is synced or bound to one device, in words."""
    return Sentence(SYNCED if passkey.backed_up else ONE_DEVICE)


def add_link(desk: AccountDesk) -> Link:
    """To the page that makes one."""
    return Link(ADD_PASSKEY, f"{_url(desk)}/passkeys/new", "plus")


def remove_button(desk: AccountDesk, passkey: Passkey) -> Button:
    """Removes a passkey after a question."""
    question = Sentence(ASK_REMOVE, {"name": passkey.name})
    return Button(REMOVE, f"{passkey_url(desk, passkey)}/delete", confirm=question, tone="danger")


async def _password_page(desk: AccountDesk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    """Password managers want to see whose password it is."""
    username = FieldView(
        "username", message("Username"), "readonly", desk.account.user.username, autocomplete="username"
    )
    form = replace(form, groups=(FieldGroup("", (username,)), *form.groups))
    frame = await framed(desk, CHANGE_PASSWORD, PLACE, methods_crumb(desk))
    return account_page(desk, RecordPage(**frame, alert=alert, sections=(Section(form=form),)), status)


def methods_crumb(desk: AccountDesk) -> Crumb:
    """The step of the breadcrumb that leads back to the list."""
    return Crumb(METHODS, url=_url(desk))


def passkey_url(desk: AccountDesk, passkey: Passkey) -> str:
    """The path of one passkey."""
    return f"{_url(desk)}/passkeys/{passkey.id}"


def _url(desk: AccountDesk) -> str:
    return desk.path + PLACE


def _password_url(desk: AccountDesk) -> str:
    return f"{_url(desk)}/password"
