"""Which fields the form of a provider has, by its kind; the same for a new one and for its settings."""

from dataclasses import replace

from vestibule.catalogue.provider import Provider
from vestibule.catalogue.providers import provider
from vestibule.domain.connection import ProviderKind
from vestibule.representations.connection_kinds import PRESET, PRESETS_OF_OIDC, PROVIDER_ID, PROVIDER_IDS
from vestibule.web.console.fields import Field, Form, Group, Path
from vestibule.web.console.identity_providers import fields
from vestibule.web.messages import message

ADVANCED, PEOPLE = message("Advanced"), message("People and the sign-in page")
PEOPLE_LEAD = message("Who may come through this provider, and what happens when they do.")
PLACES = ("server", "tenant")
"""What the discovery endpoint follows from, while there is none yet."""
SAME_SECRET = message("Stored encrypted and never shown. Leave it empty to keep the present one.")


def new_form(kind: ProviderKind, alias: str, language: str) -> Form:
    """The form of a new provider, whose alias is fixed (D5)."""
    fixed: dict[Path, str] = {("alias",): alias, (PROVIDER_ID,): PROVIDER_IDS[kind]}
    if kind in PRESETS_OF_OIDC:
        fixed[fields.CONFIG, PRESET] = kind
    asks = _asks(provider(kind))
    join = (fields.join_field(asks=True, is_new=True), fields.DOMAIN_NAMES) if asks else ()
    main = (*_first(kind, language), fields.NEW_SECRET, fields.EXPIRES, *join)
    return Form(
        (Group("", main), _people(kind, is_new=True, asks=asks), _advanced(kind, is_new=True)),
        message("Add"),
        fixed,
    )


def settings_form(kind: ProviderKind, language: str) -> Form:
    """The form of a provider that is here."""
    secret = replace(fields.SECRET, hint=SAME_SECRET)
    named = {fields.DISCOVERY_ENDPOINT.name: fields.DISCOVERY_ENDPOINT}
    first = [named.get(one.name, one) for one in _first(kind, language) if one.name not in PLACES]
    main = (fields.ENABLED, *first, secret, fields.EXPIRES)
    groups = (Group("", main), _people(kind, is_new=False, asks=False), _advanced(kind, is_new=False))
    return Form(groups, message("Save"))


def sources_of(form: Form) -> tuple[str, ...]:
    """The controls that say where the metadata are."""
    wanted = (*PLACES, fields.DISCOVERY_ENDPOINT.name)
    return tuple(one.name for one in form.fields if one.name in wanted)


def _first(kind: ProviderKind, language: str) -> tuple[Field, ...]:
    """What a walk of the guide enters, in its order, but for the secret."""
    found = provider(kind, language)
    preset = found.preset
    client_id = fields.client_id_field(found.form.client_id_example)
    where: list[Field] = []
    if preset.server and kind != "oidc":
        where.append(fields.server_field(preset.server, preset.base))
    if preset.tenant:
        where.append(fields.tenant_field(kind, preset.tenant))
    following = (
        replace(fields.DISCOVERY_ENDPOINT, hint=fields.FOLLOWS) if where else fields.DISCOVERY_ENDPOINT
    )
    discovery = (following,) if preset.discovery else ()
    return (fields.DISPLAY_NAME, *where, *discovery, client_id)


def _advanced(kind: ProviderKind, *, is_new: bool) -> Group:
    """The protocol: what metadata tell, and what they do not."""
    is_oauth_only = not provider(kind).preset.discovery
    of_openid = (
        *((fields.pushing_field(is_new=is_new),) if not is_oauth_only else ()),
        *((fields.PROOF, fields.NAMES_ITSELF, fields.SKIP_USERINFO) if not is_oauth_only else ()),
    )
    last = (fields.PROMPTED, fields.ID_TOKEN_ALGORITHMS, fields.LEEWAY) if not is_oauth_only else ()
    shown = (
        *fields.ADDRESSES,
        fields.SCOPE_NAMES,
        fields.authentication_field(is_new=is_new and not is_oauth_only),
        fields.PROOF_KEY,
        *of_openid,
        *last,
        fields.HINTED,
    )
    return Group(ADVANCED, shown, is_folded=True)


def _people(kind: ProviderKind, *, is_new: bool, asks: bool) -> Group:
    """Who may come, and what of them is believed. A new provider's form is short: this is folded there."""
    join = (fields.join_field(asks=False, is_new=is_new), fields.DOMAIN_NAMES) if not asks else ()
    own = {"google": (fields.WORKSPACE,), "entra": (fields.TENANT_IDS,)}.get(kind, ())
    shown = (
        *join, *own, fields.TRUST, fields.SYNCING, fields.FACTOR, fields.SIGN_OUT_THERE, fields.HIDE,
        fields.ORDER,
    )  # fmt: skip
    return Group(PEOPLE, shown, PEOPLE_LEAD, is_folded=is_new)


def _asks(found: Provider) -> bool:
    """Whether anybody in the world may have an account there, so that the form asks who may join (D20)."""
    return not found.preset.is_customers_own and not found.preset.server
