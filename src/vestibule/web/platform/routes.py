"""The platform's addresses, each with the right that it needs."""

from vestibule.domain.administration import Right
from vestibule.web.console import entering
from vestibule.web.console.desk import ConsoleOperation, PageHandler
from vestibule.web.platform import expiries, first_tenant, outbound, realms
from vestibule.web.routing import Handler, Route

BASE = "/platform"


def platform(
    path: str, right: Right, *, get: PageHandler, post: PageHandler | None = None, is_fresh: bool = False
) -> Route:
    """An address of the platform's pages. Its form asks for a fresh sign-in where it `is_fresh`."""
    methods: dict[str, Handler] = {"GET": ConsoleOperation(right, get)}
    if post is not None:
        methods["POST"] = ConsoleOperation(right, post, is_fresh)
    return Route(BASE + path, "page", "an administrator", methods)


PLATFORM_ROUTES = (
    platform("", "list realms", get=realms.show_realms),
    platform("/switch", "list realms", get=realms.switch),
    platform("/expiry", "see", get=expiries.show_expiries),
    platform(
        "/outbound",
        "make realms",
        get=outbound.show_addresses,
        post=outbound.take_address,
        is_fresh=True,
    ),
    platform(
        "/outbound/{place}/withdraw",
        "make realms",
        get=outbound.show_again,
        post=outbound.take_withdrawal,
        is_fresh=True,
    ),
    platform("/realms/new", "make realms", get=realms.show_new_realm, post=realms.take_new_realm),
    platform("/welcome", "list realms", get=first_tenant.show_welcome),
    Route(f"{BASE}/sign-out", "page", "a browser", {"POST": entering.sign_out}),
    Route(f"{BASE}/signed-out", "page", "anyone", {"GET": entering.signed_out}),
)
