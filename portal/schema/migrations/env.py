"""Alembic's entry: the connection comes from `portal.schema.migrate`."""

from alembic import context

from portal.schema.tables import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,
    compare_type=True,
)
context.run_migrations()
