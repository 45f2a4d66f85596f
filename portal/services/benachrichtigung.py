"""Notices: something lies in the portal. Put into the outbox with the act that causes them, sent by a job.

The chosen channel is read when the notice is caused, the address when it is sent. A channel that turns out closed is followed by
the next one that has an address; when none is left the notice is given up and counted.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

import structlog
from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import BERLIN, PortalContext
from portal.domain import benachrichtigung as regeln
from portal.domain.benachrichtigung import ARTEN, Kanal, Ruhezeit
from portal.errors import InvalidInputError, UnavailableError
from portal.schema.benachrichtigung import (
    BenachrichtigungWunschZeile,
    BenachrichtigungZeile,
    DemoAusgangZeile,
)
from portal.services import push, sitzung, sperrlink, stammdaten
from portal.services.versand import Hinweis, LaterError, Sender, UnreachableRecipientError
from portal.services.versandwege import sender

log = structlog.get_logger(__name__)

AUFGEGEBEN: Mapping[str, object] = {"status": "aufgegeben", "an": None}
LEASE = timedelta(seconds=60)
VERSUCHE_JE_KANAL = 6
PAUSE_HOECHSTENS = timedelta(minutes=30)
AUFBEWAHRUNG = timedelta(days=90)
AUFBEWAHRUNG_DEMO = timedelta(days=30)

KANAL_LABEL: Mapping[str, str] = {
    Kanal.MAIL: "E-Mail",
    Kanal.SMS: "SMS",
    Kanal.MESSENGER: "Messenger",
    Kanal.PUSH: "Push auf Ihren Geräten",
    Kanal.POSTFACH: "nur Postfach",
}
UEBER_MESSENGER_TROTZ_SPERRE = frozenset({"konto_gesperrt"})
"""Occasions that still go to a linked messenger while the account is locked; who took it over may read along there."""
ERINNERN_TAGE = (30, 14, 7, 3, 1, 0)
"""Days before a deadline's last day at which she may be reminded."""


@dataclass(frozen=True)
class Wunsch:
    """How a citizen wants to hear of things."""

    kanaele: Mapping[str, Kanal] = field(default_factory=dict)
    """Kind of message → channel; a kind that is absent takes mail."""
    ruhe: Ruhezeit = field(default_factory=Ruhezeit)
    erinnern_tage: Sequence[int] = (14, 7, 1)
    bescheide_im_postfach: bool = True
    """Whether decisions may be made known in the portal; presumed until she wants them on paper (§ 9 OZG)."""

    def kanal(self, art: str) -> Kanal:
        """The channel for a kind of message."""
        return self.kanaele.get(art, Kanal.MAIL)


async def wunsch(session: AsyncSession, konto_id: str) -> Wunsch:
    """What she chose, or what holds for who chose nothing."""
    row = await session.get(BenachrichtigungWunschZeile, konto_id)
    if row is None:
        return Wunsch()
    werte = row.werte
    von, bis = (time.fromisoformat(t) for t in werte["ruhe"])
    return Wunsch(
        {art: Kanal(kanal) for art, kanal in werte["kanaele"].items() if art in ARTEN},
        Ruhezeit(von, bis),
        tuple(werte["erinnern_tage"]),
        werte.get("bescheide_im_postfach", True),
    )


async def wuenschen(
    context: PortalContext,
    konto_id: str,
    kanaele: Mapping[str, str],
    ruhe: tuple[str, str],
    erinnern_tage: Sequence[int],
    *,
    bescheide_im_postfach: bool = True,
) -> None:
    """Store what she chose. Another way for warnings, or for decisions, is told on the way that held before.

    Raises
    ------
    InvalidInputError
        A channel or a time is unknown, or "only postbox" was chosen where the law or her safety forbids it.
    """
    for art, kanal in kanaele.items():
        if art not in ARTEN or kanal not in KANAL_LABEL:
            raise InvalidInputError(
                "Diesen Weg gibt es nicht. Bitte wählen Sie einen aus der Liste.", field=art
            )
        if kanal == Kanal.POSTFACH and not ARTEN[art].abwaehlbar:
            raise InvalidInputError(
                f"Für „{ARTEN[art].label}“ brauchen wir einen Weg, der Sie sofort erreicht. Bitte wählen Sie E-Mail, SMS, Messenger oder Push.",
                field=art,
            )
    try:
        times = [time.fromisoformat(t).isoformat("minutes") for t in ruhe]
    except ValueError as error:
        raise InvalidInputError(
            "Die Ruhezeit braucht zwei Uhrzeiten, zum Beispiel 22:00 und 07:00.", field="ruhe_von"
        ) from error
    if not set(erinnern_tage) <= set(ERINNERN_TAGE):
        raise InvalidInputError("Diesen Tag gibt es nicht zur Auswahl.", field="erinnern")
    werte: dict[str, Any] = {
        "kanaele": dict(kanaele),
        "ruhe": times,
        "erinnern_tage": sorted(set(erinnern_tage), reverse=True),
        "bescheide_im_postfach": bescheide_im_postfach,
    }
    async with context.transaction() as session:
        before = await wunsch(session, konto_id)
        if (before.kanal("sicherheit"), before.bescheide_im_postfach) != (
            kanaele.get("sicherheit", Kanal.MAIL),
            bescheide_im_postfach,
        ):
            await sperrlink.aenderung_melden(context, session, konto_id)  # still on the way chosen before
        row = await session.get(BenachrichtigungWunschZeile, konto_id)
        if row is None:
            row = BenachrichtigungWunschZeile(konto_id=konto_id)
            session.add(row)
        row.werte, row.geaendert_utc = werte, context.clock()


async def anstossen(
    session: AsyncSession,
    konto_id: str,
    anlass: str,
    *,
    jetzt: datetime,
    verweis: str | None = None,
    an: tuple[Kanal, str] | None = None,
) -> str | None:
    """Put a notice into the outbox, in the caller's transaction.

    Parameters
    ----------
    anlass
        Id of an occasion in `portal.domain.benachrichtigung`; its sentences are fixed and hold no personal data.
    verweis
        Own path that the notice leads to (default: the citizen's area). Put nothing personal into a path.

    an
        Channel and address where it is to go elsewhere than to the account's own: the old address after a change.

    Returns
    -------
    str or None
        The notice's id; None when she wants to hear of this kind in her postbox only.

    Raises
    ------
    ValueError
        The occasion is unknown.
    """
    occasion = regeln.anlass(anlass)
    wish = await wunsch(session, konto_id)
    kanal = an[0] if an else wish.kanal(occasion.art)
    if kanal == Kanal.POSTFACH:
        return None
    waiting = await session.scalars(
        select(BenachrichtigungZeile).where(
            BenachrichtigungZeile.konto_id == konto_id,
            BenachrichtigungZeile.anlass == anlass,
            BenachrichtigungZeile.status == "offen",
        )
    )
    for row in waiting:
        if row.verweis == verweis and row.an == (an[1] if an else None):
            return row.id
    notice_id = str(uuid.uuid4())
    session.add(
        BenachrichtigungZeile(
            id=notice_id,
            konto_id=konto_id,
            anlass=anlass,
            kanal=kanal,
            verweis=verweis,
            an=an[1] if an else None,
            status="offen",
            versuche=0,
            angelegt_utc=jetzt,
            faellig_utc=regeln.faellig_ab(occasion, jetzt.astimezone(BERLIN), wish.ruhe),
            gesendet_utc=None,
            fehler=None,
        )
    )
    await session.flush()
    return notice_id


async def adresse(session: AsyncSession, konto_id: str, kanal: Kanal) -> str | None:
    """Where she is reached on this channel; None where nothing is known."""
    if kanal == Kanal.MESSENGER:
        return konto_id
    if kanal == Kanal.PUSH:
        return konto_id if await push.liste(session, konto_id) else None
    known = await stammdaten.load(session, konto_id)
    feld = {Kanal.MAIL: "email", Kanal.SMS: "telefon"}.get(kanal)
    return known[feld].wert if feld in known else None


async def erreichbar(session: AsyncSession, konto_id: str) -> bool:
    """Whether a notice can reach her at all: a mail address or a telephone number is known."""
    return any([await adresse(session, konto_id, kanal) for kanal in (Kanal.MAIL, Kanal.SMS)])


async def bedarf(session: AsyncSession, jetzt: datetime) -> bool:
    """Whether a notice is due."""
    query = select(BenachrichtigungZeile.id).where(
        BenachrichtigungZeile.status == "offen", BenachrichtigungZeile.faellig_utc <= jetzt
    )
    return await session.scalar(query.limit(1)) is not None


async def senden_faellige(context: PortalContext, ways: Mapping[Kanal, Sender] | None = None) -> int:
    """Send everything that is due now; gives how many went out."""
    ways = sender(context) if ways is None else ways
    sent = 0
    while (notice_id := await _nehmen(context)) is not None:
        sent += await _versuchen(context, notice_id, ways)
    return sent


async def _nehmen(context: PortalContext) -> str | None:
    now = context.clock()
    due = (
        select(BenachrichtigungZeile.id)
        .where(BenachrichtigungZeile.status == "offen", BenachrichtigungZeile.faellig_utc <= now)
        .order_by(BenachrichtigungZeile.faellig_utc)
        .limit(1)
        .with_for_update(skip_locked=True)
        .scalar_subquery()
    )
    async with context.transaction() as session:
        taken: str | None = await session.scalar(
            update(BenachrichtigungZeile)
            .where(BenachrichtigungZeile.id == due)
            .values(versuche=BenachrichtigungZeile.versuche + 1, faellig_utc=now + LEASE)
            .returning(BenachrichtigungZeile.id)
        )
    return taken


async def _versuchen(context: PortalContext, notice_id: str, ways: Mapping[Kanal, Sender]) -> bool:
    async with context.transaction() as session:
        row = await session.get_one(BenachrichtigungZeile, notice_id)
        occasion, kanal, tries = regeln.anlass(row.anlass), Kanal(row.kanal), row.versuche
        link = f"{context.settings.origin}{row.verweis or '/mein'}"
        elsewhere = row.an is not None
        to = row.an or await adresse(session, row.konto_id, kanal)
        if kanal == Kanal.MESSENGER and occasion.id not in UEBER_MESSENGER_TROTZ_SPERRE:
            to = None if await sitzung.gesperrt(session, row.konto_id) else to
    values: dict[str, object]
    try:
        if to is None or kanal not in ways:
            raise UnreachableRecipientError
        await ways[kanal].senden(Hinweis(notice_id, to, occasion.betreff, occasion.text, link))
    except UnreachableRecipientError:
        values = dict(AUFGEGEBEN) if elsewhere else await _naechster_weg(context, notice_id, ways)
    except Exception as error:  # the edge of the process: whatever a sender throws, the notice stays
        log.warning("notice_failed", anlass=occasion.id, kanal=kanal, fehler=type(error).__name__)
        if tries >= VERSUCHE_JE_KANAL:
            values = dict(AUFGEGEBEN) if elsewhere else await _naechster_weg(context, notice_id, ways)
        else:
            asked = timedelta(seconds=error.nach_s) if isinstance(error, LaterError) else timedelta()
            pause = min(max(timedelta(seconds=5 * 2**tries), asked), PAUSE_HOECHSTENS)
            values = {"faellig_utc": context.clock() + pause}
        values["fehler"] = type(error).__name__
    else:
        values = {"status": "gesendet", "gesendet_utc": context.clock(), "fehler": None, "an": None}
    async with context.transaction() as session:
        await session.execute(
            update(BenachrichtigungZeile).where(BenachrichtigungZeile.id == notice_id).values(**values)
        )
    return values.get("status") == "gesendet"


async def _naechster_weg(
    context: PortalContext, notice_id: str, ways: Mapping[Kanal, Sender]
) -> dict[str, object]:
    async with context.transaction() as session:
        row = await session.get_one(BenachrichtigungZeile, notice_id)
        return await _weg_nach(context, session, row, ways)


async def _weg_nach(
    context: PortalContext, session: AsyncSession, row: BenachrichtigungZeile, ways: Mapping[Kanal, Sender]
) -> dict[str, object]:
    """The next channel with an address; none left: given up."""
    chosen = (await wunsch(session, row.konto_id)).kanal(regeln.anlass(row.anlass).art)
    for kanal in regeln.wege_nach(chosen, Kanal(row.kanal)):
        if kanal in ways and await adresse(session, row.konto_id, kanal):
            return {"kanal": kanal, "versuche": 0, "faellig_utc": context.clock()}
    log.warning("notice_given_up", kanal=row.kanal)
    return dict(AUFGEGEBEN)


async def nicht_angekommen(context: PortalContext, session: AsyncSession, notice_id: str) -> None:
    """Take the next channel for a notice that a messenger took over and could not deliver; repeating changes nothing.

    Raises
    ------
    UnavailableError
        It is not yet noted as sent: the caller is to say it again.
    """
    row = await session.get(BenachrichtigungZeile, notice_id, with_for_update=True)
    if row is None or row.kanal != Kanal.MESSENGER or row.status == "aufgegeben":
        return
    if row.status == "offen":
        raise UnavailableError("Dieser Hinweis ist noch nicht als gesendet vermerkt.")
    way = await _weg_nach(context, session, row, sender(context))
    await session.execute(
        update(BenachrichtigungZeile)
        .where(BenachrichtigungZeile.id == notice_id)
        .values({"status": "offen", "gesendet_utc": None} | way)
    )


async def zaehlen(session: AsyncSession) -> dict[tuple[str, str], int]:
    """How many notices lie in the outbox, by channel and status."""
    rows = await session.execute(
        select(BenachrichtigungZeile.kanal, BenachrichtigungZeile.status, func.count()).group_by(
            BenachrichtigungZeile.kanal, BenachrichtigungZeile.status
        )
    )
    return {(kanal, status): number for kanal, status, number in rows}


@dataclass(frozen=True)
class Gesendet:
    """What the demo's senders would have sent."""

    kanal: str
    an: str
    betreff: str
    text: str
    at: datetime


async def demo_ausgang(session: AsyncSession, *, hoechstens: int = 100) -> list[Gesendet]:
    """The demo's outbox, the newest first."""
    rows = await session.scalars(
        select(DemoAusgangZeile).order_by(DemoAusgangZeile.gesendet_utc.desc()).limit(hoechstens)
    )
    return [Gesendet(KANAL_LABEL[r.kanal], **r.inhalt, at=r.gesendet_utc) for r in rows]


async def aufraeumen(context: PortalContext) -> int:
    """Delete what was sent long ago; gives how many notices."""
    now = context.clock()
    async with context.transaction() as session:
        gone = await session.scalars(
            delete(BenachrichtigungZeile)
            .where(
                BenachrichtigungZeile.status != "offen",
                BenachrichtigungZeile.faellig_utc < now - AUFBEWAHRUNG,
            )
            .returning(BenachrichtigungZeile.id)
        )
        number = len(gone.all())
        await session.execute(
            delete(DemoAusgangZeile).where(DemoAusgangZeile.gesendet_utc < now - AUFBEWAHRUNG_DEMO)
        )
    return number
