"""The catalogue: one Markdown file per application in `applications/`, and nothing else that lists them."""

from functools import cache
from importlib.resources import files

from vestibule.catalogue.application import Application
from vestibule.catalogue.application_file import read_application, read_translation

ORIGINAL_LANGUAGE = "en"


@cache
def applications(language: str = ORIGINAL_LANGUAGE) -> tuple[Application, ...]:
    """Every application, by name. What is not translated yet is in English."""
    texts = _texts()
    found = []
    for slug, text in texts.items():
        if "." not in slug:
            original = read_application(slug, text)
            translation = texts.get(f"{slug}.{language}")
            found.append(read_translation(original, language, translation) if translation else original)
    return tuple(sorted(found, key=lambda one: one.name.casefold()))


def application(slug: str, language: str = ORIGINAL_LANGUAGE) -> Application | None:
    """The application with this name in addresses, such as `atera`."""
    return next((one for one in applications(language) if one.slug == slug), None)


def _texts() -> dict[str, str]:
    """The files by their names without `.md`: `atera`, and `atera.fr` for its translation."""
    folder = files("vestibule.catalogue").joinpath("applications")
    return {
        one.name.removesuffix(".md"): one.read_text(encoding="utf-8")
        for one in folder.iterdir()
        if one.name.endswith(".md")
    }
