"""Find a picture by its digest: that is what tills ask for."""

from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the index."""
    op.create_index(op.f("ix_article_media_digest"), "article_media", ["digest"])
