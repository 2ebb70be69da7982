"""Addresses of a client as Keycloak writes them: relative ones, lists in one text, wildcards."""

from collections.abc import Callable

from vestibule.domain.redirect_uri import AddressRefused, check_redirect_uri, check_web_address
from vestibule.representations.document import Element

SEPARATOR = "##"
URI_LIMIT = 2000


def read_web_address(element: Element, root: str = "") -> str:
    """An https address (or http on loopback), relative ones taken from `root`; blank where absent."""
    if not element.is_present:
        return ""
    text = element.as_text(URI_LIMIT)
    return _absolute(element, text, root, check_web_address) if text else ""


def read_redirect_uris(elements: list[Element], root: str, public: bool) -> tuple[str, ...]:
    """Redirect URIs, each once and checked; wildcards in a file are left out and said (D27)."""
    return _checked([(element, element.as_text(URI_LIMIT)) for element in elements], root, public)


def read_post_logout_uris(
    element: Element, redirect_uris: tuple[str, ...], root: str, public: bool
) -> tuple[str, ...]:
    """Addresses joined by `##`; `+` stands for the redirect URIs, `-` for none."""
    uris: dict[str, None] = {}
    for text in filter(None, element.as_text(URI_LIMIT * 50).split(SEPARATOR)):
        if text == "+":
            uris.update(dict.fromkeys(redirect_uris))
        elif text != "-":
            uris.update(dict.fromkeys(_checked([(element, text)], root, public)))
    return tuple(uris)


def _checked(texts: list[tuple[Element, str]], root: str, public: bool) -> tuple[str, ...]:
    uris: dict[str, None] = {}
    for element, text in texts:
        if "*" in text and element.document.is_file:
            element.leave_out(
                "“{address}” is left out: wildcards are not taken; register each redirect URI in full.",
                address=text,
            )
        elif text:
            uris[_absolute(element, text, root, lambda uri: check_redirect_uri(uri, public=public))] = None
    return tuple(uris)


def _absolute(element: Element, text: str, root: str, check: Callable[[str], None]) -> str:
    if text.startswith("/") and not root:
        element.refuse("“{address}” is relative, and the client has no root URL.", address=text)
    uri = root.rstrip("/") + text if text.startswith("/") else text
    try:
        check(uri)
    except AddressRefused as refused:
        element.document.refuse(element.path, refused.sentence)
    return uri
