"""The status bar and the settings: what is said about waiting, stopping, signing; what a change keeps and undoes."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest

from pos_client.features.settings.presenter import CHOICES, SettingsPresenter
from pos_client.features.status.presenter import StatusPresenter
from pos_client.ports import Operator, initials
from shared.errors import DomainError, EnvironmentProblem
from shared.identity import FixedClock
from tests.unit.till_fakes import MOMENT, FakeRecording, FakeTexts, View

ZONE = ZoneInfo("Europe/Berlin")
NOTHING_WAITS = {
    "unsent_receipts": 0,
    "oldest_unsent": None,
    "last_contact": MOMENT.at,
    "offline_reason": "",
    "stopped": "",
    "second_copy": "none",
}


def bar(*, market="DE", signs=False, training=False, operator=None, **changes):
    status = SimpleNamespace(**{**NOTHING_WAITS, **changes})
    place = SimpleNamespace(till_id="DE01-T2", store_id="DE01", market=market, currency="EUR")
    return StatusPresenter(
        SimpleNamespace(status=lambda: status),
        SimpleNamespace(signs=signs),
        SimpleNamespace(training=training),
        FakeRecording(operator),
        place,
        "Kranich & Kater",
        ZONE,
        FixedClock(MOMENT.at),
        FakeTexts(),
        View(),
    ).refresh()


def ago(**by):
    return MOMENT.at - timedelta(**by)


def test_all_is_well():
    state = bar()
    assert (state.sync_text, state.sync_tone, state.sync_detail) == ("status.sent", "ok", "")
    assert state.place == "status.place store=Kranich & Kater till=T2"
    assert (state.date_text, state.time_text) == ("2026-11-25", "12:00")
    assert (state.operator, state.initials, state.training) == ("", "", "")


def test_who_is_there_and_practising():
    state = bar(operator=Operator("101", "Jette Sandkorn", "cashier", "de"), training=True)
    assert (state.operator, state.initials) == ("Jette Sandkorn", "JS")
    assert state.training == "basket.training"


@pytest.mark.parametrize(
    ("changes", "text", "tone"),
    [
        ({"unsent_receipts": 1, "oldest_unsent": ago(seconds=29)}, "status.sent", "ok"),
        ({"unsent_receipts": 0, "oldest_unsent": ago(hours=1)}, "status.sent", "ok"),
        (
            {"unsent_receipts": 3, "oldest_unsent": ago(minutes=78)},
            "status.waiting_many count=3 since=10:42",
            "warning",
        ),
        (
            {"unsent_receipts": 1, "oldest_unsent": ago(days=1)},
            "status.waiting_one count=1 since=2026-11-24 12:00",
            "warning",
        ),
        (
            {"offline_reason": "x", "unsent_receipts": 14, "last_contact": ago(hours=2)},
            "status.offline_many count=14 since=10:00",
            "warning",
        ),
        ({"offline_reason": "x"}, "status.offline_none count=0 since=12:00", "warning"),
        (
            {"offline_reason": "x", "last_contact": None, "unsent_receipts": 1},
            "status.never_online_one count=1",
            "warning",
        ),
        ({"stopped": "till_withdrawn", "offline_reason": "x"}, "status.stopped", "danger"),
    ],
)
def test_what_waits_and_what_stopped(changes, text, tone):
    state = bar(**changes)
    assert (state.sync_text, state.sync_tone) == (text, tone)


def test_what_stopped_says_why_and_what_next():
    detail = bar(stopped="till_withdrawn").sync_detail
    assert detail == "error.till_withdrawn error.till_withdrawn.next"


def test_times_are_the_stores():
    at = datetime.fromisoformat("2026-11-25T09:20:00+00:00")
    assert bar(offline_reason="x", last_contact=at).sync_text.endswith("since=10:20")


def test_signing_and_second_copy():
    assert bar(signs=True).fiscal_text == "status.fiscal_ready"
    assert (bar().fiscal_text, bar().fiscal_tone) == ("status.fiscal_none", "muted")
    assert bar(market="GB").fiscal_text == ""
    shown = [bar(second_copy=state) for state in ("none", "ok", "missing", "same_disk", "differs")]
    assert [(s.copy_text, s.copy_tone) for s in shown] == [
        ("", "muted"),
        ("status.copy_ok", "ok"),
        ("status.copy_missing", "warning"),
        ("status.copy_same_disk", "warning"),
        ("status.copy_differs", "danger"),
    ]


@pytest.mark.parametrize(
    ("name", "letters"),
    [
        ("Jette Sandkorn", "JS"),
        ("Mia", "M"),
        ("Ana de la Cruz", "AC"),
        ("", ""),
        ("Bo (Aushilfe) Lü", "BL"),
    ],
)
def test_initials(name, letters):
    assert initials(name) == letters


# --- settings -------------------------------------------------------------------------------------


class Kept(dict):
    broken = False

    def values(self):
        return dict(self)

    def change(self, setting, value):
        if self.broken:
            raise EnvironmentProblem("settings_unwritable")
        self[setting] = value


def make_settings(**kept):
    store = Kept(kept)
    said = []
    recording = FakeRecording(None)
    voice = SimpleNamespace(speak=said.append)
    presenter = SettingsPresenter(store, recording, voice, "de", FakeTexts(), View())
    return presenter, store, recording, said


def test_every_setting_is_shown_with_its_choices():
    state = make_settings(theme="dark", hand="no such hand")[0].refresh()
    assert (state.theme, state.hand, state.language) == ("dark", "right", "store")
    assert {row.setting: tuple(c.value for c in row.choices) for row in state.rows} == CHOICES
    assert not state.can_undo


def test_a_change_is_kept_and_journalled_and_undone_once():
    settings, store, recording, _ = make_settings()
    state = settings.on_change("theme", "dark")
    assert (state.theme, state.can_undo, store["theme"]) == ("dark", True, "dark")
    assert recording.events == [("settings.changed", {"setting": "theme", "value": "dark"})]
    state = settings.on_undo()
    assert (state.theme, state.can_undo, store["theme"]) == ("light", False, "light")
    assert len(recording.events) == 2
    with pytest.raises(DomainError, match="nothing_to_undo"):
        settings.on_undo()


def test_choosing_what_holds_changes_nothing():
    settings, _, recording, _ = make_settings()
    assert not settings.on_change("theme", "light").can_undo
    assert recording.events == []


def test_the_language_is_spoken_at_once():
    settings, _, _, said = make_settings()
    settings.on_change("language", "en")
    settings.on_change("language", "store")
    assert said == ["en", "de"]


@pytest.mark.parametrize(("setting", "value"), [("theme", "pink"), ("volume", "11")])
def test_what_is_no_choice_is_refused(setting, value):
    settings, store, recording, _ = make_settings()
    with pytest.raises(DomainError, match="setting_unknown"):
        settings.on_change(setting, value)
    assert (store, recording.events) == ({}, [])


def test_a_till_that_cannot_journal_changes_nothing():
    settings, store, recording, said = make_settings()
    recording.broken = EnvironmentProblem("journal_disk_full")
    with pytest.raises(EnvironmentProblem):
        settings.on_change("language", "en")
    assert (store, said) == ({}, [])
