"""What the chain decided for its tills, as the config feed brought it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import structlog

from pos_client.storage.reference import Reference
from shared.catalogue.scan_rules import DEFAULT_SCAN_RULES, ScanRules, read_scan_rules
from shared.coupons import CodeBatch
from shared.errors import DomainError, EnvironmentProblem
from shared.wire.coupons import ALONE_KEY, BATCH_KEY, alone_from_payload, batch_from_payload
from shared.wire.payloads import SCAN_RULES_KEY
from shared.wire.value_payloads import VOUCHER_TYPES_KEY, SoldType, voucher_types_from_payload

log = structlog.get_logger()
CASH_RULES_KEY = "cash_rules"
# 5.00 in a currency with two decimals.
_DIFFERENCE_LIMIT = 500


class ChainRules:
    """Reads the rules; a till that has none yet goes by the usual ones."""

    def __init__(self, reference: Reference) -> None:
        self._reference = reference
        self._document: Mapping[str, object] | None = None
        self._scans = DEFAULT_SCAN_RULES
        self._payloads: tuple[Mapping[str, object], ...] = ()
        self._batches: tuple[CodeBatch, ...] = ()

    def difference_limit(self) -> int:
        """Minor units by which a count may differ without a reason."""
        try:
            rules = self._reference.config(CASH_RULES_KEY) or {}
        except EnvironmentProblem:
            rules = {}
        limit = rules.get("difference_limit")
        return limit if isinstance(limit, int) and limit >= 0 else _DIFFERENCE_LIMIT

    def voucher_types(self) -> tuple[SoldType, ...]:
        """The types of vouchers that the chain sells; none where nothing was said of any."""
        try:
            return voucher_types_from_payload(self._reference.config(VOUCHER_TYPES_KEY))
        except EnvironmentProblem:
            return ()

    def code_batches(self) -> tuple[CodeBatch, ...]:
        """The batches of codes that the chain has made; what cannot be read is none."""
        try:
            payloads = self._reference.configs(BATCH_KEY)
        except EnvironmentProblem:
            return ()
        if payloads is not self._payloads:
            self._payloads = payloads
            self._batches = tuple(_batches(payloads))
        return self._batches

    def codes_alone(self) -> int:
        """How many codes of batches this till may take for a receipt while the centre does not answer."""
        try:
            return alone_from_payload(self._reference.config(ALONE_KEY))
        except EnvironmentProblem:
            return 0

    def scan_rules(self) -> ScanRules:
        """What the chain's codes look like; the usual ones where head office set none, or none that can be read."""
        try:
            document = self._reference.config(SCAN_RULES_KEY)
        except EnvironmentProblem:
            document = None
        if document is None:
            return DEFAULT_SCAN_RULES
        if document is not self._document:
            self._document, self._scans = document, _read(document)
        return self._scans


def _batches(payloads: Iterable[Mapping[str, object]]) -> Iterator[CodeBatch]:
    for payload in payloads:
        try:
            yield batch_from_payload(payload)
        except DomainError as error:
            log.warning("code_batch_malformed", code=error.code)


def _read(document: Mapping[str, object]) -> ScanRules:
    try:
        return read_scan_rules(document)
    except DomainError as error:
        log.warning("scan_rules_malformed", rule=str(error.params.get("rule", "")))
        return DEFAULT_SCAN_RULES
