"""Puts reasons into words: the one hint that is quiet and near, and the rows of the sheet. Knows no screen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from pos_client.features.promotions.ports import Gain, Judged, Lack, Trace
from pos_client.features.promotions.state import HintState, WhyRow, WhyState
from pos_client.ports import Texts

MOST_ROWS = 100
_PERCENT = Decimal(10_000)
_MOST_GOODS = 2
# In this order they stand in the sheet; what is not named comes last.
_ORDER = ("condition", "applied", "benefit", "code", "customer", "tender", "limit", "beaten")
_TONES = {"applied": "saving", "benefit": "saving", "condition": "warning"}


class PromotionsPresenter:
    """`currency` is that of the receipts here."""

    def __init__(self, texts: Texts, currency: str) -> None:
        self._texts = texts
        self._currency = currency

    # --- the hint -----------------------------------------------------------------------------

    def hint(self, trace: Trace) -> HintState:
        """The nearest thing in reach: another means of payment where that saves as much, else what is missing.

        Nobody is asked to spend more than they have on the receipt already.
        """
        near = [each for each in trace.judged if _in_reach(each, trace.total)]
        best = min(
            near, key=lambda each: (each.distance, -each.would_save, each.promotion), default=None
        )
        kind, less = max(trace.means, key=lambda means: means[1], default=("", 0))
        if less and (best is None or less >= best.would_save):
            text = self._texts.text(f"means.less_{kind}", amount=self._money(less))
            return HintState(text, self._texts.text("hint.means"))
        if best is None:
            return HintState()
        lack = _upper(self._lacks(best.lacks))
        gain = self._gain(best.gain)
        saving = self._saving(best)
        if not gain or (best.gain is not None and best.gain.receipt and best.gain.kind == "amount"):
            # The amount says it already: the name says what it is.
            return HintState(
                self._texts.text("hint.text", lack=lack, gain=gain or best.name),
                best.name if gain else saving,
            )
        return HintState(self._texts.text("hint.text", lack=lack, gain=gain), saving or best.name)

    def _saving(self, judged: Judged) -> str:
        if not judged.would_save:
            return ""
        key = "hint.saves_more" if judged.reason == "applied" else "hint.saves"
        return self._texts.text(key, amount=self._money(judged.would_save))

    # --- the sheet ----------------------------------------------------------------------------

    def why(self, trace: Trace, *, line: int = 0, query: str = "") -> WhyState:
        """The sheet for the whole receipt, or for one line. Who searches by name finds every promotion there is."""
        words = query.casefold().split()
        found = [
            each
            for each in trace.judged
            if (each.near or words)
            and (not line or line in each.lines)
            and all(word in each.name.casefold() for word in words)
        ]
        holds = sum(each.reason in {"applied", "benefit"} for each in found)
        text = self._texts.text
        return WhyState(
            summary=text("why.summary", holds=holds, others=len(found) - holds),
            rows=tuple(self._row(each, trace) for each in sorted(found, key=_place)[:MOST_ROWS]),
            foot=text("why.proven" if trace.proven else "why.best_so_far"),
            nothing="" if found else text("why.none_named" if words else "why.none"),
        )

    def _row(self, judged: Judged, trace: Trace) -> WhyRow:
        return WhyRow(
            promotion=judged.promotion,
            name=judged.name,
            text=self._reason(judged, trace),
            state=self._texts.text(f"why.state_{judged.reason}"),
            tone=_TONES.get(judged.reason, "neutral"),
        )

    def _reason(self, judged: Judged, trace: Trace) -> str:
        text = self._texts.text
        match judged.reason:
            case "applied":
                sentences = [text("why.saves", amount=self._money(judged.amount))]
                if judged.lacks:
                    sentences.append(self._further(judged))
            case "benefit":
                sentences = [self._given(judged)]
            case "condition":
                sentences = [text("why.lacks", lack=self._lacks(judged.lacks))]
                if judged.would_save:
                    amount = self._money(judged.would_save)
                    sentences.append(text("why.would_save", amount=amount))
            case "beaten":
                names = ", ".join(text("why.quoted", name=name) for name in judged.by)
                sentences = [text("why.beaten_by", names=names) if names else text("why.beaten")]
            case "customer":
                key = "why.other_customers" if trace.known_customer else "why.customers"
                sentences = [text(key)]
            case "time":
                sentences = [self._when(judged, trace)]
            case _:
                sentences = [text(f"why.{judged.reason}")]
        return " ".join(sentences)

    def _further(self, judged: Judged) -> str:
        lack = _upper(self._lacks(judged.lacks))
        saving = self._saving(judged)
        gain = self._gain(judged.gain)
        parts = " · ".join(part for part in (gain, saving) if part)
        return self._texts.text("hint.text", lack=lack, gain=parts or judged.name)

    def _given(self, judged: Judged) -> str:
        key, amount = f"why.given_{judged.benefit}", judged.amount
        if judged.benefit in {"points", "gift"}:
            return self._texts.text(key, count=amount)
        if not amount:
            return self._texts.text("why.given")
        return self._texts.text(key, amount=self._money(amount))

    def _when(self, judged: Judged, trace: Trace) -> str:
        if judged.start is not None and trace.at < judged.start:
            start = judged.start.astimezone(trace.at.tzinfo)
            return self._texts.text("why.not_yet", moment=self._texts.moment(start))
        if judged.until is not None and trace.at >= judged.until:
            until = judged.until.astimezone(trace.at.tzinfo)
            return self._texts.text("why.over", moment=self._texts.moment(until))
        return self._texts.text("why.time")

    # --- words --------------------------------------------------------------------------------

    def _lacks(self, lacks: Sequence[Lack]) -> str:
        return self._texts.text("lack.and").join(self._lack(lack) for lack in lacks)

    def _lack(self, lack: Lack) -> str:
        text = self._texts.text
        if lack.any_of:
            return text("lack.or").join(self._lack(each) for each in lack.any_of)
        goods = lack.goods
        kind = "any" if goods is None else "of" if goods else "certain"
        named = ", ".join((goods or ())[:_MOST_GOODS]) + " …" * (len(goods or ()) > _MOST_GOODS)
        if lack.spend:
            return text(f"lack.spend_{kind}", amount=self._money(lack.spend), goods=named)
        number = "one" if lack.quantity == 1 else "many"
        return text(f"lack.pieces_{kind}_{number}", count=lack.quantity, goods=named)

    def _gain(self, gain: Gain | None) -> str:
        if gain is None:
            return ""
        if gain.kind == "percent":
            share = self._texts.quantity(Decimal(gain.value) / _PERCENT)
            key = "all" if gain.every else "receipt" if gain.receipt else "some"
            return self._texts.text(f"gain.percent_{key}", percent=share)
        key = f"gain.{gain.kind}_{'receipt' if gain.receipt else 'each'}"
        return self._texts.text(key, amount=self._money(gain.value))

    def _money(self, minor: int) -> str:
        return self._texts.money(minor, self._currency)


def _in_reach(judged: Judged, total: int) -> bool:
    if judged.reason not in {"applied", "condition"} or not 0 < judged.distance <= total:
        return False
    # What cannot be said in money (one more set, one more place in a row) must be near indeed.
    return judged.would_save > 0 or _pieces(judged.lacks) == 1


def _pieces(lacks: Iterable[Lack]) -> int:
    """How many pieces are missing in all; many where a value is missing or there is a choice."""
    return sum(lack.quantity if lack.quantity and not lack.spend else 1_000 for lack in lacks)


def _place(judged: Judged) -> tuple[int, int, int, str]:
    known = judged.reason in _ORDER
    order = _ORDER.index(judged.reason) if known else len(_ORDER)
    return (order, -judged.would_save, -judged.amount, judged.name)


def _upper(text: str) -> str:
    return text[:1].upper() + text[1:]
