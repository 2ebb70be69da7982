"""The provider's own pages on the way: the sign-in form, its verification, and consent."""

import secrets

from starlette.requests import Request
from starlette.responses import Response

from vestibule.practice.providers.authorize import advance, answer, sign_in_page
from vestibule.practice.providers.exchange import read_form
from vestibule.practice.providers.pages import is_of_another_site, refused
from vestibule.practice.providers.people import Person
from vestibule.practice.providers.provider import Interaction, Provider


async def step(provider: Provider, request: Request) -> Response:
    """A form of one of the pages was sent."""
    interaction = provider.memory.interactions.get(request.path_params["id"])
    if is_of_another_site(provider, request):
        return refused(provider, "site", request.headers.get("origin", ""))
    if interaction is None:
        return refused(provider, "interaction", request.path_params["id"])
    form = await read_form(request)
    if "cancel" in form:
        provider.memory.interactions.pop(interaction.id)
        members = {"error": "access_denied", "error_description": "The person has cancelled."}
        return answer(provider, interaction, members)
    if interaction.session is None:
        return _sign_in(provider, interaction, form)
    _take_step(provider, interaction, form)
    return advance(provider, interaction)


def _sign_in(provider: Provider, interaction: Interaction, form: dict[str, str]) -> Response:
    """By name and practice password, or by the button of somebody."""
    person = provider.people.get(form.get("person", ""))
    email = form.get("email", "").strip()
    if person is None:
        person = _person_of(provider, email, form.get("password", ""))
    if person is None:
        return sign_in_page(provider, interaction, email, "The e-mail address or the password is wrong.")
    interaction.session = provider.begin_session(person)
    response = advance(provider, interaction)
    response.set_cookie(provider.cookie, interaction.session.id, httponly=True, samesite="lax")
    return response


def _person_of(provider: Provider, email: str, password: str) -> Person | None:
    if not secrets.compare_digest(password.encode(), provider.password.encode()):
        return None
    return next((one for one in provider.people.values() if one.email.casefold() == email.casefold()), None)


def _take_step(provider: Provider, interaction: Interaction, form: dict[str, str]) -> None:
    session, registration = interaction.session, interaction.registration
    if "continue" in form:
        interaction.is_verified = True
    if "accept" in form and session is not None:
        interaction.is_consented = True
        registration.consented.add(session.person.id)
        if "organization" in form and session.person.is_global_administrator:
            registration.is_consented_for_all = True
        provider.save()
