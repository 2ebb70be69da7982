"""The addresses of groups, each with the right that it needs."""

from vestibule.web.console.desk import change, change_fresh, see
from vestibule.web.console.groups import listing, record
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}/groups"
ONE = f"{BASE}/{{group}}"


def _page(path: str, **methods: Handler) -> Route:
    return Route(path, "page", "an administrator", methods)


ROUTES: tuple[Route, ...] = (
    _page(BASE, GET=see(listing.show_groups)),
    _page(f"{BASE}/new", GET=change(listing.show_new_group), POST=change(listing.take_new_group)),
    _page(ONE, GET=see(record.show_details), POST=change(record.take_details)),
    _page(f"{ONE}/attributes", GET=see(record.show_attributes), POST=change(record.take_attributes)),
    _page(f"{ONE}/members", GET=see(record.show_members)),
    _page(f"{ONE}/members/remove", POST=change_fresh(record.take_removal)),
    _page(f"{ONE}/role-mapping", GET=see(record.show_roles)),
    _page(f"{ONE}/role-mapping/grant", POST=change_fresh(record.take_grant)),
    _page(f"{ONE}/role-mapping/revoke", POST=change_fresh(record.take_revoke)),
    _page(f"{ONE}/child-groups", GET=see(listing.show_children)),
    _page(
        f"{ONE}/child-groups/new",
        GET=change(listing.show_new_group),
        POST=change(listing.take_new_group),
    ),
    _page(f"{ONE}/delete", POST=change_fresh(record.take_delete)),
)
