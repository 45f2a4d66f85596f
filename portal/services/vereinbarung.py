"""Use cases of documents that two citizens sign with each other by name: the Wohnungsgeberbestätigung (§ 19 BMG) is the first.

One invites the other by a one-time link. Both see the same text; each signs in her own account. A change takes away both signatures.
"""

import hashlib
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from reportlab.platypus import Flowable
from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import undefer

from portal.context import PortalContext
from portal.errors import ConflictError, InvalidInputError, NotFoundError
from portal.schema.vereinbarung import VereinbarungZeile
from portal.services import benachrichtigung, dokument, entwurf, postfach, protokoll, stammdaten
from portal.services.paket import (
    FETT,
    TEXT,
    TITEL,
    absatz,
    als_dokument,
    deutscher_moment,
    deutscher_tag,
    tabelle,
)

EINLADUNG_GUELTIG = timedelta(days=14)
FELDER: Mapping[str, str] = {
    "anschrift": "Anschrift der Wohnung",
    "einzugsdatum": "Tag des Einzugs",
    "personen": "Namen aller, die einziehen",
    "wohnungsgeber": "Name und Anschrift des Wohnungsgebers",
    "eigentuemer": "Name des Eigentümers, falls ein anderer",
}
"""What § 19 Abs. 3 BMG asks for."""
FREIWILLIG = frozenset({"eigentuemer"})
ROLLEN = {"mieter": "Wer einzieht", "wohnungsgeber": "Wohnungsgeber"}
NACHWEIS = "wohnungsgeberbestaetigung"
LEISTUNG = "wohnsitz_anmelden"
ANDERE = "Die andere Person des gemeinsamen Dokuments"
ZWECK = "Gemeinsames Dokument: Wohnungsgeberbestätigung"
RECHT = "Art. 6 Abs. 1 Buchst. a DSGVO"
KANAL = "Gemeinsames Dokument im Portal"


@dataclass(frozen=True)
class Unterschrift:
    """Who signed, when, how well proved."""

    rolle: str
    name: str
    am: datetime
    vertrauen: str


@dataclass(frozen=True)
class Vereinbarung:
    """A document of two as pages show it."""

    id: str
    rolle: str
    """The reader's own."""
    inhalt: Mapping[str, str]
    unterschriften: Mapping[str, Unterschrift]
    fassung: str
    """Of the text; a signature names the one that was seen."""
    fehlt: Sequence[str]
    """Labels of what must be filled in before anybody signs."""
    status: str
    eingeladen: bool
    """The invitation is still open: nobody took the other role yet."""
    gueltig_bis: datetime
    geaendert: datetime


def pfad(vereinbarung_id: str) -> str:
    """The document's page."""
    return f"/mein/gemeinsam/{vereinbarung_id}"


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _pruefsumme(row: VereinbarungZeile) -> str:
    """What a signature covers."""
    content = {"id": row.id, "art": row.art, "inhalt": row.inhalt}
    return _hash(json.dumps(content, ensure_ascii=False, sort_keys=True))


def _geprueft(inhalt: Mapping[str, str]) -> dict[str, str]:
    cleaned = {feld: inhalt.get(feld, "").strip()[:500] for feld in FELDER}
    for feld in ("anschrift", "einzugsdatum", "personen"):
        if not cleaned[feld]:
            raise InvalidInputError(f"Bitte füllen Sie „{FELDER[feld]}“ aus.", field=feld)
    try:
        date.fromisoformat(cleaned["einzugsdatum"])
    except ValueError as error:
        raise InvalidInputError("Bitte geben Sie den Tag des Einzugs an.", field="einzugsdatum") from error
    return cleaned


async def einladen(
    context: PortalContext, session: AsyncSession, konto_id: str, rolle: str, inhalt: Mapping[str, str]
) -> tuple[str, str]:
    """Begin a document and make its one-time link; gives its id and the link, which is shown once.

    Raises
    ------
    InvalidInputError
        A role or a field is missing.
    """
    if rolle not in ROLLEN:
        raise InvalidInputError("Bitte wählen Sie, ob Sie einziehen oder vermieten.", field="rolle")
    code, now = secrets.token_urlsafe(24), context.clock()
    row = VereinbarungZeile(
        id=str(uuid.uuid4()),
        art=NACHWEIS,
        mieter_konto_id=konto_id if rolle == "mieter" else None,
        wohnungsgeber_konto_id=konto_id if rolle == "wohnungsgeber" else None,
        code_hash=_hash(code),
        code_bis_utc=now + EINLADUNG_GUELTIG,
        inhalt=_geprueft(inhalt),
        unterschriften={},
        status="offen",
        pdf=None,
        angelegt_utc=now,
        geaendert_utc=now,
    )
    session.add(row)
    return row.id, f"{context.settings.origin}/mein/gemeinsam/einladung/{code}"


async def _einladung(context: PortalContext, session: AsyncSession, code: str) -> VereinbarungZeile:
    row = await session.scalar(
        select(VereinbarungZeile).where(VereinbarungZeile.code_hash == _hash(code)).with_for_update()
    )
    if row is None or row.code_bis_utc <= context.clock() or row.status != "offen":
        raise NotFoundError("Diese Einladung gilt nicht mehr. Bitte lassen Sie sich eine neue schicken.")
    return row


async def einladung_ansehen(context: PortalContext, session: AsyncSession, code: str) -> str:
    """The role that the invitation offers; looking does not use it up. Raises NotFoundError."""
    row = await _einladung(context, session, code)
    return "wohnungsgeber" if row.wohnungsgeber_konto_id is None else "mieter"


async def annehmen(context: PortalContext, session: AsyncSession, konto_id: str, code: str) -> str:
    """Take the other role; the code counts once. Gives the document's id.

    Raises
    ------
    ConflictError
        It is her own invitation.
    NotFoundError
        The invitation is unknown, used or too old.
    """
    row = await _einladung(context, session, code)
    if konto_id in (row.mieter_konto_id, row.wohnungsgeber_konto_id):
        raise ConflictError("Das ist Ihre eigene Einladung. Bitte geben Sie den Link der anderen Person.")
    if row.wohnungsgeber_konto_id is None:
        row.wohnungsgeber_konto_id = konto_id
    else:
        row.mieter_konto_id = konto_id
    row.code_hash, row.geaendert_utc = None, context.clock()
    await _gezeigt(
        context, session, row, _andere(row, konto_id), [FELDER[f] for f in FELDER if row.inhalt[f]]
    )
    await _anstossen(
        context,
        session,
        row,
        ausser=konto_id,
        text="Die andere Person hat Ihre Einladung angenommen und sieht jetzt den Text. Unterzeichnen können Sie beide.",
    )
    return row.id


def _beteiligt(konto_id: str) -> ColumnElement[bool]:
    return or_(
        VereinbarungZeile.mieter_konto_id == konto_id, VereinbarungZeile.wohnungsgeber_konto_id == konto_id
    )


async def einladungen_entwerten(session: AsyncSession, konto_id: str) -> None:
    """Give up every document of hers to whose invitation nobody has come."""
    await session.execute(
        update(VereinbarungZeile)
        .where(_beteiligt(konto_id), VereinbarungZeile.code_hash.is_not(None))
        .values(code_hash=None, status="beendet")
    )


async def _eigene(
    session: AsyncSession, konto_id: str, vereinbarung_id: str
) -> tuple[VereinbarungZeile, str]:
    row = await session.scalar(
        select(VereinbarungZeile).where(VereinbarungZeile.id == vereinbarung_id).with_for_update()
    )
    if row is not None and konto_id == row.mieter_konto_id:
        return row, "mieter"
    if row is not None and konto_id == row.wohnungsgeber_konto_id:
        return row, "wohnungsgeber"
    raise NotFoundError("Dieses Dokument gibt es nicht.")


def _fehlend(row: VereinbarungZeile) -> list[str]:
    return [label for feld, label in FELDER.items() if feld not in FREIWILLIG and not row.inhalt.get(feld)]


def _view(row: VereinbarungZeile, rolle: str) -> Vereinbarung:
    return Vereinbarung(
        id=row.id,
        rolle=rolle,
        inhalt=row.inhalt,
        unterschriften={
            role: Unterschrift(role, s["name"], datetime.fromisoformat(s["am"]), s["vertrauen"])
            for role, s in row.unterschriften.items()
        },
        fassung=_pruefsumme(row),
        fehlt=_fehlend(row),
        status=row.status,
        eingeladen=row.code_hash is not None,
        gueltig_bis=row.code_bis_utc,
        geaendert=row.geaendert_utc,
    )


async def liste(session: AsyncSession, konto_id: str) -> list[Vereinbarung]:
    """Her documents with others, the newest first."""
    rows = await session.scalars(
        select(VereinbarungZeile).where(_beteiligt(konto_id)).order_by(VereinbarungZeile.geaendert_utc.desc())
    )
    return [_view(row, "mieter" if row.mieter_konto_id == konto_id else "wohnungsgeber") for row in rows]


async def laden(session: AsyncSession, konto_id: str, vereinbarung_id: str) -> Vereinbarung:
    """A document that is hers too; another is as unknown. Raises NotFoundError."""
    return _view(*await _eigene(session, konto_id, vereinbarung_id))


async def aendern(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    vereinbarung_id: str,
    inhalt: Mapping[str, str],
) -> None:
    """Change the text; signatures of the old text fall away. Raises ConflictError once both signed, InvalidInputError, NotFoundError."""
    row, _ = await _eigene(session, konto_id, vereinbarung_id)
    if row.status != "offen":
        raise ConflictError("Das Dokument ist abgeschlossen und lässt sich nicht mehr ändern.")
    changed = _geprueft(inhalt)
    if changed == row.inhalt:
        return
    new = [feld for feld, text in changed.items() if text and text != row.inhalt.get(feld)]
    row.inhalt, row.unterschriften, row.geaendert_utc = changed, {}, context.clock()
    if new and row.code_hash is None:
        await _gezeigt(context, session, row, konto_id, [FELDER[field] for field in new])
    await _anstossen(
        context,
        session,
        row,
        ausser=konto_id,
        text="Die andere Person hat den Text geändert. Frühere Unterschriften gelten nicht mehr. Bitte prüfen Sie ihn.",
    )


async def unterschreiben(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    vereinbarung_id: str,
    *,
    fassung: str,
    vertrauen: str,
) -> Vereinbarung:
    """Sign what she sees, by her name; when both signed, it becomes a PDF that counts as evidence.

    Raises
    ------
    ConflictError
        It is closed, incomplete, not the text any more that she saw, or her name is not known.
    NotFoundError
    """
    row, role = await _eigene(session, konto_id, vereinbarung_id)
    if row.status != "offen":
        raise ConflictError("Das Dokument ist abgeschlossen.")
    if missing := _fehlend(row):
        raise ConflictError(f"Vor der Unterschrift fehlt noch: {', '.join(missing)}.")
    if fassung != _pruefsumme(row):
        raise ConflictError(
            "Der Text wurde geändert, seit Sie ihn gesehen haben. Sie haben noch nicht unterzeichnet. Bitte prüfen Sie ihn noch einmal."
        )
    known = await stammdaten.load(session, konto_id)
    name = " ".join(known[f].wert for f in ("vornamen", "familienname") if f in known)
    if not {"vornamen", "familienname"} <= set(known):
        raise ConflictError(
            "Für eine Unterschrift mit Namen fehlen Ihre Vornamen oder Ihr Familienname in den Stammdaten. Das Dokument ist gespeichert."
        )
    row.unterschriften = {
        **row.unterschriften,
        role: {
            "name": name,
            "am": context.clock().isoformat(),
            "vertrauen": vertrauen,
            "sha256": _pruefsumme(row),
        },
    }
    row.geaendert_utc = context.clock()
    if set(row.unterschriften) == set(ROLLEN):
        row.status, row.code_hash = "unterzeichnet", None
        row.pdf = _als_pdf(context, row)
    await _gezeigt(
        context,
        session,
        row,
        konto_id,
        ["Name", "Unterschrift"],
        akteur_label="Sie selbst, durch Ihre Unterschrift",
        wortlaut="gemeinsam",
    )
    both = row.status == "unterzeichnet"
    await _anstossen(
        context,
        session,
        row,
        ausser=konto_id,
        text=f"{name} hat unterzeichnet. "
        + ("Damit haben beide unterzeichnet." if both else "Jetzt fehlt noch Ihre Unterschrift."),
    )
    return _view(row, role)


async def beenden(context: PortalContext, session: AsyncSession, konto_id: str, vereinbarung_id: str) -> None:
    """Give it up before both signed. Raises ConflictError after that, NotFoundError."""
    row, _ = await _eigene(session, konto_id, vereinbarung_id)
    if row.status != "offen":
        raise ConflictError("Das Dokument ist abgeschlossen und bleibt erhalten.")
    row.status, row.code_hash, row.geaendert_utc = "beendet", None, context.clock()
    await _anstossen(
        context,
        session,
        row,
        ausser=konto_id,
        text="Die andere Person hat das Dokument beendet. Es wird nicht mehr unterzeichnet.",
    )


def _andere(row: VereinbarungZeile, konto_id: str) -> str:
    """The account on the other side."""
    return str(row.wohnungsgeber_konto_id if row.mieter_konto_id == konto_id else row.mieter_konto_id)


async def _gezeigt(
    context: PortalContext,
    session: AsyncSession,
    row: VereinbarungZeile,
    konto_id: str,
    felder: Sequence[str],
    *,
    akteur_label: str = "Sie selbst",
    wortlaut: str | None = None,
) -> None:
    """Note that the other person sees what this one wrote or signed; `felder` are labels."""
    await protokoll.eintragen(
        context,
        session,
        konto_id,
        art="uebermittlung",
        akteur="buerger",
        akteur_label=akteur_label,
        stelle_name=ANDERE,
        zweck=ZWECK,
        rechtsgrundlage=RECHT,
        felder=felder,
        kanal=KANAL,
        inhalt_sha256=_pruefsumme(row),
        wortlaut=wortlaut,
    )


async def _anstossen(
    context: PortalContext, session: AsyncSession, row: VereinbarungZeile, *, ausser: str, text: str
) -> None:
    for konto_id in (row.mieter_konto_id, row.wohnungsgeber_konto_id):
        if konto_id is None or konto_id == ausser:
            continue
        postfach.schreiben(
            context,
            session,
            konto_id,
            art="gemeinsam",
            absender="Amtslotse",
            betreff="Wohnungsgeberbestätigung: Neues von der anderen Person",
            text=f"{text} {pfad(row.id)}",
        )
        await benachrichtigung.anstossen(
            session, konto_id, "einladung", jetzt=context.clock(), verweis=pfad(row.id)
        )


def _als_pdf(context: PortalContext, row: VereinbarungZeile) -> bytes:
    lines = [
        (label, deutscher_tag(row.inhalt[feld]) if feld == "einzugsdatum" else row.inhalt[feld] or "derselbe")
        for feld, label in FELDER.items()
    ]
    signed = [
        (
            ROLLEN[role],
            f"{s['name']}\nim Bürgerkonto unterzeichnet am {deutscher_moment(datetime.fromisoformat(s['am']))}, Vertrauensniveau {s['vertrauen']}\nPrüfsumme des Textes (SHA-256): {s['sha256']}",
        )
        for role, s in sorted(row.unterschriften.items())
    ]
    story: list[Flowable] = [
        absatz("Wohnungsgeberbestätigung nach § 19 BMG", TITEL),
        absatz("Der Wohnungsgeber bestätigt den Einzug.", TEXT),
        tabelle(lines),
        absatz("Unterschriften", FETT),
        tabelle(signed),
    ]
    return als_dokument(story, "Wohnungsgeberbestätigung", fuss=row.id, demo=context.settings.demo)


async def pdf(session: AsyncSession, konto_id: str, vereinbarung_id: str) -> bytes:
    """The signed document. Raises NotFoundError."""
    await _eigene(session, konto_id, vereinbarung_id)
    row = await session.scalar(
        select(VereinbarungZeile)
        .where(VereinbarungZeile.id == vereinbarung_id)
        .options(undefer(VereinbarungZeile.pdf))
    )
    if row is None or row.pdf is None:
        raise NotFoundError("Das Dokument ist noch nicht von beiden unterzeichnet.")
    return row.pdf


async def als_nachweis(context: PortalContext, konto_id: str, vereinbarung_id: str, *, vertrauen: str) -> str:
    """Lay the signed document into her Anmeldung as evidence; gives the draft's id.

    Raises
    ------
    ConflictError
        She is the Wohnungsgeber: only who moves in registers.
    NotFoundError
        Not signed by both, or not hers.
    """
    async with context.transaction() as session:
        _, role = await _eigene(session, konto_id, vereinbarung_id)
        if role != "mieter":
            raise ConflictError("Nur wer einzieht, meldet sich an.")
        content = await pdf(session, konto_id, vereinbarung_id)
    checked = await dokument.annehmen(context, "wohnungsgeberbestaetigung.pdf", content)
    async with context.transaction() as session:
        draft = await entwurf.oeffnen(context, session, konto_id, LEISTUNG, vertrauen)
        kept = await dokument.hochladen(
            context, session, konto_id, entwurf_id=draft.id, nachweis_id=NACHWEIS, datei=checked
        )
        await entwurf.nachweisen(
            context,
            session,
            konto_id,
            draft.id,
            NACHWEIS,
            kept.id,
            version=draft.version,
            vertrauen=vertrauen,
        )
    return draft.id
