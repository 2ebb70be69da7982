"""A data directory full of secrets, for the attacks on what lies there."""

import shutil
from functools import partial
from pathlib import Path

import pytest

from tests.cli.planted import LONG, plant
from tests.processes import command, serving
from tests.representations.files import client

BOB_PASSWORD = "planted password of bob"
BOB = {"username": "bob", "email": "bob@acme.example", "emailVerified": True}
USERS = [BOB | {"credentials": [{"type": "password", "value": BOB_PASSWORD}]}]
MORE_CLIENTS = 200
"""So many that a change of the secret key has a middle in which it can be ended."""
MANY = [client(clientId=f"client-{number}", secret=f"{LONG}-{number}") for number in range(MORE_CLIENTS)]


@pytest.fixture(scope="session")
def full(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once, as an operator does it: a first start, then an import."""
    data = tmp_path_factory.mktemp("full") / "data"
    with serving(data) as service:
        assert service.stop() == 0
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("VESTIBULE_DATA_DIR", str(data))
        plant(partial(command, data), data.parent, users=USERS, clients=MANY)
    return data


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The place of a data directory that is not there yet."""
    return tmp_path / "data"


@pytest.fixture
def filled(full: Path, data: Path) -> dict[str, bytes]:
    """The data directory holds secrets of every kind; answers its files."""
    shutil.copytree(full, data)
    return content_of(data)


def content_of(data: Path) -> dict[str, bytes]:
    """Every file of the data directory but locks and what SQLite keeps beside an open database."""
    beside = (".lock", "-wal", "-shm")
    return {path.name: path.read_bytes() for path in data.iterdir() if not path.name.endswith(beside)}
