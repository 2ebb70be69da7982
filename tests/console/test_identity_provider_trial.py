"""Testing a provider's settings at the console: the second window, the report, the runs, who sees them."""

import re
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import httpx

from tests.broker.house import House, house
from tests.broker.trials import (
    administrator_of,
    finish,
    place,
    press_test,
    provider_url,
    report_of,
    run,
    runs_of,
    settings_of,
)
from tests.browser import Browser, forms_of
from tests.console import AdminApi, admin_api, administrator, console, said, sign_in
from tests.console.settings import confirm, sign_in_again
from vestibule.flows.broker.trial import read_report
from vestibule.flows.ports import ConnectionState

PROVIDERS = "/console/acme/identity-providers"


def page_of(answer: object) -> httpx.Response:
    assert isinstance(answer, httpx.Response), answer
    return answer


async def seen(browser: Browser, path: str) -> str:
    return said(page_of(await browser.get(path)))


async def test_the_settings_form_has_a_button_that_opens_a_second_window() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        assert browser.page is not None
        button = re.search(r"<button[^>]*formaction[^>]*>.*?</button>", browser.page.text)
        assert button is not None
        assert f'formaction="{place(home, "test")}"' in button[0]
        assert 'formtarget="_blank"' in button[0]
        assert "Test these settings" in button[0]


async def test_the_second_window_leads_to_the_provider_by_a_link_and_not_by_the_form() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await press_test(browser)
        assert page.status_code == 200
        assert urlsplit(provider_url(page)).netloc == home.provider.place
        assert "You are being taken to Practice oidc." in said(page)
        assert "form-action 'self'" in page.headers["content-security-policy"]


async def test_the_form_can_be_saved_after_the_test() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        fields = settings_of(browser).fields | {"display_name": "Globex"}
        await run(home, browser, display_name="Globex")
        assert (await report_of(home)).title == "Globex"
        page = page_of(await browser.post(place(home), fields))
        assert page.status_code == 200
        stored = await home.world.storage.connection(home.connection.id)
        assert stored is not None
        assert stored.display_name == "Globex"


async def test_a_report_of_a_draft_says_that_it_is_not_saved_until_it_is() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        fields = settings_of(browser).fields | {"display_name": "Globex"}
        page = await run(home, browser, display_name="Globex")
        assert "These settings are not saved yet" in said(page)
        await browser.get(place(home))
        await browser.post(place(home), fields)
        assert "These settings are not saved yet" not in await seen(browser, str(page.url))


async def test_what_keeps_settings_from_being_saved_is_said_in_the_second_window() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await press_test(browser, client_id="")
        assert page.status_code == 400
        assert "These settings cannot be tested yet." in said(page)
        assert "Client ID Enter the client ID that the provider shows." in said(page)
        page = await press_test(await administrator_of(home), issuer="no address")
        assert page.status_code == 400
        assert await runs_of(home) == []


async def test_the_report_says_who_would_come_in_and_what_that_rests_on() -> None:
    async with house() as home:
        await home.world.role(home.realm, "staff")
        await home.mapper("Everybody is staff", "oidc-hardcoded-role-idp-mapper", role="staff")
        browser = await administrator_of(home)
        page = await run(home, browser)
        text = said(page)
        for words in (
            "would be a new person, and sign in.",
            "Its issuer is the one that is set Passed",
            "email grace@globex.example",
            "Everybody is staff Hardcoded Role staff",
            "The person that would result",
            "Roles staff",
            "Who realm-admin",
        ):
            assert words in text
        assert home.callback in page.text
        assert (await report_of(home)).reference in text


async def test_the_report_of_a_failure_says_what_an_administrator_can_do() -> None:
    async with house("oidc", "aud_wrong") as home:
        browser = await administrator_of(home)
        text = said(await run(home, browser))
        assert "It is made for this client ID Failed" in text
        assert "Its times fit this clock Not reached" in text
        assert "Check the client ID" in text
        assert "to your administrator" not in text


async def test_claims_are_shown_as_text() -> None:
    async with house() as home:
        person = replace(home.provider.people["grace"], given_name="<script>alert(1)</script>")
        home.provider.people["grace"] = person
        browser = await administrator_of(home)
        page = await run(home, browser)
        assert "<script>alert(1)" not in page.text
        assert "&lt;script&gt;alert(1)" in page.text


async def test_run_again_tests_what_is_stored() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        await run(home, browser, display_name="Another")
        home.world.clock.advance(minutes=1)
        page = page_of(await browser.send_form("/test"))
        await finish(home, browser, page)
        first, second = [read_report(one) for one in await runs_of(home)]
        assert (first.title, first.is_stored) == ("Practice oidc", True)
        assert (second.title, second.is_stored) == ("Another", False)


async def test_the_runs_are_listed_with_their_result() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        assert "No test yet" in await seen(browser, place(home, "tests"))
        await browser.get(place(home))
        await run(home, browser)
        home.provider.set_faults("nonce_wrong")
        home.world.clock.advance(minutes=5)
        await browser.get(place(home))
        await run(home, browser)
        text = await seen(browser, place(home, "tests"))
        assert "2026-11-20 12:05 UTC Failed nonce_mismatch Stored realm-admin" in text
        assert "2026-11-20 12:00 UTC Passed – Nothing Stored realm-admin" in text


async def test_a_report_can_be_deleted_with_its_claims_and_the_audit_says_by_whom() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await run(home, browser)
        [test] = await runs_of(home)
        page = await confirm(browser, f"/tests/{test.id}/delete")
        assert "Delete the report of this test?" in said(page)
        assert len(await runs_of(home)) == 1
        page = await confirm(browser, f"/tests/{test.id}/delete")
        assert "Deleted." in said(page)
        assert await runs_of(home) == []
        [event] = await home.world.events(home.realm, "ADMIN_DELETE")
        assert event.path == f"identity-provider/instances/oidc/tests/{test.id}"
        assert page_of(await browser.get(f"{place(home, 'tests')}/{test.id}")).status_code == 404


async def test_who_may_only_see_the_realm_sees_no_report_and_begins_none() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        await run(home, browser)
        [test] = await runs_of(home)
        support = await console(home.world, role="platform-support", path="/identity-providers/oidc")
        assert support.page is not None
        assert "Test these settings" not in said(support.page)
        assert f'{place(home, "tests")}"' not in support.page.text
        for path in ("tests", f"tests/{test.id}"):
            assert page_of(await support.get(place(home, path))).status_code == 403
        await support.get(place(home))
        for path in ("test", f"tests/{test.id}/delete"):
            assert page_of(await support.post(place(home, path), {})).status_code == 403
        assert await runs_of(home) == [test]


async def test_a_report_is_not_found_under_another_tenant_or_another_alias() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        await run(home, browser)
        [test] = await runs_of(home)
        globex = await home.world.realm("globex")
        await administrator(home.world, globex, username="their-admin")
        theirs = home.world.browser()
        await sign_in(theirs, "/console/globex/clients", "their-admin")
        path = f"/console/globex/identity-providers/oidc/tests/{test.id}"
        assert page_of(await theirs.get(path)).status_code == 404
        assert page_of(await browser.get(f"{PROVIDERS}/other/tests/{test.id}")).status_code == 404


async def test_a_test_asks_for_a_fresh_sign_in_and_goes_on_with_what_was_typed() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        home.world.clock.advance(minutes=16)
        await press_test(browser, client_id="typed-before")
        await sign_in_again(browser)
        page = await confirm(browser, "/console/acme/resume")
        assert "client_id=typed-before" in provider_url(page)


async def test_a_new_provider_is_tested_before_it_is_added_and_keeps_its_runs() -> None:
    async with house() as home:
        browser = await console(home.world, path="/identity-providers/oidc/new")
        assert browser.page is not None
        form = settings_of(browser)
        home.provider.register(f"https://sso.example/realms/acme/broker/{form_alias(browser)}/endpoint")
        typed = {
            "display_name": "Second",
            "discovery": home.provider.discovery_url,
            "client_id": home.provider.client_id,
            "client_secret": home.provider.client_secret,
            "join": "anyone",
        }
        action, fields = form.action, form.fields
        page = await finish(home, browser, await press_test(browser, **typed))
        assert "would be a new person" in said(page)
        assert "These settings are not saved yet" in said(page)
        assert [one.alias for one in await home.world.storage.connections(home.realm.id)] == ["oidc"]
        await browser.get(action)
        page = page_of(await browser.post(action, fields | typed))
        added = next(
            one for one in await home.world.storage.connections(home.realm.id) if one.alias != "oidc"
        )
        [test] = await home.world.storage.connection_tests(added.id)
        assert test.passed
        assert home.provider.client_secret not in test.document
        assert "Passed" in await seen(browser, f"{PROVIDERS}/{added.alias}/tests")


def form_alias(browser: Browser) -> str:
    """The alias that the open form of a new provider has reserved."""
    assert browser.page is not None
    found = re.search(r"[?&]alias=([a-z0-9-]+)", str(browser.page.url))
    assert found is not None
    return found[1]


async def test_metadata_that_cannot_be_read_are_a_report_of_a_new_provider() -> None:
    async with house("oidc", "discovery_not_json") as home:
        browser = await console(home.world, path="/identity-providers/oidc/new")
        page = await press_test(
            browser, display_name="Second", discovery=home.provider.discovery_url, client_id="x",
            client_secret="a secret", join="anyone",
        )  # fmt: skip
        assert page.status_code == 200
        assert "The provider's metadata can be read Failed" in said(page)
        assert "discovery_failed" in said(page)
        assert [form for form in forms_of(page.text) if form.action.endswith("/delete")]


async def test_the_list_says_that_the_last_test_failed_until_one_passes() -> None:
    async with house("oidc", "aud_wrong") as home:
        browser = await administrator_of(home)
        await run(home, browser)
        assert "Test failed" in await seen(browser, PROVIDERS)
        home.provider.set_faults()
        home.world.clock.advance(minutes=1)
        await browser.get(place(home))
        await run(home, browser)
        assert "Test failed" not in await seen(browser, PROVIDERS)


async def test_a_sign_in_after_it_ends_the_failed_test() -> None:
    async with house("oidc", "aud_wrong") as home:
        browser = await administrator_of(home)
        await run(home, browser)
        later = home.world.clock.now() + timedelta(minutes=1)
        await home.world.storage.save_connection_state(ConnectionState(home.connection.id, later))
        assert "Test failed" not in await seen(browser, PROVIDERS)


async def test_a_failed_draft_says_nothing_of_the_stored_settings_until_it_is_saved() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        wrong = {"client_secret": "not the secret at all", "display_name": "Wrong"}
        fields = settings_of(browser).fields | wrong
        await run(home, browser, **wrong)
        assert "Test failed" not in await seen(browser, PROVIDERS)
        await browser.get(place(home))
        await browser.post(place(home), fields)
        assert "Test failed" in await seen(browser, PROVIDERS)


async def tool(home: House, role: str = "realm-admin") -> AdminApi:
    return await admin_api(home.world, role=role)


async def test_the_admin_api_lists_shows_and_deletes_reports() -> None:
    async with house() as home:
        await run(home, await administrator_of(home))
        api, path = await tool(home), "/admin/realms/acme/identity-provider/instances/oidc/tests"
        [summary] = (await api.send("GET", path)).json()
        assert (summary["passed"], summary["actor"], summary["stored"]) == (True, "realm-admin", True)
        report = (await api.send("GET", f"{path}/{summary['id']}")).json()
        assert report["claims"]["email"] == "grace@globex.example"
        assert report["user"]["isNew"] is True
        assert report["callback"] == home.callback
        assert home.provider.client_secret not in str(report)
        assert (await api.send("DELETE", f"{path}/{summary['id']}")).status_code == 204
        assert (await api.send("GET", path)).json() == []


async def test_a_run_can_be_repeated_as_somebody_else() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await run(home, browser)
        assert "prompt=" not in provider_url(await press_test(browser, url=place(home, "test")))
        [form] = [one for one in forms_of(page.text) if "other" in one.fields]
        home.world.clock.advance(seconds=1)  # of two runs in one moment none is the newest
        leaving = page_of(await browser.post(form.action, form.fields))
        assert "prompt=login" in provider_url(leaving)
        await finish(home, browser, leaving)
        report = await report_of(home)
        assert (report.passed, report.is_stored) == (True, True)


async def test_a_run_without_an_answer_is_named_and_counts_after_a_quarter_of_an_hour() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        await press_test(browser)
        [test] = await runs_of(home)
        assert "Did not come back" in await seen(browser, place(home, "tests"))
        page = page_of(await browser.get(place(home, f"tests/{test.id}")))
        assert "compare this Redirect URI and the client ID with what is registered there" in said(page)
        assert home.callback in page.text
        assert home.connection.client_id in page.text
        assert "Test failed" not in await seen(browser, PROVIDERS)
        home.world.clock.advance(minutes=15)
        assert "Test failed" in await seen(browser, PROVIDERS)
