"""A practice provider on a real port of the loopback, and a person who walks through its pages.

```
async with practice_provider("entra", "groups_201", clock=world.clock) as provider:
    provider.register("https://sso.example/realms/acme/broker/entra/endpoint")
    url = await provider.sign_in(authorization_url, "grace")
```
"""

import itertools
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from functools import cache
from typing import Any
from urllib.parse import urlencode, urljoin

import httpx
from joserfc.jwk import RSAKey

from tests.browser import Form, forms_of, text_of
from tests.served import free_port
from vestibule.flows.ports.outside import Clock
from vestibule.practice.providers import logout
from vestibule.practice.providers.application import create_provider
from vestibule.practice.providers.people import Person
from vestibule.practice.providers.provider import Provider
from vestibule.practice.providers.registration import Registration
from vestibule.practice.providers.signing import generate_key
from vestibule.web.server import Listener, Server

_NUMBERS = itertools.count()


@cache
def signing_key(number: int) -> RSAKey:
    """One of a few keys made once in a test process; providers that run at a time have different ones."""
    return generate_key()


class PracticeProvider:
    """What a test does with a provider that is running. `state` is the provider itself."""

    def __init__(self, state: Provider) -> None:
        self.state = state

    @property
    def base(self) -> str:
        return self.state.base

    @property
    def place(self) -> str:
        """`host:port`, as an operator opens it."""
        return self.base.partition("://")[2]

    @property
    def registration(self) -> Registration:
        return self.state.registration

    @property
    def client_id(self) -> str:
        return self.registration.client_id

    @property
    def client_secret(self) -> str:
        return self.registration.secret

    @property
    def discovery_url(self) -> str:
        return self.state.server.discovery

    @property
    def issuer(self) -> str:
        return self.state.server.issuer

    @property
    def people(self) -> dict[str, Person]:
        """By id; a test may add some, and change them with `dataclasses.replace`."""
        return self.state.people

    @property
    def hits(self) -> Counter[str]:
        """Requests by endpoint: discovery, jwks, authorize, token, userinfo, par, end_session, groups, user,
        emails, and `redirected` for a redirect that was followed."""
        return self.state.hits

    @property
    def last_request(self) -> dict[str, str]:
        """The parameters of the newest authorization request."""
        return self.state.last_request

    @property
    def last_token_request(self) -> dict[str, str]:
        return self.state.last_token_request

    def discovery_of(self, server: str) -> str:
        """The metadata's address of another issuer: Entra's `common`, Okta's `default`."""
        return next(one.discovery for one in self.state.vendor.servers if one.name == server)

    def register(self, redirect_uri: str) -> None:
        self.registration.redirect_uris.append(redirect_uri)

    def set_faults(self, *names: str) -> None:
        """From now on exactly these; none at all makes it well again."""
        self.state.faults.set(names)

    def rotate_key(self, *, keep: bool = True) -> None:
        self.state.keys.rotate(signing_key(next(_NUMBERS) % 6), keep=keep)

    def sub(self, person: str) -> str:
        """The subject of somebody at the first application."""
        return self.state.vendor.subject(self.people[person], self.client_id)

    async def sign_in(self, url: str, person: str = "grace", http: httpx.AsyncClient | None = None) -> str:
        """From the authorization request over all of the provider's pages to the callback's address.

        A client that is handed in keeps its cookies, so that a second sign-in finds the session. Answers of
        the mode `form_post` are written as a query.
        """
        if http is not None:
            return await self._walk(http, url, person)
        async with httpx.AsyncClient() as new:
            return await self._walk(new, url, person)

    async def cancel(self, url: str) -> str:
        """As `sign_in`, of somebody who thinks better of it."""
        async with httpx.AsyncClient() as http:
            response = await http.get(url)
            form = _form_with(response, "cancel")
            response = await _send(http, response, form, "cancel")
            return response.headers["location"]

    def say(self, **claims: Any) -> None:
        """From now on the ID token and userinfo say this of everybody; None leaves a claim out."""
        vendor: Any = self.state.vendor
        for name in ("id_token_claims", "userinfo"):
            setattr(vendor, name, _saying(getattr(vendor, name), claims))

    async def sign_out_everywhere(self, person: str) -> list[tuple[str, int]]:
        """Ends the person's sessions and tells the applications by back-channel logout."""
        return await logout.sign_out_everywhere(self.state, person)

    def logout_token(self, person: str, **changes: object) -> str:
        """A logout token for the person's newest session; None leaves a claim out."""
        sessions = [one for one in self.state.memory.sessions.values() if one.person.id == person]
        return logout.logout_token(self.state, self.registration, sessions[-1], **changes)

    async def _walk(self, http: httpx.AsyncClient, url: str, person: str) -> str:
        response = await http.get(url)
        for _ in range(6):
            location = response.headers.get("location")
            if location is not None:
                return str(location)
            assert response.status_code == 200, text_of(response.text)
            form = _form_with(response, "person", "continue", "accept", "")
            if form.action.startswith("http"):
                return f"{form.action}?{urlencode(form.fields)}"
            response = await _send(http, response, form, next(iter(form.buttons)), person=person)
        raise AssertionError("the provider's pages do not end")


def _saying(usual: Callable[..., dict[str, Any]], claims: dict[str, Any]) -> Callable[..., dict[str, Any]]:
    def said(grant: Any, faults: Any) -> dict[str, Any]:
        told = {**usual(grant, faults), **claims}
        return {name: value for name, value in told.items() if claims.get(name, "") is not None}

    return said


def _form_with(response: httpx.Response, *buttons: str) -> Form:
    """The first form that has one of the buttons; blank: any form."""
    forms = forms_of(response.text)
    found = [form for name in buttons for form in forms if not name or name in form.buttons]
    assert found, text_of(response.text)
    return found[0]


async def _send(
    http: httpx.AsyncClient, page: httpx.Response, form: Form, button: str, **values: str
) -> httpx.Response:
    pressed = {button: values.get(button, form.buttons[button])}
    return await http.post(urljoin(str(page.url), form.action), data=form.fields | pressed)


@asynccontextmanager
async def practice_provider(
    kind: str,
    *faults: str,
    clock: Clock | None = None,
    redirect_uris: Iterable[str] = (),
    **settings: Any,
) -> AsyncIterator[PracticeProvider]:
    """A provider that runs as long as the block. `settings` are attributes of its registration, such as
    `optional_claims={"upn", "groups"}`, `backchannel_logout_uri` or `client_id`."""
    port = free_port()
    key = signing_key(next(_NUMBERS) % 6)
    state = Provider(kind, f"http://127.0.0.1:{port}", clock=clock, faults=faults, key=key)
    registration = state.register(settings.pop("client_id", ""), secret=settings.pop("client_secret", ""))
    registration.redirect_uris.extend(redirect_uris)
    for name, value in settings.items():
        assert hasattr(registration, name), name
        setattr(registration, name, value)
    server = Server([Listener(create_provider(state), "127.0.0.1", port)], stop_seconds=0.2)
    await server.start()
    try:
        yield PracticeProvider(state)
    finally:
        await server.stop()
