"""Which kind of provider a document speaks of: Keycloak's `providerId`, and our presets beside it."""

from collections.abc import Mapping

from vestibule.domain.connection import ProviderKind
from vestibule.domain.sentence import Sentence
from vestibule.representations.document import Element

PROVIDER_ID = "providerId"
PRESET = "vestibule.preset"
PROVIDER_IDS: Mapping[ProviderKind, str] = {
    "oidc": "oidc",
    "entra": "microsoft",
    "okta": "oidc",
    "google": "google",
    "github": "github",
    "gitlab": "gitlab",
    "authentik": "oidc",
    "keycloak": "keycloak-oidc",
}
"""What the other product calls each kind; presets that it has not are `oidc` with `vestibule.preset`."""
PRESETS_OF_OIDC: tuple[ProviderKind, ...] = ("okta", "authentik")
FINAL = Sentence("The kind of a provider cannot be changed: add another provider.")
_KINDS: Mapping[str, ProviderKind] = {
    provider_id: kind for kind, provider_id in PROVIDER_IDS.items() if kind not in PRESETS_OF_OIDC
}


def known_kind(element: Element) -> ProviderKind | None:
    """The kind of the provider that the document describes; None for one that is not served."""
    provider_id = element.text(PROVIDER_ID, "")
    if not provider_id:
        element.member(PROVIDER_ID).refuse("The kind of the provider, “providerId”, is missing.")
    preset = _read_preset(element)
    return preset if provider_id == "oidc" and preset else _KINDS.get(provider_id)


def read_kind(element: Element) -> ProviderKind:
    """As `known_kind`; one that is not served is refused."""
    kind = known_kind(element)
    if kind is None:
        element.document.refuse(element.member(PROVIDER_ID).path, not_served(element))
    return kind


def not_served(element: Element) -> Sentence:
    """Why a provider of that kind is not taken."""
    name = element.text(PROVIDER_ID, "")
    if name == "saml":
        return Sentence("A provider that speaks SAML cannot be added yet: it comes with SAML.")
    return Sentence("Providers of the kind “{name}” are not served.", {"name": name[:80]})


def check_same_kind(element: Element, kind: ProviderKind) -> None:
    """Refuses to make another kind of provider of one that exists (AC-12)."""
    provider_id, preset = element.text(PROVIDER_ID, PROVIDER_IDS[kind]), _read_preset(element)
    if provider_id != PROVIDER_IDS[kind]:
        element.document.refuse(element.member(PROVIDER_ID).path, FINAL)
    if preset is not None and preset != kind:
        element.document.refuse(element.member("config").member(PRESET).path, FINAL)


def _read_preset(element: Element) -> ProviderKind | None:
    config = element.member("config")
    name = config.text(PRESET, "") if config.is_present else ""
    preset = next((kind for kind in PRESETS_OF_OIDC if kind == name), None)
    if name and preset is None:
        config.member(PRESET).refuse("There is no preset “{name}”.", name=name[:80])
    return preset
