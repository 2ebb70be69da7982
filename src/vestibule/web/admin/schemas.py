"""The representations of the Admin API as JSON Schema: what is served, every member optional in a body."""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {"type": "string"}
FLAG: Schema = {"type": "boolean"}
NUMBER: Schema = {"type": "integer"}
TEXTS: Schema = {"type": "array", "items": TEXT}
TEXT_MAP: Schema = {"type": "object", "additionalProperties": TEXT}
LISTS: Schema = {"type": "object", "additionalProperties": TEXTS}


def ref(name: str) -> Schema:
    """Another schema."""
    return {"$ref": f"#/components/schemas/{name}"}


def list_of(name: str) -> Schema:
    """A list of another schema."""
    return {"type": "array", "items": ref(name)}


def record(**members: Schema) -> Schema:
    """An object with these members."""
    return {"type": "object", "properties": members}


SCHEMAS: dict[str, Schema] = {
    "Error": record(error=TEXT, errorMessage=TEXT, error_description=TEXT, reference=TEXT, field=TEXT),
    "Realm": record(
        id=TEXT, realm=TEXT, displayName=TEXT, enabled=FLAG, accessTokenLifespan=NUMBER,
        accessCodeLifespan=NUMBER, accessCodeLifespanLogin=NUMBER, ssoSessionIdleTimeout=NUMBER,
        ssoSessionMaxLifespan=NUMBER, offlineSessionIdleTimeout=NUMBER, offlineSessionMaxLifespan=NUMBER,
        smtpServer=TEXT_MAP, defaultLocale=TEXT, attributes=TEXT_MAP,
    ),
    "Client": record(
        id=TEXT, clientId=TEXT, name=TEXT, description=TEXT, enabled=FLAG, protocol=TEXT, publicClient=FLAG,
        clientAuthenticatorType=TEXT, secret=TEXT, redirectUris=TEXTS, baseUrl=TEXT,
        standardFlowEnabled=FLAG, serviceAccountsEnabled=FLAG, consentRequired=FLAG,
        defaultClientScopes=TEXTS, optionalClientScopes=TEXTS, protocolMappers=list_of("ProtocolMapper"),
        attributes=TEXT_MAP,
    ),
    "Expiry": record(kind=TEXT, objectId=TEXT, name=TEXT, expiresOn=TEXT, daysLeft=NUMBER, path=TEXT),
    "Secret": record(type=TEXT, value=TEXT),
    "ClientScope": record(
        id=TEXT, name=TEXT, description=TEXT, protocol=TEXT, attributes=TEXT_MAP,
        protocolMappers=list_of("ProtocolMapper"),
    ),
    "ProtocolMapper": record(id=TEXT, name=TEXT, protocol=TEXT, protocolMapper=TEXT, config=TEXT_MAP),
    "User": record(
        id=TEXT, username=TEXT, email=TEXT, emailVerified=FLAG, firstName=TEXT, lastName=TEXT, enabled=FLAG,
        attributes=LISTS, createdTimestamp=NUMBER, groups=TEXTS, realmRoles=TEXTS, clientRoles=LISTS,
        credentials=list_of("Credential"), requiredActions=TEXTS,
    ),
    "Credential": record(
        id=TEXT, type=TEXT, userLabel=TEXT, value=TEXT, temporary=FLAG, createdDate=NUMBER
    ),
    "Group": record(
        id=TEXT, name=TEXT, path=TEXT, description=TEXT, parentId=TEXT, subGroupCount=NUMBER,
        subGroups=list_of("Group"), attributes=LISTS,
    ),
    "Role": record(
        id=TEXT, name=TEXT, description=TEXT, composite=FLAG, clientRole=FLAG, containerId=TEXT,
        attributes=LISTS,
    ),
    "RoleMappings": record(
        realmMappings=list_of("Role"), clientMappings={"type": "object", "additionalProperties": {}}
    ),
    "IdentityProvider": record(
        alias=TEXT, internalId=TEXT, displayName=TEXT, providerId=TEXT, enabled=FLAG, trustEmail=FLAG,
        hideOnLogin=FLAG, linkOnly=FLAG, storeToken=FLAG, addReadTokenRoleOnCreate=FLAG,
        authenticateByDefault=FLAG, firstBrokerLoginFlowAlias=TEXT, postBrokerLoginFlowAlias=TEXT,
        updateProfileFirstLoginMode=TEXT, config=TEXT_MAP,
    ),
    "IdentityProviderMapper": record(
        id=TEXT, name=TEXT, identityProviderAlias=TEXT, identityProviderMapper=TEXT, config=TEXT_MAP
    ),
    "IdentityProviderTest": record(
        id=TEXT, alias=TEXT, time=NUMBER, passed=FLAG, error=TEXT, open=FLAG, stored=FLAG, actor=TEXT,
        reference=TEXT, callback=TEXT, clientId=TEXT, checks={"type": "array", "items": TEXT_MAP},
        claims=TEXT_MAP, claimsLeftOut=NUMBER, mappers={"type": "array", "items": {"type": "object"}},
        decision=TEXT, due=TEXTS,
        user={"type": "object"},
    ),
    "FederatedIdentity": record(identityProvider=TEXT, userId=TEXT, userName=TEXT, issuer=TEXT),
    "Session": record(
        id=TEXT, userId=TEXT, username=TEXT, ipAddress=TEXT, start=NUMBER, lastAccess=NUMBER, clients=TEXT_MAP
    ),
    "Event": record(
        time=NUMBER, type=TEXT, realmId=TEXT, clientId=TEXT, userId=TEXT, sessionId=TEXT, ipAddress=TEXT,
        error=TEXT, details=TEXT_MAP,
    ),
    "AdminEvent": record(
        time=NUMBER, realmId=TEXT, authDetails=TEXT_MAP, operationType=TEXT, resourceType=TEXT,
        resourcePath=TEXT, representation=TEXT, error=TEXT,
    ),
    "EventsConfig": record(
        eventsEnabled=FLAG, eventsExpiration=NUMBER, eventsListeners=TEXTS, enabledEventTypes=TEXTS,
        adminEventsEnabled=FLAG, adminEventsDetailsEnabled=FLAG,
    ),
    "OutboundAddress": record(
        place=TEXT, host=TEXT, port=NUMBER, note=TEXT, openedBy=TEXT, openedAt=NUMBER
    ),
    "Keys": record(active=TEXT_MAP, keys={"type": "array", "items": {"type": "object"}}),
    "Count": record(count=NUMBER),
    "Number": NUMBER,
    "Text": TEXT,
    "Map": {"type": "object"},
}  # fmt: skip
