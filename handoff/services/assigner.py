"""Push: gives waiting chats of push teams to clerks with a free place."""

from handoff.context import HandoffContext
from handoff.domain.routing import match
from handoff.hub import Listener
from handoff.lanes import Lanes
from handoff.services import claims
from handoff.storage import duty

LANE = "queue"
AT_ONCE = 100
"""Chats that are looked at in one go."""


class Assigner(Listener):
    """Looks at the queue whenever it or the clerks on duty have changed.

    Only clerks whose consoles this process serves are given chats here; other processes serve theirs.
    """

    def __init__(self, context: HandoffContext) -> None:
        self._context = context
        self._lane = Lanes(self._assign)

    def start(self) -> None:
        """Begin to assign."""
        self._context.hub.attach(self)

    async def stop(self) -> None:
        """Stop assigning."""
        await self._lane.close()

    async def idle(self) -> None:
        """Wait until nothing is left to assign."""
        await self._lane.idle()

    def queue_changed(self) -> None:
        """Somebody came, or a place became free."""
        if self._context.names:
            self._lane.wake(LANE)

    def missed(self) -> None:
        """Somebody may have come unheard."""
        self.queue_changed()

    async def _assign(self, _lane: str) -> None:
        context = self._context
        async with context.database.read() as session:
            teams = await duty.teams(session)
            push = {team.office for team in teams if team.mode == "push"}
            if not push:
                return
            board = await context.board.get(context.clock(), session)
        pull = {team.office for team in teams if team.mode != "push"}
        tickets = [
            one for one in board.tickets if one.office in push or ("*" in push and one.office not in pull)
        ]
        clerks = [one for one in board.clerks if one.id in context.names]
        for ticket, clerk in match(tickets[:AT_ONCE], clerks, board.fallbacks):
            await claims.assign(context, ticket.conversation_id, clerk)
