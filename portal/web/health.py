"""Whether the portal works, and figures for whoever watches it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from pydantic import BaseModel
from sqlalchemy import text

from portal.services import auftraege, benachrichtigung, zahlung
from portal.services.auftragsplan import AUFTRAEGE
from portal.web.auth import Context
from portal.web.verwaltung import operator

router = APIRouter(tags=["Betrieb"])


class Health(BaseModel):
    """State of the portal. A job that fails is named; the portal answers all the same."""

    status: Literal["ok", "auftrag_fehlgeschlagen"]
    auftraege: list[str]
    """Jobs whose last run failed or died (they are repeated), or that nobody runs although their time has come."""


@router.get("/health")
async def health(context: Context) -> Health:
    """Antwortet, wenn das Portal läuft und seine Datenbank erreicht; nennt Aufgaben, die zuletzt fehlschlugen."""
    async with context.transaction() as session:
        await session.execute(text("SELECT 1"))
        failed = [
            job.name for job in await auftraege.stand(session, AUFTRAEGE, context.clock()) if job.gestoert
        ]
    return Health(status="auftrag_fehlgeschlagen" if failed else "ok", auftraege=failed)


@router.get("/api/metrics")
async def metrics(context: Context, _who: Annotated[None, Depends(operator)]) -> Response:
    """Zahlen für Prometheus, aus der Datenbank: für alle Prozesse des Portals gleich. Ohne personenbezogene Daten."""
    registry = CollectorRegistry()
    failed = Gauge(
        "portal_auftrag_fehlversuche", "Failed runs since the last good one", ["auftrag"], registry=registry
    )
    overdue = Gauge(
        "portal_auftrag_ueberfaellig", "1: its time has come, nobody runs it", ["auftrag"], registry=registry
    )
    good = Gauge(
        "portal_auftrag_zuletzt_gut", "Unix time of the last good run", ["auftrag"], registry=registry
    )
    notices = Gauge(
        "portal_benachrichtigungen", "Notices in the outbox", ["kanal", "status"], registry=registry
    )
    payments = Gauge("portal_zahlungen", "Payments by state", ["status"], registry=registry)
    async with context.transaction() as session:
        for job in await auftraege.stand(session, AUFTRAEGE, context.clock()):
            failed.labels(job.name).set(job.fehlversuche)
            overdue.labels(job.name).set(job.ueberfaellig)
            if job.zuletzt_gut:
                good.labels(job.name).set(job.zuletzt_gut.timestamp())
        for (kanal, status), number in (await benachrichtigung.zaehlen(session)).items():
            notices.labels(kanal, status).set(number)
        for state, number in (await zahlung.zaehlen(session)).items():
            payments.labels(state).set(number)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)
