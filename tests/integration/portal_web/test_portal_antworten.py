"""Answers instead of papers, end to end: the office gets the band and the zone, signed, and never the amount."""

import json
import re

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OKPKey

from portal.services import auswertung, vorgang, zustellung
from tests.integration.portal_web.test_portal_identity import prove
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import SIGNING_KEY, Browser, Town

KITA = {
    "anschrift": "Beispielallee 3, 45879 Gelsenkirchen",
    "kind_name": "Mia Beispiel",
    "kind_geburtsdatum": "2023-05-01",
    "einrichtung": "Kita Sonnenschein",
    "einkommensstufe": "17.499,50",
    "geschwister": "nein",
}
PARKEN = {"kennzeichen": "GE-AB 123", "halter": "ja", "beginn": "2026-12-01"}
BETRAG = ("17.499", "1749950", "17499")


async def fill(browser: Browser, draft: str, values: dict[str, str]) -> None:
    await browser.change(draft, "freigabe", alle="1")
    for field, value in values.items():
        answer = await browser.change(draft, f"felder/{field}", wert=value)
        assert answer.status_code == 303, (field, answer.text)


async def delivered(town: Town, browser: Browser, draft: str) -> tuple[str, dict[str, object]]:
    """Hand in, deliver; the case's id and its package."""
    answer = await browser.change(draft, "abgabe", geprueft="1")
    assert answer.status_code == 303, answer.text
    await zustellung.zustellen_faellige(town.context)
    found = re.search(r"/mein/vorgaenge/([0-9a-f-]{36})", (await browser.get("/mein")).text)
    assert found
    async with town.context.transaction() as session:
        case = await vorgang.laden(session, "00000000-0000-4000-8000-000000000001", found.group(1))
    return found.group(1), case.package


async def test_the_kita_office_gets_the_band_and_never_the_amount(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("elternbeitrag")
    await prove(anna, draft)
    await fill(anna, draft, KITA)
    page = (await anna.get(draft)).text
    check_page(page)
    assert "bis 17.500 € im Jahr (beitragsfrei)" in page
    assert "Antwort statt Papier, erklärt" in page
    assert not any(amount in page for amount in BETRAG)
    _, package = await delivered(town, anna, draft)
    assert not any(amount in json.dumps(package) for amount in BETRAG)
    (answer,) = auswertung.geprueft(town.context, package)
    assert answer[1] is not None
    assert (answer[1].antwort, answer[1].herkunft, answer[1].version) == (
        "bis 17.500 € im Jahr (beitragsfrei)",
        "erklärt",
        "2026-11-1",
    )
    assert "Antwort statt eines Papiers" in (await anna.get("/mein/protokoll")).text


async def test_a_changed_amount_changes_the_band(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("elternbeitrag")
    await fill(anna, draft, KITA)
    await anna.change(draft, "felder/einkommensstufe", wert="60.000")
    assert "über 17.500 € im Jahr" in (await anna.get(draft)).text


async def test_the_parking_zone_follows_from_the_address_and_is_shown_first(town: Town) -> None:
    anna = await town.anna()
    draft = await anna.open_draft("bewohnerparken")
    await anna.change(draft, "freigabe", alle="1")
    assert "Demozone" not in (await anna.get(draft)).text, "she lives in Bochum"
    await anna.change(draft, "felder/anschrift", wert="Musterstraße 12, 45879 Gelsenkirchen")
    page = (await anna.get(draft)).text
    assert "Daten freigeben" in page
    assert "Demozone 1" in page
    assert "Antwort statt Papier, erklärt" in page
    await fill(anna, draft, PARKEN)
    assert "Demozone 1" in (await anna.get(draft)).text
    await anna.change(draft, "felder/anschrift", wert="Ahstraße 1, 45879 Gelsenkirchen")
    page = (await anna.get(draft)).text
    assert "Demozone 2" in page
    assert "Demozone 1" not in page


def forged(town: Town, **changes: object) -> str:
    token = auswertung.unterzeichnen(
        town.context,
        regel="volljaehrig",
        version="1",
        antwort="ja",
        herkunft="belegt",
        quelle="x",
        fuer="y",
    )
    claims = jwt.decode(token, SIGNING_KEY, algorithms=["Ed25519"]).claims | changes
    header = {"alg": "Ed25519", "typ": auswertung.TYP}
    return jwt.encode(header, claims, OKPKey.generate_key("Ed25519"), algorithms=["Ed25519"])


async def test_an_answer_of_ones_own_is_signed_logged_and_verifiable_by_everybody(town: Town) -> None:
    anna, office = await town.anna(), await town.office()
    await anna.confirm()
    answer = await anna.post(
        "/mein/antworten", "/mein/antworten", regel="volljaehrig", fuer="Jugendamt, Ferienfahrt"
    )
    check_page(answer.text)
    found = re.search(r"ey[\w-]+\.[\w-]+\.[\w-]+", answer.text)
    assert found
    token = found.group(0)
    assert "1990" not in str(jwt.decode(token, SIGNING_KEY, algorithms=["Ed25519"]).claims)
    public = KeySet.import_key_set((await town.browser().get("/.well-known/amtslotse-jwks.json")).json())
    claims = jwt.decode(token, public, algorithms=["Ed25519"]).claims
    assert (claims["frage"], claims["antwort"], claims["herkunft"]) == (
        "Mindestens 18 Jahre alt",
        "ja",
        "belegt",
    )
    shown = await office.post("/amt/antworten", "/amt/antworten", token=token)
    check_page(shown.text)
    assert "Die Unterschrift stimmt" in shown.text
    assert "Jugendamt, Ferienfahrt" in (await anna.get("/mein/protokoll")).text
    town.clock.forward(days=181)
    office = await town.office()
    assert (await office.post("/amt/antworten", "/amt/antworten", token=token)).status_code == 422


@pytest.mark.parametrize("kind", ["foreign_key", "changed", "login_token", "rubbish", ""])
async def test_a_forged_answer_is_refused(town: Town, kind: str) -> None:
    anna, office = await town.anna(), await town.office()
    await anna.confirm()
    good = auswertung.unterzeichnen(
        town.context,
        regel="volljaehrig",
        version="1",
        antwort="nein",
        herkunft="belegt",
        quelle="x",
        fuer="y",
    )
    head, body, signature = good.split(".")
    tokens = {
        "foreign_key": forged(town),
        "changed": f"{head}.{body[:-2]}AA.{signature}",
        "login_token": (
            await anna.http.post("/api/session/token", headers={"X-CSRF-Token": await anna.csrf("/mein")})
        ).json()["token"],
        "rubbish": "x.y.z",
        "": "",
    }
    answer = await office.post("/amt/antworten", "/amt/antworten", token=tokens[kind])
    assert answer.status_code == 422
    assert "Die Unterschrift stimmt" not in answer.text


@pytest.mark.parametrize(
    "fields",
    [
        {"regel": "erfunden", "fuer": "x"},
        {"regel": "volljaehrig", "fuer": " "},
        {"regel": "volljaehrig", "fuer": "x" * 200},
    ],
)
async def test_a_wrong_wish_for_an_answer_is_refused(town: Town, fields: dict[str, str]) -> None:
    anna = await town.anna()
    await anna.confirm()
    assert (await anna.post("/mein/antworten", "/mein/antworten", **fields)).status_code == 422


async def test_without_a_birth_date_there_is_no_answer(town: Town) -> None:
    bernd = await town.bernd()
    await bernd.confirm()
    assert "Dafür fehlt noch: Ihr Geburtsdatum" in (await bernd.get("/mein/antworten")).text
    answer = await bernd.post("/mein/antworten", "/mein/antworten", regel="volljaehrig", fuer="x")
    assert answer.status_code == 422
