"""Clients > Preview: the tokens that a chosen person would get. Nothing is issued."""

import json
from typing import Any

from starlette.responses import Response

from vestibule.domain.client import Client
from vestibule.domain.errors import NotHere
from vestibule.domain.sentence import Sentence
from vestibule.flows.administer.token_preview import TokenPreview, evaluate
from vestibule.oidc.errors import ProtocolError
from vestibule.web.console.clients.record import PREVIEW, client_frame, client_of, client_path
from vestibule.web.console.desk import Desk
from vestibule.web.console.pages import console_page
from vestibule.web.console.views import (
    Fact,
    FieldGroup,
    FieldView,
    FormView,
    Link,
    RecordPage,
    Section,
    Status,
)
from vestibule.web.messages import message
from vestibule.web.views import FieldError

TAB = "preview"
USUAL_SCOPE = "openid email profile"
ENTER_USER = message("Enter the user name or e-mail address of somebody of this tenant.")
NOBODY = message("There is nobody of this name.")
BAD_SCOPE = message("Scopes are words with a space between them, such as openid email.")
YES = message("Yes")
NO = message("No")
NOT_OPENID = message("Without the scope openid there is neither an ID token nor an answer of userinfo.")


async def show_preview(desk: Desk) -> Response:
    """The question."""
    client = await client_of(desk)
    return await _page(desk, client, _form(desk, client, {"scope": USUAL_SCOPE}))


async def take_preview(desk: Desk) -> Response:
    """The answer beneath the question."""
    client = await client_of(desk)
    username, scope = desk.form.get("username", "").strip(), desk.form.get("scope", "").strip()
    if not username:
        return await _wrong(desk, client, FieldError("username", ENTER_USER))
    try:
        preview = await evaluate(desk.at, client, username, scope)
    except NotHere:
        return await _wrong(desk, client, FieldError("username", NOBODY))
    except ProtocolError:
        return await _wrong(desk, client, FieldError("scope", BAD_SCOPE))
    return await _page(desk, client, _form(desk, client, desk.form), _answer(desk, client, preview))


async def _wrong(desk: Desk, client: Client, error: FieldError) -> Response:
    return await _page(desk, client, _form(desk, client, desk.form, error), status=400)


async def _page(
    desk: Desk, client: Client, form: FormView, answer: tuple[Section, ...] = (), status: int = 200
) -> Response:
    lead = message(
        "What somebody would get at a sign-in now. Nothing is issued: numbers that only a real token has "
        "are made up."
    )
    question = Section(form=form, lead=lead)
    frame = await client_frame(desk, client, PREVIEW, TAB)
    return console_page(desk, RecordPage(**frame, sections=(question, *answer)), status)


def _form(desk: Desk, client: Client, typed: Any, *errors: FieldError) -> FormView:
    fields = (
        FieldView(
            "username", message("User"), value=typed.get("username", ""), is_required=True,
            hint=message("User name or e-mail address."),
        ),
        FieldView("scope", message("Scope"), value=typed.get("scope", "")),
    )  # fmt: skip
    action = client_path(desk, client, TAB)
    return FormView(action, (FieldGroup("", fields),), message("Evaluate"), errors)


def _answer(desk: Desk, client: Client, preview: TokenPreview) -> tuple[Section, ...]:
    user, refusal = preview.user, preview.refusal
    facts = [
        Fact(message("User"), Link(user.name, f"{desk.path}/users/{user.id}")),
        Fact(message("May use the application"), Status(NO, "bad") if refusal else Status(YES, "good")),
        Fact(message("Scope"), " ".join(preview.scope) or None),
    ]
    if refusal is not None:
        facts.insert(2, Fact(message("Because"), _reason(client, preview)))
    sections = [Section(message("Result"), facts=tuple(facts))]
    if preview.id_token:
        sections.append(Section(message("ID token"), code=_json(preview.id_token)))
    sections.append(Section(message("Access token"), code=_json(preview.access_token)))
    if preview.userinfo:
        sections.append(Section(message("User info"), code=_json(preview.userinfo)))
    else:
        sections[0] = Section(message("Result"), lead=NOT_OPENID, facts=tuple(facts))
    return tuple(sections)


def _reason(client: Client, preview: TokenPreview) -> Sentence:
    """Which rule keeps the person out."""
    if not client.enabled:
        return Sentence(message("The client is disabled."))
    if not preview.user.enabled:
        return Sentence(message("The person is disabled."))
    if client.email_required and not preview.user.email:
        return Sentence(message("The application requires an e-mail address, and the person has none."))
    if client.required_role and client.required_group:
        text = message("The application requires the role {role} and the group {group}.")
        return Sentence(text, {"role": client.required_role, "group": client.required_group})
    if client.required_role:
        return Sentence(message("The application requires the role {role}."), {"role": client.required_role})
    return Sentence(message("The application requires the group {group}."), {"group": client.required_group})


def _json(claims: dict[str, Any]) -> str:
    return json.dumps(claims, indent=2, ensure_ascii=False)
