"""Use case: everything that lies here about a citizen, for her to take away, as JSON and as PDF (Art. 15 and 20 DSGVO)."""

import json

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from portal.context import BERLIN, PortalContext
from portal.schema.entwurf import EntwurfZeile
from portal.schema.konto import KontoRow
from portal.schema.vorgang import VorgangZeile
from portal.services import (
    datenwunsch,
    dokumentfreigabe,
    einwilligung,
    haushalt,
    paket,
    postfach,
    protokoll,
    stammdaten,
)


async def sammeln(context: PortalContext, session: AsyncSession, konto_id: str) -> dict[str, object]:
    """Everything, in shapes that JSON knows."""
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
        "wuensche": {"hinweise": wishes.hinweise, "fruehere_antworten_anbieten": wishes.anbieten},
    }


def als_json(daten: dict[str, object]) -> bytes:
    """For machines; names with their umlauts."""
    return json.dumps(daten, ensure_ascii=False, indent=1).encode()


async def als_pdf(context: PortalContext, session: AsyncSession, konto_id: str) -> bytes:
    """For people: master data, household, cases, documents, consents and the log."""
    known = await stammdaten.load(session, konto_id)
    parts: list[tuple[str, list[tuple[str, str]]]] = [
        (
            "Stammdaten",
            [
                (
                    stammdaten.FELDER[feld],
                    f"{d.wert}\n({d.quelle_label}, Stand {paket.deutscher_tag(d.stand.isoformat())})",
                )
                for feld, d in known.items()
            ],
        ),
        (
            "Haushalt",
            [
                (
                    haushalt.BEZIEHUNGEN[one.beziehung],
                    f"{one.vornamen} {one.familienname}, geboren am {paket.deutscher_tag(one.geburtsdatum)}",
                )
                for one in await haushalt.liste(session, konto_id)
            ],
        ),
        (
            "Unterlagen",
            [
                (d.kind, f"{d.filename}, vom {paket.deutscher_moment(d.uploaded_at)}")
                for d in await dokumentfreigabe.unterlagenliste(context, session, konto_id)
            ],
        ),
        (
            "Einwilligungen",
            [
                (
                    f"{c.office}, {paket.deutscher_moment(c.given_at)}",
                    f"{', '.join(c.fields)}\n{c.purpose}\nStand: {c.state}",
                )
                for c in await einwilligung.liste(context, session, konto_id)
            ],
        ),
        (
            "Wer hat was bekommen oder angesehen",
            [
                (
                    paket.deutscher_moment(e.at),
                    f"{e.kind}: {e.office or e.actor_label}\n{', '.join(e.fields)}\n{e.purpose}\n{e.legal_basis}",
                )
                for e in await protokoll.liste(session, konto_id, hoechstens=10_000)
            ],
        ),
    ]
    story = [paket.absatz("Alles, was im Amtslotsen über Sie gespeichert ist", paket.TITEL)]
    for title, rows in parts:
        story.append(paket.absatz(title, paket.UEBERSCHRIFT))
        story.append(paket.tabelle(rows) if rows else paket.absatz("Nichts.", paket.TEXT))
    day = context.today()
    return paket.als_dokument(
        story,
        "Datenauskunft",
        fuss=f"Stand {day.day:02}.{day.month:02}.{day.year}",
        demo=context.settings.demo,
    )
