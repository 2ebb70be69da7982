"""The settings of the process, read once from `VESTIBULE_*` variables.

A plain dataclass: reading it costs no import that the first request would have to wait for.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Any

from vestibule.settings import key_file
from vestibule.settings.values import SmtpUrl, is_loopback_url
from vestibule.settings.variables import VARIABLES

PREFIX = "VESTIBULE_"


class SettingsError(Exception):
    """Settings that the service does not start with; `problems` holds one sentence for each."""

    def __init__(self, *problems: str) -> None:
        super().__init__(" ".join(problems))
        self.problems = problems


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How this process runs. The meaning of each field stands in `variables.VARIABLES`."""

    public_url: str = "http://localhost:3000"
    host: str = "localhost"
    port: int = 3000
    management_port: int | None = None
    data_dir: Path = Path("data")
    database_url: str = field(default="", repr=False)
    secret_key: str = field(default="", repr=False)
    secret_key_previous: tuple[str, ...] = field(default=(), repr=False)
    bootstrap_admin_username: str = ""
    bootstrap_admin_email: str = ""
    bootstrap_admin_password: str = field(default="", repr=False)
    trusted_proxies: tuple[IPv4Network | IPv6Network, ...] = ()
    metrics_token: str = field(default="", repr=False)
    log_level: str = "info"
    log_format: str = "json"
    outbound_allow: tuple[str, ...] = ()
    practice: Mapping[str, str] = field(default_factory=dict)
    ca_file: Path | None = None
    smtp_url: SmtpUrl | None = None
    mail_from: str = ""
    mail_folder: Path | None = None
    support_url: str = ""
    admin_cli_password_grant: bool = False
    password_slots: int = 2
    shutdown_seconds: int = 10

    @property
    def database(self) -> str:
        """The database to use: the one that was set, else the embedded one in the data directory."""
        return self.database_url or f"sqlite:///{self.data_dir / 'vestibule.db'}"

    @property
    def is_embedded(self) -> bool:
        """Whether the database is SQLite, which the service migrates by itself."""
        return self.database.startswith("sqlite:")

    @property
    def database_file(self) -> Path | None:
        """The file of the embedded database; None with PostgreSQL."""
        return Path(self.database.removeprefix("sqlite:///")) if self.is_embedded else None

    @property
    def secret_key_file(self) -> Path:
        """Where the generated key lies, if none was set."""
        return self.data_dir / key_file.FILE_NAME

    def check_key_is_kept(self) -> None:
        """Raises `SettingsError` for a database whose generated key is gone: a new one would open nothing."""
        file = self.database_file
        if self.secret_key or file is None or self.secret_key_file.exists():
            return
        if file.exists() and file.stat().st_size > 0:
            raise SettingsError(
                f"The database {file} is there, but its key {self.secret_key_file} is not. "
                "Put the key back, or set VESTIBULE_SECRET_KEY to it."
            )

    @property
    def every_outbound_allow(self) -> tuple[str, ...]:
        """Where outgoing requests may go besides public addresses: what the operator opened, and practice."""
        places = (url.partition("://")[2] for url in self.practice.values())
        return (*self.outbound_allow, *places)

    @property
    def is_plain_http(self) -> bool:
        """Whether cookies go without `Secure`, on the local machine only (D19)."""
        return self.public_url.startswith("http://")


def read_settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings in `environment`, by default the process's. Raises `SettingsError` with all problems."""
    source = os.environ if environment is None else environment
    chosen: dict[str, Any] = {}
    problems: list[str] = []
    for name, variable in VARIABLES.items():
        try:
            text = _text(source, PREFIX + name.upper(), is_secret=variable.secret)
            if text:
                chosen[name] = variable.read(text)
        except ValueError as error:
            problems.append(f"{PREFIX}{name.upper()} {error}")
    if "port" in chosen:
        chosen.setdefault("public_url", f"http://localhost:{chosen['port']}")
    settings = Settings(**chosen)
    problems += _contradictions(settings)
    if problems:
        raise SettingsError(*problems)
    return settings


def unknown_variables(environment: Mapping[str, str]) -> tuple[str, ...]:
    """Variables that look like settings and are none: most likely misspelt."""
    known = {PREFIX + name.upper() for name in VARIABLES}
    known |= {f"{PREFIX}{name.upper()}_FILE" for name, variable in VARIABLES.items() if variable.secret}
    return tuple(sorted(name for name in environment if name.startswith(PREFIX) and name not in known))


def settings_table() -> tuple[tuple[str, str, str], ...]:
    """Every setting as (name, default, meaning) in Markdown, for the reference in the documentation."""
    rows = []
    for name, variable in VARIABLES.items():
        names = f"`{PREFIX}{name.upper()}`" + (f", `{PREFIX}{name.upper()}_FILE`" if variable.secret else "")
        rows.append((names, variable.default, variable.meaning))
    return tuple(rows)


def _text(source: Mapping[str, str], name: str, *, is_secret: bool) -> str:
    """The text of a variable; of a secret also from the file that its `_FILE` variant names."""
    text, file = source.get(name, "").strip(), source.get(f"{name}_FILE", "") if is_secret else ""
    if not file:
        return text
    if text:
        raise ValueError(f"and {name}_FILE are both set; remove one of them.")
    try:
        return Path(file).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"cannot be read from the file {file}: {error}.") from None


def _contradictions(settings: Settings) -> list[str]:
    """Settings that are fine alone and wrong together."""
    problems = []
    if not settings.is_embedded and not settings.secret_key:
        problems.append("VESTIBULE_SECRET_KEY is required with PostgreSQL: every node needs the same one.")
    if bool(settings.bootstrap_admin_email) != bool(settings.bootstrap_admin_password):
        problems.append("VESTIBULE_BOOTSTRAP_ADMIN_EMAIL needs VESTIBULE_BOOTSTRAP_ADMIN_PASSWORD beside it.")
    if (settings.smtp_url is None) != (not settings.mail_from):
        problems.append("VESTIBULE_SMTP_URL and VESTIBULE_MAIL_FROM need one another.")
    if settings.mail_folder is not None and not is_loopback_url(settings.public_url):
        problems.append("VESTIBULE_MAIL_FOLDER is for development: VESTIBULE_PUBLIC_URL must be on loopback.")
    if settings.practice and not is_loopback_url(settings.public_url):
        problems.append("VESTIBULE_PRACTICE is for practice: VESTIBULE_PUBLIC_URL must be on loopback.")
    if settings.mail_folder is not None and settings.smtp_url is not None:
        problems.append("VESTIBULE_MAIL_FOLDER and VESTIBULE_SMTP_URL are both set; remove one of them.")
    if settings.management_port == settings.port:
        problems.append("VESTIBULE_MANAGEMENT_PORT must differ from VESTIBULE_PORT.")
    return problems
