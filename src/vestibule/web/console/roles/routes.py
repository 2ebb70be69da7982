"""The addresses of realm roles, each with the right that it needs."""

from vestibule.web.console.desk import change, change_fresh, see
from vestibule.web.console.roles import listing, record
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}/roles"
ONE = f"{BASE}/{{role}}"


def _page(path: str, **methods: Handler) -> Route:
    return Route(path, "page", "an administrator", methods)


ROUTES: tuple[Route, ...] = (
    _page(BASE, GET=see(listing.show_roles)),
    _page(f"{BASE}/new", GET=change(listing.show_new_role), POST=change(listing.take_new_role)),
    _page(ONE, GET=see(record.show_details), POST=change(record.take_details)),
    _page(f"{ONE}/attributes", GET=see(record.show_attributes), POST=change(record.take_attributes)),
    _page(f"{ONE}/users", GET=see(record.show_users)),
    _page(f"{ONE}/users/revoke", POST=change_fresh(record.take_revoke)),
    _page(f"{ONE}/delete", POST=change_fresh(record.take_delete)),
)
