"""Attacks on mail: headers, templates, other tenants' mails, address changes that race."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest

from tests.mails import active, queue, token
from tests.world import START, World
from vestibule.domain.errors import BadInput, LinkExpired, UndecryptableSecret
from vestibule.domain.realm import MailServer, Realm
from vestibule.flows.deployment import Visitor
from vestibule.flows.follow_link import confirm_address
from vestibule.flows.mail import Mail, queue_address_change, queue_mail, queue_set_password
from vestibule.flows.mail.compose import compose
from vestibule.flows.ports import Delivery
from vestibule.outbound.message import write_message

SERVER = MailServer("smtp.acme.example", 587, "sso@acme.example")
BREAKS = ("\r\n", "\n", "\r", "\u0085", "\u2028", "\u2029", "\x0b", "\x0c", "\x1c", "嘊", "%0d%0a", "\0")


def message_of(realm: Realm, server: MailServer = SERVER) -> EmailMessage:
    letter = compose(Mail("set-password", "alice@acme.example", link="https://x.example/"), realm, "1", START)
    message = message_from_bytes(write_message(letter, server, "sso.example"), policy=default)
    assert isinstance(message, EmailMessage)
    return message


@pytest.mark.parametrize("line_end", BREAKS, ids=ascii)
def test_TX_04_a_line_end_in_a_realms_name_adds_no_header(line_end: str) -> None:
    name = f"Acme{line_end}Bcc: victim@evil.example{line_end}{line_end}<b>body</b>"
    message, plain = message_of(Realm("r", "acme", name)), message_of(Realm("r", "acme", "Acme"))
    assert message.keys() == plain.keys()
    assert "Bcc" not in message
    assert [one.addr_spec for one in message["From"].addresses] == ["sso@acme.example"]
    assert [one.addr_spec for one in message["To"].addresses] == ["alice@acme.example"]
    assert len(str(message["Subject"]).splitlines()) == 1


@pytest.mark.parametrize("line_end", BREAKS, ids=ascii)
def test_TX_04_a_line_end_in_a_senders_name_adds_no_header(line_end: str) -> None:
    server = replace(SERVER, from_name=f"Acme{line_end}Bcc: victim@evil.example")
    try:
        message = message_of(Realm("r", "acme"), server)
    except ValueError:
        return  # refused: nothing is sent
    assert "Bcc" not in message
    assert [one.addr_spec for one in message["From"].addresses] == ["sso@acme.example"]


@pytest.mark.parametrize("line_end", BREAKS, ids=ascii)
async def test_TX_04_a_line_end_in_a_recipient_is_refused(world: World, line_end: str) -> None:
    realm = await world.realm()
    mail = Mail("test", f"alice@acme.example{line_end}Bcc: victim@evil.example")
    with pytest.raises(BadInput):
        await queue_mail(world.storage, world.deployment, realm, mail, world.clock.now())
    assert await world.storage.pending_deliveries() == 0


@pytest.mark.parametrize(
    "name",
    ["{{ config }}", "{0.__class__}", "{realm.__class__}", "{address}", "%(link)s", "${x}", "{% raw %}"],
)
def test_TX_05_a_template_in_a_realms_name_arrives_literally(name: str) -> None:
    message = message_of(Realm("r", "acme", name))
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert str(message["Subject"]) == f"{name}: set your password"
    for part in (text, html):
        assert part is not None
        assert f"your account at {name}." in part.get_content()


def test_TX_01_markup_in_a_realms_name_is_text_in_the_mail() -> None:
    html = message_of(Realm("r", "acme", "<img src=//evil.example>")).get_body(("html",))
    assert html is not None
    assert "<img" not in html.get_content()
    assert "&lt;img src=//evil.example&gt;" in html.get_content()


async def test_MT_09_a_queued_mail_opens_in_its_own_realm_only(world: World) -> None:
    acme, umbrella = await world.realm(), await world.realm("umbrella")
    await queue(world, queue_set_password, acme, await world.user(acme))
    (delivery,) = await world.storage.due_deliveries(world.clock.now())
    moved = Delivery(delivery.id, delivery.kind, umbrella.id, delivery.payload, delivery.due_at)
    with pytest.raises(UndecryptableSecret):
        await world.queue._handlers["mail"].send(moved)
    copied = replace(delivery, id="another")
    with pytest.raises(UndecryptableSecret):
        await world.queue._handlers["mail"].send(copied)


async def test_MT_09_a_mail_carries_its_own_realm_and_goes_through_its_own_server(world: World) -> None:
    acme = await world.realm(mail=SERVER)
    umbrella = await world.realm("umbrella", mail=replace(SERVER, host="smtp.umbrella.example"))
    for realm in (acme, umbrella):
        await queue(
            world, queue_set_password, realm, await world.user(realm, email=f"a@{realm.name}.example")
        )
    for letter in await world.mails():
        realm, other = (acme, umbrella) if letter.recipient == "a@acme.example" else (umbrella, acme)
        said = letter.text + letter.html + letter.subject + letter.from_name
        assert f"/realms/{realm.name}/" in said
        assert other.name not in said.lower()


async def test_MT_09_a_link_of_one_realm_opens_nothing_in_another(world: World) -> None:
    acme, umbrella = await world.realm(), await world.realm("umbrella")
    mailed = await token(world, queue_set_password, acme, await world.user(acme))
    async with world.http() as http:
        assert (await http.get(f"/realms/umbrella/action?token={mailed}")).status_code == 410
        assert (await http.get(f"/realms/acme/action?token={mailed}")).status_code == 200
    assert umbrella.id != acme.id


async def test_AC_06_an_address_changes_by_the_link_to_the_new_one_and_both_are_told(
    world: World,
) -> None:
    realm = await world.realm()
    user = await world.user(realm)
    mailed = await token(world, queue_address_change, realm, user, "ada@acme.example")
    assert await world.storage.user(user.id) == user
    told = {mail.recipient: mail for mail in await world.mails()}
    assert told.keys() == {"alice@acme.example", "ada@acme.example"}
    assert mailed in told["ada@acme.example"].text
    assert mailed not in told["alice@acme.example"].text
    await confirm_address(world.deployment, await active(world, realm), mailed, Visitor())
    changed = await world.storage.user(user.id)
    assert changed == replace(user, email="ada@acme.example", email_verified=True)
    last = (await world.mails())[-1]
    assert (last.recipient, "was changed" in last.subject) == ("alice@acme.example", True)
    (event,) = await world.events(realm, "EMAIL_CHANGED")
    assert event.details == {"email": "ada@acme.example", "previous_email": "alice@acme.example"}


async def test_AC_07_a_link_confirms_the_address_it_was_mailed_to_only(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm)
    first = await token(world, queue_address_change, realm, user, "mine@evil.example")
    await queue(world, queue_address_change, realm, user, "ceo@acme.example")
    place = await active(world, realm)
    await confirm_address(world.deployment, place, first, Visitor())
    changed = await world.storage.user(user.id)
    assert changed is not None
    assert (changed.email, changed.email_verified) == ("mine@evil.example", True)


async def test_AC_07_the_second_of_two_parallel_changes_dies_with_the_first(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm)
    first = await token(world, queue_address_change, realm, user, "one@acme.example")
    second = await token(world, queue_address_change, realm, user, "two@acme.example")
    place = await active(world, realm)
    await confirm_address(world.deployment, place, second, Visitor())
    with pytest.raises(LinkExpired):
        await confirm_address(world.deployment, place, first, Visitor())
    changed = await world.storage.user(user.id)
    assert changed is not None
    assert changed.email == "two@acme.example"


async def test_AC_07_one_link_pressed_twice_at_once_works_once(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm)
    mailed = await token(world, queue_address_change, realm, user, "one@acme.example")
    place = await active(world, realm)
    outcomes: list[Any] = await asyncio.gather(
        *(confirm_address(world.deployment, place, mailed, Visitor()) for _ in range(5)),
        return_exceptions=True,
    )
    assert sum(not isinstance(one, LinkExpired) for one in outcomes) == 1
    assert len(await world.events(realm, "EMAIL_CHANGED")) == 1


async def test_AU_03_no_link_is_in_the_log_or_in_an_event(world: World) -> None:
    realm = await world.realm()
    user = await world.user(realm)
    mailed = await token(world, queue_set_password, realm, user)
    async with world.http() as http:
        await http.get(f"/realms/acme/action?token={mailed}")
        await http.get(f"/realms/umbrella/action?token={mailed}")
        await http.post(f"/realms/acme/action?token={mailed}", data={"password": "a new password for alice"})
    world.app.context.log.flush()
    written = b"".join(world.log) + repr(await world.events()).encode()
    assert world.log
    assert mailed.encode() not in written
    assert b"a new password for alice" not in written
