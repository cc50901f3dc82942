"""The digests and blocks of the ledger worked out by PostgreSQL itself, in the form of `shared.ledger.digest`: several
times as quick as reading every transfer. Whatever it cannot confirm is given back.
"""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Connection, text

from shared.ledger.digest import FIRST_PREVIOUS

# Texts are spelled out: how a day is cast to text is a setting of the server. `to_char` writes a day before Christ as
# that after it, and no infinite one at all: those are cast, so that they are never taken for what was written.
_MOMENT = """CASE WHEN {0} IS NULL THEN '' WHEN {0} BETWEEN '0001-01-02Z' AND '9999-12-30Z'
    THEN to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00' ELSE {0}::text END"""
_DAY = """CASE WHEN {0} IS NULL THEN '' WHEN {0} BETWEEN '0001-01-01' AND '9999-12-31'
    THEN to_char({0}, 'YYYY-MM-DD') ELSE {0}::text END"""
_ROW = f"""
    t.line || '|' || t.debit_id || '|' || t.credit_id || '|' || t.unit || '|' || t.amount || '|' || t.code
    || '|' || t.phase
    || CASE WHEN t.pending_id IS NULL AND t.expires_at IS NULL THEN ''
       ELSE '|' || coalesce(t.pending_id::text, '') || '|' || {_MOMENT.format("t.expires_at")} END
    || CASE WHEN l.vests_on IS NULL AND l.expires_on IS NULL THEN ''
       ELSE '|lot ' || {_DAY.format("l.vests_on")} || ' ' || {_DAY.format("l.expires_on")} END
"""
# Heads and digests are looked up one by one: joined, the whole table would be read again for each page.
_JOURNALS = f"""
SELECT whole.journal_id FROM (
    SELECT t.journal_id, count(*) AS counted, min(t.effective_date) AS first_day, max(t.effective_date) AS last_day,
        min(t.recorded_at) AS first_time, max(t.recorded_at) AS last_time,
        string_agg({_ROW}, E'\n' ORDER BY t.line) AS body
    FROM ledger_transfer t LEFT JOIN ledger_lot l ON l.source_transfer_id = t.id
    WHERE {{which}}
    GROUP BY t.journal_id
) whole
LEFT JOIN LATERAL (SELECT * FROM ledger_journal WHERE id = whole.journal_id OFFSET 0) j ON true
WHERE NOT coalesce(
    whole.counted = j.lines
    -- What transfers repeat of their journal must be the same there.
    AND (whole.first_day, whole.last_day) = (j.business_date, j.business_date)
    AND (whole.first_time, whole.last_time) = (j.recorded_at, j.recorded_at)
    AND j.digest = sha256(convert_to(
        j.id || '|' || j.rule || '|' || j.rule_version || '|' || {_DAY.format("j.business_date")}
        || '|' || coalesce(j.source_event_id::text, '') || '|' || coalesce(j.reversal_of::text, '')
        || E'\n' || whole.body, 'UTF8')),
    false)
"""
_BETWEEN = text(_JOURNALS.format(which="t.id BETWEEN :first AND :last"))
_OF_THEM = text(_JOURNALS.format(which="t.journal_id = ANY(:journals)"))
# A block takes every transfer behind the one before, whatever it says itself of where it begins.
_BLOCKS = text(f"""
WITH chain AS (
    SELECT n, prev_hash, hash, transfers, last_transfer,
        lag(last_transfer, 1, 0::bigint) OVER in_order AS after,
        lag(n, 1, 0::bigint) OVER in_order + 1 AS number,
        lag(hash, 1, :beginning) OVER in_order AS previous
    FROM ledger_block WHERE n BETWEEN :first - 1 AND :last
    WINDOW in_order AS (ORDER BY n)
)
SELECT c.n FROM chain c
LEFT JOIN ledger_transfer t ON t.id > c.after AND t.id <= c.last_transfer
LEFT JOIN LATERAL (SELECT digest FROM ledger_journal WHERE id = t.journal_id OFFSET 0) j ON true
WHERE c.n >= :first
GROUP BY c.n, c.prev_hash, c.hash, c.transfers, c.number, c.previous
HAVING NOT coalesce(
    c.n = c.number AND c.prev_hash = c.previous AND c.transfers = count(t.id)
    AND c.hash = sha256(c.previous || int8send(c.n) || string_agg(
        convert_to(t.id || '|' || t.line || '|', 'UTF8') || j.digest
        || convert_to({_MOMENT.format("t.recorded_at")}, 'UTF8'),
        ''::bytea ORDER BY t.id)),
    false)
ORDER BY c.n
""")


def unconfirmed_journals(connection: Connection, first: int, last: int) -> list[UUID]:
    """Journals of the transfers between two numbers whose digest is not theirs, as far as it can be told from these
    transfers alone: one with others before or behind is among them.
    """
    return list(connection.scalars(_BETWEEN, {"first": first, "last": last}))


def wrong_journals(connection: Connection, journals: Sequence[UUID]) -> list[UUID]:
    """Those of these journals whose digest is not that of all their transfers."""
    return list(connection.scalars(_OF_THEM, {"journals": list(journals)}))


def wrong_blocks(connection: Connection, first: int, last: int) -> list[int]:
    """Blocks between two numbers that do not follow from the one before and from the transfers behind it."""
    values = {"first": first, "last": last, "beginning": FIRST_PREVIOUS}
    return list(connection.scalars(_BLOCKS, values))
