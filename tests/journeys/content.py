"""A company with people, applications and a week behind it: what every page is looked at with.

Names, addresses and times are the same at each run, so that pictures of it can be compared.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta

from tests.browser import AuthorizationUrl, Browser, authorization_url
from tests.console import administrator, master_of, sign_in
from tests.journeys.providers import add_providers
from tests.served import free_port
from tests.world import CLIENT_SECRET, PASSWORD, START, Clock, World, new_world
from vestibule.domain.administration import PLATFORM_ADMIN, REALM_ADMIN
from vestibule.domain.client_scope import ProtocolMapper
from vestibule.domain.realm import Branding, MailServer, Realm
from vestibule.domain.user import Passkey, User
from vestibule.web.server import Listener, Server

ADMINISTRATOR, PLATFORM_ADMINISTRATOR, PERSON = "ada", "grace", "alice"
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/142.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 Version/26.0 Safari/605.1.15",
    "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 26_1 like Mac OS X) AppleWebKit/605.1.15 Version/26.1 Safari/604.1",
)
PEOPLE = """
Alice Archer, Bob Baker, Carol Chen, David Dubois, Elena Eriksen, Farid Farouk, Greta Gruber, Hiro Hayashi,
Ingrid Iversen, Jonas Jansen, Karin Keller, Luis Lopez, Mina Moreau, Nils Novak, Olga Orlova, Pablo Perez,
Quentin Quist, Rosa Ricci, Sami Saarinen, Tara Tanaka, Ugo Ulrich, Vera Vogel, Wout Willems, Xenia Xanthou,
Yusuf Yilmaz, Zoe Zimmer"""
APPLICATIONS = (
    ("rocket-chat", "Rocket.Chat", "Messages of the support team", "https://chat.acme.example"),
    ("drupal", "Drupal", "The public website", "https://www.acme.example"),
    ("n-central", "N-able N-central", "Monitoring of customers' networks", "https://ncentral.acme.example"),
)
REDIRECTS = {
    "atera": "https://app.atera.com/api/oidc/callback",
    **{client_id: f"{home}/oidc/callback" for client_id, _, _, home in APPLICATIONS},
}
OTHER_TENANTS = (
    ("globex", "Globex Managed Services"),
    ("hooli", "Hooli IT"),
    ("initech", "Initech"),
    ("umbra", "Umbra Networks"),
)


@dataclass
class Content:
    """The world, and the names that stand in addresses: `{client}` of a path is `named["client"]`."""

    world: World
    realm: Realm
    named: dict[str, str] = field(default_factory=dict)
    people: dict[str, User] = field(default_factory=dict)
    cookies: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    """Of visitors who have signed in already."""

    @property
    def url(self) -> str:
        """Where it is served."""
        return self.world.deployment.public_url


@asynccontextmanager
async def content(port: int = 0, allow: tuple[str, ...] = ()) -> AsyncIterator[Content]:
    """The company, served on loopback. The clock stands still at noon of the last day. `allow` opens
    `host:port` for its outgoing requests."""
    port = port or free_port()
    clock = Clock(START - timedelta(days=7))
    async with new_world(public_url=f"http://localhost:{port}", clock=clock, allow=allow) as world:
        made = await _company(world)
        server = Server([Listener(world.app, "localhost", port)], stop_seconds=1)
        await server.start()
        try:
            yield made
        finally:
            await server.stop()


async def _company(world: World) -> Content:
    realm = await world.realm("acme", display_name="Acme Remote Support")
    mail = MailServer("smtp.acme.example", 587, "sso@acme.example", "Acme Remote Support")
    realm = replace(realm, mail=mail, branding=Branding("#1f5fae"))
    await world.storage.save_realm(realm)
    for name, title in OTHER_TENANTS:
        await world.realm(name, display_name=title)
    made = Content(world, realm, {"realm": "acme"})
    master = await master_of(world)
    await administrator(
        world, master, PLATFORM_ADMIN, username=PLATFORM_ADMINISTRATOR, given_name="Grace",
        family_name="Green", email="grace@vestibule.example",
    )  # fmt: skip
    await administrator(
        world, realm, REALM_ADMIN, username=ADMINISTRATOR, given_name="Ada", family_name="Almeida"
    )
    await _people(made)
    await add_providers(made)
    await _applications(made)
    await _week(made)
    return made


async def _people(made: Content) -> None:
    world, realm = made.world, made.realm
    for number, name in enumerate(PEOPLE.split(",")):
        given, family = name.split()
        world.clock.advance(minutes=7)
        made.people[given.lower()] = await world.user(
            realm, given.lower(), given_name=given, family_name=family, enabled=number != 10,
            email=None if number == 14 else f"{given}.{family}@acme.example".lower(),
            email_verified=number % 5 != 2,
            attributes={"department": ("Support",), "phone": ("+44 20 7946 0018",)} if number == 0 else {},
        )  # fmt: skip
    alice = made.people[PERSON]
    staff = await world.role(realm, "staff", *list(made.people.values())[:12])
    await world.storage.save_role(replace(staff, description="Works at Acme"))
    on_call = await world.role(realm, "on-call", alice, made.people["bob"])
    await world.storage.save_role(replace(on_call, description="Answers at night"))
    support = await world.group(realm, "/support", *list(made.people.values())[:8])
    await world.group(realm, "/support/night-shift", alice, made.people["carol"])
    await world.group(realm, "/sales", made.people["rosa"])
    await world.storage.grant_group_role(support.id, staff.id)
    await world.storage.save_group(replace(support, description="First and second line"))
    passkey = Passkey(
        world.new_id(), realm.id, alice.id, b"credential", b"key", 12, "MacBook of Alice", True, True,
        ("internal",), world.clock.now(), world.clock.now() + timedelta(days=3),
    )  # fmt: skip
    await world.storage.add_passkey(passkey)
    made.named |= {"user": alice.id, "role": staff.id, "group": support.id, "passkey": passkey.id}


async def _applications(made: Content) -> None:
    world, realm = made.world, made.realm
    mapper = ProtocolMapper(
        world.new_id(), "department", "oidc-usermodel-attribute-mapper",
        {"user.attribute": "department", "claim.name": "department", "id.token.claim": "true"},
    )  # fmt: skip
    scope = await world.client_scope(realm, "department", mapper, description="Where somebody works")
    atera = await world.client(
        realm, "atera", name="Atera", description="Atera SSO integration", guide="atera", email_required=True,
        home_url="https://app.atera.com", mappers=(replace(mapper, id=world.new_id(), name="team"),),
        redirect_uris=(REDIRECTS["atera"],), default_scopes=("department",),
    )  # fmt: skip
    for client_id, name, description, home in APPLICATIONS:
        await world.client(
            realm, client_id, name=name, description=description, home_url=home,
            redirect_uris=(REDIRECTS[client_id],), consent_required=client_id == "drupal",
        )  # fmt: skip
    await world.client(
        realm, "field-app", name="Field app", public=True, home_url="", description="On technicians' phones"
    )
    await world.client(
        realm,
        "billing-export",
        name="Billing export",
        home_url="",
        client_credentials=True,
        standard_flow=False,
    )
    await world.role(realm, "technician", made.people[PERSON], client=atera)
    made.named |= {
        "client": atera.id, "scope": scope.id, "mapper": mapper.id, "client mapper": atera.mappers[0].id,
    }  # fmt: skip


async def _week(made: Content) -> None:
    """People sign in to applications, some by mistake; at its end it is noon of the last day."""
    world = made.world
    for number, name in enumerate([*list(made.people)[:9], PERSON, "bob", PERSON]):
        world.clock.at = START - timedelta(hours=9 - 0.7 * number)
        browser = world.browser(
            address=f"198.51.100.{20 + number}", headers={"user-agent": AGENTS[number % len(AGENTS)]}
        )
        request = request_of(("atera", "rocket-chat", "n-central")[number % 3])
        if number % 4 == 3:
            await browser.sign_in(str(request), name, "not the password")
        await _redeem(browser, request, await browser.code(str(request), name, PASSWORD))
    world.clock.at = START - timedelta(minutes=20)
    await _administrate(made)
    world.clock.at = START
    changes = [event for event in await world.events(made.realm) if event.before and event.after]
    made.named["event"] = changes[0].id


def request_of(client_id: str) -> AuthorizationUrl:
    """What the application sends a browser with."""
    return authorization_url(client_id=client_id, redirect_uri=REDIRECTS[client_id])


async def _redeem(browser: Browser, request: AuthorizationUrl, code: str) -> None:
    """The application gets its tokens, and with them access to the account."""
    given = request.parameters
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": given["redirect_uri"],
        "code_verifier": request.verifier,
    }
    url = "/realms/acme/protocol/openid-connect/token"
    answer = await browser.http.post(url, data=form, auth=(given["client_id"], CLIENT_SECRET))
    assert answer.status_code == 200, answer.text


async def _administrate(made: Content) -> None:
    """A change, and a secret replaced with overlap, by Ada at the console."""
    client = made.named["client"]
    browser = made.world.browser(address="198.51.100.7", headers={"user-agent": AGENTS[2]})
    await sign_in(browser, f"/console/acme/clients/{client}", ADMINISTRATOR)
    await browser.send_form(f"/clients/{client}", description="Remote monitoring and management")
    await browser.get(f"/console/acme/clients/{client}/credentials")
    made.world.clock.advance(minutes=3)
    await browser.send_form("/credentials/regenerate", overlap="86400")
    made.world.clock.advance(minutes=3)
    await _add(browser, "/roles/new", name="supervisor", description="Leads a shift")
    await _add(browser, "/groups/new", name="field")


async def _add(browser: Browser, path: str, **fields: str) -> None:
    await browser.get(f"/console/acme{path}")
    await browser.send_form(path, **fields)
