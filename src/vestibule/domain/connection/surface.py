"""The four places where a connection can be set up, and what each of them fixes. There is one broker
engine; a surface is a value that it reads."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

SurfaceName = Literal["REALM", "ORGANISATION", "ENTERPRISE", "PLATFORM"]
SecondFactor = Literal["", "on", "off", "if set up"]
"""Blank: what stands above it decides (D15)."""


@dataclass(frozen=True, slots=True)
class Surface:
    """What a surface fixes. `callback` is the path of the redirect URI, with `{realm}` and `{alias}`.

    `always_trusted` links by e-mail whatever the kind of provider; elsewhere the connection says it.
    `links_administrators` is false where whoever owns the connection must never reach a person with
    administrative rights by an e-mail address (D9).
    """

    name: SurfaceName
    callback: str
    creates_people: bool
    always_trusted: bool
    links_administrators: bool
    second_factor: SecondFactor


SURFACES: Mapping[SurfaceName, Surface] = {
    surface.name: surface
    for surface in (
        Surface(
            "REALM",
            "/realms/{realm}/broker/{alias}/endpoint",
            creates_people=True,
            always_trusted=False,
            links_administrators=True,
            second_factor="on",
        ),
        Surface(
            "ORGANISATION",
            "/api/auth/sso/callback/{alias}",
            creates_people=True,
            always_trusted=False,
            links_administrators=False,
            second_factor="off",
        ),
        Surface(
            "ENTERPRISE",
            "/api/auth/sso/callback/{alias}",
            creates_people=True,
            always_trusted=True,
            links_administrators=False,
            second_factor="off",
        ),
        Surface(
            "PLATFORM",
            "/api/auth/platform/{alias}/callback",
            creates_people=False,
            always_trusted=True,
            links_administrators=True,
            second_factor="if set up",
        ),
    )
}
