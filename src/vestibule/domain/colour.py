"""Colours as `#rrggbb`: how well one is read on another (WCAG 2.2), and mixtures of two."""

READABLE = 4.5
"""The least contrast of text with what is behind it (WCAG 2.2 success criterion 1.4.3)."""
VISIBLE = 3.0
"""The least contrast of a control with the page around it (success criterion 1.4.11)."""
WHITE, BLACK = "#ffffff", "#000000"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, from 1 to 21."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def mix(colour: str, other: str, share: float) -> str:
    """The colour with a share of the other, from 0 to 1."""
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(own + (its - own) * share):02x}" for own, its in pairs)


def readable_on(colour: str, ground: str) -> str:
    """The colour itself, or as much lighter or darker as text on the ground must be."""
    towards = WHITE if contrast(WHITE, ground) > contrast(BLACK, ground) else BLACK
    steps = (mix(colour, towards, share / 20) for share in range(20))
    return next((one for one in steps if contrast(one, ground) >= READABLE), towards)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    """The relative luminance (WCAG 2.2)."""
    red, green, blue = (_linear(channel / 255) for channel in _channels(colour))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else float(((value + 0.055) / 1.055) ** 2.4)
