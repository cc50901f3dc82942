"""Every column of the centre says whether it holds personal data.

Why: asked "what do you know about me, why, and until when?", a shop has a month to answer. Annotations
added afterwards miss the column that a later migration brought; so a column without one is refused.
"""

import pytest
from sqlalchemy import Column, MetaData, String, Table

from tests.architecture.sources import ROOT

FACTS = {"purpose", "basis", "source", "retention"}


def unannotated(metadata):
    """Yield the columns made neither by `plain` nor, completely, by `personal`."""
    for table in metadata.sorted_tables:
        for column in table.columns:
            privacy = column.info.get("privacy", ())
            if privacy is not None and FACTS - set(filter(None, dict(privacy))):
                yield f"{table.name}.{column.name}: make it with plain(...) or personal(...)"


# The centre's tables come together in its composition root, from the moment there is one.
if any((ROOT / "central_server/app").glob("*.py")):

    def test_every_column_of_the_centre_is_annotated():
        from central_server.app.metadata import metadata

        assert len(metadata.tables) > 1
        assert list(unannotated(metadata)) == []


@pytest.mark.parametrize(
    "info",
    [
        {},
        {"privacy": ()},
        {"privacy": {}},
        {"privacy": {"purpose": "login", "basis": "contract", "source": "staff"}},
    ],
)
def test_a_bare_column_is_caught(info):
    metadata = MetaData()
    Table("customer", metadata, Column("email", String(80), info=info))
    assert list(unannotated(metadata))


def test_annotated_columns_pass():
    from central_server.platform.columns import personal, plain

    facts = {"purpose": "login", "basis": "contract", "source": "staff", "retention": "leaving"}
    metadata = MetaData()
    Table("staff", metadata, plain("store_id", String(8)), personal("name", String(80), **facts))
    assert not list(unannotated(metadata))
