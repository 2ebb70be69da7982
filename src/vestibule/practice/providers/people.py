"""The people of a practice provider."""

import uuid
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody to sign in as. `id` is how forms and tests call them; `groups` are names.

    A guest is at home in another organisation; only a global administrator consents for everybody.
    """

    id: str
    given_name: str
    family_name: str
    email: str
    groups: tuple[str, ...] = ()
    is_global_administrator: bool = False
    is_guest: bool = False
    email_verified: bool = True

    @property
    def name(self) -> str:
        """Given name and family name."""
        return f"{self.given_name} {self.family_name}"

    @property
    def object_id(self) -> str:
        """A UUID that is the same at each run."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"mailto:{self.email}"))

    @property
    def number(self) -> int:
        """For vendors that number their people: the same at each run."""
        return uuid.UUID(self.object_id).int % 90_000_000 + 10_000_000


PEOPLE: tuple[Person, ...] = (
    Person("grace", "Grace", "Global", "grace@globex.example", ("staff", "it"), is_global_administrator=True),
    Person("omar", "Omar", "Okafor", "omar@globex.example", ("staff", "sales")),
    Person("mia", "Mia", "Meier", "mia@globex.example", ("staff",)),
    Person("alice", "Alice", "Archer", "alice@acme.example", ("staff",)),
    Person("lena", "Lena", "Lind", "lena@partner.example", is_guest=True),
)
"""Alice has the address of somebody in the sample realm, so that linking can be tried."""


def group_id(name: str) -> str:
    """The UUID of a group, the same at each run."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, f"group:{name}"))


def groups_of(person: Person, *, many: bool = False) -> tuple[str, ...]:
    """The names of the person's groups; `many` makes them 201, one more than Entra puts into a token."""
    if not many:
        return person.groups
    return (*person.groups, *(f"group-{number:03}" for number in range(201 - len(person.groups))))
