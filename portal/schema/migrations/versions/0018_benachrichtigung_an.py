"""The address of a notice that goes elsewhere than to the account's present one."""

import sqlalchemy as sa
from alembic import op

from portal.schema import base

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("benachrichtigung", sa.Column("an", base.EncryptedJSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("benachrichtigung", "an")
