"""Names that resolve as a test says, and certificates of a private authority."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


class Names(dict[str, list[list[str]]]):
    """Each name's answers, one list of addresses for each look-up; the last one stays."""

    def __init__(self) -> None:
        self.looked_up: list[str] = []

    def answer(self, host: str) -> list[str]:
        self.looked_up.append(host)
        answers = self[host]
        return answers.pop(0) if len(answers) > 1 else (answers or [[]])[0]


@pytest.fixture(name="names")
def fixture_names(monkeypatch: pytest.MonkeyPatch) -> Names:
    """The system's resolver, with these names added. Everything above it is real."""
    known = Names()
    real = socket.getaddrinfo

    def getaddrinfo(host: Any, port: Any, *args: Any, **named: Any) -> Any:
        if host not in known:
            return real(host, port, *args, **named)
        found = [entry for address in known.answer(host) for entry in real(address, port, *args, **named)]
        if not found:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return found

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return known


@dataclass(frozen=True)
class Authority:
    """A certificate authority's file, and a server context with a certificate by it for 127.0.0.1."""

    ca_file: Path
    server: ssl.SSLContext


@pytest.fixture(name="authority", scope="session")
def fixture_authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return make_authority(tmp_path_factory.mktemp("authority"))


def make_authority(folder: Path, *, ends_in_days: int = 1, address: str = "127.0.0.1") -> Authority:
    """A new one. Its certificate began to count four days ago; with days below zero it has expired."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Private authority of a test")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=4))
        .not_valid_after(now + timedelta(days=ends_in_days))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address(address))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    ca_file, key_file = folder / "ca.pem", folder / "key.pem"
    ca_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    key_file.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(ca_file, key_file)
    return Authority(ca_file, server)
