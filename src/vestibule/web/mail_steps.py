"""What to say of a test mail that failed, by the step that failed."""

from vestibule.domain.errors import MailStep
from vestibule.web.messages import message

MAIL_STEPS: dict[MailStep, str] = {
    "address": message("This service may not connect to the mail server's address and port."),
    "connect": message("The mail server could not be reached."),
    "tls": message("No encrypted connection to the mail server came about."),
    "login": message("The mail server did not accept the user name and password."),
    "sender": message("The mail server refused the sender's address."),
    "recipient": message("The mail server refused the recipient's address."),
    "message": message("The mail server refused the mail itself."),
}
