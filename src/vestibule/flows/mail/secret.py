"""The password of a realm's mail server, which is stored sealed and never shown again (D18)."""

from dataclasses import replace

from vestibule.crypto.secrets import Vault
from vestibule.domain.realm import MailServer, Realm


def seal_mail_password(realm: Realm, password: str | None, vault: Vault) -> Realm:
    """The realm with the password sealed; None keeps what is there, blank text takes it away."""
    if realm.mail is None or password is None:
        return realm
    sealed = vault.encrypt_text(password.encode(), _context(realm.id)) if password else ""
    return replace(realm, mail=replace(realm.mail, encrypted_password=sealed))


def open_mail_password(realm_id: str, server: MailServer | None, vault: Vault) -> str:
    """The password in clear; blank where there is none. Raises `UndecryptableSecret`."""
    if server is None or not server.encrypted_password:
        return ""
    return vault.decrypt_text(server.encrypted_password, _context(realm_id)).decode()


def reseal_mail_password(realm: Realm, vault: Vault) -> Realm:
    """The realm with the password under the key that seals now. Raises `UndecryptableSecret`."""
    server = realm.mail
    if server is None or not server.encrypted_password or vault.is_current_text(server.encrypted_password):
        return realm
    sealed = vault.reseal_text(server.encrypted_password, _context(realm.id))
    return replace(realm, mail=replace(server, encrypted_password=sealed))


def _context(realm_id: str) -> str:
    return f"realm/mail_password/{realm_id}"
