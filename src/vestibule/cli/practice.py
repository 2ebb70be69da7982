"""`vestibule practice`: applications and providers of others to practise with, on this machine only."""

import sys
from collections.abc import Sequence
from pathlib import Path

from vestibule.cli.failures import CommandFailed
from vestibule.practice import samples
from vestibule.practice.providers.application import create_provider
from vestibule.practice.providers.faults import FAULTS, UnknownFault
from vestibule.practice.providers.provider import Provider
from vestibule.practice.vendor import Vendor
from vestibule.practice.vendor_application import create_vendor
from vestibule.settings import read_settings
from vestibule.web.logs import configure_logging
from vestibule.web.server import Listener, run

FILE = "practice-atera.json"
STOP_SECONDS = 2


def vendor_listener(port: int, folder: Path | None) -> Listener:
    """The vendor on its port; what it is told is kept in the folder, or forgotten at its end."""
    file = folder / FILE if folder is not None else None
    vendor = Vendor(samples.application_address(port), samples.VENDOR_PEOPLE, file)
    return Listener(create_vendor(vendor), samples.HOST, port)


def run_atera(port: int, *, keep: bool) -> None:
    """Serves the vendor until a signal."""
    address = samples.application_address(port)
    lines = (
        "The practice application for the guide of Atera is running. Stop it with Ctrl+C.",
        f"  Address        {address}",
        f"  Redirect URI   {address}/api/oidc/callback",
    )
    _run(vendor_listener(port, _folder(keep=keep)), lines)


def new_provider(kind: str, port: int, folder: Path | None, faults: Sequence[str] = ()) -> Provider:
    """A provider for that port, with the applications that are kept in the folder."""
    file = folder / f"practice-{kind}.json" if folder is not None else None
    try:
        return Provider(kind, samples.application_address(port), faults=faults, file=file)
    except UnknownFault as unknown:
        names = ", ".join(name for name in FAULTS)
        raise CommandFailed(f"{unknown} There are: {names}.") from unknown


def provider_listener(provider: Provider, port: int) -> Listener:
    """The provider on its port."""
    return Listener(create_provider(provider), samples.HOST, port)


def run_provider(kind: str, port: int, faults: Sequence[str], client: tuple[str, str], *, keep: bool) -> None:
    """Serves a practice provider until a signal. `client` is the client ID and secret; blank: generated."""
    provider = new_provider(kind, port, _folder(keep=keep), faults)
    client_id, client_secret = client
    if not provider.registrations or (client_id and client_id not in provider.registrations):
        provider.register(client_id, secret=client_secret)
    _run(provider_listener(provider, port), describe_provider(provider))


def describe_provider(provider: Provider) -> Sequence[str]:
    """What somebody needs who connects it."""
    registration, server = provider.registration, provider.server
    stand_in = f"VESTIBULE_PRACTICE={provider.vendor.kind}={provider.base}"
    return (
        f"The practice provider in the shape of {provider.vendor.name} is running. Stop it with Ctrl+C.",
        f"  Address         {provider.base}  applications, redirect URIs, people, faults",
        f"  Discovery       {server.discovery or 'none: this vendor has no metadata'}",
        f"  Client ID       {registration.client_id}",
        f"  Client secret   {registration.secret}",
        f"  For Vestibule   {stand_in}  with others: separated by commas",
        f"  Password        {provider.password}  of everybody there",
        f"  Faults          {', '.join(provider.faults) or 'none'}",
    )


def _folder(*, keep: bool) -> Path | None:
    if not keep:
        return None
    folder = read_settings().data_dir
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _run(listener: Listener, lines: Sequence[str]) -> None:
    configure_logging("info", "console")

    def on_ready(_: object) -> None:
        for line in lines:
            print(line, file=sys.stderr, flush=True)

    run([listener], stop_seconds=STOP_SECONDS, on_ready=on_ready)
