"""Realm settings > E-mail: the server, its password that is never shown, and the test that names a step."""

import httpx
import pytest

from tests.console import console, said
from tests.console.settings import acme, confirm, sign_in_again
from tests.mails import Refusing
from tests.world import MemoryMailbox, new_world
from vestibule.domain.errors import MailNotSent
from vestibule.flows.mail import open_mail_password

SERVER = {
    "host": "smtp.acme.example",
    "port": "587",
    "security": "starttls",
    "user": "mailer",
    "mail_password": "a secret for the server",
    "from": "sso@acme.example",
    "from_name": "Acme",
}


async def test_the_server_is_saved_and_its_password_sealed_and_never_shown() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/settings/mail")
        page = await browser.send_form("/mail", **SERVER)
        assert isinstance(page, httpx.Response)
        stored = (await acme(world)).mail
        assert stored is not None
        assert (stored.host, stored.port, stored.security, stored.username) == (
            "smtp.acme.example", 587, "starttls", "mailer",
        )  # fmt: skip
        password = open_mail_password(realm.id, stored, world.deployment.vault)
        assert password == SERVER["mail_password"]
        (event,) = await world.events(realm, "ADMIN_UPDATE")
        for text in (page.text, event.before, event.after, stored.encrypted_password):
            assert SERVER["mail_password"] not in text


async def test_a_blank_password_keeps_the_stored_one() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        await browser.send_form("/mail", **SERVER)
        before = (await acme(world)).mail
        await browser.send_form("/mail", from_name="Acme Inc.")
        after = (await acme(world)).mail
        assert before is not None
        assert after is not None
        assert after.encrypted_password == before.encrypted_password != ""
        assert after.from_name == "Acme Inc."


async def test_AC_01_the_stored_password_does_not_go_to_another_server() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        await browser.send_form("/mail", **SERVER)
        page = await browser.send_form("/mail", host="smtp.evil.example")
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        assert "enter its password again" in said(page)
        stored = (await acme(world)).mail
        assert stored is not None
        assert stored.host == "smtp.acme.example"


@pytest.mark.parametrize(
    "field, changes",
    [
        ("host", {"host": "smtp acme"}),
        ("host", {"host": ""}),
        ("port", {"port": "99999"}),
        ("from", {"from": "nobody"}),
        ("reply_to", {"reply_to": "nobody"}),
        ("security", {"security": "none"}),
    ],
)
async def test_a_mistake_stands_at_its_field_and_what_was_typed_stays(
    field: str, changes: dict[str, str]
) -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        page = await browser.send_form("/mail", **(SERVER | changes))
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        assert f'id="{field}-error"' in page.text
        assert 'value="mailer"' in page.text
        assert SERVER["mail_password"] not in page.text
        assert (await acme(world)).mail is None


async def test_an_emptied_form_takes_the_server_away() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        await browser.send_form("/mail", **SERVER)
        emptied = dict.fromkeys(("host", "port", "user", "mail_password", "from", "from_name"), "")
        await browser.send_form("/mail", **emptied)
        assert (await acme(world)).mail is None


@pytest.mark.parametrize("value", ["${env.PATH}", "${vault.smtp}", "file:/etc/passwd"])
async def test_AC_19_a_placeholder_in_a_setting_is_text_and_nothing_else(value: str) -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/settings/mail")
        await browser.send_form("/mail", **(SERVER | {"mail_password": value, "from_name": value}))
        stored = (await acme(world)).mail
        assert stored is not None
        assert stored.from_name == value
        assert open_mail_password(realm.id, stored, world.deployment.vault) == value


async def test_a_test_goes_to_the_typed_address_and_is_audited() -> None:
    async with new_world() as world:
        realm = await world.realm()
        browser = await console(world, path="/settings/mail")
        await browser.send_form("/mail", **SERVER)
        page = await browser.send_form("/mail", **{"send-test": "1", "test_address": "you@acme.example"})
        assert "Look into the mailbox of you@acme.example." in said(page)
        mailbox = world.deployment.mailer
        assert isinstance(mailbox, MemoryMailbox)
        assert [letter.recipient for letter in mailbox.letters] == ["you@acme.example"]
        (event,) = await world.events(realm, "ADMIN_ACTION")
        assert (event.resource, event.path) == ("MAIL", "mail/test")


async def test_a_test_keeps_what_is_typed_and_tests_what_is_stored() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        await browser.send_form("/mail", **SERVER)
        page = await browser.send_form(
            "/mail", **{"send-test": "1", "test_address": "you@acme.example", "host": "other.example"}
        )
        assert isinstance(page, httpx.Response)
        assert 'value="other.example"' in page.text
        assert "What is stored was tested" in said(page)
        stored = (await acme(world)).mail
        assert stored is not None
        assert stored.host == "smtp.acme.example"
        page = await browser.send_form("/mail", host="smtp.acme.example", from_name="Other")
        assert "Your changes have been saved." in said(page)


async def test_a_failed_test_names_the_step_what_came_and_what_the_server_said() -> None:
    refusing = Refusing(MailNotSent("login", "expected 235, came 535", "5.7.8 bad <b>credentials</b>"))
    async with new_world(mailer=refusing) as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        await browser.send_form("/mail", **SERVER)
        page = await browser.send_form("/mail", **{"send-test": "1", "test_address": "you@acme.example"})
        assert isinstance(page, httpx.Response)
        for text in ("4 of 7: user name and password", "expected 235, came 535", "mail_not_sent"):
            assert text in said(page)
        assert "<b>credentials" not in page.text


async def test_a_test_to_what_is_no_address_sends_nothing() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        page = await browser.send_form(
            "/mail", **{"send-test": "1", "test_address": "a@b\r\nBcc: c@d.example"}
        )
        assert isinstance(page, httpx.Response)
        assert page.status_code == 400
        assert 'id="test_address-error"' in page.text
        assert await world.mails() == []


async def test_AC_14_the_mail_server_is_changed_only_after_a_fresh_sign_in() -> None:
    async with new_world() as world:
        await world.realm()
        browser = await console(world, path="/settings/mail")
        world.clock.advance(minutes=16)
        await browser.send_form("/mail", **SERVER)
        assert (await acme(world)).mail is None
        await sign_in_again(browser)
        await confirm(browser, "/resume")
        assert (await acme(world)).mail is not None
