"""The interface to a fiscal device (TSE in Germany, signature unit in Austria, none in the UK).

A till calls it at the first line, at each change, at finish and at cancel of every receipt, of those for practice
(`kind` is `training`) and of control receipts (`kind` is their event's type: start and finish in one go) too. A receipt
that was parked, or was open when the till stopped, goes on with `update`. Implementations live with the devices; the
till core knows only this.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from shared.tax import VatAmount
from shared.tender import Tender


@dataclass(frozen=True, slots=True)
class FiscalTransaction:
    """A receipt as the fiscal device sees it: identity, time, VAT rows and tenders so far."""

    basket_id: UUID
    till_id: str
    market: str
    currency: str
    kind: str
    at: datetime
    total: int
    vat: tuple[VatAmount, ...] = ()
    tenders: tuple[Tender, ...] = ()
    receipt_no: str = ""


@dataclass(frozen=True, slots=True)
class FiscalResult:
    """What the device answers at finish: `device` names it, `fields` go into the event, `print_lines` on paper."""

    device: str
    print_lines: tuple[str, ...] = ()
    fields: Mapping[str, str] = field(default_factory=dict)


class FiscalPort(Protocol):
    """A fiscal device. `signs` says whether its receipts are valid where the law asks for a signature.

    `start` and `finish` may raise `EnvironmentProblem`: then there is no receipt. `update` and `cancel` raise nothing,
    since the till's own record has the change already: a device that is away then says so at `finish`.
    """

    @property
    def signs(self) -> bool:
        """Whether the device signs receipts."""

    def start(self, transaction: FiscalTransaction) -> None:
        """The first line of a receipt was entered."""

    def update(self, transaction: FiscalTransaction) -> None:
        """Lines, quantities or prices changed."""

    def finish(self, transaction: FiscalTransaction) -> FiscalResult:
        """The receipt is complete: sign it. Called before the event is journalled.

        If the journal then refuses, the same `basket_id` comes again: with `finish`, `update` or `cancel`. The last
        call counts, and what was signed before it belongs to no receipt.
        """

    def cancel(self, transaction: FiscalTransaction) -> None:
        """The receipt was given up, or never came to be; also after a `finish` that could not be journalled."""
