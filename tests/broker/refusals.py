"""What a sign-in through a provider that ended without a session looks like, and what it must not leave."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, urlsplit

import httpx

from tests.broker.house import House, Page
from tests.browser import Browser, Callback, text_of
from vestibule.domain.realm import Realm

START_AGAIN = re.compile(r'href="([^"]*/login\?id=[^"]+)"')


@dataclass(frozen=True)
class Stored:
    """What is stored of people: who is here, whose links and how many sessions there are, what they have."""

    people: frozenset[str]
    links: int
    sessions: int
    belongings: frozenset[tuple[str, str]]


async def stored(home: House, realm: Realm | None = None) -> Stored:
    """Of the house's realm, or of another one."""
    storage = home.world.storage
    people = await storage.users((realm or home.realm).id)
    belongings = set()
    for one in people:
        belongings |= {(one.id, role.id) for role in await storage.own_roles_of(one.id)}
        belongings |= {(one.id, group.id) for group in await storage.groups_of(one.id)}
    return Stored(
        frozenset(repr(one) for one in people),
        sum([len(await storage.links_of(one.id)) for one in people]),
        sum([len(await storage.sessions_of(one.id)) for one in people]),
        frozenset(belongings),
    )


def code_of(page: Page) -> str:
    """The code in the address of a failure's page; its reference stands on the page as well."""
    assert isinstance(page, httpx.Response), page
    query = dict(parse_qsl(urlsplit(str(page.url)).query))
    assert "error" in query, (page.url, text_of(page.text))
    assert query["reference"] in page.text
    return query["error"]


def has_session(browser: Browser) -> bool:
    """Whether the browser holds a session's cookie."""
    return any("session" in name for name in browser.http.cookies)


def check_refused(page: Page, browser: Browser, code: str) -> httpx.Response:
    """The page of exactly this failure, and no cookie of a session."""
    assert isinstance(page, httpx.Response), page
    assert code_of(page) == code, text_of(page.text)
    assert page.status_code >= 400
    assert code.replace("_", " ") in text_of(page.text).replace("_", " ")
    assert not has_session(browser)
    return page


async def start_again(browser: Browser) -> httpx.Response:
    """Follows “Start again” of the page that is open, to the sign-in page of the same attempt."""
    assert browser.page is not None
    link = START_AGAIN.search(browser.page.text)
    assert link is not None, text_of(browser.page.text)
    page = await browser.get(unescape(link[1]))
    assert isinstance(page, httpx.Response)
    assert page.status_code == 200, text_of(page.text)
    return page


async def second_try(home: House, browser: Browser, person: str = "grace") -> Callback:
    """Starts again from a failure's page and signs in; the same attempt ends at the application."""
    await start_again(browser)
    url = await home.follow_button(browser)
    answer = await browser.get(await home.provider.sign_in(url, person))
    assert isinstance(answer, Callback), text_of(answer.text)
    assert "code" in answer.parameters, answer.parameters
    return answer
