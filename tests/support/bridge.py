"""A network between till and centre inside one process, with faults: the till's HTTP client speaks to the real app."""

from __future__ import annotations

import random
from dataclasses import dataclass

import httpx
from fastapi import FastAPI
from fastapi.testclient import TestClient


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
        self._client = TestClient(app, base_url="http://127.0.0.1", raise_server_exceptions=False)
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
        path = request.url.raw_path.decode("ascii")
        answer = self._client.request(
            request.method,
            path,
            content=request.read(),
            headers=[(k, v) for k, v in request.headers.items() if k != "host"],
        )
        headers = [(k, v) for k, v in answer.headers.items() if k != "content-encoding"]
        body = httpx.ByteStream(answer.content)
        return httpx.Response(answer.status_code, headers=headers, stream=body)
