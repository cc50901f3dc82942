"""How devices are in words, setting one up step by step, and the two rows that customers see."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pos_client.app.screens.bench import MODELS, Bench
from pos_client.app.translations import TillTexts
from pos_client.features.customer_display.rows import COLUMNS, pole_rows
from pos_client.features.customer_display.state import CustomerLine, CustomerState
from pos_client.features.devices.ports import DeviceKind, DeviceSight
from pos_client.features.devices.presenter import DevicesPresenter, option_of, with_option
from pos_client.features.devices.words import device_status
from pos_client.ports import Operator
from shared.errors import DomainError, EnvironmentProblem
from shared.identity.payment_cards import mask_payment_cards
from tests.unit.till_fakes import MIA, FakeRecording

LEA = Operator("103", "Lea", "store_manager", "de")
CARD = "4000001234567899"  # invented; its check digit is right
AWAY = EnvironmentProblem("reader_away", {"address": "serial:/dev/ttyACM0", "detail": "gone"})


@pytest.fixture
def texts():
    return TillTexts("de", "DE", "EUR")


def presenter(texts, operator=LEA):
    recording = FakeRecording(operator)
    return DevicesPresenter(Bench(), recording, texts, MODELS), recording


# --- the status bar -------------------------------------------------------------------------------


def test_devices_that_are_well_say_nothing(texts):
    sights = [
        DeviceSight(DeviceKind.PRINTER, "x", "ready"),
        DeviceSight(DeviceKind.SCALE),
        DeviceSight(DeviceKind.SCANNER, "y", "busy", "looking"),
    ]
    assert device_status(sights, texts).text == ""


def test_the_worst_is_said_first_with_what_to_do_and_how_many_more_there_are(texts):
    sights = [
        DeviceSight(DeviceKind.PRINTER, "x", "warning", "paper_low"),
        DeviceSight(DeviceKind.SCANNER, "y", "trouble", problem=AWAY),
    ]
    status = device_status(sights, texts)
    assert (status.text, status.short, status.tone) == (
        "Scanner: getrennt +1",
        "getrennt",
        "danger",
    )
    assert "Prüf Kabel und Strom" in status.sentence
    assert device_status(sights[:1], texts).sentence.startswith("Das Papier geht zu Ende.")


# --- setting up -----------------------------------------------------------------------------------


def test_a_device_is_set_up_step_by_step_and_kept_under_a_name(texts):
    steps, recording = presenter(texts)
    state = steps.on_find(steps.on_setup("printer"), "network")
    assert [row.guess for row in state.found] == [True, True, False]
    assert state.present == state.address == "tcp://192.168.1.50:9100"
    state = steps.on_option(
        steps.on_choose(state, " tcp://192.168.1.51:9100 "), "profile", "citizen"
    )
    assert state.address == "tcp://192.168.1.51:9100?profile=citizen"
    assert next(row.value for row in state.options if row.name == "profile") == "citizen"
    tried = steps.on_try(state)
    assert (tried.tone, tried.tested) == ("ok", True)
    assert steps.on_choose(tried, "tcp://192.168.1.52").tested is False
    assert "eingerichtet" in steps.on_keep(tried)
    kind, facts = recording.events[-1]
    assert kind == "settings.changed"
    assert facts == {"setting": "printer", "value": tried.address, "changed_by": "103"}
    assert "entfernt" in steps.on_keep(steps.on_choose(tried, ""))


def test_what_is_wrong_with_an_address_stands_in_the_step(texts):
    steps, _ = presenter(texts)
    tried = steps.on_try(steps.on_choose(steps.on_setup("scale"), "serial:/dev/ttyS9"))
    assert (tried.tone, tried.tested) == ("danger", False)
    assert "antwortet nicht" in tried.result


def test_a_terminals_password_is_kept_and_not_journalled(texts):
    steps, recording = presenter(texts)
    state = steps.on_choose(steps.on_setup("terminal"), "tcp://192.0.2.1:20007?password=135791")
    steps.on_keep(state)
    assert "135791" not in str(recording.events)


@pytest.mark.parametrize("operator", [MIA, None])
def test_who_does_not_lead_the_store_changes_nothing(texts, operator):
    steps, recording = presenter(texts, operator)
    leader, _ = presenter(texts)
    state = leader.on_setup("scale")
    for act in (
        lambda: steps.on_setup("scale"),
        lambda: steps.on_keep(state),
        lambda: steps.on_trace(on=False),
        steps.on_export,
        steps.on_waive_drawer,
    ):
        with pytest.raises(DomainError):
            act()
    assert not recording.events
    assert not steps.may_set_up()
    assert leader.may_set_up()


@given(
    st.from_regex(r"\A(serial:/dev/tty[A-Z]{1,3}[0-9]|tcp://[a-z]{1,9}:[0-9]{2,4})\Z"),
    st.dictionaries(
        st.sampled_from(["baud", "mode", "profile"]), st.from_regex(r"\A[a-z0-9]{1,9}\Z")
    ),
)
def test_options_come_and_go_and_the_place_stays(place, options):
    address = place
    for name, value in options.items():
        address = with_option(address, name, value)
    assert {name: option_of(address, name) for name in options} == options
    for name in options:
        address = with_option(address, name, "")
    assert address == place


# --- the customer ---------------------------------------------------------------------------------

WORDS = st.text(max_size=40)
AMOUNTS = st.integers(0, 10**8).map(lambda minor: f"{minor // 100},{minor % 100:02}\u00a0€")


@given(
    st.sampled_from(["idle", "sale", "pay", "paid"]),
    st.lists(st.builds(CustomerLine, WORDS, WORDS, AMOUNTS), max_size=3),
    WORDS,
    AMOUNTS,
    st.one_of(st.just(""), AMOUNTS),
    st.booleans(),
)
def test_rows_of_a_pole_fit_and_amounts_are_whole(phase, lines, caption, amount, given_, euro):
    state = CustomerState(
        phase,
        "Kranich & Kater",
        "Willkommen",
        tuple(lines),
        caption,
        amount,
        given_caption="Gegeben",
        given=given_,
        thanks="Vielen Dank!",
    )
    rows = pole_rows(state, euro=euro)
    assert all(len(row) <= COLUMNS for row in rows)
    if phase != "idle":
        shown = amount if euro else amount.replace("€", "EUR")
        assert any(row.endswith(shown) for row in rows)


def test_the_pole_says_what_the_terminal_asks_of_the_customer():
    state = CustomerState("pay", "Kranich & Kater", caption="Zu zahlen", amount="12,00 €")
    asked = replace(state, notice="Bitte PIN eingeben", given_caption="Gegeben", given="5,00")
    upper, lower = pole_rows(asked)
    assert upper.strip() == "Bitte PIN eingeben"
    assert lower.endswith("12,00 €")
    assert pole_rows(state)[0].strip() == "Kranich & Kater"


# --- support --------------------------------------------------------------------------------------


@given(st.text(alphabet="abc :.-", max_size=20), st.text(alphabet="abc :.-", max_size=20))
def test_a_payment_card_is_masked_wherever_it_stands(before, behind):
    masked = mask_payment_cards(f"{before}x{CARD}x{behind}")
    assert CARD not in masked
    assert masked.startswith(before)


def test_octets_and_barcodes_are_no_cards():
    for text in ("02 30 30 2e 33 37 35 0d", "GTIN 4006381333931", "2026-11-27T12:00:00.000+01:00"):
        assert mask_payment_cards(text) == text
