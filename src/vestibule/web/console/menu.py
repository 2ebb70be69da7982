"""The left menu: one table for the pages of a realm, with the right that each needs to be shown."""

from dataclasses import dataclass

from vestibule.domain.administration import Right
from vestibule.web.console.desk import Desk
from vestibule.web.console.views import MenuGroup, MenuItem
from vestibule.web.messages import message


@dataclass(frozen=True, slots=True)
class Place:
    """An entry: `key` is what a page calls itself, `path` follows the console's path."""

    key: str
    label: str
    icon: str
    path: str
    right: Right = "see"


REALM_MENU: tuple[tuple[str, tuple[Place, ...]], ...] = (
    ("", (Place("dashboard", message("Dashboard"), "home", ""),)),
    (
        message("Integrations"),
        (Place("applications", message("Applications"), "applications", "/integrations/applications"),),
    ),
    (
        message("Advanced Console"),
        (
            Place("clients", message("Clients"), "client", "/clients"),
            Place("client-scopes", message("Client scopes"), "scopes", "/client-scopes"),
            Place("identity-providers", message("Identity Providers"), "plug", "/identity-providers"),
            Place("users", message("Users"), "users", "/users"),
            Place("groups", message("Groups"), "groups", "/groups"),
            Place("roles", message("Realm roles"), "roles", "/roles"),
            Place("sessions", message("Sessions"), "sessions", "/sessions"),
            Place("events", message("Events"), "events", "/events"),
            Place("expiry", message("Expiry"), "calendar", "/expiry"),
            Place("settings", message("Realm settings"), "settings", "/settings"),
        ),
    ),
)

PLATFORM_MENU = (
    Place("tenants", message("Tenants"), "building", "", "list realms"),
    Place("expiry", message("Expiry"), "calendar", "/expiry"),
    Place("outbound", message("Addresses in your network"), "server", "/outbound", "make realms"),
)


def realm_menu(desk: Desk, current: str) -> tuple[MenuGroup, ...]:
    """The menu of a realm's console. A heading leads to its first page: “Advanced Console” to the clients,
    since guides say to click on it (S000-27)."""
    groups = []
    for label, places in REALM_MENU:
        items = tuple(
            MenuItem(place.label, desk.path + place.path, place.icon, place.key == current)
            for place in places
            if desk.at.may(place.right)
        )
        if items:
            groups.append(MenuGroup(label, items, items[0].url if label else ""))
    return tuple(groups)


def platform_menu(desk: Desk, current: str) -> tuple[MenuItem, ...]:
    """The menu of the platform's pages."""
    base = f"{desk.call.context.base_path}/platform"
    return tuple(
        MenuItem(place.label, base + place.path, place.icon, place.key == current)
        for place in PLATFORM_MENU
        if desk.at.may(place.right)
    )
