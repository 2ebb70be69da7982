"""People who are in a group or hold a role, page by page."""

from collections.abc import Awaitable, Callable

from vestibule.domain.listing import PAGE_SIZE, Found
from vestibule.domain.user import User
from vestibule.web.console.desk import Desk
from vestibule.web.console.lists import list_view, read_page
from vestibule.web.console.users.frame import USERS, path_of, state_of
from vestibule.web.console.views import Button, Column, ListView, Row, Text
from vestibule.web.messages import message

COLUMNS = (
    Column(message("Username")),
    Column(message("Name")),
    Column(message("Email")),
    Column(message("Status")),
)


async def list_of_people(
    desk: Desk,
    url: str,
    find: Callable[[int, int], Awaitable[Found[User]]],
    nobody: Text,
    remove_url: str,
) -> ListView:
    """The page that the address asks for; each person has a button that posts to `remove_url`."""
    found = await find((read_page(desk) - 1) * PAGE_SIZE, PAGE_SIZE)
    may_change = desk.at.may("change")

    def row(user: User) -> Row:
        name = f"{user.given_name} {user.family_name}".strip()
        remove = Button(message("Remove"), remove_url, (("user", user.id),))
        cells = (user.username, name or None, user.email, state_of(user))
        return Row(path_of(desk, user), cells, (remove,) if may_change else ())

    return list_view(desk, url, USERS, COLUMNS, found, row, nothing_found=nobody)
