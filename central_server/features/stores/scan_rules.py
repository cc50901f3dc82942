"""What the chain's codes look like: set by head office, sent to the tills as a row of the feed `config`."""

from __future__ import annotations

import json
from collections.abc import Mapping

from central_server.features.stores.chain_settings import set_stored, stored
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
    text = stored(unit, SCAN_RULES_KEY)
    return read_scan_rules(json.loads(text)) if text is not None else None


def scan_rules(unit: ReadUnit) -> ScanRules:
    """The rules in force."""
    rules = stored_scan_rules(unit)
    return DEFAULT_SCAN_RULES if rules is None else rules


def set_scan_rules(unit: UnitOfWork, rules: ScanRules) -> None:
    """Set the rules and tell the tills."""
    set_stored(unit, SCAN_RULES_KEY, scan_rules_text(scan_rules_document(rules)))


def scan_rules_text(document: Mapping[str, object]) -> str:
    """Rules as they are kept."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True)
