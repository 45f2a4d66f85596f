"""Composition of the portal: context, routes, errors, headers, and what runs beside the requests."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from cryptography.fernet import Fernet, MultiFernet
from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from portal.context import Clock, PortalContext
from portal.schema.base import KEYRING
from portal.schema.migrate import migrate
from portal.services import redaktion as katalogredaktion
from portal.services.auftraege import Auftragsdienst
from portal.services.auftragsplan import AUFTRAEGE
from portal.services.katalogwacht import Katalogwacht
from portal.services.verarbeitung import Tabelle
from portal.settings import PortalSettings
from portal.web import (
    amt,
    amt_bescheid,
    amt_gebuehr,
    amt_sicherheit,
    anmelden,
    antraege,
    antworten,
    api_docs,
    benachrichtigung,
    beratung,
    bescheide,
    beteiligung,
    buergerident,
    daten,
    demo_oidc,
    dialog,
    dialog_antraege,
    dialog_dateien,
    dialog_eigenes,
    dokumente,
    errors,
    fremdanmeldung,
    fristen,
    gebuehren,
    gemeinsam,
    health,
    identitaet,
    kanaele,
    katalog,
    lebenslagen,
    mein,
    redaktion,
    registrieren,
    seiten,
    sicherheit,
    sitzung_api,
    sperren,
    stammdaten,
    termine,
    vertretung,
    verwaltung,
)
from portal.web.headers import SecurityHeaders

STATIC = Path(__file__).parent / "web" / "static"

ROUTERS = (
    seiten.router,
    beteiligung.router,
    anmelden.router,
    identitaet.router,
    mein.router,
    sicherheit.router,
    registrieren.router,
    fremdanmeldung.router,
    buergerident.router,
    demo_oidc.router,
    sperren.router,
    benachrichtigung.router,
    kanaele.router,
    daten.router,
    fristen.router,
    bescheide.router,
    antworten.router,
    vertretung.router,
    stammdaten.router,
    gebuehren.router,
    gebuehren.rueckruf,
    gemeinsam.router,
    antraege.router,
    antraege.uploads,
    termine.router,
    lebenslagen.router,
    amt.router,
    amt_bescheid.router,
    amt_gebuehr.router,
    amt_sicherheit.router,
    beratung.pages,
    redaktion.router,
    sitzung_api.router,
    dialog.router,
    dialog_antraege.router,
    dialog_eigenes.router,
    dialog_dateien.router,
    beratung.router,
    dokumente.router,
    dokumente.pages,
    dokumente.uploads,
    katalog.router,
    verwaltung.router,
    api_docs.router,
    health.router,
)


def create_app(settings: PortalSettings, clock: Clock, weitere_tabellen: Sequence[Tabelle] = ()) -> FastAPI:
    """Build the portal.

    Parameters
    ----------
    clock
        Gives the present moment with a zone; the portal asks nothing else for the time.
    weitere_tabellen
        What the other parts of the system store, for the page /datenschutz/verarbeitung.
    """
    KEYRING.load(MultiFernet([Fernet(key) for key in settings.keys]))
    app = FastAPI(
        title="Amtslotse: Portal",
        lifespan=_lifespan,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    app.state.context = PortalContext.create(settings, clock)
    app.state.weitere_tabellen = tuple(weitere_tabellen)
    app.add_middleware(SecurityHeaders, https=settings.origin.startswith("https:"))
    errors.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    return app


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncIterator[None]:
    context: PortalContext = app.state.context
    await migrate(context.engine)
    await katalogredaktion.laden(context)
    try:
        async with Katalogwacht(context), Auftragsdienst(context, AUFTRAEGE):
            yield
    finally:
        await context.close()
