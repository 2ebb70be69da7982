"""`vestibule practice`: applications of others to practise with, on this machine only."""

import sys
from pathlib import Path

from vestibule.practice import samples
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
    configure_logging("info", "console")
    folder = read_settings().data_dir if keep else None
    if folder is not None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    address = samples.application_address(port)
    listener = vendor_listener(port, folder)

    def on_ready(_: object) -> None:
        for line in (
            "The practice application for the guide of Atera is running. Stop it with Ctrl+C.",
            f"  Address        {address}",
            f"  Redirect URI   {address}/api/oidc/callback",
        ):
            print(line, file=sys.stderr, flush=True)

    run([listener], stop_seconds=STOP_SECONDS, on_ready=on_ready)
