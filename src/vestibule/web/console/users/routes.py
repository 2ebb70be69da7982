"""The addresses of people, each with the right that it needs."""

from vestibule.web.console.desk import ConsoleOperation, PageHandler, change, change_fresh, see
from vestibule.web.console.users import belonging, details, links, listing, methods, passkeys, sessions
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}/users"
ONE = f"{BASE}/{{user}}"
METHODS = f"{ONE}/sign-in-methods"


def _page(path: str, **methods: Handler) -> Route:
    return Route(path, "page", "an administrator", methods)


def _end(handler: PageHandler) -> ConsoleOperation:
    return ConsoleOperation("end sessions", handler)


def _recover(handler: PageHandler) -> ConsoleOperation:
    return ConsoleOperation("recover people", handler)


ROUTES: tuple[Route, ...] = (
    _page(BASE, GET=see(listing.show_users)),
    _page(f"{BASE}/new", GET=change(listing.show_new_user), POST=change(listing.take_new_user)),
    _page(ONE, GET=see(details.show_details), POST=change(details.take_details)),
    _page(f"{ONE}/attributes", GET=see(details.show_attributes), POST=change(details.take_attributes)),
    _page(f"{ONE}/verify-mail", POST=_recover(details.take_verify_mail)),
    _page(f"{ONE}/delete", POST=change_fresh(details.take_delete)),
    _page(METHODS, GET=see(methods.show_methods)),
    _page(f"{METHODS}/password", POST=change_fresh(methods.take_password)),
    _page(f"{METHODS}/password/delete", POST=change_fresh(methods.take_password_removal)),
    _page(f"{METHODS}/password-link", POST=_recover(methods.take_password_link)),
    _page(f"{ONE}/passkeys/{{passkey}}", GET=see(passkeys.show_passkey), POST=change(passkeys.take_passkey)),
    _page(f"{ONE}/passkeys/{{passkey}}/delete", POST=change_fresh(passkeys.take_passkey_removal)),
    _page(f"{ONE}/groups", GET=see(belonging.show_groups)),
    _page(f"{ONE}/groups/join", POST=change_fresh(belonging.take_join)),
    _page(f"{ONE}/groups/leave", POST=change_fresh(belonging.take_leave)),
    _page(f"{ONE}/role-mapping", GET=see(belonging.show_roles)),
    _page(f"{ONE}/role-mapping/grant", POST=change_fresh(belonging.take_grant)),
    _page(f"{ONE}/role-mapping/revoke", POST=change_fresh(belonging.take_revoke)),
    _page(f"{ONE}/identity-provider-links", GET=see(links.show_links), POST=change_fresh(links.take_link)),
    _page(
        f"{ONE}/identity-provider-links/{{alias}}/remove",
        GET=see(links.show_back),
        POST=change_fresh(links.take_removal),
    ),
    _page(f"{ONE}/sessions", GET=see(sessions.show_sessions)),
    _page(f"{ONE}/sessions/{{session}}/end", POST=_end(sessions.take_end)),
    _page(f"{ONE}/sign-out", POST=_end(sessions.take_sign_out)),
)
