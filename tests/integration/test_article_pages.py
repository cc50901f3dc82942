"""Pages of found articles: the same articles in the same order, however few are counted and wherever a page begins."""

from itertools import product

import pytest

from central_server.features.catalogue import search, search_repository
from central_server.features.catalogue.entry import ArticleDraft, enter_batch
from central_server.features.catalogue.search import ArticleQuestion, find_articles
from central_server.platform.database import open_database
from central_server.platform.unit_of_work import reading, writing
from tests.support.head_office import NOW

ARTICLES = 40
QUESTIONS = ("", "isar", "hose isar", "isar 3 hemd", "nichts")


@pytest.fixture
def shelves(furnished_url):
    database = open_database(furnished_url)
    kinds = ("Hose", "Hemd")
    drafts = [
        ArticleDraft(f"Z{n:03}", {"de": f"{kinds[n % 2]} Isar {n % 5}"}) for n in range(ARTICLES)
    ]
    with writing(database) as unit:
        enter_batch(unit, drafts, [], NOW)
    yield database
    database.dispose()


def test_pages_follow_one_another_to_the_end(shelves, monkeypatch):
    with reading(shelves) as unit:
        for words, counted in product(QUESTIONS, (3, 7, 20, 1_000)):
            monkeypatch.setattr(search, "COUNTED", counted)
            question = ArticleQuestion(words)
            whole = search_repository.page(unit, question.beginnings(), None, 1_000)
            assert _walked(unit, question, min(len(whole), counted)) == whole
            assert whole == sorted(whole, reverse=True)
            own = [number for _, number in whole if number.startswith("Z")]
            assert len(own) == sum(_fits(words, number) for number in range(ARTICLES))


def _walked(unit, question, counted):
    """What a reader sees who goes on to the last page."""
    seen, before = [], None
    while True:
        page = find_articles(unit, question, "de", before, 4)
        assert page.count == counted
        seen += [(hit.entry_id, hit.article_no) for hit in page.hits]
        before = page.next_before
        if before is None:
            return seen


def _fits(words, number):
    if words == "nichts":
        return False
    if words == "hose isar":
        return number % 2 == 0
    return words != "isar 3 hemd" or (number % 2 == 1 and number % 5 == 3)
