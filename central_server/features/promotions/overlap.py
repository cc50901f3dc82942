"""Whether two promotions can meet on one receipt, and what they do there. Pure: asks no database.

Goods are compared as far as their words tell: two selections are kept apart only where no article can be in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.promotions import Promotion
from shared.promotions.terms import MILLION, Bundle, Off, Select, Tiers, When

_PERCENT = "percent"


class Meeting(StrEnum):
    """What happens where both fit: both reduce, the better one does, one of a group, or one alone."""

    STACK = "stack"
    BETTER = "better"
    GROUP = "group"
    ALONE = "alone"


@dataclass(frozen=True, slots=True)
class Overlap:
    """How two promotions meet. `percent` in millionths is what both take off together at most, None where an amount is
    among them; `winner` is the id of the one that always gives more, empty where it depends on the receipt.
    """

    meeting: Meeting
    percent: int | None = None
    winner: str = ""


def overlap(one: Promotion, other: Promotion) -> Overlap | None:
    """How they meet; None if they never do, or if one of them takes nothing off."""
    if one.id == other.id or "benefit" in (one.stage, other.stage):
        return None
    if not (_same_time(one.when, other.when) and _same_goods(one, other)):
        return None
    if "exclusive" in (one.combine, other.combine):
        return Overlap(Meeting.ALONE, winner=_winner(one, other))
    if one.group is not None and one.group == other.group:
        return Overlap(Meeting.GROUP, winner=_winner(one, other))
    if one.stage == other.stage and "stack" not in (one.combine, other.combine):
        return Overlap(Meeting.BETTER, winner=_winner(one, other))
    if one.only_unreduced or other.only_unreduced:
        return None
    percents = (most_percent(one), most_percent(other))
    if percents[0] is None or percents[1] is None:
        return Overlap(Meeting.STACK)
    left = (MILLION - percents[0]) * (MILLION - percents[1])
    return Overlap(Meeting.STACK, MILLION - (left + MILLION // 2) // MILLION)


def most_percent(promotion: Promotion) -> int | None:
    """The largest percentage (in millionths) that it takes off a piece; None where it is no percentage."""
    reward = promotion.reward
    if isinstance(reward, Tiers):
        steps = [step.off for step in reward.steps]
        percent = all(off.kind == _PERCENT for off in steps)
        return max(off.value for off in steps) if percent else None
    off = reward.off if isinstance(reward, Bundle) else reward
    return off.value if isinstance(off, Off) and off.kind == _PERCENT else None


def _winner(one: Promotion, other: Promotion) -> str:
    """Who gives more on each receipt that both fit: only plain percentages on pieces tell."""
    for strong, weak in ((one, other), (other, one)):
        percents = (most_percent(strong), most_percent(weak))
        if (
            percents[0] is not None
            and percents[1] is not None
            and percents[0] > percents[1]
            and isinstance(strong.reward, Off)
            and strong.stage == weak.stage == "item"
            and not strong.conditions
            and strong.who is None
            and not (strong.when.codes or strong.when.tenders)
            and strong.limit == type(strong.limit)()
            and _wider(strong, weak)
        ):
            return strong.id
    return ""


def _wider(strong: Promotion, weak: Promotion) -> bool:
    """Whether the first takes everything that the second takes, wherever that one holds."""
    inside = strong.take == Select() or _goods(weak) == (strong.take,)
    return inside and (not strong.when.stores or strong.when.stores == weak.when.stores)


def _same_time(one: When, other: When) -> bool:
    starts = [at for at in (one.start, other.start) if at is not None]
    ends = [at for at in (one.until, other.until) if at is not None]
    if starts and ends and max(starts) >= min(ends):
        return False
    for here, there in (
        (one.weekdays, other.weekdays),
        (one.stores, other.stores),
        (one.channels, other.channels),
    ):
        if here and there and not frozenset(here) & frozenset(there):
            return False
    return not (one.hours and other.hours) or any(
        first[0] < second[1] and second[0] < first[1]
        for first in one.hours
        for second in other.hours
    )


def _goods(promotion: Promotion) -> tuple[Select, ...]:
    if isinstance(promotion.reward, Bundle):
        return tuple(each.of for each in promotion.reward.sets)
    return (promotion.take,)


def _same_goods(one: Promotion, other: Promotion) -> bool:
    return any(_meet(a, b) for a in _goods(one) for b in _goods(other))


def _meet(one: Select, other: Select) -> bool:
    """Whether an article could be in both."""
    if not (
        _share(one.skus, other.skus)
        and _share(one.brands, other.brands)
        and _share(one.categories, other.categories, _related)
    ):
        return False
    for a, b in ((one, other), (other, one)):
        if a.none_of is not None and _covers(a.none_of, b):
            return False
        if a.any_of and not any(_meet(inner, b) for inner in a.any_of):
            return False
        if not all(_meet(inner, b) for inner in a.all_of):
            return False
    return True


def _share(
    one: tuple[str, ...], other: tuple[str, ...], fits: Callable[[str, str], bool] = str.__eq__
) -> bool:
    return not (one and other) or any(fits(a, b) for a in one for b in other)


def _related(one: str, other: str) -> bool:
    """Whether one lies in the other. A category may be called by its own name alone, wherever it is in the other."""
    return (
        _within(one, (other,))
        or _within(other, (one,))
        or one in other.split(">")
        or other in one.split(">")
    )


def _within(category: str, tops: Iterable[str]) -> bool:
    return any(category == top or category.startswith(f"{top}>") for top in tops)


def _covers(kept_out: Select, select: Select) -> bool:
    """Whether everything that is selected is kept out."""
    parts = kept_out.any_of or (kept_out,)
    for part in parts:
        if part == Select(categories=part.categories) and part.categories and select.categories:
            if all(_within(one, part.categories) for one in select.categories):
                return True
        elif part == Select(brands=part.brands) and part.brands and select.brands:
            if set(select.brands) <= set(part.brands):
                return True
        elif (
            part == Select(skus=part.skus)
            and part.skus
            and select.skus
            and set(select.skus) <= set(part.skus)
        ):
            return True
    return False


def begins(promotion: Promotion, now: datetime) -> datetime:
    """When it begins to count: its start, or now."""
    start = promotion.when.start
    return start if start is not None and start > now else now
