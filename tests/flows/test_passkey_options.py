import json
import sys
from datetime import UTC, datetime, timedelta
from subprocess import run

import pytest

from tests.authenticator import decode
from vestibule.domain.errors import PasskeyRefused
from vestibule.domain.user import Passkey, User
from vestibule.flows.factors.new_passkey import NewPasskey
from vestibule.flows.factors.webauthn_options import (
    PURPOSE_CREATE,
    PURPOSE_GET,
    creation_options,
    make_challenge,
    read_challenge,
    relying_party,
    request_options,
)

NOW = datetime(2026, 11, 20, 12, 0, 0, 500_000, tzinfo=UTC)
USER = User(
    "user-1", "realm-1", "alice", email="alice@acme.example", given_name="Alice", family_name="Archer"
)
RP = relying_party("https://sso.example", "Acme")


def random(count: int) -> bytes:
    return b"\x07" * count


def passkey(name: str) -> Passkey:
    return Passkey(
        "p1", "realm-1", "user-1", b"id of it", b"key", 0, name, True, True, ("internal",), created_at=NOW
    )


@pytest.mark.parametrize(
    "public_url, rp_id, origin",
    [
        ("http://localhost:3000", "localhost", "http://localhost:3000"),
        ("https://sso.example", "sso.example", "https://sso.example"),
        ("https://SSO.example:443/sign-in", "sso.example", "https://sso.example"),
        ("https://sso.example:8443", "sso.example", "https://sso.example:8443"),
    ],
)
def test_the_relying_party_is_the_public_url_as_browsers_write_its_origin(
    public_url: str, rp_id: str, origin: str
) -> None:
    rp = relying_party(public_url, "Acme")
    assert (rp.id, rp.origin) == (rp_id, origin)


def test_request_options_name_no_account_and_require_verification() -> None:
    options = json.loads(request_options(b"challenge", RP))
    assert options == {
        "challenge": "Y2hhbGxlbmdl",
        "timeout": 300_000,
        "rpId": "sso.example",
        "allowCredentials": [],
        "userVerification": "required",
    }


def test_creation_options_ask_for_a_resident_verified_passkey_without_attestation() -> None:
    options = json.loads(creation_options(b"challenge", RP, USER))
    assert options["authenticatorSelection"] == {
        "residentKey": "required",
        "requireResidentKey": True,
        "userVerification": "required",
    }
    assert options["attestation"] == "none"
    assert [offered["alg"] for offered in options["pubKeyCredParams"]] == [-7, -8, -257]


def test_creation_options_show_the_person_and_hide_the_identifier_in_bytes() -> None:
    shown = json.loads(creation_options(b"challenge", RP, USER))["user"]
    assert decode(shown.pop("id")) == b"user-1"
    assert shown == {"name": "alice@acme.example", "displayName": "Alice Archer"}


def test_creation_options_exclude_the_passkeys_that_the_person_has() -> None:
    excluded = json.loads(creation_options(b"challenge", RP, USER, [passkey("Passkey")]))[
        "excludeCredentials"
    ]
    assert excluded == [{"type": "public-key", "id": "aWQgb2YgaXQ", "transports": ["internal"]}]


@pytest.mark.parametrize("age_seconds", [0, 299, 300])
def test_a_challenge_can_be_answered_for_five_minutes(age_seconds: int) -> None:
    challenge = make_challenge(PURPOSE_GET, NOW, random)
    assert read_challenge(challenge, PURPOSE_GET, NOW + timedelta(seconds=age_seconds)) == challenge


@pytest.mark.parametrize("age_seconds", [301, 86400, -1])
def test_an_old_or_future_challenge_is_refused(age_seconds: int) -> None:
    challenge = make_challenge(PURPOSE_GET, NOW, random)
    with pytest.raises(PasskeyRefused):
        read_challenge(challenge, PURPOSE_GET, NOW + timedelta(seconds=age_seconds))


@pytest.mark.parametrize("stored", [None, b"", b"g", make_challenge(PURPOSE_CREATE, NOW, random)])
def test_a_challenge_that_is_missing_or_for_the_other_ceremony_is_refused(stored: bytes | None) -> None:
    with pytest.raises(PasskeyRefused):
        read_challenge(stored, PURPOSE_GET, NOW)


@pytest.mark.parametrize(
    "transports, backup_eligible, existing, name",
    [
        ((), False, [], "Passkey"),
        (("internal", "hybrid"), True, [], "Passkey"),
        (("usb", "nfc"), False, [], "Security key"),
        (("usb", "internal"), False, [], "Passkey"),
        (("usb",), True, [], "Passkey"),
        ((), True, ["Passkey"], "Passkey 2"),
        ((), True, ["Passkey", "Passkey 3"], "Passkey 2"),
        (("usb",), False, ["Passkey"], "Security key"),
    ],
)
def test_a_new_passkey_is_named_after_what_is_known_of_it(
    transports: tuple[str, ...], backup_eligible: bool, existing: list[str], name: str
) -> None:
    new = NewPasskey(b"id", b"key", 0, backup_eligible, False, transports, "")
    assert new.of(USER, "p2", [passkey(taken) for taken in existing], NOW).name == name


def test_the_webauthn_library_is_not_loaded_with_the_factor() -> None:
    code = "import sys, vestibule.flows.factors.passkey; sys.exit('webauthn' in sys.modules)"
    assert run([sys.executable, "-c", code], timeout=60, check=False).returncode == 0
