"""Files have at most 500 lines and functions at most 70.

Why: what does not fit on two screens is not reviewed but believed. Wallets and till stores of 4,600
lines began as small modules that nobody had a reason to divide.
"""

import ast

import pytest

from tests.architecture.sources import EVERYTHING, ROOT, offences, sample

MOST_LINES_OF_A_FILE = 500
MOST_LINES_OF_A_FUNCTION = 70
GENERATED = ("central_server/migrations/versions", "tests/golden", "tests/support/vendor")


def too_long(source):
    if source.inside(*GENERATED):
        return
    lines = len(source.text.splitlines())
    if lines > MOST_LINES_OF_A_FILE:
        yield f"{source.path}:{lines}: {lines} lines; divide it by what its parts are about"
    for node in source.nodes:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > MOST_LINES_OF_A_FUNCTION:
                yield source.at(node, f"{node.name} has {length} lines")


def test_files_and_functions_stay_short():
    assert offences(too_long, *EVERYTHING) == []


def test_style_sheets_and_scripts_of_the_pages_stay_short():
    own = [path for kind in ("css", "js") for path in (ROOT / "resources/web").glob(f"*.{kind}")]
    lines = {path.name: len(path.read_text(encoding="utf-8").splitlines()) for path in own}
    assert len(lines) > 3
    assert {name: n for name, n in lines.items() if n > MOST_LINES_OF_A_FILE} == {}


LONG_FUNCTION = "def f():\n" + "    x = 1\n" * MOST_LINES_OF_A_FUNCTION


@pytest.mark.parametrize(
    "code",
    [
        "x = 1\n" * 501,
        LONG_FUNCTION,
        "class C:\n    async " + LONG_FUNCTION.replace("\n", "\n    "),
    ],
)
def test_long_samples_are_caught(code):
    assert list(too_long(sample(code.rstrip())))


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("shared/money/money.py", "x = 1\n" * 500),
        ("shared/money/money.py", "def f():\n" + "    x = 1\n" * 69),
        ("central_server/migrations/versions/0001_first.py", LONG_FUNCTION),
    ],
)
def test_short_and_generated_samples_pass(path, code):
    assert not list(too_long(sample(code, path)))
