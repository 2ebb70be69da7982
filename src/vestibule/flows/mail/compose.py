"""From a mail to the letter that is sent: words, the realm's name and the link, in one language."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from html import escape

from vestibule.domain.realm import Realm
from vestibule.domain.user import User
from vestibule.flows.expiry.words import thing, when
from vestibule.flows.mail.words import LANGUAGES, Kind, Language
from vestibule.flows.ports import Letter

NAME_LIMIT = 100
_PLACE = re.compile(r"\{([a-z]+)\}")
_PAGE = (
    '<!doctype html>\n<html lang="{language}">\n<head><meta charset="utf-8"><title>{subject}</title></head>\n'
    '<body style="margin:0;padding:24px;font-family:sans-serif;font-size:16px;line-height:1.5">\n'
    '<div style="max-width:560px;margin:0 auto">\n{parts}\n</div>\n</body>\n</html>\n'
)
_BUTTON = (
    '<p><a href="{link}" style="display:inline-block;padding:12px 20px;border-radius:6px;'
    'background:#1d4ed8;color:#ffffff;text-decoration:none">{label}</a></p>'
)
_SMALL = '<p style="font-size:13px;color:#57606a">{text}</p>'


@dataclass(frozen=True, slots=True)
class Mail:
    """What is to be said to whom. `address` is the one that the words speak of; `link` works for `seconds`.

    A mail whose link has died meanwhile (`dies_at`) is not sent any more. The last four tell of something
    that ends on a date, in the realm `tenant`; what is left of it is counted when the mail is sent.
    """

    kind: Kind
    recipient: str
    address: str = ""
    link: str = ""
    seconds: int = 0
    dies_at: datetime | None = None
    language: str = "en"
    user_id: str | None = None
    code: str = ""
    tenant: str = ""
    thing_kind: str = ""
    thing: str = ""
    expires_on: date | None = None


def language_of(user: User | None, realm: Realm) -> str:
    """The person's own language if mails speak it, else the realm's, else English."""
    own = user.attributes.get("locale", ()) if user is not None else ()
    for tag in (*own, realm.locale):
        primary = tag.replace("_", "-").partition("-")[0].lower()
        if primary in LANGUAGES:
            return primary
    return "en"


def compose(mail: Mail, realm: Realm, letter_id: str, at: datetime) -> Letter:
    """The letter as plain text with an HTML alternative; nothing in it is fetched from anywhere."""
    language = LANGUAGES.get(mail.language, LANGUAGES["en"])
    words, name = language.kinds[mail.kind], one_line(realm.title)
    values = {
        "realm": name,
        "address": one_line(mail.address),
        "duration": _duration(mail.seconds, language),
        "code": one_line(mail.code),
        **_ending(mail, at),
    }
    subject = one_line(_fill(words.subject, values), 2 * NAME_LIMIT)
    link = (mail.link,) if mail.link else ()
    lines = [*words.before, *link, *words.after]
    text = "\n\n".join(_fill(line, values) if line is not mail.link else line for line in lines)
    text += "\n\n-- \n" + _fill(language.foot, values) + "\n"
    return Letter(
        id=letter_id, at=at, recipient=mail.recipient, from_name=name, subject=subject, text=text,
        html=_html(mail, language, subject, values), language=mail.language,
    )  # fmt: skip


def _ending(mail: Mail, at: datetime) -> dict[str, str]:
    """What is said of something that ends on a date."""
    if mail.expires_on is None:
        return {}
    return {
        "tenant": one_line(mail.tenant),
        "thing": thing(mail.thing_kind, one_line(mail.thing), mail.language),
        "when": when(mail.expires_on, at, mail.language),
        "date": mail.expires_on.isoformat(),
    }


def one_line(text: str, limit: int = NAME_LIMIT) -> str:
    """Text for a header: one line, no character that is not seen (TX-04), at most `limit` long."""
    line = " ".join(text.split())
    return "".join(letter for letter in line if letter.isprintable())[:limit].strip()


def _html(mail: Mail, language: Language, subject: str, values: Mapping[str, str]) -> str:
    words = language.kinds[mail.kind]
    safe = {name: escape(value) for name, value in values.items()}
    parts = [f"<p>{_fill(escape(line), safe)}</p>" for line in words.before]
    if mail.link:
        link = escape(mail.link)
        parts.append(_fill(_BUTTON, {"link": link, "label": escape(words.button)}))
    parts += [f"<p>{_fill(escape(line), safe)}</p>" for line in words.after]
    if mail.link:
        parts.append(_fill(_SMALL, {"text": f"{escape(language.plain_link)}<br>{escape(mail.link)}"}))
    parts.append(_fill(_SMALL, {"text": _fill(escape(language.foot), safe)}))
    page = {"language": mail.language, "subject": escape(subject), "parts": "\n".join(parts)}
    return _fill(_PAGE, page)


def _fill(text: str, values: Mapping[str, str]) -> str:
    """The text with its places filled, in one pass: a value is never searched for places (TX-05)."""
    return _PLACE.sub(lambda place: values[place[1]], text)


def _duration(seconds: int, language: Language) -> str:
    """The time in the largest unit that divides it, such as “12 hours”."""
    for size, one, many in language.units:
        if seconds >= size and seconds % size == 0:
            count = seconds // size
            return f"{count} {one if count == 1 else many}"
    size, one, many = language.units[-1]
    count = max(1, seconds // size)
    return f"{count} {one if count == 1 else many}"
