"""`vestibule serve`: the service, from its settings to its stop."""

import os
import resource
import sys
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType

from starlette.types import ASGIApp, Receive, Scope, Send

from vestibule import __version__
from vestibule.catalogue.guides import walkable_guides
from vestibule.cli.administrators import setup_address
from vestibule.main import Service, build
from vestibule.settings import Settings, unknown_variables
from vestibule.web.logs import configure_logging
from vestibule.web.server import Listener, run
from vestibule.web.views import HomeGuide, HomeLink

Say = Callable[[Service], Sequence[str]]


class Management:
    """The same application on the management port, where the operator needs no token."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        await self._app({**scope, "vestibule.management": True}, receive, send)


def run_service(
    settings: Settings,
    links: Sequence[HomeLink] = (),
    others: Sequence[Listener] = (),
    more_lines: Sequence[str] = (),
    guide_urls: Mapping[str, str] = MappingProxyType({}),
) -> None:
    """Serves until a signal. `others` run in the same process; `more_lines` end what is printed.

    `guide_urls` says where the guides of the page `/` can be walked, by the number of their seed.
    """
    _write_no_core()
    configure_logging(settings.log_level, settings.log_format)
    guides = tuple(
        HomeGuide(one.title, one.sentence, guide_urls.get(one.seed, "")) for one in walkable_guides()
    )
    service = build(settings, links, guides)

    def on_ready(_: object) -> None:
        for line in (*describe_service(service), *more_lines):
            print(line, file=sys.stderr, flush=True)

    listeners = [*listeners_of(service), *others]
    run(listeners, stop_seconds=settings.shutdown_seconds, on_ready=on_ready)


def _write_no_core() -> None:
    """A core dump would hold every key that is in memory; who debugs can raise the limit again."""
    _, most = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, most))


def listeners_of(service: Service) -> list[Listener]:
    """The public address and, if it was set, the management port on loopback."""
    settings = service.settings
    listeners = [Listener(service.app, settings.host, settings.port)]
    if settings.management_port is not None:
        management = Management(service.app)
        listeners.append(Listener(management, "127.0.0.1", settings.management_port, lifespan=False))
    return listeners


def describe_service(service: Service) -> list[str]:
    """What an operator wants to know when the service has started."""
    settings = service.settings
    where = settings.database if settings.is_embedded else "PostgreSQL"
    lines = [
        f"Vestibule {__version__} is running. Stop it with Ctrl+C.",
        f"  Address    {settings.public_url}",
        f"  Data       {settings.data_dir.resolve()} ({where.removeprefix('sqlite:///')})",
    ]
    if settings.is_plain_http:
        lines.append("  Cookies    without Secure, since this is plain http on the local machine")
    if service.setup_token is not None:
        lines.append(f"  Set-up     {setup_address(settings, service.setup_token)}")
        lines.append("             creates the first administrator; works once, within an hour")
    lines += [f"  Ignored    {name} is not a setting" for name in unknown_variables(os.environ)]
    return lines
