"""Tables of staff. Nothing here says how much anybody sold."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, ForeignKey, String, Table, text

from central_server.platform.columns import StaffKey, StoreKey, UtcDateTime, personal, plain
from central_server.platform.schema import metadata

_EMPLOYMENT = "Art. 6(1)(b) GDPR, section 26 BDSG"
_ENTRY = "entered by head office at hiring"
_LEAVING = "blanked two years after leaving, the number itself kept with receipts for ten years"

staff = Table(
    "staff",
    metadata,
    personal(
        "staff_id",
        StaffKey,
        primary_key=True,
        purpose="identify who operates a till or signs in",
        basis=_EMPLOYMENT,
        source=_ENTRY,
        retention=_LEAVING,
    ),
    personal(
        "name",
        String(120),
        purpose="show who operates a till",
        basis=_EMPLOYMENT,
        source=_ENTRY,
        retention=_LEAVING,
    ),
    personal(
        "role",
        String(24),
        purpose="decide what somebody may see and do",
        basis=_EMPLOYMENT,
        source=_ENTRY,
        retention=_LEAVING,
    ),
    personal(
        "team",
        String(40),
        server_default=text("''"),
        purpose="add the sales of a whole team up, never of one person",
        basis=_EMPLOYMENT,
        source=_ENTRY,
        retention=_LEAVING,
    ),
    personal(
        "language",
        String(16),
        purpose="show screens in the person's language",
        basis=_EMPLOYMENT,
        source="chosen by the person",
        retention="blanked on leaving",
    ),
    personal(
        "pin_verifier",
        String(200),
        nullable=True,
        purpose="let the person in at tills, also without a network",
        basis=_EMPLOYMENT,
        source="hash of the PIN the person chose",
        retention="deleted on leaving",
    ),
    personal(
        "password_verifier",
        String(200),
        nullable=True,
        purpose="let the person in at head office",
        basis=_EMPLOYMENT,
        source="hash of the password the person chose",
        retention="deleted on leaving",
    ),
    plain("active", Boolean),
    plain("created_at", UtcDateTime),
    plain("changed_at", UtcDateTime),
)

staff_store = Table(
    "staff_store",
    metadata,
    personal(
        "staff_id",
        StaffKey,
        ForeignKey("staff.staff_id"),
        primary_key=True,
        purpose="know which tills let the person in",
        basis=_EMPLOYMENT,
        source=_ENTRY,
        retention="deleted on leaving the store",
    ),
    plain("store_id", StoreKey, ForeignKey("store.store_id"), primary_key=True, index=True),
)

# The app on somebody's telephone that shows codes. Without `confirmed_at` it was offered and never answered.
staff_second_factor = Table(
    "staff_second_factor",
    metadata,
    personal(
        "staff_id",
        StaffKey,
        ForeignKey("staff.staff_id"),
        primary_key=True,
        purpose="ask for a second proof at signing in",
        basis=_EMPLOYMENT,
        source="switched on by the person",
        retention="deleted on leaving, or when the person switches it off",
    ),
    personal(
        "sealed_secret",
        String(200),
        purpose="check the codes of the person's app",
        basis=_EMPLOYMENT,
        source="random, sealed with a key beside the database",
        retention="deleted on leaving, or when the person switches it off",
    ),
    # Codes up to this step are used up.
    plain("last_step", BigInteger),
    plain("offered_at", UtcDateTime),
    plain("confirmed_at", UtcDateTime, nullable=True),
)

staff_recovery_code = Table(
    "staff_recovery_code",
    metadata,
    plain("digest", String(64), primary_key=True),
    personal(
        "staff_id",
        StaffKey,
        ForeignKey("staff.staff_id"),
        index=True,
        purpose="let the person in who lost the telephone",
        basis=_EMPLOYMENT,
        source="random, shown once",
        retention="deleted when used, on leaving, or with the second factor",
    ),
)
