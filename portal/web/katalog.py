"""The catalogue for everybody: no login, nothing personal."""

from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse

from portal.catalogue.schema import Art, json_schema
from portal.client.shapes import RelatedAnswer, SearchAnswer
from portal.services import katalog, mitnutzung, zustaendigkeit
from portal.services.views import Checklist, ResponsibilityView, ServiceView
from portal.web.auth import Context

router = APIRouter(prefix="/api", tags=["Katalog"])


@router.get("/services/{service_id}")
async def service(context: Context, service_id: str) -> ServiceView:
    """One service as of today."""
    return katalog.service_view(context, service_id)


@router.get("/catalogue/schema.json")
async def schema(art: Art = "leistung") -> JSONResponse:
    """JSON Schema of a kind of catalogue file (leistung, lebenslage, stellen, merkmale), for any editor."""
    return JSONResponse(json_schema(art), media_type="application/schema+json")


@router.get("/services/{service_id}/related")
async def related(context: Context, service_id: str) -> RelatedAnswer:
    """What others used too; never anything delicate, never from small numbers."""
    async with context.transaction() as session:
        return RelatedAnswer(services=await mitnutzung.andere_suchten(context, session, service_id))


@router.get("/search")
async def search(context: Context, q: Annotated[str, Query(max_length=400)], limit: int = 5) -> SearchAnswer:
    """Services that fit some words."""
    return SearchAnswer(services=await katalog.suchen(context, q, limit))


@router.get("/responsibility")
async def responsibility(
    context: Context,
    service: Annotated[str, Query(max_length=80)],
    plz: Annotated[str, Query(max_length=20)] = "",
    strasse: Annotated[str, Query(max_length=200)] = "",
    ort: Annotated[str, Query(max_length=120)] = "",
) -> ResponsibilityView:
    """Who is responsible for a service at a place, or what has to be asked to know it."""
    async with context.transaction() as session:
        return await zustaendigkeit.ermitteln(context, session, service, plz=plz, strasse=strasse, ort=ort)


@router.get("/life-situations/{situation}")
async def life_situation(context: Context, situation: str, traits: str = "", without: str = "") -> Checklist:
    """The steps of a life situation for somebody with these traits."""
    async with context.transaction() as session:
        return await katalog.checkliste(
            context,
            session,
            situation,
            merkmale=frozenset(t for t in traits.split(",") if t),
            ohne=frozenset(t for t in without.split(",") if t),
        )
