"""A sentence with values in it, kept apart until it is shown, so that it can be translated."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Sentence:
    """`text` is the English sentence with `{name}` where a value stands."""

    text: str
    values: Mapping[str, str | int] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.text.format_map(self.values)
