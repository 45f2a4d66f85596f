"""What the dialogue asks about a citizen's own: account, data, cases, deadlines, questions, appointments (docs/protocol/dialog.md)."""

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client.shapes import ConsentItem, DataOverview, Me, MessageItem, View
from portal.errors import NotLoggedInError
from portal.services import (
    bindung,
    datenuebersicht,
    einwilligung,
    fristenblatt,
    postfach,
    rueckfrage,
    sperre,
    stammdaten,
    termine,
    vorgang,
)
from portal.services.bindung import Gebunden
from portal.services.views import AppointmentView, CaseView, DeadlineItem, InquiryView
from portal.web.auth import Context
from portal.web.dialog import Body, Conversation, Key, write

router = APIRouter(prefix="/api/dialog", tags=["Dialog"])


class Booking(Body):
    service: str = Field(max_length=80)
    slot: str = Field(max_length=20)


class Slot(Body):
    slot: str = Field(max_length=20)


class Locked(BaseModel):
    """The account is locked."""

    locked: bool


@router.get("/me")
async def me(context: Context, who: Conversation) -> Me:
    """Whether the conversation is bound, and to whom."""
    async with context.transaction() as session:
        try:
            bound = await bindung.gebunden(context, session, who.unterhaltung)
        except NotLoggedInError:
            return Me(bound=False, trust=None, first_name=None)
        names = (await stammdaten.load(session, bound.konto_id)).get("vornamen")
    first = names.wert.split() if names else []
    return Me(bound=True, trust=bound.vertrauen, first_name=first[0] if first else None)


@router.get("/me/data")
async def my_data(context: Context, who: Conversation) -> DataOverview:
    """What lies about the citizen, in short, and what became of it lately."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        return await datenuebersicht.kurz(context, session, bound.konto_id)


@router.post("/account/lock")
async def lock_account(context: Context, who: Conversation) -> Locked:
    """Lock the citizen's account after she has pressed the button; it is never opened again by this door."""
    await sperre.sperren_im_gespraech(context, who.unterhaltung)
    return Locked(locked=True)


@router.get("/cases")
async def cases(context: Context, who: Conversation) -> list[CaseView]:
    """The citizen's cases."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        return await vorgang.liste(session, bound.konto_id)


@router.get("/messages")
async def messages(context: Context, who: Conversation) -> list[MessageItem]:
    """What lies unread in the citizen's postbox: whom it is from and what about, never its text."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        found = await postfach.liste(session, bound.konto_id)
    return [
        MessageItem(
            subject=one.subject,
            sender=one.sender,
            received_at=one.received_at,
            url=f"/mein/postfach/{one.id}",
        )
        for one in found
        if one.read_at is None
    ]


@router.get("/consents")
async def consents(context: Context, who: Conversation) -> list[ConsentItem]:
    """What the citizen agreed to and can still withdraw with an effect."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        found = await einwilligung.liste(context, session, bound.konto_id)
    return [
        ConsentItem(
            id=one.id, purpose=one.purpose, office=one.office, fields=one.fields, consequence=one.consequence
        )
        for one in found
        if one.consequence is not None
    ]


@router.post("/consents/{consent}/withdrawal")
async def withdraw_consent(
    request: Request, context: Context, who: Conversation, consent: str, idempotency_key: Key = ""
) -> JSONResponse:
    """Withdraw one consent, as on the page."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        return await einwilligung.widerrufen(context, session, bound.konto_id, consent)

    return await write(request, context, who, idempotency_key, use)


@router.get("/deadlines")
async def deadlines(context: Context, who: Conversation) -> list[DeadlineItem]:
    """The citizen's running deadlines, the soonest first, with their reasons."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        entries = fristenblatt.bald(
            await fristenblatt.liste(context, session, bound.konto_id), context.today()
        )
    return [
        DeadlineItem(
            name=one.name,
            end=one.end,
            possible_until=one.possible_until,
            possible_from=one.possible_from,
            text=one.text,
            law=one.law,
            reasons=one.reasons,
            url=one.url,
        )
        for one in entries
        if one.settled_at is None
    ]


def _inquiry(one: rueckfrage.Rueckfrage) -> InquiryView:
    return InquiryView(
        id=one.id,
        name=one.leistung_name,
        office=one.von,
        question=one.frage,
        due=one.bis,
        answered=one.beantwortet is not None,
        url=rueckfrage.pfad(one.id),
    )


@router.get("/inquiries")
async def inquiries(context: Context, who: Conversation) -> list[InquiryView]:
    """What offices asked the citizen and she has not answered, the oldest first."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        return [_inquiry(one) for one in await rueckfrage.offene(context, session, bound.konto_id)]


class InquiryAnswer(Body):
    """Her answer to an office's question."""

    text: str = Field(min_length=1, max_length=4000)


@router.post("/inquiries/{inquiry}/answer")
async def answer_inquiry(
    request: Request,
    context: Context,
    who: Conversation,
    inquiry: str,
    body: InquiryAnswer,
    idempotency_key: Key = "",
) -> JSONResponse:
    """Send her answer to the office, after she said yes to it."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        return _inquiry(
            await rueckfrage.beantworten(context, session, bound.konto_id, inquiry, body.text, kanal="chat")
        )

    return await write(request, context, who, idempotency_key, use)


@router.get("/appointments")
async def appointments(context: Context, who: Conversation) -> list[AppointmentView]:
    """The citizen's coming appointments, the soonest first."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        return await termine.liste(context, session, bound.konto_id, nur_kommende=True)


@router.post("/appointments")
async def book(
    request: Request, context: Context, who: Conversation, body: Booking, idempotency_key: Key = ""
) -> JSONResponse:
    """Book a free appointment."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        return await termine.buchen(context, session, bound.konto_id, body.service, body.slot)

    return await write(request, context, who, idempotency_key, use, status=201)


@router.put("/appointments/{appointment}")
async def move(
    request: Request,
    context: Context,
    who: Conversation,
    appointment: str,
    body: Slot,
    idempotency_key: Key = "",
) -> JSONResponse:
    """Move an appointment to another free time."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        return await termine.verlegen(context, session, bound.konto_id, appointment, body.slot)

    return await write(request, context, who, idempotency_key, use)


@router.delete("/appointments/{appointment}")
async def cancel(
    request: Request, context: Context, who: Conversation, appointment: str, idempotency_key: Key = ""
) -> JSONResponse:
    """Cancel an appointment."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        return await termine.absagen(context, session, bound.konto_id, appointment)

    return await write(request, context, who, idempotency_key, use)
