"""Realm settings > Sign-in policy: the ways in, for every application of the tenant (S000-39, S000-40)."""

from starlette.responses import Response

from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.realms import count_password_only
from vestibule.representations.realm import FACTOR_AFTER_PROVIDER, PASSKEY, PASSWORD
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.pages import console_page
from vestibule.web.console.settings.frame import SETTINGS, settings_frame, settings_path, shown, taken
from vestibule.web.console.views import Crumb, FormView, RecordPage, Section, Text
from vestibule.web.messages import message

TAB = "sign-in"
PASSWORDS_OFF = message("Switch passwords off")
QUESTION = message(
    "People who have only a password: {count}. Without it they cannot sign in until they have a passkey. "
    "Switch passwords off?"
)
AFTER_PROVIDER = (
    ("", message("As is usual: always for the providers of this console")),
    ("on", message("Always")),
    ("if set up", message("If the person has one")),
    ("off", message("Never")),
)
FORM = Form(
    (
        Group(
            "",
            (
                Field(
                    "password", ("attributes", PASSWORD), message("Password"), "flag",
                    hint=message("Off: no page shows a password field, and no password opens anything."),
                ),
                Field(
                    "passkey", ("attributes", PASSKEY), message("Passkey"), "flag",
                    hint=message("A fingerprint, a face or a PIN on the person's own device."),
                ),
                Field(
                    "after_provider", ("attributes", FACTOR_AFTER_PROVIDER),
                    message("A passkey after signing in with another service"), "select",
                    hint=message("A provider's own page goes before this; people can ask for it themselves."),
                    choices=AFTER_PROVIDER,
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip


async def show_policy(desk: Desk) -> Response:
    """The switches."""
    return await _page(desk, shown(desk, FORM, TAB))


async def take_policy(desk: Desk) -> Response:
    """Saves them. Where people would be left without a way in, it says how many and asks."""
    is_going_off = desk.realm.sign_in.password and not desk.form.get("password") and desk.form.get("passkey")
    count = await count_password_only(desk.at) if is_going_off else 0
    if count:
        asked = await ask_first(
            desk, PASSWORDS_OFF, Sentence(QUESTION, {"count": count}), PASSWORDS_OFF,
            settings_path(desk, TAB), "settings", Crumb(SETTINGS, url=settings_path(desk)),
        )  # fmt: skip
        if asked is not None:
            return asked
    result = await taken(desk, FORM, TAB)
    if result.view is not None:
        return await _page(desk, result.view, result.alert, result.status)
    return desk.done(settings_path(desk, TAB), "saved")


async def _page(desk: Desk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    lead = message("How people of this tenant sign in, to all its applications and to this console.")
    view = RecordPage(
        **await settings_frame(desk, TAB), alert=alert, sections=(Section(lead=lead, form=form),)
    )
    return console_page(desk, view, status)
