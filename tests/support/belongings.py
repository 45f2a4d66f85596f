"""One thing of every kind that belongs to a citizen, each with her own word in it, by the name under which routes take its id."""

from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import select

from portal.domain.bekanntgabe import Norm
from portal.domain.rechtsbehelf import Zugang
from portal.schema.sitzung import SitzungRow
from portal.services import (
    benachrichtigung,
    beratung,
    bescheid,
    bindung,
    datenvorschlag,
    dokument,
    einwilligung,
    entwurf,
    gebuehr,
    haushalt,
    kalenderabo,
    postfach,
    rueckfrage,
    termine,
    tresor,
    vereinbarung,
    vermerk,
    vertretung,
    zweitfaktor,
)
from portal.services.datenvorschlag import Angabe
from portal.services.gebuehr import Posten
from portal.services.vermerk import Beratung
from portal.services.zweitfaktor import Inhaber
from tests.support.portal_town import Town
from tests.support.portal_world import PDF
from tests.support.vorgaenge import delivered_case


@dataclass(frozen=True)
class Person:
    """Whose things they are. `unterhaltung`: a conversation bound to her session; `wort`: stands in every thing of hers."""

    konto_id: str
    unterhaltung: str
    wort: str


async def belongings(town: Town, who: Person) -> dict[str, str]:
    """Make one of each for who is logged in already."""
    return await _of_an_office(town, who) | await _of_her_own(town, who) | await _of_the_chat(town, who)


async def _of_an_office(town: Town, who: Person) -> dict[str, str]:
    context, case = town.context, await delivered_case(town.context, who.konto_id)
    letter = Zugang(Norm.POST_AO, context.today())
    async with context.transaction() as session:
        question = await rueckfrage.stellen(
            context, session, "steuern", case, f"{who.wort}?", None, funktion="x"
        )
        decision = await bescheid.notieren(context, session, who.konto_id, "wohngeld", letter, None)
        fee = await gebuehr.festsetzen(
            context, session, "steuern", case, [Posten(who.wort, 100)], "bescheid", None, "", funktion="x"
        )
        message = postfach.schreiben(
            context,
            session,
            who.konto_id,
            art="status",
            absender="Stelle",
            betreff=f"{who.wort} Betreff",
            text=f"{who.wort} Text",
        )
        notice = await benachrichtigung.anstossen(
            session, who.konto_id, "neue_nachricht", jetzt=context.clock()
        )
    return {
        "vorgang_id": case,
        "rueckfrage_id": question,
        "bescheid_id": decision,
        "gebuehr_id": fee,
        "nachricht_id": message,
        "notice": str(notice),
    }


async def _of_her_own(town: Town, who: Person) -> dict[str, str]:
    context, konto_id = town.context, who.konto_id
    text = {"anschrift": f"{who.wort}weg 1", "einzugsdatum": "2026-11-12", "personen": who.wort}
    checked = await dokument.annehmen(context, f"{who.wort}.pdf", PDF)
    evidence = await dokument.annehmen(context, f"{who.wort}-2.pdf", PDF)
    async with context.transaction() as session:
        kept = await dokument.aufbewahren(
            context, session, konto_id, art="sonstiges", gueltig_bis=None, datei=checked
        )
        await haushalt.hinzufuegen(
            context,
            session,
            konto_id,
            vornamen="Mia",
            familienname=who.wort,
            geburtsdatum="2020-01-01",
            beziehung="kind",
        )
        (member,) = await haushalt.liste(session, konto_id)
        await vertretung.organisation_verbinden(
            context, session, konto_id, who.wort, "Probe", context.today() + timedelta(days=365)
        )
        (power,) = await vertretung.liste(context, session, konto_id)
        draft = await entwurf.oeffnen(context, session, konto_id, "hundesteuer_anmelden", "niedrig")
        await entwurf.freigeben(
            context,
            session,
            konto_id,
            draft.id,
            ["familienname"],
            {},
            version=draft.version,
            vertrauen="niedrig",
        )
        consent = (await einwilligung.liste(context, session, konto_id))[0]
        upload = await dokument.hochladen(
            context, session, konto_id, entwurf_id=draft.id, nachweis_id="verguenstigung", datei=evidence
        )
        shared, _ = await vereinbarung.einladen(context, session, konto_id, "mieter", text)
        await kalenderabo.anlegen(context, session, konto_id)
        (calendar,) = await kalenderabo.liste(session, konto_id)
        factor = await zweitfaktor.neu(
            context, session, Inhaber(konto_id=konto_id), "totp", f"{who.wort} Telefon", {"secret": "A" * 32}
        )
        proposal = await datenvorschlag.machen(
            context, session, konto_id, "oidc", "Probe", [Angabe("geburtsort", f"{who.wort}stadt", "niedrig")]
        )
        slots = (await termine.freie(context, session, "personalausweis", ab=None, hoechstens=50)).slots
        booked = await termine.buchen(context, session, konto_id, "personalausweis", slots[0].id)
        sid = await session.scalar(select(SitzungRow.id).where(SitzungRow.konto_id == konto_id))
    return {
        "dokument_id": kept.id,
        "mitglied_id": member.id,
        "vertretung_id": power.id,
        "freigabe_id": consent.id,
        "entwurf_id": draft.id,
        "vereinbarung_id": shared,
        "abo_id": calendar.id,
        "faktor_id": factor.id,
        "vorschlag_id": str(proposal),
        "termin_id": booked.id,
        "sid": str(sid),
        "konto_id": konto_id,
        "upload_id": upload.id,
        "at_the_gateway": konto_id[-1],
    }


async def _of_the_chat(town: Town, who: Person) -> dict[str, str]:
    context, by = town.context, Beratung("konsole-1", "Bürgerservice", "BÜRGERcenter")
    async with context.transaction() as session:
        sid = await session.scalar(select(SitzungRow.id).where(SitzungRow.konto_id == who.konto_id))
        await bindung.binden(context, session, who.unterhaltung, who.konto_id, str(sid))
        bound = await bindung.gebunden(context, session, who.unterhaltung)
        draft = (await entwurf.oeffnen(context, session, who.konto_id, "wohngeld", "niedrig")).id
        released = await beratung.freigeben(
            context, session, bound, art="daten", kennung="kontakt", stelle="BÜRGERcenter", zweck=who.wort
        )
        note = await vermerk.ablegen(
            context, session, who.konto_id, draft, by, text=f"{who.wort} Vermerk", verlauf=[]
        )
        secret = await tresor.ablegen(context, session, who.unterhaltung, "iban", "DE02120300000000202051")
    return {"release_id": released.id, "vermerk_id": note.id, "secret_ref": secret.ref, "chat_draft": draft}
