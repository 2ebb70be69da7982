"""People over the Admin API."""

from starlette.responses import Response

from vestibule.domain.errors import BadInput
from vestibule.domain.user import User
from vestibule.flows.administer.users.changing import change_user, create_user, delete_user
from vestibule.flows.administer.users.finding import PeopleQuery, count_people, find_user, list_people
from vestibule.flows.administer.users.sessions import sign_out_everywhere
from vestibule.representations.sessions import write_session
from vestibule.representations.user import write_user
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, created, no_content
from vestibule.web.routing import Route

BASE = "/admin/realms/{realm}/users"
ONE = f"{BASE}/{{user}}"


async def user_of(call: AdminCall) -> User:
    """The person in the address. Raises `NotHere` (MT-01)."""
    return await find_user(call.at, call.named("user"))


async def list_users(call: AdminCall) -> Response:
    """Those who fit the query, by user name."""
    first, most = call.rows
    brief = call.flag("briefRepresentation")
    found = await list_people(call.at, _query(call), first, most)
    return answered([write_user(user, brief=brief) for user in found])


async def count_users(call: AdminCall) -> Response:
    """How many fit, as a bare number."""
    return answered(await count_people(call.at, _query(call)))


async def add_user(call: AdminCall) -> Response:
    """Creates a person."""
    user = await create_user(call.at, await call.document())
    return created(call, user.id)


async def get_user(call: AdminCall) -> Response:
    """One person, or a service account."""
    user = await user_of(call)
    client = await call.at.deployment.storage.client_by_id(user.service_of) if user.service_of else None
    return answered(write_user(user, service_client_id=client.client_id if client is not None else ""))


async def put_user(call: AdminCall) -> Response:
    """Changes what the body names."""
    await change_user(call.at, await user_of(call), await call.document())
    return no_content()


async def remove_user(call: AdminCall) -> Response:
    """Deletes the person with everything that is theirs."""
    await delete_user(call.at, await user_of(call))
    return no_content()


async def list_sessions(call: AdminCall) -> Response:
    """The person's sessions, of the realm and of the console."""
    user, storage = await user_of(call), call.at.deployment.storage
    sessions = await storage.sessions_of(user.id)
    return answered([write_session(one, user, await storage.clients_of_session(one.id)) for one in sessions])


async def logout(call: AdminCall) -> Response:
    """Ends every session, token and mailed link of the person."""
    await sign_out_everywhere(call.at, await user_of(call))
    return no_content()


def _query(call: AdminCall) -> PeopleQuery:
    """`search`, and what must be contained, or equal with `exact`. `q` holds `name:value` pairs."""
    attributes = {}
    for pair in call.text("q").split():
        name, colon, value = pair.partition(":")
        if not (name and colon and value):
            raise BadInput("q holds name:value pairs")
        attributes[name] = value
    return PeopleQuery(
        search=call.text("search").strip()[:200],
        username=call.text("username"),
        email=call.text("email"),
        given_name=call.text("firstName"),
        family_name=call.text("lastName"),
        attributes=attributes,
        enabled=call.flag("enabled") if call.text("enabled") else None,
        email_verified=call.flag("emailVerified") if call.text("emailVerified") else None,
        is_exact=call.flag("exact"),
    )


ROUTES: tuple[Route, ...] = (
    Route(
        BASE, "admin", "an administrator",
        {
            "GET": ApiOperation("see", list_users, "List people", gives="[User]"),
            "POST": ApiOperation("change", add_user, "Create a person", takes="User"),
        },
    ),
    Route(
        f"{BASE}/count", "admin", "an administrator",
        {"GET": ApiOperation("see", count_users, "Count people", gives="Number")},
    ),
    Route(
        ONE, "admin", "an administrator",
        {
            "GET": ApiOperation("see", get_user, "Get a person", gives="User"),
            "PUT": ApiOperation("change", put_user, "Change a person", takes="User"),
            "DELETE": ApiOperation("change", remove_user, "Delete a person", is_fresh=True),
        },
    ),
    Route(
        f"{ONE}/sessions", "admin", "an administrator",
        {"GET": ApiOperation("see", list_sessions, "List a person's sessions", gives="[Session]")},
    ),
    Route(
        f"{ONE}/logout", "admin", "an administrator",
        {"POST": ApiOperation("end sessions", logout, "Sign a person out everywhere")},
    ),
)  # fmt: skip
