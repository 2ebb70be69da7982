"""`vestibule bootstrap-admin`: the way in for whoever has the machine."""

import secrets
import sys

import typer

from vestibule.cli.deployment import open_deployment
from vestibule.cli.failures import CommandFailed
from vestibule.flows.administer.platform import Administrator, create_administrator, prepare_platform
from vestibule.flows.setup import new_setup_link
from vestibule.settings import Settings, read_settings


async def bootstrap(email: str, username: str, name: str) -> None:
    """Creates an administrator from options, settings, questions or chance, in this order."""
    settings = read_settings()
    email = email or settings.bootstrap_admin_email or _ask("Email address")
    password, is_generated = _choose_password(settings)
    wanted = Administrator(email, password, username or settings.bootstrap_admin_username, name)
    async with open_deployment(settings) as deployment:
        await prepare_platform(deployment)
        user = await create_administrator(deployment, wanted)
    print(f"{user.username} administers {settings.public_url} now.")
    if is_generated:
        print(f"The password, shown this once only: {password}")


async def print_setup_link() -> None:
    """Prints a fresh link; an older one stops working."""
    settings = read_settings()
    async with open_deployment(settings) as deployment:
        await prepare_platform(deployment)
        token = await new_setup_link(deployment)
    print(f"Open this within an hour; it works once:\n{setup_address(settings, token)}")


def setup_address(settings: Settings, token: str) -> str:
    """The address of the set-up page."""
    return f"{settings.public_url}/setup?token={token}"


def _choose_password(settings: Settings) -> tuple[str, bool]:
    """The password, and whether it was generated."""
    if settings.bootstrap_admin_password:
        return settings.bootstrap_admin_password, False
    if sys.stdin.isatty():
        typed = typer.prompt(
            "Password (empty: generate one)", hide_input=True, default="", show_default=False
        )
        if typed:
            return str(typed), False
    return secrets.token_urlsafe(18), True


def _ask(question: str) -> str:
    if not sys.stdin.isatty():
        raise CommandFailed(f"{question} is missing: give --email or VESTIBULE_BOOTSTRAP_ADMIN_EMAIL.")
    return str(typer.prompt(question))
