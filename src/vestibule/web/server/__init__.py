"""The HTTP server: uvicorn's protocol with the limits and the graceful stop that a public service needs."""

from vestibule.web.server.lifespan import StartError
from vestibule.web.server.limits import Limits
from vestibule.web.server.service import Address, Listener, Server, run
from vestibule.web.server.sockets import ListenError, write_address

__all__ = ["Address", "Limits", "ListenError", "Listener", "Server", "StartError", "run", "write_address"]
