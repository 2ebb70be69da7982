"""When a person must be asked, and what is remembered of the answer."""

from vestibule.domain.client import STANDARD_SCOPES, Client
from vestibule.domain.grant import OFFLINE_ACCESS, Consent
from vestibule.flows.deployment import Deployment
from vestibule.flows.ports import ActiveRealm, Store
from vestibule.oidc.authorize import AuthorizationRequest


def asks_consent(client: Client, request: AuthorizationRequest) -> bool:
    """Whether this request can lead to the consent page at all."""
    return client.consent_required or "consent" in request.prompt


async def needs_consent(
    deployment: Deployment, client: Client, request: AuthorizationRequest, user_id: str
) -> bool:
    """Whether the consent page is due.

    A public client is asked for every time, since another program may pass for it (RFC 8252 section 8.6).
    """
    if not asks_consent(client, request):
        return False
    if "consent" in request.prompt or client.public:
        return True
    consent = await deployment.storage.consent(user_id, client.id)
    return consent is None or not consent.scope >= set(request.consent_scope)


def consent_texts(active: ActiveRealm, request: AuthorizationRequest) -> dict[str, str]:
    """What the page says of each scope, in its order: the realm's own text, blank where it has none.

    Scopes that the realm does not want shown are missing. Of the specification's own scopes it says the
    same in every realm, and so it does where the text is a message key of another product.
    """
    texts = {}
    for name in request.consent_scope:
        scope = active.scopes.get(name)
        attributes = scope.attributes if scope is not None and name not in STANDARD_SCOPES else {}
        text = attributes.get("consent.screen.text", "")
        if attributes.get("display.on.consent.screen") != "false":
            texts[name] = "" if text.startswith("${") else text
    return texts


async def granted_scope(
    deployment: Deployment, client: Client, request: AuthorizationRequest, user_id: str, consented: bool
) -> tuple[str, ...]:
    """The scope of the grant: `offline_access` only where the person agreed to it (Core section 11).

    A client that takes no refresh tokens has no use for it.
    """
    if OFFLINE_ACCESS not in request.scope:
        return request.scope
    if not consented:
        consent = await deployment.storage.consent(user_id, client.id)
        consented = consent is not None and OFFLINE_ACCESS in consent.scope and not client.public
    if consented and client.refresh_tokens:
        return request.scope
    return tuple(value for value in request.scope if value != OFFLINE_ACCESS)


async def remembered(store: Store, client: Client, request: AuthorizationRequest, user_id: str) -> Consent:
    """The consent to store: what was allowed before and now."""
    before = await store.consent(user_id, client.id)
    return Consent(
        user_id, client.id, (before.scope if before else frozenset()) | frozenset(request.consent_scope)
    )
