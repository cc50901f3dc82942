"""What travels about codes of batches: the batches that tills know, and the question whether a code still counts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID

from pydantic import Field

from shared.catalogue.scan_rules import CheckDigit
from shared.coupons import CodeBatch, DrawnForm, DrawnKeys, Span
from shared.errors import DomainError
from shared.journal.reader import BodyReader
from shared.wire.authorisations import AuthorisationState
from shared.wire.models import WireModel

BATCH_KEY = "code_batch:"
"""What the keys of batches begin with in the feed `config`; the id of the batch follows."""
LONGEST_CODE = 40
"""Signs that are asked for at most."""
ALONE_KEY = "codes_alone"
ALONE_USUAL, ALONE_MOST = 1, 4
_CHECKS = {str(check): check for check in CheckDigit}


class CodeRequest(WireModel):
    """Keep a code for the receipt `basket_id`, for `customer` where one is known. The same id at each repetition."""

    auth_id: UUID
    code: Annotated[str, Field(min_length=1, max_length=LONGEST_CODE)]
    basket_id: UUID
    customer: Annotated[str, Field(max_length=40)] = ""


class CodeAnswer(WireModel):
    """The code is kept for the receipt until `expires_at`, or what became of it since.

    `batch` and `promotion` are whose it is, for a till that did not know; not where only the id is known.
    """

    auth_id: UUID
    state: AuthorisationState
    expires_at: datetime | None = None
    batch: UUID | None = None
    promotion: str = ""


def batch_payload(batch: CodeBatch) -> dict[str, object]:
    """A batch for tills: never the key of the centre."""
    form = batch.form
    if isinstance(form, Span):
        look: dict[str, object] = {
            "digits": form.digits,
            "first": form.first,
            "last": form.last,
            "check": str(form.check),
        }
    else:
        look = {"signs": form.signs, "key": batch.keys.till.hex() if batch.keys else ""}
    times = {"starts_at": batch.starts_at, "ends_at": batch.ends_at}
    return {
        "batch": str(batch.batch_id),
        "promotion": batch.promotion,
        "name": batch.name,
        "prefix": form.prefix,
        **look,
        "size": batch.size,
        "uses": batch.uses,
        **{name: at.isoformat() for name, at in times.items() if at is not None},
        **({"group": batch.group} if batch.group else {}),
        **({"one_each": True} if batch.one_each else {}),
        **({"blocked": True} if batch.blocked else {}),
    }


def batch_from_payload(values: Mapping[str, object]) -> CodeBatch:
    """The batch in a payload; `DomainError('event_field_wrong' | 'code_form_invalid')` if there is none in it."""
    read = BodyReader(values)
    prefix, keys = read.text("prefix", ""), None
    if "signs" in values:
        form: DrawnForm | Span = DrawnForm(prefix, read.integer("signs"))
        try:
            keys = DrawnKeys(bytes.fromhex(read.text("key")))
        except ValueError:
            raise DomainError("event_field_wrong", {"field": "key"}) from None
    else:
        check = _CHECKS.get(read.text("check", ""), CheckDigit.NONE)
        first, last = read.integer("first"), read.integer("last")
        form = Span(prefix, read.integer("digits"), first, last, check)
    return CodeBatch(
        read.uuid("batch"),
        read.text("promotion"),
        read.text("name"),
        form,
        read.integer("size"),
        read.integer("uses", 1),
        keys,
        read.time("starts_at") if "starts_at" in values else None,
        read.time("ends_at") if "ends_at" in values else None,
        read.text("group", ""),
        values.get("one_each") is True,
        values.get("blocked") is True,
    )


def alone_payload(most: int) -> dict[str, object]:
    """How many codes a till may take for a receipt without an answer."""
    return {"per_receipt": most}


def alone_from_payload(values: Mapping[str, object] | None) -> int:
    """The number in the row, `ALONE_USUAL` where there is none or it makes no sense."""
    most = (values or {}).get("per_receipt")
    if isinstance(most, bool) or not isinstance(most, int) or not 0 <= most <= ALONE_MOST:
        return ALONE_USUAL
    return most
