"""Vouchers as a till reads them: what their code says, whether the centre signed it, and whether it fits the receipt.

A till's own signature counts where the centre signed that till's key. What vouchers still have only the centre knows.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace

from pos_client.app.composition import Till
from pos_client.sync.keys import CentreKey, signed_by
from shared.basket import Basket
from shared.errors import DomainError
from shared.vouchers import check_redeemable, holder_mark, is_token, read_code, read_voucher_number


def check_voucher(till: Till, text: str, basket: Basket) -> str:
    """The number of a voucher as scanned or typed for a receipt.

    `DomainError`: `voucher_number_invalid`; of a printed code also `voucher_signature_invalid`, `voucher_expired`,
    `voucher_currency_differs`, `voucher_other_customer`. `EnvironmentProblem` where the till cannot read its files.
    """
    if not is_token(text):
        return read_voucher_number(text)
    facts, signer, signature = read_code(text)
    said, centre = facts.text().encode(), CentreKey(till.identity.centre_key)
    if signer is None:
        genuine = centre.signed(said, b64encode(signature).decode("ascii"))
    else:
        certificate = b64encode(signer.certificate).decode("ascii")
        genuine = centre.signed(signer.certified(), certificate) and signed_by(
            signer.key, said, signature
        )
    if not genuine:
        raise DomainError("voucher_signature_invalid")
    known = till.customers.customer(basket.customer) if basket.customer else None
    groups = known.lists.get("groups", ()) if known is not None else ()
    if basket.customer and known is None and facts.holder.startswith("g"):
        # Whom only the centre knows may be in the group: then it decides.
        facts = replace(facts, holder=holder_mark(facts.number))
    today = till.recorder.glance().business_date
    check_redeemable(facts, today, basket.currency, basket.customer, groups)
    return facts.number
