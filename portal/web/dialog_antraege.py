"""What the dialogue does with a citizen's draft application (docs/protocol/dialog.md)."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from sqlalchemy.ext.asyncio import AsyncSession

from portal.client.shapes import Value, View
from portal.errors import InvalidInputError
from portal.services import (
    abgabe,
    bestaetigung,
    bindung,
    einwilligung,
    entwurf,
    fuer_wen,
    tresor,
)
from portal.services.bindung import Gebunden
from portal.services.views import DraftView
from portal.web.auth import Context
from portal.web.dialog import Body, Conversation, Gateway, Key, write

router = APIRouter(prefix="/api/dialog", tags=["Dialog"])

Wert = str | int | None


class Opening(Body):
    service: str = Field(max_length=80)


class Answer(Body):
    value: Wert = None
    version: int
    by: Literal["citizen", "clerk"] = "citizen"
    secret_ref: str | None = None


class Release(Body):
    freigeben: list[str]
    aendern: dict[str, Wert] = Field(default_factory=dict)
    version: int


class Evidence(Body):
    document: str | None = None
    later: bool = False
    version: int


class Version(Body):
    version: int


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
    view = await entwurf.laden(
        context, session, bound.konto_id, draft_id, bound.vertrauen, masked=True, proposals=proposals
    )
    return await fuer_wen.ergaenzen(context, session, bound.konto_id, view, fragen=proposals)


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
        if field == fuer_wen.FELD and body.by == "citizen":
            await fuer_wen.antworten(
                context,
                session,
                bound.konto_id,
                draft,
                str(value or ""),
                version=body.version,
                vertrauen=bound.vertrauen,
            )
            return await _shown(context, session, bound, draft)
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
        shown = await _shown(context, session, bound, draft)
        bestaetigung.vor_der_abgabe(context, bound.sitzung, shown, "/")
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
