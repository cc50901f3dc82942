"""Promotions and customers from head office's commands to a till's files, with a server and a sync process between."""

import json

import pytest

from pos_client.storage.customer_vault import CustomerVault
from pos_client.storage.paths import DataPaths
from pos_client.storage.reference import Reference
from pos_client.storage.reference_files import ReferenceFiles
from shared.errors import EnvironmentProblem
from tests.e2e.test_till_headless import STARTED, centre, join, serve, wait_for
from tests.support.processes import TILL, environment, free_port, nothing_left, start

FACTS = ("--market", "DE", "--currency", "EUR", "--timezone", "Europe/Berlin")


@pytest.fixture
def home(tmp_path):
    home = tmp_path / "home"
    with nothing_left(home):
        yield home
    for process in STARTED:
        process.wait()
    STARTED.clear()


@pytest.fixture
def env(home):
    """A running centre with one store."""
    port = free_port()
    env = environment(home, port)
    env["TRESEN_SERVER"] = f"http://127.0.0.1:{port}"
    centre(env, "store", "add", "DE01", "--name", "Kranich & Kater", *FACTS)
    serve(env)
    return env


def asked(question):
    """The answer of a till's reader; None while it has no file yet."""
    try:
        return question()
    except EnvironmentProblem:
        return None


def test_promotions_and_customers_reach_a_till_and_leave_it(env, home, tmp_path):
    promotions = tmp_path / "promotions.json"
    entries = [
        {"id": "P1", "name": "20 % auf Hosen", "reward": {"percent": "20"}},
        {"id": "P2", "reward": {"amount": "5.00"}, "limit": {"total": 500}},
        {"id": "AT", "reward": {"percent": "10"}, "when": {"stores": ["AT01"]}},
    ]
    promotions.write_text(json.dumps(entries), encoding="utf-8")
    customers = tmp_path / "customers.csv"
    customers.write_text(
        "number;name;groups;attributes;birthday;since;purchases\n"
        "C1;Ada Löwe;vip|staff;city=Bonn;1980-11-22;2019-05-01;12\n",
        encoding="utf-8",
    )
    data = home / "tills" / "DE01-T1"
    join(env, data)
    sync = start(TILL, "sync", "--data", str(data), env=env)
    paths = DataPaths(data)
    vault = CustomerVault(paths.customer_key)
    reference = Reference(ReferenceFiles(paths.reference), vault=vault)

    def held():
        found = asked(lambda: reference.promotions("EUR")) or ()
        return {each.promotion.id: each.version for each in found}

    centre(env, "import", "promotions", str(promotions))
    centre(env, "import", "customers", str(customers))
    wait_for(lambda: held() == {"P1": 1, "P2": 1})
    assert reference.promotions("EUR")[0].promotion.name == "20 % auf Hosen"
    wait_for(lambda: asked(lambda: reference.promotion_usage()["P2"]))
    ada = wait_for(lambda: asked(lambda: reference.customer("C1")))
    assert (ada.name, ada.purchases, ada.attributes) == ("Ada Löwe", 12, {"city": "Bonn"})

    entries[0]["reward"]["percent"] = "25"
    promotions.write_text(json.dumps(entries), encoding="utf-8")
    assert "1  promotions in a new version" in centre(env, "import", "promotions", str(promotions))
    wait_for(lambda: held() == {"P1": 2, "P2": 1})

    centre(env, "import", "promotions", "--withdraw", "P1")
    wait_for(lambda: held() == {"P2": 1})
    assert "P1" not in centre(env, "promotions", "list")
    reference.close()
    sync.terminate()
    sync.communicate(timeout=30)
