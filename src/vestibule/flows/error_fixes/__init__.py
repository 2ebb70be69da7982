"""A list of what to do for each name that a sign-in through a provider can fail with (S002-58)."""

from vestibule.flows.error_fixes.accounts import ACCOUNT_FIXES
from vestibule.flows.error_fixes.answers import ANSWER_FIXES
from vestibule.flows.error_fixes.fix import Fix, write_fix
from vestibule.flows.error_fixes.reach import REACH_FIXES
from vestibule.flows.error_fixes.tokens import TOKEN_FIXES

FIXES: tuple[tuple[str, tuple[Fix, ...]], ...] = (
    ("The provider's answer", ANSWER_FIXES),
    ("Its tokens and claims", TOKEN_FIXES),
    ("The account here", ACCOUNT_FIXES),
    ("Reaching the provider", REACH_FIXES),
)
"""A title, and the errors below it."""

__all__ = ["FIXES", "Fix", "write_fix"]
