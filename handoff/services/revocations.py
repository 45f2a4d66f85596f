"""Sessions that the portal has ended: their tokens are refused and their connections cut at once, in every process."""

import asyncio
import logging
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, select, update

from handoff.context import HandoffContext
from handoff.errors import LoginNeededError
from handoff.hub import Listener
from handoff.schema.tables import ConversationRow, RevokedSessionRow

KEEP = timedelta(minutes=20)
"""Longer than any token of the portal lasts; after that its end is refusal enough."""
LOOK_S = 1.0
"""Seconds between two looks for what another process was told and Redis did not bring (PostgreSQL only)."""

logger = logging.getLogger(__name__)


class Revocations(Listener):
    """Knows the ended sessions of the last minutes, in memory for every check and in the database for the next start."""

    def __init__(self) -> None:
        self._ended: dict[str, datetime] = {}
        self._context: HandoffContext | None = None
        self._looking: asyncio.Task[None] | None = None

    async def start(self, context: HandoffContext) -> None:
        """Load what was ended before this start, and watch for what other processes are told."""
        self._context = context
        context.hub.attach(self)
        await self._load(context)
        if not context.database.is_sqlite:
            self._looking = asyncio.create_task(self._look(context))

    async def stop(self) -> None:
        """Stop watching."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.gather(self._looking, return_exceptions=True)

    def check(self, session_id: str) -> None:
        """Raise LoginNeededError if this session has ended."""
        if session_id in self._ended:
            raise LoginNeededError(
                "Diese Anmeldung ist beendet. Bitte melden Sie sich wieder an. Alles Bisherige ist gespeichert."
            )

    def sessions_ended(self, sessions: frozenset[str], conversations: Sequence[str]) -> None:
        """This or another process was told."""
        if self._context is not None:
            self._ended |= dict.fromkeys(sessions, self._context.clock())

    async def end(self, context: HandoffContext, session_ids: Iterable[str]) -> None:
        """Note that these sessions have ended, and cut their connections. Doing it again changes nothing."""
        now = context.clock()
        ids = set(session_ids)
        async with context.database.write() as session:
            await session.execute(delete(RevokedSessionRow).where(RevokedSessionRow.at < now - KEEP))
            known = set(
                await session.scalars(select(RevokedSessionRow.sid).where(RevokedSessionRow.sid.in_(ids)))
            )
            session.add_all(RevokedSessionRow(sid=sid, at=now) for sid in ids - known)
        await self._take(context, ids, now)

    async def _take(self, context: HandoffContext, ids: set[str], now: datetime) -> None:
        self._ended = {sid: at for sid, at in self._ended.items() if at > now - KEEP} | dict.fromkeys(
            ids, now
        )
        async with context.database.write() as session:
            conversations = (
                await session.scalars(
                    update(ConversationRow)
                    .where(ConversationRow.sid.in_(ids))
                    .values(sid=None)
                    .returning(ConversationRow.id)
                    .execution_options(synchronize_session=False)
                )
            ).all()
        context.hub.sessions_ended(frozenset(ids), conversations)

    async def _load(self, context: HandoffContext) -> None:
        now = context.clock()
        async with context.database.read() as session:
            rows = await session.execute(
                select(RevokedSessionRow.sid, RevokedSessionRow.at).where(RevokedSessionRow.at > now - KEEP)
            )
            found = {sid: at for sid, at in rows}
        fresh = set(found) - set(self._ended)
        self._ended |= found
        if fresh:
            await self._take(context, fresh, now)

    async def _look(self, context: HandoffContext) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self._load(context)
            except (
                Exception
            ):  # the edge of the process: a database that is away for a moment must not end the watch
                logger.exception("looking for ended sessions failed")
