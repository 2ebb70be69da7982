"""The reports of tests of identity providers over the Admin API. They hold claims of people: whoever may only
see the realm does not see them."""

from datetime import datetime
from typing import Any

import msgspec
from starlette.responses import Response

from vestibule.flows.administer.connections.finding import find_connection
from vestibule.flows.administer.connections.testing import delete_test, find_test
from vestibule.flows.broker.trial import Person, Report, read_report
from vestibule.flows.ports import ConnectionTest
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, no_content
from vestibule.web.routing import Handler, Route

TESTS = "/admin/realms/{realm}/identity-provider/instances/{alias}/tests"


async def list_tests(call: AdminCall) -> Response:
    """The runs that are kept, the newest first."""
    connection = await find_connection(call.at, call.named("alias"))
    found = await call.at.deployment.storage.connection_tests(connection.id)
    return answered([_summary(test, read_report(test)) for test in found])


async def get_test(call: AdminCall) -> Response:
    """One run with its checks, claims, mappers and person."""
    test = await find_test(call.at, call.named("alias"), call.named("test"))
    report = read_report(test)
    return answered({
        **_summary(test, report),
        "callback": report.callback,
        "clientId": report.client_id,
        "checks": msgspec.to_builtins(report.checks),
        "claims": report.claims,
        "claimsLeftOut": report.left_out,
        "mappers": msgspec.to_builtins(report.mappers),
        "decision": report.decision,
        "due": report.due,
        "user": _user(report.person) if report.person is not None else None,
    })  # fmt: skip


async def remove_test(call: AdminCall) -> Response:
    """Deletes the report."""
    alias = call.named("alias")
    await delete_test(call.at, alias, await find_test(call.at, alias, call.named("test")))
    return no_content()


def _summary(test: ConnectionTest, report: Report) -> dict[str, Any]:
    return {
        "id": test.id,
        "alias": report.alias,
        "time": _milliseconds(test.at),
        "passed": test.passed,
        "error": report.error,
        "open": report.is_open,
        "stored": report.is_stored,
        "actor": report.actor,
        "reference": report.reference,
    }


def _user(person: Person) -> dict[str, Any]:
    """The person in the shape of a user, as far as there is one yet."""
    return {
        **person.fields,
        "emailVerified": person.fields.get("emailVerified") == "true",
        "attributes": person.attributes,
        "realmRoles": person.roles,
        "groups": person.groups,
        "isNew": person.is_new,
    }


def _milliseconds(at: datetime) -> int:
    return int(at.timestamp() * 1000)


def _route(path: str, **methods: Handler) -> Route:
    return Route(path, "admin", "an administrator", methods)


ROUTES: tuple[Route, ...] = (
    _route(
        TESTS,
        GET=ApiOperation(
            "change", list_tests, "List the tests of an identity provider", gives="[IdentityProviderTest]"
        ),
    ),
    _route(
        f"{TESTS}/{{test}}",
        GET=ApiOperation(
            "change", get_test, "Get a test of an identity provider", gives="IdentityProviderTest"
        ),
        DELETE=ApiOperation("change", remove_test, "Delete a test of an identity provider"),
    ),
)
