"""The tables of the surfaces that hold names or numbers in their addresses: platform, console, account, API.

They and what they need are most of the program, so that they are loaded when the first such address is
asked for, and a process that only signs people in stays small.
"""

from itertools import chain

from vestibule.web.account.routes import ACCOUNT_ROUTES
from vestibule.web.admin import openapi
from vestibule.web.admin.routes import ADMIN_ROUTES
from vestibule.web.console.routes import CONSOLE_ROUTES
from vestibule.web.platform.routes import PLATFORM_ROUTES
from vestibule.web.routing import Route

API_DOCS = (
    Route("/api/docs", "page", "anyone", {"GET": openapi.show_docs}),
    Route("/api/openapi.json", "plain", "anyone", {"GET": openapi.show_json}),
)

SURFACES: tuple[Route, ...] = tuple(
    chain(PLATFORM_ROUTES, CONSOLE_ROUTES, ACCOUNT_ROUTES, ADMIN_ROUTES, API_DOCS)
)
