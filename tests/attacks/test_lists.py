"""AC-15: the state of a list is what our own pages write, and a search is a text."""

from typing import Any
from urllib.parse import quote

import httpx
import pytest

from tests.attacks.tenants import Tenants, changed, methods, steps_of, stored, two_tenants
from tests.console import admin_api, console
from vestibule.web.routing import Route


def lists() -> list[Route]:
    """Every list, and every search, of console, account and API."""
    callers = ("an administrator", "the person")
    return [route for _, route in methods(*callers, method="GET") if not route.path.endswith("/callback")]


TAMPERED = (
    "page=0", "page=-1", "page=1.5", "page=1e3", "page=%D9%A1", "page=99999999999999999999999", "page=x",
    "page=000000001" + "0" * 30, "sort=password", "sort=document", "sort=-id;DROP TABLE users", "sort=1",
    "sort=username)--", "first=-1", "first=x", "first=1e9", "first=9999999999999", "max=-2", "max=x",
    "max=99999999999999999999", "enabled=maybe", "exact=2", "briefRepresentation=x", "q=nothing", "q=:x",
    "days=999", "days=-1", "kind=all", "dateFrom=tomorrow", "dateTo=" + "9" * 4000, "dateFrom=-1",
)  # fmt: skip
SEARCHES = (
    "'", '"', "%", "_", "\\", "*", "' OR 1=1 --", "x') OR ('1'='1", '"a" AND "b"', "NEAR(a b)", "a*", "-a",
    "^a", "😀", "\u202e", "a" * 2000, "a " * 300, "{x}", "%(x)s", "\ud7ff", "é" * 300, "NULL",
    "; DROP TABLE users",
)  # fmt: skip
SEARCHED = (
    "search", "username", "email", "firstName", "lastName", "q", "clientId", "user", "client", "path", "type",
    "ipAddress", "operationTypes", "resourceTypes", "resourcePath", "authUser", "realm",
)  # fmt: skip


@pytest.mark.parametrize("query", TAMPERED, ids=lambda query: query[:30])
async def test_AC_15_a_state_that_no_page_of_ours_writes_is_refused_or_ignored(query: str) -> None:
    async with two_tenants() as tenants:
        ask = await asker(tenants)
        before, refusals = stored(tenants.world), 0
        for route in [one for one in lists() if not steps_of(one)]:
            plain = await ask(tenants.path(route))
            answer = await ask(f"{tenants.path(route)}?{query}")
            assert answer.status_code in (400, plain.status_code), route.path
            refusals += answer.status_code == 400
        assert refusals > 0
        assert changed(before, stored(tenants.world), "events") == []  # of the secret that was revealed


@pytest.mark.parametrize("text", SEARCHES, ids=lambda text: repr(text[:20]))
async def test_AC_15_a_search_is_a_text_and_no_language(text: str) -> None:
    async with two_tenants() as tenants:
        ask = await asker(tenants)
        before = stored(tenants.world)
        for route in lists():
            if steps_of(route):
                continue
            for names in (SEARCHED, ("search",), ("q",)):
                query = "&".join(f"{name}={quote(text)}" for name in names)
                answer = await ask(f"{tenants.path(route)}?{query}")
                assert answer.status_code < 500, f"{route.path}?{names}"
                assert "globex-alice" not in answer.text
                assert "syntax" not in answer.text
        # An export of events leaves an event of it, and nothing else.
        assert set(changed(before, stored(tenants.world))) <= {"events"}


async def asker(tenants: Tenants) -> Any:
    """A GET by the tool, or by a browser that is signed in to console and account."""
    api = await admin_api(tenants.world)
    browser = await console(tenants.world)  # whose session of acme opens the account, too

    async def ask(path: str) -> httpx.Response:
        return await (api.get(path) if path.startswith("/admin") else browser.http.get(path))

    return ask
