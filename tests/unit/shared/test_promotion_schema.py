"""The published JSON Schema: it accepts what the engine reads and writes, and refuses what no request may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from shared.promotions import RequestError, schema
from tests.support.brute_force.baskets import MIXTURES, request
from tests.support.promotion_answers import answered
from tests.support.promotion_documents import FULL, OBJECTS, refusal, with_change

WHOLE = schema()
NAMES: dict[str, Any] = {
    "object": dict, "array": list, "string": str, "boolean": bool, "integer": int,
}  # fmt: skip
KNOWN = {
    "$ref", "$defs", "$schema", "title", "description", "default", "format", "type", "const", "enum", "pattern",
    "minLength", "maxLength", "minimum", "maximum", "minItems", "maxItems", "items", "properties", "required",
    "additionalProperties", "minProperties", "maxProperties", "oneOf",
}  # fmt: skip
"""What the schema is written with; `faults` below knows all of it."""


def faults(value: Any, rules: Any, path: str = "") -> Iterator[str]:
    """Where a value is not what the rules allow."""
    if isinstance(rules, bool):
        if not rules:
            yield path
        return
    assert set(rules) <= KNOWN
    if "$ref" in rules:
        yield from faults(value, WHOLE["$defs"][rules["$ref"].removeprefix("#/$defs/")], path)
    if "oneOf" in rules and sum(not list(faults(value, one)) for one in rules["oneOf"]) != 1:
        yield path
    if "type" in rules:
        names = [rules["type"]] if isinstance(rules["type"], str) else rules["type"]
        kinds = tuple(NAMES[name] for name in names)
        if not isinstance(value, kinds) or (isinstance(value, bool) and "boolean" not in names):
            yield path
            return
    if value != rules.get("const", value) or value not in rules.get("enum", [value]):
        yield path
    yield from _sizes(value, rules, path)
    if isinstance(value, dict):
        yield from _members(value, rules, path)
    if isinstance(value, list) and "items" in rules:
        for place, inner in enumerate(value):
            yield from faults(inner, rules["items"], f"{path}[{place}]")


def _sizes(value: Any, rules: Any, path: str) -> Iterator[str]:
    if isinstance(value, int):
        size, low, high = value, "minimum", "maximum"
    elif isinstance(value, str | list | dict):
        noun = {str: "Length", list: "Items", dict: "Properties"}[type(value)]
        size, low, high = len(value), f"min{noun}", f"max{noun}"
    else:
        return
    if not rules.get(low, size) <= size <= rules.get(high, size):
        yield path
    if isinstance(value, str) and not re.search(rules.get("pattern", ""), value):
        yield path


def _members(value: dict[str, Any], rules: Any, path: str) -> Iterator[str]:
    yield from (f"{path}.{key}" for key in rules.get("required", ()) if key not in value)
    for key, inner in value.items():
        member = rules.get("properties", {}).get(key, rules.get("additionalProperties", True))
        yield from faults(inner, member, f"{path}.{key}")


def test_the_schema_is_json_and_has_every_part_that_it_names():
    text = json.dumps(WHOLE)
    assert set(re.findall(r'"#/\$defs/(\w+)"', text)) <= set(WHOLE["$defs"])
    assert {"request", "result", "error"} <= set(WHOLE["$defs"])


@pytest.mark.parametrize("mixture", MIXTURES)
def test_requests_and_results_are_what_it_says(mixture):
    for asked in (FULL, *(request(seed, mixture) for seed in range(30))):
        assert list(faults(asked, WHOLE)) == []
        assert list(faults(answered(asked), WHOLE["$defs"]["result"])) == []


def test_errors_are_what_it_says():
    with pytest.raises(RequestError) as caught:
        answered({**FULL, "lines": None})
    assert list(faults(caught.value.as_json(), WHOLE["$defs"]["error"])) == []


@pytest.mark.parametrize("path", OBJECTS)
@pytest.mark.parametrize("value", [3, [], "text", None])
def test_what_is_no_object_is_refused_by_both(path, value):
    changed = with_change(FULL, path, value)
    assert refusal(changed)[0] == "type"
    assert list(faults(changed, WHOLE))
