"""The addresses of client scopes and their mappers."""

from vestibule.web.console.client_scopes import listing, record
from vestibule.web.console.client_scopes.mappers import MapperPages
from vestibule.web.console.desk import change, see
from vestibule.web.routing import Handler, Route

BASE = "/console/{realm}/client-scopes"


def _page(path: str, **methods: Handler) -> Route:
    return Route(BASE + path, "page", "an administrator", methods)


def mapper_routes(base: str, pages: MapperPages) -> tuple[Route, ...]:
    """The addresses of the mappers of an owner whose path is `base`."""

    def page(path: str, **methods: Handler) -> Route:
        return Route(f"{base}/mappers{path}", "page", "an administrator", methods)

    return (
        page("/new", GET=change(pages.show_new), POST=change(pages.take_new)),
        page("/predefined", GET=see(pages.show_owner), POST=change(pages.take_predefined)),
        page("/{mapper}", GET=see(pages.show), POST=change(pages.take)),
        page("/{mapper}/delete", GET=see(pages.show_owner), POST=change(pages.take_delete)),
    )


ROUTES: tuple[Route, ...] = (
    _page("", GET=see(listing.show_scopes)),
    _page("/new", GET=change(listing.show_new_scope), POST=change(listing.take_new_scope)),
    _page("/{scope}", GET=see(record.show_scope), POST=change(record.take_scope)),
    _page("/{scope}/delete", GET=see(record.show_owner), POST=change(record.take_delete)),
    *mapper_routes(f"{BASE}/{{scope}}", MapperPages(record.scope_place)),
)
