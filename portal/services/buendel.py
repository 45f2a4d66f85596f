"""Use case: a life situation as the citizen's own checklist, worked off step by step in one place."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Lebenslage, Schritt
from portal.context import PortalContext
from portal.errors import NotFoundError
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vorgang import VorgangZeile
from portal.services import fortschritt, katalog, termine
from portal.services.entwurf import UNFERTIG
from portal.services.fortschritt import Fortschritt
from portal.services.views import AppointmentView, DeadlineView

Stand = Literal["abgegeben", "erledigt", "entfaellt", "gesperrt", "offen"]


@dataclass(frozen=True)
class SchrittStand:
    """One step as she sees it."""

    leistung: str
    name: str
    hinweis: str
    stand: Stand
    frist: DeadlineView | None
    merkmal: str | None
    """For whom it is meant, if not for everybody."""
    freiwillig: bool
    erst_nach: list[str]
    """Names of the steps that come first by law and are still to be done."""
    besser_nach: list[str]
    entwurf: str | None
    """Id of the draft that she began."""
    vorgang: str | None
    """Id of the case that she handed in."""
    termin: AppointmentView | None
    mit_termin: bool


@dataclass(frozen=True)
class Buendel:
    """The checklist: its steps in legal order, and how far she is."""

    id: str
    name: str
    intro: str
    schritte: list[SchrittStand]
    hinweise: list[str]
    erledigt: int
    gesamt: int
    naechster: SchrittStand | None


def lebenslage(context: PortalContext, lage_id: str) -> Lebenslage:
    """The life situation of this id. Raises NotFoundError."""
    lage = context.katalog.lebenslagen.get(lage_id)
    if lage is None:
        raise NotFoundError(
            "Diese Lebenslage kenne ich nicht. Bitte suchen Sie auf der Startseite nach Ihrem Anliegen."
        )
    return lage


async def laden(context: PortalContext, session: AsyncSession, konto_id: str, lage_id: str) -> Buendel:
    """Her checklist. Raises NotFoundError."""
    lage = lebenslage(context, lage_id)
    progress = await fortschritt.laden(session, konto_id, lage_id)
    drafts = await session.execute(
        select(EntwurfZeile.leistung, EntwurfZeile.id).where(
            EntwurfZeile.konto_id == konto_id, EntwurfZeile.status.in_(UNFERTIG)
        )
    )
    open_drafts = {service: draft for service, draft in drafts}
    handed = await session.execute(
        select(VorgangZeile.leistung, VorgangZeile.id)
        .where(VorgangZeile.konto_id == konto_id)
        .order_by(VorgangZeile.eingegangen_utc)
    )
    cases = {service: case for service, case in handed}
    booked = {one.service: one for one in await termine.liste(context, session, konto_id, nur_kommende=True)}
    steps = [
        _schritt(
            context,
            schritt,
            lage,
            progress,
            entwurf=open_drafts.get(schritt.leistung),
            vorgang=cases.get(schritt.leistung),
            termin=booked.get(schritt.leistung),
        )
        for schritt in lage.schritte
        if schritt.leistung in context.katalog.leistungen
    ]
    counted = [step for step in steps if step.stand != "entfaellt"]
    return Buendel(
        id=lage.id,
        name=lage.name,
        intro=lage.intro,
        schritte=steps,
        hinweise=list(lage.hinweise),
        erledigt=sum(step.stand in ("abgegeben", "erledigt") for step in counted),
        gesamt=len(counted),
        naechster=_naechster(steps),
    )


def _schritt(
    context: PortalContext,
    schritt: Schritt,
    lage: Lebenslage,
    progress: Fortschritt,
    *,
    entwurf: str | None,
    vorgang: str | None,
    termin: AppointmentView | None,
) -> SchrittStand:
    known = context.katalog.leistungen
    service = known[schritt.leistung]
    own = {one.leistung for one in lage.schritte}
    before = [
        known[other].name
        for other in schritt.nach
        if other in known and other in own and not progress.fertig(other) and other not in progress.entfaellt
    ]
    stand: Stand = "offen"
    if service.id in progress.abgegeben:
        stand = "abgegeben"
    elif service.id in progress.erledigt:
        stand = "erledigt"
    elif service.id in progress.entfaellt:
        stand = "entfaellt"
    elif before and schritt.zwingend:
        stand = "gesperrt"
    trait = context.katalog.merkmale.get(schritt.merkmal or "")
    return SchrittStand(
        leistung=service.id,
        name=service.name,
        hinweis=schritt.hinweis or service.kurz,
        stand=stand,
        frist=katalog.frist(service, context.today()),
        merkmal=trait.label if trait else None,
        freiwillig=schritt.optional,
        erst_nach=before if schritt.zwingend else [],
        besser_nach=[] if schritt.zwingend else before,
        entwurf=entwurf,
        vorgang=vorgang if stand == "abgegeben" else None,
        termin=termin,
        mit_termin=katalog.termin_buchbar(context, service),
    )


def _naechster(steps: Sequence[SchrittStand]) -> SchrittStand | None:
    """The first open step; what nobody must comes last, and so does what may not concern her."""
    ranked = sorted(
        (step for step in steps if step.stand == "offen"),
        key=lambda step: (step.freiwillig, step.merkmal is not None and step.entwurf is None),
    )
    return ranked[0] if ranked else None


async def haken(
    context: PortalContext, session: AsyncSession, konto_id: str, lage_id: str, leistung_id: str, stand: str
) -> None:
    """Tick a step off, rule it out, or take that back.

    Raises
    ------
    NotFoundError
        There is no such life situation, or no such step in it.
    """
    lage = lebenslage(context, lage_id)
    if leistung_id not in {schritt.leistung for schritt in lage.schritte}:
        raise NotFoundError("Diesen Schritt gibt es in dieser Lebenslage nicht.")
    await fortschritt.setzen(context, session, konto_id, lage_id, leistung_id, stand)


async def neu_beginnen(context: PortalContext, session: AsyncSession, konto_id: str, lage_id: str) -> None:
    """Begin the checklist anew. Raises NotFoundError."""
    await fortschritt.neu_beginnen(context, session, konto_id, lebenslage(context, lage_id).id)


async def liste(context: PortalContext, session: AsyncSession, konto_id: str) -> list[Buendel]:
    """The checklists that she works on."""
    known = context.katalog.lebenslagen
    begun = [lage for lage in await fortschritt.begonnene(session, konto_id) if lage in known]
    return [await laden(context, session, konto_id, lage) for lage in begun]
