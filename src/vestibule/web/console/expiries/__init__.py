"""What ends on a date: the list of a realm, its calendar's address, the banner, and the words for it."""
