"""What every page shows: words, links, the shell around it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Literal

from vestibule.domain.sentence import Sentence
from vestibule.web.views import Page

Text = str | Sentence
Tone = Literal["good", "neutral", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Link:
    """Something to open. `icon` names a drawing; `is_external` opens a new tab."""

    label: Text
    url: str
    icon: str = ""
    is_external: bool = False


@dataclass(frozen=True, slots=True)
class MenuItem:
    """An entry of the left menu; `is_current` marks the page's own."""

    label: Text
    url: str
    icon: str
    is_current: bool = False


@dataclass(frozen=True, slots=True)
class MenuGroup:
    """A heading of the left menu with its entries, such as Integrations or Advanced Console."""

    label: Text  # blank: the entries stand without a heading
    items: tuple[MenuItem, ...]
    url: str = ""  # where the heading itself leads: guides say to click on it


@dataclass(frozen=True, slots=True)
class Crumb:
    """A step of the breadcrumb; `name` is shown as it is, `label` is translated; one of them is set."""

    label: Text = ""
    name: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True)
class Banner:
    """What ends next: its name and page, what it is, its state, and how many others stand behind it."""

    name: str
    url: str
    kind: Text
    words: Text
    tone: Tone
    more: Link | None = None


@dataclass(frozen=True, slots=True)
class Shell:
    """What frames each console page: where we are, who is signed in, where else to go."""

    realm: str  # its name, empty on platform pages
    realm_title: str
    realms: tuple[str, ...]  # the tenant switch: names of the other realms, at most 20
    switch_url: str  # GET with `realm`: opens that tenant; blank: no switch
    new_realm_url: str  # "New tenant"; blank: not allowed
    all_realms_url: str  # the whole list; blank: not allowed
    menu: tuple[MenuGroup, ...]
    person: str
    account_url: str
    sign_out_url: str  # POST
    home_url: str
    banner: Text = ""  # a lasting warning, such as a temporary administrator's
    expiring: Banner | None = None


@dataclass(frozen=True, slots=True)
class Status:
    """A state in words."""

    label: Text
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class Copyable:
    """A value to copy; `label` names it for the button."""

    label: Text
    value: str
    note: Text = ""


Cell = str | Sentence | Link | Status | Copyable | datetime | None
"""A `str` is shown as it is, a `Sentence` translated, a `datetime` relative, with the moment on focus."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConsolePage(Page):
    """A page inside the shell. `notice` says what was just done, `alert` what did not work."""

    template: ClassVar[str] = ""
    shell: Shell
    title: Text
    name: str = ""  # shown in place of `title` where the page is about one thing with a name of its own
    lead: Text = ""
    status: Status | None = None
    crumbs: tuple[Crumb, ...] = ()
    tabs: tuple[MenuItem, ...] = ()
    actions: tuple[Link, ...] = ()  # top right; the first is the primary one
    notice: Text = ""
    alert: Text = ""
