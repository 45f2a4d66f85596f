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

from portal.client.shapes import SearchAnswer, TraitsAnswer, View
from portal.errors import ForbiddenError, InvalidInputError, NotLoggedInError
from portal.services import (
    anliegen,
    benachrichtigung,
    bindung,
    idempotenz,
    katalog,
    ortsfrage,
    termine,
    tresor,
    zustaendigkeit,
)
from portal.services.bindung import Gebunden
from portal.services.views import (
    Checklist,
    ResponsibilityView,
    ServiceView,
    SlotsView,
)
from portal.web.auth import Context

Dienst = Literal["actions", "handoff"]


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


class UndeliveredNotice(Body):
    notice: str = Field(min_length=1, max_length=64)


class Secret(Body):
    kind: str = Field(max_length=20)
    value: str = Field(max_length=200)


def as_json(view: View) -> dict[str, object]:
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
        return status, as_json(await use(session, bound))

    code, body = await idempotenz.einmal(context, who.name, key, f"{request.method} {request.url.path}", act)
    return JSONResponse(body, code)


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
    return SearchAnswer(services=await katalog.suchen(context, q, limit))


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


@router.post("/requests", status_code=201)
async def leave_request(
    context: Context, who: Gateway, body: anliegen.Hinterlassen, idempotency_key: Key = ""
) -> JSONResponse:
    """Make a case of what a citizen left in the chat instead of waiting; no login is needed for that."""

    async def act(session: AsyncSession) -> idempotenz.Antwort:
        return 201, as_json(await anliegen.anlegen(context, session, who.unterhaltung, body))

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
        return 201, as_json(await tresor.ablegen(context, session, who.unterhaltung, body.kind, body.value))

    code, answer = await idempotenz.einmal(context, who.name, idempotency_key, "POST /api/dialog/vault", act)
    return JSONResponse(answer, code)
