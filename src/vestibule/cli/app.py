"""The commands. Each loads what it needs when it runs, so that none waits for what it does not use."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Vestibule: sign people in once, for all of their applications.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
practice = typer.Typer(
    help="Applications and identity providers of others to practise with, on this machine only.",
    no_args_is_help=True,
)
database = typer.Typer(help="The database.", no_args_is_help=True)
keys = typer.Typer(help="The keys that sign tokens.", no_args_is_help=True)
secret_key = typer.Typer(help="The key that encrypts what is stored.", no_args_is_help=True)
audit = typer.Typer(help="What happened, and whether the record of it is whole.", no_args_is_help=True)
app.add_typer(database, name="db")
app.add_typer(keys, name="keys")
app.add_typer(secret_key, name="secret-key")
app.add_typer(practice, name="practice")
app.add_typer(audit, name="audit")

RealmName = Annotated[str, typer.Argument(metavar="REALM", help="The realm's name, in its exact spelling.")]


@app.command()
def serve() -> None:
    """Run the service. Settings come from VESTIBULE_… variables."""
    from vestibule.cli.serve import run_service
    from vestibule.settings import read_settings

    run_service(read_settings())


@app.command()
def demo(
    port: Annotated[
        int, typer.Option("--application-port", help="The port of the sample application.")
    ] = 3001,
    practice_port: Annotated[
        int | None,
        typer.Option("--practice-port", help="The port of the practice application; else the next one."),
    ] = None,
    provider_port: Annotated[
        int | None,
        typer.Option("--provider-port", help="The port of the practice provider; else the one after that."),
    ] = None,
) -> None:
    """Run the service with a sample realm, applications to sign in to and a provider to sign in through.

    All of it is on this machine only.
    """
    from vestibule.cli.demo import Ports, run_demo

    run_demo(Ports.after(port, practice_port, provider_port))


@practice.command("atera")
def practice_atera(
    port: Annotated[int, typer.Option(help="The port to listen on, on 127.0.0.1.")] = 3002,
    keep: Annotated[
        bool, typer.Option("--keep", help="Keep what is set up in the data directory, for the next run.")
    ] = False,
) -> None:
    """Run an application that stands in for Atera: set up single sign-on there with its guide."""
    from vestibule.cli.practice import run_atera

    run_atera(port, keep=keep)


PROVIDERS = {
    "entra": "Microsoft Entra ID",
    "okta": "Okta",
    "google": "Google",
    "github": "GitHub",
    "gitlab": "GitLab",
    "authentik": "Authentik",
    "keycloak": "Keycloak",
    "oidc": "any OpenID Provider",
}


def _add_provider(kind: str, name: str) -> None:
    @practice.command(kind, help=f"Run an identity provider that stands in for {name}: sign in through it.")
    def practice_provider(
        port: Annotated[int, typer.Option(help="The port to listen on, on 127.0.0.1.")] = 3003,
        fault: Annotated[
            list[str] | None,
            typer.Option(help="What it does wrong; can be given several times. Its page /faults lists all."),
        ] = None,
        client_id: Annotated[str, typer.Option(help="The client ID; blank: the vendor's form.")] = "",
        client_secret: Annotated[str, typer.Option(help="The client secret; blank: generated.")] = "",
        keep: Annotated[
            bool,
            typer.Option("--keep", help="Keep its applications in the data directory, for the next run."),
        ] = False,
    ) -> None:
        from vestibule.cli.practice import run_provider

        run_provider(kind, port, fault or (), (client_id, client_secret), keep=keep)


for _kind, _name in PROVIDERS.items():
    _add_provider(_kind, _name)


@app.command("import")
def import_(
    file: Annotated[
        Path, typer.Argument(help="A realm file as Keycloak exports it; - reads standard input.")
    ],
    merge: Annotated[bool, typer.Option("--merge", help="Change the realm if it is here already.")] = False,
) -> None:
    """Import a realm file. All of it is checked before anything is written."""
    from vestibule.cli.transfer import import_file

    asyncio.run(import_file(file, merge=merge))


@app.command()
def export(
    realm: RealmName,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="A file only you can read; else standard output.")
    ] = None,
    with_secrets: Annotated[
        bool, typer.Option("--with-secrets", help="Write client secrets and password hashes too.")
    ] = False,
) -> None:
    """Export a realm as the file that import reads."""
    from vestibule.cli.transfer import export_file

    asyncio.run(export_file(realm, output, with_secrets=with_secrets))


@app.command()
def bootstrap_admin(
    email: Annotated[str, typer.Option(help="The administrator's e-mail address.")] = "",
    username: Annotated[str, typer.Option(help="The user name; blank: the e-mail address.")] = "",
    name: Annotated[str, typer.Option(help="The full name.")] = "",
    link: Annotated[bool, typer.Option("--link", help="Print a one-time set-up link instead.")] = False,
) -> None:
    """Create an administrator of the whole deployment.

    What is not given comes from VESTIBULE_BOOTSTRAP_ADMIN_… or is asked; without a terminal the password
    is generated and printed.
    """
    from vestibule.cli.administrators import bootstrap, print_setup_link

    asyncio.run(print_setup_link() if link else bootstrap(email, username, name))


@database.command("upgrade")
def upgrade_database() -> None:
    """Bring the database to the schema of this version."""
    from vestibule.cli.maintenance import upgrade_schema

    upgrade_schema()


@keys.command("rotate")
def rotate(realm: RealmName) -> None:
    """Sign with the realm's next keys; the present ones verify until their last token has expired."""
    from vestibule.cli.maintenance import rotate_realm_keys

    asyncio.run(rotate_realm_keys(realm))


@secret_key.command("rotate")
def rotate_secret_key() -> None:
    """Encrypt everything that is stored with a new key, beside the running service.

    A run that was broken off goes on at the next. With VESTIBULE_SECRET_KEY set, the new key is the one
    set there and the former one stands in VESTIBULE_SECRET_KEY_PREVIOUS. Exit code 1 where something
    does not open with any key.
    """
    from vestibule.cli.secret_key import rotate

    raise typer.Exit(asyncio.run(rotate()))


@secret_key.command("retire")
def retire_secret_key() -> None:
    """Remove the former keys, when nothing is encrypted with them any more."""
    from vestibule.cli.secret_key import retire

    asyncio.run(retire())


@audit.command("verify")
def verify_audit(
    first: Annotated[int, typer.Option("--from", min=1, help="The number of the first seal.")] = 1,
    expect: Annotated[
        str, typer.Option("--expect", metavar="DIGEST", help="A newest digest that was noted earlier.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Work out the whole chain of the audit anew. Exit code 1 where it does not hold.

    A running service may go on meanwhile. Without --expect it cannot be seen that the newest seals were
    taken away together with their events.
    """
    from vestibule.cli.audit import verify

    raise typer.Exit(asyncio.run(verify(first, expect, as_json=as_json)))


@audit.command("list")
def list_audit(
    realm: Annotated[str, typer.Option(help="Only of this realm.")] = "",
    reference: Annotated[str, typer.Option(help="Only with this reference, as error pages show it.")] = "",
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many at most.")] = 100,
) -> None:
    """Print events as JSON lines, the newest first."""
    from vestibule.cli.audit import list_events

    asyncio.run(list_events(realm, reference, limit))


@app.command()
def doctor() -> None:
    """Check settings, files, database, clock and port; says how to put right what is wrong."""
    from vestibule.cli.doctor import examine

    raise typer.Exit(asyncio.run(examine()))


@app.command()
def version() -> None:
    """Print the version."""
    from vestibule import __version__

    print(f"vestibule {__version__}")
