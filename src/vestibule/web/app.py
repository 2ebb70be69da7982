"""The ASGI application: finds the route, runs its handler, turns errors into answers, counts and logs."""

import asyncio
from collections.abc import Awaitable, Callable
from time import perf_counter

from starlette.types import ASGIApp, Receive, Scope, Send

from vestibule.domain.errors import VestibuleError
from vestibule.web.call import Call
from vestibule.web.context import Context
from vestibule.web.errors import answer_error
from vestibule.web.logs import LOGGER
from vestibule.web.routes import find_route, handler_of
from vestibule.web.routing import Route

QUIET = frozenset({"/health", "/health/live", "/health/ready", "/metrics", "/static/…"})
PUBLIC = QUIET | {".well-known/openid-configuration", "protocol/openid-connect/certs"}

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS"})

Hook = Callable[[], Awaitable[None]]


class Application:
    """Serves one deployment. `start` and `stop` run with the server's lifespan, or at the first request
    where a host application mounts this one and runs no lifespan for it."""

    def __init__(self, context: Context, start: Hook, stop: Hook) -> None:
        self.context = context
        self._start = start
        self._stop = stop
        self._started = False
        self._starting = asyncio.Lock()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The ASGI entry point."""
        if scope["type"] == "http":
            if not self._started:
                await self.start()
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._lifespan(receive, send)
        elif scope["type"] == "websocket":
            await send({"type": "websocket.close", "code": 1000})

    async def start(self) -> None:
        """Opens what the deployment needs, once; whoever comes meanwhile waits."""
        async with self._starting:
            if not self._started:
                await self._start()
                self._started = True

    async def stop(self) -> None:
        """Closes it again and writes the last log lines."""
        if self._started:
            self._started = False
            await self._stop()
        self.context.log.flush()

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                try:
                    await self.start()
                except Exception as error:  # noqa: BLE001 - the protocol wants every failure told
                    await send({"type": "lifespan.startup.failed", "message": str(error)})
                    return
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    async def _answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        started_at = perf_counter()
        path: str = scope["path"]
        root: str = scope.get("root_path", "")
        route, named = find_route(path.removeprefix(root) if root else path)
        call = Call(self.context, scope, receive, named)
        answer = await self._run(call, route)
        await answer(scope, receive, send)
        self._count(call, route, getattr(answer, "status_code", 200), perf_counter() - started_at)

    async def _run(self, call: Call, route: Route) -> ASGIApp:
        """The handler's answer, or that of its named error; an unnamed one is logged and fails closed."""
        try:
            return await handler_of(route, call.method)(call)
        except VestibuleError as error:
            call.failed(error)
            return answer_error(call, route.surface, error)
        except Exception as error:
            if isinstance(error, MemoryError):
                raise
            LOGGER.exception("unhandled", extra={"ref": call.reference})
            call.failed(VestibuleError(type(error).__name__))
            return answer_error(call, route.surface, VestibuleError())

    def _count(self, call: Call, route: Route, status: int, seconds: float) -> None:
        method = call.method if call.method in METHODS else "other"
        self.context.metrics.request(route.path, method, status, seconds)
        error = call.error
        if error is None and (route.path in PUBLIC or not self.context.log.is_verbose):
            return
        self.context.log.line(
            level="info" if status < 500 else "error",
            ref=call.reference,
            realm=call.realm_name,
            route=route.path,
            method=method,
            status=status,
            ms=round(seconds * 1000, 2),
            error=error.code if error is not None else "",
            detail=error.detail if error is not None else "",
        )
