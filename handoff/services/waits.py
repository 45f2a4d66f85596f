"""How long people wait: estimated when they come, measured when it ends."""

from datetime import datetime, timedelta
from statistics import median

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from handoff.context import HandoffContext
from handoff.domain.message import Object
from handoff.schema.routing import WaitRow
from handoff.schema.tables import ConversationRow
from handoff.storage import conversations


async def begin(
    context: HandoffContext,
    session: AsyncSession,
    row: ConversationRow,
    now: datetime,
    *,
    continued: bool = False,
) -> int:
    """Begin to measure the wait of a locked conversation that is in the queue; gives the wait's id.

    Parameters
    ----------
    continued
        Whether a clerk gave the chat back, so that nobody called anew.
    """
    await session.flush()
    board = await context.board.get(now, session)
    place = board.place_of(conversations.ticket_of(row))
    expected = place.estimate
    wait = WaitRow(
        queued_at=now,
        service=row.service,
        office=row.office,
        reason=row.reason or "wunsch",
        place=place.place,
        on_duty=place.on_duty,
        continued=continued,
        low_s=expected.low_s if expected else None,
        middle_s=expected.middle_s if expected else None,
        high_s=expected.high_s if expected else None,
    )
    session.add(wait)
    await session.flush()
    return wait.id


async def accuracy(context: HandoffContext, days: int = 30) -> Object:
    """Compare the estimates of the last days with what happened.

    Returns
    -------
    dict
        `{waits, median_abs_error_s, within_range}`: how many waits had an estimate and ended with a clerk, the median
        absolute error of the estimate's middle in seconds, and the share that ended inside the range; the last two are
        None without waits.
    """
    since = context.clock() - timedelta(days=days)
    async with context.database.read() as session:
        rows = (
            await session.execute(
                select(WaitRow.waited_s, WaitRow.low_s, WaitRow.middle_s, WaitRow.high_s).where(
                    WaitRow.queued_at >= since, WaitRow.outcome == "mensch", WaitRow.middle_s.is_not(None)
                )
            )
        ).all()
    pairs = [
        (int(waited or 0), int(low or 0), int(middle or 0), int(high or 0))
        for waited, low, middle, high in rows
    ]
    if not pairs:
        return {"waits": 0, "median_abs_error_s": None, "within_range": None}
    return {
        "waits": len(pairs),
        "median_abs_error_s": float(median(abs(waited - middle) for waited, _low, middle, _high in pairs)),
        "within_range": sum(low <= waited <= high for waited, low, _middle, high in pairs) / len(pairs),
    }
