"""The identity providers in the list of users: the select that narrows it, and through which each came."""

from collections.abc import Iterable, Sequence

from vestibule.domain.connection import Connection
from vestibule.domain.errors import BadInput
from vestibule.domain.user import User
from vestibule.flows.ports import Storage
from vestibule.web.console.views import Choice, Filter
from vestibule.web.messages import message

PROVIDER = message("Provider")
ALL = message("All")


class Providers:
    """Those of the realm. Where there is none, the list says nothing of providers."""

    def __init__(self, connections: Sequence[Connection]) -> None:
        self._connections = connections

    @property
    def are_any(self) -> bool:
        """Whether anybody could come through one."""
        return bool(self._connections)

    def chosen(self, alias: str) -> str:
        """Our id of the connection with this alias, blank for all. Raises `BadInput` for no provider here."""
        found = next((one.id for one in self._connections if one.alias == alias), "")
        if alias and not found:
            raise BadInput(f"there is no identity provider {alias[:80]!r}")
        return found

    def filters(self, chosen: str) -> tuple[Filter, ...]:
        """The select above the list; its state stands in the address."""
        if not self.are_any:
            return ()
        choices = [Choice("", ALL, not chosen)]
        choices += [
            Choice(one.alias, one.title, one.id == chosen, is_translated=False) for one in self._connections
        ]
        return (Filter("provider", PROVIDER, tuple(choices)),)

    async def names_of(self, storage: Storage, users: Iterable[User]) -> dict[str, str]:
        """The titles of the providers that each is linked with, by our id of the person."""
        if not self.are_any:
            return {}
        names = {}
        for user in users:
            linked = {link.connection_id for link in await storage.links_of(user.id)}
            names[user.id] = ", ".join(one.title for one in self._connections if one.id in linked)
        return names
