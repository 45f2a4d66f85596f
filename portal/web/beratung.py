"""The console's part of the service interface: what a clerk sees, asks for and files. The gateway alone calls it."""

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse, Response
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client.shapes import NoteLine, View
from portal.errors import ForbiddenError
from portal.services import beratung, bindung, idempotenz, vermerk
from portal.services.beratung import Beratung
from portal.services.bindung import Gebunden
from portal.services.views import ConsoleCitizen, DraftView, ReleasedValues
from portal.web.auth import Context, Staff
from portal.web.dialog import Body, Gateway, Key, write
from portal.web.render import download

router = APIRouter(prefix="/api/dialog/console", tags=["Dialog"])
pages = APIRouter(prefix="/amt/freigaben", include_in_schema=False)

Person = Annotated[str, Query(max_length=64)]
Name = Annotated[str, Query(max_length=200)]
ROLLEN = frozenset({"clerk", "lead", "admin"})


class By(Body):
    """Who acts: a clerk, by function and office."""

    staff: str = Field(max_length=64)
    function: str = Field(max_length=200)
    office: str = Field(max_length=200)

    def wer(self) -> Beratung:
        return Beratung(self.staff, self.function, self.office)


class ReleaseBody(Body):
    kind: Literal["daten", "dokument"]
    id: str = Field(max_length=64)
    office: str = Field(max_length=200)
    purpose: str = Field(max_length=400)


class TransferBody(By):
    to: str = Field(max_length=200)
    legal_basis: str = Field(default="", max_length=400)
    content: list[Annotated[str, Field(max_length=200)]]
    service: str | None = Field(default=None, max_length=80)


class NoteBody(By):
    draft: str = Field(max_length=36)
    text: str = Field(max_length=4000)
    lines: list[NoteLine] = Field(max_length=vermerk.ZEILEN_HOECHSTENS)


class TranscriptBody(Body):
    account: str = Field(max_length=36)
    day: date
    text: str = Field(min_length=1, max_length=beratung.VERLAUF_HOECHSTENS)


class Done(View):
    """Nothing more to say."""

    done: bool = True


@router.get("/citizen")
async def citizen(
    context: Context, who: Gateway, staff: Person, function: Name, office: Name
) -> ConsoleCitizen:
    """What the console needs to know of the citizen: her level, and what she could release; the look is logged."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        return await beratung.person(context, session, bound, Beratung(staff, function, office))


@router.get("/draft")
async def draft(context: Context, who: Gateway, staff: Person, function: Name, office: Name) -> DraftView:
    """The current draft as this clerk sees it; the look is logged."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        return await beratung.entwurf(context, session, bound, Beratung(staff, function, office))


@router.post("/releases")
async def release(
    request: Request, context: Context, who: Gateway, body: ReleaseBody, idempotency_key: Key = ""
) -> JSONResponse:
    """The citizen released a data set or a document to an office."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        return await beratung.freigeben(
            context,
            session,
            bound,
            art=body.kind,
            kennung=body.id,
            stelle=body.office,
            zweck=body.purpose,
        )

    return await write(request, context, who, idempotency_key, use, status=201)


@router.delete("/releases/{release_id}")
async def withdraw(
    request: Request, context: Context, who: Gateway, release_id: str, idempotency_key: Key = ""
) -> JSONResponse:
    """The citizen takes a release back."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        await beratung.widerrufen(context, session, bound.konto_id, release_id)
        return Done()

    return await write(request, context, who, idempotency_key, use)


@router.get("/releases/{release_id}/values")
async def values(
    context: Context, who: Gateway, release_id: str, staff: Person, function: Name, office: Name
) -> ReleasedValues:
    """The values of a released data set; the look is logged."""
    async with context.transaction() as session:
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        by = Beratung(staff, function, office)
        return ReleasedValues(values=await beratung.werte(context, session, bound, release_id, by))


@router.post("/transfers")
async def transfer(
    request: Request, context: Context, who: Gateway, body: TransferBody, idempotency_key: Key = ""
) -> JSONResponse:
    """A conversation went to another office; logged for the citizen."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        await beratung.weitergegeben(
            context,
            session,
            bound,
            body.wer(),
            empfaenger=body.to,
            rechtsgrundlage=body.legal_basis,
            inhalt=body.content,
            leistung_id=body.service,
        )
        return Done()

    return await write(request, context, who, idempotency_key, use, status=201)


@router.post("/notes")
async def file_note(
    request: Request, context: Context, who: Gateway, body: NoteBody, idempotency_key: Key = ""
) -> JSONResponse:
    """File a Vermerk to an application."""

    async def use(session: AsyncSession, bound: Gebunden) -> View:
        return await vermerk.ablegen(
            context, session, bound.konto_id, body.draft, body.wer(), text=body.text, verlauf=body.lines
        )

    return await write(request, context, who, idempotency_key, use, status=201)


@router.post("/transcripts", status_code=201)
async def file_transcript(
    context: Context, who: Gateway, body: TranscriptBody, idempotency_key: Key = ""
) -> JSONResponse:
    """Put a conversation that is over into its citizen's postbox, on her wish; her login may have ended since."""

    async def act(session: AsyncSession) -> idempotenz.Antwort:
        await beratung.verlauf_ablegen(context, session, body.account, body.day, body.text)
        return 201, {"done": True}

    code, answer = await idempotenz.einmal(
        context, who.name, idempotency_key, "POST /api/dialog/console/transcripts", act
    )
    return JSONResponse(answer, code)


@pages.get("/{release_id}/dokument")
async def document(context: Context, staff: Staff, release_id: str) -> Response:
    """A document that a citizen released in the chat to the caller's office; the look is logged."""
    if not ROLLEN & set(staff.rollen):
        raise ForbiddenError("Dieser Bereich ist den Beschäftigten der Konsole vorbehalten.")
    by = Beratung(staff.personal_id, staff.funktion, staff.stelle_name)
    async with context.transaction() as session:
        view, content = await beratung.freigegebenes_dokument(context, session, release_id, by)
    return download(content, view.media_type, view.filename)
