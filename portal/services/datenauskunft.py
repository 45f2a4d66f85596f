"""Use case: everything that lies here about a citizen, for her to take away (Art. 15 and 20 DSGVO); as PDF: auskunftsblatt."""

import json
from typing import Any

from pydantic_core import to_jsonable_python
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import BERLIN, PortalContext
from portal.schema.entwurf import EntwurfZeile
from portal.schema.konto import KontoRow
from portal.schema.vorgang import VorgangZeile
from portal.services import (
    anliegen,
    benachrichtigung,
    bescheid,
    datenwunsch,
    dokumentfreigabe,
    einwilligung,
    gebuehr,
    haushalt,
    postfach,
    protokoll,
    push,
    rueckfrage,
    stammdaten,
    termine,
    vereinbarung,
    vertretung,
)
from portal.services.gespraechsdaten import Gespraechsdaten

OHNE_GESPRAECHE = (
    "Ihre Gespräche fehlen in dieser Auskunft: Der Dienst, der sie aufbewahrt, antwortet gerade nicht. "
    "Bitte laden Sie die Auskunft später noch einmal herunter."
)


async def sammeln(
    context: PortalContext, session: AsyncSession, konto_id: str, gespraeche: Gespraechsdaten | None
) -> dict[str, Any]:
    """Everything, in shapes that JSON knows.

    Parameters
    ----------
    gespraeche
        What handoff handed out (`gespraechsdaten.holen`, outside of a transaction); None: it did not answer, and the export says so.
    """
    account = await session.get_one(KontoRow, konto_id)
    drafts = await session.scalars(
        select(EntwurfZeile).where(EntwurfZeile.konto_id == konto_id).order_by(EntwurfZeile.erstellt_utc)
    )
    cases = await session.scalars(
        select(VorgangZeile).where(VorgangZeile.konto_id == konto_id).order_by(VorgangZeile.eingegangen_utc)
    )
    known = await stammdaten.load(session, konto_id)
    wishes = await datenwunsch.laden(session, konto_id)
    return {
        "format": "amtslotse-datenauskunft-1",
        "demonstration": context.settings.demo,
        "unvollstaendig": OHNE_GESPRAECHE if gespraeche is None else None,
        "erstellt": context.clock().astimezone(BERLIN).isoformat(timespec="seconds"),
        "konto": {"anmeldename": account.anmeldename, "angelegt": account.angelegt_at.isoformat()},
        "stammdaten": [
            {
                "angabe": stammdaten.FELDER[feld],
                "wert": d.wert,
                "herkunft": d.quelle_label,
                "vertrauen": d.vertrauen,
                "stand": d.stand.isoformat(),
                "gueltig_bis": d.gueltig_bis.isoformat() if d.gueltig_bis else None,
            }
            for feld, d in known.items()
        ],
        "haushalt": [
            {
                "vornamen": one.vornamen,
                "familienname": one.familienname,
                "geburtsdatum": one.geburtsdatum,
                "beziehung": haushalt.BEZIEHUNGEN[one.beziehung],
            }
            for one in await haushalt.liste(session, konto_id)
        ],
        "entwuerfe": [
            {
                "leistung": row.leistung,
                "status": row.status,
                "angaben": {key: answer["wert"] for key, answer in row.felder.items()},
            }
            for row in drafts
        ],
        "vorgaenge": [json.loads(row.paket) | {"status": row.status} for row in cases],
        "bescheide": to_jsonable_python(await bescheid.liste(context, session, konto_id)),
        "gebuehren_und_zahlungen": to_jsonable_python(await gebuehr.liste(context, session, konto_id)),
        "termine": to_jsonable_python(await termine.liste(context, session, konto_id)),
        "vertretungen_und_vollmachten": to_jsonable_python(
            await vertretung.liste(context, session, konto_id)
        ),
        "vereinbarungen": to_jsonable_python(await vereinbarung.liste(session, konto_id)),
        "rueckfragen": to_jsonable_python(await rueckfrage.alle(context, session, konto_id)),
        "anliegen": to_jsonable_python(await anliegen.eigene(context, session, konto_id)),
        "gespraeche": None if gespraeche is None else gespraeche.conversations,
        "gesendete_dateien": None if gespraeche is None else gespraeche.files,
        "verbundene_messenger": None if gespraeche is None else gespraeche.channels,
        "unterlagen": [
            d.model_dump(mode="json")
            for d in await dokumentfreigabe.unterlagenliste(context, session, konto_id)
        ],
        "einwilligungen": [
            c.model_dump(mode="json") for c in await einwilligung.liste(context, session, konto_id)
        ],
        "nachrichten": [m.model_dump(mode="json") for m in await postfach.liste(session, konto_id)],
        "protokoll": [
            e.model_dump(mode="json") for e in await protokoll.liste(session, konto_id, hoechstens=10_000)
        ],
        "wuensche": {
            "hinweise": wishes.hinweise,
            "push_geraete": to_jsonable_python(await push.liste(session, konto_id)),
            "benachrichtigungen": to_jsonable_python(await benachrichtigung.wunsch(session, konto_id)),
        },
    }


def als_json(daten: dict[str, Any]) -> bytes:
    """For machines; names with their umlauts."""
    return json.dumps(daten, ensure_ascii=False, indent=1).encode()
