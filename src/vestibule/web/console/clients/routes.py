"""The addresses of clients."""

from vestibule.web.console.clients import listing
from vestibule.web.console.desk import change, see
from vestibule.web.routing import Route

BASE = "/console/{realm}/clients"
CALLER = "an administrator"

ROUTES: tuple[Route, ...] = (
    Route(BASE, "page", CALLER, {"GET": see(listing.show_clients)}),
    Route(
        f"{BASE}/new", "page", CALLER,
        {"GET": change(listing.show_new_client), "POST": change(listing.take_new_client)},
    ),
)  # fmt: skip
