"""Settings come from VESTIBULE_ variables; a wrong one is named in a sentence."""

import stat
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import pytest

from vestibule.crypto.secrets import Vault
from vestibule.settings import Settings, SettingsError, read_settings, unknown_variables
from vestibule.settings.key_file import read_key_file
from vestibule.settings.vault import open_vault

SECRET = "5f0c8c39e1d94f7eb7a3c1d2e4f60718"
NETWORKS = (ip_network("10.0.0.0/8"), ip_network("::1"))


def read(**variables: str) -> Settings:
    return read_settings({f"VESTIBULE_{name}": value for name, value in variables.items()})


def test_without_variables_the_service_runs_on_loopback() -> None:
    settings = read_settings({})
    assert settings == Settings()
    assert (settings.public_url, settings.host, settings.port) == ("http://localhost:3000", "localhost", 3000)
    assert settings.database == "sqlite:///data/vestibule.db"


@pytest.mark.parametrize(
    "name, text, field, value",
    [
        ("PUBLIC_URL", "https://sso.example", "public_url", "https://sso.example"),
        ("PUBLIC_URL", "https://SSO.example:443/", "public_url", "https://sso.example"),
        ("PUBLIC_URL", "https://sso.example:8443", "public_url", "https://sso.example:8443"),
        ("PUBLIC_URL", "http://127.0.0.1:3000", "public_url", "http://127.0.0.1:3000"),
        ("PUBLIC_URL", "http://[::1]:3000", "public_url", "http://[::1]:3000"),
        ("HOST", "0.0.0.0", "host", "0.0.0.0"),  # noqa: S104
        ("PORT", "8080", "port", 8080),
        ("DATA_DIR", "/srv/vestibule", "data_dir", Path("/srv/vestibule")),
        ("TRUSTED_PROXIES", "10.0.0.0/8,::1", "trusted_proxies", NETWORKS),
        ("LOG_LEVEL", "DEBUG", "log_level", "debug"),
        ("OUTBOUND_ALLOW", "127.0.0.1:3001,[::1]:80", "outbound_allow", ("127.0.0.1:3001", "[::1]:80")),
        ("ADMIN_CLI_PASSWORD_GRANT", "true", "admin_cli_password_grant", True),
        ("ADMIN_CLI_PASSWORD_GRANT", "off", "admin_cli_password_grant", False),
        ("SECRET_KEY", f"  {SECRET}\n", "secret_key", SECRET),
        ("SUPPORT_URL", "https://desk.example/?s={guide}", "support_url", "https://desk.example/?s={guide}"),
        ("PORT", "", "port", 3000),
        ("MAIL_FOLDER", "/srv/mails", "mail_folder", Path("/srv/mails")),
    ],
)  # fmt: skip
def test_a_variable_sets_its_field(name: str, text: str, field: str, value: Any) -> None:
    assert getattr(read(**{name: text}), field) == value


@pytest.mark.parametrize(
    "name, text, reason",
    [
        ("PUBLIC_URL", "http://sso.example", "Plain http"),
        ("SUPPORT_URL", "http://desk.example", "neither a mailto: nor an https:"),
        ("PUBLIC_URL", "http://192.168.1.5:3000", "Plain http"),
        ("PUBLIC_URL", "http://localhost.example", "Plain http"),
        ("PUBLIC_URL", "https://sso.example/path", "without a path|no path"),
        ("PUBLIC_URL", "https://sso.example/?a=b", "no path"),
        ("PUBLIC_URL", "https://sso.example/#x", "no path"),
        ("PUBLIC_URL", "https://user:pw@sso.example", "user name"),
        ("PUBLIC_URL", "sso.example", "absolute"),
        ("PUBLIC_URL", "ftp://sso.example", "https"),
        ("HOST", "sso.example", "neither"),
        ("PORT", "0", "1 to 65535"),
        ("PORT", "65536", "1 to 65535"),
        ("PORT", "²", "whole number"),
        ("PORT", "30 00", "whole number"),
        ("DATABASE_URL", "mysql://u:geheim@h/d", "postgresql"),
        ("SECRET_KEY", "short", "32 random"),
        ("SECRET_KEY", "a" * 40, "32 random"),
        ("TRUSTED_PROXIES", "10.0.0.1/8", "not an IP address"),
        ("TRUSTED_PROXIES", "proxy.example", "not an IP address"),
        ("METRICS_TOKEN", "short", "16 to 512"),
        ("LOG_LEVEL", "loud", "not one of"),
        ("OUTBOUND_ALLOW", "intranet", "host:port"),
        ("OUTBOUND_ALLOW", "intranet:70000", "host:port"),
        ("CA_FILE", "/does/not/exist.pem", "not there"),
        ("ADMIN_CLI_PASSWORD_GRANT", "perhaps", "neither true nor false"),
        ("BOOTSTRAP_ADMIN_EMAIL", "ada", "not an e-mail"),
        ("BOOTSTRAP_ADMIN_PASSWORD", "short", "12 to 1024"),
    ],
)
def test_a_wrong_value_is_refused_in_a_sentence_that_names_it(name: str, text: str, reason: str) -> None:
    with pytest.raises(SettingsError, match=reason) as refused:
        read(**{name: text})
    assert refused.value.problems[0].startswith(f"VESTIBULE_{name} ")
    assert refused.value.problems[0].endswith(".")
    assert "geheim" not in str(refused.value)


def test_the_default_address_follows_the_port() -> None:
    assert read(PORT="8080").public_url == "http://localhost:8080"
    assert read(PORT="8080", PUBLIC_URL="https://sso.example").public_url == "https://sso.example"


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(SettingsError) as refused:
        read(PORT="x", LOG_LEVEL="y")
    assert len(refused.value.problems) == 2


@pytest.mark.parametrize(
    "variables",
    [
        {"DATABASE_URL": "postgresql://h/d"},
        {"BOOTSTRAP_ADMIN_EMAIL": "ada@acme.example"},
        {"BOOTSTRAP_ADMIN_PASSWORD": "correct horse battery"},
        {"MANAGEMENT_PORT": "3000"},
    ],
)
def test_settings_that_contradict_one_another_are_refused(variables: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        read(**variables)


def test_a_secret_comes_from_a_file_too(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(f"{SECRET}\n")
    assert read(SECRET_KEY_FILE=str(file)).secret_key == SECRET


def test_a_secret_is_given_in_one_way_only(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text(SECRET)
    with pytest.raises(SettingsError, match="both set"):
        read(SECRET_KEY=SECRET, SECRET_KEY_FILE=str(file))


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="VESTIBULE_SECRET_KEY cannot be read from the file"):
        read(SECRET_KEY_FILE=str(tmp_path / "nothing"))


def test_what_is_no_secret_has_no_file_variant(tmp_path: Path) -> None:
    assert read(PORT_FILE=str(tmp_path / "port")).port == 3000
    assert unknown_variables({"VESTIBULE_PORT_FILE": "x", "VESTIBULE_SECRET_KEY_FILE": "x"}) == (
        "VESTIBULE_PORT_FILE",
    )


def test_misspelt_variables_are_noticed() -> None:
    assert unknown_variables({"VESTIBULE_PUBLICURL": "x", "VESTIBULE_PORT": "1", "PATH": "/bin"}) == (
        "VESTIBULE_PUBLICURL",
    )


def test_secrets_are_not_in_the_representation() -> None:
    settings = read(SECRET_KEY=SECRET, METRICS_TOKEN=SECRET, DATABASE_URL="postgresql://u:geheim@h/d")
    assert SECRET not in repr(settings)
    assert "geheim" not in repr(settings)


def test_the_generated_key_is_private_and_stays(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    sealed = open_vault(settings).encrypt(b"text", "place")
    assert open_vault(settings).decrypt(sealed, "place") == b"text"
    assert len(read_key_file(settings.secret_key_file)) == 1
    assert stat.S_IMODE(settings.secret_key_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(settings.data_dir.stat().st_mode) == 0o700


@pytest.mark.parametrize("content", ["", "zz", "00" * 31, "é"])
def test_a_damaged_key_file_is_refused_and_not_replaced(tmp_path: Path, content: str) -> None:
    settings = Settings(data_dir=tmp_path)
    settings.secret_key_file.write_text(content)
    settings.secret_key_file.chmod(0o600)
    with pytest.raises(SettingsError, match=r"secret\.key cannot be used"):
        open_vault(settings)
    assert settings.secret_key_file.read_text() == content


def test_a_key_that_was_set_is_used_and_no_file_made(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, secret_key=SECRET)
    assert open_vault(settings).key_id == Vault(SECRET.encode()).key_id
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "url, host, port, security, username, password",
    [
        ("smtp://mail.example", "mail.example", 587, "starttls", "", ""),
        ("smtp://me:secret@mail.example:25/", "mail.example", 25, "starttls", "me", "secret"),
        (
            "smtps://me%40acme.example:p%3Aw@Mail.example",
            "mail.example",
            465,
            "tls",
            "me@acme.example",
            "p:w",
        ),
        ("smtp://localhost:1025", "localhost", 1025, "none", "", ""),
        ("smtp://[::1]:1025", "::1", 1025, "none", "", ""),
    ],
)
def test_the_mail_servers_url_says_how_tls_begins(
    url: str, host: str, port: int, security: str, username: str, password: str
) -> None:
    read_url = read(SMTP_URL=url, MAIL_FROM="sso@acme.example").smtp_url
    assert read_url is not None
    assert (read_url.host, read_url.port, read_url.security) == (host, port, security)
    assert (read_url.username, read_url.password) == (username, password)


@pytest.mark.parametrize(
    "url",
    [
        "mail.example:587",
        "http://mail.example",
        "smtp://",
        "smtp://secret@mail.example",
        "smtp://me:secret@mail.example:99999",
        "smtp://me:secret@mail.example/path",
        "smtp://me:secret@mail.example?x=y",
        "smtp://me:secret@mail example",
    ],
)
def test_a_wrong_url_of_a_mail_server_is_refused_without_being_repeated(url: str) -> None:
    with pytest.raises(SettingsError, match="VESTIBULE_SMTP_URL must be of the form") as caught:
        read(SMTP_URL=url, MAIL_FROM="sso@acme.example")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "variables, reason",
    [
        ({"SMTP_URL": "smtp://mail.example"}, "need one another"),
        ({"MAIL_FROM": "sso@acme.example"}, "need one another"),
        ({"MAIL_FOLDER": "mails", "PUBLIC_URL": "https://sso.example"}, "must be on loopback"),
        ({"MAIL_FOLDER": "mails", "SMTP_URL": "smtp://m.example", "MAIL_FROM": "a@b.example"}, "both set"),
    ],
)
def test_mail_settings_that_contradict_one_another_are_refused(
    variables: dict[str, str], reason: str
) -> None:
    with pytest.raises(SettingsError, match=reason):
        read(**variables)
