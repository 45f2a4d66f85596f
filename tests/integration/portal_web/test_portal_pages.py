"""Every page renders for everybody who may see it; errors are German sentences; headers protect all of them."""

import re
from html.parser import HTMLParser
from itertools import pairwise

import pytest

from portal.web.headers import CONTENT_SECURITY_POLICY
from tests.support.portal_town import Browser, MovingClock, Town

PUBLIC = (
    "/",
    "/suche",
    "/suche?q=hund",
    "/suche?q=xyzzyqwertz",
    "/leistungen",
    "/leistungen/wohnsitz_anmelden",
    "/leistungen/hundesteuer_anmelden",
    "/lebenslagen/umzug",
    "/datenschutz",
    "/impressum",
    "/barrierefreiheit",
    "/anmelden",
    "/amt/anmelden",
    "/identitaet/demo?anfrage=x",
    "/api/docs",
)
OWN = (
    "/",
    "/leistungen/wohnsitz_anmelden",
    "/mein",
    "/mein/daten",
    "/mein/postfach",
    "/mein/fristen",
    "/mein/protokoll",
    "/mein/einwilligungen",
    "/mein/dokumente",
    "/mein/antworten",
    "/mein/vertretungen",
    "/mein/mitzeichnung",
    "/mein/konto/loeschen",
    "/identitaet/nachweis",
)
VOID = {"meta", "link", "input", "img", "br", "hr", "area", "base", "col", "wbr"}


class Outline(HTMLParser):
    """What a page must get right: language, one h1, unique ids, labels that point somewhere, balanced tags."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.headings: list[str] = []
        self.ids: list[str] = []
        self.refers: list[str] = []
        self.inputs: list[str] = []
        self.problems: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        if tag not in VOID:
            self.open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(tag)
        if values.get("id"):
            self.ids.append(str(values["id"]))
        for name in ("for", "aria-labelledby", "aria-describedby"):
            self.refers += (values.get(name) or "").split()
        if tag in ("input", "select", "textarea") and values.get("type") != "hidden":
            self.inputs.append(str(values.get("id")))
        if "style" in values or any(name.startswith("on") for name in values):
            self.problems.append(f"inline style or script on <{tag}>")
        if tag == "script" and "src" not in values:
            self.problems.append("inline script")

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.problems.append(f"unbalanced </{tag}>")


def check_page(text: str) -> None:
    outline = Outline(text)
    assert '<html lang="de"' in text
    assert re.search(r"<title>\S.*</title>", text)
    assert "Demonstration, keine Behörde" in text
    assert 'href="#inhalt"' in text
    assert outline.headings.count("h1") == 1
    levels = [int(heading[1]) for heading in outline.headings]
    assert all(deeper <= level + 1 for level, deeper in pairwise(levels)), levels
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.refers) <= set(outline.ids)
    assert set(outline.inputs) <= set(outline.ids)
    assert outline.problems == []
    assert outline.open == []


@pytest.mark.parametrize("path", PUBLIC)
async def test_public_pages(town: Town, path: str) -> None:
    answer = await town.browser().get(path)
    assert answer.status_code == 200
    check_page(answer.text)


def sources_on(text: str) -> list[str]:
    """The lines of a page that name a source, as they are read."""
    lines = re.findall(r"<p[^>]*>(Quelle.*?)</p>", text, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", line).split()) for line in lines]


async def test_a_life_situation_says_where_each_part_comes_from_and_whether_it_was_checked(
    town: Town,
) -> None:
    expected = [
        "Quelle für Name, Schritte, weitere Hinweise: Bund, PStG, BGB und BEEG; Fachkenntnis, nicht an der Quelle geprüft, "
        "seit 19.08.2026 Stand prüfen",
        "Quelle für Einleitung: Bund, § 17 BMG und PStG, konsolidierte Fassung vom 19.08.2026, seit 19.08.2026 geprüft",
    ]
    assert sources_on((await town.browser().get("/lebenslagen/geburt")).text) == expected
    anna = await town.anna()
    assert sources_on((await anna.get("/mein/lebenslagen/geburt")).text) == expected


async def test_a_step_that_the_town_adds_names_the_town_as_its_source(town: Town) -> None:
    law, own = sources_on((await town.browser().get("/lebenslagen/soziales")).text)
    assert law.startswith(
        "Quelle für Name, Einleitung, Schritte, weitere Hinweise: Land NRW, SGB II, SGB XII und WoGG;"
    )
    assert own.startswith("Quelle für Schritte: Stadt, Fachkenntnis, nicht an der Quelle geprüft")


async def test_invented_hours_of_an_office_say_so_beside_what_the_town_said(town: Town) -> None:
    said, invented = sources_on((await town.browser().get("/leistungen/wohnsitz_anmelden")).text)
    assert said == (
        "Quelle für Name, Behörde, Seite der Stelle, Ansprechstelle: Stadt, Stadt Gelsenkirchen, Stand 2025, "
        "seit 01.01.2025 geprüft"
    )
    assert invented == (
        "Quelle für Anschrift, Öffnungszeiten, Telefon: Stadt, erfunden, nur Demonstration, seit 24.11.2026 Stand prüfen"
    )


@pytest.mark.parametrize("path", OWN)
@pytest.mark.parametrize("name", ["anna", "bernd"])
async def test_own_pages_with_much_and_with_little_data(town: Town, path: str, name: str) -> None:
    browser = town.browser()
    await browser.login(name)
    answer = await browser.get(path)
    assert answer.status_code == 200
    check_page(answer.text)


async def test_every_service_and_every_life_situation_has_a_page(town: Town) -> None:
    browser = town.browser()
    for kind, ids in (
        ("leistungen", town.context.katalog.leistungen),
        ("lebenslagen", town.context.katalog.lebenslagen),
    ):
        for key in ids:
            answer = await browser.get(f"/{kind}/{key}")
            assert answer.status_code == 200, key
            check_page(answer.text)


async def test_pages_embed_the_chat_except_those_of_the_offices(town: Town) -> None:
    assert "<amtslotse-chat>" in (await town.browser().get("/")).text
    assert "<amtslotse-chat>" not in (await (await town.office()).get("/amt")).text


async def test_search_finds_by_synonym(town: Town) -> None:
    assert "/leistungen/wohnsitz_anmelden" in (await town.browser().get("/suche?q=umgezogen")).text


async def test_the_search_shows_what_comes_near_the_best_hit(town: Town) -> None:
    browser = town.browser()
    sure = (await browser.get("/suche?q=auto+ummelden")).text
    assert "passt zu „auto ummelden“" in sure or "passen zu „auto ummelden“" in sure
    assert 'href="/leistungen/kfz_ummelden"' in sure
    assert 'href="/leistungen/kirchenaustritt"' not in sure
    unsure = (await browser.get("/suche?q=qwertz")).text
    assert "passt nichts genau" in unsure or "Nichts gefunden" in unsure
    assert "Behördennummer 115" in unsure


async def test_what_people_type_is_never_markup(town: Town) -> None:
    text = (
        await town.browser().get(
            "/suche",
        )
    ).text
    assert "<script>alert" not in text
    answer = await town.browser().http.get("/suche", params={"q": '"><script>alert(1)</script>'})
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("path", ["/gibt/es/nicht", "/leistungen/gibtsnicht", "/lebenslagen/gibtsnicht"])
async def test_unknown_pages_are_a_german_404(town: Town, path: str) -> None:
    answer = await town.browser().get(path)
    assert answer.status_code == 404
    check_page(answer.text)


async def test_errors_of_the_interface_are_json(town: Town) -> None:
    browser = town.browser()
    unknown = await browser.get("/api/gibtsnicht")
    assert (unknown.status_code, unknown.json()["code"]) == (404, "nicht_gefunden")
    wrong = await browser.http.delete("/api/session")
    assert (wrong.status_code, wrong.json()["code"]) == (405, "methode_unzulaessig")
    malformed = await browser.get("/api/session?art=koenig")
    assert (malformed.status_code, malformed.json()["field"]) == (422, "art")


async def test_a_wrong_method_and_a_malformed_form_are_german_pages(town: Town) -> None:
    anna = await town.anna()
    wrong = await anna.http.put("/mein")
    assert wrong.status_code == 405
    check_page(wrong.text)
    csrf = await anna.csrf("/mein")
    malformed = await anna.http.post("/mein/antraege/x/verwerfen", data={"csrf": csrf, "version": "eins"})
    assert malformed.status_code == 422
    check_page(malformed.text)


async def test_a_crash_tells_nothing_but_that_it_happened(
    town: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: object) -> None:
        raise RuntimeError("Anna Beispiel, IBAN DE02")

    monkeypatch.setattr("portal.services.katalog.suchen", crash)
    page = await town.browser().get("/suche?q=hund")
    assert page.status_code == 500
    check_page(page.text)
    assert "IBAN" not in page.text
    api = await town.browser().get("/api/search?q=hund")
    assert (api.status_code, api.json()["code"]) == (500, "fehler")
    assert "IBAN" not in api.text


@pytest.mark.parametrize(
    "path", ["/", "/mein", "/static/portal.css", "/api/session", "/gibt/es/nicht", "/health"]
)
async def test_headers_on_every_answer(town: Town, path: str) -> None:
    headers = (await town.browser().get(path)).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert "unsafe" not in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert ("no-store" in headers["cache-control"]) is (not path.startswith("/static"))
    assert "strict-transport-security" not in headers


async def test_an_https_origin_gets_secure_cookies_and_hsts(make_app) -> None:  # type: ignore[no-untyped-def]
    app = make_app(MovingClock(), origin="https://portal.test")
    async with app.router.lifespan_context(app):
        answer = await Browser(app).get("/anmelden")
    assert "Secure" in answer.headers["set-cookie"]
    assert "strict-transport-security" in answer.headers


async def test_without_demo_mode_nothing_calls_itself_a_demonstration(make_app) -> None:  # type: ignore[no-untyped-def]
    app = make_app(MovingClock(), demo=False)
    async with app.router.lifespan_context(app):
        for path in ("/", "/anmelden", "/impressum", "/datenschutz"):
            assert "Demonstration" not in (await Browser(app).get(path)).text


async def test_contact_data_are_changed_by_oneself(town: Town) -> None:
    anna = await town.anna()
    await anna.confirm()
    answer = await anna.post("/mein/daten", "/mein/daten", telefon="0209 1234567", email="")
    assert answer.headers["location"] == "/mein/daten?meldung=kontakt"
    page = (await anna.get("/mein/daten")).text
    assert "0209 1234567" in page
    assert "anna@beispiel.example" not in page
    assert "24.11.2026" in page


@pytest.mark.parametrize(
    ("field", "value"),
    [("email", "anna"), ("email", "a b@c.de"), ("telefon", "drück die Eins"), ("telefon", "1")],
)
async def test_malformed_contact_data_change_nothing(town: Town, field: str, value: str) -> None:
    anna = await town.anna()
    await anna.confirm()
    answer = await anna.post("/mein/daten", "/mein/daten", **{field: value})
    assert answer.status_code == 422
    check_page(answer.text)
    assert 'aria-invalid="true"' in answer.text
    assert "0234 5550123" in (await anna.get("/mein/daten")).text
