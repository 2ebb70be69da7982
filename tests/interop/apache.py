"""An Apache with an unmodified mod_auth_openidc, in front of a page that says who is signed in."""

import asyncio
import os
import pwd
import secrets
import shutil
import tempfile
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.parts import find_apache, find_mod_auth_openidc

MODULES = ("mpm_event", "authn_core", "authz_core", "authz_user", "headers")

CONFIGURATION = """
ServerName 127.0.0.1
ServerRoot {root}
PidFile {root}/pid
DefaultRuntimeDir {root}
Listen 127.0.0.1:{port}
{modules}
{identity}
ErrorLog {root}/error.log
LogLevel warn
DocumentRoot {root}/www
OIDCProviderMetadataURL {issuer}/.well-known/openid-configuration
OIDCClientID {client_id}
OIDCClientSecret {client_secret}
OIDCRedirectURI {base}/protected/callback
OIDCCryptoPassphrase {passphrase}
OIDCPKCEMethod S256
OIDCScope "openid email profile"
OIDCRemoteUserClaim email
OIDCDefaultLoggedOutURL {base}/
OIDCCookieSameSite On
OIDCInfoHook iat access_token userinfo id_token session
<Location /protected>
  AuthType openid-connect
  Require valid-user
  Header set X-Remote-User "expr=%{{REMOTE_USER}}"
  Header set X-Name "%{{OIDC_CLAIM_name}}e"
  Header set X-Subject "%{{OIDC_CLAIM_sub}}e"
</Location>
"""


@dataclass(frozen=True)
class Apache:
    """Where it answers, and its error log."""

    base: str
    log: Path


@asynccontextmanager
async def apache(port: int, issuer: str, client_id: str, client_secret: str) -> AsyncIterator[Apache]:
    """Runs until the block ends. As root the workers run as Debian's www-data."""
    binary, module = find_apache(), find_mod_auth_openidc()
    assert binary is not None
    assert module is not None
    root = Path(tempfile.mkdtemp(prefix="vestibule-apache-"))
    (root / "www" / "protected").mkdir(parents=True)
    (root / "www" / "protected" / "index.html").write_text("the protected page")
    (root / "www" / "protected" / "page").write_text("the protected page")
    base = f"http://127.0.0.1:{port}"
    lines = [f"LoadModule {name}_module {module.parent}/mod_{name}.so" for name in MODULES]
    text = CONFIGURATION.format(
        root=root,
        port=port,
        base=base,
        issuer=issuer,
        client_id=client_id,
        client_secret=client_secret,
        passphrase=secrets.token_hex(16),
        modules="\n".join([*lines, f"LoadModule auth_openidc_module {module}"]),
        identity=_identity(root),
    )
    (root / "httpd.conf").write_text(text)
    process = await asyncio.create_subprocess_exec(
        str(binary), "-X", "-f", str(root / "httpd.conf"), stdout=PIPE, stderr=STDOUT
    )
    try:
        await _wait_until_open(port, process, root)
        yield Apache(base, root / "error.log")
    finally:
        if process.returncode is None:
            process.terminate()
        await process.communicate()
        shutil.rmtree(root, ignore_errors=True)


def _identity(root: Path) -> str:
    if os.geteuid() != 0:
        return ""
    user = pwd.getpwnam("www-data")
    for path in (root, *root.rglob("*")):
        os.chown(path, user.pw_uid, user.pw_gid)
    return "User www-data\nGroup www-data"


async def _wait_until_open(port: int, process: asyncio.subprocess.Process, root: Path) -> None:
    for _ in range(200):
        try:
            _, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            assert process.returncode is None, (root / "error.log").read_text()
            await asyncio.sleep(0.05)
        else:
            writer.close()
            return
    raise AssertionError("Apache did not open its port in 10 s")
