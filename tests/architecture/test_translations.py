"""What is translated is a constant.

Why: `_(f"{n} articles")` asks the catalogue for "3 articles", finds nothing, and shows English to a
German shop. The values go in after the translation.
"""

import ast

import pytest

from tests.architecture.sources import offences, sample

TRANSLATES = {"_", "gettext", "ngettext", "pgettext", "npgettext", "lazy_gettext"}
COUNTS = {"ngettext": 2, "npgettext": 3, "pgettext": 2}


def built_texts(source):
    for node in source.nodes:
        if not isinstance(node, ast.Call):
            continue
        name = (
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        )
        if name not in TRANSLATES:
            continue
        for argument in node.args[: COUNTS.get(name, 1)]:
            if isinstance(argument, ast.JoinedStr | ast.BinOp | ast.Call):
                yield source.at(argument, f"{name}() is given a text built at run time")


def test_translated_texts_are_constants():
    assert offences(built_texts) == []


@pytest.mark.parametrize(
    "code",
    [
        "_(f'{n} articles')",
        "_('{} articles'.format(n))",
        "_('%d articles' % n)",
        "_('a' + b)",
        "texts.gettext(f'{n}')",
        "ngettext('one', f'{n} many', n)",
    ],
)
def test_built_texts_are_caught(code):
    assert list(built_texts(sample(code)))


@pytest.mark.parametrize(
    "code",
    ["_('{n} articles').format(n=n)", "_('a' 'b')", "ngettext('one', 'many', int(n))", "f(f'{n}')"],
)
def test_constants_pass(code):
    assert not list(built_texts(sample(code)))
