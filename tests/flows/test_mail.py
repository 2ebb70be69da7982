"""Mails to people: what they say, that they are queued with the change, and what comes of failures."""

from __future__ import annotations

import re
from functools import partial

import pytest

from tests.mails import Refusing, queue
from tests.world import START, World, new_world
from vestibule.domain.errors import BadInput, MailNotConfigured, MailNotSent, MailRefused, TooManyMails
from vestibule.domain.realm import MailServer, Realm
from vestibule.domain.user import User
from vestibule.flows.mail import (
    Mail,
    queue_address_change,
    queue_set_password,
    queue_verify_email,
    send_test_mail,
)
from vestibule.flows.mail.compose import compose, language_of
from vestibule.flows.mail.words import ENGLISH, LANGUAGES, PLACES, Words
from vestibule.flows.ports import Store
from vestibule.outbound.mail import SmtpMailer

SERVER = MailServer("smtp.acme.example", 587, "sso@acme.example")


def test_every_language_has_the_same_mails_with_the_same_places() -> None:
    def places(words: Words) -> list[list[str]]:
        parts = (words.subject, " ".join(words.before), words.button, " ".join(words.after))
        return [sorted(set(re.findall(r"\{(.*?)\}", part))) for part in parts]

    for language in LANGUAGES.values():
        assert language.kinds.keys() == ENGLISH.kinds.keys()
        for kind, words in language.kinds.items():
            assert places(words) == places(ENGLISH.kinds[kind])
            assert set().union(*places(words)) <= PLACES
            assert bool(words.button) == bool(ENGLISH.kinds[kind].button)


@pytest.mark.parametrize(
    "own, realm, language",
    [
        ("fr", "en", "fr"),
        ("fr-CA", "", "fr"),
        ("de", "fr", "fr"),
        ("", "fr", "fr"),
        ("", "", "en"),
        ("x", "y", "en"),
    ],
)
def test_a_mail_is_in_the_persons_language_then_the_realms(own: str, realm: str, language: str) -> None:
    user = User("1", "realm", "alice", attributes={"locale": (own,)} if own else {})
    assert language_of(user, Realm("realm", "acme", locale=realm)) == language


@pytest.mark.parametrize(
    "seconds, english, french",
    [(43200, "12 hours", "12 heures"), (3600, "1 hour", "1 heure"), (172800, "2 days", "2 jours"),
     (5400, "90 minutes", "90 minutes"), (59, "1 minute", "1 minute")],
)  # fmt: skip
def test_the_time_that_a_link_works_is_said_in_words(seconds: int, english: str, french: str) -> None:
    for language, said in (("en", english), ("fr", french)):
        mail = Mail(
            "set-password", "a@b.example", link="https://x.example", seconds=seconds, language=language
        )
        assert said in compose(mail, Realm("realm", "acme"), "1", START).text


async def test_a_mail_is_stored_sealed_and_gone_once_it_is_sent(world: World) -> None:
    realm = await world.realm()
    await queue(world, queue_set_password, realm, await world.user(realm))
    (delivery,) = await world.storage.due_deliveries(world.clock.now())
    assert "alice" not in delivery.payload
    assert "action" not in delivery.payload
    (letter,) = await world.mails()
    assert (letter.recipient, letter.id) == ("alice@acme.example", delivery.id)
    assert await world.storage.pending_deliveries() == 0


async def test_no_mail_is_queued_by_a_change_that_was_not_stored(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm)

    async def step(store: Store) -> None:
        await queue_set_password(store, world.deployment, realm, user, world.clock.now())
        raise BadInput("something else was wrong")

    with pytest.raises(BadInput):
        await world.storage.transaction(step)
    assert await world.mails() == []


async def test_without_a_mail_server_nothing_is_queued() -> None:
    async with new_world(mailer=SmtpMailer("sso.example")) as world:
        realm = await world.realm()
        with pytest.raises(MailNotConfigured):
            await queue(world, queue_set_password, realm, await world.user(realm))
        assert await world.storage.pending_deliveries() == 0


async def test_a_mail_is_tried_for_a_day_and_then_given_up_with_an_event() -> None:
    mailer = Refusing(MailNotSent("login", "answered 535"))
    async with new_world(mailer=mailer) as world:
        realm = await world.realm()
        user = await world.user(realm)
        await queue(world, partial(queue_set_password, lives_seconds=7 * 86400), realm, user)
        for _ in range(200):
            await world.delivered()
            world.clock.advance(minutes=15)
        assert mailer.asked == 12
        (event,) = await world.events(realm, "MAIL_FAILED")
        assert (event.error, event.user_id) == ("mail_not_sent", user.id)
        assert event.details == {"kind": "set-password", "address": "a…@acme.example"}
        assert 23 < (event.at - START).total_seconds() / 3600 < 26
        assert await world.storage.pending_deliveries() == 0


async def test_a_recipient_that_is_refused_for_good_is_not_tried_again() -> None:
    mailer = Refusing(MailRefused("recipient", "answered 550"))
    async with new_world(mailer=mailer) as world:
        realm = await world.realm()
        await queue(world, queue_set_password, realm, await world.user(realm))
        await world.delivered()
        assert (mailer.asked, await world.storage.pending_deliveries()) == (1, 0)
        assert [event.error for event in await world.events(realm, "MAIL_FAILED")] == ["mail_refused"]


async def test_a_link_that_died_while_it_waited_is_not_sent(world: World) -> None:
    realm = await world.realm()
    await queue(world, queue_set_password, realm, await world.user(realm))
    world.clock.advance(hours=12)
    assert await world.mails() == []
    assert [event.error for event in await world.events(realm, "MAIL_FAILED")] == ["link_expired"]


async def test_three_timeouts_of_a_realms_server_spare_the_queue_the_next_ones() -> None:
    mailer = Refusing(MailNotSent("connect", "took longer than 20 s"))
    async with new_world(mailer=mailer) as world:
        realm = await world.realm()
        user = await world.user(realm)
        for _ in range(5):
            await queue(world, queue_set_password, realm, user)
        for delivery in await world.storage.due_deliveries(world.clock.now()):
            with pytest.raises(Exception, match=r"took longer|not tried"):
                await world.queue._handlers["mail"].send(delivery)
        assert mailer.asked == 3


async def test_five_mails_an_hour_are_enough_for_anybody(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm)
    for number in range(5):
        await queue(world, queue_address_change, realm, user, f"new{number}@acme.example")
    with pytest.raises(TooManyMails):
        await queue(world, queue_address_change, realm, user, "new9@acme.example")
    with pytest.raises(TooManyMails):
        await queue(world, queue_verify_email, realm, user)
    assert not any(mail.recipient == "new9@acme.example" for mail in await world.mails())
    world.clock.advance(hours=1)
    await queue(world, queue_verify_email, realm, user)


@pytest.mark.parametrize("address", ["", "nobody", "a@b@c.example", "a@b.example\r\nBcc: x@y.example"])
async def test_a_new_address_must_be_one(world: World, address: str) -> None:
    realm = await world.realm()
    with pytest.raises(BadInput):
        await queue(world, queue_address_change, realm, await world.user(realm), address)
    assert await world.storage.pending_deliveries() == 0


async def test_a_person_without_an_address_gets_no_link(world: World) -> None:
    realm = await world.realm()
    with pytest.raises(BadInput):
        await queue(world, queue_set_password, realm, await world.user(realm, email=None))


async def test_the_test_mail_tells_how_it_went() -> None:
    async with new_world() as world:
        realm = await world.realm(locale="fr")
        result = await send_test_mail(world.deployment, realm, SERVER, "admin@acme.example")
        assert result.is_sent
        (letter,) = await world.mails()
        assert letter.subject == "Acme : message de test"
        with pytest.raises(BadInput):
            await send_test_mail(world.deployment, realm, SERVER, "nobody")
    async with new_world(mailer=Refusing(MailNotSent("login", "answered 535", "5.7.8 wrong"))) as world:
        result = await send_test_mail(world.deployment, await world.realm(), SERVER, "admin@acme.example")
        assert (result.failed_step, result.error, result.answer) == ("login", "mail_not_sent", "5.7.8 wrong")
        assert await world.storage.pending_deliveries() == 0
