"""The practice vendor is set up on its pages and signs people in through the real service, over real HTTP."""

import re
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from tests.browser import Browser, Callback, forms_of, text_of
from tests.served import free_port, served_world
from tests.world import CLIENT_SECRET, PASSWORD, World
from vestibule.practice.vendor import CALLBACK, Vendor
from vestibule.practice.vendor_admin import HANDLERS
from vestibule.practice.vendor_application import create_vendor
from vestibule.web.server import Listener, Server

EMAIL = "alice@acme.example"


@dataclass
class Practice:
    """The vendor, the service behind it, and a browser's two sides."""

    world: World
    vendor: Vendor
    visitor: httpx.AsyncClient
    browser: Browser

    @property
    def fields(self) -> dict[str, str]:
        """What the guide says to paste."""
        issuer = f"{self.world.deployment.public_url}/realms/acme"
        return {
            "issuer_url": issuer,
            "authorization_endpoint": f"{issuer}/protocol/openid-connect/auth",
            "token_endpoint": f"{issuer}/protocol/openid-connect/token",
            "jwks_endpoint": f"{issuer}/protocol/openid-connect/certs",
            "client_id": "atera",
            "client_secret": CLIENT_SECRET,
            "scopes": "openid email profile",
            "redirect_uri": f"{self.vendor.own_url}{CALLBACK}",
        }

    async def administer(self) -> None:
        await self.visitor.post("/administrator")

    async def set_up(self, **changes: str) -> httpx.Response:
        """Fills in the form, and presses Save."""
        await self.administer()
        answer = await self.visitor.post("/admin/sso/oidc", data=self.fields | changes)
        await self.visitor.post("/sign-out")
        return answer

    async def authenticate(self) -> Callback:
        """From “Sign in with SSO” to what the browser brings back."""
        away = await self.visitor.get("/sso")
        answer = await self.browser.sign_in(away.headers["location"], EMAIL, PASSWORD)
        if not isinstance(answer, Callback):
            answer = await self.browser.submit("skip")
        assert isinstance(answer, Callback), text_of(answer.text)
        assert answer.uri == self.vendor.redirect_uri
        return answer

    async def sign_in(self) -> httpx.Response:
        answer = await self.authenticate()
        return await self.visitor.get(CALLBACK, params=answer.parameters, follow_redirects=True)


@asynccontextmanager
async def practising(file: Path | None = None, people: tuple[str, ...] = (EMAIL,)) -> AsyncIterator[Practice]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    async with served_world() as world:
        realm = await world.realm()
        await world.client(realm, redirect_uris=(f"{address}{CALLBACK}",), email_required=False)
        await world.user(realm)
        vendor = Vendor(address, people, file)
        server = Server([Listener(create_vendor(vendor), "127.0.0.1", port)], stop_seconds=1)
        await server.start()
        try:
            async with (
                httpx.AsyncClient(base_url=address) as visitor,
                httpx.AsyncClient(base_url=world.deployment.public_url) as http,
            ):
                yield Practice(world, vendor, visitor, Browser(http))
        finally:
            await server.stop()


@pytest.fixture
async def practice() -> AsyncIterator[Practice]:
    async with practising() as made:
        yield made


def links_of(html: str) -> dict[str, str]:
    return {text.strip(): url for url, text in re.findall(r'<a [^>]*href="([^"]+)"[^>]*>([^<]+)</a>', html)}


async def test_S000_03_the_way_of_the_guide_leads_to_the_form_with_its_eight_fields(
    practice: Practice,
) -> None:
    await practice.administer()
    page = (await practice.visitor.get("/")).text
    for label in (
        "Admin",
        "Users and Security",
        "Security and authentication",
        "Single Sign-On (SSO)",
        "Add Identity Provider",
        "OpenID Connect (OIDC)",
    ):
        page = (await practice.visitor.get(links_of(page)[label])).text
    assert re.findall(r"<label[^>]*>([^<]+)</label>", page) == [
        "Issuer URL",
        "Authorization Endpoint",
        "Token Endpoint",
        "JWKS / Public Keys Endpoint",
        "Client ID",
        "Client Secret",
        "Scopes",
        "Redirect URI (Callback)",
    ]
    form = next(form for form in forms_of(page) if "save" in form.buttons)
    assert form.fields["redirect_uri"] == f"{practice.vendor.own_url}/api/oidc/callback"
    assert form.fields["scopes"] == "openid email profile"
    assert form.fields["issuer_url"] == ""


async def test_at_first_nobody_can_sign_in(practice: Practice) -> None:
    assert practice.vendor.provider is None
    page = await practice.visitor.get("/sso")
    assert page.status_code == 400
    assert "sso_not_configured" in page.text


async def test_S000_36_S000_38_a_person_has_an_active_session_afterwards(practice: Practice) -> None:
    saved = await practice.set_up()
    assert saved.headers["location"] == "/admin/sso?saved"
    page = text_of((await practice.sign_in()).text)
    assert "You have an active session" in page
    assert "Alice Archer" in page
    assert EMAIL in page
    assert "Hello, Alice Archer" in text_of((await practice.visitor.get("/")).text)


async def test_signing_out_ends_the_session(practice: Practice) -> None:
    await practice.set_up()
    await practice.sign_in()
    page = await practice.visitor.post("/sign-out", follow_redirects=True)
    assert "You are signed out of this application." in text_of(page.text)
    assert "Sign in with SSO" in text_of((await practice.visitor.get("/")).text)


async def test_S000_18_somebody_whose_address_is_not_registered_gets_no_session() -> None:
    async with practising(people=("somebody@acme.example",)) as practice:
        await practice.set_up()
        page = await practice.sign_in()
        assert page.status_code == 400
        assert f"Nobody with the e-mail address {EMAIL} is registered here." in text_of(page.text)
        assert "Sign in with SSO" in text_of((await practice.visitor.get("/")).text)


async def test_S000_18_people_are_matched_by_their_address_in_whatever_case() -> None:
    async with practising(people=("Alice@ACME.example",)) as practice:
        await practice.set_up()
        assert "Hello, Alice Archer" in text_of((await practice.sign_in()).text)


@pytest.mark.parametrize(
    "scopes, missing",
    [
        ("openid", "no email and no name"),
        ("openid email", "no name"),
        ("openid profile", "no email"),
    ],
)
async def test_S000_17_an_id_token_that_says_too_little_is_refused_by_what_it_lacks(
    practice: Practice, scopes: str, missing: str
) -> None:
    await practice.set_up(scopes=scopes)
    page = await practice.sign_in()
    assert page.status_code == 400
    assert f"The ID token has {missing}." in text_of(page.text)
    assert "missing_claim" in page.text
    assert "Sign in with SSO" in text_of((await practice.visitor.get("/")).text)


@pytest.mark.parametrize(
    "field, value, code",
    [
        ("client_secret", "wrong", "invalid_client"),
        ("issuer_url", "https://sso.example/realms/acme", "issuer_mismatch"),
        ("jwks_endpoint", "{base}/realms/acme/.well-known/openid-configuration", "keys_unreadable"),
        ("token_endpoint", "{base}/", "provider_unreachable"),
    ],
)
async def test_a_wrong_value_of_the_form_ends_in_a_named_error(
    practice: Practice, field: str, value: str, code: str
) -> None:
    await practice.set_up(**{field: value.format(base=practice.world.deployment.public_url)})
    page = await practice.sign_in()
    assert page.status_code == 400
    assert code in page.text
    assert "Sign in with SSO" in text_of((await practice.visitor.get("/")).text)


@pytest.mark.parametrize(
    "changes", [{"state": "x"}, {"state": ""}, {"iss": "https://evil.example"}, {"code": "x"}]
)
async def test_an_answer_that_is_not_for_this_sign_in_is_refused(
    practice: Practice, changes: dict[str, str]
) -> None:
    await practice.set_up()
    answer = await practice.authenticate()
    page = await practice.visitor.get(CALLBACK, params=answer.parameters | changes)
    assert page.status_code == 400
    again = await practice.visitor.get(CALLBACK, params=answer.parameters)
    assert again.status_code == 400  # the attempt is over, even for the right answer
    assert "Hello" not in text_of((await practice.visitor.get("/")).text)


async def test_an_answer_in_another_browser_is_refused(practice: Practice) -> None:
    await practice.set_up()
    answer = await practice.authenticate()
    async with httpx.AsyncClient(base_url=practice.vendor.own_url) as other:
        page = await other.get(CALLBACK, params=answer.parameters)
        assert page.status_code == 400
        assert "state_mismatch" in page.text


async def test_a_sign_in_under_way_is_void_when_the_provider_changes(practice: Practice) -> None:
    await practice.set_up()
    answer = await practice.authenticate()
    assert practice.vendor.provider is not None
    await practice.vendor.change_provider(replace(practice.vendor.provider, client_id="other"))
    page = await practice.visitor.get(CALLBACK, params=answer.parameters)
    assert "state_mismatch" in page.text


@pytest.mark.parametrize(
    "changes, error",
    [
        ({"issuer_url": ""}, "Issuer URL: Enter a value."),
        ({"client_secret": ""}, "Client Secret: Enter a value."),
        ({"token_endpoint": "http://sso.example/token"}, "Token Endpoint: "),
        ({"jwks_endpoint": "javascript:alert(1)"}, "JWKS / Public Keys Endpoint: "),
        ({"scopes": "email"}, "Scopes: The scopes must contain openid."),
        (
            {"redirect_uri": "https://app.atera.com/api/oidc/callback"},
            "Redirect URI (Callback): This",
        ),
        ({"client_id": "x" * 2001}, "Client ID: Enter at most 2000 characters."),
    ],
)
async def test_a_mistake_is_told_beside_its_field_and_nothing_is_saved(
    practice: Practice, changes: dict[str, str], error: str
) -> None:
    await practice.administer()
    page = await practice.visitor.post("/admin/sso/oidc", data=practice.fields | changes)
    assert page.status_code == 422
    assert error in text_of(page.text)
    assert practice.vendor.provider is None
    form = next(form for form in forms_of(page.text) if "save" in form.buttons)
    kept = {name: value for name, value in (practice.fields | changes).items() if name != "client_secret"}
    assert {name: form.fields[name] for name in kept} == kept
    assert form.fields["client_secret"] == ""
    assert CLIENT_SECRET not in page.text


async def test_a_blank_secret_keeps_the_present_one_and_no_page_shows_it(practice: Practice) -> None:
    await practice.set_up()
    await practice.administer()
    assert CLIENT_SECRET not in (await practice.visitor.get("/admin/sso/oidc")).text
    assert CLIENT_SECRET not in (await practice.visitor.get("/admin/sso")).text
    await practice.visitor.post("/admin/sso/oidc", data=practice.fields | {"client_secret": ""})
    assert practice.vendor.provider is not None
    assert practice.vendor.provider.client_secret == CLIENT_SECRET


async def test_a_value_is_never_markup(practice: Practice) -> None:
    await practice.administer()
    attack = '"><script>alert(1)</script>'
    page = await practice.visitor.post(
        "/admin/sso/oidc", data=practice.fields | {"client_id": attack, "scopes": ""}
    )
    assert "<script" not in page.text
    answer = await practice.visitor.get(CALLBACK, params={"error": attack, "error_description": attack})
    assert "<script" not in answer.text


PAGES = [path for path, method, _ in HANDLERS if method == "GET"]


@pytest.mark.parametrize("path", PAGES)
async def test_admin_is_for_administrators_only(practice: Practice, path: str) -> None:
    assert (await practice.visitor.get(path)).status_code == 403
    await practice.set_up()
    await practice.sign_in()
    assert (await practice.visitor.get(path)).status_code == 403


@pytest.mark.parametrize("path", ["/admin/sso/oidc", "/admin/sso/remove", "/admin/users"])
async def test_only_an_administrator_s_own_form_changes_anything(practice: Practice, path: str) -> None:
    await practice.set_up()
    before = practice.vendor.provider, practice.vendor.people
    fields = practice.fields | {"client_id": "changed", "email": "eve@evil.example"}
    assert (await practice.visitor.post(path, data=fields)).status_code == 403
    await practice.administer()
    from_elsewhere = {"origin": "https://evil.example"}
    assert (await practice.visitor.post(path, data=fields, headers=from_elsewhere)).status_code == 403
    assert (practice.vendor.provider, practice.vendor.people) == before


@pytest.mark.parametrize("path", ["/administrator", "/sign-out"])
async def test_another_site_changes_no_session(practice: Practice, path: str) -> None:
    await practice.set_up()
    await practice.sign_in()
    answer = await practice.visitor.post(path, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403
    assert "Hello, Alice Archer" in text_of((await practice.visitor.get("/")).text)


async def test_a_name_that_somebody_else_owns_does_not_lead_here(practice: Practice) -> None:
    page = await practice.visitor.get("/", headers={"host": "evil.example"})
    assert page.status_code == 421
    assert "Sign in" not in page.text


async def test_people_are_added_and_removed(practice: Practice) -> None:
    await practice.administer()
    await practice.visitor.post("/admin/users", data={"email": "bob@acme.example"})
    await practice.visitor.post("/admin/users", data={"email": "BOB@acme.example"})
    assert list(practice.vendor.people) == [EMAIL, "bob@acme.example"]
    await practice.visitor.post("/admin/users", data={"remove": EMAIL})
    assert set(practice.vendor.people) == {"bob@acme.example"}
    page = await practice.visitor.post("/admin/users", data={"email": "nobody"})
    assert page.status_code == 422
    assert "Enter an e-mail address." in page.text


async def test_the_provider_can_be_removed(practice: Practice) -> None:
    await practice.set_up()
    await practice.administer()
    await practice.visitor.post("/admin/sso/remove")
    assert practice.vendor.provider is None
    assert "sso_not_configured" in (await practice.visitor.get("/sso")).text


async def test_the_file_keeps_the_configuration_for_its_owner_only(tmp_path: Path) -> None:
    file = tmp_path / "practice-atera.json"
    async with practising(file) as practice:
        assert not file.exists()
        await practice.set_up()
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        again = Vendor(practice.vendor.own_url, (), file)
        assert again.provider == practice.vendor.provider
        assert again.people == (EMAIL,)
        assert again.party is not None


async def test_the_pages_need_no_exception_in_their_policy(practice: Practice) -> None:
    page = await practice.visitor.get("/")
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert (await practice.visitor.get("/vendor.css")).headers["content-type"].startswith("text/css")
    assert (await practice.visitor.get("/vendor.svg")).headers["content-type"] == "image/svg+xml"
    assert "style=" not in page.text


@pytest.mark.parametrize("address", ["http://0.0.0.0:3002", "https://app.example", "http://192.168.1.5:3002"])
def test_the_vendor_stays_on_loopback(address: str) -> None:
    with pytest.raises(ValueError, match="local machine"):
        Vendor(address)
