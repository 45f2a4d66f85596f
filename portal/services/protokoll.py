"""Use cases of the disclosure log. It only grows; each entry is encrypted for one person and chained to the one before."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

from sqlalchemy import select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession

from portal.catalogue.model import Leistung, Stelle
from portal.context import PortalContext
from portal.domain import kette
from portal.domain.einwilligung import SPRACHE, WORTLAUTE
from portal.domain.kette import Bruch, Glied
from portal.domain.vertretung import Handeln
from portal.schema.protokoll import ProtokollKopf, ProtokollZeile
from portal.services import datenwunsch, schluessel, sperrlink
from portal.services.schluessel import Personenschluessel
from portal.services.views import LogEntry

Art = Literal["uebermittlung", "einsicht", "freigabe", "widerruf", "vertretung", "auskunft", "aenderung"]
Akteur = Literal["buerger", "mensch", "system"]
KONTOAENDERUNGEN: Collection[Art] = ("aenderung", "vertretung")
"""Kinds of entries that change the account or who acts with it: each is told with a link that locks the account."""
KOPF = 1
VERTRETEN = "Ihre Vertretung"
"""How a person for whom somebody acted reads who did it."""


async def eintragen(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    *,
    art: Art,
    akteur: Akteur,
    akteur_label: str,
    felder: Sequence[str],
    kanal: str,
    leistung: Leistung | None = None,
    zweck: str = "",
    rechtsgrundlage: str = "",
    stelle: Stelle | None = None,
    stelle_name: str = "",
    freigabe_id: str | None = None,
    aktenzeichen: str | None = None,
    inhalt_sha256: str | None = None,
    personal_id: str | None = None,
    vertretung: Handeln | None = None,
    wortlaut: str | None = None,
) -> None:
    """Add one entry in the caller's transaction. Whoever writes next waits until this transaction ends.

    Where she acts for somebody who has an account, that person's log gets the entry too.

    Parameters
    ----------
    akteur_label
        What the citizen reads: a function such as "Bürgerservice", never the name of a member of staff.
    felder
        Labels of exactly the fields and documents that were disclosed; never their values.
    leistung
        Gives purpose and legal basis where they are not named.
    vertretung
        Who acts for whom, when she does so for another.
    wortlaut
        Which text she read before, a key of `portal.domain.einwilligung.WORTLAUTE`; its present version is noted.
    """
    key = await schluessel.fuer(context, session, konto_id)
    content = {
        "art": art,
        "am_utc": context.clock().isoformat(),
        "akteur": akteur,
        "akteur_label": akteur_label,
        "personal_id": personal_id,
        "stelle": stelle.name if stelle else stelle_name,
        "behoerde": stelle.behoerde if stelle else "",
        "zweck": zweck or (f"Bearbeitung Ihres Anliegens „{leistung.name}“" if leistung else ""),
        "rechtsgrundlage": rechtsgrundlage or (_grundlage(art, leistung) if leistung else ""),
        "freigabe_id": freigabe_id,
        "leistung": leistung.id if leistung else None,
        "aktenzeichen": aktenzeichen,
        "felder": list(felder),
        "kanal": kanal,
        "inhalt_sha256": inhalt_sha256,
        "vertretung": vertretung.satz if vertretung else None,
        "wortlaut": [wortlaut, WORTLAUTE[wortlaut].version, SPRACHE] if wortlaut else None,
    }
    number = await _anhaengen(session, key, content)
    if art in KONTOAENDERUNGEN:
        await sperrlink.aenderung_melden(context, session, konto_id)
    office = str(content["stelle"])
    await datenwunsch.sofort_melden(
        context,
        session,
        konto_id,
        nummer=number,
        art=art,
        wer=", ".join(filter(None, (akteur_label, office))) if art == "einsicht" else office,
        wofuer=str(content["zweck"]),
        felder=", ".join(felder) or "keine einzelnen Felder",
    )
    if vertretung is not None and vertretung.fuer_konto is not None:
        await eintragen(
            context,
            session,
            vertretung.fuer_konto,
            art=art,
            akteur=akteur,
            akteur_label=VERTRETEN if akteur == "buerger" else akteur_label,
            felder=felder,
            kanal=kanal,
            leistung=leistung,
            zweck=zweck,
            rechtsgrundlage=rechtsgrundlage,
            stelle=stelle,
            stelle_name=stelle_name,
            aktenzeichen=aktenzeichen,
            inhalt_sha256=inhalt_sha256,
            personal_id=personal_id,
            vertretung=replace(vertretung, fuer_konto=None),
        )


def _grundlage(art: Art, leistung: Leistung) -> str:
    """A release or its withdrawal is her will; everything else rests on the law of the service."""
    if art == "freigabe":
        return "Art. 6 Abs. 1 Buchst. a DSGVO"
    if art == "widerruf":
        return "Art. 7 Abs. 3 DSGVO"
    return f"Art. 6 Abs. 1 Buchst. c oder e DSGVO mit {', '.join(leistung.rechtsgrundlage)}"


async def _anhaengen(session: AsyncSession, key: Personenschluessel, content: Mapping[str, object]) -> int:
    head = await _kopf(session)
    number, last = _stand(head)
    sealed = key.verschluesseln(json.dumps(content, ensure_ascii=False).encode(), f"protokoll:{number + 1}")
    await _glied(session, head, number + 1, last, key.inhaber, sealed)
    return number + 1


async def eigene_aenderung(
    context: PortalContext,
    session: AsyncSession,
    konto_id: str,
    felder: Sequence[str],
    zweck: str,
    recht: str,
) -> None:
    """Add what a citizen changed of her own data on the portal's pages; `felder` are labels."""
    await eintragen(
        context,
        session,
        konto_id,
        art="aenderung",
        akteur="buerger",
        akteur_label="Sie selbst",
        felder=felder,
        zweck=zweck,
        rechtsgrundlage=recht,
        kanal="Meine Daten im Portal",
    )


async def loeschung_vermerken(session: AsyncSession, inhaber: str) -> None:
    """Note in the chain that this person was erased: her entries stay and cannot be read any more."""
    head = await _kopf(session)
    number, last = _stand(head)
    await _glied(session, head, number + 1, last, inhaber, kette.LOESCHUNG)


async def _kopf(session: AsyncSession) -> ProtokollKopf:
    """The head, locked until the transaction ends; made with the first entry."""
    query = (
        select(ProtokollKopf)
        .where(ProtokollKopf.id == KOPF)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    head = await session.scalar(query)
    if head is None:
        try:
            async with session.begin_nested():
                session.add(ProtokollKopf(id=KOPF, stand=[0, kette.ANFANG]))
        except IntegrityError:  # another process wrote the very first entry at the same time
            pass
        head = (await session.scalars(query)).one()
    return head


def _stand(head: ProtokollKopf | None) -> tuple[int, str]:
    if head is None:
        return 0, kette.ANFANG
    number, last = head.stand
    return int(str(number)), str(last)


async def _glied(
    session: AsyncSession, head: ProtokollKopf, number: int, last: str, holder: str, content: bytes
) -> None:
    link = kette.kettenwert(last, number, holder, content)
    session.add(ProtokollZeile(nummer=number, inhaber=holder, inhalt=content, kettenwert=link))
    head.stand = [number, link]
    await session.flush()


async def liste(
    session: AsyncSession, konto_id: str, *, hoechstens: int = 200, nach: int = 0, vor: int | None = None
) -> list[LogEntry]:
    """The citizen's entries, the newest first; only those with a number above `nach` and, if given, below `vor`."""
    key = await schluessel.vorhanden(session, konto_id)
    if key is None:
        return []
    rows = await session.scalars(
        select(ProtokollZeile)
        .where(
            ProtokollZeile.inhaber == key.inhaber,
            ProtokollZeile.nummer > nach,
            ProtokollZeile.nummer < vor if vor is not None else true(),
        )
        .order_by(ProtokollZeile.nummer.desc())
        .limit(hoechstens)
    )
    return [_eintrag(key, row) for row in rows]


async def gesehen(
    session: AsyncSession, konto_id: str, *, personal_id: str, kanal: str, seit: datetime
) -> set[str]:
    """Which fields one member of staff looked at since a moment, by one way; for "once a day" instead of once a click."""
    key = await schluessel.vorhanden(session, konto_id)
    if key is None:
        return set()
    rows = await session.scalars(
        select(ProtokollZeile)
        .where(ProtokollZeile.inhaber == key.inhaber)
        .order_by(ProtokollZeile.nummer.desc())
        .limit(200)
    )
    found: set[str] = set()
    for row in rows:
        c = json.loads(key.entschluesseln(row.inhalt, f"protokoll:{row.nummer}"))
        if datetime.fromisoformat(c["am_utc"]) < seit:
            break
        if (c["personal_id"], c["kanal"]) == (personal_id, kanal):
            found.update(f"{c['stelle']}/{c['leistung']}/{label}" for label in c["felder"])
    return found


def _eintrag(key: Personenschluessel, row: ProtokollZeile) -> LogEntry:
    c = json.loads(key.entschluesseln(row.inhalt, f"protokoll:{row.nummer}"))
    act, version, language = c.get("wortlaut") or (None, "", "")
    return LogEntry(
        number=row.nummer,
        kind=c["art"],
        at=datetime.fromisoformat(c["am_utc"]),
        actor=c["akteur"],
        actor_label=c["akteur_label"],
        office=c["stelle"],
        authority=c["behoerde"],
        purpose=c["zweck"],
        legal_basis=c["rechtsgrundlage"],
        reference=c["aktenzeichen"],
        fields=c["felder"],
        channel=c["kanal"],
        sha256=c["inhalt_sha256"],
        acting=c.get("vertretung"),
        text=WORTLAUTE[act].texte[version, language] if act else None,
        text_version=version,
        language=language,
    )


@dataclass(frozen=True)
class Pruefbericht:
    """What a check of the chain found.

    Attributes
    ----------
    geloescht
        Persons erased.
    ohne_schluessel
        Keys that are missing without that note.
    wieder_lesbar
        Persons erased whose key is there again, for example from a backup.
    """

    eintraege: int
    kopf: str
    bruch: Bruch | None
    geloescht: int
    ohne_schluessel: int
    wieder_lesbar: int


async def pruefen(session: AsyncSession) -> Pruefbericht:
    """Check the whole chain. No key is needed, and nothing is decrypted but the head."""
    stand = _stand(await session.get(ProtokollKopf, KOPF))
    check, count = kette.Pruefung(), 0
    erased: set[str] = set()
    holders: set[str] = set()
    columns = (
        ProtokollZeile.nummer,
        ProtokollZeile.inhaber,
        ProtokollZeile.inhalt,
        ProtokollZeile.kettenwert,
    )
    rows = await session.stream(select(*columns).order_by(ProtokollZeile.nummer))
    async for row in rows:
        check.weiter(Glied(row.nummer, row.inhaber, row.inhalt, row.kettenwert))
        count += 1
        (erased if row.inhalt == kette.LOESCHUNG else holders).add(row.inhaber)
    known = {holder for _, holder in await schluessel.konten(session)}
    return Pruefbericht(
        eintraege=count,
        kopf=f"{stand[0]}:{stand[1]}",
        bruch=check.ende(stand),
        geloescht=len(erased),
        ohne_schluessel=len(holders - known - erased),
        wieder_lesbar=len(known & erased),
    )


async def enthaelt(session: AsyncSession, kopf: str) -> bool:
    """Whether a head that was noted earlier (`<number>:<hash>`) is still part of the chain."""
    number, _, link = kopf.partition(":")
    if not number.isdecimal():
        return False
    row = await session.get(ProtokollZeile, int(number))
    return row is not None and row.kettenwert == link
