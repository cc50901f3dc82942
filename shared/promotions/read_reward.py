"""The reward of a promotion from its JSON form: what each stage allows, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any

from shared.promotions.reading import (
    at,
    decimal,
    entries,
    keys,
    one_of,
    percent,
    refuse,
    shown,
    text,
    texts,
    whole,
)
from shared.promotions.terms import (
    MILLION,
    Benefit,
    Bundle,
    BundleSet,
    Each,
    Off,
    Reward,
    Select,
    Step,
    Tiers,
)

_STAGES = {
    "item": ("percent", "amount", "price", "tiers", "bundle"),
    "basket": ("percent", "amount", "each", "tiers"),
    "benefit": ("points", "points_factor", "wallet", "cashback", "voucher", "gift", "shipping"),
}
_ALL = tuple(dict.fromkeys(key for stage in _STAGES.values() for key in stage))
_OFF = ("percent", "amount", "price")
_MOST_SETS = 10
_MOST_STEPS = 50


@dataclass(frozen=True, slots=True)
class Reader:
    """What reading a reward needs: decimals of the currency, and how to read a SELECT."""

    exponent: int
    select: Callable[[Any, str, int], Select]

    def amount(self, value: Any, path: str) -> int:
        """An amount in minor units."""
        return decimal(value, path, self.exponent)


def only_key(value: Any, path: str, allowed: Collection[str], known: Collection[str] = ()) -> str:
    """The one key of an object that must have exactly one of some keys."""
    found = keys(value, path, known or allowed)
    if not found:
        refuse(path, f"one of {', '.join(allowed)} is needed", "missing")
    if len(found) > 1:
        refuse(at(path, list(found)[1]), f"only one of {', '.join(allowed)} is possible")
    (key,) = found
    if key not in allowed:
        refuse(at(path, key), f"not possible here; possible: {', '.join(allowed)}")
    return key


def read_reward(value: Any, path: str, stage: str, reader: Reader) -> Reward:
    """The reward that a stage allows."""
    key = only_key(value, path, _STAGES[stage], _ALL)
    inner, where = value[key], at(path, key)
    if stage == "benefit":
        return _benefit(key, inner, where, reader)
    if key == "tiers":
        return _tiers(inner, where, stage, reader)
    if key == "bundle":
        return _bundle(inner, where, reader)
    if key == "each":
        found = keys(inner, where, ("spend", "amount"), ("spend", "amount"))
        spend = reader.amount(found["spend"], at(where, "spend"))
        if spend == 0:
            refuse(at(where, "spend"), "the step must be above 0")
        return Each(spend, reader.amount(found["amount"], at(where, "amount")))
    return _off(key, inner, where, reader)


def _off(key: str, value: Any, path: str, reader: Reader) -> Off:
    return Off(key, percent(value, path) if key == "percent" else reader.amount(value, path))


def _tiers(value: Any, path: str, stage: str, reader: Reader) -> Tiers:
    found = keys(value, path, ("by", "mode", "steps", "order"), ("by", "steps"))
    by = one_of(found["by"], at(path, "by"), ("quantity", "spend"))
    mode = one_of(found.get("mode", "all"), at(path, "mode"), ("all", "each"))
    if stage == "basket" and (by != "spend" or mode != "all"):
        key = "by" if by != "spend" else "mode"
        refuse(at(path, key), "steps of the basket stage go by spend, for all pieces")
    if mode == "each" and by != "quantity":
        refuse(at(path, "by"), "steps for each piece go by quantity")
    if "order" in found:
        one_of(found["order"], at(path, "order"), ("cheapest_first", "dearest_first"))
        if mode != "each":
            refuse(at(path, "order"), "an order belongs to steps for each piece")
    offs = _OFF if stage == "item" else ("percent", "amount")

    def step(entry: Any, where: str) -> Step:
        fields = keys(entry, where, ("from", *_OFF), ("from",))
        if by == "quantity":
            start = whole(fields["from"], at(where, "from"))
        else:
            start = reader.amount(fields["from"], at(where, "from"))
        if start == 0:
            refuse(at(where, "from"), "a step begins above 0")
        rest = {key: entry[key] for key in entry if key != "from"}
        key = only_key(rest, where, offs, _OFF)
        return Step(start, _off(key, rest[key], at(where, key), reader))

    steps = entries(found["steps"], at(path, "steps"), step)
    if not steps:
        refuse(at(path, "steps"), "at least one step is needed")
    if len(steps) > _MOST_STEPS:
        refuse(at(path, "steps"), f"at most {_MOST_STEPS} steps are possible", "limit")
    for place, one in enumerate(steps):
        if any(one.start == other.start for other in steps[:place]):
            refuse(
                at(f"{at(path, 'steps')}[{place}]", "from"), "the step is there twice", "duplicate"
            )
    ordered = tuple(sorted(steps, key=lambda one: one.start))
    return Tiers(by, ordered, mode, found.get("order") == "cheapest_first")


def _bundle(value: Any, path: str, reader: Reader) -> Bundle:
    forms = ("price", "percent", "amount", "reduce", "cheapest")
    found = keys(value, path, ("sets", *forms), ("sets",))

    def one_set(entry: Any, where: str) -> BundleSet:
        fields = keys(entry, where, ("of", "quantity"), ("of", "quantity"))
        of = reader.select(fields["of"], at(where, "of"), reader.exponent)
        return BundleSet(of, whole(fields["quantity"], at(where, "quantity")))

    sets = entries(found["sets"], at(path, "sets"), one_set)
    if not sets:
        refuse(at(path, "sets"), "at least one set is needed")
    if len(sets) > _MOST_SETS:
        refuse(at(path, "sets"), f"at most {_MOST_SETS} sets are possible", "limit")
    form = only_key({key: found[key] for key in found if key != "sets"}, path, forms)
    inner, where = found[form], at(path, form)
    if form not in ("reduce", "cheapest"):
        return Bundle(sets, form, _off(form, inner, where, reader))
    name = "set" if form == "reduce" else "count"
    fields = keys(inner, where, (name, *_OFF), ("set",) if form == "reduce" else ())
    key = only_key({key: fields[key] for key in fields if key != name}, where, _OFF)
    target = whole(fields.get(name, 1), at(where, name), 0 if form == "reduce" else 1)
    most = len(sets) - 1 if form == "reduce" else sum(each.quantity for each in sets)
    if target > most:
        refuse(at(where, name), f"{shown(target)} is above {most}")
    return Bundle(sets, form, _off(key, fields[key], at(where, key), reader), target)


def _benefit(key: str, value: Any, path: str, reader: Reader) -> Benefit:
    if key == "points":
        found = keys(value, path, ("per", "give", "fixed"))
        if "fixed" in found:
            only_key(found, path, ("fixed",), ("per", "give", "fixed"))
            return Benefit("points", give=whole(found["fixed"], at(path, "fixed")))
        keys(value, path, ("per", "give"), ("per", "give"))
        per = reader.amount(found["per"], at(path, "per"))
        if per == 0:
            refuse(at(path, "per"), "points are given for an amount above 0")
        return Benefit("points", per=per, give=whole(found["give"], at(path, "give")))
    if key == "points_factor":
        factor = decimal(value, path, 6)
        if factor < MILLION:
            refuse(path, f"{shown(value)} is below 1")
        return Benefit("points_factor", factor=factor)
    if key == "gift":
        found = keys(value, path, ("skus", "quantity"), ("skus", "quantity"))
        skus = texts(found["skus"], at(path, "skus"))
        if not skus:
            refuse(at(path, "skus"), "at least one article is needed")
        return Benefit("gift", skus=skus, quantity=whole(found["quantity"], at(path, "quantity")))
    if key == "voucher":
        found = keys(
            value, path, ("amount", "percent", "next_percent", "valid_days"), ("valid_days",)
        )
        days = whole(found["valid_days"], at(path, "valid_days"))
        rest = {name: found[name] for name in found if name != "valid_days"}
        return _worth(key, rest, path, ("amount", "percent", "next_percent"), reader, days)
    return _worth(key, value, path, ("percent", "amount"), reader, 0)


def _worth(
    kind: str, value: Any, path: str, allowed: Collection[str], reader: Reader, days: int
) -> Benefit:
    key = only_key(value, path, allowed)
    if key == "amount":
        return Benefit(kind, amount=reader.amount(value[key], at(path, key)), valid_days=days)
    millionths = percent(value[key], at(path, key))
    if key == "percent":
        return Benefit(kind, percent=millionths, valid_days=days)
    return Benefit(kind, next_percent=text(value[key], at(path, key)), valid_days=days)
