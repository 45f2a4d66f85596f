"""The catalogue that ships: complete, received by somebody, honest about what it does not know."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
import yaml

from portal.catalogue.check import check
from portal.catalogue.dated import NotYetValidError, deadlines, fees
from portal.catalogue.loader import BUILT_IN, load
from portal.catalogue.model import Katalog, Leistung
from portal.catalogue.orte import built_in_places

HEUTE = date(2026, 11, 24)
KATALOG = load()
LEISTUNGEN = sorted(KATALOG.leistungen.values(), key=lambda s: s.id)
LEBENSLAGEN = {
    "umzug",
    "wegzug",
    "geburt",
    "heirat",
    "trennung",
    "todesfall",
    "ausweis_reise",
    "fuehrerschein_fahrzeug",
    "kita_schule",
    "arbeit_rente",
    "wohnen_bauen",
    "gewerbe",
    "haustier",
    "soziales",
    "behinderung_pflege",
    "migration",
    "wahlen_ehrenamt",
    "urkunden",
}
STADT = BUILT_IN / "kommune" / "05513000"
GEPRUEFTE_SCHLUESSEL = {
    "99115005104000",
    "99115005070000",
    "99008001012000",
    "99049001001000",
    "99027002012000",
    "99059001104000",
    "99107023037000",
    "99107022012000",
    "99108001001000",
    "99102013104000",
    "99102013070000",
    "99050012104000",
    "99012070006000",
}
"""LeiKa keys marked [V] in the fact sheet; all others are second-hand or from the tables of 2019."""
DU_FORM = re.compile(r"\b(du|dir|dich|dein|deine[nmrs]?|euch|eure[nmrs]?)\b")
RUFNUMMER_FUER_FILME = re.compile(r"0221 4710-\d{3}")


@pytest.fixture(params=LEISTUNGEN, ids=lambda s: s.id)
def leistung(request: pytest.FixtureRequest) -> Leistung:
    found: Leistung = request.param
    return found


def sentences(text: str) -> list[str]:
    return [s for s in re.split(r"(?<=[.?!])\s+", text.strip()) if s]


def spoken(service: Leistung) -> list[str]:
    """Everything in a service that a citizen reads as running text."""
    texts = [service.name, service.kurz, service.text, service.hinweis]
    texts += [t for f in service.felder for t in (f.label, f.frage, f.hilfe, f.muster_hinweis)]
    texts += [t for n in service.nachweise for t in (n.label, n.hilfe)]
    texts += [x.text for x in (*service.gebuehr, *service.frist)]
    return [t for t in texts if t]


def test_check_finds_no_mistake() -> None:
    assert [str(f) for f in check(demo=True)] == []


def test_every_row_of_the_fact_sheet_is_there() -> None:
    rows = Counter(s.nr for s in LEISTUNGEN if s.nr is not None)
    assert set(rows) == set(range(1, 59))
    assert [nr for nr, count in rows.items() if count > 1] == [47]  # to register a dog and to deregister it


def test_jagdschein_has_its_key_and_is_marked_unsure() -> None:
    jagdschein = KATALOG.leistungen["jagdschein"]
    assert jagdschein.nr is None
    assert jagdschein.leika == "99067004001000"
    assert jagdschein.herkunft["leika"].marke == "stand_pruefen"


def test_all_life_situations_are_there() -> None:
    assert set(KATALOG.lebenslagen) == LEBENSLAGEN


def test_service_has_a_way_and_a_receiver(leistung: Leistung) -> None:
    assert leistung.wege
    assert leistung.stelle in KATALOG.stellen
    assert KATALOG.stellen[leistung.stelle].kontakt


def test_service_says_what_happens_when_somebody_disagrees_comes_or_waits(leistung: Leistung) -> None:
    assert "rechtsbehelf" in leistung.herkunft
    assert leistung.persoenlich is not None
    assert leistung.dauer is not None
    assert "gebuehr" in leistung.herkunft


def test_remedy_is_set_above_the_town_unless_the_service_is_its_own(leistung: Leistung) -> None:
    own = leistung.herkunft["name"].ebene == "kommune"
    assert leistung.herkunft["rechtsbehelf"].ebene in ("bund", "land", *(["kommune"] if own else []))


def test_service_is_found_by_many_words(leistung: Leistung) -> None:
    assert len({w.casefold() for w in leistung.synonyme}) >= 8


def test_no_synonym_belongs_to_two_services() -> None:
    owners = Counter(w.casefold() for s in LEISTUNGEN for w in {*s.synonyme})
    assert {w for w, n in owners.items() if n > 1} == set()


def test_leika_key_is_unique_or_missing() -> None:
    keys = Counter(s.leika for s in LEISTUNGEN if s.leika)
    assert {k for k, n in keys.items() if n > 1} == set()


def test_only_keys_that_the_fact_sheet_has_checked_are_marked_so(leistung: Leistung) -> None:
    if leistung.leika and leistung.herkunft["leika"].marke == "geprueft":
        assert leistung.leika in GEPRUEFTE_SCHLUESSEL


def test_a_town_has_services_of_its_own() -> None:
    own = [s for s in LEISTUNGEN if s.herkunft["name"].ebene == "kommune"]
    assert [s.id for s in own] == ["ge_pass"]
    assert own[0].leika is None


def test_no_tier_above_the_town_speaks_of_a_town() -> None:
    words = {place.gemeinde.name for place in built_in_places()} | {"BÜRGERcenter"}
    above = [path for tier in ("eu", "bund", "land") for path in sorted((BUILT_IN / tier).rglob("*.yml"))]
    assert len(above) > 60
    found = [(p.name, w) for p in above for w in words if w in p.read_text(encoding="utf-8")]
    assert found == []


def test_a_town_adds_its_words_and_its_own_service_to_a_life_situation() -> None:
    elsewhere = load(kommune="05916000")
    assert "nach Gelsenkirchen gezogen" in KATALOG.lebenslagen["umzug"].synonyme
    assert "nach Gelsenkirchen gezogen" not in elsewhere.lebenslagen["umzug"].synonyme
    here = [s.leistung for s in KATALOG.lebenslagen["soziales"].schritte]
    assert here == [*(s.leistung for s in elsewhere.lebenslagen["soziales"].schritte), "ge_pass"]


def test_text_is_short_and_plain(leistung: Leistung) -> None:
    assert len(sentences(leistung.kurz)) <= 2
    assert 2 <= len(sentences(leistung.text)) <= 8
    assert not any(DU_FORM.search(t) for t in spoken(leistung))


def test_every_question_can_be_asked(leistung: Leistung) -> None:
    assert leistung.felder
    for feld in leistung.felder:
        assert feld.frage or feld.stammdatum, feld.id
        assert feld.frage is None or feld.frage.strip()[-1] in "?.", feld.id


def test_a_required_question_never_invites_to_skip_it(leistung: Leistung) -> None:
    for feld in leistung.felder:
        if feld.pflicht and feld.typ in ("text", "name"):
            assert "überspringen" not in (feld.frage or ""), feld.id


def test_amounts_and_deadlines_hold_today_and_not_in_the_past(leistung: Leistung) -> None:
    fees(leistung, HEUTE)
    deadlines(leistung, HEUTE)
    if leistung.gebuehr:
        with pytest.raises(NotYetValidError):
            fees(leistung, date(2001, 1, 1))


@pytest.mark.parametrize(
    ("service", "cents", "marke"),
    [
        ("personalausweis", {4600, 2760, 600, 1500, 1300, None}, "geprueft"),
        ("reisepass", {7000, 3750, 2200, 3200, 2600, 600, 1500, None}, "geprueft"),
        ("vorlaeufiger_personalausweis", {1000}, "geprueft"),
        ("einbuergerung", {25500, 5100}, "geprueft"),
        ("melderegisterauskunft", {1100}, "geprueft"),
        ("hundesteuer_anmelden", {12900, 18900, 23100, None}, "stand_pruefen"),
        ("fuehrungszeugnis", {1300}, "stand_pruefen"),
        ("kirchenaustritt", {3000}, "stand_pruefen"),
    ],
)
def test_fees_are_those_of_the_fact_sheet(service: str, cents: set[int | None], marke: str) -> None:
    found = fees(KATALOG.leistungen[service], HEUTE)
    assert {f.betrag_cent for f in found} == cents
    assert {f.marke for f in found} == {marke}


@pytest.mark.parametrize(
    ("weg", "services"),
    [
        (
            "WI",
            {"wohngeld", "hundesteuer_anmelden", "unterhaltsvorschuss", "kitaplatz", "grundbesitzabgaben"},
        ),
        ("VG", {"personalausweis", "bewohnerparken", "baugenehmigung", "grosser_hund", "kfz_ummelden"}),
        ("SG", {"grundsicherungsgeld", "elterngeld", "schwerbehinderung", "pflegegrad", "rente"}),
        ("AG", {"geburtsurkunde", "eheschliessung_anmelden", "sterbefall_anzeigen", "geschlechtseintrag"}),
        ("FG", {"kindergeld"}),
        ("kein", {"wohnsitz_anmelden", "fuehrungszeugnis", "gewerbe_anmelden", "briefwahl"}),
    ],
)
def test_remedies_follow_the_law_of_nrw(weg: str, services: set[str]) -> None:
    assert {KATALOG.leistungen[s].rechtsbehelf.weg for s in services} == {weg}


def test_wohnsitz_asks_only_five_questions_of_a_known_citizen() -> None:
    wohnsitz = KATALOG.leistungen["wohnsitz_anmelden"]
    asked = [f.id for f in wohnsitz.felder if not f.stammdatum and f.nur_wenn is None]
    assert asked == ["einzugsdatum", "neue_anschrift", "weitere_wohnung", "mitziehende", "wohnungsgeber"]
    assert [n.id for n in wohnsitz.nachweise if n.pflicht] == ["wohnungsgeberbestaetigung"]
    assert wohnsitz.erklaerbar_ab == "einzugsdatum"
    assert wohnsitz.online is not None
    assert (wohnsitz.online.vertrauensniveau, wohnsitz.online.wirkung) == ("hoch", "anzeige")


def test_hundesteuer_takes_over_what_the_move_has_told() -> None:
    given = {f.wiederverwenden for f in KATALOG.leistungen["wohnsitz_anmelden"].felder if f.wiederverwenden}
    hund = KATALOG.leistungen["hundesteuer_anmelden"]
    taken = {f.id: f.wiederverwenden for f in hund.felder if f.wiederverwenden in given}
    assert taken == {"anschrift": "neue_anschrift", "hund_seit": "einzugsdatum"}
    assert hund.online is not None
    assert hund.online.vertrauensniveau == "niedrig"


def test_reused_values_keep_their_type() -> None:
    types: dict[str, set[str]] = {}
    for service in LEISTUNGEN:
        for feld in service.felder:
            if feld.wiederverwenden:
                types.setdefault(feld.wiederverwenden, set()).add(feld.typ)
    assert {key for key, kinds in types.items() if len(kinds) > 1} == set()


def test_umzug_asks_only_those_with_a_dog_or_a_child_at_school() -> None:
    steps = KATALOG.lebenslagen["umzug"].schritte
    assert {s.leistung: s.merkmal for s in steps if s.merkmal in ("hund", "schulkind")} == {
        "hundesteuer_anmelden": "hund",
        "schulanmeldung": "schulkind",
    }


def test_a_step_blocks_only_where_the_service_itself_names_the_law() -> None:
    after_event = {("geburtsurkunde", "geburt_anzeigen"), ("eheurkunde", "eheschliessung_anmelden")}
    after_event.add(("sterbeurkunde", "sterbefall_anzeigen"))
    for lage in KATALOG.lebenslagen.values():
        for schritt in (s for s in lage.schritte if s.zwingend):
            for before in schritt.nach:
                named = before in KATALOG.leistungen[schritt.leistung].beziehungen.vorher
                assert named or (schritt.leistung, before) in after_event, (lage.id, schritt.leistung)


def test_every_trait_has_words_and_steps_name_only_traits_that_exist() -> None:
    assert all(len(m.woerter) >= 4 for m in KATALOG.merkmale.values())
    used = {s.merkmal for lage in KATALOG.lebenslagen.values() for s in lage.schritte if s.merkmal}
    assert used <= set(KATALOG.merkmale)


def test_sensitive_services_are_marked() -> None:
    marked = {s.id for s in LEISTUNGEN if s.sensibel}
    assert {"auskunftssperre", "geschlechtseintrag", "kirchenaustritt", "schwerbehinderung"} <= marked


def test_online_elections_are_denied_and_briefwahl_is_offered() -> None:
    briefwahl = KATALOG.leistungen["briefwahl"]
    assert "Eine Wahl im Internet gibt es" in briefwahl.text
    assert "Online-Wahl" in briefwahl.synonyme


def test_a_known_fact_is_not_invented_for_offices() -> None:
    rows = yaml.safe_load((STADT / "stellen.yml").read_text(encoding="utf-8"))
    assert {r["telefon"] for r in rows} == {None, "115"}
    assert {r["oeffnungszeiten"] for r in rows} == {None}
    assert {r["fachverfahren"] for r in rows} == {None}


def test_invented_values_say_so_and_stand_only_in_the_demo_file() -> None:
    rows = yaml.safe_load((STADT / "stellen.demo.yml").read_text(encoding="utf-8"))
    known = {r["id"] for r in yaml.safe_load((STADT / "stellen.yml").read_text(encoding="utf-8"))}
    for row in rows:
        assert row["id"] in known
        assert RUFNUMMER_FUER_FILME.fullmatch(row["telefon"].removesuffix(" (Demonstration)"))
        assert row["telefon"].endswith(" (Demonstration)")
        assert (row["quelle"], row["marke"]) == ("erfunden, nur Demonstration", "stand_pruefen")
        assert "(Demonstration)" in row["oeffnungszeiten"]


def test_the_demo_does_not_claim_that_the_town_said_what_is_invented() -> None:
    office = load(demo=True).stellen["buergercenter"]
    invented = {key for key, o in office.herkunft.items() if o.quelle == "erfunden, nur Demonstration"}
    assert invented == {"id", "anschrift", "telefon", "oeffnungszeiten"}
    assert office.herkunft["url"].quelle == "Stadt Gelsenkirchen, Stand 2025"
    assert (office.marke, KATALOG.stellen["buergercenter"].marke) == ("stand_pruefen", "geprueft")


@pytest.mark.parametrize("lage", sorted(LEBENSLAGEN))
def test_a_life_situation_says_who_says_so_and_claims_nothing_checked_that_is_not(lage: str) -> None:
    origins = KATALOG.lebenslagen[lage].herkunft
    assert {"name", "intro", "schritte"} <= set(origins)
    checked = {key for key, origin in origins.items() if origin.marke == "geprueft"}
    assert checked == ({"intro"} if lage in ("fuehrerschein_fahrzeug", "geburt") else set())
    assert all(
        ("nicht an der Quelle" in o.quelle) or key in ("intro", "hinweise") for key, o in origins.items()
    )


@pytest.mark.parametrize(
    ("tier", "text", "regel"),
    [
        ("kommune/05513000", "id: reisepass\ngebuehr:\n  - {betrag_cent: 1, text: 1 Cent}\n", "gesperrt"),
        ("kommune/05513000", "id: reisepass\nrechtsbehelf: {weg: WI}\n", "gesperrt"),
        ("kommune/05513000", "id: reisepass\nstelle: gibt_es_nicht\n", "verweis"),
        ("kommune/05513000", "id: reisepass\nbeziehungen: {vorher: [gibt_es_nicht]}\n", "verweis"),
        ("bund", "id: reisepass\nfinder: Z\n", "form"),
    ],
)
def test_a_town_cannot_break_it_unnoticed(tmp_path: Path, tier: str, text: str, regel: str) -> None:
    folder = tmp_path / tier / "leistungen"
    folder.mkdir(parents=True)
    head = "quelle: Test\nmarke: geprueft\ngueltig_ab: 2026-01-01\n"
    (folder / "reisepass.yml").write_text(head + text, encoding="utf-8")
    assert regel in {f.regel for f in check((BUILT_IN, tmp_path))}


def test_loading_twice_gives_the_same() -> None:
    again: Katalog = load()
    assert again == KATALOG
