"""Use cases of appointments: free times, book, change, cancel. Page and chat take the same ones."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Leistung
from portal.context import BERLIN, PortalContext
from portal.errors import ConflictError, NotFoundError
from portal.schema.termin import TerminZeile
from portal.services import katalog, lieferung, postfach
from portal.services.sprechzeiten import TAGE
from portal.services.terminkalender import DemoKalender, SlotTakenError, Terminkalender, Zeitfenster
from portal.services.views import AppointmentView, SlotsView, SlotView

ZEITPUNKT = "%Y%m%dT%H%MZ"
"""Id of a free appointment: its beginning in UTC."""


class NoAppointmentsError(ConflictError):
    """For this service no appointment is booked here. The caller names the office and the Behördennummer 115."""

    code = "kein_termin"


class AlreadyBookedError(ConflictError):
    """She has an appointment for this service. The caller offers to change it."""

    code = "termin_vorhanden"


class AppointmentPastError(ConflictError):
    """The appointment has begun or was cancelled. The caller books a new one."""

    code = "termin_vorbei"


def kalender(context: PortalContext) -> Terminkalender | None:
    """The calendar of this town's offices; None where none is connected."""
    return DemoKalender() if context.settings.demo else None


def _anschluss(context: PortalContext, leistung_id: str) -> tuple[Leistung, Terminkalender]:
    service = katalog.leistung(context, leistung_id)
    calendar = kalender(context)
    if not katalog.mit_termin(service):
        raise NoAppointmentsError(f"Für „{service.name}“ brauchen Sie keinen Termin im Amt.")
    if calendar is None:
        raise NoAppointmentsError(
            f"Termine für „{service.name}“ lassen sich hier nicht buchen. Bitte rufen Sie die Behördennummer 115 an."
        )
    return service, calendar


def in_worten(beginn: datetime) -> str:
    """`Donnerstag, 26.11.2026, 9:00 Uhr`, German time."""
    local = beginn.astimezone(BERLIN)
    return f"{TAGE[local.weekday()].capitalize()}, {local.strftime('%d.%m.%Y')}, {local.hour}:{local.minute:02} Uhr"


def mitbringen(service: Leistung) -> list[str]:
    """What to take along, by name."""
    needed = [n.label for n in service.nachweise if n.pflicht]
    return needed if any("usweis" in one for one in needed) else ["Ihren Ausweis oder Pass", *needed]


async def freie(
    context: PortalContext,
    session: AsyncSession,
    leistung_id: str,
    *,
    ab: date | None = None,
    hoechstens: int = 5,
) -> SlotsView:
    """The next free appointments for a service, from a day on.

    Raises
    ------
    NotFoundError, NoAppointmentsError
    """
    service, calendar = _anschluss(context, leistung_id)
    office = katalog.stelle(context, service)
    found = await calendar.freie(context, session, office, ab or context.today(), hoechstens + 1)
    shown = found[:hoechstens]
    later: date | None = None
    if len(found) > len(shown):
        later = found[-1].beginn.date()
        if shown[0].beginn.date() == later:
            later += timedelta(days=1)
    return SlotsView(
        service=service.id,
        name=service.name,
        office=office.name,
        address=office.anschrift,
        bring=mitbringen(service),
        note=calendar.hinweis,
        hours_known=office.oeffnungszeiten is not None,
        slots=[_fenster(one) for one in shown],
        later_from=later.isoformat() if later else None,
    )


def _fenster(one: Zeitfenster) -> SlotView:
    key = one.beginn.astimezone(UTC).strftime(ZEITPUNKT)
    return SlotView(id=key, start=one.beginn, end=one.ende, display=in_worten(one.beginn))


def _beginn(fenster: str) -> datetime:
    """The moment that a slot's id names. Raises SlotTakenError: what nobody offered is not free."""
    try:
        return datetime.strptime(fenster, ZEITPUNKT).replace(tzinfo=UTC)
    except ValueError as error:
        raise SlotTakenError from error


async def buchen(
    context: PortalContext, session: AsyncSession, konto_id: str, leistung_id: str, fenster: str
) -> AppointmentView:
    """Book a free appointment; a confirmation lies in the postbox.

    Raises
    ------
    NotFoundError, NoAppointmentsError, AlreadyBookedError, SlotTakenError
    """
    service, calendar = _anschluss(context, leistung_id)
    office = katalog.stelle(context, service)
    now = context.clock()
    await _vergangene_abschliessen(session, konto_id, now)
    await _keiner_gebucht(session, konto_id, service)
    number, window = await calendar.belegen(context, session, office, _beginn(fenster))
    row = TerminZeile(
        id=str(uuid.uuid4()),
        konto_id=konto_id,
        leistung=service.id,
        leistung_name=service.name,
        stelle_id=office.id,
        stelle=office.name,
        ort=office.anschrift,
        beginn_utc=window.beginn,
        ende_utc=window.ende,
        buchung=number,
        status="gebucht",
        folge=0,
        gebucht_utc=now,
        geaendert_utc=now,
    )
    try:
        async with session.begin_nested():
            session.add(row)
    except IntegrityError:
        # She booked in two windows at once: the place just taken goes back with this transaction.
        await _keiner_gebucht(session, konto_id, service)
        raise
    await lieferung.mitteilen(context, session, konto_id, service.id)
    _benachrichtigen(context, session, row, "Termin gebucht")
    return _view(context, row)


async def _keiner_gebucht(session: AsyncSession, konto_id: str, service: Leistung) -> None:
    row = await session.scalar(
        select(TerminZeile).where(
            TerminZeile.konto_id == konto_id,
            TerminZeile.leistung == service.id,
            TerminZeile.status == "gebucht",
        )
    )
    if row is not None:
        raise AlreadyBookedError(
            f"Sie haben für „{service.name}“ schon einen Termin: {in_worten(row.beginn_utc)}. "
            "Sie können ihn verlegen oder absagen."
        )


async def _vergangene_abschliessen(session: AsyncSession, konto_id: str, jetzt: datetime) -> None:
    await session.execute(
        update(TerminZeile)
        .where(
            TerminZeile.konto_id == konto_id, TerminZeile.status == "gebucht", TerminZeile.ende_utc <= jetzt
        )
        .values(status="vergangen")
    )


async def verlegen(
    context: PortalContext, session: AsyncSession, konto_id: str, termin_id: str, fenster: str
) -> AppointmentView:
    """Move an appointment: the new place is taken before the old one is given back.

    Raises
    ------
    NotFoundError, AppointmentPastError, NoAppointmentsError, SlotTakenError
    """
    row = await _aenderbar(context, session, konto_id, termin_id)
    service, calendar = _anschluss(context, row.leistung)
    office = katalog.stelle(context, service)
    old = row.buchung
    row.buchung, window = await calendar.belegen(context, session, office, _beginn(fenster))
    await calendar.freigeben(context, session, old)
    row.stelle_id, row.stelle, row.ort = office.id, office.name, office.anschrift
    row.beginn_utc, row.ende_utc = window.beginn, window.ende
    row.folge += 1
    row.geaendert_utc = context.clock()
    _benachrichtigen(context, session, row, "Termin verlegt")
    return _view(context, row)


async def absagen(
    context: PortalContext, session: AsyncSession, konto_id: str, termin_id: str
) -> AppointmentView:
    """Cancel an appointment; its place is free again.

    Raises
    ------
    NotFoundError, AppointmentPastError
    """
    row = await _aenderbar(context, session, konto_id, termin_id)
    calendar = kalender(context)
    if calendar is not None:
        await calendar.freigeben(context, session, row.buchung)
    row.status = "abgesagt"
    row.folge += 1
    row.geaendert_utc = context.clock()
    _benachrichtigen(context, session, row, "Termin abgesagt")
    return _view(context, row)


async def _zeile(session: AsyncSession, konto_id: str, termin_id: str) -> TerminZeile:
    row = await session.scalar(
        select(TerminZeile)
        .where(TerminZeile.id == termin_id, TerminZeile.konto_id == konto_id)
        .with_for_update()
    )
    if row is None:
        raise NotFoundError("Diesen Termin gibt es nicht.")
    return row


async def _aenderbar(
    context: PortalContext, session: AsyncSession, konto_id: str, termin_id: str
) -> TerminZeile:
    row = await _zeile(session, konto_id, termin_id)
    if row.status != "gebucht" or row.beginn_utc <= context.clock():
        raise AppointmentPastError(
            "Dieser Termin ist schon vorbei oder abgesagt und lässt sich nicht mehr ändern. "
            "Sie können einen neuen buchen."
        )
    return row


async def laden(
    context: PortalContext, session: AsyncSession, konto_id: str, termin_id: str
) -> AppointmentView:
    """One appointment; a foreign one is as unknown. Raises NotFoundError."""
    return _view(context, await _zeile(session, konto_id, termin_id))


async def kalenderdatei_stand(session: AsyncSession, konto_id: str, termin_id: str) -> tuple[int, datetime]:
    """How often an appointment was changed, and when last. Raises NotFoundError."""
    row = await _zeile(session, konto_id, termin_id)
    return row.folge, row.geaendert_utc


async def liste(
    context: PortalContext, session: AsyncSession, konto_id: str, *, nur_kommende: bool = False
) -> list[AppointmentView]:
    """Her appointments: the coming ones soonest first, then, if wanted, the others latest first."""
    rows = await session.scalars(select(TerminZeile).where(TerminZeile.konto_id == konto_id))
    views = sorted((_view(context, row) for row in rows), key=lambda view: view.start)
    coming = [view for view in views if view.status == "gebucht"]
    return coming if nur_kommende else coming + [v for v in reversed(views) if v.status != "gebucht"]


def _view(context: PortalContext, row: TerminZeile) -> AppointmentView:
    service = context.katalog.leistungen.get(row.leistung)
    over = row.status == "gebucht" and row.ende_utc <= context.clock()
    return AppointmentView.model_validate(
        {
            "id": row.id,
            "number": row.buchung,
            "service": row.leistung,
            "name": row.leistung_name,
            "office": row.stelle,
            "address": row.ort,
            "start": row.beginn_utc.astimezone(BERLIN),
            "end": row.ende_utc.astimezone(BERLIN),
            "display": in_worten(row.beginn_utc),
            "status": "vergangen" if over else row.status,
            "bring": mitbringen(service) if service else [],
            "url": f"/mein/termine/{row.id}",
            "calendar_url": f"/mein/termine/{row.id}/termin.ics",
        }
    )


def _benachrichtigen(context: PortalContext, session: AsyncSession, row: TerminZeile, betreff: str) -> None:
    view = _view(context, row)
    lines: Sequence[str] = (
        f"{betreff}: {view.name}",
        f"Zeit: {view.display}",
        f"Ort: {view.office}" + (f", {view.address}" if view.address else ""),
        f"Terminnummer: {view.number}",
    )
    if row.status == "gebucht":
        lines = (
            *lines,
            f"Bitte bringen Sie mit: {', '.join(view.bring)}.",
            "Verlegen, absagen und als Kalenderdatei herunterladen können Sie den Termin unter „Mein Bereich“, „Termine“.",
        )
    else:
        lines = (*lines, "Der Termin ist abgesagt. Sie müssen nichts weiter tun.")
    calendar = kalender(context)
    if calendar is not None and calendar.hinweis:
        lines = (*lines, calendar.hinweis)
    postfach.schreiben(
        context,
        session,
        row.konto_id,
        art="termin",
        absender=row.stelle,
        betreff=f"{betreff}: {view.display}",
        text="\n".join(lines),
    )
