"""The form of a provider's mapper: three fields that each has, and those of its type."""

from collections.abc import Mapping
from typing import Any

import msgspec

from vestibule.domain.connection import ConnectionMapper, ConnectionMapperKind
from vestibule.domain.sentence import Sentence
from vestibule.representations.connection_mappers import KIND, SYNC_MODE, write_mapper
from vestibule.representations.document import Document
from vestibule.web.console.fields import Field, Form, Group
from vestibule.web.console.views import Text
from vestibule.web.messages import message

CONFIG, TYPE_FIELDS, CLAIMS = "config", "type-fields", "claims"
LABELS: dict[ConnectionMapperKind, str] = {
    "oidc-user-attribute-idp-mapper": message("Attribute Importer"),
    "hardcoded-attribute-idp-mapper": message("Hardcoded Attribute"),
    "oidc-hardcoded-role-idp-mapper": message("Hardcoded Role"),
    "oidc-role-idp-mapper": message("Claim to Role"),
    "oidc-advanced-role-idp-mapper": message("Advanced Claim to Role"),
    "oidc-hardcoded-group-idp-mapper": message("Hardcoded Group"),
    "oidc-advanced-group-idp-mapper": message("Advanced Claim to Group"),
    "oidc-username-idp-mapper": message("Username Template Importer"),
}
SYNC_MODES = (
    ("INHERIT", message("Inherit")),
    ("IMPORT", message("Import")),
    ("FORCE", message("Force")),
)
SEEN, SEEN_IN_TEST = message("Seen in last sign-in"), message("Seen in last test")
SEEN_HINT = message("Seen in last sign-in: {claims}. Dots lead into objects.")
TEST_HINT = message("Seen in last test: {claims}. Dots lead into objects.")
CLAIM_HINT = message(
    "Such as groups. Dots lead into objects. After a first sign-in or test you can pick it from a list."
)
TEMPLATE_HINT = message("Such as ${CLAIM.preferred_username | lowercase}, or ${ALIAS}.${CLAIM.sub}.")
ROLE_HINT = message("A role of the tenant, or of an application as client-id.role.")
ATTRIBUTE_HINT = message("One of the person's own fields, or any name.")
CONDITIONS_HINT = message("One condition a line, such as groups = staff. All of them must fit.")
CORE: tuple[tuple[str, Text], ...] = (
    ("username", message("User name")),
    ("email", message("E-mail address")),
    ("firstName", message("First name")),
    ("lastName", message("Last name")),
)
NAME = Field(
    "name", ("name",), message("Name"), is_required=True, missing=message("Enter a name, such as groups.")
)
SYNC = Field(
    "sync_mode", (CONFIG, SYNC_MODE), message("Sync Mode Override"), "select",
    hint=message("Force applies it at every sign-in, Import at the first, Inherit as the provider is set."),
    choices=SYNC_MODES,
)  # fmt: skip
TYPE = Field(
    "type", (KIND,), message("Mapper Type"), "select", choices=tuple(LABELS.items()), redraws=TYPE_FIELDS
)


class Known:
    """What can be picked in the form and typed over: claims that were seen, attributes, roles and groups."""

    def __init__(
        self,
        claims: tuple[str, ...],
        attributes: tuple[str, ...],
        roles: tuple[str, ...],
        groups: tuple[str, ...],
        *,
        are_of_test: bool = False,
    ) -> None:
        others = {name for name, _ in CORE}
        self.claims = claims
        self.seen, self.seen_hint = (SEEN_IN_TEST, TEST_HINT) if are_of_test else (SEEN, SEEN_HINT)
        self.attributes = (*CORE, *((name, "") for name in attributes if name not in others))
        self.roles, self.groups = roles, groups

    def claim_hint(self) -> Text:
        """The claims of the last sign-in, or test, or what a claim is."""
        return Sentence(self.seen_hint, {"claims": ", ".join(self.claims)}) if self.claims else CLAIM_HINT


def mapper_form(kind: ConnectionMapperKind, known: Known, *, is_new: bool) -> Form:
    """The form of a mapper of this type."""
    own = Group("", _fields_of(kind, known), key=TYPE_FIELDS)
    return Form((Group("", (NAME, SYNC, TYPE)), own), message("Add") if is_new else message("Save"))


def stored_texts(mapper: ConnectionMapper) -> dict[str, Any]:
    """The mapper as the form has it: conditions stand as lines there."""
    document = write_mapper(mapper, "", "oidc")
    if CLAIMS in document[CONFIG]:
        document[CONFIG] = {**document[CONFIG], CLAIMS: lines_of(document[CONFIG][CLAIMS])}
    return document


def document_of(typed: Document) -> Document:
    """The mapper as the use case reads it: a list of conditions is JSON there."""
    value = dict(typed.root.value)
    config = dict(value[CONFIG])
    if CLAIMS in config:
        config[CLAIMS] = conditions_of(config[CLAIMS])
    return Document.of({**value, CONFIG: config}, is_form=True)


def lines_of(conditions: str) -> str:
    """`[{"key": "groups", "value": "staff"}]` as the line `groups = staff`."""
    found = msgspec.json.decode(conditions.encode(), type=list[dict[str, str]])
    return "\n".join(f"{one['key']} = {one['value']}" for one in found)


def conditions_of(lines: str) -> str:
    """The lines as the JSON list that a mapper keeps; blank where there is none."""
    pairs = [line.partition("=") for line in lines.splitlines() if line.strip()]
    found = [{"key": key.strip(), "value": value.strip()} for key, _, value in pairs]
    return msgspec.json.encode(found).decode() if found else ""


def what_it_does(mapper: ConnectionMapper) -> str:
    """The rule in short: from what, to what."""
    config: Mapping[str, str] = mapper.config
    if config.get(CLAIMS):
        source = lines_of(config[CLAIMS]).replace("\n", ", ")
    else:
        source = config.get("claim", "")
        source += f" = {config['claim.value']}" if config.get("claim.value") else ""
    value = f" = {config['attribute.value']}" if config.get("attribute.value") else ""
    names = ("user.attribute", "attribute", "role", "group", "template")
    target = next((config[name] for name in names if config.get(name)), "") + value
    return f"{source} → {target}" if source and target else target


def _of(name: str, member: str, label: Text, hint: Text = "", **more: Any) -> Field:
    return Field(name, (CONFIG, member), label, hint=hint, is_required=True, **more)


def _fields_of(kind: ConnectionMapperKind, known: Known) -> tuple[Field, ...]:
    claim = _of(
        "claim", "claim", message("Claim"), known.claim_hint(),
        suggestions=tuple((name, known.seen) for name in known.claims),
    )  # fmt: skip
    role = _of(
        "role", "role", message("Role"), ROLE_HINT,
        suggestions=tuple((name, "") for name in known.roles),
    )  # fmt: skip
    group = _of(
        "group", "group", message("Group"), message("Its path, such as /staff/berlin."),
        suggestions=tuple((path, "") for path in known.groups),
    )  # fmt: skip
    match kind:
        case "oidc-user-attribute-idp-mapper":
            return (
                claim,
                _attribute("user_attribute", "user.attribute", message("User Attribute Name"), known),
            )
        case "hardcoded-attribute-idp-mapper":
            value = _of("value", "attribute.value", message("User Attribute Value"))
            return (_attribute("attribute", "attribute", message("User Attribute Name"), known), value)
        case "oidc-hardcoded-role-idp-mapper":
            return (role,)
        case "oidc-role-idp-mapper":
            return (claim, _of("claim_value", "claim.value", message("Claim Value")), role)
        case "oidc-advanced-role-idp-mapper":
            return (_conditions(), role)
        case "oidc-hardcoded-group-idp-mapper":
            return (group,)
        case "oidc-advanced-group-idp-mapper":
            return (_conditions(), group)
    return (_of("template", "template", message("Template"), TEMPLATE_HINT),)


def _attribute(name: str, member: str, label: Text, known: Known) -> Field:
    return _of(name, member, label, ATTRIBUTE_HINT, suggestions=known.attributes)


def _conditions() -> Field:
    return _of(CLAIMS, CLAIMS, message("Claims"), CONDITIONS_HINT, kind="textarea")
