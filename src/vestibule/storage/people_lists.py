"""The lists of people: all of a realm, by state, and those with a link of one connection.

Of few links the people are looked up and sorted; with many, the realm's people are gone through in their
order until the page is full.
"""

from vestibule.domain.listing import COUNTED
from vestibule.storage.lists import Shelf
from vestibule.storage.statement import Executor, Statement

_ORDERS = {
    "": ("username",),
    "username": ("username",),
    "email": ("email", "id"),
    "name": ("name", "id"),
    "created": ("created_at", "id"),
}
_PEOPLE = "realm_id = :realm_id AND service_of IS NULL"
# Without an index by realm the way leads through the links.
_PEOPLE_BY_ID = "(realm_id || '') = :realm_id AND service_of IS NULL"
_OF_FEW = "id IN (SELECT user_id FROM links WHERE connection_id = :connection_id AND dormant = 0)"
_OF_MANY = """EXISTS (SELECT 1 FROM links WHERE links.user_id = users.id
    AND links.connection_id = :connection_id AND links.dormant = 0)"""
_STATE = "enabled = :enabled"

LIST_USERS = Shelf("users", _PEOPLE, _ORDERS)
LIST_USERS_BY_STATE = Shelf("users", _PEOPLE, _ORDERS, filter=_STATE, variant="_by_state")
FEW_LINKED = Shelf("users", _PEOPLE_BY_ID, _ORDERS, filter=_OF_FEW, variant="_few_linked")
FEW_LINKED_BY_STATE = Shelf(
    "users", _PEOPLE_BY_ID, _ORDERS, filter=f"{_STATE} AND {_OF_FEW}", variant="_few_linked_by_state"
)
MANY_LINKED = Shelf("users", _PEOPLE, _ORDERS, filter=_OF_MANY, variant="_many_linked")
MANY_LINKED_BY_STATE = Shelf(
    "users", _PEOPLE, _ORDERS, filter=f"{_STATE} AND {_OF_MANY}", variant="_many_linked_by_state"
)
COUNT_SOME_LINKS = Statement(
    "count_some_links",
    """SELECT COUNT(*) FROM (SELECT 1 FROM links WHERE connection_id = :connection_id AND dormant = 0
    LIMIT :most) AS few""",
)


async def people_list(executor: Executor, by_state: bool, connection_id: str) -> Shelf:
    """The list to read. Its parameters are `realm_id`, `enabled` and `connection_id`, where they narrow."""
    if not connection_id:
        return LIST_USERS_BY_STATE if by_state else LIST_USERS
    rows = await executor.run(COUNT_SOME_LINKS, connection_id=connection_id, most=COUNTED + 1)
    if rows[0][0] <= COUNTED:
        return FEW_LINKED_BY_STATE if by_state else FEW_LINKED
    return MANY_LINKED_BY_STATE if by_state else MANY_LINKED
