"""An application of the catalogue."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from vestibule.catalogue.guide import Guide, WrittenSection, show
from vestibule.catalogue.placeholders import derive

_ADDRESSES = ("home_url", "redirect_uri", "post_logout_redirect_uri")

BadgeKind = Literal["reference", "reported", "practice"]


@dataclass(frozen=True, slots=True)
class Badge:
    """The test status, in words that are true (D28).

    `reference`: nobody has tested it; `reported`: somebody else tested it, with another product;
    `practice`: tested here with a practice application. `detail` says who, and when.
    """

    kind: BadgeKind
    text: str
    detail: str


@dataclass(frozen=True, slots=True)
class ApplicationForm:
    """What the form "Add integration" is filled with. Examples are hints: an address like
    the customer's own, or words for where to find it. They are never saved by themselves."""

    client_id: str
    name: str
    description: str
    confidential: bool = True
    home_url: str = ""
    home_url_example: str = ""
    redirect_uris: tuple[str, ...] = ()
    redirect_uri_example: str = ""
    post_logout_redirect_uris: tuple[str, ...] = ()
    post_logout_redirect_uri_example: str = ""
    scopes: str = "openid email profile"
    claims: tuple[str, ...] = ()  # what the ID token or userinfo must hold for this application
    email_required: bool = False  # the application knows people by their address (S000-18)


@dataclass(frozen=True, slots=True)
class Application:
    """One file of the catalogue. Texts are in the file's language."""

    slug: str
    name: str
    home: str  # the vendor's page
    sentence: str
    prerequisites: tuple[str, ...]
    badge: Badge
    form: ApplicationForm
    sections: tuple[WrittenSection, ...]

    def guide(self, values: Mapping[str, str]) -> Guide:
        """The guide with a tenant's values, by the names in `placeholders`.

        Values of discovery, the realm and the pages must be given. Values of the client may be left out:
        the form's stand in for them, and its examples for addresses that are blank (`is_example`).
        Raises `KeyError` where one that the guide uses is missing.
        """
        known = {name: value for name, value in values.items() if value or name not in _ADDRESSES}
        examples = frozenset(_ADDRESSES).difference(known, self._addresses())
        return show(self.sections, self._own_values() | derive(known) | known, examples)

    def front_matter(self) -> dict[str, Any]:
        """What stands above the guide in the file, for translations that change parts of it."""
        names = ("name", "home", "sentence", "prerequisites", "badge", "form")
        whole = {name: getattr(self, name) for name in names}
        return whole | {"badge": asdict(self.badge), "form": asdict(self.form)}

    def _own_values(self) -> dict[str, str]:
        form = self.form
        return {
            "vendor": self.name,
            "client_id": form.client_id,
            "name": form.name,
            "description": form.description,
            "client_authentication": "Enabled" if form.confidential else "Disabled",
            "scopes": form.scopes,
            "home_url": form.home_url_example,
            "redirect_uri": form.redirect_uri_example,
            "post_logout_redirect_uri": form.post_logout_redirect_uri_example,
            **self._addresses(),
        }

    def _addresses(self) -> dict[str, str]:
        """The addresses of the application that are the same for everybody."""
        form = self.form
        found = (form.home_url, form.redirect_uris, form.post_logout_redirect_uris)
        firsts = (one if isinstance(one, str) else next(iter(one), "") for one in found)
        return {name: value for name, value in zip(_ADDRESSES, firsts, strict=True) if value}
