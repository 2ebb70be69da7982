"""The link of a guide that opens a ticket, prefilled with the guide's name and the tenant (S000-02)."""

import re
from urllib.parse import quote, urlsplit

DEFAULT = "mailto:?subject=Guide%20{guide}%2C%20tenant%20{tenant}"
_NAME = re.compile(r"\{([^{}]*)\}")
_NAMES = {"guide", "tenant"}


def check_support_url(template: str) -> str:
    """The template if a ticket can be opened there. Raises `ValueError` with the reason."""
    if set(_NAME.findall(template)) - _NAMES or re.search(r"[{}]", _NAME.sub("", template)):
        raise ValueError(f"“{template}” may hold {{guide}} and {{tenant}}, and no other braces.")
    parts = urlsplit(_NAME.sub("x", template))
    is_web = parts.scheme == "https" and bool(parts.hostname)
    is_mail = parts.scheme == "mailto"
    if not (is_web or is_mail) or re.search(r"[\s\\<>\"]", template) or "{" in template.partition("?")[0]:
        raise ValueError(
            f"“{template}” is neither a mailto: nor an https: address with its placeholders after the “?”."
        )
    return template


def support_url(template: str, guide: str, tenant: str) -> str:
    """Where the ticket is opened. The names are escaped for a query, so that they add no field to it."""
    values = {"guide": guide, "tenant": tenant}
    return _NAME.sub(lambda found: quote(values[found[1]], safe=""), template or DEFAULT)
