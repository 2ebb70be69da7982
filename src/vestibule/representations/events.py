"""The audit in Keycloak's shape: events of people, and changes by administrators."""

from typing import Any

from vestibule.domain.event import Event
from vestibule.representations.moments import milliseconds

OPERATIONS = {"ADMIN_CREATE": "CREATE", "ADMIN_UPDATE": "UPDATE", "ADMIN_DELETE": "DELETE"}
"""Every other change is an `ACTION`."""


def write_event(event: Event) -> dict[str, Any]:
    """What a person or an application did. The reference is among the details."""
    written = {
        "id": event.id,
        "time": milliseconds(event.at),
        "type": event.type,
        "realmId": event.realm_id or "",
        "clientId": event.client_id,
        "userId": event.user_id,
        "sessionId": event.session_id,
        "ipAddress": event.address,
        "error": event.error or None,
        "details": _details(event),
    }
    return {name: value for name, value in written.items() if value is not None}


def write_admin_event(event: Event) -> dict[str, Any]:
    """A change: by whom, what it was, and the thing afterwards as JSON text, with secrets masked."""
    written = {
        "id": event.id,
        "time": milliseconds(event.at),
        "realmId": event.realm_id or "",
        "authDetails": {
            "realmId": event.actor_realm_id,
            "clientId": event.client_id or "",
            "userId": event.actor_id,
            "ipAddress": event.address,
        },
        "operationType": OPERATIONS.get(event.type, "ACTION"),
        "resourceType": event.resource,
        "resourcePath": event.path,
        "representation": event.after or None,
        "error": event.error or None,
        "details": _details(event),
    }
    return {name: value for name, value in written.items() if value is not None}


def _details(event: Event) -> dict[str, str]:
    return event.details | ({"reference": event.reference} if event.reference else {})
