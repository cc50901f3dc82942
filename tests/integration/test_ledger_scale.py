"""Checking the whole ledger at a size: it finds nothing where nothing is wrong, and one wrong cent among all."""

import os
from datetime import UTC, date, datetime, timedelta
from functools import partial

import pytest

from central_server.features.ledger import sealing, service
from central_server.features.ledger.sealing import seal
from central_server.features.ledger.verification import verify
from central_server.platform.database import open_database
from central_server.platform.unit_of_work import run_writing
from tests.bench import ledger_bench
from tests.integration.ledger_rig import behind_the_back
from tests.support.postgres import empty_database, name_of

pytestmark = pytest.mark.postgres
START = datetime(2026, 1, 1, tzinfo=UTC)
# Five transfers each: 20,000 in CI, 100,000 in a long run, which is a hundredth of the full size.
JOURNALS = 20_000 if os.environ.get("TRESEN_LONG") == "1" else 4_000


def findings(database):
    # There are no receipts here to compare days with.
    return verify(database, first=date(1999, 1, 1), last=date(1999, 1, 1))


def test_verify_finds_one_wrong_cent_among_all_transfers(postgres_model, postgres_url, monkeypatch):
    monkeypatch.setattr(ledger_bench, "JOURNALS", JOURNALS)
    with empty_database(postgres_url, name_of(postgres_model)) as url:
        database = open_database(url)
        for count, journals in enumerate(ledger_bench._batches()):
            at = START + timedelta(minutes=count)
            run_writing(database, partial(service.post_all, journals=journals, at=at))
        seal(database, at, wait=True)
        sealing.sum_up(database, wait=True)
        assert findings(database) == []

        with behind_the_back(database) as change:
            wrong = "UPDATE ledger_transfer SET amount = amount + 1 WHERE id = :id"
            assert change(wrong, id=JOURNALS).rowcount == 1
        found = findings(database)
        database.dispose()
    codes = {each.code for each in found}
    assert codes == {"ledger_checkpoint_differs", "ledger_clearing_open", "ledger_digest_differs"}
