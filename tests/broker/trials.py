"""Running a test of a connection's settings, as an administrator does it in two windows."""

import re
from html import unescape

import httpx

from tests.broker.house import House
from tests.browser import Browser, Form, forms_of, text_of
from tests.console import console
from vestibule.flows.broker.trial import Check, Report, read_report
from vestibule.flows.ports import ConnectionTest

LEAVE = re.compile(r'id="leave" href="([^"]+)"')


def place(home: House, tab: str = "") -> str:
    """A page of the house's connection in the console."""
    path = f"/console/{home.realm.name}/identity-providers/{home.alias}"
    return f"{path}/{tab}" if tab else path


async def administrator_of(home: House) -> Browser:
    """A browser with the settings of the connection open."""
    return await console(home.world, path=f"/identity-providers/{home.alias}")


def settings_of(browser: Browser) -> Form:
    """The settings form of the page that is open."""
    assert browser.page is not None
    return next(form for form in forms_of(browser.page.text) if "client_id" in form.fields)


async def press_test(browser: Browser, url: str = "", **typed: str) -> httpx.Response:
    """Presses “Test these settings” after typing; with an address of its own a form without fields."""
    data = {} if url else settings_of(browser).fields | typed
    assert browser.page is not None
    found = re.search(r'formaction="([^"]+/test[^"]*)"', browser.page.text)
    target = url or (unescape(found[1]) if found else "")
    assert target, text_of(browser.page.text)
    answer = await browser.post(target, data)
    assert isinstance(answer, httpx.Response), answer
    return answer


def provider_url(page: httpx.Response) -> str:
    """Where the page in the second window leads."""
    found = LEAVE.search(page.text)
    assert found is not None, text_of(page.text)
    return unescape(found[1])


async def run(home: House, browser: Browser, person: str = "grace", **typed: str) -> httpx.Response:
    """From the settings form over the provider to the report."""
    page = await press_test(browser, **typed)
    return await finish(home, browser, page, person)


async def finish(
    home: House, browser: Browser, page: httpx.Response, person: str = "grace"
) -> httpx.Response:
    """From the page that leads away to the report; the report itself where nobody got away."""
    if LEAVE.search(page.text) is None:
        return page
    answer = await browser.get(await home.provider.sign_in(provider_url(page), person))
    assert isinstance(answer, httpx.Response), answer
    return answer


async def runs_of(home: House) -> list[ConnectionTest]:
    return list(await home.world.storage.connection_tests(home.connection.id, 100))


async def report_of(home: House) -> Report:
    """The report of the newest run."""
    return read_report((await runs_of(home))[0])


def outcomes(report: Report) -> dict[str, str]:
    return {check.name: check.outcome for check in report.checks}


def failed(report: Report) -> Check:
    """The one check that failed."""
    [check] = [one for one in report.checks if one.outcome == "failed"]
    return check
