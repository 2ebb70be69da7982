"""The providers: one Markdown file per kind in `providers/`, in the order in which people choose."""

from functools import cache
from importlib.resources import files

from vestibule.catalogue.provider import Provider
from vestibule.catalogue.provider_file import read_provider, read_provider_translation
from vestibule.domain.connection import ProviderKind

ORIGINAL_LANGUAGE = "en"
_ORDER: tuple[ProviderKind, ...] = (
    "oidc", "entra", "google", "github", "gitlab", "okta", "authentik", "keycloak",
)  # fmt: skip


@cache
def providers(language: str = ORIGINAL_LANGUAGE) -> tuple[Provider, ...]:
    """Every provider, "OpenID Connect v1.0" first (S001-14). What is not translated yet is in English."""
    return tuple(_read(kind, language) for kind in _ORDER)


def provider(kind: ProviderKind, language: str = ORIGINAL_LANGUAGE) -> Provider:
    """The provider of this kind."""
    return next(one for one in providers(language) if one.kind == kind)


def _read(kind: ProviderKind, language: str) -> Provider:
    folder = files("vestibule.catalogue").joinpath("providers")
    original = read_provider(kind, folder.joinpath(f"{kind}.md").read_text(encoding="utf-8"))
    translation = folder.joinpath(f"{kind}.{language}.md")
    if not translation.is_file():
        return original
    return read_provider_translation(original, language, translation.read_text(encoding="utf-8"))
