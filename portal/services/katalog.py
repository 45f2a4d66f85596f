"""Use cases of the catalogue: what a service is today, which services fit some words, what a life situation asks for."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue import NotYetValidError, deadlines, fees
from portal.catalogue.model import FristRegel, Herkunft, Leistung, Stelle
from portal.context import PortalContext
from portal.domain.datenschutz import GRUNDLAGE, schutz
from portal.domain.fristen import fristende
from portal.errors import NotFoundError
from portal.services import fortschritt
from portal.services.feiertage import feiertage
from portal.services.fortschritt import Fortschritt
from portal.services.views import (
    Checklist,
    DeadlineView,
    FeeView,
    OfficeView,
    ProtectionView,
    Required,
    SearchHit,
    ServiceName,
    ServiceView,
    Source,
    Step,
    StepDeadline,
    Trait,
)

UNBEKANNTE_STELLE = Stelle(id="unbekannt", name="Bürgertelefon 115", behoerde="Behördennummer 115")
"""Shown and used where no office is known: honest, and it leads to somebody who knows."""


NEBENTREFFER = 0.2
"""Share of the best hit's score from which another hit is shown beside it."""
WAHRSCHEINLICH = 0.15
"""Score from which a page says that a hit fits; below, it asks."""


def leistung(context: PortalContext, leistung_id: str) -> Leistung:
    """The service of this id; NotFoundError if the catalogue has none."""
    found = context.katalog.leistungen.get(leistung_id)
    if found is None:
        raise NotFoundError(
            "Diese Leistung kenne ich nicht. Bitte suchen Sie auf der Startseite nach Ihrem Anliegen."
        )
    return found


def stelle(context: PortalContext, service: Leistung) -> Stelle:
    """The responsible office, or the Behördennummer where none is known."""
    return stelle_von(context, service.stelle or "")


def stelle_von(context: PortalContext, stelle_id: str) -> Stelle:
    """The office of this id, or the Behördennummer if it is unknown."""
    return context.katalog.stellen.get(stelle_id, UNBEKANNTE_STELLE)


def gebuehr(service: Leistung, heute: date) -> FeeView:
    """The fee in words as of a day."""
    try:
        values = fees(service, heute)
    except NotYetValidError:
        values = []
    if not values:
        return FeeView(display="Bitte bei der Stelle erfragen", mark="stand_pruefen")
    mark = "geprueft" if all(v.marke == "geprueft" for v in values) else "stand_pruefen"
    return FeeView(display="; ".join(v.text for v in values), mark=mark)


def frist_regeln(service: Leistung, heute: date) -> list[FristRegel]:
    """The deadlines as of a day; none where the catalogue is silent for it."""
    try:
        return deadlines(service, heute)
    except NotYetValidError:
        return []


def frist(
    service: Leistung,
    heute: date,
    werte: dict[str, str | int | None] | None = None,
    *,
    ags: str | None = None,
) -> DeadlineView | None:
    """The deadline, counted if the event's day is among `werte` (ISO dates by field), by the holidays of the office's place (`ags`)."""
    rules = frist_regeln(service, heute)
    if not rules:
        return None
    rule = rules[0]
    end = rule.bis if rule.wenn is None else None
    day = (werte or {}).get(rule.ab or "")
    if rule.anzahl and rule.einheit and isinstance(day, str) and len(rules) == 1:
        end = fristende(date.fromisoformat(day), rule.anzahl, rule.einheit, feiertage(ags))
    return DeadlineView(
        date=end.isoformat() if end else None,
        text="; ".join(f"{r.wenn}: {r.text}" if r.wenn else r.text for r in rules),
        law=rule.recht,
        mark=rule.marke or "stand_pruefen",
    )


def frist_ereignis(service: Leistung, heute: date, werte: Mapping[str, object] | None = None) -> date | None:
    """The day from which the deadline's end is counted; None where `frist` does not count one."""
    rules = frist_regeln(service, heute)
    day = (werte or {}).get(rules[0].ab or "") if len(rules) == 1 and rules[0].anzahl else None
    return date.fromisoformat(day) if isinstance(day, str) else None


def service_view(context: PortalContext, leistung_id: str) -> ServiceView:
    """Everything that a citizen may want to know of a service, as of today. Raises NotFoundError."""
    service = leistung(context, leistung_id)
    office = stelle(context, service)
    today = context.today()
    return ServiceView(
        id=service.id,
        nr=service.nr,
        leika=service.leika,
        name=service.name,
        short=service.kurz,
        text=service.text.strip(),
        hint=service.hinweis,
        office=office_view(office),
        fee=gebuehr(service, today),
        deadline=frist(service, today),
        duration=service.dauer.text if service.dauer else None,
        ways=list(service.wege),
        trust_level=service.online.vertrauensniveau if service.online else None,
        effect=service.online.wirkung if service.online else "vorbereitung",
        online_hint=service.online.hinweis if service.online else None,
        in_person=service.persoenlich.text if service.persoenlich else None,
        data=[f.label for f in service.felder],
        documents=[Required(label=n.label, help=n.hilfe, required=n.pflicht) for n in service.nachweise],
        law=list(service.rechtsgrundlage),
        sources=_sources(service.herkunft),
        related=[
            other
            for other in service.beziehungen.oft_zusammen
            if other in context.katalog.leistungen and not context.katalog.leistungen[other].sensibel
        ],
        sensitive=service.sensibel,
        protection=_schutz(service),
        url=f"/leistungen/{service.id}",
        appointment=termin_buchbar(context, service),
        before=[ServiceName(id=other.id, name=other.name) for other in vorher(context, service)],
    )


def vorher(context: PortalContext, service: Leistung) -> list[Leistung]:
    """What must be done by law before this service."""
    known = context.katalog.leistungen
    return [known[other] for other in service.beziehungen.vorher if other in known]


def _schutz(service: Leistung) -> ProtectionView | None:
    kind = schutz(service.rechtsgrundlage, sensibel=service.sensibel)
    return ProtectionView(kind=kind.value, law=GRUNDLAGE[kind]) if kind else None


def mit_termin(service: Leistung) -> bool:
    """Whether people come to the office for it, because they must or because they may."""
    return "persoenlich" in service.wege or (service.persoenlich is not None and service.persoenlich.noetig)


def office_view(office: Stelle) -> OfficeView:
    """An office as it is shown."""
    return OfficeView(
        id=office.id,
        name=office.name,
        authority=office.behoerde,
        address=office.anschrift,
        phone=office.telefon,
        hours=_hours(office),
        url=office.url,
        contact=office.kontakt,
        mark=office.marke,
    )


def termin_buchbar(context: PortalContext, service: Leistung) -> bool:
    """Whether a calendar is connected that has times for it: so far the demo's, which follows the office's hours."""
    return (
        context.settings.demo and mit_termin(service) and stelle(context, service).oeffnungszeiten is not None
    )


def _hours(office: Stelle) -> str | None:
    return (
        "\n".join(office.oeffnungszeiten)
        if isinstance(office.oeffnungszeiten, list)
        else office.oeffnungszeiten
    )


def _sources(origins: Mapping[str, Herkunft]) -> list[Source]:
    seen: dict[tuple[str, str], Source] = {}
    for origin in origins.values():
        seen.setdefault((origin.quelle, origin.marke), Source(label=origin.quelle, mark=origin.marke))
    return list(seen.values())


async def suchen(context: PortalContext, words: str, limit: int = 5) -> list[SearchHit]:
    """The services that fit some words best; nothing for words that say nothing."""
    if not words.strip():
        return []
    index = await context.suche()
    services = context.katalog.leistungen
    return [
        SearchHit(
            id=h.id, nr=services[h.id].nr, leika=services[h.id].leika, name=services[h.id].name, score=h.score
        )
        for h in index.search(words[:400], min(max(limit, 1), 20))
        if h.id in services
    ]


async def passende(context: PortalContext, words: str, limit: int = 10) -> tuple[list[SearchHit], bool]:
    """What a page shows for some words: the hits that come near the best one, and whether the best one is likely meant."""
    hits = await suchen(context, words, limit)
    best = hits[0].score if hits else 0.0
    return [hit for hit in hits if hit.score >= NEBENTREFFER * best], best >= WAHRSCHEINLICH


def merkmale(context: PortalContext) -> list[Trait]:
    """What a person may have that brings steps with it."""
    return [Trait(id=m.id, label=m.label, words=m.woerter) for m in context.katalog.merkmale.values()]


async def checkliste(
    context: PortalContext,
    session: AsyncSession,
    lebenslage_id: str,
    *,
    merkmale: frozenset[str] = frozenset(),
    ohne: frozenset[str] = frozenset(),
    konto_id: str | None = None,
) -> Checklist:
    """The steps of a life situation in their legal order.

    Parameters
    ----------
    merkmale
        Traits that the person said to have.
    ohne
        Traits that she ruled out: their steps are left out.
    konto_id
        Whose cases and ticks mark steps as done, and whose ruled-out steps are missing; None for nobody's.

    Raises
    ------
    NotFoundError
        There is no such life situation.
    """
    lage = context.katalog.lebenslagen.get(lebenslage_id)
    if lage is None:
        raise NotFoundError("Diese Lebenslage kenne ich nicht. Bitte suchen Sie nach Ihrem Anliegen.")
    progress = Fortschritt()
    if konto_id is not None:
        progress = await fortschritt.laden(session, konto_id, lebenslage_id)
    today = context.today()
    steps = []
    for schritt in lage.schritte:
        service = context.katalog.leistungen.get(schritt.leistung)
        if service is None or schritt.merkmal in ohne:
            continue
        if service.id in progress.entfaellt and schritt.merkmal not in merkmale:
            continue
        rules = frist_regeln(service, today)
        steps.append(
            Step(
                service=service.id,
                name=service.name,
                deadline=StepDeadline(
                    text=rules[0].text, law=rules[0].recht, mark=rules[0].marke or "stand_pruefen"
                )
                if rules
                else None,
                depends_on=[n for n in schritt.nach if n in context.katalog.leistungen],
                blocking=schritt.zwingend,
                note=schritt.hinweis,
                optional=schritt.optional,
                trait=schritt.merkmal,
                applies=schritt.merkmal is None or schritt.merkmal in merkmale,
                done=progress.fertig(service.id),
            )
        )
    return Checklist(
        id=lage.id,
        title=lage.name,
        intro=lage.intro,
        steps=steps,
        notes=list(lage.hinweise),
        sources=_sources(lage.herkunft),
    )
