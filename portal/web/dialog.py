"""The service interface for the dialogue (docs/protocol/dialog.md): authenticate, parse, call one use case, answer."""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client.shapes import DataOverview, Me, SearchAnswer, TraitsAnswer, Value, View
from portal.errors import ForbiddenError, InvalidInputError, NotLoggedInError
from portal.services import (
    abgabe,
    anliegen,
    benachrichtigung,
    bindung,
    datenuebersicht,
    einwilligung,
    entwurf,
    fristenblatt,
    idempotenz,
    katalog,
    ortsfrage,
    rueckfrage,
    sperre,
    stammdaten,
    termine,
    tresor,
    vorgang,
    zustaendigkeit,
)
from portal.services.bindung import Gebunden
from portal.services.views import (
    AppointmentView,
    CaseView,
    Checklist,
    DeadlineItem,
    DraftView,
    InquiryView,
    ResponsibilityView,
    ServiceView,
    SlotsView,
)
from portal.web.auth import Context

Dienst = Literal["actions", "handoff"]
Wert = str | int | None


class ServiceTokenError(NotLoggedInError):
    """The caller is none of the portal's services. The operator checks the service tokens."""

    code = "dienst_unbekannt"


@dataclass(frozen=True)
class Aufrufer:
    """Which service calls, and for which conversation."""

    dienst: Dienst
    unterhaltung: str

    @property
    def name(self) -> str:
        return f"{self.dienst}:{self.unterhaltung}"


def caller(
    context: Context,
    authorization: Annotated[str, Header()] = "",
    x_conversation: Annotated[str, Header(max_length=64)] = "",
) -> Aufrufer:
    """The calling service, by its token."""
    scheme, _, token = authorization.partition(" ")
    known: tuple[tuple[Dienst, str], ...] = (
        ("actions", context.settings.actions_token),
        ("handoff", context.settings.handoff_token),
    )
    for dienst, expected in known:
        if scheme.lower() == "bearer" and expected and hmac.compare_digest(token.encode(), expected.encode()):
            return Aufrufer(dienst, x_conversation)
    raise ServiceTokenError("Dieser Zugang ist den Diensten des Portals vorbehalten.")


def conversation_caller(who: Annotated[Aufrufer, Depends(caller)]) -> Aufrufer:
    """As `caller`, and it names its conversation."""
    if not who.unterhaltung:
        raise InvalidInputError("Der Kopf X-Conversation fehlt.", field="X-Conversation")
    return who


def handoff_only(who: Annotated[Aufrufer, Depends(conversation_caller)]) -> Aufrufer:
    """As `conversation_caller`, and it is the gateway."""
    if who.dienst != "handoff":
        raise ForbiddenError("Das darf nur die Gesprächsvermittlung.")
    return who


Service = Annotated[Aufrufer, Depends(caller)]
Conversation = Annotated[Aufrufer, Depends(conversation_caller)]
Gateway = Annotated[Aufrufer, Depends(handoff_only)]
Key = Annotated[str, Header(alias="Idempotency-Key")]

router = APIRouter(prefix="/api/dialog", tags=["Dialog"])


class Body(BaseModel):
    """Root of all bodies: an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid")


class Binding(Body):
    account: str = Field(max_length=36)
    sid: str = Field(max_length=64)


class Opening(Body):
    service: str = Field(max_length=80)


class Answer(Body):
    value: Wert = None
    version: int
    by: Literal["citizen", "clerk"] = "citizen"
    secret_ref: str | None = None


class Release(Body):
    freigeben: list[str]
    aendern: dict[str, Wert] = {}
    version: int


class Evidence(Body):
    document: str | None = None
    later: bool = False
    version: int


class Version(Body):
    version: int


class Booking(Body):
    service: str = Field(max_length=80)
    slot: str = Field(max_length=20)


class Slot(Body):
    slot: str = Field(max_length=20)


class UndeliveredNotice(Body):
    notice: str = Field(min_length=1, max_length=64)


class Secret(Body):
    kind: str = Field(max_length=20)
    value: str = Field(max_length=200)


def _json(view: View) -> dict[str, object]:
    return view.model_dump(mode="json", by_alias=True)


Use = Callable[[AsyncSession, Gebunden], Awaitable[View]]


async def write(
    request: Request, context: Context, who: Aufrufer, key: str, use: Use, *, status: int = 200
) -> JSONResponse:
    """Run one write of a bound conversation once per key.

    The binding is checked before the stored answer is looked up: a session that has ended sees nothing any more.
    """
    async with context.transaction() as session:
        await bindung.gebunden(context, session, who.unterhaltung)

    async def act(session: AsyncSession) -> idempotenz.Antwort:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        return status, _json(await use(session, bound))

    code, body = await idempotenz.einmal(context, who.name, key, f"{request.method} {request.url.path}", act)
    return JSONResponse(body, code)


class Locked(BaseModel):
    """The account is locked."""

    locked: bool


@router.put("/bindings")
async def bind(context: Context, who: Gateway, body: Binding) -> dict[str, bool]:
    """Tie the conversation to a citizen's session. Naturally idempotent."""
    async with context.transaction() as session:
        await bindung.binden(context, session, who.unterhaltung, body.account, body.sid)
    return {"bound": True}


@router.delete("/bindings")
async def unbind(context: Context, who: Gateway) -> dict[str, bool]:
    """Untie the conversation."""
    async with context.transaction() as session:
        await bindung.loesen(session, who.unterhaltung)
    return {"bound": False}


@router.get("/search")
async def search(
    context: Context, _who: Service, q: Annotated[str, Query(max_length=400)], limit: int = 5
) -> SearchAnswer:
    """Services that fit some words."""
    return SearchAnswer(services=katalog.suchen(context, q, limit))


@router.get("/services/{service_id}")
async def service(context: Context, _who: Service, service_id: str) -> ServiceView:
    """One service as of today."""
    return katalog.service_view(context, service_id)


@router.get("/services/{service_id}/slots")
async def slots(
    context: Context,
    _who: Service,
    service_id: str,
    limit: Annotated[int, Query(ge=1, le=50)] = 5,
    from_: Annotated[date | None, Query(alias="from")] = None,
) -> SlotsView:
    """The next free appointments for a service."""
    async with context.transaction() as session:
        return await termine.freie(context, session, service_id, ab=from_, hoechstens=limit)


@router.get("/responsibility")
async def responsibility(
    context: Context,
    who: Conversation,
    service: Annotated[str, Query(max_length=80)],
    plz: Annotated[str, Query(max_length=20)] = "",
    strasse: Annotated[str, Query(max_length=200)] = "",
    ort: Annotated[str, Query(max_length=120)] = "",
) -> ResponsibilityView:
    """Who is responsible; without a PLZ for the address that the conversation's citizen gave already."""
    async with context.transaction() as session:
        if plz or ort:
            return await zustaendigkeit.ermitteln(
                context, session, service, plz=plz, strasse=strasse, ort=ort
            )
        try:
            bound = await bindung.gebunden(context, session, who.unterhaltung)
        except NotLoggedInError:
            bound = None
        return await ortsfrage.fuer_gespraech(context, session, service, bound)


@router.get("/life-situations/{situation}")
async def life_situation(
    context: Context, who: Service, situation: str, traits: str = "", without: str = ""
) -> Checklist:
    """The steps of a life situation; those whose trait is in `without` are left out."""

    def ids(text: str) -> frozenset[str]:
        return frozenset(t for t in text.split(",") if t)

    async with context.transaction() as session:
        try:
            account = (await bindung.gebunden(context, session, who.unterhaltung)).konto_id
        except NotLoggedInError:
            account = None
        return await katalog.checkliste(
            context, session, situation, merkmale=ids(traits), ohne=ids(without), konto_id=account
        )


@router.get("/traits")
async def traits(context: Context, _who: Service) -> TraitsAnswer:
    """What a person may have."""
    return TraitsAnswer(traits=katalog.merkmale(context))


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
        return [_inquiry(one) for one in await rueckfrage.offene(session, bound.konto_id)]


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


@router.post("/drafts")
async def open_draft(
    request: Request, context: Context, who: Conversation, body: Opening, idempotency_key: Key = ""
) -> JSONResponse:
    """Open the citizen's draft of a service, or take up the open one; it becomes the conversation's current one."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        view = await entwurf.oeffnen(context, session, bound.konto_id, body.service, bound.vertrauen)
        await bindung.entwurf_merken(session, who.unterhaltung, view.id)
        return await _shown(context, session, bound, view.id)

    return await write(request, context, who, idempotency_key, use, status=201)


async def _shown(
    context: Context, session: AsyncSession, bound: Gebunden, draft_id: str, *, proposals: bool = True
) -> DraftView:
    """A draft as it leaves by this door: sensitive values are always masked."""
    return await entwurf.laden(
        context, session, bound.konto_id, draft_id, bound.vertrauen, masked=True, proposals=proposals
    )


@router.get("/drafts/current")
async def current_draft(context: Context, who: Conversation, masked: bool = False) -> DraftView:
    """The conversation's current draft; `masked=1` (for clerks) also withholds what is not released."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        return await _shown(context, session, bound, bound.entwurf(), proposals=not masked)


@router.put("/drafts/{draft}/fields/{field}")
async def put_field(
    request: Request,
    context: Context,
    who: Conversation,
    draft: str,
    field: str,
    body: Answer,
    idempotency_key: Key = "",
) -> JSONResponse:
    """Write one answer."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        value = body.value
        if body.secret_ref is not None:
            value = await tresor.wert(session, who.unterhaltung, body.secret_ref)
        await entwurf.antworten(
            context,
            session,
            bound.konto_id,
            draft,
            field,
            value,
            version=body.version,
            vertrauen=bound.vertrauen,
            urheber=body.by,
        )
        return await _shown(context, session, bound, draft)

    return await write(request, context, who, idempotency_key, use)


@router.post("/drafts/{draft}/release")
async def release(
    request: Request,
    context: Context,
    who: Conversation,
    draft: str,
    body: Release,
    idempotency_key: Key = "",
) -> JSONResponse:
    """Release master data for this purpose and recipient."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        changes = dict(body.aendern)
        for field, value in changes.items():
            if isinstance(value, str) and value.startswith(tresor.PREFIX):
                changes[field] = await tresor.wert(session, who.unterhaltung, value)
        await entwurf.freigeben(
            context,
            session,
            bound.konto_id,
            draft,
            body.freigeben,
            changes,
            version=body.version,
            vertrauen=bound.vertrauen,
        )
        return await _shown(context, session, bound, draft)

    return await write(request, context, who, idempotency_key, use)


@router.post("/drafts/{draft}/withdrawal")
async def withdraw_release(
    request: Request, context: Context, who: Conversation, draft: str, idempotency_key: Key = ""
) -> JSONResponse:
    """Withdraw what was released in a draft; of whatever version, for nothing has flowed yet."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        await einwilligung.entwurf_widerrufen(context, session, bound.konto_id, draft)
        return await _shown(context, session, bound, draft)

    return await write(request, context, who, idempotency_key, use)


@router.post("/drafts/{draft}/evidence/{evidence}")
async def put_evidence(
    request: Request,
    context: Context,
    who: Conversation,
    draft: str,
    evidence: str,
    body: Evidence,
    idempotency_key: Key = "",
) -> JSONResponse:
    """Tie an uploaded document, or promise to send it later."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        if body.document is None and not body.later:
            raise InvalidInputError("Es wurde kein Dokument genannt.", field="document")
        await entwurf.nachweisen(
            context,
            session,
            bound.konto_id,
            draft,
            evidence,
            body.document,
            version=body.version,
            vertrauen=bound.vertrauen,
        )
        return await _shown(context, session, bound, draft)

    return await write(request, context, who, idempotency_key, use)


@router.post("/drafts/{draft}/submit")
async def submit(
    request: Request,
    context: Context,
    who: Conversation,
    draft: str,
    body: Version,
    idempotency_key: Key = "",
) -> JSONResponse:
    """The citizen's confirmation of exactly this version."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        result = await abgabe.abgeben(
            context, session, bound.konto_id, draft, version=body.version, vertrauen=bound.vertrauen
        )
        return result.model_copy(update={"draft": await _shown(context, session, bound, draft)})

    return await write(request, context, who, idempotency_key, use, status=201)


@router.delete("/drafts/{draft}")
async def discard(
    request: Request,
    context: Context,
    who: Conversation,
    draft: str,
    body: Version,
    idempotency_key: Key = "",
) -> JSONResponse:
    """Give the draft up."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        await entwurf.verwerfen(
            context, session, bound.konto_id, draft, version=body.version, vertrauen=bound.vertrauen
        )
        await bindung.entwurf_merken(session, who.unterhaltung, None)
        return await _shown(context, session, bound, draft)

    return await write(request, context, who, idempotency_key, use)


@router.get("/drafts/{draft}/fields/{field}/value")
async def reveal(
    context: Context,
    who: Gateway,
    draft: str,
    field: str,
    staff: Annotated[str, Query(max_length=64)],
    function: Annotated[str, Query(max_length=200)],
    office: Annotated[str, Query(max_length=200)],
) -> Value:
    """The unmasked value for a clerk; logged for the citizen by function and office, not by the clerk's id."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        value = await entwurf.wert_fuer_personal(
            context,
            session,
            bound.konto_id,
            draft,
            field,
            funktion=function,
            stelle_name=office,
            personal_id=staff,
        )
    return Value(value=value)


@router.post("/requests", status_code=201)
async def leave_request(
    context: Context, who: Gateway, body: anliegen.Hinterlassen, idempotency_key: Key = ""
) -> JSONResponse:
    """Make a case of what a citizen left in the chat instead of waiting; no login is needed for that."""

    async def act(session: AsyncSession) -> idempotenz.Antwort:
        return 201, _json(await anliegen.anlegen(context, session, who.unterhaltung, body))

    code, answer = await idempotenz.einmal(
        context, who.name, idempotency_key, "POST /api/dialog/requests", act
    )
    return JSONResponse(answer, code)


@router.post("/notices/undelivered")
async def notice_undelivered(
    context: Context, who: Gateway, body: UndeliveredNotice, idempotency_key: Key = ""
) -> JSONResponse:
    """Take the next way for a notice that did not reach the messenger."""

    async def act(session: AsyncSession) -> idempotenz.Antwort:
        await benachrichtigung.nicht_angekommen(context, session, body.notice)
        return 200, {"done": True}

    code, answer = await idempotenz.einmal(
        context, who.name, idempotency_key, "POST /api/dialog/notices/undelivered", act
    )
    return JSONResponse(answer, code)


@router.post("/vault")
async def keep_secret(
    request: Request, context: Context, who: Gateway, body: Secret, idempotency_key: Key = ""
) -> JSONResponse:
    """Keep a recognised number of this conversation; no login is needed for that."""

    async def act(session: AsyncSession) -> idempotenz.Antwort:
        return 201, _json(await tresor.ablegen(context, session, who.unterhaltung, body.kind, body.value))

    code, answer = await idempotenz.einmal(context, who.name, idempotency_key, "POST /api/dialog/vault", act)
    return JSONResponse(answer, code)
