"""Reminders of what expires: each is sent once, to whom it concerns, and the calendar of it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tests.admin.connections import provider
from tests.console import admin_api, administrator, master_of
from tests.expiring import KIND, an_expiry, expiring
from tests.mails import Refusing
from tests.world import START, MemoryMailbox, World, new_world
from vestibule.domain.administration import PLATFORM_ADMIN, REALM_ADMIN
from vestibule.domain.errors import MailRefused
from vestibule.domain.realm import MailServer, Realm
from vestibule.flows.expiry.calendar import Calendar, write_calendar
from vestibule.flows.expiry.remind import remind
from vestibule.flows.ports import Expiry

REALM = Realm("realm-1", "acme", display_name="Acme")
LAST_DAY = date(2026, 12, 12)
OURS = Calendar("Acme", "https://sso.example/console/acme")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with new_world() as made:
        yield made


@pytest.fixture
async def realm(world: World) -> Realm:
    made = await world.realm()
    await administrator(world, made)
    return made


async def days_pass(world: World, days: int) -> list[int]:
    """After which of the days, counted from now, a mail had come; the job runs every hour."""
    days_with_mail = []
    for day in range(1, days + 1):
        before = len(await world.mails())
        for _ in range(24):
            world.clock.advance(hours=1)
            await remind(world.deployment)
        if len(await world.mails()) > before:
            assert len(await world.mails()) == before + 1
            days_with_mail.append(day)
    return days_with_mail


async def test_S001_10_a_secret_is_spoken_of_thirty_fourteen_seven_days_and_one_day_before(
    world: World, realm: Realm
) -> None:
    await expiring(world, realm, 40)
    assert await days_pass(world, 60) == [10, 26, 33, 39]
    events = [event.details["days_left"] for event in await world.events(realm, "EXPIRY_REMINDER")]
    assert sorted(events, key=int) == ["1", "7", "14", "30"]


async def test_a_reminder_says_what_ends_where_and_when_and_leads_to_it(world: World, realm: Realm) -> None:
    expiry = await expiring(world, realm, 15)
    world.clock.advance(days=1)
    await remind(world.deployment)
    (letter,) = await world.mails()
    assert letter.recipient == "realm-admin@acme.example"
    assert letter.subject == "Acme: the client secret of “Entra ID” expires in 14 days"
    assert f"The last day on which it works: {expiry.expires_on}." in letter.text
    assert f"https://sso.example/console/acme{expiry.path}" in letter.text.splitlines()


async def test_TX_04_a_name_with_line_ends_stays_on_the_line_of_the_subject(
    world: World, realm: Realm
) -> None:
    await expiring(world, realm, 2, name="Entra\r\nBcc: a@b.example\u2028{date}")
    world.clock.advance(days=1)
    await remind(world.deployment)
    (letter,) = await world.mails()
    assert letter.subject == "Acme: the client secret of “Entra Bcc: a@b.example {date}” expires tomorrow"


async def test_what_is_left_is_counted_when_the_mail_goes_out(world: World, realm: Realm) -> None:
    await expiring(world, realm, 8)
    world.clock.advance(days=1)
    await remind(world.deployment)
    world.clock.advance(days=1)
    (letter,) = await world.mails()
    assert letter.subject.endswith("expires in 6 days")


async def test_a_french_administrator_is_told_in_french(world: World, realm: Realm) -> None:
    role = await world.storage.role_by_name(realm.id, REALM_ADMIN)
    assert role is not None
    (stored,) = (await world.storage.users_with_role(role.id)).values
    await world.storage.save_user(replace(stored, attributes={"locale": ("fr",)}))
    await expiring(world, realm, 2)
    world.clock.advance(days=1)
    await remind(world.deployment)
    (letter,) = await world.mails()
    assert letter.subject == "Acme : le secret du client de « Entra ID » expire demain"


async def test_after_a_time_without_the_service_only_the_nearest_reminder_comes(
    world: World, realm: Realm
) -> None:
    await expiring(world, realm, 40)
    world.clock.advance(days=35)
    assert [await remind(world.deployment) for _ in range(3)] == [1, 0, 0]
    (letter,) = await world.mails()
    assert letter.subject.endswith("expires in 5 days")
    assert await days_pass(world, 10) == [4]


async def test_what_ended_while_nobody_was_there_is_told_once(world: World, realm: Realm) -> None:
    await expiring(world, realm, 40)
    world.clock.advance(days=43)
    assert [await remind(world.deployment) for _ in range(2)] == [1, 0]
    assert (await world.mails())[0].subject.endswith("expired 3 days ago")


async def test_two_processes_at_once_send_one(world: World, realm: Realm) -> None:
    await expiring(world, realm, 8)
    world.clock.advance(days=1)
    assert sorted(await asyncio.gather(*(remind(world.deployment) for _ in range(5)))) == [0, 0, 0, 0, 1]
    assert len(await world.mails()) == 1
    assert len(await world.events(realm, "EXPIRY_REMINDER")) == 1


async def test_whoever_read_the_same_due_date_before_comes_too_late(world: World, realm: Realm) -> None:
    await expiring(world, realm, 8)
    world.clock.advance(days=1)
    (seen,) = await world.storage.due_expiries(world.clock.now())
    assert await remind(world.deployment) == 1
    assert not await world.storage.set_expiry_due(seen, None)


async def test_a_renewed_secret_stops_the_reminders_of_the_former(world: World, realm: Realm) -> None:
    former = await expiring(world, realm, 8)
    now = world.clock.now()
    renewed = an_expiry(realm, now.date() + timedelta(days=400), now, object_id="secret-2")
    await world.storage.replace_expiries(realm.id, KIND, former.object_id, [renewed])
    assert await days_pass(world, 30) == []


async def test_S001_10_an_administrator_enters_the_date_is_reminded_and_renews(
    world: World, realm: Realm
) -> None:
    instances = "/admin/realms/acme/identity-provider/instances"
    first = {"clientSecret": "the first secret", "vestibule.secretExpiresOn": "2026-12-04"}
    api = await admin_api(world)
    made = await api.post(instances, provider(**first))
    assert made.status_code == 201, made.text
    assert await days_pass(world, 8) == [7]
    following = {"clientSecret": "the next secret", "vestibule.secretExpiresOn": "2027-11-01"}
    api = await admin_api(world)
    address = f"{instances}/company/next-secret"
    assert (await api.put(address, {"config": following})).status_code == 204
    assert (await api.post(address)).status_code == 204
    assert await days_pass(world, 30) == []
    (expiry,) = await world.storage.expiries(realm.id)
    assert expiry.expires_on == date(2027, 11, 1)


async def test_a_secret_that_is_saved_again_is_not_told_of_again(world: World, realm: Realm) -> None:
    expiry = await expiring(world, realm, 15)
    world.clock.advance(days=1)
    assert await remind(world.deployment) == 1
    await world.storage.replace_expiries(realm.id, KIND, expiry.object_id, [expiry])
    assert await remind(world.deployment) == 0


async def test_everybody_who_administers_is_told_once_by_a_group_too(world: World, realm: Realm) -> None:
    role = await world.storage.role_by_name(realm.id, REALM_ADMIN)
    assert role is not None
    both, nested, disabled = [
        await world.user(realm, name, enabled=name != "disabled") for name in ("both", "nested", "disabled")
    ]
    await world.user(realm, "nobody")
    await world.storage.grant_role(both.id, role.id)
    staff = await world.group(realm, "/staff", both, disabled)
    await world.group(realm, "/staff/night", nested)
    await world.storage.grant_group_role(staff.id, role.id)
    await expiring(world, realm, 2)
    world.clock.advance(days=1)
    await remind(world.deployment)
    told = sorted(letter.recipient.partition("@")[0] for letter in await world.mails())
    assert told == ["both", "nested", "realm-admin"]


async def test_a_tenant_without_administrators_is_looked_after_by_the_platform(world: World) -> None:
    master = await master_of(world)
    await administrator(world, master, PLATFORM_ADMIN)
    realm = await world.realm()
    await expiring(world, realm, 2)
    world.clock.advance(days=1)
    await remind(world.deployment)
    (letter,) = await world.mails()
    assert letter.recipient == "platform-admin@acme.example"
    assert letter.subject == "Acme: the client secret of “Entra ID” expires tomorrow"
    assert letter.from_name == "Vestibule"


async def test_without_a_way_for_mails_the_event_remains() -> None:
    class NoWay(MemoryMailbox):
        def can_send(self, server: MailServer | None) -> bool:
            return False

    async with new_world(mailer=NoWay()) as world:
        realm = await world.realm()
        await administrator(world, realm)
        await expiring(world, realm, 2)
        world.clock.advance(days=1)
        assert await remind(world.deployment) == 1
        assert await world.mails() == []
        (event,) = await world.events(realm, "EXPIRY_REMINDER")
        assert (event.details["name"], event.details["kind"]) == ("Entra ID", KIND)


async def test_a_mail_server_that_fails_does_not_bring_the_reminder_again() -> None:
    async with new_world(mailer=Refusing(MailRefused("recipient", "550"))) as world:
        realm = await world.realm()
        await administrator(world, realm)
        await expiring(world, realm, 2)
        world.clock.advance(days=1)
        assert await remind(world.deployment) == 1
        await world.delivered()
        assert await remind(world.deployment) == 0


def lines_of(expiries: list[Expiry], calendar: Calendar = OURS) -> list[str]:
    """The document's lines, put together again as a reader does (RFC 5545 section 3.1)."""
    document = write_calendar(calendar, expiries, START)
    assert document.endswith(b"\r\n")
    physical = document.split(b"\r\n")
    assert all(len(line) <= 75 and b"\n" not in line and b"\r" not in line for line in physical)
    for line in physical:
        line.decode()  # no character is cut in two
    return document.replace(b"\r\n ", b"").decode().splitlines()


def test_the_calendar_has_a_whole_day_for_each_end() -> None:
    lines = lines_of([an_expiry(REALM, LAST_DAY, START)])
    assert lines[:2] == ["BEGIN:VCALENDAR", "VERSION:2.0"]
    assert lines[-1] == "END:VCALENDAR"
    for line in (
        "UID:upstream_secret.secret-1@sso.example",
        "DTSTAMP:20261120T120000Z",
        "DTSTART;VALUE=DATE:20261212",
        "DTEND;VALUE=DATE:20261213",
        "SUMMARY:Entra ID: client secret expires",
        "URL:https://sso.example/console/acme/identity-providers/entra-id",
    ):
        assert lines.count(line) == 1


def test_the_calendar_of_nothing_is_a_calendar() -> None:
    assert "BEGIN:VEVENT" not in lines_of([])


def test_a_corrected_date_moves_the_same_entry() -> None:
    before, after = (
        next(line for line in lines_of([an_expiry(REALM, day, START)]) if line.startswith("UID:"))
        for day in (LAST_DAY, date(2027, 1, 1))
    )
    assert before == after


NASTY = (
    "x\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\nSUMMARY:mine",
    "x\nATTACH:https://evil.example/",
    "x\u2028ATTENDEE:mailto:a@b.example",
    "x\x85BEGIN:VALARM",
    "x\x0bBEGIN:VALARM\x0c\x00\x7f",
)


@pytest.mark.parametrize("name", NASTY)
def test_a_name_begins_no_line_of_its_own(name: str) -> None:
    harmless = [line.partition(":")[0] for line in lines_of([an_expiry(REALM, LAST_DAY, START)])]
    expiry = an_expiry(REALM, LAST_DAY, START, name=name, object_id="secret-1")
    assert [line.partition(":")[0] for line in lines_of([expiry], replace(OURS, name=name))] == harmless


def test_marks_of_the_format_are_escaped() -> None:
    lines = lines_of([an_expiry(REALM, LAST_DAY, START, name='A, B; C\\ "D"')])
    assert 'SUMMARY:A\\, B\\; C\\\\ "D": client secret expires' in lines


def test_long_names_of_many_octets_are_folded_between_characters() -> None:
    name = "Verzeichnisdienst für die Außenstelle 東京 🗝" * 5
    assert f"SUMMARY:{name}: client secret expires" in lines_of(
        [an_expiry(REALM, LAST_DAY, START, name=name)]
    )


def test_the_last_date_that_there_is_can_be_written() -> None:
    assert "DTSTART;VALUE=DATE:99991231" in lines_of([an_expiry(REALM, date.max, START)])


def test_the_calendar_speaks_the_realms_language() -> None:
    lines = lines_of([an_expiry(REALM, LAST_DAY, START)], replace(OURS, language="fr"))
    assert "SUMMARY:Entra ID : expiration (secret du client)" in lines


async def test_a_reminder_is_due_at_six_in_the_morning(world: World, realm: Realm) -> None:
    expiry = await expiring(world, realm, 31)
    day = expiry.expires_on - timedelta(days=30)
    assert expiry.due_at == datetime(day.year, day.month, day.day, 6, tzinfo=UTC)
