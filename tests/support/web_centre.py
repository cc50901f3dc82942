"""A whole centre with its web application, at a clock that stands, and tills that sign as real ones do."""

from __future__ import annotations

import base64
import json
import secrets
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi import FastAPI
from fastapi.testclient import TestClient

from central_server.features.tills.service import issue_code
from central_server.gateway.sequencer import drain
from central_server.platform.access import Role, StaffIdentity
from central_server.platform.clock import new_id
from central_server.platform.scheduler import JobContext
from central_server.platform.unit_of_work import run_writing
from shared.identity import FixedClock
from shared.wire.signing import (
    HEADER_DIGEST,
    HEADER_INPUT,
    HEADER_SIGNATURE,
    SignatureInput,
    content_digest,
    format_signature,
    signature_base,
)
from shared.wire.versions import HEADER_BUILD, HEADER_PROTOCOL, PROTOCOL_CURRENT


@dataclass
class WebCentre:
    """The centre with everything a test may want to reach into."""

    context: JobContext
    app: FastAPI
    client: TestClient
    clock: FixedClock

    def sign_in(self, role: Role, *stores: str) -> None:
        """Let every request from now on be this person's."""
        identity = StaffIdentity("9001", role, frozenset(stores))
        self.app.state.session_provider = lambda _request: identity

    def sign_out(self) -> None:
        """Let nobody be signed in."""
        self.app.state.session_provider = lambda _request: None

    def drain(self) -> int:
        """Number everything that changed."""
        return drain(self.context.database, self.context.system_clock)

    def code(self, till_id: str) -> str:
        """A fresh one-time code for a till."""
        now = self.clock.now()
        code_id = new_id(self.clock)
        return run_writing(
            self.context.database, lambda unit: issue_code(unit, till_id, code_id, now)
        )

    def join(self, till_id: str) -> SignedTill:
        """A till that has joined."""
        till = SignedTill(self)
        answer = till.provision(self.code(till_id))
        assert answer.status_code == 200, answer.text
        return till


@dataclass
class SignedTill:
    """A till's key and identity, and requests signed with it."""

    centre: WebCentre
    key: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    till_id: str = ""
    incarnation: int = 0

    @property
    def public_key(self) -> str:
        """The public half as it is sent."""
        return base64.b64encode(self.key.public_key().public_bytes_raw()).decode()

    def provision(self, code: str, **more: str) -> Any:
        """Ask to be let in; takes the identity over if the centre agrees."""
        body = {"code": code, "public_key": self.public_key, "build": "test", **more}
        answer = self.centre.client.post("/api/v1/till/provision", json=body)
        if answer.status_code == 200:
            self.till_id = answer.json()["till_id"]
            self.incarnation = answer.json()["incarnation"]
        return answer

    def headers(
        self,
        method: str,
        target: str,
        body: bytes = b"",
        *,
        created: int | None = None,
        nonce: str | None = None,
        key: Ed25519PrivateKey | None = None,
    ) -> dict[str, str]:
        """The headers of a signed request."""
        path, _, query = target.partition("?")
        given = SignatureInput(
            created=int(self.centre.clock.now().timestamp()) if created is None else created,
            nonce=nonce or secrets.token_urlsafe(16),
            key_id=f"{self.till_id}.{self.incarnation}",
        )
        digest = content_digest(body)
        signature = (key or self.key).sign(signature_base(method, path, query, digest, given))
        return {
            HEADER_DIGEST: digest,
            HEADER_INPUT: given.header(),
            HEADER_SIGNATURE: format_signature(signature),
            HEADER_PROTOCOL: str(PROTOCOL_CURRENT),
            HEADER_BUILD: "test",
        }

    def get(self, target: str, extra: dict[str, str] | None = None, **options: Any) -> Any:
        """A signed GET."""
        headers = {**self.headers("GET", target, **options), **(extra or {})}
        return self.centre.client.get(target, headers=headers)

    def post(self, target: str, body: object, **options: Any) -> Any:
        """A signed POST of JSON."""
        content = json.dumps(body).encode()
        headers = self.headers("POST", target, content, **options)
        headers["Content-Type"] = "application/json"
        return self.centre.client.post(target, content=content, headers=headers)

    def follow(self, feed: str, cursor: str = "", limit: int = 5000) -> tuple[dict[Any, Any], str]:
        """Everything of a feed behind `cursor`, by kind, scope and key; None for a removed key."""
        held: dict[Any, Any] = {}
        while True:
            answer = self.get(f"/api/v1/till/feeds/{feed}?cursor={cursor}&limit={limit}")
            assert answer.status_code == 200, answer.text
            page = answer.json()
            for row in page["rows"]:
                held[row["kind"], row["scope"], row["key"]] = (
                    row["d"] if row["op"] == "put" else None
                )
            if page["cursor"] == cursor:
                return held, cursor
            cursor = page["cursor"]
