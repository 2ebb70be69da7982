"""What a page of the account says of what was just done: the address carries the name."""

from vestibule.web.messages import message

NOTICES = {
    "saved": message("Your changes have been saved."),
    "address-asked": message(
        "A mail with a link is on its way to the new address. Your address changes when you use the link."
    ),
    "confirmation-sent": message("The mail is on its way. Use the link in it to confirm your address."),
    "password-changed": message("Your password has been changed. Other devices were signed out."),
    "passkey-added": message("The passkey has been added."),
    "passkey-renamed": message("The passkey has a new name."),
    "passkey-removed": message("The passkey has been removed. Other devices were signed out."),
    "linked": message("The other service is linked. You can sign in with it from now on."),
    "unlinked": message("The link has been removed. Other devices were signed out."),
    "session-ended": message("That device has been signed out."),
    "others-ended": message("All other devices have been signed out."),
    "access-removed": message("The application's access has been removed."),
}


def notice_of(name: str | None) -> str:
    """The sentence, empty for a name that is not in the table."""
    return NOTICES.get(name or "", "")
