"""How the practice applications answer: templates, their static files, and headers that need no exception."""

from importlib.resources import files
from typing import Any

from jinja2 import Environment, PackageLoader
from starlette.requests import Request
from starlette.responses import Response

HEADERS = {
    "cache-control": "no-store",
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
}
_POLICY = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; frame-ancestors 'none'"
_TEMPLATES = Environment(loader=PackageLoader("vestibule.practice"), autoescape=True)
_TYPES = {"css": "text/css; charset=utf-8", "svg": "image/svg+xml"}


def render(template: str, form_targets: str = "'self'", status: int = 200, **values: Any) -> Response:
    """A page. Where its form leads on by a redirect, browsers count that as the form's target too."""
    html = _TEMPLATES.get_template(template).render(**values)
    headers = {**HEADERS, "content-security-policy": f"{_POLICY}; form-action {form_targets}"}
    return Response(html, status, headers, "text/html; charset=utf-8")


class StaticFile:
    """One of the files in `static/`, read when the application is made."""

    def __init__(self, name: str) -> None:
        content = files("vestibule.practice").joinpath("static").joinpath(name).read_bytes()
        kind = _TYPES[name.rpartition(".")[2]]
        self._answer = (content, 200, {"cache-control": "max-age=300"}, kind)

    async def __call__(self, _: Request) -> Response:
        """The file."""
        return Response(*self._answer)
