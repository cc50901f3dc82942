"""The schema of `journal.db`, as forward-only numbered steps keyed by `PRAGMA user_version`.

Columns are only ever added. Old events are never rewritten: readers upcast by type version.
"""

from __future__ import annotations

from pathlib import Path

from pos_client.storage.sqlite import Connection, transaction
from shared.errors import EnvironmentProblem

_FIRST = (
    """CREATE TABLE journal_identity(
        one INTEGER PRIMARY KEY CHECK(one = 1), till_id TEXT NOT NULL, incarnation INTEGER NOT NULL,
        next_receipt INTEGER NOT NULL)""",
    """CREATE TABLE journal_event(
        seq INTEGER PRIMARY KEY,
        event_id BLOB NOT NULL UNIQUE,
        type TEXT NOT NULL,
        type_version INTEGER NOT NULL,
        occurred_at TEXT NOT NULL,
        business_date TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        receipt_no INTEGER UNIQUE,
        ref TEXT UNIQUE,
        body BLOB NOT NULL,
        prev_hash BLOB NOT NULL,
        hash BLOB NOT NULL)""",
    "CREATE INDEX journal_event_type ON journal_event(type, seq)",
    """CREATE TABLE upload_state(
        one INTEGER PRIMARY KEY CHECK(one = 1),
        acked_seq INTEGER NOT NULL DEFAULT 0,
        processed_through INTEGER NOT NULL DEFAULT 0,
        server_receipt TEXT NOT NULL DEFAULT '',
        last_contact_at TEXT NOT NULL DEFAULT '',
        offline_reason TEXT NOT NULL DEFAULT '',
        stopped TEXT NOT NULL DEFAULT '',
        clock_offset_ms INTEGER NOT NULL DEFAULT 0)""",
    "INSERT INTO upload_state(one) VALUES (1)",
    """CREATE TABLE basket(
        basket_id TEXT PRIMARY KEY,
        state TEXT NOT NULL CHECK(state IN ('open', 'parked')),
        currency TEXT NOT NULL,
        started_at TEXT NOT NULL,
        operator_id TEXT NOT NULL,
        training INTEGER NOT NULL,
        external_ref TEXT NOT NULL,
        note TEXT NOT NULL,
        next_number INTEGER NOT NULL,
        reference_version TEXT NOT NULL,
        parked_at TEXT NOT NULL DEFAULT '',
        label TEXT NOT NULL DEFAULT '') WITHOUT ROWID""",
    "CREATE UNIQUE INDEX basket_open ON basket(state) WHERE state = 'open'",
    """CREATE TABLE basket_line(
        basket_id TEXT NOT NULL, number INTEGER NOT NULL, body BLOB NOT NULL, voided INTEGER NOT NULL DEFAULT 0,
        PRIMARY KEY(basket_id, number)) WITHOUT ROWID""",
    """CREATE TABLE basket_tender(
        basket_id TEXT NOT NULL, position INTEGER NOT NULL, kind TEXT NOT NULL, amount INTEGER NOT NULL,
        PRIMARY KEY(basket_id, position)) WITHOUT ROWID""",
    """CREATE TABLE print_job(
        id INTEGER PRIMARY KEY AUTOINCREMENT, seq INTEGER NOT NULL, kind TEXT NOT NULL)""",
    """CREATE TABLE outstanding_authorisation(
        auth_id TEXT PRIMARY KEY, kind TEXT NOT NULL, basket_id TEXT NOT NULL, body BLOB NOT NULL,
        state TEXT NOT NULL, changed_at TEXT NOT NULL) WITHOUT ROWID""",
    """CREATE TABLE login_attempt(
        staff_id TEXT PRIMARY KEY, failures INTEGER NOT NULL, last_failed_at TEXT NOT NULL) WITHOUT ROWID""",
)

# `waiting`, `printing` (bytes may be under way), `held` (broke off: a person decides).
_PRINT_STATE = ("ALTER TABLE print_job ADD COLUMN state TEXT NOT NULL DEFAULT 'waiting'",)

# Which verifier was tried, as a fingerprint: a new PIN from the centre makes a fresh start.
_TRIED_PIN = ("ALTER TABLE login_attempt ADD COLUMN pin TEXT NOT NULL DEFAULT ''",)

# For whom a receipt counts, and the promotion codes given for it as a JSON list.
_CUSTOMER = (
    "ALTER TABLE basket ADD COLUMN customer TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE basket ADD COLUMN codes TEXT NOT NULL DEFAULT '[]'",
)

# What was answered to an authorisation, as it was answered first.
_ANSWER = ("ALTER TABLE outstanding_authorisation ADD COLUMN answer BLOB NOT NULL DEFAULT '{}'",)

# Under which id the centre was asked for a tender, and the gift card that it is of.
_GIFT_CARD = (
    "ALTER TABLE basket_tender ADD COLUMN authorisation TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE basket_tender ADD COLUMN instrument TEXT NOT NULL DEFAULT ''",
)

# A tender as receipts write it, with all that is known of a card.
_TENDER_FACTS = ("ALTER TABLE basket_tender ADD COLUMN body BLOB NOT NULL DEFAULT ''",)

# Receipts of other tills that goods come back from, and what came back of any receipt elsewhere, as the centre said.
_PURCHASES = (
    """CREATE TABLE foreign_purchase(
        number TEXT PRIMARY KEY, answer TEXT NOT NULL, asked_at TEXT NOT NULL) WITHOUT ROWID""",
)

# The codes of batches on a receipt, as a JSON list of objects.
_COUPONS = ("ALTER TABLE basket ADD COLUMN coupons TEXT NOT NULL DEFAULT '[]'",)

MIGRATIONS: tuple[tuple[str, ...], ...] = (
    _FIRST,
    _PRINT_STATE,
    _TRIED_PIN,
    _CUSTOMER,
    _ANSWER,
    _GIFT_CARD,
    _TENDER_FACTS,
    _PURCHASES,
    _COUPONS,
)
CURRENT_VERSION = len(MIGRATIONS)


def migrate(
    connection: Connection, path: Path, steps: tuple[tuple[str, ...], ...] = MIGRATIONS
) -> int:
    """Bring the file to the newest schema and return its version.

    A file that holds data is copied beside itself first (`journal.db.before-v<n>`). A file from a newer release is
    `EnvironmentProblem('journal_newer')`: writing to it could lose what this release does not know.
    """
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    newest = len(steps)
    if version > newest:
        raise EnvironmentProblem("journal_newer", {"file": version, "known": newest})
    if version == newest:
        return version
    if version:
        backup = path.with_name(f"{path.name}.before-v{newest}")
        backup.unlink(missing_ok=True)
        connection.execute("VACUUM INTO ?", (str(backup),))
    with transaction(connection):
        # Another process may have been quicker.
        version = int(connection.execute("PRAGMA user_version").fetchone()[0])
        for step in steps[version:]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version={newest}")
    return newest
