"""Administering people: who they are, what they sign in with, their sessions, the mails that help them in."""
