"""Settings in `till.json` and the status bar over a real journal."""

import json

import pytest

from pos_client.app.settings import SettingsFile, TillSettings, load_settings
from pos_client.features.settings.presenter import CHOICES
from tests.integration.till_world import World


@pytest.fixture
def world(tmp_path):
    world = World(tmp_path)
    yield world
    world.close()


def test_every_choice_can_be_kept_and_the_rest_of_the_file_stays(tmp_path):
    path = tmp_path / "till.json"
    path.write_text('{"second_copy": "/media/stick"}', encoding="utf-8")
    file = SettingsFile(path)
    for setting, choices in CHOICES.items():
        for value in choices:
            file.change(setting, value)
            assert file.values()[setting] == value
    assert set(file.values()) == set(CHOICES)
    assert str(load_settings(path).second_copy) == "/media/stick"


def test_the_first_choice_is_what_holds_without_a_file(tmp_path):
    values = SettingsFile(tmp_path / "till.json").values()
    assert values == {setting: choices[0] for setting, choices in CHOICES.items()}
    assert TillSettings().language == ""


def test_a_till_changes_its_look_and_says_how_it_stands(world):
    till = world.open()
    assert till.settings.on_change("theme", "dark").theme == "dark"
    assert json.loads(till.paths.settings.read_text("utf-8"))["theme"] == "dark"
    till.basket.on_add("S1")
    till.payment.on_cash()
    till.payment.on_finish()
    assert till.outbox.status().unsent_receipts == 1
    state = till.status.refresh()
    assert state.fiscal_text == "ohne TSE"
    assert state.operator == till.recorder.operator.name
