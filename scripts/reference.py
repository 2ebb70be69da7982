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
from vestibule.flows.error_fixes import FIXES, write_fix
from vestibule.flows.error_names import error_table
from vestibule.practice.providers.faults import FAULT_KINDS, SERVICE_ENDPOINTS
from vestibule.settings import settings_table
from vestibule.web.account.desk import AccountOperation, AccountScript
from vestibule.web.admin.desk import ApiOperation
from vestibule.web.admin.openapi import operations, topic_of
from vestibule.web.admin.routes import ADMIN_ROUTES
from vestibule.web.console.desk import ConsoleOperation
from vestibule.web.routes import every_route
from vestibule.web.routing import Handler, Route

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

FIX_LISTS = """
## Signing in through a provider

What each of these names means, where it comes from, and what to do. An administrator finds more under
Events, by the reference: what was expected, and what came.
"""

ENDPOINTS = """# Endpoints

Every address of the service, below `VESTIBULE_PUBLIC_URL`. A step in braces stands for a name or an
identifier; the realm's name is case-sensitive. HEAD is answered where GET is, except where GET moves a
sign-in on (callers “a browser” and “the attempt's browser”). An address that is not here is answered with
`page_not_found`, a method that is not here with `method_not_allowed`.

“Who may call it” names the [right](../how-to/give-administration.md) that an administrator needs. “Fresh”
means a sign-in of the last 15 minutes: a page asks for it and goes on.

The form of errors is one of these:

- `page`: an HTML page with the error's name and a reference.
- `oauth`: JSON with `error`, `error_description` and `reference` (RFC 6749 section 5.2).
- `bearer`: the same, with a `WWW-Authenticate: Bearer` header (RFC 6750 section 3).
- `plain`: JSON with `error` and `reference`.
- `admin`: JSON as the [Admin API](admin-api.md) describes it.

What the parameters mean: [protocol](protocol.md). What the names mean: [error names](../errors.md).
"""

SECTIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("Each realm: protocol and signing in", "", ("/realms/",)),
    ("The account pages", "Everybody sees and changes only what is their own.", ("/realms/{realm}/account",)),
    ("The console", "The pages of one realm.", ("/console/",)),
    ("The platform", "The pages of the people of `master`.", ("/platform",)),
    ("The Admin API", "What each method does: [Admin API](admin-api.md).", ("/admin/", "/api/")),
    ("The deployment", "", ("/",)),
)
"""A title, a sentence, and how the addresses of the section begin: the longest that fits counts."""

ADMIN_API = """# Admin API

Below `VESTIBULE_PUBLIC_URL`, in the shape of Keycloak's Admin REST API. How to get a token and call it:
[use the Admin API](../how-to/use-the-admin-api.md). A running service describes every method at `/api/docs`
for people and at `/api/openapi.json` for programs, with the members of each representation.

- A `POST` that creates answers 201 with a `Location` and no body; `PUT` and `DELETE` answer 204.
- Lists take `first` and `max`: 100 rows where `max` is not said, at most 1000, which `max=-1` asks for.
- An error is JSON with `error` (its [name](../errors.md)), `errorMessage`, `error_description` and
  `reference`; `field` says where in the body a mistake is.
- “Needs” is the [right](../how-to/give-administration.md) of whoever calls. What is “fresh” is refused with
  `insufficient_user_authentication` where a person's sign-in is older than 15 minutes. A service account
  proves itself by each token.
- `[X]` is a list of `X`.
"""

PRACTICE = """# Practice providers

`vestibule practice entra` starts an identity provider on this machine in the shape of Entra ID; so do
`okta`, `google`, `github`, `gitlab`, `authentik`, `keycloak` and `oidc`. They speak real HTTP, sign with
real keys, check what a careful provider checks, and have a few people to sign in as. Their first page shows
the client ID, the client secret and the discovery address, and registers redirect URIs; that of Entra ID
has the portal's words. `make run` starts one at `http://127.0.0.1:3003`.

Options: [command line](cli.md). So that a kind of connection finds its stand-in instead of the vendor,
start the service with the line that the command prints, such as
`VESTIBULE_PRACTICE=entra=http://127.0.0.1:3003`; several stand-ins are separated by commas:
[settings](settings.md). `make run` adds its own to them.

## Faults

A provider does each of these wrong, or otherwise than usual, with `--fault NAME` or on its page `/faults`,
where they are switched while it runs. The last ones befall every endpoint that a service asks, or one
alone, as `slow:token` and `html:jwks` say. The endpoints are {endpoints}.
"""

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
        "errors.md": print_errors,
        "reference/settings.md": print_settings,
        "reference/endpoints.md": print_endpoints,
        "reference/admin-api.md": print_admin_api,
        "reference/cli.md": print_commands,
        "reference/practice-providers.md": print_faults,
    }
    return {name: printer() for name, printer in printers.items()}


def is_written(name: str, text: str) -> bool:
    """Whether the page is there, word for word."""
    path = DOCS / name
    return path.exists() and path.read_text(encoding="utf-8") == text


def print_errors() -> str:
    """The table of all names, then the fix lists (S002-58)."""
    lists = [f"\n## {title}\n\n" + "\n".join(map(write_fix, fixes)) for title, fixes in FIXES]
    return ERRORS + error_table() + FIX_LISTS + "".join(lists)


def print_settings() -> str:
    """One row a variable."""
    return SETTINGS + "".join(
        f"| {name} | {default} | {meaning} |\n" for name, default, meaning in settings_table()
    )


def print_endpoints() -> str:
    """The addresses by what they belong to."""
    starts = {start: title for title, _, several in SECTIONS for start in several}
    by_title: dict[str, list[Route]] = {title: [] for title, _, _ in SECTIONS}
    for route in every_route():
        start = max((start for start in starts if route.path.startswith(start)), key=len)
        by_title[starts[start]].append(route)
    sections = [
        f"\n## {title}\n\n" + (f"{sentence}\n\n" if sentence else "") + routes_table(by_title[title])
        for title, sentence, _ in SECTIONS
    ]
    return ENDPOINTS + "".join(sections)


def routes_table(routes: list[Route]) -> str:
    """One row a route, in the order of the code."""
    rows = ["| methods | address | who may call it | form of errors |", "|---|---|---|---|"]
    rows += [
        f"| {' '.join(sorted(route.methods))} | `{route.path}` | {callers(route)} | {route.surface} |"
        for route in routes
    ]
    return "\n".join(rows) + "\n"


def callers(route: Route) -> str:
    """Who may call the address; by method where they differ."""
    by_method = {method: caller(route, handler) for method, handler in sorted(route.methods.items())}
    if len(set(by_method.values())) == 1:
        return next(iter(by_method.values()))
    return "; ".join(f"{method}: {words}" for method, words in by_method.items())


def caller(route: Route, handler: Handler) -> str:
    """Who may call one method, as its own table says."""
    match handler:
        case ConsoleOperation() | ApiOperation():
            return f"“{handler.right}”" + (", fresh" if handler.is_fresh else "")
        case AccountOperation():
            return "the person" + (", fresh" if handler.fresh_seconds else "")
        case AccountScript():
            return "the person, fresh"
    return route.caller


def print_admin_api() -> str:
    """One row a method, by topic."""
    by_topic: dict[str, list[str]] = {}
    for path, method, operation in operations(ADMIN_ROUTES):
        needs = f"{operation.right}, fresh" if operation.is_fresh else operation.right
        takes, gives = (f"`{name}`" if name else "" for name in (operation.takes, operation.gives))
        row = f"| {method} `{path}` | {operation.summary} | {needs} | {takes} | {gives} |\n"
        by_topic.setdefault(topic_of(path), []).append(row)
    head = "| method and address | what it does | needs | takes | gives |\n|---|---|---|---|---|\n"
    sections = [f"\n## {topic}\n\n{head}{''.join(rows)}" for topic, rows in sorted(by_topic.items())]
    return ADMIN_API + "".join(sections)


def print_faults() -> str:
    """One table a kind of fault."""
    tables = (
        f"\n### {title}\n\n| name | what happens |\n|---|---|\n"
        + "".join(f"| `{name}` | {sentence} |\n" for name, sentence in faults.items())
        for title, faults in FAULT_KINDS.items()
    )
    endpoints = ", ".join(f"`{endpoint}`" for endpoint in SERVICE_ENDPOINTS)
    return PRACTICE.format(endpoints=endpoints) + "".join(tables)


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
