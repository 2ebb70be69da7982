"""How this process sends mail, from its settings."""

from urllib.parse import urlsplit

from vestibule.domain.realm import MailServer
from vestibule.flows.ports import Mailer
from vestibule.outbound.allowed import Opened, nothing_opened
from vestibule.outbound.mail import PlatformServer, SmtpMailer
from vestibule.outbound.mailbox import FileMailbox
from vestibule.settings import Settings


def new_mailer(settings: Settings, opened: Opened = nothing_opened) -> Mailer:
    """The file mailbox where its folder is set, else SMTP with the platform's server if there is one."""
    host = urlsplit(settings.public_url).hostname or "localhost"
    if settings.mail_folder is not None:
        return FileMailbox(settings.mail_folder, host)
    return SmtpMailer(
        host, _platform(settings), allow=settings.outbound_allow, opened=opened, ca_file=settings.ca_file
    )


def _platform(settings: Settings) -> PlatformServer | None:
    url = settings.smtp_url
    if url is None:
        return None
    server = MailServer(url.host, url.port, settings.mail_from, security=url.security, username=url.username)
    return PlatformServer(server, url.password)
