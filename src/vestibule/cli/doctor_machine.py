"""What `vestibule doctor` looks at outside of the database: address, files, port."""

import os
import socket
import ssl
import stat

from vestibule.cli.findings import Finding, fine, note, problem
from vestibule.settings import Settings
from vestibule.settings.key_file import OF_OTHERS

LEAST_FREE_BYTES = 200 * 2**20


def check_public_url(settings: Settings) -> Finding:
    """Where people and applications reach the service."""
    if settings.is_plain_http:
        return note(
            "public URL",
            f"{settings.public_url} works on this machine only, with cookies that go without Secure.",
            "Set VESTIBULE_PUBLIC_URL to the https address that people use.",
        )
    return fine("public URL", settings.public_url)


def check_proxies(settings: Settings) -> Finding:
    """https ends in front of us, so that somebody forwards requests to us."""
    if not settings.is_plain_http and not settings.trusted_proxies:
        return note(
            "reverse proxy",
            "None is trusted: every request seems to come from the proxy's own address.",
            "Set VESTIBULE_TRUSTED_PROXIES to the address of the proxy that speaks https.",
        )
    return fine(
        "reverse proxy", ", ".join(map(str, settings.trusted_proxies)) or "not needed on this machine"
    )


def check_data_directory(settings: Settings) -> Finding:
    """There, ours, closed to others, and not full."""
    directory = settings.data_dir.resolve()
    if not directory.exists():
        return fine("data directory", f"{directory} will be made at the first start.")
    if not os.access(directory, os.R_OK | os.W_OK | os.X_OK):
        return problem(
            "data directory",
            f"{directory} cannot be written to.",
            f"Make the service's user its owner: chown {os.getuid()} {directory}",
        )
    mode = stat.S_IMODE(directory.stat().st_mode)
    if mode & 0o022:
        return problem(
            "data directory", f"{directory} can be changed by others.", f"Close it: chmod go-w {directory}"
        )
    free = os.statvfs(directory)
    if free.f_bavail * free.f_frsize < LEAST_FREE_BYTES:
        return problem("data directory", f"{directory} is almost full.", "Free some space on that disk.")
    return fine("data directory", str(directory))


def check_secret_key(settings: Settings) -> Finding:
    """The key that opens what is stored."""
    file = settings.secret_key_file.resolve()
    if settings.secret_key and os.environ.get("VESTIBULE_SECRET_KEY"):
        sentence = "set by VESTIBULE_SECRET_KEY; VESTIBULE_SECRET_KEY_FILE keeps it out of the environment"
        return fine("secret key", sentence)
    if settings.secret_key:
        return fine("secret key", "set by VESTIBULE_SECRET_KEY_FILE")
    if not file.exists():
        return fine("secret key", f"{file} will be made at the first start.")
    if stat.S_IMODE(file.stat().st_mode) & OF_OTHERS:
        return problem("secret key", f"{file} can be read by others.", f"Close it: chmod 600 {file}")
    return fine("secret key", f"{file}; keep a copy of it apart from the database")


def check_certificates(settings: Settings) -> Finding:
    """The private authority that outgoing requests trust."""
    if settings.ca_file is None:
        return fine("certificates", "those of the system")
    try:
        ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        return problem(
            "certificates",
            f"{settings.ca_file} holds no certificates ({error}).",
            "Name a PEM file in VESTIBULE_CA_FILE.",
        )
    return fine("certificates", f"those of the system and {settings.ca_file}")


def check_port(settings: Settings) -> Finding:
    """Free to listen on; a service that runs already is fine too."""
    host = "127.0.0.1" if settings.host == "localhost" else settings.host
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    where = f"{settings.host} port {settings.port}"
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, settings.port))
        except OSError as error:
            if _is_running(host, settings.port):
                return fine("port", f"{where}: a Vestibule answers there already")
            return problem(
                "port",
                f"{where} cannot be listened on: {(error.strerror or str(error)).lower()}.",
                "Set VESTIBULE_PORT to a free port, or end the program that uses this one.",
            )
    return fine("port", f"{where} is free")


def _is_running(host: str, port: int) -> bool:
    """Whether what listens there answers as this service's health check does."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection(host, port, timeout=1)
    try:
        connection.request("GET", "/health/live")
        return connection.getresponse().read(200) == b'{"status":"UP"}'
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
