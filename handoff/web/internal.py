"""What the other parts ask: the portal's events, and whether the gateway is well."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel, Field

from handoff.domain.message import Object
from handoff.services import events, person, retention
from handoff.storage import outbox
from handoff.web.guards import Context, anyone, portal_only

router = APIRouter()


class EventBody(BaseModel):
    """An event of the portal."""

    conversation_id: str
    event: events.Event


@router.post("/api/conversations/internal/events", status_code=204, dependencies=[Depends(portal_only)])
async def receive(context: Context, body: EventBody) -> None:
    """Tell a conversation that something happened on a page."""
    await events.receive(context, body.conversation_id, body.event)


class EndedSessions(BaseModel):
    """Sessions that the portal has ended."""

    sids: list[Annotated[str, Field(max_length=128)]] = Field(max_length=1000)


@router.post("/api/conversations/internal/revocations", status_code=204, dependencies=[Depends(portal_only)])
async def end_sessions(request: Request, context: Context, body: EndedSessions) -> None:
    """Refuse the tokens of ended sessions from now on and cut their connections."""
    await request.app.state.revocations.end(context, body.sids)


class Account(BaseModel):
    """An account of the portal; in the body, since addresses stand in logs."""

    account: str = Field(min_length=1, max_length=64)


@router.post(
    "/api/conversations/internal/accounts/export", response_model=None, dependencies=[Depends(portal_only)]
)
async def export_account(context: Context, body: Account) -> Object:
    """Give what lies here about an account's citizen, for her."""
    return await person.export(context, body.account)


@router.post("/api/conversations/internal/accounts/erasure", dependencies=[Depends(portal_only)])
async def erase_account(context: Context, body: Account) -> dict[str, list[str]]:
    """Delete what lies here about an account's citizen; 503 while the assistant's copy cannot be deleted."""
    return {"conversations": await person.erase(context, body.account)}


class Health(BaseModel):
    """State of the gateway. A job that fails is named; the gateway answers all the same."""

    status: Literal["ok", "auftrag_fehlgeschlagen"]
    auftraege: list[str]
    """Jobs whose last run failed or died (they are repeated), or that nobody runs although their time has come."""


@router.get("/live/health", dependencies=[Depends(anyone)])
async def health(context: Context) -> Health:
    """Answer when the database answers."""
    troubled = (await retention.state(context)).troubled
    return Health(
        status="auftrag_fehlgeschlagen" if troubled else "ok", auftraege=[retention.NAME] if troubled else []
    )


@router.get("/api/conversations/internal/metrics", dependencies=[Depends(portal_only)])
async def metrics(context: Context) -> Response:
    """Give figures for Prometheus, from the database: the same for all processes. Nothing personal."""
    registry = CollectorRegistry()
    waiting = Gauge("handoff_ausgang", "Rows of the outbox", ["art", "aufgegeben"], registry=registry)
    failed = Gauge(
        "handoff_auftrag_fehlversuche", "Failed runs since the last good one", ["auftrag"], registry=registry
    )
    overdue = Gauge(
        "handoff_auftrag_ueberfaellig", "1: its time has come, nobody runs it", ["auftrag"], registry=registry
    )
    good = Gauge(
        "handoff_auftrag_zuletzt_gut", "Unix time of the last good run", ["auftrag"], registry=registry
    )
    job = await retention.state(context)
    failed.labels(retention.NAME).set(job.failures)
    overdue.labels(retention.NAME).set(job.overdue)
    if job.last_run is not None:
        good.labels(retention.NAME).set(job.last_run.timestamp())
    async with context.database.read() as session:
        for (kind, given_up), number in (await outbox.counts(session)).items():
            waiting.labels(kind, "ja" if given_up else "nein").set(number)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
