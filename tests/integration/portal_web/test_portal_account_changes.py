"""Changes of master data and critical acts ask for the second factor and tell the holder, with a link that locks the account."""

from typing import Any

import pytest
from sqlalchemy import select

from portal.schema.benachrichtigung import BenachrichtigungZeile
from portal.services import benachrichtigung
from portal.services.benachrichtigung import demo_ausgang
from tests.support.portal_town import Town

ANNA = "00000000-0000-4000-8000-000000000001"
DATEN, VERTRETUNG = "/mein/daten", "/mein/vertretungen"
WEGE, FRISTEN = "/mein/benachrichtigungen", "/mein/fristen"
KIND = {"vornamen": "Mia", "familienname": "Beispiel", "geburtsdatum": "2020-05-01", "beziehung": "kind"}
POWER = {"umfang": ["*"], "gueltig_bis": "2027-06-30"}
ACTS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "value": (f"{DATEN}/angaben", DATEN, {"feld": "geburtsort", "wert": "Herne"}),
    "deleted value": (f"{DATEN}/angaben/telefon/loeschen", DATEN, {}),
    "contact": (DATEN, DATEN, {"email": "neu@beispiel.example", "telefon": ""}),
    "household": (f"{DATEN}/haushalt", DATEN, KIND),
    "power of attorney": (f"{VERTRETUNG}/vollmacht", VERTRETUNG, POWER),
    "power as parent": (VERTRETUNG, VERTRETUNG, {"art": "eltern", "fuer": "Mia Beispiel", **POWER}),
    "way of warnings": (
        WEGE,
        WEGE,
        {"kanal_sicherheit": "sms", "ruhe_von": "22:00", "ruhe_bis": "07:00"},
    ),
    "decisions on paper": (WEGE, WEGE, {"bescheide": "papier", "ruhe_von": "22:00", "ruhe_bis": "07:00"}),
    "calendar": (f"{FRISTEN}/kalender", FRISTEN, {}),
}


async def notices(town: Town) -> list[BenachrichtigungZeile]:
    async with town.context.transaction() as session:
        return list(
            await session.scalars(
                select(BenachrichtigungZeile).where(
                    BenachrichtigungZeile.konto_id == ANNA,
                    BenachrichtigungZeile.anlass == "konto_geaendert",
                )
            )
        )


@pytest.mark.parametrize(("path", "form_on", "fields"), ACTS.values(), ids=ACTS)
async def test_a_critical_act_waits_for_the_second_factor_and_is_told_with_a_lock_link(
    town: Town, path: str, form_on: str, fields: dict[str, Any]
) -> None:
    anna = await town.anna()
    town.clock.forward(minutes=11)
    early = await anna.post(path, form_on, **fields)
    assert early.headers["location"].startswith("/mein/bestaetigen"), early.text
    assert not await notices(town), "nothing happened"
    await anna.confirm()
    done = await anna.post(path, form_on, **fields)
    assert done.status_code in (200, 303), done.text
    told = await notices(town)
    assert told
    assert all((one.verweis or "").startswith("/konto/sperren/") for one in told)


@pytest.mark.parametrize(
    ("path", "form_on"),
    [
        ("/mein/kanaele/code", "/mein/kanaele"),
        (f"{WEGE}/push", WEGE),
        ("/mein/gemeinsam/unbekannt/unterschrift", "/mein/gemeinsam"),
        (f"{VERTRETUNG}/unbekannt/beenden", VERTRETUNG),
    ],
)
async def test_what_binds_or_opens_a_way_in_asks_for_the_second_factor(
    town: Town, path: str, form_on: str
) -> None:
    anna = await town.anna()
    town.clock.forward(minutes=11)
    assert (await anna.post(path, form_on)).headers["location"].startswith("/mein/bestaetigen")


async def test_the_replaced_mail_address_is_told_too_and_then_forgotten(town: Town) -> None:
    anna = await town.anna()
    await anna.confirm()
    async with town.context.transaction() as session:
        old = await benachrichtigung.adresse(session, ANNA, benachrichtigung.Kanal.MAIL)
    await anna.post(DATEN, DATEN, email="dieb@beispiel.example", telefon="")
    await benachrichtigung.senden_faellige(town.context)
    async with town.context.transaction() as session:
        sent = await demo_ausgang(session)
    mails = {one.an: one.text for one in sent if "geändert" in one.betreff}
    assert {old, "dieb@beispiel.example"} <= set(mails)
    assert all("/konto/sperren/" in text for text in mails.values())
    assert all(one.an is None for one in await notices(town))


async def test_a_warning_of_another_way_goes_over_the_way_that_held_before(town: Town) -> None:
    anna = await town.anna()
    await anna.confirm()
    await anna.post(WEGE, WEGE, kanal_sicherheit="sms", ruhe_von="22:00", ruhe_bis="07:00")
    assert [one.kanal for one in await notices(town)] == ["mail"]
    await anna.post(WEGE, WEGE, kanal_sicherheit="sms", ruhe_von="21:00", ruhe_bis="07:00")
    assert len(await notices(town)) == 1, "quiet hours alone are no change of the account"
