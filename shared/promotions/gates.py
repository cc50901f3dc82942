"""Whether a promotion is open for a receipt: time, place, channel, tender, code, customer, limits."""

from __future__ import annotations

from collections.abc import Collection
from datetime import MAXYEAR, MINYEAR, date, datetime

from shared.promotions.terms import Context, Customer, Promotion, Usage, When, Who

_DAY = 366
_UNUSED = Usage()


class Gate:
    """The circumstances of one receipt, worked out once for all promotions."""

    def __init__(self, context: Context) -> None:
        self.context = context
        at = context.at
        self.minute = at.hour * 60 + at.minute
        self.weekday = at.isoweekday()
        self.today = at.date()
        self.lists = dict(context.customer.lists) if context.customer else {}
        self.facts = dict(context.customer.attributes) if context.customer else {}

    def closed(self, promotion: Promotion, forgiven: Collection[str] = ()) -> str | None:
        """Why the promotion is not open, in the order of the contract; None if it is open.

        `forgiven`: reasons that are not looked at.
        """
        when, context = promotion.when, self.context
        if not self._timely(when, context.at):
            return "time"
        if when.stores and context.store not in when.stores:
            return "store"
        if when.channels and context.channel not in when.channels:
            return "channel"
        if "tender" not in forgiven and when.tenders and not self._paid_with(when):
            return "tender"
        if "code" not in forgiven and when.codes and not when.codes & context.codes:
            return "code"
        if promotion.who is not None and not self._known(promotion.who):
            return "customer"
        used_up = "limit" not in forgiven and self._used_up(promotion)
        return "limit" if used_up else None

    def _paid_with(self, when: When) -> bool:
        tenders = self.context.tenders
        return bool(tenders) and when.tenders.issuperset(tenders)

    def _timely(self, when: When, at: datetime) -> bool:
        if (when.start is not None and at < when.start) or (
            when.until is not None and at >= when.until
        ):
            return False
        days = when.weekdays
        if not when.hours:
            return not days or self.weekday in days
        yesterday = self.weekday - 1 or 7
        for start, end in when.hours:
            if start < end:
                inside, day = start <= self.minute < end, self.weekday
            elif self.minute >= start:
                inside, day = True, self.weekday
            else:
                inside, day = self.minute < end, yesterday
            if inside and (not days or day in days):
                return True
        return False

    def _known(self, who: Who) -> bool:
        customer = self.context.customer
        if customer is None:
            return False
        if who.ids and customer.id not in who.ids:
            return False
        if any(not wanted & self.lists.get(key, frozenset()) for key, wanted in who.lists):
            return False
        if any(self.facts.get(key) not in wanted for key, wanted in who.attributes):
            return False
        return self._long_enough(who, customer) and _bought(who, customer.purchases)

    def _long_enough(self, who: Who, customer: Customer) -> bool:
        if who.birthday_within_days is not None and (
            customer.birthday is None
            or days_to_birthday(customer.birthday, self.today) > who.birthday_within_days
        ):
            return False
        return who.member_for_days is None or (
            customer.since is not None and (self.today - customer.since).days >= who.member_for_days
        )

    def _used_up(self, promotion: Promotion) -> bool:
        limit = promotion.limit
        if limit.total is None and limit.per_customer is None and limit.budget is None:
            return False
        used = self.context.usage.get(promotion.id, _UNUSED)
        return (
            (limit.total is not None and used.total >= limit.total)
            or (limit.per_customer is not None and used.customer >= limit.per_customer)
            or (limit.budget is not None and used.amount >= limit.budget)
        )

    def cap(self, promotion: Promotion) -> int | None:
        """The most the promotion may give on this receipt; None if nothing bounds it."""
        limit = promotion.limit
        caps = [] if limit.amount is None else [limit.amount]
        if limit.budget is not None:
            caps.append(limit.budget - self.context.usage.get(promotion.id, _UNUSED).amount)
        return min(caps) if caps else None


def _bought(who: Who, purchases: int) -> bool:
    if who.at_least is not None and purchases < who.at_least:
        return False
    if who.at_most is not None and purchases > who.at_most:
        return False
    return who.every is None or (purchases + 1) % who.every == 0


def days_to_birthday(birthday: date, today: date) -> int:
    """Days from today to the nearest birthday, before or after; 29 February is 28 February in other years."""
    nearest = _DAY
    for year in (today.year - 1, today.year, today.year + 1):
        if not MINYEAR <= year <= MAXYEAR:
            continue
        try:
            there = birthday.replace(year=year)
        except ValueError:
            there = date(year, 2, 28)
        nearest = min(nearest, abs((there - today).days))
    return nearest
