"""`vestibule db upgrade` and `vestibule keys rotate`."""

from vestibule.cli.deployment import open_deployment
from vestibule.flows.administer.keys import rotate_keys
from vestibule.settings import read_settings


def upgrade_schema() -> None:
    """Brings the database to this version's schema; nothing happens where it is there already."""
    from vestibule.storage import upgrade

    upgrade(read_settings().database)
    print("The database has the schema of this version.")


async def rotate_realm_keys(realm: str) -> None:
    """Rotates the keys of every algorithm that the realm uses."""
    async with open_deployment(read_settings()) as deployment:
        for key in await rotate_keys(deployment, realm):
            print(f"{key.algorithm}: {key.kid} signs from now on")
    print("The former keys verify until their last token has expired.")
