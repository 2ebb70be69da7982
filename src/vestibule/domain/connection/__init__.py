"""A connection: one upstream identity provider as it is configured here, and what it brings."""

from vestibule.domain.connection.brokered import Brokered, BrokerStep
from vestibule.domain.connection.connection import (
    PROVIDER_KINDS,
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
    ONBOARDING,
    ConnectionMapper,
    ConnectionMapperKind,
    MapperSyncMode,
    giver_of,
)
from vestibule.domain.connection.surface import SURFACES, Surface, SurfaceName

__all__ = [
    "ONBOARDING",
    "PROVIDER_KINDS",
    "SURFACES",
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
