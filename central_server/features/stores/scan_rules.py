"""What the chain's codes look like: set by head office, sent to the tills as a row of the feed `config`."""

from __future__ import annotations

import json

from central_server.features.stores import repository
from central_server.platform.changes import CHAIN, Change, mark_changed
from central_server.platform.unit_of_work import ReadUnit, UnitOfWork
from shared.catalogue.scan_rules import (
    DEFAULT_SCAN_RULES,
    ScanRules,
    read_scan_rules,
    scan_rules_document,
)
from shared.wire.payloads import SCAN_RULES_KEY


def stored_scan_rules(unit: ReadUnit) -> ScanRules | None:
    """The rules that were set; None if nobody set any, so that tills go by the usual ones."""
    text = repository.chain_setting(unit, SCAN_RULES_KEY)
    return read_scan_rules(json.loads(text)) if text is not None else None


def scan_rules(unit: ReadUnit) -> ScanRules:
    """The rules in force."""
    stored = stored_scan_rules(unit)
    return DEFAULT_SCAN_RULES if stored is None else stored


def set_scan_rules(unit: UnitOfWork, rules: ScanRules) -> None:
    """Set the rules and tell the tills."""
    text = json.dumps(scan_rules_document(rules), ensure_ascii=False, sort_keys=True)
    repository.put_chain_setting(unit, SCAN_RULES_KEY, text)
    mark_changed(unit, [Change("config", CHAIN, "config", SCAN_RULES_KEY)])
