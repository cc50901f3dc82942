"""Units of the ledger: currencies in minor units, points of a programme. A unit's scale never changes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from shared.errors import DomainError
from shared.money import currency

_PROGRAMME = re.compile(r"[A-Z0-9]{1,12}")


class UnitKind(StrEnum):
    """What an amount counts."""

    MONEY = "money"
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class LedgerUnit:
    """`code` names the unit, `scale` is the number of decimals of one whole: amounts are integers at that scale."""

    code: str
    kind: UnitKind
    scale: int


def money_unit(code: str) -> LedgerUnit:
    """The unit of a currency; `DomainError('currency_unknown')` if there is no such currency."""
    known = currency(code)
    return LedgerUnit(known.code, UnitKind.MONEY, known.exponent)


def points_unit(programme: str) -> LedgerUnit:
    """The unit of whole points of a programme (`PTS-CLUB`); `DomainError('ledger_unit_invalid')` unless its name is
    1-12 of A-Z and 0-9.
    """
    if not _PROGRAMME.fullmatch(programme):
        raise DomainError("ledger_unit_invalid", {"unit": programme[:20]}, http_status=400)
    return LedgerUnit(f"PTS-{programme}", UnitKind.POINTS, 0)
