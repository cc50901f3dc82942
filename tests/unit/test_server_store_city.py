"""The town of a store, as other stores show it beside its stock."""

import pytest

from central_server.features.stores.service import Store
from shared.identity import StoreId


@pytest.mark.parametrize(
    ("address", "city"),
    [
        (("Lindenplatz 3", "10115 Berlin"), "Berlin"),
        (("Am Markt 1", "60311 Frankfurt am Main", "Deutschland"), "Frankfurt am Main"),
        (("1 High Street", "London N1 9GU"), "London"),
        (("Hauptplatz 2", "Graz"), "Graz"),
        (("Graz",), "Graz"),
        ((), ""),
    ],
)
def test_the_town_is_read_from_the_address(address, city):
    store = Store(StoreId("DE01"), "x", "DE", "EUR", "Europe/Berlin", address=address)
    assert store.city == city
