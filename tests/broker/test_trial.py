"""“Test these settings”: a real sign-in with the draft settings that leaves nothing but a report."""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from tests.attacks.tenants import stored as every_row
from tests.broker.house import House, house
from tests.broker.refusals import stored
from tests.broker.trials import (
    administrator_of,
    failed,
    finish,
    outcomes,
    place,
    press_test,
    provider_url,
    report_of,
    run,
    runs_of,
)
from tests.browser import Callback
from tests.console import said
from vestibule.domain.user import Role
from vestibule.flows.administer.connections import testing
from vestibule.flows.broker import exchange
from vestibule.flows.broker.trial import Report
from vestibule.flows.broker.trial.checks import OF_ID_TOKEN

REPORTS = ("connection_tests", "events")
"""The tables that a run may write to."""


async def report_and_page(home: House, person: str = "grace", **typed: str) -> tuple[Report, httpx.Response]:
    browser = await administrator_of(home)
    page = await run(home, browser, person, **typed)
    return await report_of(home), page


async def test_a_sign_in_that_would_work_passes_every_check() -> None:
    async with house() as home:
        report, page = await report_and_page(home)
        assert page.status_code == 200
        assert {one.outcome for one in report.checks} <= {"passed", "noted"}
        assert outcomes(report)["signature"] == outcomes(report)["decision"] == "passed"
        assert (report.error, report.decision, report.passed) == ("", "ENROL", True)
        assert report.claims["email"] == "grace@globex.example"
        assert report.person is not None
        assert report.person.fields["email"] == "grace@globex.example"
        assert report.person.is_new
        assert report.is_stored


async def test_a_run_writes_its_report_and_its_event_and_nothing_else() -> None:
    async with house() as home:
        await home.importer("email", "email")
        await home.world.role(home.realm, "staff")
        await home.mapper("r", "oidc-hardcoded-role-idp-mapper", role="staff")
        browser = await administrator_of(home)
        people, rows = await stored(home), every_row(home.world)
        await run(home, browser)
        assert await stored(home) == people
        after = every_row(home.world)
        assert {name for name in rows if rows[name] != after[name]} <= {*REPORTS, "sessions"}
        assert len(after["sessions"]) == len(rows["sessions"])
        assert len(after["events"]) == len(rows["events"]) + 1
        assert await home.world.storage.connection_state(home.connection.id) is None
        assert await home.user_of() is None
        [event] = await home.world.events(home.realm, "ADMIN_ACTION")
        [test] = await runs_of(home)
        assert event.path == f"identity-provider/instances/oidc/tests/{test.id}"
        assert (event.actor_name, event.details["outcome"]) == ("realm-admin", "passed")


async def test_a_run_before_somebody_signs_in_changes_nothing_for_them() -> None:
    async with house() as home:
        await report_and_page(home)
        assert isinstance(await home.sign_in(), Callback)
        assert (await home.user_of()) is not None
        browser = await administrator_of(home)
        home.world.clock.advance(seconds=1)  # of two runs in one moment none is the newest
        await run(home, browser)
        report = await report_of(home)
        assert report.decision == "SIGN_IN"
        assert report.person is not None
        assert not report.person.is_new


CHECK_OF = {
    "nonce_wrong": ("nonce", "nonce_mismatch"),
    "nonce_missing": ("nonce", "nonce_mismatch"),
    "iss_wrong": ("issuer", "issuer_mismatch"),
    "iss_param_wrong": ("answer", "issuer_mismatch"),
    "aud_wrong": ("audience", "audience_mismatch"),
    "azp_wrong": ("audience", "audience_mismatch"),
    "exp_past_120s": ("times", "id_token_expired"),
    "exp_missing": ("times", "id_token_invalid"),
    "iat_future_600s": ("times", "id_token_expired"),
    "sub_missing": ("subject", "id_token_invalid"),
    "at_hash_wrong": ("access_token_hash", "id_token_invalid"),
    "sig_bad": ("signature", "signature_validation_failed"),
    "kid_unknown": ("signature", "signature_validation_failed"),
    "alg_none": ("signature", "signature_validation_failed"),
    "keys_empty": ("keys", "upstream_keys_unavailable"),
    "error_500:jwks": ("keys", "upstream_keys_unavailable"),
    "invalid_client": ("token", "upstream_invalid_client"),
    "invalid_grant": ("token", "token_exchange_failed"),
    "html:token": ("token", "token_exchange_failed"),
    "id_token_missing": ("token", "token_exchange_failed"),
    "huge:token": ("token", "upstream_answer_too_large"),
    "access_denied": ("answer", "upstream_access_denied"),
    "ui_401": ("userinfo", "userinfo_failed"),
    "ui_sub_mismatch": ("userinfo", "subject_mismatch"),
    "huge:userinfo": ("userinfo", "upstream_answer_too_large"),
}


@pytest.mark.parametrize("fault", CHECK_OF)
async def test_the_check_that_fails_says_so_by_name(fault: str) -> None:
    async with house("oidc", fault) as home:
        browser = await administrator_of(home)
        before = await stored(home)
        page = await run(home, browser)
        report = await report_of(home)
        name, code = CHECK_OF[fault]
        assert (failed(report).name, failed(report).error, report.error) == (name, code, code)
        names = list(outcomes(report))
        at = names.index(name)
        assert {outcomes(report)[one] for one in names[:at]} <= {"passed"}
        assert {outcomes(report)[one] for one in names[at + 1 :]} <= {"not reached"}
        assert code in said(page)
        assert await stored(home) == before
        assert await home.world.events(home.realm, "LOGIN_ERROR") == []


def test_each_check_of_an_id_token_is_a_line_of_the_report() -> None:
    from vestibule.oidc.relying_party.id_token import CHECKS

    names = [check.__name__.removeprefix("check_") for check in CHECKS]
    assert list(OF_ID_TOKEN) == ["signature", *names[:-1]]
    assert names[-1] == "authentication_time"  # no test asks for a fresh sign-in


async def test_claims_that_came_before_a_failure_are_shown() -> None:
    async with house("oidc", "ui_401") as home:
        report, page = await report_and_page(home)
        assert report.claims["sub"] == home.provider.sub("grace")
        assert "sub" in said(page)


async def test_what_was_expected_stands_against_what_came() -> None:
    async with house("oidc", "iss_wrong") as home:
        report, page = await report_and_page(home)
        assert failed(report).expected == home.provider.issuer
        assert failed(report).came not in ("", home.provider.issuer)
        assert failed(report).came in said(page)


async def test_a_refusal_of_policy_is_a_failed_check_with_its_name() -> None:
    async with house("oidc", join="existing") as home:
        report, page = await report_and_page(home)
        assert (failed(report).name, report.error, report.decision) == ("decision", "person_not_here", "DENY")
        assert report.person is None
        assert report.claims["email"] == "grace@globex.example"
        assert "There is no account for you here" in said(page)


async def test_without_an_address_the_person_would_be_asked_for_it() -> None:
    async with house("oidc", "no_email", scopes=("openid",)) as home:
        report, page = await report_and_page(home)
        assert outcomes(report)["email"] == "noted"
        assert report.due == ("profile",)
        assert "asked for their e-mail address" in said(page)


async def test_a_provider_without_id_tokens_has_fewer_checks() -> None:
    async with house("github") as home:
        report, _ = await report_and_page(home)
        assert list(outcomes(report))[:4] == ["answer", "token", "userinfo", "identity"]
        assert report.passed


async def test_an_address_that_a_provider_without_id_tokens_keeps_back_is_a_failure() -> None:
    async with house("github", "no_email") as home:
        report, page = await report_and_page(home)
        assert report.error == failed(report).error == "missing_user_info"
        assert "Let the provider send the e-mail address" in said(page)


async def test_a_draft_uses_what_is_typed_and_not_what_is_stored() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await press_test(browser, client_id="a-draft-client")
        assert "client_id=a-draft-client" in provider_url(page)
        stored_now = await home.world.storage.connection(home.connection.id)
        assert stored_now == home.connection


async def test_a_draft_of_a_wrong_secret_fails_and_the_stored_one_stays() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        await run(home, browser, client_secret="not the secret at all")
        report = await report_of(home)
        assert (failed(report).name, report.error) == ("token", "upstream_invalid_client")
        assert not report.is_stored
        assert isinstance(await home.sign_in(), Callback)


async def test_a_blank_secret_uses_the_stored_one_which_is_in_no_page_and_no_report() -> None:
    async with house() as home:
        report, page = await report_and_page(home)
        assert report.passed
        assert home.provider.last_token_request["client_id"] == home.provider.client_id
        [test] = await runs_of(home)
        for text in (page.text, test.document):
            assert home.provider.client_secret not in text


async def test_a_secret_that_the_provider_repeats_is_masked() -> None:
    async with house() as home:
        secret = home.provider.client_secret
        home.provider.people["grace"] = replace(home.provider.people["grace"], given_name=f"Ms {secret}")
        report, page = await report_and_page(home)
        [test] = await runs_of(home)
        assert report.claims["given_name"] == "Ms **********"
        assert secret not in test.document
        assert secret not in page.text


async def test_another_host_does_not_get_the_stored_secret() -> None:
    async with house() as home, house() as other:
        browser = await administrator_of(home)
        page = await press_test(browser, discovery="", token=f"{other.provider.base}/token")
        assert page.status_code == 400
        assert "entered for another host" in said(page)
        assert other.provider.hits["token"] == 0
        assert await runs_of(home) == []


async def test_a_disabled_connection_can_be_tested_and_stays_disabled() -> None:
    async with house("oidc", enabled=False) as home:
        report, _ = await report_and_page(home)
        assert report.passed
        connection = await home.world.storage.connection(home.connection.id)
        assert connection is not None
        assert not connection.enabled


async def test_the_callback_is_the_connection_s_own() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        await press_test(browser)
        page = await press_test(browser, url=place(home, "test"))
        provider_url(page)
        await finish(home, browser, page)
        assert home.provider.last_request["redirect_uri"] == home.callback


async def test_another_browser_cannot_finish_it() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await press_test(browser)
        callback = await home.provider.sign_in(provider_url(page))
        answer = await home.world.browser().get(callback)
        assert isinstance(answer, httpx.Response)
        assert "state_mismatch" in str(answer.url)
        assert (await report_of(home)).is_open


async def test_a_browser_that_does_not_come_back_leaves_what_to_compare() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        await press_test(browser, client_id="a-mistyped-client")
        [run_there] = await runs_of(home)
        report = await report_of(home)
        assert (report.is_open, report.passed, run_there.passed) == (True, False, False)
        assert (report.callback, report.client_id) == (home.callback, "a-mistyped-client")
        assert outcomes(report)["answer"] == "not reached"
        assert await home.world.events(home.realm, "ADMIN_ACTION") == []


async def test_the_answer_takes_the_place_of_the_open_run() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await press_test(browser)
        [before] = await runs_of(home)
        await finish(home, browser, page)
        [after] = await runs_of(home)
        assert after.id == before.id
        assert after.passed
        assert not (await report_of(home)).is_open
        assert len(await home.world.events(home.realm, "ADMIN_ACTION")) == 1


async def test_the_answer_is_taken_once() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await press_test(browser)
        callback = await home.provider.sign_in(provider_url(page))
        await browser.get(callback)
        answer = await browser.get(callback)
        assert isinstance(answer, httpx.Response)
        assert "state_mismatch" in str(answer.url)
        assert len(await runs_of(home)) == 1


async def test_whoever_lost_the_right_meanwhile_gets_no_report() -> None:
    async with house() as home:
        browser = await administrator_of(home)
        page = await press_test(browser)
        callback = await home.provider.sign_in(provider_url(page))
        await _take_right(home)
        answer = await browser.get(callback)
        assert isinstance(answer, httpx.Response)
        assert answer.status_code == 403
        assert (await report_of(home)).is_open


async def _take_right(home: House) -> None:
    storage = home.world.storage
    user = await storage.user_by_login(home.realm.id, "realm-admin")
    role = await storage.role_by_name(home.realm.id, "realm-admin")
    assert user is not None
    assert isinstance(role, Role)
    await storage.revoke_role(user.id, role.id)


async def test_a_pushed_request_that_is_refused_is_a_report() -> None:
    async with house("oidc", "par_refused", use_par=True) as home:
        report, page = await report_and_page(home)
        assert failed(report).name == "request"
        assert page.status_code == 200
        assert report.error in said(page)
        assert outcomes(report)["answer"] == "not reached"


async def test_metadata_that_cannot_be_read_are_a_report() -> None:
    async with house() as home:
        home.provider.set_faults("discovery_not_json")
        browser = await administrator_of(home)
        page = await press_test(browser, discovery=f"{home.provider.discovery_url}?x=1")
        report = await report_of(home)
        assert (failed(report).name, report.error) == ("metadata", "discovery_failed")
        assert "discovery_failed" in said(page)
        assert home.provider.hits["token"] == 0


async def test_each_mapper_says_what_it_made_or_why_nothing() -> None:
    async with house() as home:
        await home.world.role(home.realm, "staff")
        await home.world.group(home.realm, "/sales")
        await home.importer("given_name", "nick")
        await home.importer("no_such_claim", "desk")
        await home.mapper("role", "oidc-hardcoded-role-idp-mapper", role="staff")
        await home.mapper("lost", "oidc-hardcoded-role-idp-mapper", role="nobody-made-it")
        await home.mapper("group", "oidc-hardcoded-group-idp-mapper", group="/sales")
        await home.mapper(
            "claim", "oidc-role-idp-mapper", claim="given_name", claim__value="Ada", role="staff"
        )
        await home.mapper("name", "oidc-username-idp-mapper", template="${CLAIM.given_name | lowercase}")
        report, page = await report_and_page(home)
        made = {one.name: (one.made, one.why) for one in report.mappers}
        assert made == {
            "Onboarding": ({}, "built in"),
            "given_name to nick": ({"nick": "Grace"}, ""),
            "no_such_claim to desk": ({}, "absent"),
            "role": ({"staff": "role"}, ""),
            "lost": ({}, "unknown"),
            "group": ({"/sales": "group"}, ""),
            "claim": ({}, "other value"),
            "name": ({"username": "grace"}, ""),
        }
        assert "Nothing: the claim is not there." in said(page)
        person = report.person
        assert person is not None
        assert (person.roles, person.groups, person.attributes) == (
            ("staff",),
            ("/sales",),
            {"nick": "Grace"},
        )
        assert person.fields["username"] == "grace"


async def test_mappers_that_found_no_claim_are_noted_with_what_to_do() -> None:
    async with house() as home:
        await home.importer("no_such_claim", "desk")
        await home.importer("upn", "email")
        report, page = await report_and_page(home)
        assert outcomes(report)["mappers"] == "noted"
        lacking = {one.name: (one.lacking, one.instead) for one in report.mappers if one.lacking}
        assert lacking == {
            "no_such_claim to desk": (("no_such_claim",), ""),
            "upn to email": (("upn",), "email"),
        }
        text = said(page)
        assert "Mappers that found no claim: 1" in text
        assert "Let the provider send no_such_claim, upn, or name another claim in the mapper." in text
        assert "email: grace@globex.example – upn was not there; email was used." in text


async def test_what_entra_did_not_send_is_named_with_its_place_there() -> None:
    async with house("entra") as home:
        await home.world.group(home.realm, "/staff")
        claims = '[{"key": "groups", "value": "1"}]'
        await home.mapper("staff", "oidc-advanced-group-idp-mapper", claims=claims, group="/staff")
        await home.importer("extra", "desk")
        report, page = await report_and_page(home)
        assert outcomes(report)["mappers"] == "noted"
        assert "groups did not come: in the Entra app, Token configuration > Add groups claim." in said(page)
        assert "extra did not come: in the Entra app, Token configuration > Add optional claim" in said(page)


async def test_entra_lets_one_pick_somebody_else() -> None:
    async with house("entra") as home:
        browser = await administrator_of(home)
        page = await browser.post(place(home, "test"), {"other": "1"})
        assert isinstance(page, httpx.Response)
        assert "prompt=select_account" in provider_url(page)


async def test_a_name_that_is_taken_is_not_promised() -> None:
    async with house() as home:
        await home.world.user(home.realm, "grace@globex.example", email="else@acme.example")
        report, _ = await report_and_page(home)
        assert report.person is not None
        assert report.person.fields["username"] != "grace@globex.example"


async def test_claims_are_bounded() -> None:
    async with house() as home:
        many = {f"claim{number}": "x" * 2000 for number in range(130)}
        vendor = home.provider.state.vendor
        vendor.userinfo = lambda *_: many  # type: ignore[method-assign]
        report, page = await report_and_page(home)
        assert len(report.claims) == 100
        assert report.left_out > 0
        assert max(map(len, report.claims.values())) <= 500
        assert f"Claims beyond these: {report.left_out}" in said(page)


@pytest.mark.parametrize("endpoint, check", [("token", "token"), ("par", "request"), ("jwks", "keys")])
async def test_a_provider_that_does_not_answer_is_a_failed_check(
    endpoint: str, check: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exchange, "LIMIT_SECONDS", 0.6)
    monkeypatch.setattr(testing, "LIMIT_SECONDS", 0.6)
    async with house("oidc", f"slow:{endpoint}", use_par=endpoint == "par") as home:
        report, _ = await report_and_page(home)
        assert (failed(report).name, report.error) == (check, "upstream_timeout")


async def test_metadata_that_do_not_come_are_a_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(testing, "LIMIT_SECONDS", 0.3)
    async with house("oidc", "slow:discovery") as home:
        browser = await administrator_of(home)
        await press_test(browser, discovery=f"{home.provider.discovery_url}?x=1")
        report = await report_of(home)
        assert (failed(report).name, report.error) == ("metadata", "upstream_timeout")


async def test_a_slow_test_does_not_hold_up_sign_ins_to_the_stored_addresses() -> None:
    async with house() as home:
        slow = home.world.deployment.slow_providers
        now = home.world.clock.now()
        for _ in range(3):
            slow.note(f"{home.connection.id} https://elsewhere.example/token", now)
        assert isinstance(await home.sign_in(), Callback)


async def test_an_account_that_has_the_address_is_named() -> None:
    async with house("oidc", trusted=True) as home:
        await home.world.user(home.realm, "grace.h", email="grace@globex.example")
        report, page = await report_and_page(home)
        assert report.decision == "LINK"
        assert report.person is not None
        assert report.person.fields["username"] == "grace.h"
        assert "grace.h would be linked by the e-mail address" in said(page)


async def test_the_next_secret_that_worked_is_noted_and_not_promoted() -> None:
    async with house() as home:
        good = home.connection.secrets[0]
        bad = await _wrong_secret(home)
        await home.change(secrets=(bad, good))
        report, _ = await report_and_page(home)
        assert report.passed
        assert outcomes(report)["next_secret"] == "noted"
        stored_now = await home.world.storage.connection(home.connection.id)
        assert stored_now is not None
        assert [one.id for one in stored_now.secrets] == [bad.id, good.id]


async def _wrong_secret(home: House) -> Any:
    from vestibule.flows.upstream_secrets import seal_upstream_secret

    world = home.world
    return seal_upstream_secret(
        "a secret of last year", world.deployment.vault, home.connection.id, world.new_id(), world.clock.now()
    )
