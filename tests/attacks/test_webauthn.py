"""Attacks on passkeys. Each refusal is checked together with what must not have changed."""

import asyncio
import json
from collections.abc import Mapping
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import cbor2
import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from tests import passkeys
from tests.authenticator import (
    BACKED_UP,
    BACKUP_ELIGIBLE,
    ES256,
    USER_PRESENT,
    USER_VERIFIED,
    Authenticator,
    Deviation,
    encode,
    new_key,
)
from tests.browser import Browser, Callback, text_of
from tests.world import World
from vestibule.domain.realm import Realm
from vestibule.domain.user import User

REFUSED = "This passkey could not be used."


@dataclass
class House:
    """A realm with two people, of whom Alice has an honest passkey."""

    world: World
    realm: Realm
    alice: User
    bob: User
    phone: Authenticator

    async def state(self) -> list[Any]:
        """What a refused passkey must leave as it was."""
        people, storage = (self.alice, self.bob), self.world.storage
        kept = [[astuple(one) for one in await storage.passkeys(person.id)] for person in people]
        return [kept, [await storage.sessions_of(person.id) for person in people]]


@pytest.fixture
async def house(world: World) -> House:
    return await build_house(world, passkeys.device())


async def build_house(world: World, phone: Authenticator) -> House:
    realm = await world.realm()
    await world.client(realm)
    alice, bob = await world.user(realm, "alice"), await world.user(realm, "bob")
    await passkeys.enrol(world, phone)
    return House(world, realm, alice, bob, phone)


def check_refused(answer: httpx.Response | Callback) -> None:
    """The page of the same step, saying so, and no session."""
    assert isinstance(answer, httpx.Response), answer
    assert answer.status_code == 400, text_of(answer.text)
    assert REFUSED in text_of(answer.text)
    assert "session" not in answer.headers.get("set-cookie", "")


async def check_sign_in_refused(house: House, deviation: Deviation) -> None:
    before = await house.state()
    check_refused(await passkeys.sign_in(house.world, house.phone, deviation))
    assert await house.state() == before


async def check_enrolment_refused(
    house: House, deviation: Deviation, key: Authenticator | None = None
) -> None:
    browser = await passkeys.open_offer(house.world, "bob")
    before = await house.state()
    credential = (key or passkeys.device()).create(await passkeys.fetch_options(browser), deviation)
    check_refused(await passkeys.send(browser, credential))
    assert await house.state() == before


async def test_an_honest_passkey_is_enrolled_and_signs_in(house: House) -> None:
    answer = await passkeys.sign_in(house.world, house.phone)
    assert isinstance(answer, Callback)
    assert answer.parameters["code"]


FOREIGN_PAGES: list[Mapping[str, Any]] = [
    {"origin": "https://evil.example"},
    {"origin": "https://login.sso.example"},
    {"origin": "https://example"},
    {"origin": "http://sso.example"},
    {"origin": "https://sso.example:8443"},
    {"origin": "https://sso.example/"},
    {"origin": "https://sso.example.evil.example"},
    {"origin": "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0"},
    {"origin": "ios:bundle-id:example.sso"},
    {"origin": ["https://sso.example"]},
    {"origin": None},
    {"crossOrigin": True},
    {"crossOrigin": "false"},
    {"crossOrigin": True, "topOrigin": "https://evil.example"},
    {"topOrigin": "https://sso.example"},
]


@pytest.mark.parametrize("client", FOREIGN_PAGES, ids=str)
async def test_WA_01_a_passkey_used_on_a_foreign_page_is_refused(
    house: House, client: Mapping[str, Any]
) -> None:
    await check_sign_in_refused(house, Deviation(client=client))


@pytest.mark.parametrize("client", FOREIGN_PAGES, ids=str)
async def test_WA_01_a_passkey_made_on_a_foreign_page_is_refused(
    house: House, client: Mapping[str, Any]
) -> None:
    await check_enrolment_refused(house, Deviation(client=client))


@pytest.mark.parametrize("rp_id", ["evil.example", "example", "login.sso.example"])
async def test_WA_01_a_passkey_of_another_relying_party_is_refused(house: House, rp_id: str) -> None:
    await check_sign_in_refused(house, Deviation(rp_id=rp_id))
    await check_enrolment_refused(house, Deviation(rp_id=rp_id))


async def test_WA_03_an_answer_to_an_earlier_challenge_is_refused(house: House) -> None:
    first = await passkeys.open_sign_in(house.world)
    credential = house.phone.get(await passkeys.fetch_options(first))
    assert isinstance(await passkeys.send(first, credential), Callback)
    second = await passkeys.open_sign_in(house.world)
    await passkeys.fetch_options(second)
    before = await house.state()
    check_refused(await passkeys.send(second, credential))
    assert await house.state() == before


async def test_WA_03_a_challenge_is_used_up_by_a_wrong_answer(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    options, before = await passkeys.fetch_options(browser), await house.state()
    check_refused(
        await passkeys.send(browser, house.phone.get(options, Deviation(signing_key=new_key(ES256))))
    )
    check_refused(await passkeys.send(browser, house.phone.get(options)))
    assert await house.state() == before


async def test_WA_03_a_newer_challenge_replaces_the_older_one(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    older = await passkeys.fetch_options(browser)
    await passkeys.fetch_options(browser)
    before = await house.state()
    check_refused(await passkeys.send(browser, house.phone.get(older)))
    assert await house.state() == before


async def test_WA_03_an_answer_after_more_than_five_minutes_is_refused(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    credential, before = house.phone.get(await passkeys.fetch_options(browser)), await house.state()
    house.world.clock.advance(seconds=301)
    check_refused(await passkeys.send(browser, credential))
    assert await house.state() == before


async def test_WA_03_an_answer_to_another_browsers_challenge_is_refused(house: House) -> None:
    mine, theirs = await passkeys.open_sign_in(house.world), await passkeys.open_sign_in(house.world)
    await passkeys.fetch_options(mine)
    credential, before = house.phone.get(await passkeys.fetch_options(theirs)), await house.state()
    check_refused(await passkeys.send(mine, credential))
    assert await house.state() == before


async def test_WA_03_an_answer_where_nothing_was_asked_is_refused(house: House) -> None:
    asked, fresh = await passkeys.open_sign_in(house.world), await passkeys.open_sign_in(house.world)
    credential, before = house.phone.get(await passkeys.fetch_options(asked)), await house.state()
    check_refused(await passkeys.send(fresh, credential))
    assert await house.state() == before


async def test_WA_03_an_enrolments_challenge_signs_nobody_in(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    enrolling = await passkeys.open_offer(house.world, "bob")
    asked = json.loads(await passkeys.fetch_options(enrolling))
    await move_challenge(house, enrolling, browser)
    before = await house.state()
    check_refused(await passkeys.send(browser, house.phone.get(json.dumps(asked))))
    assert await house.state() == before


async def test_WA_03_a_sign_ins_challenge_enrols_nothing(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    asked = json.loads(await passkeys.fetch_options(browser))
    enrolling = await passkeys.open_offer(house.world, "bob")
    creation = json.loads(await passkeys.fetch_options(enrolling)) | {"challenge": asked["challenge"]}
    await move_challenge(house, browser, enrolling)
    before = await house.state()
    check_refused(await passkeys.send(enrolling, passkeys.device().create(json.dumps(creation))))
    assert await house.state() == before


@pytest.mark.parametrize("kind", ["webauthn.create", "payment.get", "WEBAUTHN.GET", "", None])
async def test_WA_03_client_data_of_another_ceremony_is_refused(house: House, kind: str | None) -> None:
    await check_sign_in_refused(house, Deviation(client={"type": kind}))


async def test_WA_03_of_fifty_equal_answers_at_once_one_signs_in(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    credential = house.phone.get(await passkeys.fetch_options(browser))
    url = passkeys.address_of(browser)
    former = await house.world.storage.sessions_of(house.alice.id)
    posts = (browser.http.post(f"{url.path}?{url.query}", data={"credential": credential}) for _ in range(50))
    answers = await asyncio.gather(*posts)
    assert sorted(answer.status_code for answer in answers) == [303] + [400] * 49
    assert len(await house.world.storage.sessions_of(house.alice.id)) == len(former) + 1


@pytest.mark.parametrize("flag", [USER_VERIFIED, USER_PRESENT, USER_VERIFIED | USER_PRESENT])
async def test_WA_04_a_passkey_without_verification_of_the_person_is_refused(house: House, flag: int) -> None:
    await check_sign_in_refused(house, Deviation(clear_flags=flag))
    await check_enrolment_refused(house, Deviation(clear_flags=flag))


async def test_WA_04_nobody_can_ask_for_less_than_required_verification(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world, userVerification="discouraged")
    options = await passkeys.fetch_options(browser, '{"userVerification": "discouraged"}')
    assert json.loads(options)["userVerification"] == "required"


OTHER_ID = encode(b"another credential")


@pytest.mark.parametrize(
    "outer",
    [
        {"id": OTHER_ID},
        {"rawId": OTHER_ID},
        {"id": OTHER_ID, "rawId": OTHER_ID},
        {"id": None},
        {"rawId": 7},
        {"type": "password"},
    ],
    ids=str,
)
async def test_WA_05_an_id_that_is_not_the_credentials_is_refused(
    house: House, outer: Mapping[str, Any]
) -> None:
    await check_sign_in_refused(house, Deviation(outer=outer))
    await check_enrolment_refused(house, Deviation(outer=outer))


async def test_WA_05_a_user_handle_of_another_person_is_refused(house: House) -> None:
    await check_sign_in_refused(house, Deviation(user_handle=house.bob.id.encode()))


@pytest.mark.parametrize("handle", [None, "", 7, "not base64!"])
async def test_WA_05_a_missing_or_unreadable_user_handle_is_refused(house: House, handle: Any) -> None:
    await check_sign_in_refused(house, Deviation(response={"userHandle": handle}))


async def test_WA_05_a_credential_of_another_person_is_refused(house: House) -> None:
    theirs = passkeys.device()
    await passkeys.enrol(house.world, theirs, "bob")
    named_as_alices = encode(house.phone.credential_id)
    before = await house.state()
    deviation = Deviation(
        outer={"id": named_as_alices, "rawId": named_as_alices}, user_handle=house.alice.id.encode()
    )
    check_refused(await passkeys.sign_in(house.world, theirs, deviation))
    assert await house.state() == before


async def test_WA_05_a_credential_that_the_realm_does_not_know_is_refused(house: House) -> None:
    unknown = passkeys.device(rp_id="sso.example", user_handle=house.alice.id.encode())
    before = await house.state()
    check_refused(await passkeys.sign_in(house.world, unknown))
    assert await house.state() == before


async def test_WA_05_a_passkey_of_another_realm_is_refused(house: House) -> None:
    other = await house.world.realm("other")
    await house.world.client(other)
    await house.world.user(other, "alice")
    before = await house.state()
    check_refused(await passkeys.sign_in(house.world, house.phone, realm="other"))
    assert await house.state() == before


async def test_WA_05_a_passkey_of_a_disabled_person_is_refused(house: House) -> None:
    await house.world.storage.save_user(replace(house.alice, enabled=False))
    await check_sign_in_refused(house, Deviation())


async def test_WA_05_a_realm_that_takes_no_passkeys_refuses_them(house: House) -> None:
    browser = await passkeys.open_sign_in(house.world)
    credential = house.phone.get(await passkeys.fetch_options(browser))
    without = replace(house.realm, sign_in=replace(house.realm.sign_in, passkey=False))
    await house.world.storage.save_realm(without)
    house.world.deployment.settings.forget(house.realm.id)
    before = await house.state()
    check_refused(await passkeys.send(browser, credential))
    assert (await passkeys.post_for_options(browser)).status_code == 400
    assert await house.state() == before


async def test_WA_05_a_refused_passkey_leaves_an_event_of_its_person(house: House) -> None:
    await passkeys.sign_in(house.world, house.phone, Deviation(signing_key=new_key(ES256)))
    event = (await house.world.events(house.realm, "LOGIN_ERROR"))[0]
    assert (event.user_id, event.error) == (house.alice.id, "passkey_refused")


async def test_WA_06_a_signature_by_another_key_is_refused(house: House) -> None:
    await check_sign_in_refused(house, Deviation(signing_key=new_key(ES256)))


@pytest.mark.parametrize("signature", ["", "AA", "A" * 4000, encode(bytes(64)), 7, None])
async def test_WA_06_something_in_place_of_a_signature_is_refused(house: House, signature: Any) -> None:
    await check_sign_in_refused(house, Deviation(response={"signature": signature}))


async def test_WA_06_bytes_after_the_signed_authenticator_data_are_refused(house: House) -> None:
    await check_sign_in_refused(house, Deviation(trailing=b"\x00"))


POINT = {1: 2, 3: -7, -1: 1, -2: b"\x01" * 32, -3: b"\x02" * 32}
BOMB = b"\xa1\x61a\x84\xd8\x1c\x81\x01" + b"".join(b"\xd8\x1c\x82" + 2 * b"\xd8\x1d%c" % n for n in range(3))


@pytest.mark.parametrize(
    "deviation",
    [
        pytest.param(
            Deviation(cose_key=cbor2.dumps(POINT | {3: -35})), id="an algorithm that was not offered"
        ),
        pytest.param(Deviation(cose_key=cbor2.dumps(POINT)), id="a point that is not on the curve"),
        pytest.param(Deviation(trailing=b"\x00"), id="a byte after the key"),
        pytest.param(Deviation(attestation_trailing=b"\x00"), id="a byte after the attestation"),
        pytest.param(Deviation(cose_key=BOMB), id="shared references in the key"),
        pytest.param(Deviation(cose_key=b"\xa1\x61a" + b"\x81" * 5000), id="deep nesting"),
        pytest.param(Deviation(attestation={"authData": "text"}), id="authenticator data of text"),
        pytest.param(Deviation(attestation={"authData": b""}), id="no authenticator data"),
        pytest.param(Deviation(attested_credential_id=b"another"), id="another credential inside"),
        pytest.param(
            Deviation(response={"attestationObject": encode(b"\x9b" + b"\x7f" * 8)}), id="2^62 items"
        ),
        pytest.param(Deviation(response={"attestationObject": "A" * 12_000}), id="12 kB of zeros"),
        pytest.param(Deviation(response={"clientDataJSON": encode(b"[" * 9000)}), id="deep JSON"),
        pytest.param(
            Deviation(response={"clientDataJSON": encode(b"\xff\x00")}), id="client data that is no text"
        ),
        pytest.param(Deviation(client={"challenge": "\ud800"}), id="a lone surrogate"),
        pytest.param(Deviation(client={"more": "\x00"}), id="a NUL"),
        pytest.param(Deviation(outer={"response": [1]}), id="a list in place of the response"),
        pytest.param(Deviation(outer={"more": "a" * 16_000}), id="more than 16 kB"),
    ],
)
async def test_WA_06_a_malformed_new_passkey_is_refused(house: House, deviation: Deviation) -> None:
    await check_enrolment_refused(house, deviation)


async def test_WA_06_an_attestation_of_a_megabyte_is_refused(house: House) -> None:
    browser = await passkeys.open_offer(house.world, "bob")
    huge = Deviation(response={"attestationObject": "A" * 1_000_000})
    credential, before = (
        passkeys.device().create(await passkeys.fetch_options(browser), huge),
        await house.state(),
    )
    answer = await passkeys.send(browser, credential)
    assert isinstance(answer, httpx.Response)
    assert answer.status_code in (400, 413)
    assert await house.state() == before


def self_made_certificate() -> tuple[ec.EllipticCurvePrivateKey, bytes]:
    """A key and a certificate that claims to be an authenticator maker's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name.from_rfc4514_string("CN=Maker,OU=Authenticator Attestation,O=Maker,C=DE")
    made = datetime(2026, 1, 1, tzinfo=UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(made)
        .not_valid_after(made + timedelta(days=3650))
        .sign(key, SHA256())
    )
    return key, certificate.public_bytes(Encoding.DER)


async def check_packed_refused(house: House, deviation: Deviation) -> None:
    browser = await passkeys.open_offer(house.world, "bob")
    before = await house.state()
    credential = passkeys.device().self_attested(await passkeys.fetch_options(browser), deviation)
    check_refused(await passkeys.send(browser, credential))
    assert await house.state() == before


async def test_WA_07_a_certificate_of_a_self_made_root_is_refused(house: House) -> None:
    key, certificate = self_made_certificate()
    await check_packed_refused(house, Deviation(signing_key=key, attestation={"x5c": [certificate]}))


async def test_WA_07_a_self_attestation_that_another_key_signed_is_refused(house: House) -> None:
    await check_packed_refused(house, Deviation(signing_key=new_key(ES256)))


async def test_WA_07_a_self_attestation_of_another_algorithm_is_refused(house: House) -> None:
    await check_packed_refused(house, Deviation(attestation={"alg": -257}))


@pytest.mark.parametrize(
    "form", ["fido-u2f", "tpm", "android-key", "android-safetynet", "apple", "compound", "", 7, None]
)
async def test_WA_07_an_attestation_that_was_not_asked_for_is_refused(house: House, form: Any) -> None:
    await check_enrolment_refused(house, Deviation(attestation={"fmt": form}))


async def test_WA_07_no_attestation_with_a_statement_is_refused(house: House) -> None:
    await check_enrolment_refused(house, Deviation(attestation={"attStmt": {"sig": b"signed"}}))


@pytest.mark.parametrize("sign_count", [0, 1, 5])
async def test_WA_08_a_counter_that_goes_back_or_stays_is_refused_with_an_event(
    world: World, sign_count: int
) -> None:
    key = passkeys.device(synced=False, sign_count=4)
    house = await build_house(world, key)
    await check_sign_in_refused(house, Deviation(sign_count=sign_count))
    events = await world.events(house.realm, "PASSKEY_COUNTER")
    assert [(event.user_id, event.error) for event in events] == [(house.alice.id, "passkey_refused")]


async def test_WA_08_a_counter_that_moves_on_is_kept(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    assert isinstance(await passkeys.sign_in(world, house.phone, Deviation(sign_count=77)), Callback)
    assert [one.sign_count for one in await world.storage.passkeys(house.alice.id)] == [77]


async def test_WA_08_a_synced_passkey_that_never_counts_signs_in_again_and_again(house: House) -> None:
    for _ in range(2):
        assert isinstance(await passkeys.sign_in(house.world, house.phone), Callback)


async def test_WA_08_a_forged_counter_raises_no_alarm(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    await check_sign_in_refused(house, Deviation(sign_count=0, signing_key=new_key(ES256)))
    assert await world.events(house.realm, "PASSKEY_COUNTER") == []


async def test_WA_08_of_two_copies_used_at_once_one_signs_in(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    browsers = [await passkeys.open_sign_in(world) for _ in range(2)]
    same = Deviation(sign_count=9)
    answers = await asyncio.gather(*[answer_challenge(house.phone, browser, same) for browser in browsers])
    assert sorted(isinstance(answer, Callback) for answer in answers) == [False, True]


async def answer_challenge(
    phone: Authenticator, browser: Browser, deviation: Deviation
) -> httpx.Response | Callback:
    return await passkeys.send(browser, phone.get(await passkeys.fetch_options(browser), deviation))


async def test_WA_10_a_credential_is_not_registered_for_a_second_person(house: House) -> None:
    copy = passkeys.device(credential_id=house.phone.credential_id)
    await check_enrolment_refused(house, Deviation(), copy)
    assert isinstance(await passkeys.sign_in(house.world, house.phone), Callback)


async def test_WA_10_a_credential_is_not_registered_twice_for_its_person(house: House) -> None:
    first, second = await open_bobs_offers(house)
    key = passkeys.device()
    assert isinstance(await passkeys.send(first, key.create(await passkeys.fetch_options(first))), Callback)
    before = await house.state()
    check_refused(await passkeys.send(second, key.create(await passkeys.fetch_options(second))))
    assert await house.state() == before


async def open_bobs_offers(house: House) -> tuple[Browser, Browser]:
    """Two browsers in which Bob, who has no passkey yet, is invited to add one."""
    return await passkeys.open_offer(house.world, "bob"), await passkeys.open_offer(house.world, "bob")


async def test_WA_12_a_passkey_backed_up_but_not_eligible_is_refused(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    await check_sign_in_refused(house, Deviation(set_flags=BACKED_UP))
    await check_enrolment_refused(house, Deviation(set_flags=BACKED_UP, clear_flags=BACKUP_ELIGIBLE))


async def test_WA_12_a_passkey_that_becomes_eligible_for_backup_is_refused(world: World) -> None:
    house = await build_house(world, passkeys.device(synced=False))
    await check_sign_in_refused(house, Deviation(set_flags=BACKUP_ELIGIBLE))


async def test_WA_12_a_passkey_that_is_no_longer_eligible_for_backup_is_refused(house: House) -> None:
    await check_sign_in_refused(house, Deviation(clear_flags=BACKUP_ELIGIBLE | BACKED_UP))


async def test_WA_12_a_passkey_may_leave_its_backup(house: House) -> None:
    answer = await passkeys.sign_in(house.world, house.phone, Deviation(clear_flags=BACKED_UP))
    assert isinstance(answer, Callback)
    assert [one.backed_up for one in await house.world.storage.passkeys(house.alice.id)] == [False]


async def move_challenge(house: House, source: Browser, target: Browser) -> None:
    """Puts the challenge of one attempt into another, which no request can do."""
    from vestibule.crypto.secrets import digest

    tokens = [passkeys.address_of(browser).query.removeprefix("id=") for browser in (source, target)]
    logins = [await house.world.storage.login(digest(token)) for token in tokens]
    assert logins[0] is not None
    assert logins[1] is not None
    await house.world.storage.save_login(replace(logins[1], challenge=logins[0].challenge))
