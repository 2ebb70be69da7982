"""What people sign in with, over the Admin API, and the mails that help them in."""

from starlette.responses import Response

from vestibule.domain.errors import BadInput
from vestibule.flows.administer.users.mails import send_action_mails, send_verify_mail
from vestibule.flows.administer.users.passwords import (
    credentials_of,
    remove_passkey,
    remove_password,
    rename_passkey,
    set_password,
)
from vestibule.representations.document import Document
from vestibule.web.admin.desk import AdminCall, ApiOperation, answered, no_content
from vestibule.web.admin.users import ONE, user_of
from vestibule.web.routing import Route

PASSWORD = "password"
LONGEST_LIFE_SECONDS = 7 * 86400


async def reset_password(call: AdminCall) -> Response:
    """Sets a password."""
    await set_password(call.at, await user_of(call), await call.document())
    return no_content()


async def list_credentials(call: AdminCall) -> Response:
    """The password and the passkeys, without anything secret."""
    return answered(await credentials_of(call.at, await user_of(call)))


async def remove_credential(call: AdminCall) -> Response:
    """Removes the password, which is called `password`, or a passkey."""
    user, credential = await user_of(call), call.named("credential")
    if credential == PASSWORD:
        await remove_password(call.at, user)
    else:
        await remove_passkey(call.at, user, credential)
    return no_content()


async def put_label(call: AdminCall) -> Response:
    """Renames a passkey; the body is the name, as plain text."""
    try:
        label = (await call.call.body()).decode()
    except UnicodeDecodeError:
        raise BadInput("the body is not UTF-8") from None
    document = Document.of({"userLabel": label})
    await rename_passkey(call.at, await user_of(call), call.named("credential"), document)
    return no_content()


async def execute_actions(call: AdminCall) -> Response:
    """Mails the links for `UPDATE_PASSWORD` and `VERIFY_EMAIL`; `lifespan` is in seconds."""
    lifespan = call.number("lifespan", 0, LONGEST_LIFE_SECONDS) or None
    await send_action_mails(call.at, await user_of(call), await call.document(), lifespan)
    return no_content()


async def verify_email(call: AdminCall) -> Response:
    """Mails the link that confirms the address."""
    await send_verify_mail(call.at, await user_of(call))
    return no_content()


ROUTES: tuple[Route, ...] = (
    Route(
        f"{ONE}/reset-password", "admin", "an administrator",
        {"PUT": ApiOperation("change", reset_password, "Set a password", takes="Credential", is_fresh=True)},
    ),
    Route(
        f"{ONE}/credentials", "admin", "an administrator",
        {"GET": ApiOperation("see", list_credentials, "List sign-in methods", gives="[Credential]")},
    ),
    Route(
        f"{ONE}/credentials/{{credential}}", "admin", "an administrator",
        {"DELETE": ApiOperation("change", remove_credential, "Remove a sign-in method", is_fresh=True)},
    ),
    Route(
        f"{ONE}/credentials/{{credential}}/userLabel", "admin", "an administrator",
        {"PUT": ApiOperation("change", put_label, "Rename a passkey")},
    ),
    Route(
        f"{ONE}/execute-actions-email", "admin", "an administrator",
        {"PUT": ApiOperation("recover people", execute_actions, "Mail links to a person")},
    ),
    Route(
        f"{ONE}/send-verify-email", "admin", "an administrator",
        {"PUT": ApiOperation("recover people", verify_email, "Mail the link that confirms the address")},
    ),
)  # fmt: skip
