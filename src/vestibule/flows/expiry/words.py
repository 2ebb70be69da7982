"""The words for an end in the languages that mails speak; calendars use them too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from vestibule.domain.expiry import days_left


@dataclass(frozen=True, slots=True)
class Ends:
    """How a language speaks of ends. `things` and `kinds` are by the kind of an expiry, with `""` for a kind
    that has no words of its own; a thing's `{name}` is what people call it."""

    in_days: str
    tomorrow: str
    today: str
    yesterday: str
    days_ago: str
    things: Mapping[str, str]
    kinds: Mapping[str, str]
    entry: str
    """The title of a calendar's entry."""


ENGLISH = Ends(
    in_days="expires in {count} days",
    tomorrow="expires tomorrow",
    today="expires today",
    yesterday="expired yesterday",
    days_ago="expired {count} days ago",
    things={
        "upstream_secret": "the client secret of “{name}”",
        "": "“{name}”",
    },
    kinds={"upstream_secret": "client secret", "": "last day"},
    entry="{name}: {kind} expires",
)
FRENCH = Ends(
    in_days="expire dans {count} jours",
    tomorrow="expire demain",
    today="expire aujourd’hui",
    yesterday="a expiré hier",
    days_ago="a expiré il y a {count} jours",
    things={
        "upstream_secret": "le secret du client de « {name} »",
        "": "« {name} »",
    },
    kinds={"upstream_secret": "secret du client", "": "dernier jour"},
    entry="{name} : expiration ({kind})",
)
LANGUAGES = {"en": ENGLISH, "fr": FRENCH}


def when(expires_on: date, at: datetime, language: str) -> str:
    """Such as “expires in 14 days”."""
    ends, left = LANGUAGES.get(language, ENGLISH), days_left(expires_on, at)
    words = {1: ends.tomorrow, 0: ends.today, -1: ends.yesterday}.get(left)
    return words or (ends.in_days if left > 0 else ends.days_ago).replace("{count}", str(abs(left)))


def thing(kind: str, name: str, language: str) -> str:
    """Such as “the client secret of “Entra ID””."""
    things = LANGUAGES.get(language, ENGLISH).things
    return things.get(kind, things[""]).replace("{name}", name)


def entry(kind: str, name: str, language: str) -> str:
    """Such as “Entra ID: client secret expires”."""
    ends = LANGUAGES.get(language, ENGLISH)
    words = ends.kinds.get(kind, ends.kinds[""])
    return ends.entry.replace("{kind}", words).replace("{name}", name)
