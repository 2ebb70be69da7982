"""What the audit may say of a document, and what it tells of a change."""

import json
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as some

from vestibule.domain.mask import MASK
from vestibule.flows.audit.changes import Change, changed_fields
from vestibule.flows.audit.masking import CHANGED, MOST_BYTES, is_secret_name, masked

SECRET = "correct horse battery staple"
SECRET_NAMES = [
    "secret",
    "clientSecret",
    "clientsecret",
    "client.secret.rotated",
    "password",
    "PASSWORD",
    "smtp_password",
    "passwordHash",
    "secretData",
    "value_of_secret",
    "registrationAccessToken",
    "access_token",
    "accesstoken",
    "idToken",
    "tokens",
    "privateKey",
    "private_key_pem",
    "bindCredential",
    "apiKey",
    "cookie",
    "sessionCookie",
    "otpauth totp",
    "salt",
    "encoded",
    "code",
    "recoveryCodes",
    "code_verifier",
    "client_assertion",
    "registration",
]
OPEN_NAMES = [
    "clientId",
    "name",
    "redirectUris",
    "access.token.lifespan",
    "accessTokenLifespan",
    "access.token.signed.response.alg",
    "passwordPolicy",
    "clientAuthenticatorType",
    "pkce.code.challenge.method",
    "client.secret.creation.time",
    "attributes",
    "host",
    "user",
    "description",
]
names = some.sampled_from(SECRET_NAMES)
plain = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.text(some.characters(codec="utf-8", exclude_characters="\"'"), max_size=8)
)
documents = some.recursive(
    some.dictionaries(some.sampled_from(OPEN_NAMES), plain, max_size=4),
    lambda inner: some.dictionaries(
        some.sampled_from(OPEN_NAMES), inner | some.lists(inner, max_size=3), max_size=4
    ),
    max_leaves=12,
)
secret_values = some.sampled_from(
    [SECRET, [SECRET], {"a": SECRET}, [{"a": [SECRET]}], {SECRET: 1}, f"{{{json.dumps(SECRET)}: 1}}"]
)


def planted(document: dict[str, Any], name: str, secret: Any, draw: Any) -> None:
    """Puts the secret somewhere into the document."""
    places = [document]
    for place in places:
        for value in place.values():
            inner = value if isinstance(value, list) else [value]
            places += [one for one in inner if isinstance(one, dict)]
    draw(some.sampled_from(range(len(places))).map(places.__getitem__))[name] = secret


@given(some.data(), documents, names, secret_values)
def test_no_member_with_a_secrets_name_is_written(
    data: Any, document: dict[str, Any], name: str, secret: Any
) -> None:
    planted(document, name, secret, data.draw)
    assert SECRET not in json.dumps(masked(document))
    assert SECRET not in json.dumps(masked(document, {}))


@given(documents)
def test_what_is_no_secret_is_written_as_it_is(document: dict[str, Any]) -> None:
    assert masked(document) == document


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secrets_name_is_known(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", OPEN_NAMES)
def test_a_setting_is_no_secret(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("value", [None, True, False, "", "true", "false"])
def test_whether_something_is_set_is_no_secret(value: Any) -> None:
    assert masked({"use.refresh.tokens": value}) == {"use.refresh.tokens": value}


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nMIIE",
        "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJhIn0.c2ln",
        "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJhIn0.",
        "$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA",
        "smtp://ada:engine@mail.example:25",
        '{"password": "engine", "host": "mail.example"',
    ],
)
def test_a_secret_is_known_by_its_form_too(text: str) -> None:
    assert masked({"description": text, "list": [text]}) == {"description": MASK, "list": [MASK]}


@pytest.mark.parametrize(
    "piece", ["eyJ", "eyJa.", ".eyJ", "://", "://a:", ":", "$argon2", "[", "{", '[{"', "-"]
)
def test_masking_is_quick_on_hostile_text(piece: str) -> None:
    started = process_time()
    masked({"description": piece * (200_000 // len(piece)), "": {piece * 20_000: piece}})
    assert process_time() - started < 0.25


def test_json_inside_of_a_text_is_looked_through() -> None:
    written = masked({"jwks.string": json.dumps({"keys": [{"kty": "EC", "x": "a", "d": SECRET}]})})
    assert json.loads(written["jwks.string"]) == {"keys": [{"kty": "EC", "x": "a", "d": MASK}]}


def test_of_a_key_only_the_public_members_are_written() -> None:
    key = {
        "kty": "RSA",
        "kid": "1",
        "n": "n",
        "e": "AQAB",
        "d": "d",
        "p": "p",
        "qi": "q",
        "oth": [1],
        "k": "k",
    }
    written = masked({"keys": [key]})["keys"][0]
    assert {name for name, value in written.items() if value != MASK} == {"kty", "kid", "n", "e"}


def test_of_a_credential_only_its_kind_is_written() -> None:
    credential = {"type": "password", "value": SECRET, "temporary": True, "secretData": "{}", "anything": 1}
    assert masked({"credentials": [credential, SECRET]})["credentials"] == [
        {"type": "password", "value": MASK, "temporary": True, "secretData": MASK, "anything": MASK},
        MASK,
    ]


def test_a_secret_that_changed_is_told_without_saying_it() -> None:
    before, after = {"secret": "old", "a": {"password": "same"}}, {"secret": "new", "a": {"password": "same"}}
    assert masked(after, before) == {"secret": CHANGED, "a": {"password": MASK}}


@given(some.integers(1, 3), some.sampled_from([1, 70_000, 300_000]), some.integers(0, 4000))
def test_a_document_is_cut_to_size_and_says_so(large: int, size: int, small: int) -> None:
    document = {"clientId": "atera"} | {f"large{number}": "ü" * size for number in range(large)}
    document |= {f"member number {number}": "a value of some length" for number in range(small)}
    written = masked(document)
    encoded = json.dumps(written, ensure_ascii=False, separators=(",", ":")).encode()
    assert len(encoded) <= MOST_BYTES
    assert (written != document) == ("left out" in encoded.decode())
    assert written["clientId"] == "atera"


def test_a_document_nested_without_end_is_cut() -> None:
    document: dict[str, Any] = {"name": "x"}
    for _ in range(900):
        document = {"inner": document}
    assert MASK in json.dumps(masked(document))


@pytest.mark.parametrize(
    "before, after, changes",
    [
        ("", "", []),
        ('{"a":1}', '{"a":1}', []),
        (
            '{"a":"x","b":{"c":true}}',
            '{"a":"y","b":{"c":false}}',
            [("a", "x", "y"), ("b.c", "true", "false")],
        ),
        ("", '{"a":1,"b":{"c":"d"}}', [("a", None, "1"), ("b.c", None, "d")]),
        ('{"a":1,"b":null}', "", [("a", "1", None)]),
        ('{"uris":["a","b"]}', '{"uris":["a"]}', [("uris", '["a","b"]', '["a"]')]),
        ('{"l":[{"t":1},{"t":2}]}', '{"l":[{"t":1}]}', [("l[1].t", "2", None)]),
        ('{"l":["a"]}', '{"l":[{"t":1}]}', [("l[0]", "a", '{"t":1}')]),
        ('{"a":{}}', "{}", [("a", "{}", None)]),
        ('{"a":true}', '{"a":1}', [("a", "true", "1")]),
        ('{"a":"1"}', '{"a":1}', [("a", "1", "1")]),
        ("no json", '{"a":1}', [("", "no json", '{"a":1}')]),
    ],
)
def test_the_changed_members_of_a_document(
    before: str, after: str, changes: list[tuple[str, str | None, str | None]]
) -> None:
    assert changed_fields(before, after) == tuple(Change(*change) for change in changes)


@given(documents, documents)
def test_every_change_is_found_and_nothing_else(before: dict[str, Any], after: dict[str, Any]) -> None:
    former, present = _without_nulls(before), _without_nulls(after)
    written = [json.dumps(document) for document in (former, present)]
    assert changed_fields(written[0], written[0]) == ()
    assert bool(changed_fields(*written)) == (former != present)


def _without_nulls(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_nulls(one) for name, one in value.items() if one is not None}
    return [_without_nulls(one) for one in value] if isinstance(value, list) else value
