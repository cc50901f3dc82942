"""SQL stands in repositories and tables only.

Why: a query in a service is found by nobody who changes the table, runs in nobody's test on both
databases, and forgets the store it should be limited to.
"""

import ast
import re

import pytest

from tests.architecture.sources import offences, sample, used_names

ALLOWED_FOLDERS = ("pos_client/storage", "central_server/platform", "central_server/migrations")
ALLOWED_MODULES = re.compile(r"^(?:tables|(?:.*_)?repository)$")
VERBS = re.compile(
    r"^\s*(?:select|insert|update|delete|create|drop|alter|pragma|attach|begin|with|replace|vacuum)\b",
    re.IGNORECASE,
)
BUILDERS = {"select", "insert", "update", "delete", "text", "union", "union_all", "exists", "func"}
RUNS = {"execute", "executemany", "executescript", "scalar", "scalars", "exec_driver_sql"}


def sql(source):
    if source.inside(*ALLOWED_FOLDERS) or ALLOWED_MODULES.match(source.name):
        return
    names = source.names
    for node, full in used_names(source):
        if full.startswith("sqlalchemy.") and full.rpartition(".")[2] in BUILDERS:
            yield source.at(node, f"{full} outside a repository")
    for node in source.nodes:
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            first = _text(node.args[0]) if node.args else ""
            if node.func.attr in RUNS and VERBS.match(first):
                yield source.at(node, f"SQL in a call of {node.func.attr} outside a repository")
            if _builds_from_table(node, names):
                yield source.at(node, f"a table's {node.func.attr}() outside a repository")


def _text(node):
    """Return a string literal's text, of an f-string its first piece."""
    if isinstance(node, ast.JoinedStr):
        return _text(node.values[0]) if node.values else ""
    if isinstance(node, ast.BinOp):
        return _text(node.left)
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else ""


def _builds_from_table(node, names):
    owner = node.func.value
    from_tables = isinstance(owner, ast.Name) and ".tables." in names.get(owner.id, "")
    return from_tables and node.func.attr in BUILDERS


def test_sql_stands_in_repositories():
    assert offences(sql) == []


@pytest.mark.parametrize(
    "code",
    [
        "from sqlalchemy import select",
        "from sqlalchemy.dialects.postgresql import insert",
        "import sqlalchemy as sa\nsa.text('select 1')",
        "import sqlalchemy\nsqlalchemy.delete(t)",
        "def f(c): c.execute('SELECT 1')",
        "def f(c, t): c.execute(f'DELETE FROM {t}')",
        "def f(c): c.executemany('insert into x' + ' values (?)', [])",
        "from central_server.features.sales.tables import sale\ndef f(c): c.execute(sale.insert())",
    ],
)
def test_sql_in_a_service_is_caught(code):
    assert list(sql(sample(code)))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("central_server/features/sales/repository.py", "from sqlalchemy import select"),
        ("central_server/features/sales/tables.py", "from sqlalchemy import text"),
        ("central_server/gateway/journal/event_repository.py", "from sqlalchemy import select"),
        ("pos_client/storage/journal.py", "def f(c): c.execute('SELECT 1')"),
        ("central_server/features/sales/service.py", "from sqlalchemy import Connection"),
        ("central_server/features/sales/service.py", "def f(c): c.execute('resume')"),
        ("central_server/features/sales/service.py", "def f(rows): rows.insert(0, 1)"),
    ],
)
def test_sql_in_its_rooms_passes(path, code):
    assert not list(sql(sample(code, path)))
