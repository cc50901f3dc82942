"""A setting goes to some tills first, is looked at there, and then goes to all, or back."""

from datetime import timedelta

import pytest

from central_server.features.exceptions.service import NOTICE, Source, raise_exception
from central_server.features.releases.service import ReleaseKind, set_rule
from central_server.features.rollouts import service
from central_server.features.rollouts.service import RolloutState, Setting, Wish, share_of
from central_server.features.stores.customer_data import offline_days
from central_server.features.tills.service import Contact, record_contact
from central_server.gateway import rollouts
from central_server.platform.clock import new_id
from central_server.platform.unit_of_work import reading, run_writing, writing
from shared.errors import DomainError
from tests.integration.test_backoffice_pages import at_desk, words
from tests.support.head_office import NOW

# What rests on no SQL of its own is asked of one database.
on_sqlite = pytest.mark.parametrize("furnished_url", ["sqlite"], indirect=True)
DAYS = ("config", "chain", "customer_data")


def own(till_id):
    return "config", f"till:{till_id}", "customer_data"


class Chain:
    """Two tills that have joined, and what they hold of the feed of settings."""

    def __init__(self, centre):
        self.centre, self.database = centre, centre.context.database
        self.tills = {name: centre.join(name) for name in ("DE01-T1", "UK01-T1")}
        self.cursors = dict.fromkeys(self.tills, "")
        self.held = {name: {} for name in self.tills}

    def write(self, work):
        return run_writing(self.database, work)

    def ask(self, *tills, days=3, hours=None):
        wish = Wish(Setting.CUSTOMER_DATA, str(days), frozenset(tills), hours)
        at = self.centre.clock.now()
        one = self.write(lambda unit: service.ask(unit, wish, "1", at))
        return self.write(lambda unit: service.begin(unit, one.rollout_id, at)).rollout_id

    def follow(self, *names):
        """Let tills fetch what is new, twice, so that the centre hears how far they are; their days offline."""
        self.centre.drain()
        for name in names or self.tills:
            for _ in range(2):
                new, self.cursors[name] = self.tills[name].follow("config", self.cursors[name])
                self.held[name] |= new
        return {name: self.days(name) for name in self.tills}

    def days(self, name):
        """What the till goes by: its own row beats the chain's."""
        held = self.held[name].get(own(name)) or self.held[name].get(DAYS)
        return held and held["offline_days"]

    def health(self, number):
        with reading(self.database) as unit:
            return rollouts.health_of(
                unit, service.get_rollout(unit, number), self.centre.clock.now()
            )

    def state(self, number):
        with reading(self.database) as unit:
            one = service.get_rollout(unit, number)
        return one.state, one.stopped_why

    def hear(self, name):
        contact = Contact(self.centre.clock.now(), 1, "test")
        self.write(lambda unit: record_contact(unit, name, contact))


@pytest.fixture
def tills(web_centre):
    return Chain(web_centre)


def test_the_first_tills_have_it_then_all_and_then_none_on_its_own(tills):
    number = tills.ask("DE01-T1")
    assert tills.health(number).reached == 0
    assert tills.follow() == {"DE01-T1": 3, "UK01-T1": None}
    health = tills.health(number)
    assert (health.reached, len(health.tills), health.against) == (1, 1, "")
    tills.write(lambda unit: service.widen(unit, number, {"UK01-T1"}))
    assert tills.health(number).against == "missing"
    assert tills.follow() == {"DE01-T1": 3, "UK01-T1": 3}
    tills.write(lambda unit: service.to_all(unit, number, tills.centre.clock.now()))
    assert tills.follow() == {"DE01-T1": 3, "UK01-T1": 3}
    assert tills.held["DE01-T1"][own("DE01-T1")] is None
    with reading(tills.database) as unit:
        assert offline_days(unit) == 3


@on_sqlite
def test_the_digest_of_a_till_counts_its_own_rows(tills):
    tills.ask("DE01-T1")
    tills.centre.drain()
    counts = {
        name: till.get("/api/v1/till/feeds/config/digest").json()["count"]
        for name, till in tills.tills.items()
    }
    assert counts["DE01-T1"] == counts["UK01-T1"] + 1


@on_sqlite
def test_back_brings_what_was_set_before(tills):
    now = tills.centre.clock.now()
    first = tills.ask(days=5)
    assert tills.state(first)[0] is RolloutState.DONE
    assert tills.follow() == {"DE01-T1": 5, "UK01-T1": 5}
    second = tills.ask("DE01-T1", days=9)
    assert tills.follow()["DE01-T1"] == 9
    with pytest.raises(DomainError, match="rollout_newer"):
        tills.write(lambda unit: service.take_back(unit, first, now))
    tills.write(lambda unit: service.take_back(unit, second, now))
    assert tills.follow() == {"DE01-T1": 5, "UK01-T1": 5}
    tills.write(lambda unit: service.take_back(unit, first, now))
    assert tills.follow() == {"DE01-T1": None, "UK01-T1": None}


@on_sqlite
def test_one_version_at_a_time_and_one_step_after_the_other(tills):
    number = tills.ask("DE01-T1")
    with pytest.raises(DomainError, match="rollout_open"):
        tills.ask()
    tills.write(lambda unit: service.stop(unit, number))
    with pytest.raises(DomainError, match="rollout_step_invalid"):
        tills.write(lambda unit: service.stop(unit, number))
    with pytest.raises(DomainError, match="offline_days_invalid"):
        tills.ask(days=91)
    with pytest.raises(DomainError, match="rollout_hours_invalid"):
        tills.ask(hours=5)


@on_sqlite
@pytest.mark.parametrize("against", ["", "missing", "silent", "exceptions"])
def test_it_goes_to_all_by_itself_only_where_the_first_fare_well(tills, against):
    number = tills.ask("DE01-T1", hours=2)
    if against != "missing":
        tills.follow()
    tills.centre.clock.at += timedelta(hours=1, minutes=59)
    rollouts.go_on(tills.centre.context)
    assert tills.state(number) == (RolloutState.RUNNING, "")
    tills.centre.clock.at += timedelta(minutes=2)
    if against != "silent":
        tills.hear("DE01-T1")
    if against == "exceptions":
        source = Source("DE01-T1", 1, 1, new_id(tills.centre.clock), "receipt.finished")
        now = tills.centre.clock.now()
        tills.write(lambda unit: raise_exception(unit, source, "odd", {}, NOTICE, now))
    rollouts.go_on(tills.centre.context)
    done = (RolloutState.DONE, "") if not against else (RolloutState.STOPPED, against)
    assert tills.state(number) == done
    rollouts.go_on(tills.centre.context)
    assert tills.state(number) == done


def test_a_share_grows_without_letting_any_till_go():
    tills = [f"DE{n:02}-T1" for n in range(40)]
    shares = [share_of(tills, percent, "salt") for percent in (1, 10, 25, 99)]
    assert [len(one) for one in shares] == [1, 4, 10, 40]
    assert shares[0] < shares[1] < shares[2] < shares[3]
    assert share_of(tills, 10, "other") != shares[1]


# --- pages ---------------------------------------------------------------------------------------


@pytest.fixture
def office(chain):
    database = chain.context.database
    with writing(database) as unit:
        unit.connection.exec_driver_sql("UPDATE till SET state = 'active' WHERE store_id <> 'AT01'")
        record_contact(unit, "DE01-T1", Contact(NOW, 1, "0.1.0"))
    return chain


FORM = {"days": "3", "first": "some", "names": "DE01-T1, UK01"}


def test_head_office_begins_with_some_widens_and_takes_back(office):
    desk = at_desk(office, "1")
    answer = desk.send("/rules/customers", "/rules", **FORM, hours="4")
    address = answer.headers["location"]
    assert address == "/rollouts/1"
    page = words(desk.get(address))
    assert "0 von 3" in page
    assert "DE01-T1" in page
    assert "nichts gesetzt" in page
    assert "3 Tage" in page
    assert "ist unterwegs" in words(desk.get("/rules"))
    assert "DE01-T2" not in page
    desk.send(f"{address}/widen", address, first="share", share="99")
    assert "DE01-T2" in words(desk.get(address))
    desk.send(f"{address}/stop", address)
    assert "Sie geht nicht weiter" in words(desk.get(address))
    desk.send(f"{address}/all", address)
    assert "Auf allen Kassen" in words(desk.get(address))
    desk.send(f"{address}/back", address)
    assert "Zurückgenommen" in words(desk.get("/rollouts"))
    trail = words(desk.get("/audit?kind=rollout"))
    for said in ("Begonnen", "An weitere gegeben", "Angehalten", "Angewendet", "Zurückgenommen"):
        assert said in trail
    assert desk.send(f"{address}/all", address).status_code == 409
    assert desk.send(f"{address}/dance", address).status_code == 404


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"names": "DE01-T1, NIRGENDS"}, "weder Kasse noch Filiale"),
        ({"names": " "}, "Mindestens eine Kasse in Betrieb"),
        ({"names": "AT01"}, "Mindestens eine Kasse in Betrieb"),
        ({"first": "share", "share": "0"}, "1 bis 99 Prozent"),
        ({"hours": "999"}, "1 bis 720 Stunden"),
        ({"days": "91"}, "0 bis 90 Tage"),
        ({"days": "drei"}, "0 bis 90 Tage"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_begins(office, typed, said):
    desk = at_desk(office, "1")
    answer = desk.send("/rules/customers", "/rules", **{**FORM, **typed})
    assert answer.status_code == 422
    assert said in words(answer)
    assert answer.text.count('aria-invalid="true"') == 1
    assert "Noch nichts ausgerollt" in words(desk.get("/rollouts"))


def test_a_second_person_releases_a_setting_where_the_rules_say_so(office):
    with writing(office.context.database) as unit:
        set_rule(unit, ReleaseKind.SETTING, on=True)
    asker, other = at_desk(office, "1"), at_desk(office, "6")
    address = asker.send("/rules/customers", "/rules", **FORM).headers["location"]
    assert "Sie wartet auf eine zweite Person." in words(asker.get(address))
    assert asker.send("/releases/1", "/releases", decision="released").status_code == 403
    assert "Unterwegs" not in words(other.get(address))
    other.send("/releases/1", "/releases", decision="released")
    assert "Unterwegs" in words(other.get(address))
    assert "An alle Kassen" not in words(other.get(address))
    assert other.send(f"{address}/all", "/settings").status_code == 403
    asker.send(f"{address}/back", address)
    asker.send("/rules/customers", "/rules", **FORM)
    other.send("/releases/2", "/releases", decision="refused", reason="zu früh")
    assert "Abgelehnt" in words(asker.get("/rollouts/2"))


def test_codes_go_the_same_way(office):
    desk = at_desk(office, "1")
    code = {"kind": "customer", "prefix": "77", "length": "13", "check": "gtin", "cut": "no"}
    answer = desk.send("/rules/codes", "/rules", **code, first="share", share="50")
    assert '"prefix": "77"' in desk.get(answer.headers["location"]).text.replace("&#34;", '"')
    again = desk.send("/rules/codes", "/rules", **code)
    assert again.status_code == 422
    assert "Eine andere Fassung dieser Einstellung ist unterwegs." in words(again)
