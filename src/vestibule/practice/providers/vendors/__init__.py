"""The vendors by the names of the kinds of connection."""

from collections.abc import Mapping

from vestibule.practice.providers.vendor import Vendor
from vestibule.practice.providers.vendors.authentik import Authentik
from vestibule.practice.providers.vendors.entra import Entra
from vestibule.practice.providers.vendors.github import GitHub
from vestibule.practice.providers.vendors.gitlab import GitLab
from vestibule.practice.providers.vendors.google import Google
from vestibule.practice.providers.vendors.keycloak import Keycloak
from vestibule.practice.providers.vendors.okta import Okta

VENDORS: Mapping[str, type[Vendor]] = {
    vendor.kind: vendor for vendor in (Entra, Okta, Google, GitHub, GitLab, Authentik, Keycloak, Vendor)
}
