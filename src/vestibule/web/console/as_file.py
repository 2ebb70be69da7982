"""What a page shows, as the Admin API and realm files write it: each object can be copied and called."""

from collections.abc import Mapping
from typing import Any

from msgspec.json import encode
from msgspec.json import format as indent

from vestibule.flows.audit.masking import masked
from vestibule.web.console.desk import Desk
from vestibule.web.console.views import Copyable, Section
from vestibule.web.messages import message

TITLE = message("As a file")
LEAD = message("What realm files and the Admin API hold of it, as JSON. Secrets are masked.")


def as_file(desk: Desk, path: str, document: Mapping[str, Any]) -> Section:
    """The card with the document and the command that reads it. `path` follows the realm's in the API."""
    public_url = desk.at.deployment.public_url
    address = "/".join(filter(None, (f"{public_url}/admin/realms/{desk.realm.name}", path)))
    text = indent(encode(masked(document)), indent=2).decode()
    return Section(
        title=TITLE,
        lead=LEAD,
        values=(
            Copyable(message("Copy as JSON"), encode(masked(document)).decode()),
            Copyable(message("Copy as curl"), f'curl -H "Authorization: Bearer $TOKEN" "{address}"'),
        ),
        code=text,
        anchor="file",
        is_folded=True,
    )
