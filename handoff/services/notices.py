"""Carries notices to the portal, and tells the conversation what came of them."""

from collections.abc import Mapping
from datetime import date

from handoff.domain.message import Body, Object
from handoff.domain.offers import Json
from handoff.ports import Notice, ReceiverDownError, ReceiverRefusedError
from handoff.schema.routing import RequestRow
from handoff.services import channel_notices, feedback, texts
from handoff.services import conversation as life
from handoff.services.courier import Courier
from handoff.services.waiting import day
from handoff.storage import conversations, outbox
from handoff.storage.outbox import Kind, Parcel


class NoticeCourier(Courier):
    """Asks the portal until it has done what a notice says."""

    kind = Kind.NOTICE

    async def deliver(self, parcel: Parcel) -> None:
        """Have the portal do it, then write its case number into the log, in one transaction with the row's end."""
        answer = await self._context.notifier.notify(Notice(parcel.key, parcel.conversation_id, parcel.body))
        async with self._context.database.write() as session:
            row = await conversations.lock(session, parcel.conversation_id)
            if not await outbox.remove(session, parcel.key, Kind.NOTICE):
                return
            if parcel.body.get("art") == feedback.TRANSCRIPT:
                await life.say(session, row, self._context, Body(texts.TRANSCRIPT_FILED))
            request = await session.get(RequestRow, parcel.key)
            if request is not None and answer.get("reference"):
                request.reference = str(answer["reference"])
                await life.say(session, row, self._context, _receipt(answer, request.promised_for))
        self._context.hub.messages_changed(parcel.conversation_id)

    async def failed(self, parcel: Parcel, error: Exception) -> None:
        """Come back later; what the portal refuses for good is told to the citizen."""
        if not isinstance(error, ReceiverRefusedError):
            await self.put_off(parcel, after_s=getattr(error, "after_s", None))
            return
        async with self._context.database.write() as session:
            row = await conversations.lock(session, parcel.conversation_id)
            await outbox.give_up(session, parcel)
            if parcel.body.get("art") == channel_notices.UNDELIVERED:
                return
            transcript = parcel.body.get("art") == feedback.TRANSCRIPT
            said = texts.TRANSCRIPT_REFUSED if transcript else texts.REQUEST_REFUSED
            await life.say(session, row, self._context, Body(said))
        self._context.hub.messages_changed(parcel.conversation_id)

    def known(self, error: Exception) -> bool:
        """Tell whether the portal said so itself."""
        return isinstance(error, ReceiverDownError | ReceiverRefusedError)


def _receipt(answer: Mapping[str, Json], promised: date) -> Body:
    reference, office = str(answer["reference"]), str(answer.get("office") or "")
    text = texts.REQUEST_FILED.format(reference=reference, office=office, promised=day(promised))
    if answer.get("url"):
        text += texts.REQUEST_IN_ACCOUNT
    card: Object = {
        "type": "receipt",
        "case": answer.get("case"),
        "reference": reference,
        "service": answer.get("service"),
        "office": office,
        "effect": "anliegen",
        "delivered_at": answer.get("delivered_at"),
        "url": answer.get("url"),
        "deadline": day(promised),
    }
    return Body(text, cards=[card])
