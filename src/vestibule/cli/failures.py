"""Which exceptions are ordinary failures of a command, and the sentences that tell them."""

from dataclasses import dataclass

from vestibule.domain.errors import VestibuleError
from vestibule.settings import SettingsError


@dataclass(frozen=True, slots=True)
class Failure:
    """What the command line prints, and the exit code."""

    sentences: tuple[str, ...]
    exit_code: int


class CommandFailed(Exception):
    """A command cannot do what was asked; the text is a sentence."""


def describe(error: BaseException) -> Failure | None:
    """The failure behind an exception; None for a fault of ours, which keeps its traceback."""
    if isinstance(error, SettingsError):
        return Failure(error.problems, 2)
    if isinstance(error, VestibuleError):
        return Failure((error.detail or error.sentence,), 1)
    if isinstance(error, CommandFailed | OSError):
        return Failure((str(error),), 1)
    # Named by their words, since the server is loaded only by the commands that serve.
    if type(error).__name__ == "ListenError":
        return Failure((str(error),), 1)
    if type(error).__name__ == "StartError":
        cause = describe(error.__cause__) if error.__cause__ is not None else None
        return cause or Failure((str(error),), 1)
    return None
