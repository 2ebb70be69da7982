"""Whatever a provider sends, each reader ends with a value or with a named error."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.crypto.forge import NOW, SECONDS
from tests.oidc.relying_party.upstream import (
    CONNECTION,
    EXPECTATION,
    ISSUER,
    answer,
    id_claims,
    id_token,
    jwks,
    metadata,
)
from vestibule.domain.errors import UpstreamError
from vestibule.oidc.backchannel_logout import LOGOUT_EVENT
from vestibule.oidc.relying_party.authorization import check_answer, process_par
from vestibule.oidc.relying_party.discovery import discovery_url, process_discovery
from vestibule.oidc.relying_party.dpop import asks_for_nonce
from vestibule.oidc.relying_party.github import process_github
from vestibule.oidc.relying_party.groups import process_groups
from vestibule.oidc.relying_party.id_token import check_id_token
from vestibule.oidc.relying_party.identity import read_identity
from vestibule.oidc.relying_party.logout import check_logout_token
from vestibule.oidc.relying_party.messages import Incoming
from vestibule.oidc.relying_party.token import process_token_answer
from vestibule.oidc.relying_party.userinfo import process_userinfo

URL = f"{ISSUER}/.well-known/openid-configuration"
VALUES: st.SearchStrategy[object] = st.sampled_from(
    [
        *(None, True, False, 0, 1, -1, 7, 2**53, 1.5, -0.0, 1e300, SECONDS, SECONDS + 60),
        *("", "1", "true", "Bearer", "DPoP", "a.b.c", "a\nb", "é", "\u202e", "x" * 300, ISSUER, f"{ISSUER}/"),
        *("http://op.example/", "https://", "https://op.example/{tenantid}", "{tenantid}", "ada@example.com"),
        *([], {}, [[]], [None], ["1"], [1, "1"], ["vestibule"], {"a": {"a": {"a": []}}}),
        *([{"email": "ada@example.com", "primary": True}], {"groups": "src1"}, {LOGOUT_EVENT: 1}),
    ]
)
HEADERS = st.fixed_dictionaries(
    {},
    optional={
        "content-type": st.sampled_from(["application/json", "text/html", "application/jwt", ";", "é"]),
        "dpop-nonce": st.sampled_from(["", "n", 'a"b', "é", "n" * 600]),
        "www-authenticate": st.sampled_from(["", "DPoP", 'DPoP error="use_dpop_nonce"', "Bearer error="]),
    },
)
TOKENS = {
    "access_token": "x",
    "token_type": "Bearer",
    "id_token": "a.b.c",
    "error": "e",
    "error_description": "d",
}
USER = {"id": 7, "login": "octocat", "name": "x"}
LOGOUT = {
    "iss": ISSUER,
    "aud": "vestibule",
    "iat": SECONDS,
    "jti": "j",
    "sub": "1",
    "events": {LOGOUT_EVENT: {}},
}

Reader = Callable[[Incoming], object]

READERS: dict[str, tuple[dict[str, Any], Reader]] = {
    "discovery": (metadata(), lambda sent: process_discovery(URL, sent, is_entra=True)),
    "pushed request": ({"request_uri": "urn:x", "error": "e"}, lambda sent: process_par(sent, "https://r")),
    "tokens": (TOKENS, lambda sent: process_token_answer(CONNECTION, sent)),
    "userinfo": ({"sub": "1"}, lambda sent: process_userinfo(sent, "1")),
    "github": (USER, lambda sent: process_github(sent, sent)),
    "addresses of github": (USER, lambda sent: process_github(answer(USER), sent)),
    "groups": ({"value": ["g"]}, process_groups),
    "nonce": ({"error": "use_dpop_nonce"}, asks_for_nonce),
}


def spoilt(right: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """The right members with some replaced, some gone and some more."""
    names = st.sampled_from([*sorted(right), "", "hasgroups", "_claim_names", "xms_edov", "é"])
    changes = st.dictionaries(names, VALUES, max_size=4)
    gone = st.sets(st.sampled_from(sorted(right)), max_size=2)
    return st.builds(lambda new, out: {k: v for k, v in (right | new).items() if k not in out}, changes, gone)


@pytest.mark.parametrize("name", READERS)
@given(data=st.data())
@settings(max_examples=1000, deadline=None)
def test_an_answer_is_read_or_refused_by_name(name: str, data: st.DataObject) -> None:
    right, reader = READERS[name]
    body = data.draw(
        spoilt(right).map(lambda members: json.dumps(members).encode())
        | st.binary(max_size=60)
        | st.just(b"[]")
    )
    status = data.draw(st.sampled_from([200, 200, 200, 201, 302, 400, 401, 403, 404, 500]))
    with suppress(UpstreamError):
        reader(Incoming(status, data.draw(HEADERS), body))


@given(
    claims=spoilt(id_claims() | {"nbf": SECONDS, "azp": "x", "auth_time": 1, "tid": "t"}),
    typ=st.text(max_size=4),
)
@settings(max_examples=1000, deadline=None)
def test_an_id_token_is_taken_or_refused_by_name(claims: dict[str, Any], typ: str) -> None:
    with suppress(UpstreamError):
        assert check_id_token(id_token(claims, typ=typ), jwks(), EXPECTATION, NOW)["sub"]


@given(claims=spoilt(LOGOUT | {"exp": SECONDS, "sid": "s"}))
@settings(max_examples=1000, deadline=None)
def test_a_logout_token_is_taken_or_refused_by_name(claims: dict[str, Any]) -> None:
    with suppress(UpstreamError):
        check_logout_token(id_token(claims), jwks(), CONNECTION, ISSUER, (), NOW)


@given(text=st.text(st.sampled_from("abeyJ.{}=-_é \0"), max_size=40))
@settings(max_examples=1000)
def test_a_text_is_no_id_token(text: str) -> None:
    with pytest.raises(UpstreamError):
        check_id_token(text, jwks(), EXPECTATION, NOW)


@given(
    spoilt({"sub": "1", "email": "ada@example.com", "email_verified": True, "hd": "x", "amr": ["x"]}),
    spoilt({"sub": "1", "email": "ada@example.com"}),
)
@settings(max_examples=1000)
def test_claims_are_somebody_or_refused_by_name(id_claims: dict[str, Any], userinfo: dict[str, Any]) -> None:
    with suppress(UpstreamError):
        found = read_identity(CONNECTION, ISSUER, id_claims, userinfo)
        assert not found.email_verified or found.email
        assert found.subject


@given(st.dictionaries(st.sampled_from(["code", "error", "error_description", "iss", "state"]), st.text()))
@settings(max_examples=1000)
def test_an_authorization_answer_is_read_or_refused_by_name(parameters: dict[str, str]) -> None:
    with suppress(UpstreamError):
        assert check_answer(CONNECTION, parameters, ISSUER) == parameters["code"]


@given(st.text() | st.text(st.sampled_from("htps:/.[]@?#{}1%"), max_size=30))
@settings(max_examples=1000)
def test_what_is_typed_is_an_address_or_refused_by_name(typed: str) -> None:
    with suppress(UpstreamError):
        assert discovery_url(typed).startswith(("https://", "http://"))
