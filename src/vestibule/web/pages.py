"""Renders the pages in the reader's language, and chooses that language."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from vestibule.web.assets import Assets
from vestibule.web.console.presentation import FILTERS
from vestibule.web.translations import install_translations
from vestibule.web.views import Page

LOCALES = ("en", "fr")


class Pages:
    """The templates in every language. Built once; a template is compiled when it is first shown."""

    def __init__(self, assets: Assets, locales: Sequence[str] = LOCALES) -> None:
        self._environments = {locale: _environment(locale, assets) for locale in locales}

    def render(self, page: Page, locale: str, now: datetime | None = None) -> bytes:
        """The page as UTF-8 HTML, in English where the locale is not spoken here.

        Moments are told by their distance from `now`, by their date without it.
        """
        environment = self._environments.get(locale) or self._environments["en"]
        return environment.get_template(page.template).render(page=page, now=now).encode()


def _environment(locale: str, assets: Assets) -> Environment:
    environment = Environment(
        loader=PackageLoader("vestibule.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        cache_size=-1,
    )
    install_translations(environment, locale)
    environment.globals["lang"] = locale
    # Filters of a constant are computed once, when the template is compiled.
    environment.filters.update(FILTERS, asset=assets.url, icon=_icon)
    environment.tests["link"] = is_link
    return environment


@cache
def _icon(name: str) -> Markup:
    """A drawing of our own, to stand in the page so that it takes the colour of the text."""
    drawing = files("vestibule.web").joinpath("templates", "icons", f"{name}.svg").read_text(encoding="utf-8")
    return Markup(drawing.strip())  # noqa: S704


def is_link(url: str) -> bool:
    """Whether a page may link there: http, https, or a path of this host. `javascript:` is not a link."""
    return url.startswith(("https://", "http://")) or (
        url.startswith("/") and not url.startswith(("//", "/\\"))
    )


def choose_locale(
    ui_locales: str | None, accept_language: str | None, supported: Sequence[str] = LOCALES
) -> str:
    """The language of the page: what the application asks for, else what the browser prefers, else English.

    `ui_locales` is a list by preference (OpenID Connect Core section 3.1.2.1), `accept_language` a
    header value (RFC 9110 section 12.5.4). Of each only the first 200 characters and 10 items count.
    """
    wanted = (ui_locales or "")[:200].split()[:10] + _by_weight(accept_language or "")
    for tag in wanted:
        primary = tag.replace("_", "-").partition("-")[0].lower()
        if primary in supported:
            return primary
    return "en"


def _by_weight(accept_language: str) -> list[str]:
    weights: Mapping[str, float] = dict(map(_weighed, accept_language[:200].split(",")[:10]))
    return sorted((tag for tag in weights if weights[tag] > 0), key=lambda tag: -weights[tag])


def _weighed(item: str) -> tuple[str, float]:
    tag, _, parameter = item.partition(";")
    name, _, value = parameter.replace(" ", "").partition("=")
    if name != "q":
        return tag.strip(), 1.0
    try:
        return tag.strip(), float(value[:5])
    except ValueError:
        return tag.strip(), 0.0
