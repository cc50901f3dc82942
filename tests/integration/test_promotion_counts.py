"""How many customers and articles the brackets of a promotion stand for, on both databases and in the builder."""

import re

import pytest

from central_server.features.customers.group_repository import (
    count_customers,
    count_members,
    group_names,
)
from central_server.features.customers.service import CustomerDraft, enter_batch
from central_server.features.stores.service import Store, add_store
from central_server.platform.unit_of_work import reading, writing
from shared.identity import StoreId
from tests.support.head_office import Desk, fill_shelves
from tests.support.journals import START

PEOPLE = (
    CustomerDraft("K-1", {"name": "Ulla Beispiel"}, {"groups": ("vip", "staff")}),
    CustomerDraft("K-2", {"name": "Udo Beispiel"}, {"groups": ("vip",), "segments": ("often",)}),
    CustomerDraft("K-3", {"name": "Uwe Beispiel"}, {}),
)


def test_members_of_groups_are_counted_once_each(centre):
    with writing(centre) as unit:
        enter_batch(unit, PEOPLE, START)
    with reading(centre) as unit:
        assert count_customers(unit) == 3
        assert count_members(unit, ["vip"]) == 2
        assert count_members(unit, ["staff", "vip"]) == 2
        assert count_members(unit, ["often"]) == 0
        assert group_names(unit, 10) == ["staff", "vip"]
        assert group_names(unit, 1) == ["staff"]


@pytest.fixture
def desk(chain):
    fill_shelves(chain.context.database)
    with writing(chain.context.database) as unit:
        enter_batch(unit, PEOPLE, START)
        for number in ("B001", "B002"):
            address = ("Torstraße 900", "10119 Berlin")
            name = f"Laden {number}"
            store = Store(StoreId(number), name, "DE", "EUR", "Europe/Berlin", address)
            add_store(unit, store, START)
    return Desk(chain.app).let_in("6")


def said(desk, **fields):
    answer = desk.send("/promotions/sentence", **{"kind": "percent", "value": "20", **fields})
    assert answer.status_code == 200
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", answer.text))


def test_the_sentence_counts_while_it_is_written(desk):
    assert "Für alle Kunden in allen Filialen 5 jederzeit" in said(desk)
    assert "Für vip 2 in Laden B001" in said(desk, who="vip", stores="B001")
    assert "Für alle bekannten Kunden 3 in" in said(desk, who="*")
    assert "auf Hosen, Schals 2." in said(desk, categories="Herren>Hosen, Herren>Schals")
    assert "auf Hosen, Chinos 1." in said(desk, categories="Herren>Hosen, Herren>Hosen>Chinos")
    assert "auf Hosen, Murg 0." in said(desk, categories="Herren>Hosen", brands="Murg")
    assert "auf S-1-A, S-9 ≤ 1, nicht Murg" in said(desk, skus="S-1-A, S-9", not_brands="Murg")
    assert "auf Neu." in said(desk, tags="Neu")


def test_all_stores_of_a_town_are_said_by_its_name(desk):
    both = said(desk, stores=["B001", "B002"])
    assert "in Berlin 2 jederzeit" in both
    assert "in Berlin, Hamburg 3" in said(desk, stores=["B001", "B002", "DE01"])
    page = desk.get("/promotions/new?kind=percent").text
    assert 'data-all="B001 B002"' in page


def test_the_sentence_is_only_said_to_who_may_write_promotions(chain):
    assert Desk(chain.app).let_in("2").send("/promotions/sentence").status_code == 403
