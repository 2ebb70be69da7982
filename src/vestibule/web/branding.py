"""A realm's own colours on its pages: a stylesheet made of validated colours and nothing else (TX-02)."""

import hashlib
from dataclasses import replace
from typing import TypeVar

from starlette.responses import Response

from vestibule.domain.colour import BLACK, WHITE, mix, readable_on
from vestibule.domain.errors import PageNotFound
from vestibule.domain.realm import Branding, Realm
from vestibule.web.call import Call
from vestibule.web.views import Page

CANVAS, CANVAS_DARK = "#f3f5f9", "#0e131b"
SURFACE, SURFACE_DARK = "#ffffff", "#171e29"
"""The grounds of the pages, by day and by night."""
SHEET = (
    ":root{{--accent:{accent};--accent-strong:{accent_strong};--button:{button};"
    "--button-strong:{button_strong};--fill:{button};--fill-strong:{button_strong};--tint:{tint}}}"
)
DARK = "@media (prefers-color-scheme:dark){{{sheet}}}"
HOUR = "public, max-age=3600"
YEAR = "public, max-age=31536000, immutable"
AnyPage = TypeVar("AnyPage", bound=Page)


async def show(call: Call) -> Response:
    """The stylesheet of the realm; kept for a year under the version that the pages name."""
    active = await call.context.deployment.settings.active_realm(call.realm_name)
    branding = active.realm.branding
    if not has_branding(branding):
        raise PageNotFound
    is_present = call.query.get("v") == version_of(branding)
    headers = {
        "cache-control": YEAR if is_present else HOUR,
        "x-content-type-options": "nosniff",
        "cross-origin-resource-policy": "same-origin",
    }
    return Response(stylesheet(branding), 200, headers, media_type="text/css; charset=utf-8")


def branded(call: Call, realm: Realm, view: AnyPage) -> AnyPage:
    """The page with the realm's stylesheet, where it has one."""
    if not has_branding(realm.branding):
        return view
    path = f"{call.context.base_path}/realms/{realm.name}/branding.css"
    return replace(view, branding_url=f"{path}?v={version_of(realm.branding)}")


def has_branding(branding: Branding) -> bool:
    """Whether the realm brings a colour."""
    return bool(branding.accent or branding.accent_dark)


def version_of(branding: Branding) -> str:
    """Differs where the stylesheet does."""
    return hashlib.sha256(stylesheet(branding).encode()).hexdigest()[:12]


def stylesheet(branding: Branding) -> str:
    """The custom properties of `signin.css` and `console.css` by day and by night."""
    light = _properties(branding.accent, SURFACE) if branding.accent else ""
    dark = _properties(branding.accent_dark or branding.accent, SURFACE_DARK)
    return light + DARK.format(sheet=dark)


def _properties(colour: str, surface: str) -> str:
    """The button in the colour itself, links as near to it as they can be read on every ground of ours."""
    tint = mix(surface, colour, 0.1)
    link = readable_on(readable_on(colour, tint), surface)
    away = BLACK if surface == SURFACE else WHITE
    return SHEET.format(
        accent=link,
        accent_strong=mix(link, away, 0.25),
        button=colour,
        button_strong=mix(colour, BLACK, 0.15),
        tint=tint,
    )
