"""The whole deviation table over HTTP: each provider signs in, or is refused by name and leaves nothing."""

import re
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from tests.broker.house import house
from tests.broker.refusals import check_refused, second_try, stored
from tests.browser import Callback, text_of
from tests.world import PUBLIC_URL
from vestibule.main import build
from vestibule.settings import Settings

TABLE = Path(__file__).resolve().parents[3] / "shared" / "quality" / "interop.md"

SIGNS_IN = (
    "ok", "iss_param_missing", "session_state", "at_hash_missing", "aud_array", "aud_multi_azp",
    "iat_future_30s", "jwks_unknown_kty", "jwks_no_alg", "jwks_enc_first", "token_type_lower",
    "expires_in_string", "kc_extra", "token_ct_text", "kid_missing", "jwks_no_kid", "exp_past_5s",
    "disc_issuer_slash",
)  # fmt: skip
REFUSED = {
    "nonce_missing": "nonce_mismatch",
    "nonce_wrong": "nonce_mismatch",
    "iss_param_wrong": "issuer_mismatch",
    "at_hash_wrong": "id_token_invalid",
    "iss_wrong": "issuer_mismatch",
    "iss_slash": "issuer_mismatch",
    "aud_wrong": "audience_mismatch",
    "aud_multi_noazp": "audience_mismatch",
    "azp_wrong": "audience_mismatch",
    "exp_past_120s": "id_token_expired",
    "exp_missing": "id_token_invalid",
    "iat_missing": "id_token_invalid",
    "iat_future_600s": "id_token_expired",
    "iat_old_2h": "id_token_expired",
    "nbf_future_600s": "id_token_expired",
    "sub_missing": "id_token_invalid",
    "kid_unknown": "signature_validation_failed",
    "sig_wrong_key": "signature_validation_failed",
    "sig_bad": "signature_validation_failed",
    "alg_none": "signature_validation_failed",
    "alg_hs256_secret": "signature_validation_failed",
    "alg_ps256": "signature_validation_failed",
    "token_type_weird": "token_exchange_failed",
    "id_token_missing": "token_exchange_failed",
    "ui_sub_mismatch": "subject_mismatch",
    "ui_sub_missing": "subject_mismatch",
    "ui_401": "userinfo_failed",
}
APART = {
    "state_wrong": "there is no attempt to start again",
    "disc_issuer_mismatch": "seen when the connection is made: test_provider_discovery.py",
}
OTHERS = {
    "iss_param_dropped": "issuer_mismatch",
    "access_denied": "upstream_access_denied",
    "invalid_client": "upstream_invalid_client",
    "invalid_grant": "token_exchange_failed",
    "keys_empty": "upstream_keys_unavailable",
    "error_500": "token_exchange_failed",
    "html": "token_exchange_failed",
    "huge": "upstream_answer_too_large",
    "redirect": "token_exchange_failed",
    "error_500:jwks": "upstream_keys_unavailable",
    "html:jwks": "upstream_keys_unavailable",
    "huge:jwks": "upstream_keys_unavailable",
    "redirect:jwks": "upstream_keys_unavailable",
    "error_500:userinfo": "userinfo_failed",
    "html:userinfo": "userinfo_failed",
    "huge:userinfo": "upstream_answer_too_large",
    "redirect:userinfo": "userinfo_failed",
    "clock_ahead": "id_token_expired",
    "clock_behind": "id_token_expired",
}
"""What else a provider can do wrong in the middle of a sign-in."""


@pytest.mark.parametrize("fault", SIGNS_IN)
async def test_a_deviation_that_harms_nobody_signs_in(fault: str) -> None:
    async with house(from_the_start=[fault]) as home:
        answer = await home.sign_in()
        assert isinstance(answer, Callback), text_of(answer.text)
        assert answer.parameters["code"]
        [person] = await home.everybody()
        assert person.email == "grace@globex.example"


@pytest.mark.parametrize("fault", [*REFUSED, *OTHERS])
async def test_a_deviation_is_refused_by_name_and_leaves_nothing(fault: str) -> None:
    async with house() as home:
        await home.world.user(home.realm)
        before, browser = await stored(home), home.world.browser()
        home.provider.set_faults(fault)
        page = await home.sign_in(browser=browser)
        check_refused(page, browser, (REFUSED | OTHERS)[fault])
        assert await stored(home) == before
        [event] = await home.world.events(home.realm, "LOGIN_ERROR")
        assert (event.error, event.details["provider"]) == ((REFUSED | OTHERS)[fault], home.alias)
        home.provider.set_faults()
        home.world.clock.advance(seconds=11)  # keys that could not be had are asked for again
        await second_try(home, browser)


async def test_state_of_another_sign_in_is_refused_and_leaves_nothing() -> None:
    async with house("oidc", "state_wrong") as home:
        browser = home.world.browser()
        before = await stored(home)
        check_refused(await home.sign_in(browser=browser), browser, "state_mismatch")
        assert await stored(home) == before
        assert home.provider.hits["token"] == 0
        home.provider.set_faults()
        assert isinstance(await home.sign_in(browser=browser), Callback)


@pytest.mark.skipif(not TABLE.exists(), reason="the table lies beside the repository only at home")
def test_every_row_of_the_table_is_here() -> None:
    _, _, section = TABLE.read_text().partition("## Deviating upstream OpenID Providers")
    listed = section.partition("\n## ")[0].partition("Names:")[0]
    names = set(re.findall(r"`([a-z]+(?:_[a-z0-9]+)*)`", listed))
    assert names == {*SIGNS_IN, *REFUSED, *APART}


async def test_whoever_cancels_there_is_told_so_and_can_start_again() -> None:
    async with house() as home:
        before, browser = await stored(home), home.world.browser()
        page = await browser.get(await home.provider.cancel(await home.leave(browser)))
        check_refused(page, browser, "upstream_access_denied")
        assert await stored(home) == before
        await second_try(home, browser)


async def test_a_failure_has_one_name_in_the_address_on_the_page_in_the_log_and_in_the_event() -> None:
    async with house("oidc", "aud_wrong") as home:
        browser = home.world.browser()
        page = check_refused(await home.sign_in(browser=browser), browser, "audience_mismatch")
        reference = dict(parse_qsl(urlsplit(str(page.url)).query))["reference"]
        home.world.app.context.log.flush()
        lines = [line for line in home.world.log if b"audience_mismatch" in line]
        assert [line for line in lines if reference.encode() in line]
        [event] = await home.world.events(home.realm, "LOGIN_ERROR")
        assert (event.error, event.reference) == ("audience_mismatch", reference)
        assert event.details["expected"] == home.provider.client_id
        assert event.details["came"] == "another-client"
        assert "another-client" not in page.text, "what came is for administrators"


async def test_a_failure_is_counted_by_its_name(tmp_path: Path) -> None:
    settings = Settings(public_url=PUBLIC_URL, data_dir=tmp_path, secret_key="s" * 16 + "0123456789abcdef")
    service = build(settings)
    await service.start()
    try:
        transport = httpx.ASGITransport(service.app)
        async with httpx.AsyncClient(transport=transport, base_url=PUBLIC_URL) as http:
            answer = await http.get("/realms/master/broker/any/endpoint", params={"state": "unknown"})
        assert "error=state_mismatch" in answer.headers["location"]
        counted = service.app.context.metrics.write().decode()
    finally:
        await service.stop()
    assert re.search(r'vestibule_user_events_total\{error="state_mismatch"[^\n]*\} 1', counted)


async def test_an_answer_that_belongs_to_nothing_is_told_to_the_realm_of_its_address() -> None:
    async with house() as home:
        for realm in ("acme", "nowhere"):
            async with home.world.http() as http:
                await http.get(f"/realms/{realm}/broker/oidc/endpoint", params={"state": "unknown"})
        [event] = await home.world.events(type="LOGIN_ERROR")
        assert (event.realm_id, event.error) == (home.realm.id, "state_mismatch")
