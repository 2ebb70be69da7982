"""How far a sign-in came, for whoever reports on it."""

from dataclasses import dataclass, field
from typing import Any, Literal

Step = Literal["answer", "token", "keys", "id_token", "userinfo", "identity"]


@dataclass(slots=True)
class Progress:
    """`step` is the one under way, `claims` are those of the ID token once it was checked."""

    step: Step = "answer"
    claims: dict[str, Any] = field(default_factory=dict)
