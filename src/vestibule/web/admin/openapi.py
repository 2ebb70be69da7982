"""The Admin API described from its own tables: OpenAPI 3.1 at `/api/openapi.json`, a page at `/api/docs`."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any

from starlette.responses import Response

from vestibule.web.admin.desk import ApiOperation
from vestibule.web.admin.schemas import SCHEMAS
from vestibule.web.admin.views import ApiDocsPage, ApiEntry, ApiTopic
from vestibule.web.answers import PUBLIC, Document, encode_json, page
from vestibule.web.call import Call
from vestibule.web.routing import Route

STEP = re.compile(r"\{(\w+)…?\}")
VERSION = "26.0"


def operations(routes: Iterable[Route]) -> Iterator[tuple[str, str, ApiOperation]]:
    """(path, method, operation) of every method of the API."""
    for route in routes:
        for method, handler in route.methods.items():
            if isinstance(handler, ApiOperation):
                yield route.path.replace("…", ""), method, handler


@cache
def openapi(public_url: str) -> dict[str, Any]:
    """The whole description. One scheme of proof: a bearer token of an administrator's tool."""
    from vestibule.web.admin.routes import ADMIN_ROUTES  # whose tables this describes

    paths: dict[str, dict[str, Any]] = {}
    for path, method, operation in operations(ADMIN_ROUTES):
        paths.setdefault(path, {})[method.lower()] = _operation(path, method, operation)
    return {
        "openapi": "3.1.0",
        "info": {"title": "Vestibule Admin API", "version": VERSION},
        "servers": [{"url": public_url}],
        "security": [{"bearer": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}},
            "schemas": SCHEMAS,
        },
    }


def _operation(path: str, method: str, operation: ApiOperation) -> dict[str, Any]:
    names = STEP.findall(path)
    described: dict[str, Any] = {
        "operationId": re.sub(r"\W+", "-", f"{method.lower()} {path}").strip("-"),
        "summary": operation.summary,
        "description": f"Needs the right “{operation.right}”."
        + (" Asks for a sign-in of the last 15 minutes." if operation.is_fresh else ""),
        "tags": [topic_of(path)],
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in names
        ],
        "responses": _responses(operation),
    }
    if operation.takes:
        described["requestBody"] = {"content": {"application/json": {"schema": schema(operation.takes)}}}
    return described


def _responses(operation: ApiOperation) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done."}
    if operation.gives:
        good["content"] = {"application/json": {"schema": schema(operation.gives)}}
    error = {"description": "A named error.", "content": {"application/json": {"schema": schema("Error")}}}
    return {"2XX": good, "4XX": error}


def schema(name: str) -> dict[str, Any]:
    """The reference to a representation; `[Client]` is a list of them."""
    if name.startswith("["):
        return {"type": "array", "items": schema(name.strip("[]"))}
    return {"$ref": f"#/components/schemas/{name}"}


def topic_of(path: str) -> str:
    """What an address is about: `clients`, `users`, …; `realms` for a realm itself."""
    steps = [step for step in path.split("/") if step and not step.startswith("{")]
    return steps[2] if len(steps) > 2 else steps[1]


async def show_json(call: Call) -> Document:
    """The description for programs."""
    return Document(encode_json(openapi(call.context.deployment.public_url)), PUBLIC)


async def show_docs(call: Call) -> Response:
    """The same for people."""
    from vestibule.web.admin.routes import ADMIN_ROUTES

    topics: dict[str, list[ApiEntry]] = {}
    for path, method, operation in operations(ADMIN_ROUTES):
        entry = ApiEntry(
            method, path, operation.summary, operation.right, operation.takes.strip("[]"),
            operation.gives, operation.is_fresh,
        )  # fmt: skip
        topics.setdefault(topic_of(path), []).append(entry)
    view = ApiDocsPage(
        public_url=call.context.deployment.public_url,
        json_url=f"{call.context.base_path}/api/openapi.json",
        topics=tuple(ApiTopic(name, tuple(entries)) for name, entries in sorted(topics.items())),
    )
    return page(call, view)
