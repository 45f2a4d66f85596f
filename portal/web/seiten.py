"""Pages that everybody may read: start, search, services, life situations, legal pages."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from portal.catalogue import NotYetValidError, fees
from portal.catalogue.model import Belegt, FristRegel, Gebuehr, Leistung
from portal.context import PortalContext
from portal.domain.rechtsbehelf import WEGE, Weg
from portal.errors import InvalidInputError, NotFoundError
from portal.services import katalog, lieferung, mitnutzung, rechtsweg, zustaendigkeit
from portal.services.herkunft import belege
from portal.web.auth import Context, MaybeCitizen
from portal.web.render import page
from portal.web.stand import Stand, stand_of

router = APIRouter(include_in_schema=False)

ZIELGRUPPEN = {"person": "Für Bürgerinnen und Bürger", "unternehmen": "Für Unternehmen"}
"""Whom a service is for, as pages name it."""
EBENEN = {"eu": "EU", "bund": "Bund", "land": "Land NRW", "kommune": "Stadt"}
ANGABEN = {
    "name": "Beschreibung",
    "leika": "Leistungsschlüssel",
    "rechtsgrundlage": "Rechtsgrundlage",
    "gebuehr": "Kosten",
    "frist": "Frist",
    "dauer": "Dauer",
    "online": "Online-Weg",
    "nachweise": "Nachweise",
    "felder": "Angaben",
    "stelle": "Zuständigkeit",
    "rechtsbehelf": "Rechtsbehelf",
}
"""Top-level keys of a catalogue file whose origin people want to see, in this order."""


@dataclass(frozen=True)
class Quelle:
    """Where one part of a service's description comes from."""

    angabe: str
    ebene: str
    quelle: str
    marke: str


@dataclass(frozen=True)
class SchrittSeite:
    """One step of a life situation as the page shows it."""

    leistung: Leistung
    hinweis: str | None
    merkmal: str | None
    fristen: list[FristRegel]
    nach: list[str]
    zwingend: bool
    optional: bool


@router.get("/")
async def start(
    request: Request, context: Context, citizen: MaybeCitizen, abgemeldet: bool = False
) -> Response:
    """The start page; who is logged in sees her deadlines, drafts and new post first."""
    stand: Stand | dict[str, object] = await stand_of(context, citizen) if citizen else {}
    lagen = sorted(context.katalog.lebenslagen.values(), key=lambda lage: lage.name)
    return page(
        request,
        "start.html",
        abgemeldet=abgemeldet and citizen is None,
        lebenslagen=lagen,
        anzahl={
            group: sum(group in s.zielgruppe for s in context.katalog.leistungen.values())
            for group in ZIELGRUPPEN
        },
        zielgruppen=ZIELGRUPPEN,
        anzahl_leistungen=len(context.katalog.leistungen),
        **stand,
    )


@router.get("/suche")
async def search(
    request: Request, context: Context, citizen: MaybeCitizen, q: Annotated[str, Query(max_length=400)] = ""
) -> Response:
    """Services that fit some words; works without JavaScript."""
    hits, likely = await katalog.passende(context, q)
    found = [context.katalog.leistungen[hit.id] for hit in hits]
    return page(request, "suche.html", q=q.strip(), treffer=found, wahrscheinlich=likely)


@router.get("/leistungen")
async def services(
    request: Request,
    context: Context,
    citizen: MaybeCitizen,
    zielgruppe: Annotated[str, Query(max_length=20)] = "",
) -> Response:
    """All services from A to Z, or those for people or for companies."""
    ordered = sorted(context.katalog.leistungen.values(), key=lambda s: s.name)
    chosen = zielgruppe if zielgruppe in ZIELGRUPPEN else ""
    shown = [s for s in ordered if not chosen or chosen in s.zielgruppe]
    return page(request, "leistungen.html", leistungen=shown, zielgruppe=chosen, zielgruppen=ZIELGRUPPEN)


@router.get("/leistungen/{leistung_id}")
async def service(
    request: Request,
    context: Context,
    citizen: MaybeCitizen,
    leistung_id: str,
    plz: Annotated[str, Query(max_length=20)] = "",
    strasse: Annotated[str, Query(max_length=200)] = "",
    ort: Annotated[str, Query(max_length=120)] = "",
) -> Response:
    """One service: what is needed, who is responsible, cost, deadline, law, and where each of it comes from.

    With `plz` (and where it is ambiguous `strasse` or `ort`) also who is responsible there.
    """
    found = katalog.leistung(context, leistung_id)
    remedy = Weg(found.rechtsbehelf.weg)
    mistake = None
    async with context.transaction() as session:
        try:
            responsible = await zustaendigkeit.ermitteln(
                context, session, leistung_id, plz=plz, strasse=strasse, ort=ort
            )
        except InvalidInputError as error:
            mistake = error.message
            responsible = await zustaendigkeit.ermitteln(context, session, leistung_id)
        related = await mitnutzung.andere_suchten(context, session, leistung_id)
    elsewhere = responsible.here is False
    office = katalog.stelle(context, found)
    deciding = (elsewhere and responsible.office) or katalog.office_view(office)
    return page(
        request,
        "leistung.html",
        status=422 if mistake else 200,
        leistung=found,
        zustaendig=responsible,
        plz=plz,
        plz_fehler=mistake,
        stelle=context.katalog.stellen.get(found.stelle or ""),
        stellenbelege=belege(office),
        gebuehren=fees_of(context, found),
        fristregeln=katalog.frist_regeln(found, context.today()),
        vorher=katalog.vorher(context, found),
        rechtsweg=WEGE[remedy],
        rechtsweg_an=rechtsweg.adressat(
            context, remedy, f"{deciding.name}, {deciding.authority}", anderswo=elsewhere
        ),
        rechtsweg_danach=rechtsweg.danach(context, remedy, anderswo=elsewhere),
        zusammen=related,
        quellen=sources_of(found),
        mit_termin=katalog.termin_buchbar(context, found),
        mit_lieferung=lieferung.gibt_es(context, found.id),
    )


def fees_of(context: PortalContext, service: Leistung) -> list[Gebuehr]:
    """The fees as of today; none where the catalogue is silent for today."""
    try:
        return fees(service, context.today())
    except NotYetValidError:
        return []


def sources_of(service: Leistung) -> list[Quelle]:
    """The origin of each part of a description, in a fixed order; a value with its own source names that."""
    found = []
    for key, label in ANGABEN.items():
        origin = service.herkunft.get(key)
        value = getattr(service, key)
        own = (value[0] if value else None) if isinstance(value, list) else value
        if origin is None:
            continue
        if isinstance(own, Belegt) and own.quelle and own.marke:
            found.append(Quelle(label, EBENEN[own.ebene or origin.ebene], own.quelle, own.marke))
        else:
            found.append(Quelle(label, EBENEN[origin.ebene], origin.quelle, origin.marke))
    return found


@router.get("/lebenslagen/{lage_id}")
async def life_situation(request: Request, context: Context, citizen: MaybeCitizen, lage_id: str) -> Response:
    """The checklist of a life situation, for everybody."""
    lage = context.katalog.lebenslagen.get(lage_id)
    if lage is None:
        raise NotFoundError(
            "Diese Lebenslage kenne ich nicht. Bitte suchen Sie auf der Startseite nach Ihrem Anliegen."
        )
    return page(request, "lebenslage.html", lage=lage, schritte=_steps(context, lage_id), belege=belege(lage))


def _steps(context: PortalContext, lage_id: str) -> list[SchrittSeite]:
    known = context.katalog.leistungen
    traits = context.katalog.merkmale
    return [
        SchrittSeite(
            leistung=known[schritt.leistung],
            hinweis=schritt.hinweis,
            merkmal=traits[schritt.merkmal].label if schritt.merkmal in traits else schritt.merkmal,
            fristen=katalog.frist_regeln(known[schritt.leistung], context.today()),
            nach=[known[other].name for other in schritt.nach if other in known],
            zwingend=schritt.zwingend,
            optional=schritt.optional,
        )
        for schritt in context.katalog.lebenslagen[lage_id].schritte
        if schritt.leistung in known
    ]


@router.get("/datenschutz")
async def privacy(request: Request, citizen: MaybeCitizen) -> Response:
    """Datenschutzhinweise."""
    return page(request, "recht/datenschutz.html")


@router.get("/impressum")
async def imprint(request: Request, citizen: MaybeCitizen) -> Response:
    """Impressum."""
    return page(request, "recht/impressum.html")


@router.get("/barrierefreiheit")
async def accessibility(request: Request, citizen: MaybeCitizen) -> Response:
    """Erklärung zur Barrierefreiheit."""
    return page(request, "recht/barrierefreiheit.html")
