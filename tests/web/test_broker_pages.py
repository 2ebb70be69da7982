"""The pages of a sign-in through a provider, over HTTP: what each shows, and where each leads."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urljoin, urlsplit

import httpx
import pytest

from tests.broker.house import House, house
from tests.broker.refusals import check_refused
from tests.browser import Browser, Callback, authorization_url, forms_of, text_of
from tests.passkeys import device, enrol
from tests.web.page_views import Document
from tests.world import PASSWORD, PUBLIC_URL
from vestibule.domain.connection import Connection
from vestibule.domain.realm import SignInPolicy

ONLY_PROVIDERS = SignInPolicy(password=False, passkey=False)
OTHER_WAY = "Use another way to sign in"


@pytest.fixture
async def home() -> AsyncIterator[House]:
    """A realm with password and passkey, and the provider “Practice oidc”."""
    async with house() as made:
        yield made


async def opened(home: House, **parameters: str | None) -> tuple[Browser, Document]:
    """A new browser at the sign-in page."""
    browser = home.world.browser()
    page = await browser.get(str(authorization_url().with_(**parameters)))
    return browser, shown(page)


def shown(page: httpx.Response | Callback) -> Document:
    """The page as a browser reads it."""
    assert isinstance(page, httpx.Response), page
    return Document(page.text)


def buttons(page: Document) -> dict[str, str]:
    """Kind → address of each provider's button."""
    return {
        link.attributes["data-provider"]: link.attributes["href"]
        for link in page.all("a")
        if "data-provider" in link.attributes
    }


def step_of(browser: Browser) -> str:
    """The heading of the page that is open."""
    assert browser.page is not None
    (heading,) = (element.text.strip() for element in Document(browser.page.text).all("h1"))
    return heading


async def add(home: House, alias: str, **changes: Any) -> Connection:
    """One more connection beside the house's, to the same provider."""
    connection = replace(home.connection, id=home.world.new_id(), alias=alias, **changes)
    await home.world.storage.add_connection(connection)
    return connection


async def test_S001_35_the_buttons_are_folded_behind_show_more_ways_to_log_in(home: House) -> None:
    browser, page = await opened(home)
    assert browser.page is not None
    assert "open" not in page.by_id("more-ways").attributes
    assert "Show more ways to log in" in text_of(browser.page.text)
    folded = browser.page.text.partition("<details")[2].partition("</details>")[0]
    assert "Sign in with Practice oidc" in text_of(folded)


async def test_S001_36_a_button_says_the_display_name_with_the_mark_of_its_kind(home: House) -> None:
    await add(home, "azure", kind="entra", display_name="Azure <AD>")
    browser, page = await opened(home)
    assert browser.page is not None
    assert "Sign in with Azure <AD>" in text_of(browser.page.text)
    assert set(buttons(page)) == {"oidc", "entra"}
    for button in browser.page.text.split("data-provider=")[1:]:
        assert button.partition("</a>")[0].count("<svg") == 1


async def test_a_button_has_the_attempt_and_the_alias_in_its_address_and_nothing_else(home: House) -> None:
    _, page = await opened(home, login_hint="alice@acme.example")
    address = urlsplit(buttons(page)["oidc"])
    assert address.path == "/realms/acme/login/provider"
    assert set(parse_qs(address.query)) == {"id", "alias"}


@pytest.mark.parametrize("changes", [{"hidden": True}, {"enabled": False}])
async def test_a_hidden_or_disabled_connection_has_no_button(home: House, changes: dict[str, Any]) -> None:
    await home.change(**changes)
    browser, page = await opened(home)
    assert browser.page is not None
    assert buttons(page) == {}
    assert not page.has_id("more-ways")
    assert "Practice oidc" not in browser.page.text


async def test_where_only_providers_lead_in_nothing_is_asked() -> None:
    async with house(realm={"sign_in": ONLY_PROVIDERS}) as home:
        _, page = await opened(home)
        assert set(buttons(page)) == {"oidc"}
        assert not page.has_id("more-ways")
        assert not page.has_id("username")
        assert list(page.all("form")) == []


async def test_kc_idp_hint_goes_straight_on(home: House) -> None:
    answer = await home.world.browser().get(str(authorization_url(kc_idp_hint="oidc")))
    assert isinstance(answer, Callback)
    assert answer.uri.startswith(home.provider.base)


async def test_kc_idp_hint_leads_to_a_hidden_connection(home: House) -> None:
    await home.change(hidden=True)
    answer = await home.world.browser().get(str(authorization_url(kc_idp_hint="oidc")))
    assert isinstance(answer, Callback)
    assert answer.uri.startswith(home.provider.base)


@pytest.mark.parametrize("hint", ["unknown", "OIDC", "", "../oidc"])
async def test_a_hint_that_names_no_connection_shows_the_page(home: House, hint: str) -> None:
    _, page = await opened(home, kc_idp_hint=hint)
    assert set(buttons(page)) == {"oidc"}


async def test_a_hint_that_names_a_disabled_connection_shows_the_page(home: House) -> None:
    await home.change(enabled=False)
    _, page = await opened(home, kc_idp_hint="oidc")
    assert page.has_id("username")


async def test_an_address_of_a_providers_domain_leads_to_a_page_that_goes_on(home: House) -> None:
    await home.change(domains=("globex.example",))
    browser, _ = await opened(home)
    page = shown(await browser.submit("continue", username="grace@Globex.Example"))
    assert step_of(browser) == "Sign in with Practice oidc"
    link = page.by_id("continue").attributes["href"]
    (refresh,) = (one for one in page.all("meta") if one.attributes.get("http-equiv") == "refresh")
    assert refresh.attributes["content"] == f"0;url={link}"
    assert set(parse_qs(urlsplit(link).query)) == {"id", "alias"}
    answer = await browser.get(link)
    assert isinstance(answer, Callback)
    assert answer.uri.startswith(home.provider.base)


@pytest.mark.parametrize("name", ["grace@elsewhere.example", "grace", "grace@sub.globex.example"])
async def test_another_name_leads_to_the_password(home: House, name: str) -> None:
    await home.change(domains=("globex.example",))
    browser, _ = await opened(home)
    assert shown(await browser.submit("continue", username=name)).has_id("password")


async def test_from_the_page_of_the_domain_another_way_leads_back_to_the_choice(home: House) -> None:
    await home.change(domains=("globex.example",))
    browser, _ = await opened(home)
    page = shown(await browser.submit("continue", username="grace@globex.example"))
    choice = shown(await browser.get(page.by_id("other-way").attributes["href"]))
    assert choice.has_id("username")
    assert set(buttons(choice)) == {"oidc"}


async def at_profile(home: House) -> Browser:
    home.provider.people["grace"] = replace(home.provider.people["grace"], email="grace")
    browser = home.world.browser()
    await home.sign_in("grace", browser)
    return browser


async def at_link_proof(home: House) -> Browser:
    await home.world.user(home.realm)
    browser = home.world.browser()
    await home.sign_in("alice", browser)
    return browser


async def at_verification(home: House) -> Browser:
    await home.change(second_factor="on")
    browser = home.world.browser()
    await home.sign_in("grace", browser)
    return browser


async def at_enrolment(home: House) -> Browser:
    browser = await at_verification(home)
    await browser.submit("continue")
    return browser


async def at_second_factor(home: House) -> Browser:
    await home.world.user(home.realm)
    await enrol(home.world, device())
    await home.change(second_factor="on", trusted=True)
    browser = home.world.browser()
    await home.sign_in("alice", browser)
    await browser.submit("continue")
    return browser


STEPS = {
    "Your email address": (at_profile, ("no_email",)),
    "Is this your account?": (at_link_proof, ("email_unverified",)),
    "Verification required": (at_verification, ()),
    "Add a passkey": (at_enrolment, ()),
    "One more step": (at_second_factor, ()),
}
"""The heading of each step's page → how to get there, and the provider's faults for it."""
EVERY_STEP = pytest.mark.parametrize("heading", STEPS)


async def arrive(home: House, heading: str) -> Browser:
    """A browser at the step."""
    way, faults = STEPS[heading]
    if faults:
        await home.change(trusted=True)
    home.provider.set_faults(*faults)
    browser = await way(home)
    assert step_of(browser) == heading
    return browser


@EVERY_STEP
async def test_a_step_is_a_page_of_the_realm_that_nobody_keeps(home: House, heading: str) -> None:
    browser = await arrive(home, heading)
    assert browser.page is not None
    assert browser.page.status_code == 200
    assert browser.page.headers["cache-control"] == "no-store"
    policy = browser.page.headers["content-security-policy"]
    assert home.provider.base not in policy
    assert "form-action 'self' https://app.example" in policy


@EVERY_STEP
async def test_a_step_holds_nothing_of_a_secret(home: House, heading: str) -> None:
    browser = await arrive(home, heading)
    assert browser.page is not None
    issued = [*home.provider.last_token_request.values(), home.provider.client_secret]
    public = (home.callback, home.provider.client_id)
    secrets = [text for text in issued if len(text) > 12 and text not in public]
    assert len(secrets) > 1
    assert [text for text in [*secrets, "eyJ", home.provider.sub("alice")] if text in browser.page.text] == []


@EVERY_STEP
async def test_another_way_leads_back_to_the_choice_and_forgets_who_came(home: House, heading: str) -> None:
    browser = await arrive(home, heading)
    assert browser.page is not None
    before = dict(parse_qsl(urlsplit(str(browser.page.url)).query))["id"]
    page = shown(await browser.submit("other-way"))
    assert page.has_id("username")
    assert set(buttons(page)) == {"oidc"}
    assert dict(parse_qsl(urlsplit(str(browser.page.url)).query))["id"] != before
    old = await browser.http.get(f"/realms/acme/login?id={before}")
    assert old.status_code == 400


@EVERY_STEP
async def test_D24_no_form_of_a_step_leads_to_another_host(home: House, heading: str) -> None:
    browser = await arrive(home, heading)
    assert browser.page is not None
    forms = forms_of(browser.page.text)
    assert forms
    for form in forms:
        url = urljoin(str(browser.page.url), form.action)
        for button in form.buttons or {"": ""}:
            data = form.fields | {button: "1"}
            answer = await browser.http.post(url, data=data, headers={"origin": "null"})
            location = answer.headers.get("location", "")
            target = urlsplit(urljoin(PUBLIC_URL, location))
            assert f"{target.scheme}://{target.netloc}" in (PUBLIC_URL, "https://app.example")


async def test_D24_no_form_of_the_choice_leads_to_a_provider(home: House) -> None:
    await home.change(domains=("globex.example",))
    browser, _ = await opened(home)
    url, fields = browser._filled_in("continue", {"username": "grace@globex.example"})
    answer = await browser.http.post(url, data=fields, headers={"origin": "null"})
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/realms/acme/login?")


async def test_the_proof_offers_what_the_account_has(home: House) -> None:
    browser = await arrive(home, "Is this your account?")
    assert browser.page is not None
    page = shown(browser.page)
    assert page.has_id("password")
    assert page.has_id("send-code")
    assert not page.has_id("passkey")
    assert "alice@acme.example" in text_of(browser.page.text)
    assert "from then on you sign in with Practice oidc" in text_of(browser.page.text)


async def test_the_proof_offers_the_passkey_of_an_account_that_has_one(home: House) -> None:
    await home.world.user(home.realm)
    await enrol(home.world, device())
    await home.change(trusted=True)
    home.provider.set_faults("email_unverified")
    browser = home.world.browser()
    page = shown(await home.sign_in("alice", browser))
    assert page.has_id("passkey")
    assert step_of(browser) == "Is this your account?"


async def test_a_wrong_password_is_said_at_its_field_and_another_one_is_taken(home: House) -> None:
    browser = await arrive(home, "Is this your account?")
    page = shown(await browser.submit("prove", password="not the password"))
    assert page.by_id("password").attributes["aria-invalid"] == "true"
    assert "value" not in page.by_id("password").attributes
    assert isinstance(await browser.submit("prove", password=PASSWORD), Callback)


async def test_a_code_that_is_on_its_way_is_asked_for_first_and_its_address_is_masked(home: House) -> None:
    browser = await arrive(home, "Is this your account?")
    page = shown(await browser.submit("send-code"))
    assert browser.page is not None
    assert browser.page.text.index('id="code"') < browser.page.text.index('id="password"')
    assert "open" not in page.by_id("other-proofs").attributes
    notice = browser.page.text.partition('class="notice"')[2].partition("</p>")[0]
    assert "@acme.example" in notice
    assert "alice@" not in notice
    wrong = shown(await browser.submit("check-code", code="00000000"))
    assert wrong.by_id("code").attributes["aria-invalid"] == "true"
    [letter] = await home.world.mails()
    [code] = [word for word in letter.text.split() if word.isdigit() and len(word) == 8]
    assert isinstance(await browser.submit("check-code", code=code), Callback)


async def test_an_address_that_is_none_is_said_at_its_field(home: House) -> None:
    browser = await arrive(home, "Your email address")
    page = shown(await browser.submit("continue", email="no address"))
    assert page.by_id("email").attributes["aria-invalid"] == "true"
    assert isinstance(await browser.submit("continue", email="grace@globex.example"), Callback)


async def test_S001_46_the_page_before_our_factor_says_what_comes(home: House) -> None:
    browser = await arrive(home, "Verification required")
    assert browser.page is not None
    assert "Next you add a passkey" in text_of(browser.page.text)
    page = shown(await browser.submit("continue"))
    assert page.has_id("add-passkey")


async def test_S002_52_a_wrong_state_names_both_causes_and_the_exact_callback(home: House) -> None:
    browser = home.world.browser()
    page = check_refused(
        await browser.get(f"{urlsplit(home.callback).path}?{urlencode({'state': 'x', 'code': 'y'})}"),
        browser,
        "state_mismatch",
    )
    said = text_of(page.text)
    assert "Blocked cookies" in said
    assert "Wrong callback URL" in said
    assert Document(page.text).by_id("value-1").text.strip() == home.callback
    assert Document(page.text).by_id("copy-value-1").attributes["data-copy"] == "value-1"


async def test_S001_16_a_refused_callback_shows_what_was_sent_beside_what_the_provider_named(
    home: House,
) -> None:
    browser = home.world.browser()
    state = dict(parse_qsl(urlsplit(await home.leave(browser)).query))["state"]
    words = "AADSTS50011: The redirect URI 'https://sso.example/other' in the request does not match."
    query = {"error": "invalid_request", "error_description": words, "state": state}
    query["iss"] = home.provider.issuer
    answer = await browser.get(f"{urlsplit(home.callback).path}?{urlencode(query)}")
    page = Document(check_refused(answer, browser, "redirect_uri_refused").text)
    assert [page.by_id(f"value-{number}").text.strip() for number in (1, 2)] == [
        home.callback,
        "https://sso.example/other",
    ]


async def test_S002_53_missing_user_info_names_the_field() -> None:
    async with house("github", "no_email") as home:
        browser = home.world.browser()
        page = check_refused(await home.sign_in(browser=browser), browser, "missing_user_info")
        assert "user:email" in Document(page.text).by_id("value-1").text


async def test_S002_54_an_account_that_is_not_linked_has_the_guides_spelling(home: House) -> None:
    await home.world.user(home.realm)
    browser = home.world.browser()
    page = check_refused(await home.sign_in("alice", browser), browser, "account_not_linked")
    assert "account not linked" in text_of(page.text)
    assert "ask your administrator to trust this way of signing in" in text_of(page.text)


async def test_the_page_of_a_failure_leads_back_to_the_choice_of_the_same_attempt(home: House) -> None:
    home.provider.set_faults("access_denied")
    browser = home.world.browser()
    page = check_refused(await home.sign_in(browser=browser), browser, "upstream_access_denied")
    assert "Practice oidc" in text_of(page.text)
    choice = shown(await browser.get(Document(page.text).by_id("start-again").attributes["href"]))
    assert set(buttons(choice)) == {"oidc"}
