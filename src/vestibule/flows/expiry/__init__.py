"""What ends on a date: the reminders before it, the words for it, and the calendar that others subscribe to.

`domain/expiry.py` says when; whoever changes a thing with an end tells the store by `replace_expiries`.
"""
