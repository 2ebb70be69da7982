"""The dashboard of a tenant: what is still to do, and how it stands (S000-20)."""

from datetime import timedelta

from starlette.responses import Response

from vestibule.domain.administration import administrator_role
from vestibule.domain.listing import EventQuery, Listing
from vestibule.domain.realm import issuer
from vestibule.web.console.desk import Desk
from vestibule.web.console.expiries.wording import expiry_status, kind_words
from vestibule.web.console.integrations.views import DashboardPage, Figure, Task
from vestibule.web.console.pages import console_page, framed
from vestibule.web.console.views import Link, Row, Text
from vestibule.web.messages import message

DAY = timedelta(days=1)
EXPIRING = 4
FAILED = message("Failed sign-ins in 24 hours")
PASSKEY = message("Add a passkey for yourself")
SECOND = message("Add a second administrator")


async def show_dashboard(desk: Desk) -> Response:
    """Each figure leads to its list; each task to the page where it is done."""
    storage, realm = desk.at.deployment.storage, desk.realm
    logins = await storage.list_events(EventQuery(realm.id, types=("LOGIN",), most=1))
    view = DashboardPage(
        **await framed(desk, message("Dashboard"), "dashboard"),
        figures=await _figures(desk),
        tasks=await _tasks(desk, has_logins=bool(logins.values)),
        values=_values(desk),
        expiring=await _expiring(desk),
        expiry_url=f"{desk.path}/expiry",
    )
    return console_page(desk, view)


async def _figures(desk: Desk) -> tuple[Figure, ...]:
    storage, realm_id, path = desk.at.deployment.storage, desk.realm.id, desk.path
    sessions = await storage.list_sessions(realm_id, most=1)
    today = desk.at.now - DAY
    failed = await storage.list_events(EventQuery(realm_id, types=("LOGIN_ERROR",), after=today, most=1))
    return (
        Figure(message("Users"), await storage.count_users(realm_id), f"{path}/users"),
        Figure(message("Clients"), await storage.count_clients(realm_id), f"{path}/clients"),
        Figure(message("Sessions now"), sessions.total, f"{path}/sessions", sessions.is_exact),
        Figure(
            message("Failed sign-ins in 24 hours"),
            failed.total,
            f"{path}/events?type=LOGIN_ERROR",
            failed.is_exact,
        ),
    )


async def _expiring(desk: Desk) -> tuple[Row, ...]:
    """The next ends of what has one."""
    found = await desk.at.deployment.storage.expiries(desk.realm.id, EXPIRING)
    return tuple(
        Row(
            desk.path + one.path,
            (one.name, kind_words(one), expiry_status(one.expires_on, desk.at.now)),
        )
        for one in found
    )


async def _tasks(desk: Desk, *, has_logins: bool) -> tuple[Task, ...]:
    """The checklist of a new tenant; it goes when everything is done."""
    storage, realm, path = desk.at.deployment.storage, desk.realm, desk.path
    clients = await storage.list_clients(realm.id, Listing(most=10))
    role = await storage.role_by_name(realm.id, administrator_role(realm.name))
    holders = await storage.users_with_role(role.id, most=2) if role is not None else None
    tasks: tuple[Task, ...] = (
        Task(
            message("Add an application"),
            message("Pick one from the catalogue, or any that speaks OpenID Connect."),
            any(not client.built_in for client in clients.values),
            Link(message("Add an application"), f"{path}/integrations/applications"),
        ),
        Task(
            message("Add an identity provider"),
            message("People sign in with an account that they have already, at Entra ID, Google or another."),
            bool(await storage.connections(realm.id)),
            Link(message("Add an identity provider"), f"{path}/identity-providers"),
        ),
        Task(
            message("Add a user"),
            message("People sign in with a password or a passkey."),
            await storage.count_users(realm.id) > 0,
            Link(message("Add a user"), f"{path}/users/new"),
        ),
        Task(
            message("Test a sign-in"),
            message("Open the account page in a new tab, and sign in as somebody of this tenant."),
            has_logins,
            Link(message("Test a sign-in"), f"/realms/{realm.name}/account?prompt=login", is_external=True),
        ),
        Task(
            SECOND,
            message("So that nobody is locked out when one is away."),
            holders is not None and len(holders.values) > 1,
            Link(
                message("Add a second administrator"), f"{path}/roles/{role.id}" if role is not None else ""
            ),
        ),
    )
    tasks = (*tasks, await _own_passkey(desk))
    return () if all(task.is_done for task in tasks) else tasks


async def _own_passkey(desk: Desk) -> Task:
    """Nobody is stopped for lack of a strong factor, only invited to enrol one (D17)."""
    actor = desk.at.actor
    own = f"{desk.call.context.base_path}/realms/{actor.home.name}/account/sign-in-methods"
    return Task(
        PASSKEY,
        message("Then nobody administers in your name with a password that leaked."),
        bool(await desk.at.deployment.storage.passkeys(actor.user.id)),
        Link(PASSKEY, own, is_external=True),
    )


def _values(desk: Desk) -> tuple[tuple[Text, str], ...]:
    own = issuer(desk.at.deployment.public_url, desk.realm.name)
    return (
        (message("Issuer URL"), own),
        (message("Discovery document"), f"{own}/.well-known/openid-configuration"),
    )
