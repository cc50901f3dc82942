"""Why a promotion is not applied: worked out on the chosen solution, when somebody asks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.promotions.basket import Basket, bits
from shared.promotions.book import Entry
from shared.promotions.conditions import Missing, missing
from shared.promotions.engine import Priced, choose
from shared.promotions.nexts import at_its_turn
from shared.promotions.reading import amount_text
from shared.promotions.rounding import reduction
from shared.promotions.shortage import may_serve, short_sets
from shared.promotions.terms import Bundle, Each, Off, Promotion, Tiers

NEAREST = 20
"""For how many promotions with an unmet condition it is worked out what they would save."""


@dataclass(slots=True)
class Reason:
    """Why a promotion did nothing: `code` of the contract, what is missing, who beat it, what it would save."""

    entry: Entry
    code: str
    missing: list[Missing] = field(default_factory=list)
    unmet: bool = False
    by: list[str] = field(default_factory=list)
    would_save: int = 0


class Explanation:
    """The reasons of one priced basket."""

    def __init__(self, priced: Priced) -> None:
        self.priced = priced
        self.basket = priced.basket
        self.used = {priced.everyone[bit].promotion.id for bit in bits(priced.chosen.used)}
        self.used |= {given.entry.promotion.id for given in priced.benefits.given}

    def reasons(self, explain: str) -> list[Reason]:
        """The reasons of the promotions in question (`near` or `all`), by id."""
        entries: Sequence[Entry] = self.priced.book.entries
        if explain == "near":
            entries = [
                entry
                for entry in self.priced.book.near(self.basket)
                if self.priced.gate.closed(entry.promotion, ("code", "tender", "limit")) is None
                and self._touches(entry)
            ]
        found = [self.reason(e) for e in entries if e.promotion.id not in self.used]
        unmet = [reason for reason in found if reason.unmet]
        unmet.sort(key=lambda reason: (self._distance(reason.missing), reason.entry.rank))
        for reason in unmet[:NEAREST]:
            reason.would_save = max(self._would_save(reason.entry), 0)
        return found

    def _touches(self, entry: Entry) -> bool:
        """Whether at least one piece of the basket is in what it takes, in a set or in a condition."""
        takes = entry.sets or (entry.take,)
        pickers = (*takes, *(need.of for need in entry.flat_needs))
        return any(picker.mask(self.basket) for picker in pickers)

    def reason(self, entry: Entry) -> Reason:
        """Why one promotion did nothing."""
        promotion = entry.promotion
        closed = self.priced.gate.closed(promotion)
        if closed is not None:
            return Reason(entry, closed)
        if not any(picker.mask(self.basket) for picker in entry.sets or (entry.take,)):
            return Reason(entry, "selection")
        unmet = self._unmet(entry)
        lacks = unmet + self._unreached(entry)
        if lacks:
            return Reason(entry, "condition", lacks, bool(unmet))
        if promotion.stage == "benefit":
            lost_to = self.priced.benefits.lost_to.get(promotion.id)
            return Reason(entry, "beaten", by=[lost_to]) if lost_to else Reason(entry, "no_saving")
        alone, _, _ = choose(self.basket, self.priced.gate, [entry], self.priced.steps)
        if not alone.used:
            return Reason(entry, "no_saving")
        return Reason(entry, "beaten", by=list(self._beaten_by(promotion, entry)))

    def _unmet(self, entry: Entry) -> list[Missing]:
        promotion, chosen = entry.promotion, self.priced.chosen
        value = self.basket.value
        if promotion.stage == "benefit":
            value = _valued(chosen.parts)
        elif promotion.stage == "basket" and promotion.combine != "exclusive":
            value = _valued(chosen.after_stage1)
        return missing(entry.needs, self.basket, value)

    def _unreached(self, entry: Entry) -> list[Missing]:
        """What a bundle lacks to be filled once, or the value to the lowest step or one full `each`."""
        reward, basket = entry.promotion.reward, self.basket
        if isinstance(reward, Bundle):
            everything = {index: piece.count for index, piece in enumerate(basket.classes)}
            return short_sets(reward, may_serve(entry, reward, basket), everything)
        if entry.promotion.stage == "basket" and isinstance(reward, Tiers | Each):
            value = at_its_turn(self.priced, entry)
            start = reward.spend if isinstance(reward, Each) else reward.steps[0].start
            return [{"spend": start - value}] if value < start else []
        if isinstance(reward, Tiers):
            mask = entry.take.mask(basket) & basket.discountable
            reached = basket.pieces(mask) if reward.by == "quantity" else basket.value(mask)
            start = reward.steps[0].start
            return [{reward.by: start - reached}] if reached < start else []
        return []

    def _distance(self, lacks: Sequence[Missing]) -> int:
        """How far away: missing pieces count as much as the basket's pieces cost on average."""
        basket = self.basket
        pieces = max(sum(piece.count for piece in basket.classes), 1)
        far = 0
        for lack in lacks:
            if "any" in lack:
                far += min(self._distance([inner]) for inner in lack["any"])
            far += lack.get("spend", 0) + lack.get("quantity", 0) * basket.list_total // pieces
        return far

    def _would_save(self, entry: Entry) -> int:
        priced = self.priced
        other, _, _ = choose(
            self.basket, priced.gate, priced.entries_with(entry), priced.steps, entry
        )
        return priced.chosen.total - other.total

    def _beaten_by(self, promotion: Promotion, entry: Entry) -> Iterator[str]:
        """Used promotions that touch a piece it could reduce, or hold the place it needs."""
        able = could_reduce(entry, self.basket)
        touched: dict[int, int] = {}
        for part in self.priced.chosen.parts:
            claimed = () if part.owner is None else (part.owner,)
            for bit in {*claimed, *(bit for bit, _ in part.off)}:
                touched[bit] = touched.get(bit, 0) | 1 << part.index
        for bit in bits(self.priced.chosen.used):
            used = self.priced.everyone[bit].promotion
            if touched.get(bit, 0) & able or _holds_place(used, promotion):
                yield used.id


def _valued(parts: Sequence[Any]) -> Any:
    def value(mask: int) -> int:
        return sum(part.price * part.count for part in parts if mask >> part.index & 1)

    return value


def _holds_place(used: Promotion, promotion: Promotion) -> bool:
    if "exclusive" in (used.combine, promotion.combine):
        return True
    if promotion.group is not None and used.group == promotion.group:
        return True
    return all(one.stage == "basket" and one.combine == "one" for one in (used, promotion))


def could_reduce(entry: Entry, basket: Basket) -> int:
    """The classes off which the promotion could take something at list price."""
    reward = entry.promotion.reward
    mask = entry.take.mask(basket) & basket.discountable
    offs: list[Off] = []
    if isinstance(reward, Bundle):
        serves = may_serve(entry, reward, basket)
        mask = 0
        for place, served in enumerate(serves):
            mask |= served if reward.form != "reduce" or place == reward.target else 0
        offs = [reward.off] if reward.form not in ("price", "amount") else []
    elif isinstance(reward, Tiers) and entry.promotion.stage == "item":
        offs = [step.off for step in reward.steps]
    elif isinstance(reward, Off) and entry.promotion.stage == "item":
        offs = [reward]
    able = 0
    for index in bits(mask):
        piece = basket.classes[index]
        if piece.price > piece.floor and (
            not offs or any(reduction(off, piece.price, piece.floor) for off in offs)
        ):
            able |= 1 << index
    return able


def not_applied(priced: Priced) -> list[dict[str, Any]]:
    """The reasons in the words of the contract."""
    exponent = priced.context.exponent
    found = []
    for reason in Explanation(priced).reasons(priced.context.explain):
        answer: dict[str, Any] = {"promotion": reason.entry.promotion.id, "reason": reason.code}
        if reason.missing:
            answer["missing"] = written(reason.missing, exponent)
        if reason.code == "beaten":
            answer["by"] = reason.by
        if reason.would_save:
            answer["would_save"] = amount_text(reason.would_save, exponent)
        found.append(answer)
    return found


def written(lacks: Sequence[Missing], exponent: int) -> list[dict[str, Any]]:
    """What is missing with its amounts in writing."""
    made: list[dict[str, Any]] = []
    for lack in lacks:
        if "any" in lack:
            made.append({"any": written(lack["any"], exponent)})
        elif "spend" in lack:
            made.append({"spend": amount_text(lack["spend"], exponent)})
        else:
            made.append(dict(lack))
    return made
