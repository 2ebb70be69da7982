"""The set-up guides that can be walked so far, for the page `/`."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class WalkableGuide:
    """A guide by its number and the steps of it that work here; `title` and `sentence` are messages."""

    seed: str
    steps: tuple[int, ...]
    title: str
    sentence: str


def walkable_guides() -> tuple[WalkableGuide, ...]:
    """Every guide of `guides.toml`, in its order."""
    text = files("vestibule.catalogue").joinpath("guides.toml").read_text(encoding="utf-8")
    return tuple(
        WalkableGuide(one["seed"], tuple(one["steps"]), one["title"], one["sentence"])
        for one in tomllib.loads(text)["guide"]
    )
