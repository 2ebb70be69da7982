"""What a page says of what was just done: the address carries the name, this table the sentence."""

from vestibule.web.messages import message

NOTICES = {
    "created": message("Created."),
    "integration": message("The application has been added. Follow its guide to finish."),
    "tenant": message("The tenant has been created. Go on with the list below."),
    "saved": message("Your changes have been saved."),
    "deleted": message("Deleted."),
    "secret": message("A new secret has been made."),
    "secret-ended": message("The former secret no longer works."),
    "ended": message("The session has ended."),
    "all-ended": message("All sessions have ended."),
    "role-added": message("The role has been granted."),
    "role-removed": message("The role has been taken away."),
    "joined": message("Added to the group."),
    "left": message("Removed from the group."),
    "password": message("The password has been set."),
    "linked": message("Linked."),
    "secret-entered": message("The next secret has been stored. It takes over when the present one ends."),
    "secret-promoted": message("The next secret is in use from now on."),
    "mail-queued": message("The mail is on its way."),
    "removed": message("Removed."),
    "tenant-deleted": message("The tenant has been deleted."),
    "feed-ended": message("The calendar's address no longer works."),
    "allowed": message("The service may call this address from now on."),
    "withdrawn": message("The service does not call this address any more."),
    "rotated": message("The keys have been rolled over."),
}


def notice_of(name: str | None) -> str:
    """The sentence, empty for a name that is not in the table."""
    return NOTICES.get(name or "", "")
