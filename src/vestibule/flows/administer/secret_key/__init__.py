"""The secret key that encrypts what is stored: whether it is the right one, and its change."""
