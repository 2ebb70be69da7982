"""Pages that take steps to reach: each function leaves the browser at one."""

from collections.abc import Awaitable, Callable
from urllib.parse import urlencode

from playwright.async_api import Page

from tests.browser import authorization_url
from tests.journeys.atera import authenticate, press
from tests.journeys.broker_stages import BROKER_STAGES
from tests.journeys.content import ADMINISTRATOR, PERSON, Content, request_of
from tests.mails import token
from tests.world import PASSWORD
from vestibule.flows.mail import queue_set_password, queue_verify_email
from vestibule.flows.setup import new_setup_link

Stage = Callable[[Page, Content], Awaitable[object]]


async def identify(page: Page, made: Content, client: str = "atera") -> None:
    """`/realms/{realm}/protocol/openid-connect/auth` and `/realms/{realm}/login`: who it is."""
    await page.goto(f"{made.url}{request_of(client)}")


async def password(page: Page, made: Content, person: str = PERSON, client: str = "atera") -> None:
    await identify(page, made, client)
    await page.get_by_label("Email or username").fill(person)
    await press(page, "Continue", role="button")


async def wrong_password(page: Page, made: Content) -> None:
    await password(page, made)
    await page.get_by_label("Password", exact=True).fill("not the password")
    await press(page, "Sign in", role="button")


async def passkey_offer(page: Page, made: Content) -> None:
    await password(page, made, "hiro")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await press(page, "Sign in", role="button")
    await page.get_by_role("button", name="Skip for now").wait_for()


async def consent(page: Page, made: Content) -> None:
    await password(page, made, "hiro", "drupal")
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await press(page, "Sign in", "Skip for now", role="button")
    await page.get_by_role("button", name="Allow").wait_for()


async def sign_out(page: Page, made: Content) -> None:
    """`/realms/{realm}/protocol/openid-connect/logout`, asked by somebody who is signed in."""
    await passkey_offer(page, made)
    await page.goto(f"{made.url}/realms/acme/protocol/openid-connect/logout")


async def signed_out(page: Page, made: Content) -> None:
    await sign_out(page, made)
    await press(page, "Sign out", role="button")


async def expired(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/realms/acme/login?id=nothing")


async def wrong_redirect_uri(page: Page, made: Content) -> None:
    wrong = authorization_url(redirect_uri="https://elsewhere.example/callback")
    await page.goto(f"{made.url}{wrong}")


async def not_found(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/console/acme/nothing")


async def verify_email(page: Page, made: Content) -> None:
    """`/realms/{realm}/action`, with the link of a mail."""
    link = await token(made.world, queue_verify_email, made.realm, made.people["carol"])
    await page.goto(f"{made.url}/realms/acme/action?token={link}")


async def verified(page: Page, made: Content) -> None:
    await verify_email(page, made)
    await page.locator("main form button[type=submit]").first.click()


async def set_password(page: Page, made: Content) -> None:
    link = await token(made.world, queue_set_password, made.realm, made.people["bob"])
    await page.goto(f"{made.url}/realms/acme/action?token={link}")


async def setup(page: Page, made: Content, step: str = "") -> None:
    """`/setup`, with the link that the service prints at its first start."""
    link = await new_setup_link(made.world.deployment)
    query = {"token": link.rpartition("token=")[2] or link, **({"step": step} if step else {})}
    await page.goto(f"{made.url}/setup?{urlencode(query)}")


async def setup_account(page: Page, made: Content) -> None:
    await setup(page, made, "account")


async def access_denied(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/console/globex")


async def missing_fields(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/console/acme/integrations/applications/new?application=atera")
    for label in ("Client ID", "Valid Redirect URIs"):
        await page.get_by_label(label, exact=True).fill("")
    await press(page, "Add integration", role="button")


async def revealed(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/console/acme/clients/{made.named['client']}/credentials")
    await press(page, "Reveal", role="button")


async def asked(page: Page, made: Content) -> None:
    """The question before something that cannot be undone."""
    await page.goto(f"{made.url}/console/acme/clients/{made.named['client']}")
    await page.get_by_role("region", name="Danger zone").get_by_role("button").last.click()


async def nothing_found(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/console/acme/users?search=nobody")


async def preview(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/console/acme/clients/{made.named['client']}/preview")
    await page.get_by_role("main").get_by_role("textbox").first.fill(PERSON)
    await page.get_by_role("main").get_by_role("button").first.click()


async def empty_tenant(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/console/globex")


async def empty_users(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/console/globex/users")


async def empty_providers(page: Page, made: Content) -> None:
    """Before the first identity provider: the kinds alone."""
    await page.goto(f"{made.url}/console/globex/identity-providers")


async def upstream_failure(page: Page, made: Content) -> None:
    """`/realms/{realm}/broker/{alias}/error`: what went wrong at a provider, by its name."""
    path = f"/realms/acme/broker/{made.named['alias']}/error"
    await page.goto(f"{made.url}{path}?error=state_mismatch&reference=3f9c0b1a2d4e")


async def failure_without_a_realm(page: Page, made: Content) -> None:
    await page.goto(f"{made.url}/sign-in-error?error=state_mismatch&reference=3f9c0b1a2d4e")


async def missing_at_provider(page: Page, made: Content) -> None:
    """The form of a provider with what is missing named; the folded part with the mistake is open."""
    await page.goto(f"{made.url}/console/acme/identity-providers/oidc/new")
    await press(page, "Add", role="button")


async def resume(page: Page, made: Content) -> None:
    """`/console/{realm}/resume`: a form that was sent after the session's end."""
    await page.goto(f"{made.url}/console/acme/roles/new")
    await authenticate(page, ADMINISTRATOR)
    await page.get_by_label("Role name").fill("apprentice")
    await page.context.clear_cookies()
    await page.get_by_role("main").get_by_role("button").first.click()
    await authenticate(page, ADMINISTRATOR)
    await page.get_by_role("button", name="Continue").wait_for()


async def resume_at_account(page: Page, made: Content) -> None:
    """`/realms/{realm}/account/resume`: the same for a person."""
    await page.goto(f"{made.url}/realms/acme/account")
    await authenticate(page, "hiro")
    await page.get_by_label("First name").fill("Hiroshi")
    await page.context.clear_cookies()
    await press(page, "Save", role="button")
    await authenticate(page, "hiro")
    await page.get_by_role("button", name="Continue").wait_for()


STAGES: dict[str, tuple[str, tuple[Stage, ...]]] = {
    "/realms/{realm}/protocol/openid-connect/auth": ("stranger", (identify,)),
    "/realms/{realm}/login": (
        "stranger",
        (password, wrong_password, passkey_offer, consent, expired, wrong_redirect_uri, *BROKER_STAGES),
    ),
    "/realms/{realm}/protocol/openid-connect/logout": ("stranger", (sign_out, signed_out)),
    "/realms/{realm}/action": ("stranger", (verify_email, verified, set_password)),
    "/console/{realm}/resume": ("stranger", (resume,)),
    "/realms/{realm}/account/resume": ("stranger", (resume_at_account,)),
    "/setup": ("stranger", (setup, setup_account)),
    "/console/{realm}": ("platform", (empty_tenant, empty_users, empty_providers)),
    "/realms/{realm}/broker/{alias}/error": ("stranger", (upstream_failure,)),
    "/sign-in-error": ("stranger", (failure_without_a_realm,)),
    "/console/{realm}/identity-providers": ("administrator", (missing_at_provider,)),
    "/console/{realm}/integrations/applications": (
        "administrator",
        (missing_fields, revealed, asked, nothing_found, preview, not_found, access_denied),
    ),
}
"""Path → who opens it, and how."""
