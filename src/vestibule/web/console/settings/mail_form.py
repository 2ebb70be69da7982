"""The mail server of a realm as a form. One select stands for two switches of the document."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from vestibule.representations.mail_server import SMTP_SERVER
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.messages import message

SECURITY = Field(
    "security", (SMTP_SERVER, "security"), message("Security"), "select",
    choices=(("starttls", "STARTTLS"), ("tls", "TLS"), ("none", message("None"))),
    hint=message("STARTTLS begins in clear and must become encrypted; TLS is so from the start."),
)  # fmt: skip
GROUPS = (
    Group(
        message("Mail server"),
        (
            Field(
                "host", (SMTP_SERVER, "host"), message("Host"),
                hint=message("Such as smtp.example.com. Empty: the platform's server is used."),
            ),
            Field(
                "port", (SMTP_SERVER, "port"), message("Port"),
                hint=message("Empty: 587 for STARTTLS, 465 for TLS, 25 for none."),
            ),
            SECURITY,
            Field(
                "user", (SMTP_SERVER, "user"), message("User name"),
                hint=message("Empty: without signing in."),
            ),
            Field(
                "mail_password", (SMTP_SERVER, "password"), message("Password"), "secret",
                hint=message("Empty: the stored one stays. It is never shown."),
            ),
        ),
    ),
    Group(
        message("Sender"),
        (
            Field("from", (SMTP_SERVER, "from"), message("From address"), "email"),
            Field("from_name", (SMTP_SERVER, "fromDisplayName"), message("From name")),
            Field(
                "reply_to", (SMTP_SERVER, "replyTo"), message("Reply-to address"), "email",
                hint=message("Empty: answers go to the from address."),
            ),
        ),
    ),
)  # fmt: skip
SIGNS = ("host", "port", "user", "password", "from", "fromDisplayName", "replyTo")
"""Members that say that a server is meant; without any of them there is none."""


@dataclass(frozen=True, slots=True)
class MailForm(Form):
    """Writes the security as `starttls`, `ssl` and `auth`, which the document has as text."""

    def document(self, form: Mapping[str, str]) -> dict[str, Any]:
        """What was typed as `smtpServer`; an empty one takes the realm's server away."""
        server = Form.document(self, form)[SMTP_SERVER]
        security = server.pop("security")
        if not any(server.get(name) for name in SIGNS):
            return {SMTP_SERVER: {}}
        switches = {
            "starttls": security == "starttls",
            "ssl": security == "tls",
            "auth": bool(server["user"]),
        }
        return {SMTP_SERVER: server | {name: str(is_on).lower() for name, is_on in switches.items()}}

    def texts_of(self, document: Mapping[str, Any]) -> dict[str, str]:
        """What the controls show of the stored server."""
        server = document.get(SMTP_SERVER) or {}
        security = "tls" if server.get("ssl") == "true" else "starttls"
        if server and "true" not in (server.get("ssl"), server.get("starttls")):
            security = "none"
        return Form.texts_of(self, {SMTP_SERVER: {**server, "security": security}})

    def field_at(self, path: Sequence[str | int]) -> Field | None:
        """A mistake about a password without encryption stands at the security."""
        if tuple(path) in {(SMTP_SERVER, name) for name in ("auth", "ssl", "starttls")}:
            return SECURITY
        return Form.field_at(self, path)


FORM = MailForm(GROUPS, message("Save"))
