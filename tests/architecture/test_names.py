"""Rooms and classes are named by their noun.

Why: modules called utils, helpers or manager have no reason to refuse anything, so they grow without
end: a well-known shop system's plugin manager has 2,854 lines, a well-known till's store module 112 KB.
"""

import ast
import re

import pytest

from tests.architecture.sources import EVERYTHING, offences, sample

FORBIDDEN_MODULES = re.compile(
    r"^(?:.*_)?(?:utils?|helpers?|common|misc|base|managers?|stuff|tools)$", re.IGNORECASE
)
FORBIDDEN_CLASSES = re.compile(r"(?:Manager|Helper|Utils?)$")


def nameless(source):
    rooms = source.path.removesuffix(".py").split("/")
    for room in rooms:
        if FORBIDDEN_MODULES.match(room):
            yield f"{source.path}:1: '{room}' says nothing about what is inside"
    for node in source.nodes:
        if isinstance(node, ast.ClassDef) and FORBIDDEN_CLASSES.search(node.name):
            yield source.at(node, f"class {node.name}: name it by what it is")


def test_every_room_and_class_has_a_name_of_its_own():
    assert offences(nameless, *EVERYTHING) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("shared/utils.py", ""),
        ("shared/money/money_helpers.py", ""),
        ("pos_client/common/sale.py", ""),
        ("pos_client/storage/base.py", ""),
        ("central_server/features/stores/manager.py", ""),
        ("shared/money/money.py", "class MoneyHelper: ..."),
        ("shared/money/money.py", "def f():\n    class PriceManager: ..."),
    ],
)
def test_nameless_samples_are_caught(path, code):
    assert list(nameless(sample(code, path)))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("shared/money/rounding.py", "class Manageress: ..."),
        ("central_server/platform/database.py", "class StoreManagerRole: ..."),
    ],
)
def test_proper_names_pass(path, code):
    assert not list(nameless(sample(code, path)))
