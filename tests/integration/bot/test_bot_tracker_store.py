"""The snapshot store: one transaction a turn, encrypted, bounded, and never silently elsewhere."""

import sqlite3
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from rasa.core.agent import Agent
from rasa.core.tracker_store import InMemoryTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.utils.endpoints import EndpointConfig
from sqlalchemy.exc import SQLAlchemyError

from bot.errors import ConfigurationError, TurnFailedError
from bot.tracker_store import SnapshotTrackerStore, store_of
from bot.turn import Answer, Turn, current_turn

KEY = Fernet.generate_key().decode()
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DOMAIN = Domain.from_dict(
    {
        "slots": {
            name: {"type": "any", "influence_conversation": False, "mappings": [{"type": "custom"}]}
            for name in ("feld", "uebergabe")
        }
    }
)


def store_at(path: Path, keys: str = KEY) -> SnapshotTrackerStore:
    return SnapshotTrackerStore(DOMAIN, url=f"sqlite:///{path}", keys=keys)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "engine.db"


@pytest.fixture
async def store(file: Path) -> AsyncIterator[SnapshotTrackerStore]:
    opened = store_at(file)
    yield opened
    await opened.close()


async def take_turn(
    store: SnapshotTrackerStore,
    message_id: str,
    text: str,
    *events: Any,
    failure: TurnFailedError | None = None,
) -> None:
    turn = Turn(message_id, NOW, Answer([{"text": f"Antwort auf {message_id}"}]), failure)
    token = current_turn.set(turn)
    try:
        tracker = await store.get_or_create_tracker("c")
        for event in (UserUttered(text, {"name": "inform"}), *events, ActionExecuted("action_listen")):
            tracker.update(event)
        await store.save(tracker)
    finally:
        current_turn.reset(token)


async def stored_answer(store: SnapshotTrackerStore, conversation_id: str, message_id: str) -> Answer | None:
    return await store.begin(Turn(message_id, NOW), conversation_id)


async def test_a_turn_is_there_again_after_a_restart(store: SnapshotTrackerStore, file: Path) -> None:
    await take_turn(store, "m1", "am 12.", SlotSet("feld", "einzugsdatum"))
    other = store_at(file)
    tracker = await other.retrieve("c")
    assert tracker is not None
    assert tracker.get_slot("feld") == "einzugsdatum"
    assert await stored_answer(other, "c", "m1") == Answer([{"text": "Antwort auf m1"}])
    await other.close()


async def test_only_the_last_message_has_a_stored_answer(store: SnapshotTrackerStore) -> None:
    await take_turn(store, "m1", "eins")
    await take_turn(store, "m2", "zwei")
    assert await stored_answer(store, "c", "m1") is None
    assert await stored_answer(store, "c", "m2") == Answer([{"text": "Antwort auf m2"}])
    assert await stored_answer(store, "fremd", "m2") is None


async def test_a_failed_turn_leaves_the_one_before(store: SnapshotTrackerStore) -> None:
    await take_turn(store, "m1", "eins", SlotSet("feld", "a"))
    with pytest.raises(TurnFailedError):
        await take_turn(store, "m2", "zwei", SlotSet("feld", "b"), failure=TurnFailedError("action"))
    tracker = await store.retrieve("c")
    assert tracker is not None
    assert tracker.get_slot("feld") == "a"
    assert await stored_answer(store, "c", "m2") is None


async def test_a_conversation_that_never_had_a_turn_is_not_stored(store: SnapshotTrackerStore) -> None:
    await store.get_or_create_tracker("c")
    assert await store.retrieve("c") is None


async def test_a_handoff_counts_in_the_turn_that_asked_for_it(store: SnapshotTrackerStore) -> None:
    wish = {"reason": "wunsch", "topic": "Umzug", "summary": "…"}
    await take_turn(store, "m1", "Mensch bitte", SlotSet("uebergabe", wish))
    assert (await stored_answer(store, "c", "m1")) == Answer([{"text": "Antwort auf m1"}], wish)
    await take_turn(store, "m2", "danke")
    assert (await stored_answer(store, "c", "m2")) == Answer([{"text": "Antwort auf m2"}], None)


async def test_nothing_readable_lies_on_disk(store: SnapshotTrackerStore, file: Path) -> None:
    await take_turn(store, "m1", "Geheimnis Goethestraße")
    content = b"".join(part.read_bytes() for part in file.parent.iterdir())
    assert b"Geheimnis" not in content
    assert b"Antwort auf" not in content


async def test_an_older_key_still_opens_and_a_foreign_one_raises(
    store: SnapshotTrackerStore, file: Path
) -> None:
    await take_turn(store, "m1", "eins")
    newer = store_at(file, f"{Fernet.generate_key().decode()},{KEY}")
    assert await newer.retrieve("c") is not None
    foreign = store_at(file, Fernet.generate_key().decode())
    with pytest.raises(ConfigurationError):
        await foreign.retrieve("c")
    await newer.close()
    await foreign.close()


async def test_an_uncommitted_turn_of_a_killed_engine_never_happened(
    store: SnapshotTrackerStore, file: Path
) -> None:
    await take_turn(store, "m1", "eins")
    killed = sqlite3.connect(file, isolation_level=None)
    killed.execute("BEGIN IMMEDIATE")
    killed.execute("UPDATE engine_conversations SET last_message_id = 'm2', snapshot = x'00'")
    killed.close()
    assert await stored_answer(store, "c", "m1") is not None
    assert await store.retrieve("c") is not None


async def test_an_error_of_the_database_is_not_swallowed(tmp_path: Path) -> None:
    (tmp_path / "engine.db").write_bytes(b"this is no database" * 100)
    broken = store_at(tmp_path / "engine.db")
    with pytest.raises(SQLAlchemyError):
        await broken.retrieve("c")
    await broken.close()


async def test_the_row_stays_small(store: SnapshotTrackerStore, file: Path) -> None:
    for number in range(60):
        await take_turn(store, f"m{number}", "Was kostet das?", SlotSet("feld", number))
    with sqlite3.connect(file) as connection:
        rows = connection.execute("SELECT length(snapshot) FROM engine_conversations").fetchall()
    assert len(rows) == 1
    assert rows[0][0] < 40_000


async def test_old_conversations_are_forgotten(store: SnapshotTrackerStore) -> None:
    await take_turn(store, "m1", "eins")
    assert await store.forget_before(NOW) == 0
    assert await store.forget_before(NOW + timedelta(days=1)) == 1
    assert await store.retrieve("c") is None
    assert not await store.forget("c")


async def test_rasa_shell_outside_a_turn_stores_too(store: SnapshotTrackerStore) -> None:
    tracker = DialogueStateTracker("shell", DOMAIN.slots)
    tracker.update(SlotSet("feld", 1))
    await store.save(tracker)
    assert "shell" in list(await store.keys())


class Processor:
    """Stands for Rasa's processor, of which only the store matters here."""

    tracker_store: TrackerStore | None = None


async def test_the_agents_store_is_freed_of_the_silent_fallback(file: Path) -> None:
    endpoint = EndpointConfig(
        type="bot.tracker_store.SnapshotTrackerStore", keys=KEY, host=f"sqlite:///{file}"
    )
    agent = Agent(tracker_store=TrackerStore.create(EndpointConfig(type=endpoint.type, keys=KEY), DOMAIN))
    agent.processor = Processor()
    assert isinstance(store_of(agent), SnapshotTrackerStore)
    assert agent.processor.tracker_store is agent.tracker_store is store_of(agent)


def test_a_store_in_memory_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    agent = Agent(tracker_store=InMemoryTrackerStore(DOMAIN))
    agent.processor = Processor()
    with pytest.raises(ConfigurationError):
        store_of(agent)
    monkeypatch.delenv("AMTSLOTSE_ENGINE_KEYS", raising=False)
    agent = Agent(tracker_store=SnapshotTrackerStore(DOMAIN))
    agent.processor = Processor()
    with pytest.raises(ConfigurationError):
        store_of(agent)
