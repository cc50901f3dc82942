"""A promotion as the fields of a form, and as the JSON of the contract: both say the same, in both directions.

The form covers the usual kinds. What it cannot say stays JSON: `given_of` answers None for it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shared.coupons import is_literal, literal_of
from shared.errors import DomainError
from shared.money import currency
from shared.quantity import read_typed

Json = dict[str, Any]
PERCENT, AMOUNT, PRICE = "percent", "amount", "price"
STEPS, CHEAPEST, TOGETHER = "steps", "cheapest", "together"
BASKET_PERCENT, BASKET_AMOUNT, POINTS = "basket_percent", "basket_amount", "points"
KINDS = (
    PERCENT, AMOUNT, PRICE, STEPS, CHEAPEST, TOGETHER, BASKET_PERCENT, BASKET_AMOUNT, POINTS,
)  # fmt: skip
LISTS = ("categories", "brands", "tags", "skus")
PERCENT_PLACES = 4
POINTS_PLACES = 6
_MOST_WORDS = 2_000
_DECIMAL = re.compile(r"[0-9]{1,12}(\.[0-9]+)?")


@dataclass(frozen=True, slots=True)
class GivenPromotion:
    """The fields as they are typed. Lists of words are separated by commas or new lines."""

    id: str = ""
    name: str = ""
    who: str = ""
    codes: str = ""
    code_batches: str = ""
    stores: tuple[str, ...] = ()
    begin: str = ""
    end: str = ""
    weekdays: tuple[str, ...] = ()
    hour_from: str = ""
    hour_to: str = ""
    categories: str = ""
    brands: str = ""
    tags: str = ""
    skus: str = ""
    not_categories: str = ""
    not_brands: str = ""
    not_tags: str = ""
    not_skus: str = ""
    kind: str = PERCENT
    value: str = ""
    pieces: str = ""
    free: str = ""
    steps: str = ""
    spend: str = ""
    combine: str = "one"
    group: str = ""
    unreduced: str = ""
    at_most: str = ""
    per_customer: str = ""
    total: str = ""
    budget: str = ""
    priority: str = ""


class FormProblem(DomainError):
    """A field that does not say what it should; `params["field"]` is its name."""

    def __init__(self, field: str, code: str = "promotion_field_invalid") -> None:
        super().__init__(code, {"field": field}, http_status=422)


@dataclass(frozen=True, slots=True)
class Reading:
    """How fields are read: the language of numbers, the currency of amounts, the zone of times."""

    language: str
    currency: str
    zone: str

    def number(self, given: GivenPromotion, field: str, places: int) -> str:
        """A decimal as the contract writes it. `FormProblem` unless it is one."""
        text = str(getattr(given, field)).replace("%", "").replace("€", "").strip()
        try:
            found = read_typed(text, self.language, places)
        except DomainError as problem:
            raise FormProblem(field, problem.code) from None
        if not _DECIMAL.fullmatch(found) or len(found.partition(".")[2]) > places:
            raise FormProblem(field)
        return found

    def amount(self, given: GivenPromotion, field: str) -> str:
        """An amount with all its decimals."""
        places = currency(self.currency).exponent
        whole, _, rest = self.number(given, field, places).partition(".")
        return f"{whole}.{rest:0<{places}}" if places else whole

    def whole(self, given: GivenPromotion, field: str) -> int:
        """A whole number from 1."""
        text = str(getattr(given, field)).strip()
        if not (text.isdecimal() and len(text) < 10 and int(text)):
            raise FormProblem(field)
        return int(text)

    def moment(self, given: GivenPromotion, field: str) -> str:
        """A time with its offset, as the contract writes it."""
        try:
            at = datetime.fromisoformat(str(getattr(given, field)))
        except ValueError:
            raise FormProblem(field) from None
        return at.replace(tzinfo=ZoneInfo(self.zone)).isoformat()


def words_of(text: str) -> list[str]:
    """The words of a list, each once, in the order they were typed."""
    parts = (part.strip() for part in text.replace("\n", ",").split(","))
    return list(dict.fromkeys(part for part in parts if part))[:_MOST_WORDS]


def body_of(given: GivenPromotion, reading: Reading) -> Json:
    """The promotion in the contract's JSON. `FormProblem` for a field that cannot be read."""
    if not given.id.strip():
        raise FormProblem("id")
    if given.kind not in KINDS:
        raise FormProblem("kind")
    body: Json = {"id": given.id.strip()}
    if given.name.strip():
        body["name"] = given.name.strip()
    if when := _when(given, reading):
        body["when"] = when
    if given.who.strip():
        groups = words_of(given.who)
        body["who"] = {"known": True} if groups == ["*"] else {"groups": groups}
    goods = _goods(given)
    if conditions := _conditions(given, reading, goods):
        body["if"] = conditions
    if given.kind in (BASKET_PERCENT, BASKET_AMOUNT):
        body["stage"] = "basket"
    elif given.kind == POINTS:
        body["stage"] = "benefit"
    if goods and given.kind not in (CHEAPEST, TOGETHER):
        body["take"] = goods
    body["reward"] = _reward(given, reading, goods)
    if limit := _limit(given, reading):
        body["limit"] = limit
    body |= _company(given)
    return body


def _conditions(given: GivenPromotion, reading: Reading, goods: Json) -> list[Json]:
    conditions: list[Json] = []
    if given.spend.strip():
        conditions.append({"spend": reading.amount(given, "spend")})
    counts = given.kind in (PERCENT, AMOUNT, PRICE)
    if counts and given.pieces.strip() and reading.whole(given, "pieces") > 1:
        least: Json = {"quantity": reading.whole(given, "pieces")}
        conditions.append({**least, "of": goods} if goods else least)
    return conditions


def _when(given: GivenPromotion, reading: Reading) -> Json:
    when: Json = {}
    if given.begin:
        when["from"] = reading.moment(given, "begin")
    if given.end:
        when["until"] = reading.moment(given, "end")
    if given.weekdays:
        when["weekdays"] = sorted(int(day) for day in given.weekdays if day.isdecimal())
    if given.hour_from or given.hour_to:
        when["hours"] = [[given.hour_from or "00:00", given.hour_to or "24:00"]]
    if given.stores:
        when["stores"] = sorted(given.stores)
    codes = words_of(given.codes)
    if given.code_batches:
        codes.append(literal_of(given.id.strip()))
    if codes:
        when["codes"] = codes
    return when


def _goods(given: GivenPromotion) -> Json:
    goods: Json = {name: found for name in LISTS if (found := words_of(getattr(given, name)))}
    kept_out = {name: found for name in LISTS if (found := words_of(getattr(given, f"not_{name}")))}
    if len(kept_out) == 1:
        goods["not"] = kept_out
    elif kept_out:
        goods["not"] = {"any": [{name: found} for name, found in kept_out.items()]}
    return goods


def _reward(given: GivenPromotion, reading: Reading, goods: Json) -> Json:
    kind = given.kind
    if kind in (PERCENT, BASKET_PERCENT):
        return {"percent": reading.number(given, "value", PERCENT_PLACES)}
    if kind in (AMOUNT, BASKET_AMOUNT):
        return {"amount": reading.amount(given, "value")}
    if kind == PRICE:
        return {"price": reading.amount(given, "value")}
    if kind == STEPS:
        return {"tiers": {"by": "quantity", "steps": _steps(given, reading)}}
    if kind == POINTS:
        return {"points_factor": reading.number(given, "value", POINTS_PLACES)}
    sets = [{"of": goods, "quantity": reading.whole(given, "pieces")}]
    if kind == TOGETHER:
        return {"bundle": {"sets": sets, "price": reading.amount(given, "value")}}
    value = given.value.strip() or "100"
    off = reading.number(_with(given, value=value), "value", PERCENT_PLACES)
    cheapest: Json = {"percent": off}
    if given.free.strip() and reading.whole(given, "free") > 1:
        cheapest["count"] = reading.whole(given, "free")
    return {"bundle": {"sets": sets, "cheapest": cheapest}}


def _steps(given: GivenPromotion, reading: Reading) -> list[Json]:
    """`2: 10` a line: from two pieces on ten per cent."""
    steps = []
    for part in filter(None, map(str.strip, re.split(r"[\n;]", given.steps))):
        start, _, value = part.partition(":")
        one = _with(given, pieces=start, value=value)
        try:
            steps.append(
                {
                    "from": reading.whole(one, "pieces"),
                    "percent": reading.number(one, "value", PERCENT_PLACES),
                }
            )
        except FormProblem as problem:
            raise FormProblem("steps", problem.code) from None
    if not steps:
        raise FormProblem("steps")
    return steps


def _limit(given: GivenPromotion, reading: Reading) -> Json:
    limit: Json = {}
    if given.at_most.strip() and given.kind != POINTS:
        bundles = given.kind in (CHEAPEST, TOGETHER)
        key = "applications" if bundles else "pieces"
        if given.kind in (BASKET_PERCENT, BASKET_AMOUNT):
            limit["amount"] = reading.amount(given, "at_most")
        else:
            limit[key] = reading.whole(given, "at_most")
    for field in ("total", "per_customer"):
        if getattr(given, field).strip():
            limit[field] = reading.whole(given, field)
    if given.budget.strip():
        limit["budget"] = reading.amount(given, "budget")
    return limit


def _company(given: GivenPromotion) -> Json:
    """How it gets on with others."""
    body: Json = {}
    if given.kind != POINTS:
        if given.combine != "one":
            body["combine"] = given.combine
        if given.group.strip():
            body["group"] = given.group.strip()
        if given.unreduced == "1":
            body["only_unreduced"] = True
    if priority := given.priority.strip():
        if not priority.lstrip("-").isdecimal() or len(priority) > 9:
            raise FormProblem("priority")
        body["priority"] = int(priority)
    return body


# --- back ----------------------------------------------------------------------------------------


def given_of(body: Json, reading: Reading) -> GivenPromotion | None:
    """The fields that say this promotion; None if the form cannot say all of it."""
    try:
        given = _fields(body, reading)
        return given if body_of(given, reading) == body else None
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, DomainError):
        return None


def _fields(body: Json, reading: Reading) -> GivenPromotion:
    when, limit = body.get("when", {}), body.get("limit", {})
    kind, own, goods = _kind(body, reading)
    kept_out: Json = {}
    for part in [goods.get("not", {}), *goods.get("not", {}).get("any", [])]:
        kept_out |= {key: value for key, value in part.items() if key in LISTS}
    hours = when.get("hours", [["", ""]])[0]
    conditions = body.get("if", [])
    spend = next((one["spend"] for one in conditions if "spend" in one), "")
    least = next((str(one["quantity"]) for one in conditions if "quantity" in one), "")
    who = body.get("who", {})
    most = limit.get("pieces", limit.get("applications", ""))
    if "amount" in limit:
        most = _typed(limit["amount"], reading)
    found: Json = {
        "id": body["id"],
        "name": body.get("name", ""),
        "who": "*" if who == {"known": True} else ", ".join(who.get("groups", ())),
        "codes": ", ".join(code for code in when.get("codes", ()) if not is_literal(code)),
        "code_batches": "1" if literal_of(body["id"]) in when.get("codes", ()) else "",
        "stores": tuple(when.get("stores", ())),
        "begin": _local(when.get("from", ""), reading),
        "end": _local(when.get("until", ""), reading),
        "weekdays": tuple(str(day) for day in when.get("weekdays", ())),
        "hour_from": hours[0],
        "hour_to": "" if hours[1] == "24:00" and not hours[0] else hours[1],
        **{name: ", ".join(goods.get(name, ())) for name in LISTS},
        **{f"not_{name}": ", ".join(kept_out.get(name, ())) for name in LISTS},
        "kind": kind,
        "spend": _typed(spend, reading),
        "pieces": least,
        "combine": body.get("combine", "one"),
        "group": body.get("group", ""),
        "unreduced": "1" if body.get("only_unreduced") else "",
        "at_most": str(most),
        "per_customer": str(limit.get("per_customer", "")),
        "total": str(limit.get("total", "")),
        "budget": _typed(limit.get("budget", ""), reading),
        "priority": str(body.get("priority", "")),
    }
    return GivenPromotion(**{**found, **own})


def _kind(body: Json, reading: Reading) -> tuple[str, Json, Json]:
    """The kind of a promotion, the fields of its reward, and the goods it is about."""
    reward, stage = body["reward"], body.get("stage", "item")
    goods = body.get("take", {})
    (key, value), *_ = reward.items()
    if key == "bundle":
        (only,) = value["sets"]
        goods, pieces = only["of"], str(only["quantity"])
        if "price" in value:
            return TOGETHER, {"pieces": pieces, "value": _typed(value["price"], reading)}, goods
        cheapest = value["cheapest"]
        own = {"pieces": pieces, "value": _typed(cheapest["percent"], reading)}
        return CHEAPEST, {**own, "free": str(cheapest.get("count", ""))}, goods
    if key == "tiers":
        steps = [f"{one['from']}: {_typed(one['percent'], reading)}" for one in value["steps"]]
        return STEPS, {"steps": "\n".join(steps)}, goods
    kinds = {
        ("item", "percent"): PERCENT,
        ("item", "amount"): AMOUNT,
        ("item", "price"): PRICE,
        ("basket", "percent"): BASKET_PERCENT,
        ("basket", "amount"): BASKET_AMOUNT,
        ("benefit", "points_factor"): POINTS,
    }
    return kinds[stage, key], {"value": _typed(value, reading)}, goods


def _typed(number: str, reading: Reading) -> str:
    """A decimal as people of this language type it."""
    return number.replace(".", ",") if reading.language == "de" else number


def _local(moment: str, reading: Reading) -> str:
    if not moment:
        return ""
    at = datetime.fromisoformat(moment).astimezone(ZoneInfo(reading.zone))
    return at.strftime("%Y-%m-%dT%H:%M")


def _with(given: GivenPromotion, **values: str) -> GivenPromotion:
    kept = {one.name: getattr(given, one.name) for one in fields(given)}
    return GivenPromotion(**{**kept, **values})
