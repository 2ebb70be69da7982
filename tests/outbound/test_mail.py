"""Mail by SMTP: what arrives, how TLS and login are insisted on, and which step is named when it fails."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mails import queue
from tests.outbound.smtp_server import SmtpServer
from tests.outbound.surroundings import Authority, Names
from tests.world import START, new_world
from vestibule.domain.errors import MailNotConfigured, MailNotSent, MailRefused
from vestibule.domain.realm import MailServer, Realm
from vestibule.flows.mail import Mail, queue_set_password
from vestibule.flows.mail.compose import compose
from vestibule.flows.ports import Letter
from vestibule.outbound.mail import PlatformServer, SmtpMailer
from vestibule.outbound.mailbox import FileMailbox
from vestibule.outbound.mailers import new_mailer
from vestibule.outbound.message import write_message
from vestibule.settings import Settings, read_settings

SERVER = MailServer("127.0.0.1", 0, "sso@acme.example")
REALM = Realm("realm", "acme", "Acme")


def a_letter(**changes: Any) -> Letter:
    mail = Mail("test", "alice@acme.example", address="alice@acme.example")
    return replace(compose(mail, REALM, "0193-letter", START), **changes)


async def send(
    server: SmtpServer, authority: Authority | None = None, password: str = "", **changes: Any
) -> None:
    """Sends a letter through the server, which the operator has opened."""
    mailer = SmtpMailer(
        "sso.example", allow=[server.place], ca_file=authority.ca_file if authority else None, limit_seconds=5
    )
    await mailer.send(a_letter(), replace(SERVER, port=server.port, **changes), password)


async def failure(server: SmtpServer, *args: Any, **changes: Any) -> MailNotSent:
    with pytest.raises(MailNotSent) as caught:
        await send(server, *args, **changes)
    return caught.value


async def test_a_mail_arrives_over_starttls(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server) as server:
        await send(server, authority)
    (mail,) = server.arrived
    assert (mail.tls, mail.sender, mail.recipients) == (True, "sso@acme.example", ["alice@acme.example"])
    assert server.commands[0] == "EHLO sso.example"


async def test_a_mail_arrives_over_tls_from_the_start(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server, implicit=True) as server:
        await send(server, authority, security="tls")
    assert [mail.tls for mail in server.arrived] == [True]


async def test_the_message_is_text_with_an_html_alternative_and_names_the_realm(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server) as server:
        await send(server, authority, reply_to="help@acme.example")
    message = server.arrived[0].message
    assert str(message["From"]) == "Acme <sso@acme.example>"
    assert (message["To"], message["Reply-To"]) == ("alice@acme.example", "help@acme.example")
    assert (message["Auto-Submitted"], message["Message-ID"]) == (
        "auto-generated", "<0193-letter@sso.example>",
    )  # fmt: skip
    assert message["Content-Language"] == "en"
    text, html = message.get_body(("plain",)), message.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "this mail has reached alice@acme.example" in text.get_content()
    assert "<img" not in html.get_content()
    assert "src=" not in html.get_content()


async def test_a_login_is_made_over_tls(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server, login=("sso", "pâss word")) as server:
        await send(server, authority, "pâss word", username="sso")
    assert len(server.arrived) == 1
    assert server.commands.index("STARTTLS") < server.commands.index("AUTH")


async def test_a_server_that_offers_no_starttls_gets_neither_password_nor_mail(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server, starttls=False, login=("sso", "secret")) as server:
        error = await failure(server, authority, "secret", username="sso")
    assert error.step == "tls"
    assert not {"AUTH", "DATA"} & {command.split()[0] for command in server.commands}


async def test_a_server_that_takes_starttls_back_gets_nothing(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server, answers={"STARTTLS": "454 not now"}) as server:
        error = await failure(server, authority)
    assert (error.step, server.arrived) == ("tls", [])


async def test_a_reply_that_was_put_in_before_tls_does_not_count(authority: Authority) -> None:
    forged = b"250-mail.example\r\n250 AUTH PLAIN"
    async with SmtpServer(tls=authority.server, after_starttls=forged) as server:
        await send(server, authority)
    assert server.commands.count("EHLO sso.example") == 2


async def test_a_certificate_by_an_unknown_authority_is_refused(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server) as server:
        error = await failure(server)
    assert error.step == "tls"
    assert "self-signed" in error.detail


@pytest.mark.parametrize("security, implicit", [("starttls", False), ("tls", True)])
async def test_a_certificate_for_another_host_is_refused(
    authority: Authority, names: Names, security: str, implicit: bool
) -> None:
    names["mail.example"] = [["127.0.0.1"]]
    async with SmtpServer(tls=authority.server, implicit=implicit) as server:
        mailer = SmtpMailer(
            "sso.example", allow=[f"mail.example:{server.port}"], ca_file=authority.ca_file, limit_seconds=5
        )
        place = replace(SERVER, host="mail.example", port=server.port, security=security)  # type: ignore[arg-type]
        with pytest.raises(MailNotSent) as caught:
            await mailer.send(a_letter(), place, "")
    assert (caught.value.step, server.arrived) == ("tls", [])


async def test_a_password_is_not_sent_without_tls(names: Names) -> None:
    names["mail.example"] = [["10.0.0.25"]]
    mailer = SmtpMailer("sso.example", allow=["mail.example:25"])
    place = MailServer("mail.example", 25, "sso@acme.example", security="none", username="sso")
    with pytest.raises(MailNotSent) as caught:
        await mailer.send(a_letter(), place, "secret")
    assert (caught.value.step, caught.value.detail) == ("login", "login: a password is sent over TLS only")


@pytest.mark.parametrize(
    "answers, step, is_final, said",
    [
        ({"greeting": "554 go away"}, "connect", False, "go away"),
        ({"AUTH": "535 5.7.8 wrong"}, "login", False, "5.7.8 wrong"),
        ({"MAIL": "550 not yours"}, "sender", False, "not yours"),
        ({"RCPT": "550 5.1.1 nobody"}, "recipient", True, "5.1.1 nobody"),
        ({"RCPT": "450 greylisted"}, "recipient", False, "greylisted"),
        ({"DATA": "451 later"}, "message", False, "later"),
        ({".": "554 spam"}, "message", True, "spam"),
        ({"MAIL": "nonsense"}, "sender", False, "nonsense"),
        ({"RCPT": "550-" + "x" * 500 + "\r\n550 \x1b[31mend"}, "recipient", True, "x" * 200),
    ],
)
async def test_the_failing_step_is_named_with_what_the_server_said(
    authority: Authority, answers: dict[str, str], step: str, is_final: bool, said: str
) -> None:
    async with SmtpServer(tls=authority.server, login=("sso", "secret"), answers=answers) as server:
        error = await failure(server, authority, "secret", username="sso")
    assert (error.step, isinstance(error, MailRefused)) == (step, is_final)
    assert said in error.answer
    assert len(error.answer) <= 200
    assert error.answer.isprintable()
    assert said not in error.detail
    assert server.arrived == []


async def test_a_server_that_does_not_listen_is_a_failure_to_connect() -> None:
    async with SmtpServer() as server:
        pass
    assert (await failure(server)).step == "connect"


@pytest.mark.parametrize("command, step", [("greeting", "connect"), ("RCPT", "recipient"), (".", "message")])
async def test_a_server_that_falls_silent_is_given_up(authority: Authority, command: str, step: str) -> None:
    async with SmtpServer(tls=authority.server, silent_at=command) as server:
        mailer = SmtpMailer("sso.example", allow=[server.place], ca_file=authority.ca_file, limit_seconds=0.5)
        with pytest.raises(MailNotSent) as caught:
            await mailer.send(a_letter(), replace(SERVER, port=server.port), "")
    assert (caught.value.step, server.arrived) == (step, [])


async def test_an_answer_without_an_end_is_not_kept(authority: Authority) -> None:
    async with SmtpServer(tls=authority.server, answers={"EHLO": "250-" + "x" * 200_000}) as server:
        error = await failure(server, authority)
    assert error.step == "tls"


@pytest.mark.parametrize(
    "host, address, port, reason",
    [
        ("mail.example", "127.0.0.1", 25, "loopback"),
        ("mail.example", "10.1.2.3", 587, "private"),
        ("mail.example", "169.254.169.254", 25, "link-local"),
        ("mail.example", "203.0.113.7", 8080, "no port of mail servers"),
        ("127.0.0.1", "127.0.0.1", 465, "loopback"),
        ("2130706433", "127.0.0.1", 25, "loopback"),
    ],
)
async def test_private_addresses_and_odd_ports_are_refused(
    names: Names, host: str, address: str, port: int, reason: str
) -> None:
    names[host] = [[address]]
    with pytest.raises(MailNotSent) as caught:
        await SmtpMailer("sso.example").send(a_letter(), replace(SERVER, host=host, port=port), "")
    assert caught.value.step == "address"
    assert reason in caught.value.detail


async def test_the_name_is_looked_up_once_and_its_address_pinned(authority: Authority, names: Names) -> None:
    names["mail.example"] = [["127.0.0.1"], ["127.0.0.2"]]
    async with SmtpServer() as server:
        mailer = SmtpMailer("sso.example", allow=[f"mail.example:{server.port}"])
        place = replace(SERVER, host="mail.example", port=server.port, security="none")
        await mailer.send(a_letter(), place, "")
    assert len(server.arrived) == 1
    assert names.looked_up == ["mail.example"]


async def test_the_platforms_server_sends_for_realms_without_one_and_is_open_to_no_other() -> None:
    async with SmtpServer() as server:
        ours = MailServer("127.0.0.1", server.port, "platform@sso.example", security="none")
        mailer = SmtpMailer("sso.example", PlatformServer(ours))
        await mailer.send(a_letter(), None, "")
        with pytest.raises(MailNotSent) as caught:
            await mailer.send(a_letter(), replace(ours, from_address="ceo@sso.example"), "")
    assert [mail.sender for mail in server.arrived] == ["platform@sso.example"]
    assert caught.value.step == "address"


async def test_without_any_server_nothing_can_be_sent() -> None:
    mailer = SmtpMailer("sso.example")
    assert not mailer.can_send(None)
    with pytest.raises(MailNotConfigured):
        await mailer.send(a_letter(), None, "")


async def test_the_file_mailbox_keeps_each_mail_as_a_private_file(tmp_path: Path) -> None:
    mailbox = FileMailbox(tmp_path / "mails")
    await mailbox.send(a_letter(), None, "")
    await mailbox.send(a_letter(id="2", at=START + timedelta(hours=1)), None, "")
    first, second = sorted((tmp_path / "mails").iterdir())
    assert (first.name, second.name) == ("20261120T120000-0193-letter.eml", "20261120T130000-2.eml")
    assert first.stat().st_mode & 0o777 == 0o600
    assert b"To: alice@acme.example\r\n" in first.read_bytes()


def test_the_settings_choose_how_mail_is_sent(tmp_path: Path) -> None:
    assert isinstance(new_mailer(Settings(mail_folder=tmp_path)), FileMailbox)
    assert not new_mailer(Settings()).can_send(None)
    settings = read_settings(
        {
            "VESTIBULE_SMTP_URL": "smtp://me%40acme:p%2Fw@mail.example",
            "VESTIBULE_MAIL_FROM": "sso@acme.example",
        }
    )
    assert new_mailer(settings).can_send(None)
    assert "p/w" not in repr(settings)
    assert settings.smtp_url is not None
    assert (settings.smtp_url.username, settings.smtp_url.password) == ("me@acme", "p/w")
    assert (settings.smtp_url.port, settings.smtp_url.security) == (587, "starttls")


SPECIALS = st.sampled_from([",", "<", ">", "@", '"', "\\", ";", ":", "é", "日", " ", "=?", "?=", "a"])


@given(st.lists(SPECIALS, max_size=90).map("".join))
def test_no_name_puts_another_address_into_the_header(name: str) -> None:
    server = replace(SERVER, from_name=name)
    content = write_message(a_letter(subject=f"{name}: test"), server, "sso.example")
    message = message_from_bytes(content, policy=default)
    assert [one.addr_spec for one in message["From"].addresses] == ["sso@acme.example"]
    assert [one.addr_spec for one in message["To"].addresses] == ["alice@acme.example"]
    assert "Bcc" not in message


async def test_F15_a_server_that_is_down_gets_the_mail_later(
    authority: Authority,
) -> None:
    async with SmtpServer(tls=authority.server) as server:
        pass  # its port is closed now
    mailer = SmtpMailer("sso.example", allow=[server.place], ca_file=authority.ca_file, limit_seconds=5)
    async with new_world(mailer=mailer) as world:
        realm = await world.realm(mail=replace(SERVER, port=server.port))
        user = await world.user(realm)
        await queue(world, queue_set_password, realm, user)
        await world.delivered()
        assert await world.storage.pending_deliveries() == 1
        back = SmtpServer(tls=authority.server)
        back_server = await asyncio.start_server(back._accept, "127.0.0.1", server.port)
        async with back_server:
            world.clock.advance(seconds=30)
            await world.delivered()
        assert [mail.recipients for mail in back.arrived] == [["alice@acme.example"]]
        assert await world.storage.pending_deliveries() == 0
