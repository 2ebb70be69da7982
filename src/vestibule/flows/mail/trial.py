"""“Send test”: one mail through a server, at once, with a result that names the step that failed."""

from dataclasses import dataclass, replace

from vestibule.domain.email import is_email
from vestibule.domain.errors import BadInput, MailNotSent, MailStep
from vestibule.domain.host_port import HostPort
from vestibule.domain.realm import MailServer, Realm
from vestibule.flows.deployment import Deployment
from vestibule.flows.mail.compose import Mail, compose, language_of
from vestibule.flows.mail.secret import open_mail_password


@dataclass(frozen=True, slots=True)
class MailTest:
    """How the test went: `failed_step` is None for success.

    `error` is a registered name, `detail` what was expected against what came, `answer` what the server
    said, at most 200 characters. All three are for administrators only. `place` is what a Platform Admin
    could open to it (D23).
    """

    failed_step: MailStep | None = None
    error: str = ""
    detail: str = ""
    answer: str = ""
    place: HostPort | None = None

    @property
    def is_sent(self) -> bool:
        """Whether the server took the mail."""
        return self.failed_step is None


async def send_test_mail(
    deployment: Deployment, realm: Realm, mail_server: MailServer | None, address: str
) -> MailTest:
    """Sends the test mail through `mail_server`, which need not be saved yet; None: the platform's.

    Its password is sealed for the realm. Raises `MailNotConfigured`, `UndecryptableSecret`, and `BadInput`
    for a recipient that is no address.
    """
    if not is_email(address):
        raise BadInput(f"“{address}” is not an e-mail address.")
    password = open_mail_password(realm.id, mail_server, deployment.vault)
    mail = Mail("test", address, address=address, language=language_of(None, realm))
    letter = compose(mail, replace(realm, mail=mail_server), deployment.new_id(), deployment.clock.now())
    try:
        await deployment.mailer.send(letter, mail_server, password)
    except MailNotSent as error:
        return MailTest(error.step, error.code, error.detail, error.answer, error.place)
    return MailTest()
