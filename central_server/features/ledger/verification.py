"""Checks everything that must hold of the ledger, and that it tells the same days as the receipts do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial
from itertools import islice
from typing import Any

from central_server.features.ledger import audit_repository, receipt_repository
from central_server.features.ledger.chain_check import block_findings, journal_findings
from central_server.platform.background import side_by_side
from central_server.platform.database import Database, for_a_long_look
from central_server.platform.unit_of_work import ReadUnit, reading
from shared.errors import ErrorParam
from shared.ledger import AccountKind
from shared.ledger.posting import (
    CHANGE,
    DISCOUNT,
    DISCOUNT_VAT,
    ISSUED_NET,
    ISSUED_VAT,
    ROUNDING,
    TENDER,
    TENDERS,
    VALUE,
    rate_name,
)
from shared.money import Money
from shared.quantity import from_thousandths
from shared.tax import OUT_OF_SCOPE
from shared.tender import TenderKind

_AT_ONCE = 2
FIRST_DAY, LAST_DAY = date(1970, 1, 1), date(9999, 12, 31)
_TENDER_KINDS = frozenset(kind.value for kind, _ in TENDERS.values())
_NET = frozenset((AccountKind.SALES.value, AccountKind.DISCOUNTS.value))
# Store, day, currency, and what is compared: `net standard@19`, `cash`, `discounts`.
_Cell = tuple[str, date, str, str]


@dataclass(frozen=True, slots=True)
class Finding:
    """What does not hold: a stable code with its parameters."""

    code: str
    params: Mapping[str, ErrorParam]


def verify(database: Database, *, first: date = FIRST_DAY, last: date = LAST_DAY) -> list[Finding]:
    """Everything that does not hold, each kind as far as some hundred. Days are compared from `first` to `last`.

    Two checks run at a time, each in a read of its own: what is posted meanwhile is seen whole by each, or not at all.
    """
    checks = (*_CHECKS, partial(compare_days, first=first, last=last))
    found = side_by_side(partial(_checked, database), checks, _AT_ONCE)
    return [finding for findings in found for finding in findings]


def _checked(database: Database, check: Callable[[ReadUnit], Iterator[Finding]]) -> list[Finding]:
    with reading(database) as unit:
        for_a_long_look(unit.connection)
        return list(islice(check(unit), audit_repository.MOST_FINDINGS))


def compare_days(unit: ReadUnit, first: date, last: date) -> Iterator[Finding]:
    """Days of stores on which the ledger has other sales, VAT, discounts or tenders than the receipts."""
    of_ledger = _ledger_cells(unit, first, last)
    of_receipts = _receipt_cells(unit, first, last)
    for cell in sorted(of_ledger.keys() | of_receipts.keys()):
        own, booked = of_ledger.get(cell, 0), of_receipts.get(cell, 0)
        if own != booked:
            store, day, currency, what = cell
            yield Finding(
                "ledger_day_differs",
                {
                    "store": store,
                    "day": day.isoformat(),
                    "what": what,
                    "ledger": Money(own, currency).plain(),
                    "receipts": Money(booked, currency).plain(),
                    "currency": currency,
                },
            )


def _ledger_cells(unit: ReadUnit, first: date, last: date) -> Mapping[_Cell, int]:
    cells: dict[_Cell, int] = defaultdict(int)
    for row in audit_repository.store_sums(unit.connection, first, last):
        day = row["store_id"], row["effective_date"], row["unit"]
        kind, code, amount = row["kind"], row["code"], row["amount"]
        if kind in _NET:
            cells[*day, f"net {row['owner_id']}"] -= amount
        # What gift cards and vouchers are sold for stands in the VAT tables of receipts, too.
        if kind == AccountKind.VOUCHER_SALES and code == ISSUED_NET:
            cells[*day, f"net {row['owner_id']}"] -= amount
        if kind == AccountKind.VOUCHER_TAX and code == ISSUED_VAT:
            cells[*day, f"vat {row['owner_id']}"] -= amount
        if kind == AccountKind.INSTRUMENTS and code == VALUE:
            cells[*day, f"net {rate_name(OUT_OF_SCOPE, Decimal(0))}"] -= amount
        if kind == AccountKind.TAX:
            cells[*day, f"vat {row['owner_id']}"] -= amount
        if kind in _TENDER_KINDS and code in (TENDER, CHANGE):
            cells[*day, _tender(kind)] += amount
        if (kind == AccountKind.DISCOUNTS and code == DISCOUNT) or (
            kind == AccountKind.TAX and code == DISCOUNT_VAT
        ):
            cells[*day, "discounts"] += amount
        if kind == AccountKind.ROUNDING and code == ROUNDING:
            cells[*day, "rounding"] += amount
    return cells


def _receipt_cells(unit: ReadUnit, first: date, last: date) -> Mapping[_Cell, int]:
    cells: dict[_Cell, int] = defaultdict(int)
    for row in receipt_repository.vat_sums(unit.connection, first, last):
        name = rate_name(row["category"], from_thousandths(row["rate_thousandths"]))
        cells[*_day(row), f"net {name}"] += row["net"]
        cells[*_day(row), f"vat {name}"] += row["vat"]
        # What the tenders do not cover is rounding: they are taken off below.
        cells[*_day(row), "rounding"] += row["net"] + row["vat"]
    for row in receipt_repository.tender_sums(unit.connection, first, last):
        kind, _ = TENDERS[TenderKind(row["kind"])]
        cells[*_day(row), _tender(kind)] += row["amount"]
        cells[*_day(row), "rounding"] -= row["amount"]
    for row in receipt_repository.discount_sums(unit.connection, first, last):
        cells[*_day(row), "discounts"] += row["amount"]
    return cells


def _tender(kind: str) -> str:
    """What amounts on an account of tenders are compared as: change is cash that goes back."""
    return f"tender {kind.rpartition('.')[2]}"


def _day(row: Mapping[str, Any]) -> tuple[str, date, str]:
    return row["store_id"], row["business_date"], row["currency"]


# --- what must hold in the ledger itself ------------------------------------------------------


def _units(unit: ReadUnit) -> Iterator[Finding]:
    for row in audit_repository.unbalanced_units(unit.connection):
        yield Finding("ledger_unit_unbalanced", row)


def _clearing(unit: ReadUnit) -> Iterator[Finding]:
    for row in audit_repository.open_clearing(unit.connection):
        yield Finding("ledger_clearing_open", row)


def _counters(unit: ReadUnit) -> Iterator[Finding]:
    for number in audit_repository.wrong_counters(unit.connection):
        yield Finding("ledger_counters_differ", {"account": number})


def _floors(unit: ReadUnit) -> Iterator[Finding]:
    for number in audit_repository.broken_floors(unit.connection):
        yield Finding("ledger_floor_broken", {"account": number})


def _holds(unit: ReadUnit) -> Iterator[Finding]:
    for number in audit_repository.broken_holds(unit.connection):
        yield Finding("ledger_hold_broken", {"transfer": number})


def _lots(unit: ReadUnit) -> Iterator[Finding]:
    for row in audit_repository.wrong_lots(unit.connection):
        yield Finding("ledger_lots_differ", row)
    for row in audit_repository.wrong_lot_uses(unit.connection):
        yield Finding("ledger_lot_use_differs", row)


def _checkpoints(unit: ReadUnit) -> Iterator[Finding]:
    for number in audit_repository.wrong_checkpoints(unit.connection):
        yield Finding("ledger_checkpoint_differs", {"account": number})


def _journals(unit: ReadUnit) -> Iterator[Finding]:
    for code, params in journal_findings(unit):
        yield Finding(code, params)


def _blocks(unit: ReadUnit) -> Iterator[Finding]:
    for code, params in block_findings(unit):
        yield Finding(code, params)


# The longest first: they are taken in this order.
_CHECKS: tuple[Callable[[ReadUnit], Iterator[Finding]], ...] = (
    _journals,
    _blocks,
    _units,
    _clearing,
    _counters,
    _floors,
    _holds,
    _lots,
    _checkpoints,
)
