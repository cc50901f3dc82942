"""Only the unit of work commits.

Why: a commit in the middle of a request makes the first half of it true when the second half fails;
a sale was booked without its stock movement. On the server one unit of work commits once per request;
on the till the single writer in `storage` does.
"""

import ast

import pytest

from tests.architecture.sources import offences, sample

ALLOWED = ("central_server/platform/unit_of_work.py", "pos_client/storage")


def commits(source):
    if source.inside(*ALLOWED):
        return
    for node in source.nodes:
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        owner = ast.unparse(node.func.value)
        if node.func.attr == "commit":
            yield source.at(node, f"{owner}.commit() outside the unit of work")
        elif node.func.attr == "begin" and owner.lower().endswith(("engine", "connection", "conn")):
            yield source.at(node, f"{owner}.begin() commits at its end: take a unit of work")


def test_only_the_unit_of_work_commits():
    assert offences(commits) == []


@pytest.mark.parametrize(
    "code",
    [
        "def sell(connection): connection.commit()",
        "def sell(self): self._uow.session.commit()",
        "def sell(engine):\n    with engine.begin() as c: ...",
        "def sell(self):\n    with self.write_engine.begin() as c: ...",
    ],
)
def test_commits_are_caught(code):
    assert list(commits(sample(code)))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("central_server/platform/unit_of_work.py", "def close(c): c.commit()"),
        ("pos_client/storage/writer.py", "def close(c): c.commit()"),
        ("central_server/features/sales/service.py", "def sell(uow): uow.events.append(1)"),
    ],
)
def test_the_unit_of_work_may_commit(path, code):
    assert not list(commits(sample(code, path)))
