"""What a customer of the shop in the pictures says, in both languages. All people are invented."""

from __future__ import annotations

from pos_client.features.customers.state import SaidRow, SaidState, Statement
from pos_client.ports import Texts


def heard(words: Texts) -> SaidState:
    """A note, and a consent that is taken back."""
    note = "Likes linen, size 42" if words.language == "en" else "Mag Leinen, Größe 42"
    detail = words.text("customers.heard", time="14:05", by="Anna Berg")
    purpose = words.text("customers.consent_phone")
    rows = (
        SaidRow(Statement("note", note), words.text("customers.said_note", text=note), detail),
        SaidRow(
            Statement("consent", purpose="phone", given=False),
            words.text("customers.said_back", purpose=purpose),
            detail,
        ),
    )
    return SaidState("C1", "Mia Sommer", rows)
