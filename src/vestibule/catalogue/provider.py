"""A provider of the catalogue: what a connection to it starts with, and the guide for both halves."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any
from urllib.parse import quote, urlsplit

from vestibule.catalogue.application import Badge
from vestibule.catalogue.guide import Guide, WrittenSection, show
from vestibule.catalogue.inline import fill
from vestibule.domain.connection import Authentication, Endpoints, ProviderKind

_TYPED = ("client_id", "client_secret", "discovery_url", "display_name")
_NO_ENDPOINTS = Endpoints()
_NOT_THERE_YET = {"provider_page": "", "mappers_page": ""}


@dataclass(frozen=True, slots=True)
class Preset:
    """What is known of a vendor beforehand. Addresses are templates with `{base}`, `{tenant}`, `{api}`.

    `base` is where the vendor's own service lives, blank where everybody runs their own; `api` where an API
    beside it lives (GitHub's, Microsoft Graph). `server` names what an administrator types for `{base}`
    where people may run their own, blank: nothing. `tenant` names what fills `{tenant}`, blank: nothing;
    `default_tenant` stands in for a blank one.
    `discovery` is blank where there is no metadata (GitHub): then `endpoints` are templates. `issuer` is
    blank where the metadata says it.
    `trusted` links by e-mail by default (S002-47); `is_customers_own` says that the provider belongs to the
    customer, so that anyone who can sign in there may join by default (D20). The people of
    `shared_tenants` are everybody's, and a server of one's own is the customer's.
    """

    discovery: str = ""
    base: str = ""
    api: str = ""
    server: str = ""
    tenant: str = ""
    default_tenant: str = ""
    shared_tenants: tuple[str, ...] = ()
    endpoints: Endpoints = _NO_ENDPOINTS
    issuer: str = ""
    scopes: tuple[str, ...] = ("openid", "profile", "email")
    authentication: Authentication = "client_secret_post"
    pkce: bool = True
    use_userinfo: bool = True
    trusted: bool = False
    is_customers_own: bool = True

    def at(self, base: str) -> "Preset":
        """The same vendor at another place: a practice provider that stands in for it (D23)."""
        return replace(self, base=base, api=base if self.api else "")


@dataclass(frozen=True, slots=True)
class PresetAddresses:
    """A preset's addresses, filled in. `discovery_url` and `endpoints` are blank where the other counts."""

    discovery_url: str
    issuer: str
    endpoints: Endpoints


def preset_addresses(preset: Preset, *, base: str = "", api: str = "", tenant: str = "") -> PresetAddresses:
    """Where the provider is. `base` replaces the vendor's own service, and its API unless `api` is given.

    A tenant may be pasted with `https://` before it, as people do with their Okta domain; whatever else it
    holds stays inside its place in the address. Raises `ValueError`, naming what is missing.
    """
    name = tenant.strip().removeprefix("https://").strip("/.") or preset.default_tenant
    values = {"tenant": quote(name, safe="")} if name else {}
    typed = base.strip().rstrip("/")
    where = typed or _fill(preset.base, values).rstrip("/")
    values |= {"base": where} if where else {}
    values |= {"api": api.strip().rstrip("/") or (typed if typed and preset.api else preset.api)}
    found = {one.name: _fill(getattr(preset.endpoints, one.name), values) for one in fields(Endpoints)}
    return PresetAddresses(
        discovery_url=_fill(preset.discovery, values),
        issuer=_fill(preset.issuer, values),
        endpoints=Endpoints(**found),
    )


def _fill(template: str, values: Mapping[str, str]) -> str:
    try:
        return fill(template, values)
    except KeyError as missing:
        raise ValueError(f"{missing.args[0]} is missing for {template}") from missing


@dataclass(frozen=True, slots=True)
class ProviderForm:
    """What the form of a new connection begins with. Examples are hints, words for where to find a value;
    they are never saved by themselves. A discovery endpoint without an example is the preset's."""

    client_id_example: str
    client_secret_example: str
    display_name: str = ""
    display_name_example: str = ""
    discovery_url_example: str = ""


@dataclass(frozen=True, slots=True)
class Provider:
    """One file of `providers/`. `chooser` is what the list of kinds calls it (S001-14). Texts are in the
    file's language."""

    kind: ProviderKind
    name: str
    chooser: str
    sentence: str
    documentation: str  # the vendor's page on how to register an application
    prerequisites: tuple[str, ...]
    badge: Badge
    preset: Preset
    form: ProviderForm
    sections: tuple[WrittenSection, ...]

    def guide(self, values: Mapping[str, str]) -> Guide:
        """The guide with a tenant's values, by the names in `placeholders`.

        `redirect_uri`, `realm` and the pages must be given; those of the connection itself may be left out
        until there is one. What the administrator types may be left out too: the form's values stand in
        for it, or its examples (`is_example`). The client secret is always words for where to find it: it is
        never shown (D18). Raises `KeyError` where one that the guide uses is missing.
        """
        known = {name: value for name, value in values.items() if value or name not in _TYPED}
        known.pop("client_secret", None)
        own = self._own_values()
        examples = frozenset(name for name in _TYPED if name not in known and name not in own)
        server = urlsplit(known.get("redirect_uri", ""))
        derived = {"server": f"{server.scheme}://{server.netloc}"}
        return show(self.sections, self._examples() | own | derived | _NOT_THERE_YET | known, examples)

    def front_matter(self) -> dict[str, Any]:
        """What stands above the guide in the file, for translations that change parts of it."""
        names = ("name", "chooser", "sentence", "documentation", "prerequisites")
        whole = {name: getattr(self, name) for name in names}
        return whole | {name: asdict(getattr(self, name)) for name in ("badge", "preset", "form")}

    def _own_values(self) -> dict[str, str]:
        """What is known before anything is typed."""
        found = {"vendor": self.name}
        if self.form.display_name:
            found["display_name"] = self.form.display_name
        if self.preset.discovery and not self.form.discovery_url_example:
            found["discovery_url"] = preset_addresses(self.preset).discovery_url
        return found

    def _examples(self) -> dict[str, str]:
        form = self.form
        return {
            "client_id": form.client_id_example,
            "client_secret": form.client_secret_example,
            "display_name": form.display_name_example,
            "discovery_url": form.discovery_url_example,
        }
