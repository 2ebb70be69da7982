"""Linked accounts: signing in elsewhere to link, unlinking, and what is refused."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from html import unescape

import httpx
import pytest

from tests.account.house import ACCOUNT, METHODS, SESSION, at_home, by_passkey, send
from tests.browser import Browser
from tests.console import said
from tests.provider import PracticeProvider, practice_provider
from tests.world import VAULT, Clock, World, new_world
from vestibule.domain.connection import Connection, Link
from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.administer.connections.discovering import read_metadata, with_metadata
from vestibule.flows.administer.connections.starting import started
from vestibule.flows.upstream_secrets import seal_upstream_secret

LINKED = f"{ACCOUNT}/linked-accounts"
CALLBACK = "https://sso.example/realms/acme/broker/company/endpoint"


@dataclass
class House:
    """A realm with one person and one service to link with."""

    world: World
    realm: Realm
    alice: User
    company: Connection
    there: PracticeProvider

    async def links(self, user: User | None = None) -> list[Link]:
        return list(await self.world.storage.links_of((user or self.alice).id))

    async def link(self, user: User, subject: str = "a subject there") -> Link:
        link = Link(
            self.world.new_id(), self.realm.id, user.id, self.company.id, self.company.issuer, subject,
            username="grace@globex.example", created_at=self.world.clock.now(),
        )  # fmt: skip
        await self.world.storage.add_link(link)
        return link


@asynccontextmanager
async def a_house(**changes: object) -> AsyncIterator[House]:
    clock = Clock()
    async with practice_provider("oidc", clock=clock, redirect_uris=[CALLBACK]) as there:
        host = there.base.partition("://")[2]
        async with new_world(allow=[host], clock=clock) as world:
            realm = await world.realm()
            alice = await world.user(realm)
            base = started(world.deployment, "oidc", realm.id, "company", world.clock.now())
            secret = seal_upstream_secret(
                there.client_secret, VAULT, base.id, world.new_id(), world.clock.now(), None
            )
            metadata, url = await read_metadata(world.deployment, "oidc", there.discovery_url)
            whole = replace(base, display_name="Company", client_id=there.client_id, secrets=(secret,))
            company = replace(with_metadata(whole, metadata, url), **changes)  # type: ignore[arg-type]
            await world.storage.add_connection(company)
            yield House(world, realm, alice, company, there)


def leaving(page: object) -> str:
    """The address of the page that leads to the service."""
    assert isinstance(page, httpx.Response)
    found = re.search(r'id="leave" href="([^"]+)"', page.text)
    assert found is not None, said(page)
    return unescape(found[1])


async def walk(house: House, browser: Browser, person: str = "grace") -> httpx.Response:
    """Presses Link, signs in there, and comes back."""
    await browser.get(LINKED)
    url = leaving(await browser.send_form("/company/link"))
    answer = await browser.get(await house.there.sign_in(url, person))
    assert isinstance(answer, httpx.Response), answer
    return answer


async def test_linking_signs_in_there_and_says_who_that_is() -> None:
    async with a_house() as house:
        browser = await at_home(house.world, "/linked-accounts")
        assert "Company Not linked" in said(browser.page)
        page = await walk(house, browser)
        assert "The other service is linked." in said(page)
        [link] = await house.links()
        assert (link.connection_id, link.subject) == (house.company.id, house.there.sub("grace"))
        [event] = await house.world.events(house.realm, "IDENTITY_LINKED")
        assert (event.user_id, event.details["provider"]) == (house.alice.id, "company")


async def test_BR_07_linking_asks_for_a_sign_in_of_the_last_five_minutes() -> None:
    async with a_house() as house:
        browser = await at_home(house.world, "/linked-accounts")
        house.world.clock.advance(minutes=6)
        page = await browser.send_form("/company/link")
        assert "Sign in" in said(page)
        assert 'id="leave"' not in browser.page.text  # type: ignore[union-attr]


async def test_BR_07_linking_begins_on_our_own_page_only() -> None:
    async with a_house() as house:
        browser = await at_home(house.world, "/linked-accounts")
        for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {}):
            answer = await browser.http.post(f"{LINKED}/company/link", headers=headers)
            assert answer.status_code == 403
        answer = await browser.http.get(f"{LINKED}/company/link")
        assert (answer.status_code, answer.headers["location"]) == (303, LINKED)
        assert await house.links() == []


@pytest.mark.parametrize("end", ["signed out", "another session", "another person"])
async def test_BR_05_the_answer_counts_only_in_the_session_that_began(end: str) -> None:
    async with a_house() as house:
        await house.world.user(house.realm, "mallory")
        browser = await at_home(house.world, "/linked-accounts")
        url = leaving(await browser.send_form("/company/link"))
        callback = await house.there.sign_in(url)
        if end == "signed out":
            browser.http.cookies.delete(SESSION)
        else:
            other = await at_home(house.world, username="mallory" if end == "another person" else "alice")
            browser.http.cookies.set(SESSION, other.http.cookies[SESSION], domain="sso.example", path="/")
        answer = await browser.get(callback)
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 400
        assert [await house.links(one) for one in await people(house)] == [[], []]


async def people(house: House) -> list[User]:
    found = [await house.world.storage.user_by_login(house.realm.id, name) for name in ("alice", "mallory")]
    return [one for one in found if one is not None]


async def test_BR_09_an_identity_that_is_somebody_else_here_is_not_linked() -> None:
    async with a_house() as house:
        bob = await house.world.user(house.realm, "bob")
        theirs = await house.link(bob, house.there.sub("grace"))
        page = await walk(house, await at_home(house.world))
        assert "This account of the other service is linked to another account here." in said(page)
        assert "already_linked" in said(page)
        assert "/company/link" in page.text
        assert await house.links() == []
        assert await house.links(bob) == [theirs]


async def test_there_is_one_link_of_a_service() -> None:
    async with a_house() as house:
        mine = await house.link(house.alice)
        browser = await at_home(house.world, "/linked-accounts")
        page = await browser.post(f"{LINKED}/company/link", {})
        answer = await browser.get(await house.there.sign_in(leaving(page)))
        assert isinstance(answer, httpx.Response)
        assert "You have linked another account of this service." in said(answer)
        assert await house.links() == [mine]


async def test_whoever_cancels_there_is_back_where_they_began_and_told_so() -> None:
    async with a_house() as house:
        browser = await at_home(house.world, "/linked-accounts")
        url = leaving(await browser.send_form("/company/link"))
        page = await browser.get(await house.there.cancel(url))
        assert "upstream_access_denied" in said(page)
        assert await house.links() == []


async def test_the_address_of_a_failure_shows_only_names_of_ours() -> None:
    async with a_house() as house:
        browser = await at_home(house.world)
        page = await browser.get(f"{LINKED}?failed=<b>evil</b>&reference=<i>x</i>")
        assert "evil" not in said(page)
        page = await browser.get(f"{LINKED}?failed=already_linked&reference=<i>x</i>")
        assert "<i>x</i>" not in said(page)


async def test_a_service_that_is_switched_off_is_not_offered() -> None:
    async with a_house(enabled=False) as house:
        browser = await at_home(house.world, "/linked-accounts")
        assert "No other sign-in service is connected here." in said(browser.page)
        page = await browser.post(f"{LINKED}/company/link", {})
        assert isinstance(page, httpx.Response)
        assert page.status_code == 404


async def test_unlinking_asks_first_and_ends_the_other_sessions() -> None:
    async with a_house() as house:
        await house.link(house.alice)
        other = await at_home(house.world)
        browser = await at_home(house.world, "/linked-accounts")
        assert "Company Linked grace@globex.example" in said(browser.page)
        page = await browser.send_form("/company/unlink")
        assert "Unlink Company?" in said(page)
        assert len(await house.links()) == 1
        page = await browser.send_form("/company/unlink")
        assert "The link has been removed." in said(page)
        assert await house.links() == []
        assert "Sign in" in said(await other.get(ACCOUNT))
        [event] = await house.world.events(house.realm, "IDENTITY_UNLINKED")
        assert event.details["provider"] == "company"


async def test_BR_19_the_last_way_in_is_not_unlinked_and_the_page_says_why() -> None:
    async with a_house() as house:
        link = await house.link(house.alice)
        browser = await at_home(house.world, "/linked-accounts")
        await house.world.storage.remove_password(house.alice.id)
        page = await browser.get(LINKED)
        assert "Company is your only way to sign in." in said(page)
        assert "/unlink" not in page.text  # type: ignore[union-attr]
        answer = await send(browser, f"{LINKED}/company/unlink", confirmed="1")
        assert answer.status_code == 409
        assert await house.links() == [link]


async def test_BR_19_a_link_is_a_way_in_so_that_the_only_passkey_may_go() -> None:
    async with a_house() as house:
        browser, _ = await by_passkey(house.world, "/sign-in-methods")
        await house.world.storage.remove_password(house.alice.id)
        assert "/delete" not in (await browser.get(METHODS)).text  # type: ignore[union-attr]
        await house.link(house.alice)
        assert "/delete" in (await browser.get(METHODS)).text  # type: ignore[union-attr]
        disabled = replace(house.company, enabled=False)
        await house.world.storage.save_connection(disabled)
        assert "/delete" not in (await browser.get(METHODS)).text  # type: ignore[union-attr]


async def test_S001_38_a_person_asks_for_their_own_passkey_after_another_service() -> None:
    async with a_house() as house:
        browser = await at_home(house.world, "/sign-in-methods")
        page = await browser.send_form("/after-provider", after_provider="on")
        assert "Your changes have been saved." in said(page)
        user = await house.world.storage.user(house.alice.id)
        assert user is not None
        assert user.factor_after_provider
        [event] = await house.world.events(house.realm, "PROFILE_CHANGED")
        assert event.after == '{"factorAfterProvider":true}'
        await browser.send_form("/after-provider", after_provider=None)
        user = await house.world.storage.user(house.alice.id)
        assert user == house.alice


async def test_without_another_service_nothing_is_said_of_links() -> None:
    async with new_world() as world:
        await world.user(await world.realm())
        browser = await at_home(world, "/sign-in-methods")
        assert "Linked accounts" not in said(browser.page)
        assert "another service" not in said(browser.page)
