"""The table of head-office sessions."""

from __future__ import annotations

from sqlalchemy import Boolean, ForeignKey, String, Table

from central_server.platform.columns import StaffKey, UtcDateTime, personal, plain
from central_server.platform.schema import metadata

# Of the cookie's random token only the digest is kept: who reads the database cannot sign in with it.
staff_session = Table(
    "staff_session",
    metadata,
    plain("session_digest", String(64), primary_key=True),
    personal(
        "staff_id",
        StaffKey,
        ForeignKey("staff.staff_id"),
        index=True,
        purpose="know who is signed in at head office",
        basis="Art. 6(1)(b) GDPR, section 26 BDSG",
        source="the person's own sign-in",
        retention="deleted at signing out, or by the next cleaning after twelve hours",
    ),
    # A mark of the password's verifier: a new password ends every session that the old one opened.
    plain("password_mark", String(64)),
    # The password was right and the code of the second factor is still to come: nobody is signed in yet.
    plain("awaits_code", Boolean),
    plain("opened_at", UtcDateTime),
    plain("seen_at", UtcDateTime),
)
