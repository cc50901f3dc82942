"""Every journal event type says what happens when it meets others, and the protocol says it too.

Why: an event type without a conflict rule gets one by accident, in the projector that happens to read
it first; two tills then disagree about a stock count for as long as nobody looks.
"""

from types import SimpleNamespace

from shared.journal.types import EVENT_TYPES, ConflictRule
from tests.architecture.sources import ROOT


def ruleless(event_types):
    for name, event_type in event_types.items():
        if not isinstance(getattr(event_type, "conflict_rule", None), ConflictRule):
            yield f"{name}: no conflict rule"
        if event_type.name != name:
            yield f"{name}: registered under another name than {event_type.name}"


def test_every_event_type_has_a_conflict_rule():
    assert EVENT_TYPES
    assert list(ruleless(EVENT_TYPES)) == []


def test_every_conflict_rule_in_use_stands_in_the_protocol():
    protocol = (ROOT / "docs/protocol.md").read_text(encoding="utf-8")
    used = {event_type.conflict_rule.value for event_type in EVENT_TYPES.values()}
    assert {rule for rule in used if f"`{rule}`" not in protocol} == set()


def test_a_type_without_a_rule_is_caught():
    rule = ConflictRule.FACT
    samples = {
        "sale.completed": SimpleNamespace(name="sale.completed"),
        "stock.moved": SimpleNamespace(name="stock.moved", conflict_rule="delta, probably"),
        "note.added": SimpleNamespace(name="note.changed", conflict_rule=rule),
    }
    assert len(list(ruleless(samples))) == 3
    assert not list(ruleless({"a.b": SimpleNamespace(name="a.b", conflict_rule=rule)}))
