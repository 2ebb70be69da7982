"""Prints the reference pages of docs/ that the code knows better than any author.

.venv/bin/python scripts/reference.py           write each page anew
.venv/bin/python scripts/reference.py --check   change nothing; fail and name each page that differs
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer.main

from vestibule.cli.app import app
from vestibule.flows.error_names import error_table
from vestibule.settings import settings_table
from vestibule.web.routes import ASSETS, REALM_ROUTES, ROUTES, Route

DOCS = Path(__file__).resolve().parent.parent / "docs"

SETTINGS = """# Settings

The service reads its settings once, at its start, from the environment. A wrong value is named in a
sentence, and nothing starts. A setting with a second name ending in `_FILE` is a secret: that variable
names a file that holds the value, as container platforms mount them.

| Variable | Default | Meaning |
|---|---|---|
"""

ERRORS = """# Error names

Every failure has a name. People see it on the error page under “For support”, applications get it as
`error`, and the log line with the same reference has it together with the detail that is told to nobody
else. “By redirect” means that the authorization endpoint sends the error to the application's redirect
URI; the others are shown as a page there, and are JSON at the endpoints that programs call.

"""

ENDPOINTS = """# Endpoints

Every address of the service, below `VESTIBULE_PUBLIC_URL`. HEAD is answered where GET is, except where
GET moves a sign-in on (callers “a browser” and “the attempt's browser”). An address that is not here is
answered with `page_not_found`, a method that is not here with `method_not_allowed`.

The form of errors is one of these:

- `page`: an HTML page with the error's name and a reference.
- `oauth`: JSON with `error`, `error_description` and `reference` (RFC 6749 section 5.2).
- `bearer`: the same, with a `WWW-Authenticate: Bearer` header (RFC 6750 section 3).
- `plain`: JSON with `error` and `reference`.

What the parameters mean: [protocol](protocol.md). What the names mean: [error names](../errors.md).

## Of each realm

Below `/realms/{{realm}}/`; the realm's name is case-sensitive.

{of_realm}
## Of the deployment

{others}"""

COMMANDS = """# Command line

`make setup` and `make run` install the command as `.venv/bin/vestibule`. It takes its settings from the
environment, as the service does: [settings](settings.md). A failure is a sentence on standard error. Exit
codes: 0 done, 1 failed, 2 wrong settings or usage.
"""


def main() -> int:
    """0: all pages are as the code says."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    differing = [name for name, text in pages().items() if not is_written(name, text)]
    for name in differing:
        if check:
            print(f"docs/{name} differs from the code: run “make docs”", file=sys.stderr)
        else:
            (DOCS / name).write_text(pages()[name], encoding="utf-8")
            print(f"docs/{name}")
    return int(check and bool(differing))


def pages() -> dict[str, str]:
    """Each printed page: its name below docs/, and its text."""
    printers: dict[str, Callable[[], str]] = {
        "errors.md": lambda: ERRORS + error_table(),
        "reference/settings.md": print_settings,
        "reference/endpoints.md": print_endpoints,
        "reference/cli.md": print_commands,
    }
    return {name: printer() for name, printer in printers.items()}


def is_written(name: str, text: str) -> bool:
    """Whether the page is there, word for word."""
    path = DOCS / name
    return path.exists() and path.read_text(encoding="utf-8") == text


def print_settings() -> str:
    """One row a variable."""
    return SETTINGS + "".join(
        f"| {name} | {default} | {meaning} |\n" for name, default, meaning in settings_table()
    )


def print_endpoints() -> str:
    """The addresses of a realm, then those of the deployment."""
    of_realm, others = routes_table(REALM_ROUTES), routes_table((*ROUTES, ASSETS))
    return ENDPOINTS.format(of_realm=of_realm, others=others)


def routes_table(routes: tuple[Route, ...]) -> str:
    """One row a route, in the order of the code."""
    rows = ["| methods | address | who may call it | form of errors |", "|---|---|---|---|"]
    rows += [
        f"| {' '.join(sorted(route.methods))} | `{route.path}` | {route.caller} | {route.surface} |"
        for route in routes
    ]
    return "\n".join(rows) + "\n"


def print_commands() -> str:
    """Each command with its own help."""
    group: Any = typer.main.get_command(app)
    return COMMANDS + "".join(commands_of(group, "vestibule"))


def commands_of(group: Any, name: str) -> list[str]:
    """The sections of a group's commands, those of its own groups at the end."""
    commands = sorted(group.commands.items(), key=lambda item: hasattr(item[1], "commands"))
    sections = []
    for word, command in commands:
        if hasattr(command, "commands"):
            sections += commands_of(command, f"{name} {word}")
        else:
            sections.append(command_section(command, f"{name} {word}"))
    return sections


def command_section(command: Any, name: str) -> str:
    """What the command does, and a table of what it takes."""
    takes = [describe(parameter) for parameter in command.params]
    usage = " ".join([name, *(word for word, _ in takes)])
    rows = "".join(row for _, row in takes)
    table = f"\n| takes | meaning |\n|---|---|\n{rows}" if rows else ""
    return f"\n## {name}\n\n```\n{usage}\n```\n\n{command.help}\n{table}"


def describe(parameter: Any) -> tuple[str, str]:
    """A parameter in the usage line, and its row of the table."""
    if parameter.param_type_name == "argument":
        word = parameter.name.upper()
        return word, f"| `{word}` | {parameter.help} |\n"
    names, value = ", ".join(f"`{name}`" for name in parameter.opts), "" if parameter.is_flag else " …"
    default = "" if parameter.is_flag or not parameter.default else f" Default: {parameter.default}."
    return f"[{parameter.opts[0]}{value}]", f"| {names} | {parameter.help}{default} |\n"


if __name__ == "__main__":
    sys.exit(main())
