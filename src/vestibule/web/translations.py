"""Translates the templates: constant texts when a template is compiled, others when it is rendered."""

from collections.abc import Callable, Iterator
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files
from typing import Any

from jinja2 import Environment
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from vestibule.domain.sentence import Sentence


def read_translations(locale: str) -> NullTranslations:
    """The catalogue of a locale; English is the language of the source and has none."""
    catalogue = files("vestibule.web").joinpath("locale", locale, "LC_MESSAGES", "vestibule.mo")
    if not catalogue.is_file():
        return NullTranslations()
    with catalogue.open("rb") as file:
        return GNUTranslations(file)


def install_translations(environment: Environment, locale: str) -> None:
    """Makes `_("…")`, `{% trans %}` and the filter `message` speak the locale.

    The filter is for texts that come from outside: it looks them up as they are and leaves the
    escaping to the template, where `gettext` of `{% trans %}` trusts its argument as HTML. Of a
    `Sentence` it translates the text and then puts the values in, which are never translated.
    """
    translations = read_translations(locale)
    extended: Any = environment  # the extension adds the method and the attribute
    extended.add_extension("jinja2.ext.i18n")
    extended.install_gettext_translations(translations, newstyle=True)
    extended.house_translations = translations
    environment.policies["ext.i18n.trimmed"] = True
    environment.add_extension(ConstantTexts)
    environment.filters["message"] = _message_filter(translations)


def _message_filter(translations: NullTranslations) -> Callable[[str | Sentence], str]:
    def say(text: str | Sentence) -> str:
        if isinstance(text, Sentence):
            return translations.gettext(text.text).format_map(text.values) if text.text else ""
        return translations.gettext(text) if text else ""

    return say


class ConstantTexts(Extension):
    """Replaces `_("text")` by the translated string before a template is compiled.

    Looking a text up and escaping it costs 2 µs at each render, and a page has up to twenty.
    """

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """The tokens with each call of four tokens made into one string."""
        translations: NullTranslations = self.environment.house_translations  # type: ignore[attr-defined]
        for token in stream:
            if token.type != "name" or token.value != "_":
                yield token
                continue
            stream.expect("lparen")
            text = stream.expect("string")
            stream.expect("rparen")
            yield Token(text.lineno, "string", translations.gettext(text.value))
