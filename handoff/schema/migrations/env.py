"""Alembic's entry: it runs on the connection that `handoff.schema.upgrade` hands over."""

from alembic import context

from handoff.schema import channels, desk, tables  # noqa: F401  # fill the metadata
from handoff.schema.base import Base
from handoff.schema.upgrade import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    version_table=VERSION_TABLE,
    render_as_batch=True,
)
context.run_migrations()
