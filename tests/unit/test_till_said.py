"""What a customer says at the till: heard, corrected, taken out again, and kept once."""

from datetime import UTC, datetime

import pytest

from pos_client.app.translations import TillTexts
from pos_client.features.customers.presenter import CustomersPresenter, field_of
from pos_client.features.customers.state import SaidState, Statement
from shared.errors import DomainError

START = SaidState("C1", "Mia Sommer")
MAIL = Statement("consent", purpose="mail")


class Lists:
    def __init__(self):
        self.kept = []

    def hearing(self):
        return datetime(2026, 11, 21, 14, 5, tzinfo=UTC), "Anna Berg"

    def keep_said(self, number, said):
        self.kept.append((number, list(said)))


@pytest.fixture
def lists():
    return Lists()


@pytest.fixture
def presenter(lists):
    return CustomersPresenter(lists, TillTexts("en", "GB", "GBP"))


def heard(presenter, *statements):
    state = START
    for each in statements:
        state = presenter.on_hear(state, each)
    return state


def test_each_statement_says_who_heard_it_when(presenter):
    state = heard(presenter, Statement("note", " Size 42 "), MAIL)
    assert [row.text for row in state.rows] == [
        "Note: Size 42",
        "Agreed: May be sent post and e-mail",
    ]
    assert {row.detail for row in state.rows} == {"14:05, heard by Anna Berg"}
    assert (state.consent("mail"), state.consent("phone")) == (True, None)


def test_the_later_word_counts_but_every_note_stays(presenter):
    back = Statement("consent", purpose="mail", given=False)
    notes = Statement("note", "One"), Statement("note", "Two")
    names = Statement("name", "Mia Summer"), Statement("name", "Mia Sommer")
    state = heard(presenter, *notes, *names, MAIL, back)
    assert [row.statement for row in state.rows] == [*notes, names[1], back]


@pytest.mark.parametrize(
    ("statement", "code", "field"),
    [
        (Statement("note", " "), "note_empty", "note"),
        (Statement("note", "x" * 1_001), "note_too_long", "note"),
        (Statement("name", ""), "customer_name_missing", "name"),
        (Statement("email", "mia"), "customer_email_invalid", "email"),
        (Statement("phone", "none"), "customer_phone_invalid", "phone"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_is_kept(
    presenter, lists, statement, code, field
):
    with pytest.raises(DomainError) as refused:
        presenter.on_keep(heard(presenter, MAIL), [statement])
    assert (refused.value.code, field_of(code)) == (code, field)
    assert lists.kept == []


def test_what_is_taken_out_again_is_never_kept(presenter, lists):
    state = heard(presenter, Statement("note", "Wrong"), MAIL)
    state = presenter.on_keep(presenter.on_forget(state, 0), [Statement("phone", "0171 5550123")])
    ((number, said),) = lists.kept
    assert (number, [each.about for each in said]) == ("C1", ["mail", "phone"])
    assert state.rows == ()
    presenter.on_keep(state)
    assert len(lists.kept) == 1
