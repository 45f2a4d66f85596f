"""Two citizens sign a document with each other, each in her own account."""

import io
import re

import pytest
from pypdf import PdfReader

from portal.services import postfach, protokoll, stammdaten, vereinbarung
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Browser, Town

ANNA = "00000000-0000-4000-8000-000000000001"
BERND = "00000000-0000-4000-8000-000000000002"
PAGE = "/mein/gemeinsam"
TEXT = {
    "anschrift": "Beispielallee 3, 45879 Gelsenkirchen",
    "einzugsdatum": "2026-11-12",
    "personen": "Anna Maria Beispiel",
    "wohnungsgeber": "Bernd Probe, Testweg 1, 45879 Gelsenkirchen",
}


@pytest.fixture
async def anna(town: Town) -> Browser:
    browser = await town.anna()
    await browser.confirm()
    return browser


@pytest.fixture
async def bernd(town: Town) -> Browser:
    browser = await town.bernd()
    await browser.confirm()
    return browser


async def invite(browser: Browser, **values: str) -> str:
    """Begin as who moves in; gives the link's path."""
    answer = await browser.post(PAGE, PAGE, **{"rolle": "mieter", **TEXT, **values})
    check_page(answer.text)
    return re.search(r"http://portal\.test(/mein/gemeinsam/einladung/[\w-]{32})", answer.text).group(1)  # type: ignore[union-attr]


async def join(browser: Browser, link: str) -> str:
    """Accept; gives the document's path."""
    answer = await browser.post(link, link)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].split("?")[0]


async def seen(browser: Browser, path: str) -> str:
    """The version of the text that the page shows."""
    return re.search(r'name="fassung" value="(\w{64})"', (await browser.get(path)).text).group(1)  # type: ignore[union-attr]


async def sign(browser: Browser, path: str):
    """Sign what the page shows now."""
    return await browser.post(f"{path}/unterschrift", path, fassung=await seen(browser, path))


async def test_from_the_invitation_to_the_evidence_of_the_anmeldung(
    town: Town, anna: Browser, bernd: Browser
) -> None:
    link = await invite(anna)
    assert link not in (await anna.get(PAGE)).text, "shown once"
    check_page((await bernd.get(link)).text)
    assert "Beispielallee" not in (await bernd.get(link)).text, "nothing before she takes part"
    path = await join(bernd, link)
    check_page((await bernd.get(path)).text)
    nameless = await sign(bernd, path)
    assert (nameless.status_code, "fehlen Ihre Vornamen" in nameless.text) == (409, True)
    async with town.context.transaction() as session:
        names = {"vornamen": "Bernd", "familienname": "Probe"}
        await stammdaten.store(session, BERND, names, "online_ausweis", town.context.today())
    await sign(bernd, path)
    assert "1 von 2 Unterschriften" in (await anna.get(PAGE)).text
    assert (await anna.get(f"{path}/pdf")).status_code == 404
    assert "Neues von der anderen Person" in (await anna.get("/mein/postfach")).text
    await sign(anna, path)
    text = "".join(
        p.extract_text() for p in PdfReader(io.BytesIO((await anna.get(f"{path}/pdf")).content)).pages
    )
    for part in ("§ 19 BMG", "Bernd Probe", "Anna Maria Beispiel", "12.11.2026", "Beispielallee 3"):
        assert part in text
    refused = await bernd.post(f"{path}/nachweis", PAGE)
    assert refused.status_code == 409
    laid = await anna.post(f"{path}/nachweis", path)
    assert laid.status_code == 303, laid.text
    draft = (await anna.get(laid.headers["location"])).text
    assert "wohnungsgeberbestaetigung.pdf" in draft
    closed = await anna.post(f"{path}/text", PAGE, **TEXT)
    assert closed.status_code == 409
    assert (await anna.post(f"{path}/ende", PAGE)).status_code == 409


async def test_a_link_counts_once_and_not_for_oneself_and_not_for_ever(
    town: Town, anna: Browser, bernd: Browser
) -> None:
    link = await invite(anna)
    own = await anna.post(link, link)
    assert own.status_code == 409
    await join(bernd, link)
    assert (await bernd.get(link)).status_code == 404
    late = await invite(anna)
    town.clock.forward(days=15)
    bernd = await town.bernd()
    assert (await bernd.get(late)).status_code == 404
    stale = await bernd.http.post(late, data={"csrf": await bernd.csrf("/mein")})
    assert stale.status_code == 404


async def test_a_change_takes_both_signatures_away(town: Town, anna: Browser, bernd: Browser) -> None:
    path = await join(bernd, await invite(anna))
    await sign(anna, path)
    assert "unterzeichnet" in (await bernd.get(path)).text
    await bernd.post(f"{path}/text", path, **TEXT | {"einzugsdatum": "2026-11-13"})
    page = (await anna.get(path)).text
    assert "13.11.2026" in page
    assert "Mit meinem Namen unterzeichnen" in page


async def test_nobody_signs_a_text_that_she_has_not_seen(town: Town, anna: Browser, bernd: Browser) -> None:
    path = await join(bernd, await invite(anna))
    before = await seen(anna, path)
    await bernd.post(f"{path}/text", path, **TEXT | {"personen": "Anna Maria Beispiel, Otto Beispiel"})
    late = await anna.post(f"{path}/unterschrift", path, fassung=before)
    assert late.status_code == 409
    assert "Der Text wurde geändert, seit Sie ihn gesehen haben" in late.text
    assert "Otto Beispiel" in late.text
    assert "0 von 2 Unterschriften" in (await anna.get(PAGE)).text
    assert (await anna.post(f"{path}/unterschrift", path)).status_code == 409
    assert (await sign(anna, path)).status_code == 303


async def test_what_the_other_person_gets_stands_in_the_log_and_what_happened_in_the_postbox(
    town: Town, anna: Browser, bernd: Browser
) -> None:
    path = await join(bernd, await invite(anna))
    await sign(anna, path)
    await bernd.post(f"{path}/text", path, **TEXT | {"eigentuemer": "Clara Muster"})
    async with town.context.transaction() as session:
        shown, signed, *_ = [
            e for e in reversed(await protokoll.liste(session, ANNA)) if e.channel == vereinbarung.KANAL
        ]
        (by_bernd,) = [e for e in await protokoll.liste(session, BERND) if e.channel == vereinbarung.KANAL]
        told = [one.text for one in await postfach.liste(session, ANNA) if one.kind == "gemeinsam"]
    assert shown.fields == [vereinbarung.FELDER[f] for f in TEXT]
    assert signed.fields == ["Name", "Unterschrift"]
    assert (signed.text_version, signed.language) == ("2026-11-1", "de")
    assert by_bernd.fields == [vereinbarung.FELDER["eigentuemer"]]
    assert {entry.office for entry in (shown, signed, by_bernd)} == {vereinbarung.ANDERE}
    assert sorted(text.split(".")[0] for text in told) == [
        "Die andere Person hat Ihre Einladung angenommen und sieht jetzt den Text",
        "Die andere Person hat den Text geändert",
    ]


async def test_what_is_missing_is_named_and_nothing_signed(town: Town, anna: Browser) -> None:
    for missing in ("anschrift", "einzugsdatum", "personen", "rolle"):
        answer = await anna.post(PAGE, PAGE, **{"rolle": "mieter", **TEXT} | {missing: ""})
        assert answer.status_code == 422, missing
    link = await invite(anna, wohnungsgeber="")
    path = re.search(r"/mein/gemeinsam/[0-9a-f-]{36}", (await anna.get(PAGE)).text).group(0)  # type: ignore[union-attr]
    assert "Mit meinem Namen unterzeichnen" not in (await anna.get(path)).text
    early = await anna.post(f"{path}/unterschrift", path)
    assert (early.status_code, "Vor der Unterschrift fehlt noch" in early.text) == (409, True)
    await anna.post(f"{path}/ende", path)
    bernd = await town.bernd()
    assert (await bernd.get(link)).status_code == 404


async def test_a_third_person_finds_nothing(town: Town, anna: Browser, bernd: Browser) -> None:
    await invite(anna)
    path = re.search(r"/mein/gemeinsam/[0-9a-f-]{36}", (await anna.get(PAGE)).text).group(0)  # type: ignore[union-attr]
    csrf = await bernd.csrf("/mein")
    assert (await bernd.get(path)).status_code == 404
    assert (await bernd.get(f"{path}/pdf")).status_code == 404
    for act in ("text", "unterschrift", "ende", "nachweis"):
        answer = await bernd.http.post(f"{path}/{act}", data={"csrf": csrf, **TEXT})
        assert answer.status_code == 404, act
