"""Use cases of the second parent: she confirms exactly one version of a draft, in her own account."""

import hashlib
import secrets
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import PortalContext
from portal.domain import antragsentwurf as regeln
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.entwurf import EntwurfZeile
from portal.schema.vertretung import MitzeichnungZeile
from portal.services import (
    ansicht,
    benachrichtigung,
    entwurf,
    handeln,
    katalog,
    postfach,
    protokoll,
    stammdaten,
)
from portal.services.ansicht import draft_view
from portal.services.views import DraftView

CODE_GILT = timedelta(days=7)


class SecondParentMissingError(ConflictError):
    """The other parent has not confirmed this version. The citizen asks her to; nothing was handed in."""

    code = "mitzeichnung_fehlt"


@dataclass(frozen=True)
class Stand:
    """How the other parent's confirmation stands: `noetig`, `angefragt`, `bestaetigt`, `abgelehnt` or `veraltet`."""

    zustand: str
    name: str | None = None
    am: datetime | None = None
    vertrauen: str | None = None


def noetig(context: PortalContext, leistung: str) -> bool:
    """Whether both parents declare."""
    online = katalog.leistung(context, leistung).online
    return online is not None and online.beide_eltern


def _hash(code: str) -> str:
    return hashlib.sha256(code.strip().encode()).hexdigest()


async def stand(session: AsyncSession, draft_id: str, version: int) -> Stand:
    """How it stands for this version of a draft."""
    row = await session.scalar(
        select(MitzeichnungZeile)
        .where(MitzeichnungZeile.entwurf_id == draft_id)
        .order_by(MitzeichnungZeile.angefragt_utc.desc(), MitzeichnungZeile.id)
        .limit(1)
    )
    if row is None:
        return Stand("noetig")
    if row.entwurf_version != version:
        return Stand("veraltet", row.name, row.entschieden_utc)
    if row.bestaetigt is None:
        return Stand("angefragt")
    return Stand(
        "bestaetigt" if row.bestaetigt else "abgelehnt", row.name, row.entschieden_utc, row.vertrauen
    )


async def anfragen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    entwurf_id: str,
    *,
    version: int,
    vertrauen: str,
) -> str:
    """Ask the other parent for this version; gives the code that she enters in her own account.

    Raises
    ------
    ConflictError
        The service needs one parent only, or something is still missing in the draft.
    NotFoundError, DraftChangedError, DraftClosedError
    """
    view = await entwurf.zum_aendern(context, session, konto_id, entwurf_id, version, vertrauen)
    if not noetig(context, view.leistung.id):
        raise ConflictError("Für diese Leistung genügt Ihre eigene Erklärung.")
    if regeln.fehlend(view.lage) is not None:
        raise ConflictError(
            "Bitte füllen Sie zuerst alles aus. Der andere Elternteil bestätigt genau diese Fassung."
        )
    code = secrets.token_urlsafe(12)
    session.add(
        MitzeichnungZeile(
            id=str(uuid.uuid4()),
            entwurf_id=entwurf_id,
            entwurf_version=version,
            code_hash=_hash(code),
            angefragt_utc=context.clock(),
        )
    )
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="freigabe",
        akteur="buerger",
        akteur_label="Sie selbst",
        stelle_name="Der andere Elternteil",
        leistung=view.leistung,
        felder=["Angaben dieses Antrags"],
        zweck=f"Code für den anderen Elternteil: {view.leistung.name}",
        rechtsgrundlage="Art. 6 Abs. 1 Buchst. a DSGVO",
        kanal="Mitzeichnung im Portal",
        wortlaut="elterncode",
    )
    return code


async def codes_entwerten(session: AsyncSession, konto_id: str) -> None:
    """Make every code void by which she asks the other parent and which is not decided."""
    drafts = select(EntwurfZeile.id).where(EntwurfZeile.konto_id == konto_id)
    await session.execute(
        delete(MitzeichnungZeile).where(
            MitzeichnungZeile.entwurf_id.in_(drafts), MitzeichnungZeile.entschieden_utc.is_(None)
        )
    )


async def _offen(
    context: PortalContext, session: AsyncSession, konto_id: str, code: str
) -> tuple[MitzeichnungZeile, EntwurfZeile]:
    row = await session.scalar(
        select(MitzeichnungZeile).where(MitzeichnungZeile.code_hash == _hash(code)).with_for_update()
    )
    draft = await session.get(EntwurfZeile, row.entwurf_id) if row else None
    if row is None or draft is None or draft.konto_id == konto_id:
        raise NotFoundError("Diesen Code gibt es nicht. Bitte prüfen Sie die Schreibweise.", field="code")
    if row.entschieden_utc is not None:
        raise InvalidInputError("Zu diesem Code haben Sie schon entschieden.", field="code")
    if row.angefragt_utc + CODE_GILT <= context.clock():
        raise InvalidInputError(
            "Dieser Code gilt nicht mehr: Er ist älter als eine Woche. Bitte lassen Sie sich einen neuen Code geben.",
            field="code",
        )
    if draft.version != row.entwurf_version or draft.status not in entwurf.UNFERTIG:
        raise InvalidInputError(
            "Der Antrag wurde inzwischen geändert oder abgegeben. Bitte lassen Sie sich einen neuen Code geben.",
            field="code",
        )
    return row, draft


async def ansehen(context: PortalContext, session: AsyncSession, konto_id: str, code: str) -> DraftView:
    """What the other parent would confirm; sensitive numbers are masked. The look stands in the log of who asked. Raises NotFoundError, InvalidInputError."""
    _, draft = await _offen(context, session, konto_id, code)
    view = await ansicht.sicht(context, session, draft, "niedrig")
    shown = draft_view(context, view, masked=True, proposals=False)
    await protokoll.eintragen(
        context,
        session,
        draft.konto_id,
        art="einsicht",
        akteur="buerger",
        akteur_label="Der andere Elternteil, mit Ihrem Code",
        leistung=view.leistung,
        felder=[f.label for f in shown.fields if f.state == "beantwortet" and f.value is not None],
        kanal="Mitzeichnung im Portal",
        zweck=f"Bestätigung als anderer Elternteil: {view.leistung.name}",
        rechtsgrundlage="Art. 6 Abs. 1 Buchst. a DSGVO",
        vertretung=await handeln.im_entwurf(session, draft),
    )
    return shown


async def entscheiden(
    context: PortalContext, session: AsyncSession, konto_id: str, code: str, *, ja: bool, vertrauen: str
) -> None:
    """The other parent confirms or refuses this version.

    Raises
    ------
    ConflictError
        Her identity is not proved well enough for this service.
    NotFoundError, InvalidInputError
    """
    row, draft = await _offen(context, session, konto_id, code)
    service = katalog.leistung(context, draft.leistung)
    level = service.online.vertrauensniveau if service.online else "niedrig"
    if ja and not regeln.reicht(vertrauen, level):
        raise ConflictError(
            f"Für diese Leistung brauchen Sie das Vertrauensniveau „{level}“. Bitte weisen Sie erst Ihre Identität nach."
        )
    known = await stammdaten.load(session, konto_id)
    name = " ".join(known[f].wert for f in ("vornamen", "familienname") if f in known)
    row.konto_id, row.name, row.vertrauen = konto_id, name or "ohne gespeicherten Namen", vertrauen
    row.entschieden_utc, row.bestaetigt = context.clock(), ja
    verb = "bestätigt" if ja else "abgelehnt"
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="vertretung",
        akteur="buerger",
        akteur_label="Sie selbst",
        leistung=service,
        felder=["Name"],
        zweck=f"Als anderer Elternteil {verb}: {service.name}",
        kanal="Mitzeichnung im Portal",
        wortlaut="mitzeichnung",
    )
    postfach.schreiben(
        context,
        session,
        draft.konto_id,
        art="mitzeichnung",
        absender="Amtslotse",
        betreff=f"{service.name}: der andere Elternteil hat {verb}",
        text="Sie können den Antrag jetzt abgeben, solange Sie nichts mehr ändern."
        if ja
        else "Der andere Elternteil hat nicht bestätigt. Der Entwurf ist erhalten. Sprechen Sie bitte miteinander und fragen Sie neu an.",
        entwurf_id=draft.id,
    )
    await benachrichtigung.anstossen(
        session, draft.konto_id, "neue_nachricht", jetzt=context.clock(), verweis="/mein/postfach"
    )


async def verlangen(
    context: PortalContext, session: AsyncSession, draft: EntwurfZeile
) -> dict[str, str] | None:
    """The other parent's confirmation for the package; None where one parent is enough.

    Raises
    ------
    SecondParentMissingError
    """
    if not noetig(context, draft.leistung):
        return None
    found = await stand(session, draft.id, draft.version)
    if found.zustand != "bestaetigt" or found.am is None:
        raise SecondParentMissingError(
            "Beide Eltern müssen zustimmen. Der andere Elternteil bestätigt im eigenen Konto mit dem Code, den Sie auf der Seite des "
            "Antrags bekommen. Es wurde nichts abgegeben, alles ist gespeichert."
        )
    return {
        "name": found.name or "",
        "am": found.am.isoformat(timespec="seconds"),
        "vertrauensniveau": found.vertrauen or "niedrig",
    }
