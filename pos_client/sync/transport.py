"""The till-facing API over HTTP: the only module of the till that knows the HTTP library.

Requests are signed with the time of the centre's clock as learnt from its answers, so a till whose clock is wrong does
not lock itself out. Outside loopback TLS is required.
"""

from __future__ import annotations

import ipaddress
import secrets
from collections.abc import Iterator
from datetime import UTC, timedelta
from email.utils import parsedate_to_datetime
from typing import NoReturn, TypeVar
from urllib.parse import quote, urlencode, urlsplit
from uuid import UUID

import httpx
from pydantic import BaseModel, ValidationError

from pos_client.sync.keys import TillKey
from pos_client.sync.ports import CentreRefusedError
from shared.errors import EnvironmentProblem
from shared.identity import Clock
from shared.wire import PROTOCOL_CURRENT
from shared.wire.authorisations import (
    AuthorisationAnswer,
    AuthorisationRequest,
    BalanceAnswer,
    BalanceRequest,
    PursesAnswer,
    PursesRequest,
)
from shared.wire.coupons import CodeAnswer, CodeRequest
from shared.wire.devices import DeviceReports, DeviceReportsAnswer
from shared.wire.finding import FindAnswer, FindRequest
from shared.wire.models import (
    CustomerKeyAnswer,
    ErrorBody,
    FeedDigest,
    FeedPage,
    JournalAnswer,
    JournalBatch,
    PinKeyAnswer,
    ProvisionAnswer,
    ProvisionRequest,
    SnapshotManifest,
    TillState,
)
from shared.wire.newcomers import PersonKeys, PersonKeysAnswer
from shared.wire.purchases import PurchaseAnswer
from shared.wire.signing import (
    HEADER_DIGEST,
    HEADER_INPUT,
    HEADER_SIGNATURE,
    SignatureInput,
    content_digest,
    format_signature,
    signature_base,
)
from shared.wire.versions import HEADER_BUILD, HEADER_PROTOCOL

_API = "/api/v1/till"
_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 30.0
# A customer stands at the till: without an answer by then the cashier decides how to go on.
_ASK_SECONDS = 8.0
# A customer with goods to bring back waits, and the till can often go on without an answer.
_LOOK_SECONDS = 3.0
_ALIVE_SECONDS = 2.0
_OFFSET_STEP = timedelta(seconds=5)
_CHUNK = 256 * 1024
_MOST_PICTURE = 1024 * 1024
Answer = TypeVar("Answer", bound=BaseModel)


def check_centre_url(url: str) -> str:
    """`url` without a trailing slash; `EnvironmentProblem('tls_required')` for plain HTTP to another machine,
    `('centre_url_invalid')` for what is no URL.
    """
    parts = urlsplit(url.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise EnvironmentProblem("centre_url_invalid", {"url": url[:100]})
    if parts.scheme == "http" and not _is_loopback(parts.hostname):
        raise EnvironmentProblem("tls_required", {"url": url[:100]})
    return url.strip().rstrip("/")


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class HttpTransport:
    """Signed requests to one centre. `via` replaces the network in tests."""

    def __init__(
        self,
        url: str,
        key_id: str,
        key: TillKey,
        clock: Clock,
        *,
        build: str,
        offset: timedelta = timedelta(0),
        via: httpx.BaseTransport | None = None,
    ) -> None:
        self._key_id = key_id
        self._key = key
        self._clock = clock
        self.clock_offset = offset
        self._client = _client(url, build, via)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def state(self) -> TillState:
        """GET /state."""
        return self._json(TillState, "GET", "/state")

    def pin_key(self) -> PinKeyAnswer:
        """GET /pin-key."""
        return self._json(PinKeyAnswer, "GET", "/pin-key")

    def customer_key(self) -> CustomerKeyAnswer:
        """GET /customer-key."""
        return self._json(CustomerKeyAnswer, "GET", "/customer-key")

    def journal(self, batch: JournalBatch) -> JournalAnswer:
        """POST /journal."""
        return self._json(
            JournalAnswer, "POST", "/journal", body=batch.model_dump_json().encode("utf-8")
        )

    def devices(self, reports: DeviceReports) -> DeviceReportsAnswer:
        """POST /devices."""
        body = reports.model_dump_json().encode("utf-8")
        return self._json(DeviceReportsAnswer, "POST", "/devices", body=body)

    def person_keys(self, keys: PersonKeys) -> PersonKeysAnswer:
        """POST /person-keys."""
        body = keys.model_dump_json().encode("utf-8")
        return self._json(PersonKeysAnswer, "POST", "/person-keys", body=body)

    def feed(self, feed: str, cursor: str | None, limit: int, wait: int) -> FeedPage:
        """GET /feeds/{feed}."""
        query = {"limit": str(limit), "wait": str(wait)}
        if cursor is not None:
            query = {"cursor": cursor, **query}
        return self._json(FeedPage, "GET", f"/feeds/{feed}", query, wait=wait)

    def digest(self, feed: str, cursor: str) -> FeedDigest:
        """GET /feeds/{feed}/digest."""
        return self._json(FeedDigest, "GET", f"/feeds/{feed}/digest", {"cursor": cursor}, wait=60)

    def balance(self, request: BalanceRequest) -> BalanceAnswer:
        """POST /balances."""
        return self._ask(BalanceAnswer, "/balances", request)

    def purses(self, request: PursesRequest) -> PursesAnswer:
        """POST /purses."""
        return self._ask(PursesAnswer, "/purses", request)

    def find_customers(self, request: FindRequest) -> FindAnswer:
        """POST /customers/find."""
        return self._ask(FindAnswer, "/customers/find", request)

    def purchase(self, number: str) -> PurchaseAnswer:
        """GET /purchases/{number}."""
        path = f"/purchases/{quote(number, safe='')}"
        return self._json(PurchaseAnswer, "GET", path, seconds=_LOOK_SECONDS)

    def picture(self, key: str) -> bytes:
        """GET /pictures/{key}."""
        response = self._send("GET", f"/pictures/{quote(key, safe='')}", seconds=_LOOK_SECONDS)
        if len(response.content) > _MOST_PICTURE:
            raise EnvironmentProblem("centre_answer_malformed", {"status": response.status_code})
        return response.content

    def authorise(self, request: AuthorisationRequest) -> AuthorisationAnswer:
        """POST /authorisations."""
        return self._ask(AuthorisationAnswer, "/authorisations", request)

    def release(self, auth_id: UUID) -> AuthorisationAnswer:
        """POST /authorisations/{id}/release."""
        return self._ask(AuthorisationAnswer, f"/authorisations/{auth_id}/release", None)

    def keep_code(self, request: CodeRequest) -> CodeAnswer:
        """POST /codes."""
        return self._ask(CodeAnswer, "/codes", request)

    def release_code(self, auth_id: UUID) -> CodeAnswer:
        """POST /codes/{id}/release."""
        return self._ask(CodeAnswer, f"/codes/{auth_id}/release", None)

    def _ask(self, model: type[Answer], path: str, asked: BaseModel | None) -> Answer:
        body = asked.model_dump_json().encode("utf-8") if asked is not None else b""
        return self._json(model, "POST", path, body=body, seconds=_ASK_SECONDS)

    def manifest(self) -> SnapshotManifest | None:
        """GET /snapshots/current."""
        try:
            return self._json(SnapshotManifest, "GET", "/snapshots/current")
        except CentreRefusedError as refusal:
            if refusal.code == "snapshot_none":
                return None
            raise

    def snapshot_chunks(self, snapshot_id: str, offset: int) -> Iterator[tuple[int, bytes]]:
        """GET /snapshots/{id}/file with Range."""
        headers = {"Accept-Encoding": "identity"}
        if offset:
            headers["Range"] = f"bytes={offset}-"
        request = self._request("GET", f"/snapshots/{snapshot_id}/file", {}, b"", headers)
        try:
            response = self._client.send(request, stream=True)
            try:
                if response.status_code == 416:
                    return
                if response.status_code >= 400:
                    response.read()
                    _raise_refusal(response)
                position = offset if response.status_code == 206 else 0
                for chunk in response.iter_raw(_CHUNK):
                    yield position, chunk
                    position += len(chunk)
            finally:
                response.close()
        except httpx.HTTPError as error:
            raise _unreachable(error) from error

    def _json(
        self,
        model: type[Answer],
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        *,
        body: bytes = b"",
        wait: int = 0,
        seconds: float = _ANSWER_SECONDS,
    ) -> Answer:
        sent = self._send(method, path, query, body=body, wait=wait, seconds=seconds)
        return _parse(model, sent)

    def _send(
        self,
        method: str,
        path: str,
        query: dict[str, str] | None = None,
        *,
        body: bytes = b"",
        wait: int = 0,
        seconds: float = _ANSWER_SECONDS,
    ) -> httpx.Response:
        """What the centre answered, if it is no refusal."""
        repeats = {"signature_stale", "nonce_used"}
        while True:
            request = self._request(method, path, query or {}, body, {})
            request.extensions["timeout"] = httpx.Timeout(
                seconds + wait, connect=min(seconds, _CONNECT_SECONDS)
            ).as_dict()
            try:
                response = self._client.send(request)
            except httpx.HTTPError as error:
                raise _unreachable(error) from error
            self._learn_time(response)
            if response.status_code < 400:
                return response
            try:
                _raise_refusal(response)
            except CentreRefusedError as refusal:
                if refusal.code not in repeats:
                    raise
                repeats.discard(refusal.code)  # once each

    def _request(
        self, method: str, path: str, query: dict[str, str], body: bytes, headers: dict[str, str]
    ) -> httpx.Request:
        if body:
            headers = {**headers, "Content-Type": "application/json"}
        url = f"{_API}{path}" + (f"?{urlencode(query)}" if query else "")
        request = self._client.build_request(method, url, content=body or None, headers=headers)
        sent_path, _, sent_query = request.url.raw_path.decode("ascii").partition("?")
        digest = content_digest(body)
        created = int((self._clock.now() + self.clock_offset).timestamp())
        given = SignatureInput(created, secrets.token_urlsafe(18), self._key_id)
        base = signature_base(method, sent_path, sent_query, digest, given)
        request.headers[HEADER_DIGEST] = digest
        request.headers[HEADER_INPUT] = given.header()
        request.headers[HEADER_SIGNATURE] = format_signature(self._key.sign(base))
        return request

    def _learn_time(self, response: httpx.Response) -> None:
        try:
            told = parsedate_to_datetime(response.headers["Date"])
        except (KeyError, ValueError):
            return
        if told.tzinfo is None:
            told = told.replace(tzinfo=UTC)
        offset = told - self._clock.now()
        if abs(offset - self.clock_offset) > _OFFSET_STEP:
            self.clock_offset = offset


def centre_is_alive(url: str) -> bool:
    """Whether a centre answers at this address."""
    try:
        with httpx.Client(base_url=check_centre_url(url), timeout=_ALIVE_SECONDS) as client:
            answer = client.get("/healthz")
            return answer.status_code == 200 and answer.json() == {"status": "ok"}
    except (httpx.HTTPError, ValueError):
        return False


def request_provisioning(
    url: str, request: ProvisionRequest, *, build: str, via: httpx.BaseTransport | None = None
) -> ProvisionAnswer:
    """POST /provision, the only unsigned request."""
    with _client(check_centre_url(url), build, via) as client:
        try:
            response = client.post(
                f"{_API}/provision",
                content=request.model_dump_json().encode("utf-8"),
                headers={"Content-Type": "application/json"},
            )
        except httpx.HTTPError as error:
            raise _unreachable(error) from error
        if response.status_code >= 400:
            _raise_refusal(response)
        return _parse(ProvisionAnswer, response)


def _client(url: str, build: str, via: httpx.BaseTransport | None) -> httpx.Client:
    return httpx.Client(
        base_url=check_centre_url(url),
        timeout=httpx.Timeout(_ANSWER_SECONDS, connect=_CONNECT_SECONDS),
        headers={HEADER_PROTOCOL: str(PROTOCOL_CURRENT), HEADER_BUILD: build[:60]},
        follow_redirects=False,
        transport=via,
    )


def _parse(model: type[Answer], response: httpx.Response) -> Answer:
    try:
        return model.model_validate_json(response.content)
    except ValidationError:
        raise EnvironmentProblem(
            "centre_answer_malformed", {"status": response.status_code}
        ) from None


def _raise_refusal(response: httpx.Response) -> NoReturn:
    status = response.status_code
    if status >= 500 or status == 429:
        raise EnvironmentProblem("centre_failing", {"status": status})
    try:
        body = ErrorBody.model_validate_json(response.content)
    except ValidationError:
        # Not our centre's words: a proxy or another server stands in between.
        raise EnvironmentProblem("centre_failing", {"status": status}) from None
    raise CentreRefusedError(status, body.code, body.params)


def _unreachable(error: httpx.HTTPError) -> EnvironmentProblem:
    return EnvironmentProblem("centre_unreachable", {"detail": type(error).__name__})
