"""What `vestibule doctor` found about one thing."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Finding:
    """`sentence` says how it is, `fix` what to do where it is not fine."""

    subject: str
    state: Literal["ok", "note", "problem"]
    sentence: str
    fix: str = ""


def fine(subject: str, sentence: str) -> Finding:
    """Nothing to do."""
    return Finding(subject, "ok", sentence)


def note(subject: str, sentence: str, fix: str) -> Finding:
    """The service runs, but somebody should know."""
    return Finding(subject, "note", sentence, fix)


def problem(subject: str, sentence: str, fix: str) -> Finding:
    """The service does not run, or not safely."""
    return Finding(subject, "problem", sentence, fix)
