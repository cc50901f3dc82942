"""Why each promotion holds or does not on an open receipt: the engine's trace as facts, for hint and sheet.

Works beside the till, in the lane that only looks: it has the question handed in and reads nothing but promotions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pos_client.app.promotion_book import ReadyBooks
from pos_client.features.promotions.ports import Gain, Judged, Lack, Question, Trace
from shared.catalogue import CATEGORY_SEPARATOR
from shared.money import parse_amount
from shared.promotions import FRAME_STEPS, Priced, Promotion, price, result
from shared.promotions.book import Entry, Need
from shared.promotions.terms import Bundle, Each, Off, Select, Tiers
from shared.tender import MEANS

# Shut by who and how one buys: somebody at the counter can do something about it, or be told.
_MENDED = ("code", "tender", "customer", "limit")
_ELSEWHERE = ("time", "store", "channel", "selection")


class Explaining:
    """Implements `Explainer`."""

    def __init__(self, books: ReadyBooks) -> None:
        self._books = books

    def explain(self, question: Question, *, everything: bool) -> Trace:
        """Price it once more, with reasons, and put them together."""
        context = replace(question.context, explain="all" if everything else "near")
        # The same limit of work as at the scan: the reasons are those of the deal that stands on the receipt.
        priced = price(self._books().book, context, question.lines, FRAME_STEPS)
        judged = tuple(_Judge(priced).all())
        return Trace(
            at=context.at,
            judged=judged,
            total=priced.basket.list_total,
            proven=priced.optimal,
            known_customer=context.customer is not None,
            means=_by_means(priced, judged),
        )


def _by_means(priced: Priced, judged: Sequence[Judged]) -> tuple[tuple[str, int], ...]:
    """What paying by one means alone would save: only promotions that ask for means can make that differ."""
    asked: set[str] = set()
    shut = {one.promotion for one in judged if one.reason == "tender" and one.near}
    for entry in priced.book.entries if shut else ():
        if entry.promotion.id in shut:
            asked |= entry.promotion.when.tenders
    found = []
    for kind in MEANS:
        if kind in asked:
            context = replace(priced.context, tenders=(str(kind),), explain="none")
            other = price(priced.book, context, priced.lines, FRAME_STEPS)
            saving = priced.chosen.total - other.chosen.total
            if saving > 0:
                found.append((str(kind), saving))
    return tuple(found)


class _Judge:
    """Reads one priced receipt."""

    def __init__(self, priced: Priced) -> None:
        self._priced = priced
        self._basket = priced.basket
        self._entries = {entry.promotion.id: entry for entry in priced.book.entries}
        pieces = max(sum(piece.count for piece in self._basket.classes), 1)
        self._average = self._basket.list_total // pieces

    def all(self) -> list[Judged]:
        """What is applied, what is given beside it, and what did nothing."""
        answer = result(self._priced)
        found = [self._applied(one) for one in answer["applied"]]
        found += [self._benefit(one) for one in answer["benefits"]]
        found += [self._refused(one) for one in answer["not_applied"]]
        return found

    def _minor(self, text: str | None) -> int:
        return parse_amount(text, self._priced.context.exponent) if text else 0

    def _applied(self, one: Mapping[str, Any]) -> Judged:
        entry = self._entries[one["promotion"]]
        further = one.get("next", {})
        lacks = self._lacks(entry, further.get("missing", ()))
        return Judged(
            promotion=entry.promotion.id,
            name=entry.promotion.name,
            reason="applied",
            near=True,
            amount=self._minor(one["amount"]),
            lines=frozenset(int(line) for line in one["lines"]),
            lacks=lacks,
            would_save=self._minor(further.get("would_save")),
            distance=self._distance(lacks),
            gain=self._gain(entry.promotion, lacks),
        )

    def _benefit(self, one: Mapping[str, Any]) -> Judged:
        entry = self._entries[one["promotion"]]
        amount = one.get("points") or one.get("quantity") or self._minor(one.get("amount"))
        return Judged(
            promotion=entry.promotion.id,
            name=entry.promotion.name,
            reason="benefit",
            near=True,
            amount=amount,
            lines=self._lines(entry),
            benefit=one["kind"],
        )

    def _refused(self, one: Mapping[str, Any]) -> Judged:
        entry, reason = self._entries[one["promotion"]], str(one["reason"])
        promotion = entry.promotion
        lacks = self._lacks(entry, one.get("missing", ()))
        return Judged(
            promotion=promotion.id,
            name=promotion.name,
            reason=reason,
            near=reason not in _ELSEWHERE and (reason not in _MENDED or bool(self._touched(entry))),
            lines=self._lines(entry),
            lacks=lacks,
            would_save=self._minor(one.get("would_save")),
            distance=self._distance(lacks),
            gain=self._gain(promotion, lacks),
            by=self._beaten_by(promotion, one.get("by", ())),
            start=promotion.when.start,
            until=promotion.when.until,
        )

    def _beaten_by(self, promotion: Promotion, ids: Sequence[str]) -> tuple[str, ...]:
        """The names of those that took its place; one that only comes on top of them is no reason."""
        used = [self._entries[name].promotion for name in ids]
        rivals = [
            one
            for one in used
            if one.stage == promotion.stage
            or "exclusive" in {one.combine, promotion.combine}
            or (one.group is not None and one.group == promotion.group)
        ]
        return tuple(one.name for one in rivals or used)

    def _touched(self, entry: Entry) -> int:
        mask = 0
        for picker in entry.sets or (entry.take,):
            mask |= picker.mask(self._basket)
        return mask

    def _lines(self, entry: Entry) -> frozenset[int]:
        mask = self._touched(entry)
        places = {
            place
            for index, piece in enumerate(self._basket.classes)
            if mask >> index & 1
            for place, _ in piece.lines
        }
        return frozenset(int(self._priced.lines[place].id) for place in places)

    # --- what is missing ----------------------------------------------------------------------

    def _lacks(self, entry: Entry, missing: Sequence[Mapping[str, Any]]) -> tuple[Lack, ...]:
        """What is missing with the goods it has to be. The conditions come first and in their order."""
        needs = list(zip(entry.needs, entry.promotion.conditions, strict=True))
        found = []
        for lack in missing:
            at = next((n for n, (need, _) in enumerate(needs) if self._asks(need, lack)), None)
            if "set" in lack or at is None:
                found.append(self._unreached(entry.promotion, lack))
                continue
            condition = needs[at][1]
            del needs[: at + 1]
            if "any" in lack:
                inner = zip(lack["any"], condition.any_of, strict=False)
                any_of = tuple(self._lack(one, goods_of(of.of)) for one, of in inner)
                found.append(Lack(any_of=any_of))
            else:
                found.append(self._lack(lack, goods_of(condition.of)))
        return tuple(found)

    def _asks(self, need: Need, lack: Mapping[str, Any]) -> bool:
        """Whether this lack is one of that condition."""
        if "any" in lack or need.any_of:
            return "any" in lack and bool(need.any_of)
        if "quantity" in lack:
            here = self._basket.pieces(need.of.mask(self._basket))
            return need.quantity is not None and need.quantity - here == lack["quantity"]
        return need.spend is not None and need.spend >= self._minor(lack["spend"])

    def _unreached(self, promotion: Promotion, lack: Mapping[str, Any]) -> Lack:
        reward = promotion.reward
        if not isinstance(reward, Bundle):
            return self._lack(lack, goods_of(promotion.take))
        if "set" in lack:
            return self._lack(lack, goods_of(reward.sets[lack["set"]].of))
        named = [goods_of(each.of) for each in reward.sets]
        if any(goods is None for goods in named):
            return self._lack(lack, None)
        return self._lack(
            lack, tuple(dict.fromkeys(word for goods in named for word in goods or ()))
        )

    def _lack(self, lack: Mapping[str, Any], goods: tuple[str, ...] | None) -> Lack:
        return Lack(self._minor(lack.get("spend")), int(lack.get("quantity", 0)), goods)

    def _distance(self, lacks: Sequence[Lack]) -> int:
        """How far away: missing pieces count as much as those on the receipt cost on average."""
        far = 0
        for lack in lacks:
            if lack.any_of:
                far += min(self._distance([inner]) for inner in lack.any_of)
            far += lack.spend + lack.quantity * self._average
        return far

    def _gain(self, promotion: Promotion, lacks: Sequence[Lack]) -> Gain | None:
        reward, receipt = promotion.reward, promotion.stage == "basket"
        if isinstance(reward, Off):
            return Gain(reward.kind, reward.value, receipt=receipt)
        if isinstance(reward, Each):
            return Gain("amount", reward.amount, receipt=True)
        if isinstance(reward, Tiers) and len(lacks) == 1:
            lack = lacks[0].quantity or lacks[0].spend
            step = self._step(promotion, reward, lack)
            if step is not None:
                return Gain(step.kind, step.value, every=reward.mode == "all", receipt=receipt)
        return None

    def _step(self, promotion: Promotion, tiers: Tiers, lack: int) -> Off | None:
        """The step that is reached with `lack` more: where only one can be meant, that one."""
        bit = next((c.bit for c in self._priced.everyone if c.promotion.id == promotion.id), None)
        used = bit is not None and self._priced.chosen.used >> bit & 1
        if not used:
            return tiers.steps[0].off
        if promotion.stage == "item" and tiers.by == "quantity":
            parts = self._priced.chosen.after_stage1
            claimed = sum(part.count for part in parts if part.owner == bit)
            return next((s.off for s in tiers.steps if s.start == claimed + lack), None)
        starts = [0, *(step.start for step in tiers.steps)]
        able = [
            step.off
            for before, step in zip(starts, tiers.steps, strict=False)
            if before and lack <= step.start - before
        ]
        return able[0] if len(able) == 1 else None


def goods_of(select: Select) -> tuple[str, ...] | None:
    """What people call the goods of a selection: None for everything, nothing where there is no word for them."""
    if select == Select():
        return None
    # A category is a path; people call it by its end.
    ends = (category.rpartition(CATEGORY_SEPARATOR)[2].strip() for category in select.categories)
    named = tuple(dict.fromkeys(ends)) or select.brands
    if named and not select.skus:
        return named
    if select.any_of and not select.skus:
        inner = [goods_of(each) for each in select.any_of]
        return tuple(dict.fromkeys(word for goods in inner for word in goods or ()))
    return ()
