"""Realm files as tests write them, and reading them against an empty realm."""

import itertools
import json
from datetime import UTC, datetime
from typing import Any

from vestibule.domain.realm import Realm
from vestibule.representations.document import Document
from vestibule.representations.realm_file import Present, RealmFile, read_realm_file

NOW = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
REALM = Realm("realm-id", "acme")


def file_text(**members: Any) -> str:
    return json.dumps({"realm": "acme", **members}, indent=1)


def read(text: str, present: Present | None = None) -> tuple[Document, RealmFile]:
    document = Document(text)
    numbers = itertools.count(1)
    present = present or Present(REALM)
    return document, read_realm_file(document, present, lambda: f"new-{next(numbers)}", NOW)


def client(**members: Any) -> dict[str, Any]:
    return {"clientId": "atera", "redirectUris": ["https://app.example/cb"], **members}
