"""Who is responsible, in the chat: our office, another town's, or one more question."""

import asyncio
from typing import Any

import pytest

from actions import angabe, auskunft, karten, zustaendigkeit
from portal.client import OfficeView, ResponsibilityView, ServiceView
from portal.client.fake import FakePortal, FakeService
from portal.client.shapes import Choice, FeeView, PlaceQuestion, PlaceView, ServiceName
from tests.support.actions_turn import draft, field, turn

OFFICE = OfficeView(
    id="buergercenter",
    name="BÜRGERcenter",
    authority="Stadt Gelsenkirchen",
    address=None,
    phone=None,
    hours=None,
    url=None,
)
HERNE = PlaceView(ags="05916000", ars="059160000000", name="Herne", authority="Stadt Herne", county=None)
VIEW = ServiceView(
    id="wohnsitz_anmelden",
    nr=1,
    leika=None,
    name="Wohnsitz anmelden",
    short="",
    text="",
    hint=None,
    office=OFFICE,
    fee=FeeView(display="kostenlos", mark="geprueft"),
    deadline=None,
    duration=None,
    ways=["online"],
    trust_level="hoch",
    effect="anzeige",
    online_hint=None,
    in_person=None,
    data=[],
    documents=[],
    law=["§ 17 BMG"],
    sources=[],
    related=[],
    sensitive=False,
    url="/leistungen/wohnsitz_anmelden",
)


def answer(**given: Any) -> ResponsibilityView:
    base = {
        "service": VIEW.id,
        "name": VIEW.name,
        "found_by": "W",
        "place": None,
        "here": True,
        "office": OFFICE,
        "text": "Zuständig ist: BÜRGERcenter.",
    }
    return ResponsibilityView.model_validate(base | given)


ASK_PLZ = answer(
    here=None, office=None, question=PlaceQuestion(ask="plz", text="Wie lautet die Postleitzahl?"), text="?"
)
IN_HERNE = answer(here=False, place=HERNE, plz="44623", basis="angabe", text="Zuständig ist Stadt Herne.")
STORED = answer(here=False, plz="44787", basis="stammdaten", text="44787 gehört nicht zu Gelsenkirchen.")
WHICH = answer(
    here=None,
    office=None,
    plz="40472",
    question=PlaceQuestion(
        ask="ort",
        text="Welcher ist es?",
        options=[Choice(id="05111000", label="Düsseldorf"), Choice(id="05158028", label="Ratingen")],
    ),
)


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, ResponsibilityView]:
    """What the portal says, by PLZ."""
    known: dict[str, ResponsibilityView] = {"": ASK_PLZ, "44623": IN_HERNE, "40472": WHICH}
    fake = FakePortal([FakeService(view=VIEW, fields=(), responsible=known)])
    for module in (auskunft, zustaendigkeit):
        monkeypatch.setattr(module, "portal", lambda: fake)
    return known


def said(conversation: Any) -> list[dict[str, Any]]:
    return conversation._dispatcher.messages


def test_without_a_known_place_our_office_is_named_and_the_plz_asked_for(answers: dict[str, Any]) -> None:
    talk = turn("Wer ist zuständig?", intent="aspect")
    events = asyncio.run(auskunft.beantworten(talk, VIEW.id, ["zustaendigkeit"]))
    assert [m["response"] for m in said(talk)] == [
        "utter_auskunft_zustaendigkeit",
        "utter_zustaendigkeit_plz",
    ]
    assert "(Stand prüfen)" in said(talk)[0]["kontakt"]
    assert {e["name"]: e["value"] for e in events}["angebot"]["art"] == "zustaendigkeit"


def test_a_plz_alone_answers_that_question(answers: dict[str, Any]) -> None:
    offer = {"angebot": {"art": "zustaendigkeit", "leistung": VIEW.id}}
    talk = turn("44623", entities={"plz": "44623"}, slots=offer)
    asyncio.run(angabe.ActionAngabe().handle(talk))
    (message,) = said(talk)
    assert message["response"] == "utter_zustaendigkeit_anderswo"
    assert "Herne" in message["auskunft"]
    assert [b["title"] for b in message["buttons"]] == ["Trotzdem vorbereiten"]


def test_a_value_without_that_question_stays_a_value_nobody_asked_for(answers: dict[str, Any]) -> None:
    talk = turn("44623", entities={"plz": "44623"})
    asyncio.run(angabe.ActionAngabe().handle(talk))
    assert [m["response"] for m in said(talk)] == ["utter_unklar_angabe"]


def test_an_ambiguous_plz_becomes_one_more_question_with_buttons(answers: dict[str, Any]) -> None:
    talk = turn("Wer ist in 40472 zuständig?", intent="aspect", entities={"plz": "40472"})
    asyncio.run(auskunft.beantworten(talk, VIEW.id, ["zustaendigkeit"]))
    (message,) = said(talk)
    assert message["response"] == "utter_zustaendigkeit_frage"
    assert [b["title"] for b in message["buttons"]] == ["Düsseldorf", "Ratingen"]
    assert '"plz": "40472", "town": "05158028"' in message["buttons"][1]["payload"]


def test_a_stored_address_elsewhere_is_a_remark_and_no_verdict(answers: dict[str, Any]) -> None:
    answers[""] = STORED
    talk = turn("Wer ist zuständig?", intent="aspect")
    asyncio.run(auskunft.beantworten(talk, VIEW.id, ["zustaendigkeit"]))
    assert [m["response"] for m in said(talk)] == [
        "utter_auskunft_zustaendigkeit",
        "utter_zustaendigkeit_gespeichert",
    ]


def test_in_a_form_no_second_question_is_asked(answers: dict[str, Any]) -> None:
    talk = turn("Wer ist zuständig?", intent="aspect", slots={"entwurf": "e1"})
    events = asyncio.run(auskunft.beantworten(talk, VIEW.id, ["zustaendigkeit"]))
    assert [m["response"] for m in said(talk)] == ["utter_auskunft_zustaendigkeit"]
    assert events == []


@pytest.mark.parametrize(
    ("before", "after", "response"),
    [
        (None, "Stadt Herne", "utter_zustaendigkeit_antrag_anderswo"),
        ("Stadt Herne", None, "utter_zustaendigkeit_antrag_hier"),
        ("Stadt Herne", "Stadt Herne", None),
        (None, None, None),
    ],
)
def test_the_form_says_at_once_when_the_place_changes_the_town(
    before: str | None, after: str | None, response: str | None
) -> None:
    talk = turn("Neuweg 5, 44623 Herne")
    now = draft(field("address", "neue_anschrift")).model_copy(update={"elsewhere": after})
    zustaendigkeit.im_antrag(talk, now, before)
    assert [m["response"] for m in said(talk)] == ([response] if response else [])


@pytest.mark.parametrize(
    ("known", "said"),
    [
        ({}, "Kontakt über die Behördennummer 115 (Stand prüfen)"),
        ({"contact": "Behördennummer 115", "phone": "115"}, "Telefon: 115 (Stand prüfen)"),
        (
            {"contact": "Melde- und Ausweiswesen"},
            "Ansprechstelle: Melde- und Ausweiswesen, Kontakt über die Behördennummer 115 (Stand prüfen)",
        ),
    ],
)
def test_an_office_is_named_by_function_and_by_telephone(known: dict[str, str], said: str) -> None:
    assert zustaendigkeit.kontakt(OFFICE.model_copy(update=known)) == said


def test_the_card_names_what_comes_first() -> None:
    first = ServiceName(id="geburt_anzeigen", name="Geburt anzeigen")
    assert karten.leistung(VIEW.model_copy(update={"before": [first]}))["before"] == ["Geburt anzeigen"]
    assert karten.leistung(VIEW)["before"] == []
