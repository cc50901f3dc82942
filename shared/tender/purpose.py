"""What a voucher that pays is to the tax office, frozen with the receipt that it pays."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from shared.vouchers import VoucherClass

_CASES = {
    VoucherClass.SINGLE: "EinzweckgutscheinEinloesung",
    VoucherClass.MULTI: "MehrzweckgutscheinEinloesung",
}


@dataclass(frozen=True, slots=True)
class TaxedBefore:
    """What of a tender was taxed when its voucher was issued: `amount` with `vat` in it, minor units, at `vat_rate`
    percent of `vat_category`. Below zero it goes back on a voucher, and becomes due again.
    """

    vat_category: str
    vat_rate: Decimal
    amount: int
    vat: int

    def __add__(self, other: TaxedBefore) -> TaxedBefore:
        """Both parts of what one voucher paid."""
        amount, vat = self.amount + other.amount, self.vat + other.vat
        return TaxedBefore(self.vat_category, self.vat_rate, amount, vat)

    def __neg__(self) -> TaxedBefore:
        """The same the other way."""
        return TaxedBefore(self.vat_category, self.vat_rate, -self.amount, -self.vat)


@dataclass(frozen=True, slots=True)
class VoucherPurpose:
    """`vat` (minor units, at `vat_rate` percent of `vat_category`) is contained in what a single-purpose voucher pays
    and was taxed when it was issued: it is not due again with the goods. Nothing of the others.
    """

    voucher_class: VoucherClass
    vat_category: str = ""
    vat_rate: Decimal = Decimal(0)
    vat: int = 0

    @property
    def taxed_at_issue(self) -> bool:
        """Whether what it pays was taxed already."""
        return self.voucher_class is VoucherClass.SINGLE

    @property
    def business_case(self) -> str:
        """How DSFinV-K names the redemption; empty for what was given away, which reduces the price."""
        return _CASES.get(self.voucher_class, "")
