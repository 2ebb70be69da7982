"""The one table of all error names, which the documentation prints."""

from vestibule.domain.errors import DOMAIN_ERRORS, VestibuleError
from vestibule.oidc.errors import OIDC_ERRORS

ERRORS: tuple[type[VestibuleError], ...] = (*DOMAIN_ERRORS, *OIDC_ERRORS)


def error_table() -> str:
    """The table as Markdown: name, status, whether the application gets it, what happened, what to do."""
    lines = [
        "| name | status | by redirect | what happened | what to do |",
        "| --- | --- | --- | --- | --- |",
    ]
    for error in sorted(ERRORS, key=lambda error: error.code):
        redirect = "yes" if error.may_redirect else ""
        lines.append(
            f"| `{error.code}` | {int(error.status)} | {redirect} | {error.sentence} | {error.remedy} |"
        )
    return "\n".join(lines) + "\n"
