"""Money and quantities are integers and decimals, never floats.

Why: 0.1 + 0.2 is 0.30000000000000004. A till that is a cent off once in a thousand receipts does not
balance, and nobody finds the receipt. Seconds and ratios may be floats, where they are named here.
"""

import ast

import pytest

from tests.architecture.sources import offences, sample

STRICT = ("shared",)
COUNTING = (
    "pos_client/features",
    "pos_client/storage",
    "central_server/features",
    "central_server/gateway",
)
# A float that is no amount: file, and why.
ALLOWED: dict[str, str] = {}


def floats(source):
    if source.path in ALLOWED:
        return
    strict = source.inside(*STRICT)
    if not strict and not source.inside(*COUNTING):
        return
    names = source.names
    for node in source.nodes:
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "float":
            yield source.at(node, "float(): amounts are integers or decimals")
        elif strict and isinstance(node, ast.Constant) and isinstance(node.value, float | complex):
            yield source.at(node, f"float literal {node.value}")
        elif isinstance(node, ast.Name) and names.get(node.id, "") in {
            f"sqlalchemy.{kind}"
            for kind in ("Float", "Double", "REAL", "FLOAT", "DOUBLE", "Numeric")
        }:
            yield source.at(node, f"column type {node.id}: amounts are BIGINT minor units")


def test_amounts_are_never_floats():
    assert offences(floats) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("shared/money/money.py", "x = 0.1"),
        ("shared/tax/rates.py", "x = float('19')"),
        ("central_server/features/sales/service.py", "total = float(row.gross)"),
        ("central_server/features/sales/tables.py", "from sqlalchemy import Float\nc = Float()"),
        ("pos_client/storage/journal.py", "x = float(y)"),
    ],
)
def test_floats_are_caught(path, code):
    assert list(floats(sample(code, path)))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("shared/money/money.py", "from decimal import Decimal\nx = Decimal('0.1')"),
        ("shared/money/money.py", "def f(value): return isinstance(value, float)"),
        ("central_server/platform/scheduler.py", "interval = float('0.2')"),
        ("central_server/gateway/sequencer.py", "interval = 0.2"),
    ],
)
def test_decimals_and_seconds_pass(path, code):
    assert not list(floats(sample(code, path)))
