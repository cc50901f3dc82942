"""What promotions look at in an article."""

from hypothesis import given
from hypothesis import strategies as st

from shared.catalogue import Item, category_paths
from shared.promotions.articles import ArticleFacts, article_facts, categories_of


def test_an_article_is_in_all_categories_above_it_by_path_and_by_name():
    assert categories_of("Damen>Hosen>Jeans") == (
        "Damen",
        "Damen>Hosen",
        "Damen>Hosen>Jeans",
        "Hosen",
        "Jeans",
    )


def test_without_a_category_there_is_none():
    assert categories_of("") == ()
    assert article_facts(Item("A", "A", {}, "standard")) == ArticleFacts()


def test_a_name_that_comes_twice_is_said_once():
    assert categories_of("Hosen>Hosen") == ("Hosen", "Hosen>Hosen")


def test_facts_of_an_article():
    item = Item(
        "A",
        "A",
        {},
        "standard",
        brand="Muster",
        category="Hosen",
        discountable=False,
        attributes={"size": "38", "colour": "rot"},
    )
    assert article_facts(item) == ArticleFacts(
        ("Hosen",), "Muster", ("colour=rot", "size=38"), discountable=False
    )


@given(st.lists(st.text("abc", min_size=1), min_size=1, max_size=5))
def test_every_category_above_counts_and_nothing_else(parts):
    path = ">".join(parts)
    above = [">".join(parts[: depth + 1]) for depth in range(len(parts))]
    assert list(category_paths(path)) == above
    assert set(categories_of(path)) == {*above, *parts}
