"""A letter as an Internet message (RFC 5322): plain text and HTML, in header fields that cannot be broken."""

from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from vestibule.domain.realm import MailServer
from vestibule.flows.ports import Letter

POLICY = SMTP.clone(cte_type="7bit")
"""Seven bits: no server need announce 8BITMIME or SMTPUTF8."""
_SPECIALS = str.maketrans(dict.fromkeys('()<>[]:;@\\,"', " "))


def write_message(letter: Letter, server: MailServer, host: str) -> bytes:
    """The message as it is handed to a server. `host` is ours, for the Message-ID.

    The id of the letter names it, so that a mailbox may notice a repeated attempt (RFC 3834 section 5 for
    `Auto-Submitted`). Raises `ValueError` for a line end in a header field (TX-04).
    """
    message = EmailMessage(policy=POLICY)
    message["From"] = _address(server.from_address, server.from_name or letter.from_name)
    message["To"] = _address(letter.recipient)
    if server.reply_to:
        message["Reply-To"] = _address(server.reply_to)
    message["Subject"] = letter.subject
    message["Date"] = format_datetime(letter.at)
    message["Message-ID"] = f"<{letter.id}@{host}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text, cte="quoted-printable")
    message.add_alternative(letter.html, subtype="html", cte="quoted-printable")
    message["Content-Language"] = letter.language
    return message.as_bytes()


def _address(address: str, name: str = "") -> Address:
    """The display name goes without what separates addresses: long ones lose their quotes when folded."""
    return Address(display_name=" ".join(name.translate(_SPECIALS).split()), addr_spec=address)
