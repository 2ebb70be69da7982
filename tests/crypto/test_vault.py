"""A vault whose keys another process changes while it is in use."""

from collections.abc import Sequence

import pytest

from vestibule.crypto.secrets import Vault
from vestibule.domain.errors import UndecryptableSecret

FIRST, SECOND = b"the first key of these tests, 32", b"the second key of these tests 32"


class Keys:
    """What a vault asks: the keys, once after each change."""

    def __init__(self) -> None:
        self.changed: Sequence[bytes] | None = None

    def __call__(self) -> Sequence[bytes] | None:
        changed, self.changed = self.changed, None
        return changed


@pytest.fixture
def keys() -> Keys:
    return Keys()


@pytest.fixture
def vault(keys: Keys) -> Vault:
    return Vault(FIRST, renew=keys)


def test_a_new_key_is_known_when_the_first_value_under_it_is_met(vault: Vault, keys: Keys) -> None:
    sealed = Vault(SECOND).encrypt(b"text", "place")
    keys.changed = (SECOND, FIRST)
    assert vault.decrypt(sealed, "place") == b"text"


def test_a_new_key_is_known_when_the_first_digest_under_it_is_checked(vault: Vault, keys: Keys) -> None:
    keys.changed = (SECOND, FIRST)
    assert Vault(SECOND).keyed_digest("purpose", b"x") in vault.keyed_digests("purpose", b"x")


def test_nothing_is_sealed_or_keyed_with_the_former_key_after_a_change(vault: Vault, keys: Keys) -> None:
    keys.changed = (SECOND, FIRST)
    assert Vault(SECOND).is_current(vault.encrypt(b"text", "place"))
    keys.changed = (FIRST, SECOND)
    assert vault.keyed_digest("purpose", b"x") == Vault(FIRST).keyed_digest("purpose", b"x")


def test_a_removed_key_opens_until_it_is_forgotten(vault: Vault, keys: Keys) -> None:
    sealed = vault.encrypt(b"text", "place")
    keys.changed = (SECOND,)
    vault.encrypt(b"other", "place")
    assert vault.decrypt(sealed, "place") == b"text"
    vault.forget_removed()
    with pytest.raises(UndecryptableSecret):
        vault.decrypt(sealed, "place")


def test_a_value_gets_the_present_key_and_keeps_its_place(vault: Vault, keys: Keys) -> None:
    sealed = vault.encrypt(b"text", "place")
    keys.changed = (SECOND, FIRST)
    again = vault.reseal(sealed, "place")
    assert Vault(SECOND).decrypt(again, "place") == b"text"
    with pytest.raises(UndecryptableSecret):
        vault.reseal(sealed, "another place")


def test_what_is_kept_of_a_former_key_makes_its_digests_of_one_purpose_only(vault: Vault, keys: Keys) -> None:
    assert vault.former_digest_keys("purpose") == {}
    keys.changed = (SECOND, FIRST)
    vault.encrypt(b"text", "place")
    ((id_, kept),) = vault.former_digest_keys("purpose").items()
    assert id_ == Vault(FIRST).key_id
    assert kept not in (FIRST, *vault.former_digest_keys("another").values())


@pytest.mark.parametrize("text", ["", "é", "AAAA", "not base64url!"])
def test_what_is_no_sealed_text_is_not_current_and_does_not_open(vault: Vault, text: str) -> None:
    assert not vault.is_current_text(text)
    with pytest.raises(UndecryptableSecret):
        vault.reseal_text(text, "place")
