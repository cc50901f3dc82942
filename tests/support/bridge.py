"""A network between till and centre inside one process, with faults: the till's HTTP client speaks to the real app.

Everything happens in the calling thread, so that a seed plays the same each time: what the application hands to its
thread pool is done at once instead.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import anyio.to_thread
import httpx
from fastapi import FastAPI


@dataclass
class Faults:
    """Chances in percent that a request is lost, its answer is lost, it arrives twice, or only later, when nobody waits
    for its answer any more.
    """

    lost: int = 0
    answer_lost: int = 0
    twice: int = 0
    late: int = 0


class Bridge(httpx.BaseTransport):
    """Carries requests into the app. `chance` decides about faults; `cut` means there is no network at all."""

    def __init__(self, app: FastAPI, chance: random.Random, faults: Faults | None = None) -> None:
        self._app = app
        self._chance = chance
        self.faults = faults or Faults()
        self.cut = False
        self.happened: dict[str, int] = {"lost": 0, "answer_lost": 0, "twice": 0, "late": 0}
        self._under_way: list[httpx.Request] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """One request over the imagined wire."""
        if self.cut or self._strikes("lost", self.faults.lost):
            raise httpx.ConnectError("the network is away", request=request)
        # Nothing is drawn where nothing can be late: seeds of before play as they did.
        if self.faults.late and self._strikes("late", self.faults.late):
            request.read()
            self._under_way.append(request)
            raise httpx.ReadTimeout("still under way", request=request)
        if self._strikes("twice", self.faults.twice):
            self._carry(request)
        answer = self._carry(request)
        if self._strikes("answer_lost", self.faults.answer_lost):
            raise httpx.ReadTimeout("the answer was lost", request=request)
        return answer

    def deliver_late(self) -> None:
        """What was under way arrives; nobody hears the answers."""
        waiting, self._under_way = self._under_way, []
        for request in waiting:
            self._carry(request)

    def _strikes(self, name: str, percent: int) -> bool:
        struck = self._chance.randrange(100) < percent
        self.happened[name] += struck
        return struck

    def _carry(self, request: httpx.Request) -> httpx.Response:
        try:
            return answer_of(self._app, request)
        except CentreDiedError as death:
            raise httpx.ReadError("the centre died over it", request=request) from death


class CentreDiedError(BaseException):
    """The web process ends here, as by `kill -9`: no handler of the application sees it, and nobody gets an answer."""


def answer_of(app: FastAPI, request: httpx.Request) -> httpx.Response:
    """What the application answers; 500 where it fails, as its server would say."""
    answer = _Answer(request.read())
    with _in_this_thread():
        try:
            _loop().run_until_complete(app(_scope(request), answer.receive, answer.send))
        except Exception:  # noqa: BLE001 - as a server answers whatever the application fails with
            if not answer.status:
                answer.status = 500
    body = httpx.ByteStream(b"".join(answer.parts))
    return httpx.Response(answer.status, headers=answer.headers, stream=body)


def _scope(request: httpx.Request) -> dict[str, Any]:
    path, _, query = request.url.raw_path.partition(b"?")
    return {
        "type": "http",
        "asgi": {"version": "3.0", "spec_version": "2.3"},
        "http_version": "1.1",
        "method": request.method,
        "scheme": "http",
        "path": request.url.path,
        "raw_path": path,
        "query_string": query,
        "root_path": "",
        "headers": [(name.lower(), value) for name, value in request.headers.raw],
        "client": ("127.0.0.1", 50_000),
        "server": ("127.0.0.1", 80),
    }


class _Answer:
    """One exchange as ASGI has it."""

    def __init__(self, body: bytes) -> None:
        self._body = body
        self._asked = False
        self.status = 0
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []

    async def receive(self) -> dict[str, Any]:
        """The request, and then that nobody is there any more."""
        if self._asked:
            return {"type": "http.disconnect"}
        self._asked = True
        return {"type": "http.request", "body": self._body, "more_body": False}

    async def send(self, message: Any) -> None:
        """A piece of the answer."""
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [*message.get("headers", ())]
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))


_LOOPS: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    """One for the whole process: making one costs more than a request."""
    if not _LOOPS:
        _LOOPS.append(asyncio.new_event_loop())
    return _LOOPS[0]


async def _at_once(work: Callable[..., Any], *arguments: Any, **_limits: Any) -> Any:
    return work(*arguments)


@contextmanager
def _in_this_thread() -> Iterator[None]:
    real = anyio.to_thread.run_sync
    anyio.to_thread.run_sync = _at_once  # type: ignore[assignment]
    try:
        yield
    finally:
        anyio.to_thread.run_sync = real
