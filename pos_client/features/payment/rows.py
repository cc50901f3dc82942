"""Rows of the payment page, ready to show: what was given, amounts that are likely, the pieces that come back."""

from __future__ import annotations

from decimal import Decimal

from pos_client.features.payment.state import ChangePart, QuickAmount, TenderRow
from pos_client.ports import Texts
from shared.loyalty import Award, Benefits, Lost, Purse
from shared.money import currency
from shared.tender import AUTHORISED, Tender, fewest_pieces, masked, quick_amounts


class Rows:
    """Rows in one language; amounts in minor units of `code`."""

    def __init__(self, texts: Texts, code: str) -> None:
        self._texts = texts
        self._code = code

    def quick(self, exact: int, due: int | None) -> tuple[QuickAmount, ...]:
        """The exact amount, and of cash what is likely given for what is `due`."""
        text = self._texts.amount(exact, self._code)
        likely = () if due is None else quick_amounts(due, self._code)
        return (
            QuickAmount(text, text, exact=True),
            *(
                QuickAmount(self._texts.amount(value, self._code), self._whole(value))
                for value in likely
            ),
        )

    def _whole(self, minor: int) -> str:
        whole = Decimal(minor).scaleb(-currency(self._code).exponent)
        return self._texts.quantity(whole.to_integral_value())

    def tender(self, tender: Tender, place: int) -> TenderRow:
        """Something given or handed out; `place` is what to hand in to take it back."""
        detail, tone = self._detail(tender)
        return TenderRow(
            kind=str(tender.kind),
            text=self._texts.text(f"tender.{tender.kind}"),
            amount=self._texts.amount(tender.amount, self._code),
            detail=detail,
            tone=tone,
            place=place,
            at_terminal=tender.at_terminal,
        )

    def _detail(self, tender: Tender) -> tuple[str, str]:
        if tender.slip is not None:
            known = (tender.slip.card_name, masked(tender.slip.card))
            return " ".join(part for part in known if part), "saving"
        if tender.kind not in AUTHORISED:
            return "", "muted"
        card = masked(tender.instrument)
        if tender.balance is None:
            key = "payment.gift_row_stood_in" if tender.amount > 0 else "payment.gift_row_back"
            return self._texts.text(key, card=card), "warning" if tender.amount > 0 else "muted"
        left = self._texts.money(tender.balance, self._code)
        return self._texts.text("payment.gift_row", card=card, left=left), "muted"

    def change(self, change: int) -> tuple[ChangePart, ...]:
        """The fewest notes and coins that make up a change."""
        return tuple(
            ChangePart(self._texts.coin(piece.value, self._code), count, piece.note)
            for piece, count in fewest_pieces(change, self._code)
        )

    def taken_back(self, lost: Lost) -> str:
        """What goes with goods that come back, and what of it was spent and will be owed; empty for nothing."""
        said = (("payment.taken_back", lost.taken), ("payment.owed", lost.owed))
        named = ((key, self._named(gone)) for key, gone in said)
        return "\n".join(self._texts.text(key, what=what) for key, what in named if what)

    def _named(self, lost: Benefits) -> str:
        parts = [self._lost(each) for each in lost.awards]
        for voucher in lost.vouchers:
            if voucher.next_percent:
                key, facts = "payment.lost_percent", {"percent": voucher.next_percent}
            else:
                key, facts = "payment.lost_voucher", {"amount": self._money(voucher.amount)}
            parts.append(self._texts.text(key, **facts))
        return ", ".join(parts)

    def _lost(self, award: Award) -> str:
        if award.purse is Purse.POINTS:
            return self._texts.text("gift.points", points=award.amount)
        name = self._texts.text(f"tender.{award.purse}")
        return f"{name} {self._money(award.amount)}"

    def _money(self, minor: int) -> str:
        return self._texts.money(minor, self._code)
