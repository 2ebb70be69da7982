"""A connection: one upstream identity provider as it is configured here, and what it brings."""

from vestibule.domain.connection.brokered import Brokered, BrokerStep
from vestibule.domain.connection.connection import (
    PROVIDER_KINDS,
    TENANT_PLACE,
    Authentication,
    Connection,
    Endpoints,
    JoinRule,
    ProviderKind,
    SyncMode,
    UpstreamSecret,
)
from vestibule.domain.connection.identity import ExternalIdentity, Link
from vestibule.domain.connection.mapper import (
    CORE_FIELDS,
    ONBOARDING,
    RESERVED_ATTRIBUTES,
    TEMPLATE_PLACE,
    ConnectionMapper,
    ConnectionMapperKind,
    MapperSyncMode,
    giver_of,
)
from vestibule.domain.connection.surface import SURFACES, Surface, SurfaceName

__all__ = [
    "CORE_FIELDS",
    "ONBOARDING",
    "PROVIDER_KINDS",
    "RESERVED_ATTRIBUTES",
    "SURFACES",
    "TEMPLATE_PLACE",
    "TENANT_PLACE",
    "Authentication",
    "BrokerStep",
    "Brokered",
    "Connection",
    "ConnectionMapper",
    "ConnectionMapperKind",
    "Endpoints",
    "ExternalIdentity",
    "JoinRule",
    "Link",
    "MapperSyncMode",
    "ProviderKind",
    "Surface",
    "SurfaceName",
    "SyncMode",
    "UpstreamSecret",
    "giver_of",
]
