"""What the documentation says of one named error: its causes, and what to do about each side of it."""

from dataclasses import dataclass

from vestibule.domain.errors import VestibuleError


@dataclass(frozen=True, slots=True)
class Fix:
    """`means` says what was refused and why, `causes` what it comes from, the most usual first; `person` is
    for whoever wanted to sign in, `administrator` for whoever looks after the provider here.
    """

    error: type[VestibuleError]
    means: str
    causes: tuple[str, ...]
    person: str
    administrator: tuple[str, ...]


def write_fix(fix: Fix) -> str:
    """The error's section as Markdown."""
    causes = "\n".join(f"- {cause}" for cause in fix.causes)
    steps = "\n".join(f"{number}. {step}" for number, step in enumerate(fix.administrator, 1))
    return (
        f"### {fix.error.code}\n\n{fix.means}\n\nWhere it comes from:\n\n{causes}\n\n"
        f"**The person:** {fix.person}\n\n**An administrator:**\n\n{steps}\n"
    )
