"""„Freigabe widerrufen“ in the chat: done at once for the open application, explained everywhere else."""

from collections.abc import Iterator

import pytest
from rasa_sdk.executor import CollectingDispatcher

from actions import einwilligung, tuer
from actions.plauderei import ActionDatenschutz
from portal.client import ConsentItem, DataOverview, NotFoundError
from tests.support.actions_turn import draft, tracker


class Desk:
    """The portal's door with one release that can be withdrawn."""

    def __init__(self) -> None:
        self.withdrawn: list[tuple[str, str]] = []
        self.released = True

    async def withdraw_draft_release(self, conversation_id: str, draft_id: str, *, key: str):
        if not self.released:
            raise NotFoundError("nicht_gefunden", "Hier ist nichts freigegeben.", status=404)
        self.withdrawn.append((draft_id, key))
        return draft(kind="release", version=3)

    async def consents(self, conversation_id: str) -> list[ConsentItem]:
        return []

    async def data_overview(self, conversation_id: str) -> DataOverview:
        return DataOverview.model_construct(fields=["Familienname"], documents=0, consents=0, recent=[])


@pytest.fixture
def desk() -> Iterator[Desk]:
    found = Desk()
    tuer.use(found)  # type: ignore[arg-type]
    yield found
    tuer.use(None)


async def said(text: str, **slots: object) -> list[str]:
    dispatcher = CollectingDispatcher()
    await ActionDatenschutz().run(dispatcher, tracker(text, intent="privacy", slots=slots), {})
    return [message["response"] for message in dispatcher.messages]


@pytest.mark.parametrize(
    "text",
    [
        "Freigabe widerrufen",
        "Ich widerrufe die Freigabe",
        "Ich ziehe meine Einwilligung zurück",
        "Ich möchte meine Zustimmung zurücknehmen.",
    ],
)
async def test_the_release_of_the_open_application_is_withdrawn(desk: Desk, text: str) -> None:
    assert (await said(text, entwurf="e1", entwurf_version=2))[0] == "utter_freigabe_widerrufen"
    assert desk.withdrawn == [("e1", "m1:widerruf:e1")]


@pytest.mark.parametrize(
    "text", ["Kann ich meine Freigabe widerrufen?", "Was ist eine Freigabe", "Handyvertrag widerrufen"]
)
def test_questions_and_other_withdrawals_do_nothing(text: str) -> None:
    assert not einwilligung.will_widerrufen(text)


async def test_without_an_application_the_list_of_consents_is_shown(desk: Desk) -> None:
    assert await said("Freigabe widerrufen") == ["utter_einwilligung_keine"]
    assert desk.withdrawn == []


async def test_without_a_release_in_it_the_page_is_named(desk: Desk) -> None:
    desk.released = False
    assert (await said("Freigabe widerrufen", entwurf="e1"))[0] == "utter_datenschutz_ueberblick"
    assert desk.withdrawn == []
