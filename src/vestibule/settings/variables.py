"""Every `VESTIBULE_*` variable: how its text is read, and what the documentation says about it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vestibule.catalogue.support import check_support_url
from vestibule.settings import values


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable. `default` is worded for people; a `secret` has a `_FILE` variant too."""

    read: Callable[[str], Any]
    default: str
    meaning: str
    secret: bool = False


VARIABLES: dict[str, Variable] = {
    "public_url": Variable(
        values.public_url,
        "`http://localhost:3000`, or with the port that is set",
        "The address that browsers and applications use, without a path: https, or http on loopback.",
    ),
    "host": Variable(
        values.host,
        "`localhost`",
        "The IP address to listen on. `localhost` is both loopback addresses, `0.0.0.0` every IPv4 address.",
    ),
    "port": Variable(values.port, "`3000`", "The port to listen on."),
    "management_port": Variable(
        values.port, "", "A port on 127.0.0.1 for detailed health checks and metrics, without a token."
    ),
    "data_dir": Variable(
        Path, "`./data`", "The directory of the embedded database, the generated secret key and the samples."
    ),
    "database_url": Variable(
        values.database_url,
        "`vestibule.db` in the data directory",
        "`sqlite:///path` or `postgresql://user:password@host/database`.",
        secret=True,
    ),
    "secret_key": Variable(
        values.secret_key,
        "`secret.key` in the data directory, made at the first start",
        "Encrypts what is stored: 32 characters or more, the same on every node. Required with PostgreSQL.",
        secret=True,
    ),
    "secret_key_previous": Variable(
        values.secret_keys,
        "",
        "Former secret keys, one a line, that still open what they encrypted: for the change of the key.",
        secret=True,
    ),
    "bootstrap_admin_username": Variable(
        values.name, "the e-mail address", "The first administrator's user name."
    ),
    "bootstrap_admin_email": Variable(
        values.email,
        "",
        "With the password: the first start makes this administrator instead of printing a set-up link.",
    ),
    "bootstrap_admin_password": Variable(
        values.password, "", "The first administrator's password, 12 characters or more.", secret=True
    ),
    "trusted_proxies": Variable(
        values.networks,
        "",
        "Reverse proxies whose `X-Forwarded-For` is believed: addresses or networks, separated by commas.",
    ),
    "metrics_token": Variable(
        values.token,
        "",
        "The bearer token for `/metrics` and detailed health checks on the public port.",
        secret=True,
    ),
    "log_level": Variable(
        values.one_of("debug", "info", "warning", "error"),
        "`info`",
        "`debug`, `info`, `warning` or `error`.",
    ),
    "log_format": Variable(
        values.one_of("json", "console"), "`json`", "`json` for machines, `console` for people."
    ),
    "outbound_allow": Variable(
        values.host_ports,
        "",
        "Private addresses that outgoing requests may reach: `host:port`, separated by commas. Besides them "
        "those that Platform Admins allow at `/platform/outbound`.",
    ),
    "practice": Variable(
        values.practice_providers,
        "",
        "For practice, with a public URL on loopback only: practice providers that stand in for vendors, "
        "such as `entra=http://127.0.0.1:3103`, separated by commas.",
    ),
    "ca_file": Variable(
        values.existing_file,
        "",
        "A file with the certificates (PEM) of a private authority that outgoing requests trust.",
    ),
    "smtp_url": Variable(
        values.smtp_url,
        "",
        "The mail server for realms without one of their own: `smtp://user:password@host:587` uses STARTTLS "
        "(on loopback no TLS), `smtps://…:465` begins with TLS. Special characters are percent-encoded.",
        secret=True,
    ),
    "mail_from": Variable(
        values.email, "", "The sender's address of mails through the server of `VESTIBULE_SMTP_URL`."
    ),
    "mail_folder": Variable(
        Path,
        "",
        "For development, with a public URL on loopback only: mails become files in this directory and are "
        "not sent.",
    ),
    "support_url": Variable(
        check_support_url,
        "a `mailto:` link without an address",
        "Where a guide's support link opens a ticket: `mailto:` or `https:`, with `{guide}` and `{tenant}` in"
        " its query.",
    ),
    "admin_cli_password_grant": Variable(
        values.switch,
        "`false`",
        "Allows the password grant to the client `admin-cli` of the realm `master`, for old tools.",
    ),
    "password_slots": Variable(
        values.number(1, 64),
        "`2`",
        "How many passwords are checked at the same time; each takes one core and 19 MiB.",
    ),
    "shutdown_seconds": Variable(
        values.number(0, 600),
        "`10`",
        "How long requests under way may take to finish when the service stops.",
    ),
}
