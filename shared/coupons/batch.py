"""A batch of codes as till and centre know it: which promotion it opens, how its codes look, when and for whom.

The engine knows nothing of batches. A code that was taken stands for the promotion's own word (`literal_of`), which is
in the promotion's `codes` and which nobody can type: so every pricing of the receipt, now and later, asks for no code.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from shared.coupons.drawn import DrawnForm, DrawnKeys
from shared.coupons.signs import read_signs
from shared.coupons.span import Span
from shared.errors import DomainError

_MARK = "#"


class CodeKind(StrEnum):
    """`DRAWN` codes were drawn by chance, those of a `SPAN` are numbered."""

    DRAWN = "drawn"
    SPAN = "span"


@dataclass(frozen=True, slots=True)
class CodeBatch:
    """`size` codes of one `form` for the promotion, each good for `uses` receipts from `starts_at` until `ends_at`
    (None: as the promotion). `keys` are those of drawn codes.

    `group`: only for customers in it. `one_each`: every code is for a customer of its own, whom only the centre knows.
    """

    batch_id: UUID
    promotion: str
    name: str
    form: DrawnForm | Span
    size: int
    uses: int = 1
    keys: DrawnKeys | None = None
    starts_at: datetime | None = None
    ends_at: datetime | None = None
    group: str = ""
    one_each: bool = False
    blocked: bool = False

    @property
    def kind(self) -> CodeKind:
        """Which of the two it is."""
        return CodeKind.DRAWN if isinstance(self.form, DrawnForm) else CodeKind.SPAN

    def code(self, place: int) -> str:
        """The code at a place, from 0 on."""
        if isinstance(self.form, Span):
            return self.form.code(place)
        return self.form.code(self._keys(), place)

    def place(self, code: str) -> int | None:
        """The place of a sound code of this form; None if it is none of the batch."""
        if isinstance(self.form, Span):
            return self.form.place(code)
        place = self.form.place(self._keys(), code)
        return place if place is not None and place < self.size else None

    def _keys(self) -> DrawnKeys:
        if self.keys is None:
            raise ValueError("a batch of drawn codes has keys")
        return self.keys


def literal_of(promotion_id: str) -> str:
    """The word by which a promotion asks for codes of its batches, in its `codes`."""
    return f"{_MARK}{promotion_id}".upper()


def is_literal(word: str) -> bool:
    """Whether a word among a promotion's `codes` stands for its batches; nobody may type such a one."""
    return word.startswith(_MARK)


@dataclass(frozen=True, slots=True)
class Recognised:
    """A code of a batch: as it is compared, and its place in it."""

    batch: CodeBatch
    code: str
    place: int


def recognise(batches: Iterable[CodeBatch], text: str) -> Recognised | None:
    """The batch that a text is a code of; None if it looks like none of them.

    `DomainError('code_mistyped')`, 400, where prefix and length are those of a batch, and its check sign is wrong;
    `('promotion_code_unknown')`, 404, where that fits too but there is no such code.
    """
    code, typed = read_signs(text), text.strip()[:40]
    sound, alike = False, False
    for batch in batches:
        form = batch.form
        if len(code) != form.length or not code.startswith(form.prefix):
            continue
        if not form.sound(code):
            # Bare digits of that length may be anything; they are no code that somebody mistyped.
            alike = alike or bool(form.prefix)
            continue
        place = batch.place(code)
        if place is not None:
            return Recognised(batch, code, place)
        sound = sound or bool(form.prefix)
    if sound:
        raise DomainError("promotion_code_unknown", {"code": typed}, http_status=404)
    if alike:
        raise DomainError("code_mistyped", {"code": typed}, http_status=400)
    return None


def check_open(batch: CodeBatch, at: datetime) -> None:
    """`DomainError`, 409: `code_blocked`, `code_early` or `promotion_code_expired` with the `day`."""
    if batch.blocked:
        raise DomainError("code_blocked", http_status=409)
    if batch.starts_at is not None and at < batch.starts_at:
        raise DomainError("code_early", {"day": batch.starts_at.isoformat()}, http_status=409)
    if batch.ends_at is not None and at >= batch.ends_at:
        raise DomainError(
            "promotion_code_expired", {"day": batch.ends_at.isoformat()}, http_status=409
        )


def check_whose(
    batch: CodeBatch, customer: str, groups: Collection[str] | None, owner: str | None = None
) -> None:
    """Whether a code may be used for a receipt of `customer` (empty: nobody is known) in these `groups`.

    `groups` None: not known here; `owner` is whose code it is, None where that is not known. What is not known is left
    to the centre. `DomainError('code_other_customer')`, 409.
    """
    if not batch.group and not batch.one_each:
        return
    wrong_group = batch.group and groups is not None and batch.group not in groups
    wrong_owner = batch.one_each and owner is not None and owner != customer
    if not customer or wrong_group or wrong_owner:
        raise DomainError("code_other_customer", http_status=409)
