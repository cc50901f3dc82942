"""`/rules/codes`: what the chain's codes begin with, as a form of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response

from central_server.backoffice.release_pages import rules_answer
from central_server.backoffice.scope import link
from central_server.backoffice.trail import note
from central_server.backoffice.visitors import Visitor, sends
from central_server.features.audit.service import changed
from central_server.features.stores.scan_rules import scan_rules, set_scan_rules
from central_server.platform.access import Right
from central_server.platform.unit_of_work import WriteUnit
from shared.catalogue.scan_rules import read_scan_rules, scan_rules_document
from shared.errors import DomainError

router = APIRouter(include_in_schema=False)

RuleKeeper = Annotated[Visitor, sends(Right.RULES_WRITE)]
_MOST_ROWS = 60
Texts = Annotated[list[str] | None, Form(max_length=_MOST_ROWS)]


@router.post("/rules/codes")
def set_codes(
    request: Request,
    visitor: RuleKeeper,
    unit: WriteUnit,
    kind: Texts = None,
    prefix: Texts = None,
    length: Texts = None,
    check: Texts = None,
    cut: Texts = None,
    labels: Annotated[str, Form(max_length=2_000)] = "",
) -> Response:
    """Set all rules for codes and labels; rows without a prefix are none."""
    document = _document((kind, prefix, length, check, cut), labels)
    try:
        rules = read_scan_rules(document)
    except DomainError as refusal:
        rule = str(refusal.params.get("rule", ""))
        return rules_answer(request, visitor, unit, document=document, wrong_rule=rule)
    before = scan_rules_document(scan_rules(unit))
    set_scan_rules(unit, rules)
    note(request, visitor, unit, changed("rules", "codes", before, scan_rules_document(rules)))
    return RedirectResponse(link("/rules", saved=1), status_code=303)


def _document(columns: Sequence[list[str] | None], labels: str) -> Mapping[str, object]:
    kinds, prefixes, lengths, checks, cuts = ([*(column or ())] for column in columns)
    rows = zip(kinds, prefixes, lengths, checks, cuts, strict=False)
    return {
        "rules": [
            {
                "kind": kind,
                "prefix": prefix.strip(),
                "length": int(length) if length.isascii() and length.isdigit() else 0,
                "check": check,
                "cut": cut == "yes",
            }
            for kind, prefix, length, check, cut in rows
            if prefix.strip()
        ],
        "labels": [line.strip() for line in labels.splitlines() if line.strip()],
    }
