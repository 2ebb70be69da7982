"""The sentences that handlers say on pages, in English. `message` marks them for the catalogues.

A handler passes one of these constants; the page shows its translation. The sentences of named
errors are collected from their classes and need no mark.
"""


def message(text: str) -> str:
    """Marks `text` for extraction into the catalogues and answers it unchanged."""
    return text


ENTER_USERNAME = message("Enter your email address or username.")
USERNAME_TOO_LONG = message("That is too long for an email address or username.")
PASSWORD_TOO_LONG = message("That is too long for a password.")
ENTER_PASSWORD = message("Enter your password.")
ENTER_NEW_PASSWORD = message("Enter a new password.")

ENTER_NAME = message("Enter your name.")
NAME_TOO_LONG = message("That is too long for a name.")
ENTER_EMAIL = message("Enter an email address, such as name@example.com.")
EMAIL_TAKEN = message("Another person has this email address.")
CHOOSE_PASSWORD = message("Choose a password, or create a passkey instead.")

SAMPLE_APPLICATION = message("Sample application")
SAMPLE_APPLICATION_SENTENCE = message(
    "An ordinary OpenID Connect application. Sign in there and see what it learns."
)
PRACTICE_VENDOR = message("Practice application")
PRACTICE_VENDOR_SENTENCE = message(
    "It stands in for Atera. Set up single sign-on there with the guide, then sign in."
)
PRACTICE_PROVIDER = message("Practice provider")
PRACTICE_PROVIDER_SENTENCE = message(
    "It stands in for Microsoft Entra ID. Connect it with the guide, then sign in through it."
)
HEALTH = message("Health")
HEALTH_SENTENCE = message("The state of the service, for monitoring.")
CONSOLE = message("Console")
CONSOLE_SENTENCE = message("Where administrators look after tenants, applications and people.")
ADMIN_API = message("Admin API")
ADMIN_API_SENTENCE = message("What the console does, by program.")
GUIDE_ATERA = message("Atera")
GUIDE_ATERA_SENTENCE = message(
    "Set single sign-on up in the practice application and here, then sign in with a password or a passkey."
)
GUIDE_ENTRA = message("Microsoft Entra ID")
GUIDE_ENTRA_SENTENCE = message(
    "Register an app at the practice provider, add it here with its mappers, then sign in through it."
)
