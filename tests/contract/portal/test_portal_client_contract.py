"""The client against the real portal, and its fake: one suite for both."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from portal.client import (
    AlreadyBookedError,
    DraftChangedError,
    IncompleteError,
    InvalidValueError,
    NoAppointmentsError,
    NotFoundError,
    NotLoggedInError,
    PortalClient,
    PortalError,
    PortalUnreachableError,
    SlotTakenError,
)
from portal.client.fake import FakeField, FakePortal, FakeService
from tests.support.portal_world import KONTO, portal_world

CHIP = "276098100000000"


@dataclass
class Door:
    """One implementation, and how to log a conversation in."""

    portal: PortalClient | FakePortal
    log_in: Callable[[str, str], Awaitable[None]]


@pytest.fixture(params=["fake", "real"])
async def door(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Door]:
    async with portal_world(tmp_path) as world:
        real = PortalClient("http://portal", "actions-token", transport=world.transport())
        gateway = PortalClient("http://portal", "handoff-token", transport=world.transport())

        async def bind(conversation: str, trust: str) -> None:
            await gateway.bind(conversation, account=KONTO, sid=await world.log_in(KONTO, trust))

        if request.param == "real":
            yield Door(real, bind)
        else:
            dog = FakeService(
                view=await real.service("c", "probe_hund"),
                fields=(
                    FakeField("familienname", "Familienname", offer="Yıldız"),
                    FakeField("anschrift", "Anschrift", offer="Altweg 3, 44787 Bochum"),
                    FakeField("seit", "Gehalten seit", "date", accepts=("2026-11-20", "2026-11-21")),
                    FakeField("chip", "Chipnummer", required=False, accepts=(CHIP,)),
                ),
            )
            move = FakeService(
                view=await real.service("c", "probe_umzug"),
                fields=(),
                slots=await real.slots("c", "probe_umzug", limit=20),
            )
            fake = FakePortal([dog, move], [await real.checklist("c", "probelage")], await real.traits("c"))

            async def log_in(conversation: str, trust: str) -> None:
                fake.log_in(conversation, trust)

            yield Door(fake, log_in)
        await real.close()
        await gateway.close()


async def test_without_login_there_is_no_draft(door: Door) -> None:
    with pytest.raises(NotLoggedInError):
        await door.portal.open_draft("c", "probe_hund", key="k")
    assert not (await door.portal.me("c")).bound


async def test_a_conversation_without_draft_says_so(door: Door) -> None:
    await door.log_in("c", "niedrig")
    with pytest.raises(NotFoundError) as caught:
        await door.portal.current_draft("c")
    assert caught.value.code == "kein_entwurf"


async def test_unknown_things_are_not_found(door: Door) -> None:
    await door.log_in("c", "niedrig")
    draft = await door.portal.open_draft("c", "probe_hund", key="k")
    with pytest.raises(NotFoundError):
        await door.portal.service("c", "unbekannt")
    with pytest.raises(NotFoundError):
        await door.portal.checklist("c", "unbekannt")
    with pytest.raises(NotFoundError):
        await door.portal.put_field("c", draft.id, "unbekannt", "x", version=1, key="k2")


async def test_who_is_responsible(door: Door) -> None:
    found = await door.portal.responsibility("c", "probe_hund", plz="45879")
    assert (found.here, found.question) == (True, None)
    assert found.office is not None
    assert found.office.name in found.text
    with pytest.raises(NotFoundError):
        await door.portal.responsibility("c", "unbekannt")
    with pytest.raises(PortalError) as refused:
        await door.portal.responsibility("c", "probe_hund", plz="4587")
    assert (refused.value.status, refused.value.code) == (422, "eingabe_ungueltig")


async def test_from_release_to_the_case(door: Door) -> None:
    await door.log_in("c", "niedrig")
    draft = await door.portal.open_draft("c", "probe_hund", key="k1")
    assert draft.next.kind == "release"
    draft = await door.portal.release(
        "c", draft.id, freigeben=["familienname"], aendern={}, version=draft.version, key="k2"
    )
    assert draft.next.id == "anschrift"
    draft = await door.portal.put_field(
        "c", draft.id, "anschrift", "Neuweg 5, 45879 Gelsenkirchen", version=draft.version, key="k3"
    )
    with pytest.raises(InvalidValueError) as refused:
        await door.portal.put_field("c", draft.id, "seit", "bald", version=draft.version, key="k4")
    assert (refused.value.field, refused.value.status) == ("seit", 422)
    with pytest.raises(IncompleteError):
        await door.portal.submit("c", draft.id, version=draft.version, key="k5")
    draft = await door.portal.put_field("c", draft.id, "seit", "2026-11-20", version=draft.version, key="k6")
    draft = await door.portal.put_field("c", draft.id, "chip", None, version=draft.version, key="k7")
    assert draft.next.kind == "confirm"
    result = await door.portal.submit("c", draft.id, version=draft.version, key="k8")
    again = await door.portal.submit("c", draft.id, version=draft.version, key="k8")
    assert result.case.effect == "anzeige"
    assert result.case.reference == again.case.reference
    assert result.draft.next.kind == "done"
    assert [c.reference for c in await door.portal.cases("c")] == [result.case.reference]
    overview = await door.portal.data_overview("c")
    assert "Familienname" in overview.fields
    assert "Probeamt" in overview.recent[0] or result.case.office in overview.recent[0]
    assert "Neuweg" not in str(overview)


async def test_what_lies_in_the_postbox_and_what_can_be_withdrawn(door: Door) -> None:
    with pytest.raises(NotLoggedInError):
        await door.portal.messages("c")
    with pytest.raises(NotLoggedInError):
        await door.portal.consents("c")
    await door.log_in("c", "niedrig")
    assert await door.portal.messages("c") == []
    assert await door.portal.consents("c") == []
    with pytest.raises(NotFoundError):
        await door.portal.withdraw_consent("c", "unbekannt", key="w1")


async def test_the_same_key_changes_nothing_and_a_key_used_elsewhere_is_refused(door: Door) -> None:
    await door.log_in("c", "niedrig")
    draft = await door.portal.open_draft("c", "probe_hund", key="k1")
    first = await door.portal.put_field("c", draft.id, "seit", "2026-11-20", version=1, key="k2")
    again = await door.portal.put_field("c", draft.id, "seit", "2026-11-20", version=1, key="k2")
    assert first == again
    with pytest.raises(PortalError) as caught:
        await door.portal.put_field("c", draft.id, "chip", CHIP, version=2, key="k2")
    assert caught.value.code == "schluessel_verwendet"


async def test_an_old_version_is_refused_with_the_present_draft(door: Door) -> None:
    await door.log_in("c", "niedrig")
    draft = await door.portal.open_draft("c", "probe_hund", key="k1")
    await door.portal.put_field("c", draft.id, "seit", "2026-11-20", version=1, key="k2")
    with pytest.raises(DraftChangedError) as caught:
        await door.portal.put_field("c", draft.id, "seit", "2026-11-21", version=1, key="k3")
    assert caught.value.draft.version == 2


async def test_a_draft_given_up_is_no_longer_current(door: Door) -> None:
    await door.log_in("c", "niedrig")
    draft = await door.portal.open_draft("c", "probe_hund", key="k1")
    given_up = await door.portal.discard("c", draft.id, version=1, key="k2")
    assert given_up.status == "verworfen"
    with pytest.raises(NotFoundError):
        await door.portal.current_draft("c")


async def test_a_release_is_withdrawn_once_and_asked_for_anew(door: Door) -> None:
    await door.log_in("c", "niedrig")
    draft = await door.portal.open_draft("c", "probe_hund", key="k1")
    with pytest.raises(NotFoundError):
        await door.portal.withdraw_draft_release("c", draft.id, key="k2")
    draft = await door.portal.release(
        "c", draft.id, freigeben=["familienname"], aendern={}, version=draft.version, key="k3"
    )
    withdrawn = await door.portal.withdraw_draft_release("c", draft.id, key="k4")
    again = await door.portal.withdraw_draft_release("c", draft.id, key="k4")
    assert withdrawn == again
    assert withdrawn.version > draft.version
    assert withdrawn.next.kind == "release"
    assert {f.id: f.state for f in withdrawn.fields}["familienname"] == "vorgeschlagen"
    with pytest.raises(NotFoundError):
        await door.portal.withdraw_draft_release("c", draft.id, key="k5")
    with pytest.raises(NotFoundError):
        await door.portal.withdraw_draft_release("c", "fremd", key="k6")


async def test_a_clerks_view_withholds_what_is_not_released(door: Door) -> None:
    await door.log_in("c", "niedrig")
    await door.portal.open_draft("c", "probe_hund", key="k1")
    seen = await door.portal.current_draft("c", masked=True)
    assert all(f.value is None and f.display is None for f in seen.fields)


async def test_steps_of_a_trait_that_was_ruled_out_are_missing(door: Door) -> None:
    full = await door.portal.checklist("c", "probelage", traits=["probetier"])
    less = await door.portal.checklist("c", "probelage", without=["probetier"])
    assert [s.applies for s in full.steps] == [True, True]
    assert [s.service for s in less.steps] == ["probe_umzug"]


async def test_free_times_are_listed_and_go_on_later(door: Door) -> None:
    found = await door.portal.slots("c", "probe_umzug", limit=2)
    assert [s.display for s in found.slots] == [
        "Mittwoch, 25.11.2026, 8:00 Uhr",
        "Mittwoch, 25.11.2026, 8:30 Uhr",
    ]
    later = await door.portal.slots("c", "probe_umzug", from_="2026-11-26", limit=2)
    assert later.slots[0].start.date().isoformat() == "2026-11-26"
    with pytest.raises(NoAppointmentsError):
        await door.portal.slots("c", "probe_hund")
    with pytest.raises(NotFoundError):
        await door.portal.slots("c", "unbekannt")


async def test_an_appointment_from_booking_to_cancelling(door: Door) -> None:
    first, second = (await door.portal.slots("c", "probe_umzug", limit=2)).slots
    with pytest.raises(NotLoggedInError):
        await door.portal.book("c", "probe_umzug", first.id, key="k0")
    await door.log_in("c", "niedrig")
    booked = await door.portal.book("c", "probe_umzug", first.id, key="k1")
    again = await door.portal.book("c", "probe_umzug", first.id, key="k1")
    assert booked == again
    assert (booked.display, booked.status) == (first.display, "gebucht")
    with pytest.raises(AlreadyBookedError):
        await door.portal.book("c", "probe_umzug", second.id, key="k2")
    moved = await door.portal.move("c", booked.id, second.id, key="k3")
    assert (moved.id, moved.display) == (booked.id, second.display)
    assert await door.portal.appointments("c") == [moved]
    cancelled = await door.portal.cancel("c", booked.id, key="k4")
    assert cancelled.status == "abgesagt"
    assert await door.portal.appointments("c") == []
    with pytest.raises(PortalError) as caught:
        await door.portal.cancel("c", booked.id, key="k5")
    assert caught.value.code == "termin_vorbei"


async def test_a_time_that_is_not_free_is_refused_and_nothing_is_lost(door: Door) -> None:
    await door.log_in("c", "niedrig")
    with pytest.raises(SlotTakenError):
        await door.portal.book("c", "probe_umzug", "20261129T0800Z", key="k1")
    slot = (await door.portal.slots("c", "probe_umzug")).slots[0]
    booked = await door.portal.book("c", "probe_umzug", slot.id, key="k2")
    with pytest.raises(SlotTakenError):
        await door.portal.move("c", booked.id, "20261129T0800Z", key="k3")
    assert [one.display for one in await door.portal.appointments("c")] == [slot.display]
    with pytest.raises(NotFoundError):
        await door.portal.move("c", "unbekannt", slot.id, key="k4")


async def test_a_broken_connection_is_tried_again_then_reported() -> None:
    calls = 0

    def broken(_request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        raise httpx.ConnectError("weg")

    portal = PortalClient("http://portal", "t", transport=httpx.MockTransport(broken))
    with pytest.raises(PortalUnreachableError):
        await portal.traits("c")
    assert calls == 3


@pytest.mark.parametrize("content", [b"", b"<html>", b'{"code": "x"}', b"[]"])
async def test_an_answer_that_nobody_can_read_is_no_answer(content: bytes) -> None:
    calls = 0

    def odd(_request: httpx.Request) -> httpx.Response:
        nonlocal calls
        calls += 1
        return httpx.Response(500, content=content)

    portal = PortalClient("http://portal", "t", transport=httpx.MockTransport(odd))
    with pytest.raises(PortalUnreachableError):
        await portal.traits("c")
    assert calls == 1


async def test_a_locked_account_is_logged_out_and_locking_again_changes_nothing(door: Door) -> None:
    with pytest.raises(NotLoggedInError):
        await door.portal.lock_account("c", key="k0")
    await door.log_in("c", "niedrig")
    assert await door.portal.lock_account("c", key="k1")
    assert await door.portal.lock_account("c", key="k1")
    assert not (await door.portal.me("c")).bound
    with pytest.raises(NotLoggedInError):
        await door.portal.open_draft("c", "probe_hund", key="k2")
