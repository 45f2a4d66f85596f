"""Which acts want the second factor, whatever device they come from: every route is confirmed, or it stands here with the reason why not."""

import re
from datetime import timedelta

import pytest
from fastapi.routing import APIRoute
from sqlalchemy import func, select

from portal.domain.zugang import BESTAETIGUNG_GILT
from portal.schema.vorgang import VorgangZeile
from portal.web.auth import confirmed_citizen, current_citizen
from tests.integration.portal_web.test_portal_applications import HUND
from tests.integration.portal_web.test_portal_vertretung import ELTERN, elterngeld
from tests.support.portal_town import Browser, Town
from tests.support.routes import calls, routes

DRAFT = "prepares only: what binds is handing in, which asks above „niedrig“"
LOGIN = "is the way to confirm, or to a factor, and checks password, factor or a fresh login itself"
LESS = "takes access, consent or a wish back, or locks: must never be slower than a thief"
OWN = "changes nothing of who she is or who acts for her, and can be done again otherwise"
CASE = "answers the office of a case that is already hers, through a session that every look re-checks"

UNCONFIRMED = {
    "POST /abmelden": LESS,
    "POST /mein/antraege": DRAFT,
    "POST /mein/antraege/{entwurf_id}/felder/{feld_id}": DRAFT,
    "POST /mein/antraege/{entwurf_id}/freigabe": DRAFT,
    "POST /mein/antraege/{entwurf_id}/nachweise/{nachweis_id}": DRAFT,
    "POST /mein/antraege/{entwurf_id}/nachweise/{nachweis_id}/spaeter": DRAFT,
    "POST /mein/antraege/{entwurf_id}/nachweise/{nachweis_id}/unterlage": DRAFT,
    "POST /mein/antraege/{entwurf_id}/abgabe": DRAFT,
    "POST /mein/antraege/{entwurf_id}/verwerfen": DRAFT,
    "POST /mein/antraege/{entwurf_id}/vertretung": DRAFT,
    "POST /mein/antraege/{entwurf_id}/mitzeichnung": DRAFT,
    "POST /mein/mitzeichnung": DRAFT,
    "POST /api/dokumente": DRAFT,
    "POST /mein/dokumente": DRAFT,
    "POST /mein/bestaetigen": LOGIN,
    "POST /mein/bestaetigen/sms": LOGIN,
    "POST /identitaet/nachweis": LOGIN,
    "POST /mein/sicherheit/app": LOGIN,
    "POST /mein/sicherheit/app/bestaetigen": LOGIN,
    "POST /mein/sicherheit/sms": LOGIN,
    "POST /mein/sicherheit/sms/bestaetigen": LOGIN,
    "POST /mein/sicherheit/passkey": LOGIN,
    "POST /mein/sicherheit/passkey/anlegen": LOGIN,
    "POST /mein/sicherheit/sperren": LESS,
    "POST /mein/sicherheit/anmeldungen/beenden": LESS,
    "POST /mein/sicherheit/anmeldungen/{sid}/beenden": LESS,
    "POST /mein/benachrichtigungen/push/{abo_id}/ausschalten": LESS,
    "POST /mein/einwilligungen/{freigabe_id}/widerruf": LESS,
    "POST /mein/dokumente/freigaben/{freigabe_id}/widerruf": LESS,
    "POST /mein/fristen/kalender/{abo_id}/widerrufen": LESS,
    "POST /mein/kanaele/trennen": LESS,
    "POST /mein/kanaele/dateien/loeschen": LESS,
    "POST /mein/gemeinsam/{vereinbarung_id}/ende": LESS,
    "POST /mein/daten/hinweise": OWN,
    "POST /mein/einwilligungen/komfort": OWN,
    "POST /mein/dokumente/{dokument_id}/loeschen": OWN,
    "POST /mein/kanaele/uebernehmen": OWN,
    "POST /mein/fristen/brief": OWN,
    "POST /mein/bescheide/{bescheid_id}/erledigt": OWN,
    "POST /mein/lebenslagen/{lage_id}/neu": OWN,
    "POST /mein/lebenslagen/{lage_id}/schritte/{leistung_id}": OWN,
    "POST /leistungen/{leistung_id}/termin": OWN,
    "POST /leistungen/{leistung_id}/lieferung": OWN,
    "POST /mein/termine/{termin_id}/verlegen": OWN,
    "POST /mein/termine/{termin_id}/absagen": OWN,
    "POST /vorschlaege/{aenderung_id}/stimme": OWN,
    "POST /mein/gemeinsam": OWN,
    "POST /mein/gemeinsam/einladung/{code}": OWN,
    "POST /mein/gemeinsam/{vereinbarung_id}/text": OWN,
    "POST /mein/gemeinsam/{vereinbarung_id}/nachweis": OWN,
    "POST /mein/rueckfragen/{rueckfrage_id}": CASE,
    "POST /mein/gebuehren/{gebuehr_id}/bezahlen": CASE,
    "POST /mein/gebuehren/{gebuehr_id}/befreiung": CASE,
}


def acts(town: Town, what: object) -> dict[str, APIRoute]:
    """Routes that change something for a citizen, by method and path."""
    return {
        name: route
        for name, route in routes(town.app)
        if isinstance(route, APIRoute) and not name.startswith("GET") and what in set(calls(route.dependant))
    }


async def test_every_act_wants_the_second_factor_or_says_why_not(town: Town) -> None:
    confirmed = set(acts(town, confirmed_citizen))
    assert set(acts(town, current_citizen)) - confirmed == set(UNCONFIRMED)
    assert not confirmed & set(UNCONFIRMED)


async def test_no_confirmed_act_happens_before_the_second_factor(town: Town) -> None:
    anna = await town.anna()
    csrf = await anna.csrf("/mein/sicherheit")
    tried = 0
    for name, route in acts(town, confirmed_citizen).items():
        path = re.sub(r"\{\w+\}", "00000000-0000-4000-8000-000000000009", route.path)
        answer = await anna.http.post(path, data={"csrf": csrf})
        assert answer.status_code in (303, 403), name
        if answer.status_code == 303:
            assert answer.headers["location"].startswith("/mein/bestaetigen"), name
        else:
            assert answer.json()["code"] == "bestaetigung_noetig", name
        tried += 1
    assert tried > 15


async def handed_in(town: Town) -> int:
    async with town.context.transaction() as session:
        return int(await session.scalar(select(func.count()).select_from(VorgangZeile)) or 0)


async def test_handing_in_above_niedrig_asks_again_although_the_login_was_proved(town: Town) -> None:
    anna, bernd = await town.anna(), await town.bernd()
    for browser in (anna, bernd):
        await browser.confirm()
    draft = await elterngeld(anna)
    page = await anna.change(draft, "mitzeichnung")
    code = re.search(r'al-code"><strong>([\w-]+)<', page.text)
    assert code
    await bernd.post("/mein/mitzeichnung/entscheidung", "/mein/mitzeichnung", code=code.group(1), ja="1")
    town.clock.forward(minutes=BESTAETIGUNG_GILT / timedelta(minutes=1) + 1)
    asked = await anna.change(draft, "abgabe", geprueft="1")
    assert asked.headers["location"].startswith("/mein/bestaetigen?formular=")
    assert await handed_in(town) == 0
    await anna.confirm()
    waiting = (await anna.get(asked.headers["location"])).text
    assert f'action="{draft}/abgabe"' in waiting
    assert 'name="geprueft" value="1"' in waiting
    done = await anna.change(draft, "abgabe", geprueft="1")
    assert done.headers["location"].startswith(f"{draft}?meldung=abgegeben")
    assert await handed_in(town) == 1


async def test_a_preparation_and_what_needs_no_proof_are_handed_in_without_it(town: Town) -> None:
    bernd = await town.bernd()
    dog = await filled(bernd, await bernd.open_draft(), HUND | PERSON)
    assert (await bernd.change(dog, "abgabe", geprueft="1")).headers["location"].startswith(dog)
    assert await handed_in(town) == 1
    draft = await elterngeld(bernd)
    prepared = await bernd.change(draft, "abgabe", geprueft="1")
    assert prepared.headers["location"].startswith(f"{draft}?meldung=vorbereitet")


PERSON = {name: ELTERN[name] for name in ("familienname", "vornamen", "geburtsdatum")}


async def filled(browser: Browser, draft: str, values: dict[str, str]) -> str:
    for field, value in values.items():
        await browser.change(draft, f"felder/{field}", wert=value)
    for field in ("chipnummer", "iban"):
        await browser.change(draft, f"felder/{field}", leer="1")
    return draft


@pytest.mark.parametrize("seconds", [-1, 1])
async def test_a_confirmation_holds_for_ten_minutes(town: Town, seconds: int) -> None:
    anna = await town.anna()
    await anna.confirm()
    town.clock.now += BESTAETIGUNG_GILT + timedelta(seconds=seconds)
    answer = await anna.post("/mein/daten/angaben", "/mein/daten", feld="geburtsort", wert="Herne")
    assert answer.headers["location"].startswith("/mein/bestaetigen") == (seconds > 0)
