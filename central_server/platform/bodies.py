"""Bounds the bodies of requests before anything else looks at them. Knows neither who sends nor what is meant."""

from __future__ import annotations

from fastapi.responses import JSONResponse
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from central_server.platform.errors import PLATFORM_TEXTS, error_body


class BodyLimit:
    """ASGI middleware: a body of more than `limit` bytes is answered 413 `request_too_large`.

    One that says its length is refused unread; one that does not (chunked) where it becomes too large.
    """

    def __init__(self, app: ASGIApp, limit: int) -> None:
        self._app = app
        self._limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        said = Headers(scope=scope).get("content-length", "")
        if said.isdecimal() and int(said[:20]) > self._limit:
            body = error_body("request_too_large", {}, PLATFORM_TEXTS)
            answer = JSONResponse(body, status_code=413, headers={"Connection": "close"})
            await answer(scope, receive, send)
            return
        received = 0

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > self._limit:
                # This class passes through FastAPI's reading of bodies; any other would become a 400.
                raise HTTPException(413)
            return message

        await self._app(scope, counted, send)
