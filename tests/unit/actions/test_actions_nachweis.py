"""Evidence in the chat: a kept document is one button away, and what is to be read before handing in is said."""

from collections.abc import Iterator

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import fragen, tuer
from actions.gespraech import Gespraech
from actions.nachweis import ActionHochgeladen
from portal.client import DraftView, EvidenceView, KeptDocument
from tests.support.actions_turn import draft, field, tracker

BELEG = EvidenceView(
    id="beleg",
    label="Wohnungsgeberbestätigung",
    help=None,
    required=True,
    state="offen",
    document=None,
    kept=[
        KeptDocument(id=f"d{n}", label="Mietvertrag oder Wohnungsgeberbestätigung", filename=f"{n}.pdf")
        for n in range(5)
    ],
)


def waiting() -> DraftView:
    return draft(field(value="x"), kind="evidence", asked="beleg").model_copy(update={"evidence": [BELEG]})


class Desk:
    """The portal's door with one draft that waits for its evidence."""

    def __init__(self) -> None:
        self.put: list[tuple[str, str | None]] = []

    async def current_draft(self, conversation_id: str) -> DraftView:
        return waiting()

    async def put_evidence(self, conversation_id, draft_id, evidence, *, document, version, key):
        self.put.append((evidence, document))
        return draft(field(value="x"), kind="confirm")


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    tuer.use(found)  # type: ignore[arg-type]
    yield found
    tuer.use(None)


async def asked(view: DraftView):
    dispatcher = CollectingDispatcher()
    await fragen.stellen(Gespraech(dispatcher, tracker("weiter", slots={"entwurf": "e1"})), view)
    return dispatcher.messages[-1]


async def test_kept_documents_are_offered_beside_the_upload() -> None:
    said = await asked(waiting())
    assert [one["payload"] for one in said["buttons"]] == [
        '/uploaded{"value": "d0"}',
        '/uploaded{"value": "d1"}',
        '/uploaded{"value": "d2"}',
        "/later",
    ]


@pytest.mark.parametrize(
    ("given", "used"),
    [({"entities": {"value": "d1"}}, "d1"), ({"values": {"dokument": "neu"}}, "neu"), ({}, None)],
    ids=["button", "card", "nothing"],
)
async def test_the_button_and_the_card_tie_a_document(desk: Desk, given: dict, used: str | None) -> None:
    dispatcher = CollectingDispatcher()
    message = tracker(
        "/uploaded",
        intent="uploaded",
        slots={"entwurf": "e1", "feld": "beleg", "frage_art": "evidence"},
        **given,
    )
    await ActionHochgeladen().run(dispatcher, message, {})
    assert desk.put == ([("beleg", used)] if used else [])
    assert dispatcher.messages[0]["response"] == ("utter_nachweis_danke" if used else "utter_nachweis_fehlt")


async def test_before_handing_in_the_basis_and_the_text_are_said() -> None:
    said = await asked(draft(field(value="x"), kind="confirm"))
    assert said["grundlage"] == "Art. 6 Abs. 1 Buchst. c oder e DSGVO mit § 17 BMG"
    assert (said["wortlaut"], said["fassung"], said["unterschrift"]) == ("Abgabetext", "1", "")


async def test_a_preparation_names_no_basis_for_it_goes_nowhere() -> None:
    view = draft(field(value="x"), kind="confirm").model_copy(update={"effect_now": "vorbereitung"})
    (card,) = (await asked(view))["custom"]["cards"]
    assert (card["type"], "legal_basis" in card, "text" in card) == ("summary", False, False)


async def test_what_must_be_signed_is_said_with_its_sheet() -> None:
    view = draft(field(value="x"), kind="confirm")
    signature = view.signature.model_copy(
        update={"needed": True, "reason": "Schriftform ist vorgeschrieben.", "how": "Unterschreiben Sie."}
    )
    said = await asked(view.model_copy(update={"signature": signature}))
    assert said["unterschrift"] == (
        " Schriftform ist vorgeschrieben. Unterschreiben Sie. Das Blatt dafür: /mein/antraege/e1/unterschrift.pdf"
    )
