"""What frames every page about one person: name, state, tabs, and who it is about."""

from typing import Any

from vestibule.domain.user import User
from vestibule.flows.administer.users.finding import find_user
from vestibule.web.console.desk import Desk
from vestibule.web.console.pages import framed, tabs
from vestibule.web.console.views import Crumb, MenuItem, Status
from vestibule.web.messages import message

USERS = message("Users")
USER = message("User")
DETAILS = message("Details")
SIGN_IN_METHODS = message("Sign-in methods")
ENABLED, DISABLED = message("Enabled"), message("Disabled")
SERVICE_ACCOUNT = message("Service account")

METHODS, LINKS = "sign-in-methods", "identity-provider-links"

TABS = (
    ("", DETAILS),
    ("attributes", message("Attributes")),
    (METHODS, SIGN_IN_METHODS),
    ("groups", message("Groups")),
    ("role-mapping", message("Role mapping")),
    (LINKS, message("Identity provider links")),
    ("sessions", message("Sessions")),
)
TABS_OF_SERVICE = (TABS[0], TABS[4])


async def asked_for(desk: Desk) -> User:
    """The person in the address. Raises `NotHere`."""
    return await find_user(desk.at, desk.named("user"))


def path_of(desk: Desk, user: User) -> str:
    """The person's page."""
    return f"{desk.path}/users/{user.id}"


def methods_url(desk: Desk, user: User) -> str:
    """The tab of their sign-in methods."""
    return f"{path_of(desk, user)}/{METHODS}"


def users_crumb(desk: Desk) -> Crumb:
    """The step of the breadcrumb to the list."""
    return Crumb(USERS, url=f"{desk.path}/users")


def state_of(user: User) -> Status:
    """In words."""
    if user.service_of is not None:
        return Status(SERVICE_ACCOUNT)
    return Status(ENABLED, "good") if user.enabled else Status(DISABLED, "warning")


async def user_frame(desk: Desk, user: User, current: str) -> dict[str, Any]:
    """The frame of the tab `current`."""
    entries = TABS if user.service_of is None else TABS_OF_SERVICE
    events = MenuItem(message("Events"), f"{desk.path}/events?user={user.id}", "")
    return {
        **await framed(desk, USER, "users", users_crumb(desk), name=user.username),
        "status": state_of(user),
        "tabs": (*tabs(desk, path_of(desk, user), current, *entries), events),
    }
