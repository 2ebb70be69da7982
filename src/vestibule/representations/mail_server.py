"""The mail server of a realm in Keycloak's shape, where every value of `smtpServer` is text."""

import re
from dataclasses import replace
from typing import Any, Literal

from vestibule.domain.email import is_email
from vestibule.domain.mask import MASK
from vestibule.domain.realm import MailServer
from vestibule.representations.document import Element

SMTP_SERVER = "smtpServer"
HOST = re.compile(r"(?=.{1,253}\Z)[A-Za-z0-9_-]{1,63}(\.[A-Za-z0-9_-]{1,63})*|\[?[0-9A-Fa-f:.]{2,45}\]?")
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
DEFAULT_PORTS = {"none": 25, "starttls": 587, "tls": 465}
Security = Literal["none", "starttls", "tls"]


def read_mail_server(element: Element, base: MailServer | None) -> MailServer | None:
    """The server that the realm has after the document; an empty object takes it away.

    The stored password stays for the same server only: at another one, whoever names it would
    learn it. A new password is read by `read_mail_password`.
    """
    server = element.member(SMTP_SERVER)
    if not server.is_present:
        return base
    if not any(one.value not in (None, "") for one in server.members().values()):
        return None
    server.ignore("debug", "password")
    host, security, has_login = _read_host(server), _read_security(server), _read_flag(server, "auth")
    found = MailServer(
        host=host,
        port=_read_port(server, security),
        from_address=_read_address(server, "from", required=True),
        from_name=server.text("fromDisplayName", ""),
        reply_to=_read_address(server, "replyTo"),
        security=security,
        username=server.text("user", "") if has_login else "",
    )
    _check_login(server, found, has_login=has_login)
    return _with_stored_password(server, found, base)


def read_mail_password(element: Element) -> str | None:
    """The new password in clear, to be sealed; None keeps what is there, blank text takes it away."""
    server = element.member(SMTP_SERVER)
    if not server.is_present or not server.members():
        return None
    if not _read_flag(server, "auth"):
        return ""
    password = server.text("password", MASK, 1024)
    return None if password == MASK else password


def write_mail_server(server: MailServer | None) -> dict[str, Any]:
    """The member's value, the password masked; `read_mail_server` reads it back without loss."""
    if server is None:
        return {}
    written = {
        "host": server.host,
        "port": str(server.port),
        "from": server.from_address,
        "fromDisplayName": server.from_name,
        "replyTo": server.reply_to,
        "ssl": str(server.security == "tls").lower(),
        "starttls": str(server.security == "starttls").lower(),
        "auth": str(bool(server.username)).lower(),
    }
    if server.username:
        written["user"] = server.username
    if server.encrypted_password:
        written["password"] = MASK
    return written


def _read_host(server: Element) -> str:
    host = server.text("host", "").strip().lower()
    if HOST.fullmatch(host) is None:
        server.member("host").refuse("Enter the mail server's host name, such as smtp.example.com.")
    return host


def _read_security(server: Element) -> Security:
    """TLS from the start wins over STARTTLS, as it does there."""
    starttls = _read_flag(server, "starttls")
    if _read_flag(server, "ssl"):
        return "tls"
    return "starttls" if starttls else "none"


def _read_port(server: Element, security: Security) -> int:
    member = server.member("port")
    if member.value in (None, ""):
        return DEFAULT_PORTS[security]
    text = str(member.value) if type(member.value) is int else member.as_text()
    member.ignore_all()
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= 65535):
        member.refuse("A port is a number from 1 to 65535.")
    return int(text)


def _read_address(server: Element, name: str, *, required: bool = False) -> str:
    address = server.text(name, "").strip()
    if (address or required) and not is_email(address):
        server.member(name).refuse("Enter an email address, such as name@example.com.")
    return address


def _read_flag(server: Element, name: str) -> bool:
    """A truth value, as text or as JSON has it; blank is false."""
    member = server.member(name)
    if isinstance(member.value, bool):
        return server.flag(name, False)
    text = server.text(name, "")
    if text not in ("", "true", "false"):
        member.refuse("“true” or “false” is expected here, in quotes.")
    return text == "true"


def _check_login(server: Element, found: MailServer, *, has_login: bool) -> None:
    kind = server.text("authType", "basic")
    if kind not in ("", "basic"):
        server.member("authType").refuse("A mail server can be signed in to by password only.")
    if has_login and not found.username:
        server.member("user").refuse("Enter the user name for the mail server.")
    if has_login and found.security == "none" and found.host not in LOOPBACK:
        server.member("auth").refuse("A password is sent to a mail server over STARTTLS or TLS only.")


def _with_stored_password(server: Element, found: MailServer, base: MailServer | None) -> MailServer:
    if not found.username or server.text("password", MASK, 1024) != MASK:
        return found
    if base is None or not base.encrypted_password:
        if server.member("password").is_present:
            server.member("password").remark("The mail server's password is masked here; enter it again.")
        return found
    if (found.host, found.port, found.security) != (base.host, base.port, base.security):
        server.member("password").refuse("The mail server has changed: enter its password again.")
    return replace(found, encrypted_password=base.encrypted_password)
