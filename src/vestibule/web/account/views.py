"""The account's pages that are no list, form or record of the console's kinds."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.web.console.views import ConsolePage, ListView


@dataclass(frozen=True, slots=True)
class Tile:
    """An application to open at its Home URL (S000-34)."""

    name: str
    sentence: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnApplicationsPage(ConsolePage):
    """Tiles of what the person may open, in pages where they are many, and a list of what has access."""

    template: ClassVar[str] = "account/applications.html"
    tiles: tuple[Tile, ...]
    access: ListView
    previous_url: str = ""
    next_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddPasskeyPage(ConsolePage):
    """Makes a passkey by `passkey.js`, which posts `credential`; blank options where the realm takes none."""

    template: ClassVar[str] = "account/passkey.html"
    action: str
    passkey_options_url: str
    cancel_url: str
