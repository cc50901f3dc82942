"""Runs migrations on the connection that `central_server.app.schema` hands over, inside its transaction."""

from alembic import context

config = context.config
context.configure(
    connection=config.attributes["connection"],
    target_metadata=config.attributes["metadata"],
    # SQLite's transactions cover DDL too; Alembic only assumes otherwise of old drivers.
    transactional_ddl=True,
    **config.attributes["compare"],
)
with context.begin_transaction():
    context.run_migrations()
