"""Secrets at rest, tokens and identifiers, client secrets."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime, timedelta
from secrets import token_bytes

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.crypto.forge import NOW, VAULT
from vestibule.crypto.secrets import (
    UndecryptableSecret,
    Vault,
    decode_token,
    digest,
    is_client_secret,
    new_client_secret,
    new_id,
    new_token,
    reveal_client_secret,
    seal_client_secret,
)
from vestibule.domain.client import Client, ClientSecret
from vestibule.domain.errors import BadInput

PLACE = "client/secret/1"
LONG, SHORT = "a-generated-secret-of-thirty-two-or-more-characters", "changeme"


def client_with(*secrets: ClientSecret) -> Client:
    return Client(id="row 1", realm_id="realm", client_id="app", secrets=secrets)


def sealed(secret: str) -> ClientSecret:
    return seal_client_secret(secret, VAULT, "row 1", NOW)


def is_secret(candidate: str, client: Client | None, now: datetime = NOW) -> bool:
    return is_client_secret(candidate, client, VAULT, now)


@given(plaintext=st.binary(), place=st.text(st.characters(codec="utf-8")))
def test_what_was_sealed_for_a_place_opens_there(plaintext: bytes, place: str) -> None:
    assert VAULT.decrypt(VAULT.encrypt(plaintext, place), place) == plaintext


def test_the_same_text_is_sealed_differently_each_time() -> None:
    assert VAULT.encrypt(b"secret", PLACE) != VAULT.encrypt(b"secret", PLACE)


def test_a_value_moved_to_another_row_does_not_open() -> None:
    moved = VAULT.encrypt(b"secret", PLACE)
    with pytest.raises(UndecryptableSecret):
        VAULT.decrypt(moved, "client/secret/2")


@pytest.mark.parametrize("position", range(0, 39, 3))
def test_an_altered_byte_is_found(position: int) -> None:
    altered = bytearray(VAULT.encrypt(b"secret", PLACE))
    altered[position] ^= 1
    with pytest.raises(UndecryptableSecret):
        VAULT.decrypt(bytes(altered), PLACE)


@pytest.mark.parametrize("length", [0, 1, 5, 16, 17, 32])
def test_a_shortened_value_does_not_open(length: int) -> None:
    with pytest.raises(UndecryptableSecret):
        VAULT.decrypt(VAULT.encrypt(b"secret", PLACE)[:length], PLACE)


def test_a_short_master_key_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes"):
        Vault(b"x" * 31)


def test_after_a_change_of_the_master_key_old_values_open_with_the_previous_one_only() -> None:
    old_value = Vault(b"old" * 11).encrypt(b"secret", PLACE)
    assert Vault(b"new" * 11, previous=[b"old" * 11]).decrypt(old_value, PLACE) == b"secret"
    with pytest.raises(UndecryptableSecret):
        Vault(b"new" * 11).decrypt(old_value, PLACE)


def test_after_a_change_of_the_master_key_new_values_are_sealed_with_the_new_one() -> None:
    value = Vault(b"new" * 11, previous=[b"old" * 11]).encrypt(b"secret", PLACE)
    assert Vault(b"new" * 11).decrypt(value, PLACE) == b"secret"


def test_keyed_digests_differ_by_purpose_value_and_master_key() -> None:
    other = Vault(b"other" * 8)
    made = {
        VAULT.keyed_digest("a", b"x"),
        VAULT.keyed_digest("b", b"x"),
        VAULT.keyed_digest("a", b"y"),
        other.keyed_digest("a", b"x"),
    }
    assert len(made) == 4


def test_a_keyed_digest_is_the_same_in_every_process() -> None:
    assert VAULT.keyed_digest("a", b"x") == Vault(b"master key of the tests, 32 bytes").keyed_digest(
        "a", b"x"
    )


def test_a_digest_takes_text_with_a_lone_surrogate() -> None:
    assert len(digest("\ud800")) == 32


@given(st.binary(min_size=1, max_size=80))
def test_a_token_decodes_to_what_it_was_made_of(raw: bytes) -> None:
    token = new_token(lambda count: raw[:count], len(raw))
    assert decode_token(token, len(raw)) == raw


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("", id="nothing"),
        pytest.param("AAECAw==", id="padding"),
        pytest.param("AAECAx", id="stray bits in the last character"),
        pytest.param("AAECA", id="a length that no bytes have"),
        pytest.param("AAEC Aw", id="a space"),
        pytest.param("AAECAw\n", id="a newline"),
        pytest.param("AAEC+w", id="the other base64's plus"),
        pytest.param("AAEC/w", id="the other base64's slash"),
        pytest.param("AAECÁw", id="a letter outside of ASCII"),
        pytest.param("AAEC\ud800w", id="a lone surrogate"),
        pytest.param("AAECAwQ", id="one byte more"),
        pytest.param("AAEC", id="one byte less"),
    ],
)
def test_only_the_canonical_spelling_of_a_token_decodes(text: str) -> None:
    assert decode_token("AAECAw", 4) == bytes(range(4))
    assert decode_token(text, 4) is None


def test_an_identifier_is_a_uuid_of_version_7() -> None:
    made = uuid.UUID(new_id(NOW, token_bytes))
    assert (made.version, made.variant) == (7, uuid.RFC_4122)
    assert made.int >> 80 == int(NOW.timestamp() * 1000)


@given(microseconds=st.integers(0, 10**16), later=st.integers(1, 10**9))
def test_identifiers_sort_by_the_microsecond_of_their_making(microseconds: int, later: int) -> None:
    moment = NOW + timedelta(microseconds=microseconds)
    first = new_id(moment, lambda count: b"\xff" * count)
    assert first < new_id(moment + timedelta(microseconds=later), lambda count: b"\0" * count)


def test_a_new_client_secret_has_256_bits() -> None:
    assert len(new_client_secret(token_bytes)) == 43


@pytest.mark.parametrize("secret, mark", [(LONG, "sha256:"), (SHORT, "hmac:"), ("päßwörd", "hmac:")])
def test_a_client_secret_is_checked_and_revealed(secret: str, mark: str) -> None:
    stored = sealed(secret)
    assert stored.digest.startswith(mark)
    assert secret not in stored.digest + stored.encrypted
    assert is_secret(secret, client_with(stored))
    assert reveal_client_secret(stored, VAULT, "row 1") == secret


@pytest.mark.parametrize("stored", [LONG, SHORT])
@pytest.mark.parametrize(
    "candidate",
    [
        pytest.param("", id="empty"),
        pytest.param("null", id="the word null"),
        pytest.param(LONG.upper(), id="other case"),
        pytest.param(LONG + " ", id="a space more"),
        pytest.param(LONG[:-1], id="a character less"),
        pytest.param("ünïcode", id="not ASCII"),
        pytest.param("\ud800", id="a lone surrogate"),
        pytest.param("x" * 1_000_000, id="a million characters"),
    ],
)
def test_CA_06_any_other_text_is_not_the_secret(stored: str, candidate: str) -> None:
    assert not is_secret(candidate, client_with(sealed(stored)))


def test_the_digest_itself_is_not_the_secret() -> None:
    stored = sealed(LONG)
    assert not is_secret(stored.digest, client_with(stored))


def test_CA_06_the_secret_of_another_client_does_not_fit() -> None:
    theirs = replace(client_with(sealed("another-client's-secret-of-32-characters")), id="row 2")
    assert not is_secret(LONG, theirs)


def test_a_short_secret_copied_to_another_row_does_not_fit_there() -> None:
    assert not is_secret(SHORT, replace(client_with(sealed(SHORT)), id="row 2"))


def test_CA_06_a_replaced_secret_works_inside_its_overlap_only() -> None:
    ends = NOW + timedelta(hours=1)
    client = client_with(sealed(LONG), replace(sealed("the-old-secret"), expires_at=ends))
    assert is_secret(LONG, client, ends)
    assert is_secret("the-old-secret", client, ends - timedelta(microseconds=1))
    assert not is_secret("the-old-secret", client, ends)


def test_CA_07_a_public_client_has_no_secret() -> None:
    assert not is_secret(LONG, replace(client_with(sealed(LONG)), public=True))


@pytest.mark.parametrize("client", [None, client_with()])
def test_CA_08_without_a_client_or_a_secret_nothing_fits(client: Client | None) -> None:
    assert not is_secret("", client)
    assert not is_secret(LONG, client)


def test_a_short_secret_is_still_checked_after_a_change_of_the_master_key() -> None:
    client = client_with(seal_client_secret(SHORT, Vault(b"old" * 11), "row 1", NOW))
    assert is_client_secret(SHORT, client, Vault(b"new" * 11, previous=[b"old" * 11]), NOW)
    assert not is_client_secret(SHORT, client, Vault(b"new" * 11), NOW)


@pytest.mark.parametrize("secret", ["", "\ud800", "x" * 1025])
def test_an_unreadable_secret_is_not_stored(secret: str) -> None:
    with pytest.raises(BadInput):
        sealed(secret)


@pytest.mark.parametrize("encrypted", ["", "AAAA", "not base64url!", "\ud800"])
def test_a_stored_secret_that_was_damaged_is_named(encrypted: str) -> None:
    with pytest.raises(UndecryptableSecret):
        reveal_client_secret(replace(sealed(LONG), encrypted=encrypted), VAULT, "row 1")
