"""What stands for a secret that is not shown; reading it back keeps the secret that is there (D18)."""

MASK = "**********"
