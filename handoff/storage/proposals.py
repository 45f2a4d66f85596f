"""Queries on clerks' proposals."""

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.schema.tables import ProposalRow


def add(session: AsyncSession, row: ProposalRow) -> None:
    """Keep a new proposal."""
    session.add(row)


async def find(session: AsyncSession, conversation_id: str, proposal_id: str) -> ProposalRow | None:
    """Find a proposal of this conversation."""
    return await session.scalar(
        select(ProposalRow).where(
            ProposalRow.id == proposal_id, ProposalRow.conversation_id == conversation_id
        )
    )
