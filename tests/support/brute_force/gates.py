"""Whether a promotion is open at all: time, store, channel, tender, code, customer, limit."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta

from tests.support.brute_force.model import Currency, Json, Promotion


def failures(promotion: Promotion, context: Json, currency: Currency) -> list[str]:
    """Every gate that is shut, in the order in which reasons are named."""
    when = promotion.when
    checks = (
        ("time", _time(when, datetime.fromisoformat(context["at"]))),
        ("store", not when.get("stores") or context.get("store") in when["stores"]),
        (
            "channel",
            not when.get("channels") or context.get("channel", "store") in when["channels"],
        ),
        ("tender", _tender(when, context)),
        ("code", _code(when, context)),
        ("customer", promotion.who is None or _customer(promotion.who, context)),
        ("limit", _limit(promotion, context, currency)),
    )
    return [reason for reason, fine in checks if not fine]


def _time(when: Json, at: datetime) -> bool:
    if "from" in when and at < datetime.fromisoformat(when["from"]):
        return False
    if "until" in when and at >= datetime.fromisoformat(when["until"]):
        return False
    weekdays = when.get("weekdays") or [1, 2, 3, 4, 5, 6, 7]
    if not when.get("hours"):
        return at.isoweekday() in weekdays
    return any(began.isoweekday() in weekdays for began in _days_of_windows(when["hours"], at))


def _days_of_windows(hours: list[list[str]], at: datetime) -> Iterator[date]:
    """The days on which those windows began that `at` is in: a window over midnight is yesterday's, too."""
    today, now = at.date(), timedelta(hours=at.hour, minutes=at.minute, seconds=at.second)
    for begin, end in hours:
        first, last = _since_midnight(begin), _since_midnight(end)
        if first < last:
            if first <= now < last:
                yield today
        elif now >= first:
            yield today
        elif now < last:
            yield today - timedelta(days=1)


def _since_midnight(text: str) -> timedelta:
    if text == "24:00":
        return timedelta(days=1)
    clock = time.fromisoformat(text)
    return timedelta(hours=clock.hour, minutes=clock.minute, seconds=clock.second)


def _tender(when: Json, context: Json) -> bool:
    if not when.get("tenders"):
        return True
    tenders = context.get("tenders") or []
    return bool(tenders) and all(one in when["tenders"] for one in tenders)


def _code(when: Json, context: Json) -> bool:
    if not when.get("codes"):
        return True
    given = {code.strip().upper() for code in context.get("codes") or ()}
    return any(code.strip().upper() in given for code in when["codes"])


def _customer(who: Json, context: Json) -> bool:
    customer = context.get("customer")
    if customer is None:
        return False
    for key in ("groups", "segments", "types", "communities", "subscriptions"):
        if who.get(key) and not set(who[key]) & set(customer.get(key) or ()):
            return False
    if who.get("ids") and customer.get("id") not in who["ids"]:
        return False
    has = customer.get("attributes") or {}
    for name, values in (who.get("attributes") or {}).items():
        if values and has.get(name) not in values:
            return False
    today = datetime.fromisoformat(context["at"]).date()
    return _dates(who, customer, today) and _purchases(who.get("purchases") or {}, customer)


def _dates(who: Json, customer: Json, today: date) -> bool:
    if "birthday_within_days" in who:
        if "birthday" not in customer:
            return False
        born = date.fromisoformat(customer["birthday"])
        near = min(abs((today - _birthday(born, today.year + add)).days) for add in (-1, 0, 1))
        if near > who["birthday_within_days"]:
            return False
    if "member_for_days" in who:
        if "since" not in customer:
            return False
        return (today - date.fromisoformat(customer["since"])).days >= int(who["member_for_days"])
    return True


def _birthday(born: date, year: int) -> date:
    try:
        return born.replace(year=year)
    except ValueError:
        return date(year, 2, 28)


def _purchases(wanted: Json, customer: Json) -> bool:
    before = customer.get("purchases", 0)
    if before < wanted.get("at_least", before) or before > wanted.get("at_most", before):
        return False
    return "every" not in wanted or (before + 1) % wanted["every"] == 0


def _limit(promotion: Promotion, context: Json, currency: Currency) -> bool:
    limit, used = promotion.limit, context.get("usage", {}).get(promotion.id, {})
    if "total" in limit and used.get("total", 0) >= limit["total"]:
        return False
    if "per_customer" in limit and used.get("customer", 0) >= limit["per_customer"]:
        return False
    if "budget" not in limit:
        return True
    return currency.parse(used.get("amount", "0")) < currency.parse(limit["budget"])
