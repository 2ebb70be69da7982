"""What the pages behind a mailed link show."""

from dataclasses import dataclass
from typing import ClassVar

from vestibule.web.messages import message
from vestibule.web.views import FieldError, Page


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionConfirmPage(Page):
    """Asks to confirm an email address. Posts `confirm`."""

    template: ClassVar[str] = "action_confirm.html"
    action: str
    address: str
    is_new: bool  # it takes the place of another one
    alert: str = ""  # message


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionPasswordPage(Page):
    """Asks for a new password. Posts `password`."""

    template: ClassVar[str] = "action_password.html"
    action: str
    username: str
    lead: str = message("A new password signs you out everywhere.")
    minimum_password_length: int = 12
    errors: tuple[FieldError, ...] = ()  # field `password`


@dataclass(frozen=True, slots=True, kw_only=True)
class ActionDonePage(Page):
    """The link has done what it was for."""

    template: ClassVar[str] = "action_done.html"
    title: str  # message
    sentence: str  # message
    account: str  # the person's address or user name
    account_url: str


ACTION_PAGES: tuple[type[Page], ...] = (ActionConfirmPage, ActionPasswordPage, ActionDonePage)
