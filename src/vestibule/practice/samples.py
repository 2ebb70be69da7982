"""The sample realm: its file, made to fit this run, and the note with what was generated for it."""

import json
import secrets
from dataclasses import dataclass
from importlib.resources import files

REALM = "acme"
CLIENT_ID = "sample-app"
HOST = "127.0.0.1"
ADMINISTRATOR = "alice@acme.example"
VENDOR_PEOPLE = ("alice@acme.example", "bob@acme.example")
"""The people of the sample realm whom the practice vendor knows: not everybody, to see that told too."""

_WRITTEN_FOR = "http://127.0.0.1:3001"


@dataclass(frozen=True, slots=True)
class SamplePerson:
    """Somebody to sign in as."""

    username: str
    name: str
    email: str
    password: str


def application_address(port: int) -> str:
    """Where the sample application lives: an address of its own beside the service's `localhost` (D19)."""
    return f"http://{HOST}:{port}"


def sample_realm(application: str) -> tuple[str, tuple[SamplePerson, ...]]:
    """The realm file for the application's address, with new passwords, and the people who have them."""
    text = files("vestibule.practice").joinpath("acme.json").read_text(encoding="utf-8")
    document = json.loads(text.replace(_WRITTEN_FOR, application))
    people = []
    for user in document["users"]:
        password = "-".join(secrets.token_hex(2) for _ in range(4))
        user["credentials"] = [{"type": "password", "value": password, "temporary": False}]
        name = f"{user['firstName']} {user['lastName']}"
        people.append(SamplePerson(user["username"], name, user["email"], password))
    return json.dumps(document), tuple(people)


def sample_client(application: str) -> str:
    """Only the client of the realm file, for moving the application to another address."""
    document = json.loads(sample_realm(application)[0])
    return json.dumps({"realm": document["realm"], "clients": document["clients"]})


def write_note(people: tuple[SamplePerson, ...]) -> str:
    """What is kept in `samples.txt` and printed at each run."""
    width = max(len(person.email) for person in people)
    lines = [f"  {person.email:<{width}}  {person.password}" for person in people]
    return "\n".join([f"People of the realm {REALM} and their passwords:", *lines, ""])
