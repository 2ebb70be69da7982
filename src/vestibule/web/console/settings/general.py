"""Realm settings > General: what the tenant is called, whether it is open, and its end."""

from collections.abc import Mapping
from dataclasses import replace

from starlette.responses import Response

from vestibule.domain.realm import MASTER, issuer
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.realms import count_contents, delete_realm, written
from vestibule.web.console.as_file import as_file
from vestibule.web.console.asking import ask_first
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.pages import console_page
from vestibule.web.console.settings.frame import settings_frame, settings_path, shown, taken
from vestibule.web.console.views import Button, Copyable, Danger, FormView, RecordPage, Section, Text
from vestibule.web.messages import message

ENABLED = Field(
    "enabled", ("enabled",), message("Enabled"), "switch",
    hint=message("Off: nobody signs in, and sessions and tokens are refused at once. Nothing is deleted."),
)  # fmt: skip
DISPLAY_NAME = Field(
    "display_name", ("displayName",), message("Display name"), hint=message("What people read.")
)
LANGUAGE = Field(
    "locale", ("defaultLocale",), message("Default language"), "select",
    choices=(("", message("English")), ("fr", message("French"))),
    hint=message("Of mails to people who chose none. Pages follow the browser."),
)  # fmt: skip
FORM = Form((Group("", (DISPLAY_NAME, ENABLED, LANGUAGE)),), message("Save"))
PLATFORM_FORM = replace(FORM, groups=(Group("", (DISPLAY_NAME, LANGUAGE)),))
"""The platform's own realm cannot be disabled: nobody could enable it again."""

DELETE = message("Delete tenant")
CONSEQUENCE = message(
    "Deletes the tenant with everything in it. People: {people}. Applications: {applications}. Nobody can "
    "sign in to those any more. It cannot be brought back."
)
RETYPE = message("Nothing was deleted. Type the tenant's name, {name}, letter for letter.")
DISABLE = message("Disable tenant")
DISABLE_QUESTION = message(
    "Disable the tenant {name}? Nobody can sign in any more; sessions and tokens are refused at once. "
    "People: {people}. Applications: {applications}."
)
DISABLE_OWN = message(
    "Disable the tenant {name}? Nobody can sign in any more; sessions and tokens are refused at once, "
    "yours as well: only an administrator of the platform can enable it again. People: {people}. "
    "Applications: {applications}."
)


async def show_general(desk: Desk) -> Response:
    """The form, and the danger zone for whoever may delete tenants."""
    return await _page(desk, shown(desk, _form(desk)))


async def take_general(desk: Desk) -> Response:
    """Saves what was typed. Disabling the tenant asks first."""
    if desk.realm.name != MASTER and desk.realm.enabled and not desk.form.get(ENABLED.name):
        asked = await ask_first(
            desk, DISABLE, await _question(desk), DISABLE, settings_path(desk), "settings"
        )
        if asked is not None:
            return asked
    result = await taken(desk, _form(desk))
    if result.view is not None:
        return await _page(desk, result.view, result.alert, result.status)
    return desk.done(settings_path(desk), "saved")


async def take_delete(desk: Desk) -> Response:
    """Deletes the tenant whose name was typed."""
    if desk.realm.name != MASTER and desk.form.get("typed", "").strip() != desk.realm.name:
        alert = Sentence(RETYPE, {"name": desk.realm.name})
        return await _page(desk, shown(desk, _form(desk)), alert, 400)
    await delete_realm(desk.at)
    return desk.done(f"{desk.call.context.base_path}/platform", "tenant-deleted")


def _form(desk: Desk) -> Form:
    """Offers the language that is stored, too, where a file or a tool brought another one."""
    form = PLATFORM_FORM if desk.realm.name == MASTER else FORM
    known, stored = {value for value, _ in LANGUAGE.choices}, desk.realm.locale
    if stored in known:
        return form
    english, *others = LANGUAGE.choices
    choices = (("en", english[1]), *others) if stored == "en" else (english, *others, (stored, stored))
    language = replace(LANGUAGE, choices=choices)
    fields = tuple(language if one is LANGUAGE else one for one in form.fields)
    return replace(form, groups=(Group("", fields),))


async def _page(desk: Desk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    values = (
        Copyable(message("Name"), desk.realm.name, message("Part of every address; it cannot be changed.")),
        Copyable(message("Issuer URL"), issuer(desk.at.deployment.public_url, desk.realm.name)),
    )
    dangers: tuple[Danger, ...] = ()
    if desk.realm.name != MASTER and desk.at.may("make realms"):
        dangers = (await _danger(desk),)
    view = RecordPage(
        **await settings_frame(desk, ""),
        alert=alert,
        sections=(Section(values=values, form=form), as_file(desk, "", written(desk.realm))),
        dangers=dangers,
    )
    return console_page(desk, view, status)


async def _danger(desk: Desk) -> Danger:
    button = Button(DELETE, settings_path(desk, "delete"), tone="danger")
    return Danger(DELETE, Sentence(CONSEQUENCE, await _counts(desk)), button, typed=desk.realm.name)


async def _question(desk: Desk) -> Sentence:
    is_own = desk.at.actor.home.id == desk.realm.id
    return Sentence(
        DISABLE_OWN if is_own else DISABLE_QUESTION, {"name": desk.realm.name, **await _counts(desk)}
    )


async def _counts(desk: Desk) -> Mapping[str, int]:
    contents = await count_contents(desk.at)
    return {"people": contents.people, "applications": contents.applications}
