"""The addresses of client scopes."""

from vestibule.web.routing import Route

ROUTES: tuple[Route, ...] = ()
