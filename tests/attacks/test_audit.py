"""Attack row AU-01: what leaves an event, by whom, where and when; and that nobody can fill the audit."""

from collections.abc import Awaitable, Callable
from typing import Any

import httpx
import pytest

from tests import passkeys
from tests.application import introspect, post_token, redeem, refresh, revoke, tokens
from tests.browser import Browser, Callback, authorization_url
from tests.mails import token as mailed_token
from tests.representations.files import client as client_document
from tests.representations.files import file_text
from tests.world import CLIENT_SECRET, PASSWORD, World
from vestibule.domain.event import Event
from vestibule.domain.realm import Realm
from vestibule.flows.administer.export_realm import export_realm
from vestibule.flows.administer.import_realm import import_realm
from vestibule.flows.administer.keys import rotate_keys
from vestibule.flows.administer.platform import prepare_platform
from vestibule.flows.audit.failures import FAILURES_PER_SOURCE
from vestibule.flows.factors.password import ATTEMPTS_PER_PERSON
from vestibule.flows.factors.password import FAILURES_PER_SOURCE as PASSWORDS_PER_SOURCE
from vestibule.flows.mail import queue_set_password
from vestibule.flows.setup import new_setup_link

WRONG = ("atera", "a wrong secret")
Act = Callable[[World], Awaitable[Any]]


@pytest.fixture
async def acme(world: World) -> World:
    """A realm with Alice, three applications and a service."""
    realm = await world.realm()
    await world.client(realm)
    await world.client(realm, "asking", consent_required=True)
    await world.client(realm, "limited", required_role="nobody-has-it")
    await world.client(realm, "service", client_credentials=True)
    await world.user(realm)
    return world


async def realm_of(world: World, name: str = "acme") -> Realm:
    realm = await world.storage.realm_by_name(name)
    assert realm is not None
    return realm


async def alice_of(world: World) -> Any:
    user = await world.storage.user_by_login((await realm_of(world)).id, "alice")
    assert user is not None
    return user


async def attempt(world: World, password: str = PASSWORD, **options: Any) -> httpx.Response | Callback:
    browser = world.browser(address=options.pop("address", "127.0.0.1"))
    username = options.pop("username", "alice")
    return await browser.sign_in(str(authorization_url(**options)), username, password)


async def at_consent(world: World) -> Browser:
    browser = world.browser()
    await browser.sign_in(str(authorization_url(client_id="asking")), "alice", PASSWORD)
    return browser


async def answer_consent(world: World, button: str) -> httpx.Response | Callback:
    return await (await at_consent(world)).submit(button)


async def service_token(
    world: World, secret: str = CLIENT_SECRET, client_id: str = "service"
) -> httpx.Response:
    return await post_token(world, auth=(client_id, secret), grant_type="client_credentials")


async def sign_out(world: World) -> httpx.Response | Callback:
    browser = world.browser()
    answer = await tokens(world, browser)
    return await browser.get(
        f"/realms/acme/protocol/openid-connect/logout?id_token_hint={answer['id_token']}"
    )


async def redeem_twice(world: World, first_verifier: str | None = None) -> httpx.Response:
    url = authorization_url()
    code = await world.browser().code(str(url), "alice", PASSWORD)
    await redeem(world, code, url, code_verifier=first_verifier or url.verifier)
    return await redeem(world, code, url)


async def reuse_refresh_token(world: World) -> httpx.Response:
    first = (await tokens(world))["refresh_token"]
    await refresh(world, first)
    return await refresh(world, first)


async def give_back(world: World) -> httpx.Response:
    return await revoke(world, (await tokens(world))["refresh_token"])


async def set_password(world: World) -> httpx.Response | Callback:
    realm, alice = await realm_of(world), await alice_of(world)
    token = await mailed_token(world, queue_set_password, realm, alice)
    browser = world.browser()
    await browser.get(f"/realms/acme/action?token={token}")
    return await browser.submit("set-password", password="another password for tests")


async def unknown_passkey(world: World) -> httpx.Response | Callback:
    stranger = passkeys.device()
    browser = await passkeys.open_offer(world)
    stranger.create(await passkeys.fetch_options(browser))
    return await passkeys.sign_in(world, stranger)


async def first_administrator(world: World) -> httpx.Response | Callback:
    await prepare_platform(world.deployment)
    browser = world.browser()
    await browser.get(f"/setup?token={await new_setup_link(world.deployment)}&step=account")
    return await browser.submit(
        "create", name="Ada", email="ada@example.org", password="an analytical engine"
    )


def new_realm_text() -> str:
    return file_text(clients=[client_document()], users=[{"username": "ada"}])


PERSON, CLIENT, OPERATOR = "person", "client", "operator"
TOLD: list[tuple[str, str, Act, dict[str, str]]] = [
    ("LOGIN", PERSON, attempt, {"client_id": "atera"}),
    ("LOGIN_ERROR", PERSON, lambda world: attempt(world, "wrong"), {"error": "invalid_credentials"}),
    ("LOGIN_ERROR", "", lambda world: attempt(world, username="nobody"), {"error": "invalid_credentials"}),
    ("LOGIN_ERROR", "", unknown_passkey, {"error": "passkey_refused"}),
    (
        "LOGIN_ERROR",
        PERSON,
        lambda world: attempt(world, client_id="limited"),
        {"error": "access_not_allowed", "client_id": "limited"},
    ),
    ("LOGOUT", PERSON, sign_out, {}),
    ("CONSENT_GIVEN", PERSON, lambda world: answer_consent(world, "allow"), {"client_id": "asking"}),
    ("CONSENT_DENIED", PERSON, lambda world: answer_consent(world, "deny"), {"client_id": "asking"}),
    ("PASSKEY_ADDED", PERSON, lambda world: passkeys.enrol(world, passkeys.device()), {}),
    ("PASSWORD_CHANGED", PERSON, set_password, {}),
    ("CODE_REUSED", PERSON, redeem_twice, {"client_id": "atera"}),
    ("GRANT_REVOKED", PERSON, lambda world: redeem_twice(world, "x" * 43), {"error": "invalid_grant"}),
    ("GRANT_REVOKED", PERSON, give_back, {"client_id": "atera"}),
    ("REFRESH_TOKEN_REUSED", PERSON, reuse_refresh_token, {"client_id": "atera"}),
    ("CLIENT_LOGIN", CLIENT, service_token, {"client_id": "service"}),
    ("CLIENT_LOGIN_ERROR", CLIENT, lambda world: post_token(world, auth=WRONG), {"error": "invalid_client"}),
    ("CLIENT_LOGIN_ERROR", CLIENT, lambda world: introspect(world, "x", WRONG), {"client_id": "atera"}),
    ("CLIENT_LOGIN_ERROR", CLIENT, lambda world: revoke(world, "x", WRONG), {"client_id": "atera"}),
    ("ADMINISTRATOR_CREATED", PERSON, first_administrator, {}),
    ("SETUP_LINK_MADE", OPERATOR, lambda world: new_setup_link(world.deployment), {}),
    ("REALM_EXPORTED", OPERATOR, lambda world: export_realm(world.deployment, "acme"), {}),
    (
        "REALM_IMPORTED",
        OPERATOR,
        lambda world: import_realm(world.deployment, new_realm_text().replace("acme", "globex")),
        {},
    ),
    ("KEY_ROTATED", OPERATOR, lambda world: rotate_keys(world.deployment, "acme"), {}),
]


def check_origin(event: Event, who: str, world: World) -> None:
    """Who, where, when and under which reference."""
    assert event.at == world.clock.now()
    assert event.realm_id or event.type == "SETUP_LINK_MADE"
    if who == OPERATOR:
        assert event.actor_name == "operator"
        return
    assert event.address == "127.0.0.1"
    assert len(event.reference) > 8
    assert bool(event.user_id) == (who == PERSON)
    assert bool(event.client_id) or who != CLIENT


@pytest.mark.parametrize(
    "type_, who, act, facts", TOLD, ids=[f"{type_}-{number}" for number, (type_, *_) in enumerate(TOLD)]
)
async def test_AU_01_what_happens_leaves_one_event_with_who_where_and_when(
    acme: World, type_: str, who: str, act: Act, facts: dict[str, str]
) -> None:
    await act(acme)
    (event,) = await acme.events(type=type_)
    check_origin(event, who, acme)
    assert {name: getattr(event, name) for name in facts} == facts


async def test_AU_01_a_client_that_is_not_here_is_not_named(acme: World) -> None:
    await post_token(acme, auth=("perhaps-a-secret", "x"))
    (event,) = await acme.events(type="CLIENT_LOGIN_ERROR")
    assert "perhaps-a-secret" not in str(event)
    assert event.client_id is None


async def test_AU_01_a_lock_is_one_event_however_many_tries_follow(acme: World) -> None:
    for _ in range(ATTEMPTS_PER_PERSON + 4):
        await attempt(acme, "wrong")
    (lock,) = await acme.events(type="LOGIN_LOCKED")
    assert (lock.error, lock.details["limit"]) == ("too_many_attempts", "person")
    assert lock.user_id == (await alice_of(acme)).id
    assert len(await acme.events(type="LOGIN_ERROR")) == ATTEMPTS_PER_PERSON
    acme.clock.advance(minutes=16)
    for _ in range(ATTEMPTS_PER_PERSON + 1):
        await attempt(acme, "wrong")
    assert len(await acme.events(type="LOGIN_LOCKED")) == 2


async def test_AU_01_a_source_that_is_turned_away_is_one_event(acme: World) -> None:
    for _ in range(PASSWORDS_PER_SOURCE):
        await acme.storage.count_attempt("password-source/192.0.2.9", acme.clock.now(), 900)
    for number in range(3):
        await attempt(acme, "wrong", username=f"person{number}", address="192.0.2.9")
    (lock,) = await acme.events()
    assert (lock.type, lock.details["limit"], lock.address) == ("LOGIN_LOCKED", "source", "192.0.2.9")


async def test_AU_01_a_service_that_comes_all_the_time_is_one_event_in_a_quarter_of_an_hour(
    acme: World,
) -> None:
    for _ in range(3):
        await service_token(acme)
    assert len(await acme.events(type="CLIENT_LOGIN")) == 1
    acme.clock.advance(minutes=16)
    await service_token(acme)
    assert len(await acme.events(type="CLIENT_LOGIN")) == 2


async def test_AU_01_a_refresh_leaves_no_event(acme: World) -> None:
    first = await tokens(acme)
    before = await acme.events()
    assert (await refresh(acme, first["refresh_token"])).status_code == 200
    assert await acme.events() == before


async def test_AU_01_a_code_that_is_sent_again_and_again_is_one_event(acme: World) -> None:
    url = authorization_url()
    code = await acme.browser().code(str(url), "alice", PASSWORD)
    for _ in range(4):
        await redeem(acme, code, url)
    assert len(await acme.events(type="CODE_REUSED")) == 1


async def test_AU_01_nobody_can_fill_the_audit_with_failures(acme: World) -> None:
    for _ in range(FAILURES_PER_SOURCE + 5):
        await post_token(acme, auth=WRONG, grant_type="client_credentials")
    stored = await acme.storage.events(None, limit=1000)
    kinds = [event.type for event in stored]
    assert kinds.count("CLIENT_LOGIN_ERROR") == FAILURES_PER_SOURCE
    assert kinds.count("FAILURES_LEFT_OUT") == 1
    async with acme.http(address="192.0.2.1") as http:
        await http.post("/realms/acme/protocol/openid-connect/token", data={}, auth=WRONG)
    stored = await acme.storage.events(None, limit=1000)
    assert [event.type for event in stored if event.address == "192.0.2.1"] == ["CLIENT_LOGIN_ERROR"]
    acme.clock.advance(minutes=16)
    await post_token(acme, auth=WRONG)
    assert (await acme.events())[0].type == "CLIENT_LOGIN_ERROR"


async def test_AU_01_the_reference_of_an_event_is_that_of_the_log_and_of_the_answer(acme: World) -> None:
    answer = await post_token(acme, auth=WRONG)
    (event,) = await acme.events(type="CLIENT_LOGIN_ERROR")
    acme.app.context.log.flush()
    assert event.reference == answer.json()["reference"]
    assert event.reference.encode() in b"".join(acme.log)
