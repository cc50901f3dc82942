"""A receipt as text in 42 columns: the preview on a screen, and what the headless till shows.

It is the paper of `shared.receipt.layout`, read instead of printed.
"""

from __future__ import annotations

from pos_client.ports import Texts
from shared.receipt import Party, Receipt
from shared.receipt.layout import Sheet, gift_paper, receipt_paper
from shared.receipt.paper import plain_text

WIDTH = 42


def receipt_text(
    receipt: Receipt, kind: str, seller: Party, texts: Texts, *, copy: bool = False
) -> str:
    """The whole receipt; `kind` is the event type it was journalled as, `copy` marks a reprint."""
    return plain_text(receipt_paper(receipt, kind, Sheet(seller, texts, WIDTH), copy=copy))


def gift_text(receipt: Receipt, seller: Party, texts: Texts) -> str:
    """The gift receipt."""
    return plain_text(gift_paper(receipt, Sheet(seller, texts, WIDTH)))
