"""Realm settings > Tokens: how long what the realm gives out lives."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from vestibule.representations.realm import ID_TOKEN_SECONDS
from vestibule.web.console.desk import Desk
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.pages import console_page
from vestibule.web.console.settings.frame import settings_frame, settings_path, shown, taken
from vestibule.web.console.views import FormView, RecordPage, Section, Text
from vestibule.web.messages import message

TAB = "tokens"
SECONDS = message("seconds")


@dataclass(frozen=True, slots=True)
class NumberInText(Field):
    """A number that stands as text: the values of attributes do."""

    def value_of(self, form: Mapping[str, str]) -> Any:
        """What was typed."""
        return form.get(self.name, "").strip()


def _seconds(member: str, label: str, hint: str) -> Field:
    return Field(
        member, (member,), label, "number", hint=hint, is_required=True, unit=SECONDS,
        missing=message("Enter a number of seconds."),
    )  # fmt: skip


FORM = Form(
    (
        Group(
            message("Tokens"),
            (
                _seconds(
                    "accessTokenLifespan", message("Access token lifetime"),
                    message("For so long an application may accept a token after the session has ended."),
                ),
                NumberInText(
                    "id_token_seconds", ("attributes", ID_TOKEN_SECONDS), message("ID token lifetime"),
                    "number",
                    hint=message("Empty: as the access token has it."), unit=SECONDS,
                ),
            ),
        ),
        Group(
            message("Signing in"),
            (
                _seconds(
                    "accessCodeLifespan", message("Authorization code lifetime"),
                    message("The time an application has to redeem it; 600 at most."),
                ),
                _seconds(
                    "accessCodeLifespanLogin", message("Sign-in page lifetime"),
                    message("The time a person has from opening the sign-in page to the end of the sign-in."),
                ),
            ),
        ),
        Group(
            message("Sessions"),
            (
                _seconds(
                    "ssoSessionIdleTimeout", message("Session ends unused after"),
                    message("Counted from the last use by any application. 3600 is one hour."),
                ),
                _seconds(
                    "ssoSessionMaxLifespan", message("Session ends in any case after"),
                    message("Counted from the sign-in. 36000 is ten hours."),
                ),
                _seconds(
                    "offlineSessionIdleTimeout", message("Offline access ends unused after"),
                    message("Of applications that may work while people are away. 2592000 is 30 days."),
                ),
                _seconds(
                    "offlineSessionMaxLifespan", message("Offline access ends in any case after"),
                    message("Counted from the sign-in. 5184000 is 60 days."),
                ),
            ),
        ),
    ),
    message("Save"),
)  # fmt: skip


async def show_tokens(desk: Desk) -> Response:
    """The lifetimes."""
    return await _page(desk, shown(desk, FORM, TAB))


async def take_tokens(desk: Desk) -> Response:
    """Saves them."""
    result = await taken(desk, FORM, TAB)
    if result.view is not None:
        return await _page(desk, result.view, result.alert, result.status)
    return desk.done(settings_path(desk, TAB), "saved")


async def _page(desk: Desk, form: FormView, alert: Text = "", status: int = 200) -> Response:
    view = RecordPage(**await settings_frame(desk, TAB), alert=alert, sections=(Section(form=form),))
    return console_page(desk, view, status)
