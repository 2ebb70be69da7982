"""Password hashes of every kind, the pool that makes them, and the policy for new ones."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import AsyncIterator
from statistics import median

import argon2
import pytest
from argon2.low_level import Type, hash_secret

from vestibule.crypto import password_hashes
from vestibule.crypto.password_hashes import check_password_hash, is_password, write_argon2, write_pbkdf2
from vestibule.crypto.passwords import PasswordPool, check_new_password
from vestibule.domain.errors import BadInput, Busy, PasswordRefused

PASSWORD = "correct horse battery staple"
SALT = b"sixteen byte sal"
CHEAP = hash_secret(PASSWORD.encode(), SALT, 1, 64, 1, 32, Type.ID).decode()
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$" + "A" * 22 + "$" + "A" * 43


def pbkdf2(digest: password_hashes.DigestName, length: int = 64) -> str:
    return write_pbkdf2(
        digest, 1000, SALT, hashlib.pbkdf2_hmac(digest, PASSWORD.encode(), SALT, 1000, length)
    )


@pytest.fixture
async def pool() -> AsyncIterator[PasswordPool]:
    made = PasswordPool()
    yield made
    await made.close()


async def test_a_password_fits_its_hash_and_no_other_does(pool: PasswordPool) -> None:
    encoded = await pool.hash("acme", PASSWORD)
    assert await pool.verify("acme", encoded, PASSWORD)
    for other in ("", PASSWORD + " ", PASSWORD.upper(), PASSWORD[:-1]):
        assert not await pool.verify("acme", encoded, other)


async def test_a_hash_has_the_declared_parameters_and_a_salt_of_its_own(pool: PasswordPool) -> None:
    first, second = await pool.hash("acme", PASSWORD), await pool.hash("acme", PASSWORD)
    assert first.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert first != second
    assert not pool.is_outdated(first)


async def test_a_hash_verifies_in_the_library_itself(pool: PasswordPool) -> None:
    assert argon2.PasswordHasher().verify(await pool.hash("acme", PASSWORD), PASSWORD)


@pytest.mark.parametrize("typed", ["Caf\u00e9 am See 12", "Cafe\u0301 am See 12"])
async def test_one_password_has_one_form_however_a_keyboard_writes_it(pool: PasswordPool, typed: str) -> None:
    assert await pool.verify("acme", await pool.hash("acme", "Caf\u00e9 am See 12"), typed)


@pytest.mark.parametrize("character", ["\0", "密", "\n", "𝒳"])
async def test_every_character_counts(pool: PasswordPool, character: str) -> None:
    encoded = await pool.hash("acme", f"before{character}after")
    assert await pool.verify("acme", encoded, f"before{character}after")
    assert not await pool.verify("acme", encoded, f"before{character}")


@pytest.mark.parametrize(
    "encoded",
    [
        pytest.param(pbkdf2("sha256"), id="pbkdf2-sha256 of 64 bytes"),
        pytest.param(pbkdf2("sha256", 32), id="pbkdf2-sha256 of 32 bytes"),
        pytest.param(pbkdf2("sha512"), id="pbkdf2-sha512"),
        pytest.param(CHEAP, id="argon2id of other parameters"),
        pytest.param(hash_secret(PASSWORD.encode(), SALT, 1, 64, 1, 32, Type.I).decode(), id="argon2i"),
    ],
)
async def test_an_imported_hash_is_checked_and_is_outdated(pool: PasswordPool, encoded: str) -> None:
    check_password_hash(encoded)
    assert await pool.verify("acme", encoded, PASSWORD)
    assert not await pool.verify("acme", encoded, "wrong")
    assert pool.is_outdated(encoded)


def test_imported_argon2_values_are_written_in_the_usual_form() -> None:
    raw = argon2.low_level.hash_secret_raw(PASSWORD.encode(), SALT, 1, 64, 1, 32, Type.ID)
    assert write_argon2("id", 64, 1, 1, SALT, raw) == CHEAP


UNUSABLE = [
    pytest.param("", id="nothing"),
    pytest.param("plain text", id="plain text"),
    pytest.param("$2b$12$" + "a" * 53, id="bcrypt"),
    pytest.param("$pbkdf2-sha1$i=1000$c2FsdA$" + "A" * 27, id="pbkdf2-sha1"),
    pytest.param("$pbkdf2-sha256$i=1000001$c2FsdA$" + "A" * 43, id="a million and one iterations"),
    pytest.param("$pbkdf2-sha256$i=2147483647$c2FsdA$" + "A" * 43, id="2^31-1 iterations"),
    pytest.param("$pbkdf2-sha256$i=0$c2FsdA$" + "A" * 43, id="no iterations"),
    pytest.param("$pbkdf2-sha256$i=-1$c2FsdA$" + "A" * 43, id="negative iterations"),
    pytest.param("$pbkdf2-sha256$i=²$c2FsdA$" + "A" * 43, id="iterations as a superscript"),
    pytest.param("$pbkdf2-sha256$i=1000$$" + "A" * 43, id="no salt"),
    pytest.param("$pbkdf2-sha256$i=1000$c2FsdA$", id="an empty hash"),
    pytest.param("$pbkdf2-sha256$i=1000$c2FsdA$AAAA", id="a short hash"),
    pytest.param("$pbkdf2-sha256$i=1000$A$" + "A" * 43, id="a salt that is no base64"),
    pytest.param("$pbkdf2-sha256$i=1000$c2FsdA$" + "A" * 43 + "\n", id="a newline at the end"),
    pytest.param("$argon2id$v=19$m=4194304,t=3,p=4$" + "A" * 22 + "$" + "A" * 43, id="4 GiB"),
    pytest.param("$argon2id$v=19$m=65536,t=1000,p=1$" + "A" * 22 + "$" + "A" * 43, id="1 000 passes"),
    pytest.param("$argon2id$v=19$m=19456,t=2,p=64$" + "A" * 22 + "$" + "A" * 43, id="64 lanes"),
    pytest.param("$argon2id$v=19$m=19456,t=2,p=1$AA$" + "A" * 43, id="a salt of one byte"),
    pytest.param("$argon2id$v=19$m=x,t=2,p=1$" + "A" * 22 + "$" + "A" * 43, id="no number"),
    pytest.param("$argon2id$" + "A" * 43, id="an argon2 text cut short"),
    pytest.param(NOBODY + "é", id="not ASCII"),
]


@pytest.mark.parametrize("encoded", UNUSABLE)
async def test_a_hash_that_we_would_not_compute_is_refused_and_fits_nothing(
    pool: PasswordPool, encoded: str
) -> None:
    with pytest.raises(BadInput):
        check_password_hash(encoded)
    assert pool.is_outdated(encoded)
    assert not await pool.verify("acme", encoded, PASSWORD)


@pytest.mark.parametrize("iterations", [0, -1, 1_000_001, 2**31 - 1])
def test_an_imported_hash_of_too_many_iterations_is_not_written(iterations: int) -> None:
    with pytest.raises(BadInput, match="password hash"):
        write_pbkdf2("sha256", iterations, SALT, bytes(32))


def test_PW_01_nobodys_hash_cannot_be_matched() -> None:
    assert not is_password(None, PASSWORD.encode())
    assert not is_password("", b"")


async def test_PW_01_an_unknown_person_costs_as_much_as_a_wrong_password(pool: PasswordPool) -> None:
    known = await pool.hash("acme", PASSWORD)

    async def cost(encoded: str | None) -> float:
        before = pool.hash_cpu_seconds
        assert not await pool.verify("acme", encoded, "wrong")
        return pool.hash_cpu_seconds - before

    pairs = [(await cost(None), await cost(known), await cost("unusable")) for _ in range(9)]
    unknown, wrong, unusable = (median(costs) for costs in zip(*pairs, strict=True))
    assert 0.5 < unknown / wrong < 2
    assert 0.5 < unusable / wrong < 2


@pytest.mark.parametrize(
    "password",
    [
        pytest.param("a" * 1025, id="1 025 bytes"),
        pytest.param("é" * 513, id="513 characters of two bytes"),
        pytest.param("a" * 1_000_000, id="1 MB"),
        pytest.param("\ud800", id="a lone surrogate"),
    ],
)
async def test_PW_06_an_unreadable_password_is_refused_before_any_work(
    pool: PasswordPool, password: str
) -> None:
    for call in (pool.verify("acme", CHEAP, password), pool.verify("acme", None, password)):
        with pytest.raises(BadInput):
            await call
    with pytest.raises(BadInput):
        await pool.hash("acme", password)
    assert pool.hash_cpu_seconds == 0


async def test_a_password_of_1024_bytes_is_taken(pool: PasswordPool) -> None:
    assert await pool.verify("acme", await pool.hash("acme", "a" * 1024), "a" * 1024)


async def test_PW_06_of_ten_thousand_sign_ins_only_the_bounded_number_is_worked_on() -> None:
    pool = PasswordPool(slots=1, queue=4)
    answers = await asyncio.gather(
        *(pool.verify(f"realm {number}", CHEAP, PASSWORD) for number in range(10_000)), return_exceptions=True
    )
    await pool.close()
    assert answers[:5] == [True] * 5
    assert all(isinstance(answer, Busy) and answer.retry_after_seconds for answer in answers[5:])


async def test_RL_02_one_realms_flood_leaves_room_for_another_realm() -> None:
    pool = PasswordPool(slots=1, queue=8)
    flood = asyncio.gather(*(pool.verify("loud", CHEAP, "x") for _ in range(100)), return_exceptions=True)
    await asyncio.sleep(0)
    assert await pool.verify("quiet", CHEAP, PASSWORD)
    assert sum(answer is False for answer in await flood) == 5
    await pool.close()


async def test_a_caller_who_hangs_up_keeps_the_slot_until_the_hash_is_done() -> None:
    pool = PasswordPool(slots=1, queue=0)
    call = asyncio.create_task(pool.hash("acme", PASSWORD))
    await asyncio.sleep(0)
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    with pytest.raises(Busy):
        await pool.hash("acme", PASSWORD)
    await pool.close()
    assert pool.hash_cpu_seconds > 0


async def test_closing_turns_away_who_waits_and_lets_the_running_end() -> None:
    pool = PasswordPool(slots=1, queue=4)
    running, waiting = (asyncio.create_task(pool.verify("acme", CHEAP, PASSWORD)) for _ in range(2))
    await asyncio.sleep(0)
    await pool.close()
    assert await running
    with pytest.raises(Busy):
        await waiting
    with pytest.raises(Busy):
        await pool.verify("acme", CHEAP, PASSWORD)


@pytest.mark.parametrize(
    "password",
    [
        "twelve chars",
        "correct horse battery staple",
        "Пароль из кириллицы",
        "密码密码密码密码密码密码",
        "a" * 1023 + "b",
    ],
)
def test_a_long_password_is_good_whatever_it_is_made_of(password: str) -> None:
    check_new_password(password, "alice", "alice@example.com")


@pytest.mark.parametrize(
    "password, rule",
    [
        pytest.param("", "shorter", id="nothing"),
        pytest.param("elevenchars", "shorter", id="eleven characters"),
        pytest.param("e\u0301" * 11, "shorter", id="eleven characters in twenty-two code points"),
        pytest.param("a" * 20, "repeated", id="one character repeated"),
        pytest.param("a" * 1025, "1024 bytes", id="too long"),
        pytest.param("\ud800" * 12, "surrogate", id="lone surrogates"),
        pytest.param("alice.the.first", "equal", id="the user name"),
        pytest.param("ALICE.the.First", "equal", id="the user name in other case"),
        pytest.param("alice@Example.com", "equal", id="the email address"),
        pytest.param(" alice@example.com ", "equal", id="the email address between spaces"),
    ],
)
def test_a_new_password_that_is_easy_to_guess_is_refused(password: str, rule: str) -> None:
    with pytest.raises(PasswordRefused) as refused:
        check_new_password(password, "alice.the.first", "alice@example.com")
    assert rule in refused.value.detail


def test_a_person_without_an_address_can_choose_a_password() -> None:
    check_new_password("twelve chars", "alice", None)
