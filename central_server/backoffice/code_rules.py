"""`/rules/codes`: what the chain's codes begin with, as a form of rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import Response

from central_server.backoffice.release_pages import rules_answer
from central_server.backoffice.rollout_form import SentFirst, begin, refused_first
from central_server.backoffice.visitors import Visitor, sends
from central_server.features.rollouts.service import Setting
from central_server.features.stores.scan_rules import scan_rules_text
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
    typed: SentFirst,
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
    text = scan_rules_text(scan_rules_document(rules))
    try:
        return begin(request, visitor, unit, Setting.CODES, text, typed)
    except DomainError as refusal:
        refused = refused_first(Setting.CODES, typed, refusal)
        return rules_answer(request, visitor, unit, document=document, refused=refused)


@router.post("/rules/customers")
def set_customer_days(
    request: Request,
    visitor: RuleKeeper,
    unit: WriteUnit,
    typed: SentFirst,
    days: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Set how long tills without the centre may show customers."""
    try:
        return begin(request, visitor, unit, Setting.CUSTOMER_DATA, _whole(days), typed)
    except DomainError as refusal:
        refused = refused_first(Setting.CUSTOMER_DATA, typed, refusal)
        return rules_answer(request, visitor, unit, days=days, refused=refused)


@router.post("/rules/alone")
def set_codes_alone(
    request: Request,
    visitor: RuleKeeper,
    unit: WriteUnit,
    typed: SentFirst,
    alone: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Set how many codes that work once tills may take for a receipt without the centre."""
    try:
        return begin(request, visitor, unit, Setting.CODES_ALONE, _whole(alone), typed)
    except DomainError as refusal:
        refused = refused_first(Setting.CODES_ALONE, typed, refusal)
        return rules_answer(request, visitor, unit, alone=alone, refused=refused)


def _whole(text: str) -> str:
    """A whole number without noughts in front; one that is refused for anything else."""
    typed = text.strip()
    return str(int(typed)) if typed.isdecimal() else "-1"


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
