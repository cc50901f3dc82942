"""The joining screen: steps with their progress, errors at the field they are about, and going on where it failed."""

import pytest

from pos_client.features.joining.presenter import STEPS, JoiningPresenter
from shared.errors import DomainError, EnvironmentProblem
from tests.unit.till_fakes import FakeTexts, View


class Texts(FakeTexts):
    def error(self, problem):
        return f"{problem.code}.", f"{problem.code}.next."


class FakeJoiner:
    def __init__(self, **failing):
        self.failing = failing
        self.done = []

    def _do(self, step):
        self.done.append(step)
        if step in self.failing:
            raise self.failing[step]

    def check(self, address, code):
        self.asked = (address, code)
        self._do("check")

    def make_key(self):
        self._do("key")

    def join(self, address, code):
        self._do("join")
        return "Lindenplatz"

    def fetch(self, progress):
        progress(40)
        progress(40)
        self._do("fetch")
        progress(90)


def make(**failing):
    joiner = FakeJoiner(**failing)
    return JoiningPresenter(joiner, Texts(), View()), joiner


def statuses(state):
    return {step.step: step.status for step in state.steps}


def test_at_first_all_steps_wait():
    state = make()[0].state
    assert statuses(state) == dict.fromkeys(STEPS, "waiting")
    assert not state.running


def test_joining_goes_step_by_step_and_is_shown_on_the_way():
    presenter, joiner = make()
    state = presenter.on_join(" kasse.example ", " K7QM 3XPD ")
    assert joiner.asked == ("kasse.example", "K7QM 3XPD")
    assert joiner.done == ["check", "key", "join", "fetch"]
    assert (state.ready, state.running, state.percent, state.place) == (
        True,
        False,
        100,
        "Lindenplatz",
    )
    assert statuses(state) == dict.fromkeys(STEPS, "done")
    assert state.code == ""  # it is spent
    shown = presenter._view.states
    loading = [s for s in shown if statuses(s)["data"] == "running" and s.percent == 40]
    assert loading[-1].steps[3].detail == "joining.percent percent=40"
    assert loading[-1].place == "Lindenplatz"
    assert shown[-1] == state == presenter.refresh()


@pytest.mark.parametrize(
    ("step", "problem", "field"),
    [
        ("check", EnvironmentProblem("centre_url_invalid"), "address_error"),
        ("check", EnvironmentProblem("tls_required"), "address_error"),
        ("check", DomainError("provision_code_malformed"), "code_error"),
        ("join", EnvironmentProblem("centre_unreachable"), "address_error"),
        ("join", DomainError("code_expired"), "code_error"),
        ("join", DomainError("code_unknown"), "code_error"),
    ],
)
def test_an_error_stands_at_its_field_and_says_what_to_do(step, problem, field):
    state = make(**{step: problem})[0].on_join("a", "b")
    said = {name: getattr(state, name) for name in ("address_error", "code_error", "error")}
    assert said == {**dict.fromkeys(said, ""), field: f"{problem.code}. {problem.code}.next."}
    assert not state.running
    assert (state.address, state.code) == ("a", "b")
    assert "failed" in statuses(state).values()


def test_what_is_about_no_field_stands_alone():
    state = make(key=EnvironmentProblem("data_folder_unusable"))[0].on_join("a", "b")
    assert (state.error, state.error_next) == (
        "data_folder_unusable.",
        "data_folder_unusable.next.",
    )
    assert (state.address_error, state.code_error) == ("", "")


def test_a_till_that_is_in_goes_on_with_its_data():
    presenter, joiner = make(fetch=EnvironmentProblem("centre_unreachable"))
    state = presenter.on_join("a", "b")
    # The address was right: it is the line that broke.
    assert (state.address_error, state.error) == ("", "centre_unreachable.")
    assert statuses(state)["data"] == "failed"
    joiner.failing.clear()
    joiner.done.clear()
    assert presenter.on_join("a", "b").ready
    assert joiner.done == ["fetch"]
