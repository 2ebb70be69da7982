"""Userinfo, GitHub's API and the groups of Microsoft Graph: what is asked, and which answers count."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.oidc.relying_party.upstream import answer
from vestibule.domain.errors import MissingUserInfo, UpstreamError
from vestibule.oidc.relying_party.github import emails_request, process_github, user_request
from vestibule.oidc.relying_party.groups import groups_request, has_overage, process_groups
from vestibule.oidc.relying_party.userinfo import process_userinfo, userinfo_request

USER = {"id": 583231, "login": "octocat", "name": "The Octocat", "email": None}
EMAILS = [
    {"email": "old@example.com", "primary": False, "verified": True, "visibility": None},
    {"email": "octocat@example.com", "primary": True, "verified": True, "visibility": "private"},
]
API = "https://api.github.com/user"


def code_of(call: Any, *arguments: Any) -> str:
    with pytest.raises(UpstreamError) as refused:
        call(*arguments)
    return refused.value.code


def test_userinfo_is_asked_with_the_token_in_its_header() -> None:
    request = userinfo_request("https://op.example/userinfo", "token")
    assert (request.method, request.headers["Authorization"]) == ("GET", "Bearer token")


def test_userinfo_of_the_same_person_is_taken() -> None:
    assert process_userinfo(answer({"sub": "1", "name": "Ada"}), "1") == {"sub": "1", "name": "Ada"}


@pytest.mark.parametrize("sub", ["2", "", "1 ", None, 1, ["1"], True])
def test_RP_11_userinfo_of_somebody_else_is_refused(sub: object) -> None:
    assert code_of(process_userinfo, answer({"sub": sub}), "1") == "subject_mismatch"


def test_RP_11_userinfo_of_nobody_is_refused() -> None:
    assert code_of(process_userinfo, answer({"name": "Ada"}), "1") == "subject_mismatch"


@pytest.mark.parametrize(
    "body, status, content_type",
    [
        ({"sub": "1"}, 401, "application/json"),
        ({"sub": "1"}, 302, "application/json"),
        ({"sub": "1"}, 500, "application/json"),
        (b"<html>", 200, "text/html"),
        (b"[]", 200, "application/json"),
        (b"x" * 300_000, 200, "application/json"),
        (b"eyJhbGciOiJSUzI1NiJ9.e30.c2ln", 200, "application/json"),
        ({"sub": "1"}, 200, "application/jwt; charset=utf-8"),
    ],
)
def test_an_answer_that_is_no_userinfo_is_named(body: object, status: int, content_type: str) -> None:
    assert code_of(process_userinfo, answer(body, status, content_type), "1") == "userinfo_failed"


def test_a_signed_answer_is_refused_by_name() -> None:
    with pytest.raises(UpstreamError, match="signed or encrypted"):
        process_userinfo(answer(b"eyJhbGciOiJSUzI1NiJ9.e30.c2ln", content_type="application/jwt"), "1")


def test_github_is_asked_for_the_person_and_their_addresses() -> None:
    assert user_request(API, "gho").url == API
    request = emails_request(API, "gho")
    assert request.url == f"{API}/emails"
    assert request.headers["Authorization"] == "Bearer gho"
    assert request.headers["User-Agent"]


def test_S002_18_a_private_address_of_github_is_found() -> None:
    assert process_github(answer(USER), answer(EMAILS)) == {
        "sub": "583231",
        "email": "octocat@example.com",
        "email_verified": True,
        "preferred_username": "octocat",
        "name": "The Octocat",
    }


@pytest.mark.parametrize("number", [None, "583231", True, 0, -1, 1.5, [583231]])
def test_BR_16_github_without_its_number_says_nobody(number: object) -> None:
    assert code_of(process_github, answer(USER | {"id": number}), answer(EMAILS)) == "userinfo_failed"


@pytest.mark.parametrize(
    "emails",
    [
        pytest.param(answer([]), id="none"),
        pytest.param(answer(EMAILS[:1]), id="none is primary"),
        pytest.param(answer([{**EMAILS[1], "verified": False}]), id="unverified"),
        pytest.param(answer([{**EMAILS[1], "verified": "true"}]), id="verified as a text"),
        pytest.param(answer([{**EMAILS[1], "primary": 1}]), id="primary as a number"),
        pytest.param(answer([{**EMAILS[1], "email": "octocat"}]), id="no address"),
        pytest.param(answer([None, 7, "x", []]), id="odd entries"),
        pytest.param(answer({"message": "Not Found"}, 404), id="without the scope"),
        pytest.param(answer({"message": "Forbidden"}, 403), id="forbidden"),
    ],
)
def test_S002_18_without_a_verified_address_github_signs_nobody_in(emails: Any) -> None:
    with pytest.raises(MissingUserInfo) as refused:
        process_github(answer(USER), emails)
    assert "user:email" in refused.value.expected


@pytest.mark.parametrize(
    "user, emails",
    [
        (answer(USER, 401), answer(EMAILS)),
        (answer(b"<html>"), answer(EMAILS)),
        (answer([]), answer(EMAILS)),
        (answer(USER), answer(EMAILS, 500)),
        (answer(USER), answer(b"<html>")),
        (answer(USER), answer({"emails": EMAILS})),
        (answer(USER), answer(b"[" + b" " * 300_000 + b"]")),
        (answer(USER), answer(b"[" * 50_000)),
    ],
)
def test_an_answer_of_github_that_is_none_is_named(user: Any, emails: Any) -> None:
    assert code_of(process_github, user, emails) == "userinfo_failed"


@pytest.mark.parametrize(
    "claims, overage",
    [
        ({"_claim_names": {"groups": "src1"}, "_claim_sources": {"src1": {"endpoint": "https://x"}}}, True),
        ({"hasgroups": True}, True),
        ({"hasgroups": "true"}, True),
        ({"groups": ["g"]}, False),
        ({"_claim_names": {"roles": "src1"}}, False),
        ({"_claim_names": ["groups"]}, False),
        ({"hasgroups": False}, False),
        ({}, False),
    ],
)
def test_S001_29_an_overage_of_groups_is_known(claims: dict[str, Any], overage: bool) -> None:
    assert has_overage(claims) is overage


def test_S001_29_the_groups_are_asked_of_graph_and_nobody_else() -> None:
    url, body = groups_request("https://graph.microsoft.com/")
    assert url == "https://graph.microsoft.com/v1.0/me/getMemberObjects"
    assert json.loads(body) == {"securityEnabledOnly": False}


def test_S001_29_as_many_groups_as_graph_lists_are_read() -> None:
    groups = [f"00000000-0000-0000-0000-{number:012}" for number in range(11_000)]
    assert process_groups(answer({"value": groups})) == tuple(groups)


@pytest.mark.parametrize(
    "body, status",
    [
        ({"error": {"code": "Authorization_RequestDenied"}}, 403),
        ({"error": {"code": "Directory_ResultSizeLimitExceeded"}}, 400),
        ({"value": "g"}, 200),
        ({"value": [7]}, 200),
        ({}, 200),
        (b"<html>", 200),
        (b" " * 2_000_000, 200),
    ],
)
def test_S001_29_groups_that_cannot_be_read_are_not_none(body: object, status: int) -> None:
    assert code_of(process_groups, answer(body, status)) == "userinfo_failed"
