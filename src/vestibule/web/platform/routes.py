"""The platform's addresses, each with the right that it needs."""

from vestibule.domain.administration import Right
from vestibule.web.console import entering
from vestibule.web.console.desk import ConsoleOperation, PageHandler
from vestibule.web.platform import expiries, first_tenant, realms
from vestibule.web.routing import Handler, Route

BASE = "/platform"


def platform(path: str, right: Right, *, get: PageHandler, post: PageHandler | None = None) -> Route:
    """An address of the platform's pages."""
    methods: dict[str, Handler] = {"GET": ConsoleOperation(right, get)}
    if post is not None:
        methods["POST"] = ConsoleOperation(right, post)
    return Route(BASE + path, "page", "an administrator", methods)


PLATFORM_ROUTES = (
    platform("", "list realms", get=realms.show_realms),
    platform("/switch", "list realms", get=realms.switch),
    platform("/expiry", "see", get=expiries.show_expiries),
    platform("/realms/new", "make realms", get=realms.show_new_realm, post=realms.take_new_realm),
    platform("/welcome", "list realms", get=first_tenant.show_welcome),
    Route(f"{BASE}/sign-out", "page", "a browser", {"POST": entering.sign_out}),
    Route(f"{BASE}/signed-out", "page", "anyone", {"GET": entering.signed_out}),
)
