"""The JSON Schema (2020-12) of the contract: request and result of `tresen price`."""

from __future__ import annotations

from typing import Any

from shared.money import CURRENCIES

Json = dict[str, Any]

_AMOUNT = {
    "type": "string",
    "pattern": r"^\d+(\.\d+)?$",
    "description": "at most the decimals of the currency",
}
_PERCENT = {
    "type": "string",
    "pattern": r"^\d+(\.\d{1,4})?$",
    "description": "above 0, at most 100",
}
_COUNT = {"type": "integer", "minimum": 1}
_TEXT = {"type": "string", "minLength": 1, "maxLength": 500}
_MOMENT = {"type": "string", "format": "date-time"}
_DATE = {"type": "string", "format": "date"}


def _texts() -> Json:
    return {"type": "array", "items": _TEXT}


def _object(properties: Json, needed: tuple[str, ...] = ()) -> Json:
    found: Json = {"type": "object", "properties": properties, "additionalProperties": False}
    return found | ({"required": list(needed)} if needed else {})


def _only(properties: Json) -> Json:
    """An object with exactly one of some keys."""
    return _object(properties) | {"minProperties": 1, "maxProperties": 1}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _list(of: Json) -> Json:
    return {"type": "array", "items": of}


def _choice(*words: str) -> Json:
    return {"enum": list(words)}


def _offs() -> Json:
    return {"percent": _PERCENT, "amount": _AMOUNT, "price": _AMOUNT}


def schema() -> Json:
    """`request` and `result` under `$defs`; the document itself is a request."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Tresen: pricing a basket under promotions",
        "$ref": "#/$defs/request",
        "$defs": {
            "request": _object(
                {
                    "context": _ref("context"),
                    "lines": _list(_ref("line")) | {"maxItems": 1000},
                    "promotions": _list(_ref("promotion")),
                },
                ("lines", "promotions"),
            ),
            "context": _context(),
            "customer": _customer(),
            "line": _line(),
            "promotion": _promotion(),
            "select": _select(),
            "condition": _condition(),
            "reward": _reward(),
            "result": _result(),
            "error": _object(
                {
                    "error": _object(
                        {
                            "code": _choice(
                                "json",
                                "unknown_key",
                                "missing",
                                "type",
                                "value",
                                "duplicate",
                                "limit",
                            ),
                            "path": {"type": "string"},
                            "message": {"type": "string"},
                        },
                        ("code", "path", "message"),
                    )
                },
                ("error",),
            ),
        },
    }


def _context() -> Json:
    usage = _object(
        {"total": {"type": "integer"}, "customer": {"type": "integer"}, "amount": _AMOUNT}
    )
    return _object(
        {
            "at": _MOMENT,
            "currency": _choice(*CURRENCIES) | {"default": "EUR"},
            "store": _TEXT,
            "channel": _TEXT | {"default": "store"},
            "strategy": _choice("best_for_customer", "by_priority"),
            "explain": _choice("near", "all", "none"),
            "codes": _texts(),
            "tenders": _texts(),
            "shipping": _AMOUNT,
            "customer": _ref("customer"),
            "usage": {"type": "object", "additionalProperties": usage},
        }
    )


def _customer() -> Json:
    lists = {
        name: _texts() for name in ("groups", "segments", "types", "communities", "subscriptions")
    }
    return _object(
        {
            "id": _TEXT,
            **lists,
            "attributes": {"type": "object", "additionalProperties": _TEXT},
            "birthday": _DATE,
            "since": _DATE,
            "purchases": {"type": "integer", "minimum": 0},
        }
    )


def _line() -> Json:
    return _object(
        {
            "id": _TEXT,
            "sku": _TEXT,
            "quantity": {"type": "string", "pattern": r"^\d+(\.\d{1,3})?$"},
            "price": _AMOUNT,
            "tax": {"type": "string", "pattern": r"^\d+(\.\d{1,4})?$", "default": "0"},
            "floor": _AMOUNT,
            "categories": _texts(),
            "brand": _TEXT,
            "tags": _texts(),
            "discountable": {"type": "boolean", "default": True},
            "counts": {"type": "boolean", "default": True},
        },
        ("id", "sku", "quantity", "price"),
    )


def _select() -> Json:
    lists = {name: _texts() for name in ("skus", "categories", "brands", "tags", "lines")}
    return _object(
        {
            **lists,
            "price_at_least": _AMOUNT,
            "price_at_most": _AMOUNT,
            "not": _ref("select"),
            "any": _list(_ref("select")),
            "all": _list(_ref("select")),
        }
    )


def _condition() -> Json:
    more = {"of": _ref("select"), "basis": _choice("list")}
    return {
        "oneOf": [
            _object({"spend": _AMOUNT, **more}, ("spend",)),
            _object({"quantity": _COUNT, **more}, ("quantity",)),
            _object({"any": _list(_ref("condition")) | {"minItems": 1}}, ("any",)),
        ]
    }


def _promotion() -> Json:
    lists = {
        name: _texts() for name in ("groups", "segments", "types", "communities", "subscriptions")
    }
    whole = {"type": "integer", "minimum": 0}
    hours = _list({"type": "array", "items": _TEXT, "minItems": 2, "maxItems": 2})
    return _object(
        {
            "id": _TEXT,
            "name": _TEXT,
            "priority": {"type": "integer", "default": 0},
            "stage": _choice("item", "basket", "benefit"),
            "combine": _choice("one", "stack", "exclusive"),
            "group": _TEXT,
            "only_unreduced": {"type": "boolean"},
            "when": _object(
                {
                    "from": _MOMENT,
                    "until": _MOMENT,
                    "weekdays": _list({"type": "integer", "minimum": 1, "maximum": 7}),
                    "hours": hours,
                    **{name: _texts() for name in ("stores", "channels", "codes", "tenders")},
                }
            ),
            "who": _object(
                {
                    "known": {"const": True},
                    **lists,
                    "attributes": {"type": "object", "additionalProperties": _texts()},
                    "ids": _texts(),
                    "birthday_within_days": whole,
                    "member_for_days": whole,
                    "purchases": _object({"at_least": whole, "at_most": whole, "every": _COUNT}),
                }
            ),
            "if": _list(_ref("condition")),
            "take": _ref("select"),
            "reward": _ref("reward"),
            "limit": _object(
                {
                    "applications": _COUNT,
                    "pieces": _COUNT,
                    "pick": _choice("best", "cheapest", "dearest"),
                    "amount": _AMOUNT,
                    "total": _COUNT,
                    "per_customer": _COUNT,
                    "budget": _AMOUNT,
                }
            ),
        },
        ("id", "reward"),
    )


def _reward() -> Json:
    step = _object({"from": {"type": ["integer", "string"]}, **_offs()}, ("from",))
    one_set = _object({"of": _ref("select"), "quantity": _COUNT}, ("of", "quantity"))
    worth = _only({"percent": _PERCENT, "amount": _AMOUNT})
    return _only(
        {
            **_offs(),
            "tiers": _object(
                {
                    "by": _choice("quantity", "spend"),
                    "mode": _choice("all", "each"),
                    "order": _choice("dearest_first", "cheapest_first"),
                    "steps": _list(step) | {"minItems": 1},
                },
                ("by", "steps"),
            ),
            "bundle": _object(
                {
                    "sets": _list(one_set) | {"minItems": 1},
                    **_offs(),
                    "reduce": _object(
                        {"set": {"type": "integer", "minimum": 0}, **_offs()}, ("set",)
                    ),
                    "cheapest": _object({"count": _COUNT, **_offs()}),
                },
                ("sets",),
            ),
            "each": _object({"spend": _AMOUNT, "amount": _AMOUNT}, ("spend", "amount")),
            "points": _object({"per": _AMOUNT, "give": _COUNT, "fixed": _COUNT}),
            "points_factor": _AMOUNT,
            "wallet": worth,
            "cashback": worth,
            "voucher": _object(
                {
                    "amount": _AMOUNT,
                    "percent": _PERCENT,
                    "next_percent": _PERCENT,
                    "valid_days": _COUNT,
                },
                ("valid_days",),
            ),
            "gift": _object({"skus": _texts(), "quantity": _COUNT}, ("skus", "quantity")),
            "shipping": worth,
        }
    )


def _result() -> Json:
    discount = _object({"promotion": _TEXT, "amount": _AMOUNT})
    missing = _list({"type": "object"})
    return _object(
        {
            "at": _MOMENT,
            "list_total": _AMOUNT,
            "discount_total": _AMOUNT,
            "total": _AMOUNT,
            "shipping": _AMOUNT,
            "optimal": {"type": "boolean"},
            "lines": _list(
                _object({"id": _TEXT, "list": _AMOUNT, "final": _AMOUNT, "discounts": _list(discount)})
            ),
            "applied": _list(
                _object(
                    {
                        "promotion": _TEXT,
                        "stage": _choice("item", "basket"),
                        "applications": _COUNT,
                        "amount": _AMOUNT,
                        "lines": _texts(),
                        "next": _object({"missing": missing, "would_save": _AMOUNT}),
                    }
                )
            ),
            "benefits": _list({"type": "object"}),
            "not_applied": _list(
                _object(
                    {
                        "promotion": _TEXT,
                        "reason": _choice(
                            "time", "store", "channel", "tender", "code", "customer", "limit", "selection",
                            "condition", "beaten", "no_saving",
                        ),
                        "missing": missing,
                        "by": _texts(),
                        "would_save": _AMOUNT,
                    }
                )
            ),
            "taxes": _list(
                _object({"rate": _TEXT, "net": _AMOUNT, "tax": _AMOUNT, "gross": _AMOUNT})
            ),
        }
    )  # fmt: skip
