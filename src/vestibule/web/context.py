"""What every handler is handed: the deployment, the pages, and what the operator set."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from ipaddress import IPv4Network, IPv6Network
from urllib.parse import urlsplit

from vestibule.flows.deployment import Deployment
from vestibule.web.assets import Assets
from vestibule.web.logs import RequestLog
from vestibule.web.metrics import Metrics
from vestibule.web.pages import Pages
from vestibule.web.views import HomeGuide, HomeLink

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Context:
    """The web room's surroundings. `links` and `guides` are what the page `/` lists."""

    deployment: Deployment
    pages: Pages
    assets: Assets
    metrics: Metrics
    log: RequestLog
    version: str
    trusted_proxies: Sequence[Network] = ()
    metrics_token: str = ""
    support_url: str = ""
    links: Sequence[HomeLink] = ()
    guides: Sequence[HomeGuide] = ()

    @cached_property
    def origin(self) -> str:
        """Scheme, host and port of the public URL, as browsers write an origin."""
        parts = urlsplit(self.deployment.public_url)
        return f"{parts.scheme}://{parts.netloc}"

    @cached_property
    def base_path(self) -> str:
        """The path of the public URL, empty at the root of a host."""
        return urlsplit(self.deployment.public_url).path.rstrip("/")

    @cached_property
    def is_secure(self) -> bool:
        """Whether browsers reach us by https; only then cookies are `Secure` and `__Host-` (D19)."""
        return self.deployment.public_url.startswith("https://")

    @cached_property
    def cookie_prefix(self) -> str:
        """What the names of our cookies begin with."""
        return "__Host-vestibule_" if self.is_secure else "vestibule_"
