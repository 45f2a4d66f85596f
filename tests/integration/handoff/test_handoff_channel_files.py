"""Files that come through a channel: checked like uploads, kept whatever is away, found by whom they belong to."""

import pytest
from handoff_world import citizen_token, sqlite, world
from sqlalchemy import func, select

from handoff.channels.adapter import Adapter
from handoff.domain.channel import Capability, Shows
from handoff.errors import UnavailableError
from handoff.schema.channels import ChannelFileRow
from handoff.services import channel_files, channel_intake, retention
from handoff.services.channel_intake import Inbound, InboundFile

PDF = b"%PDF-1.4 harmlos"
VIRUS = b"%PDF-1.4 EICAR"


class Messenger(Adapter):
    capability = Capability("bote", "Bote", True, Shows.PUBLIC, 900, 3, 20, ("application/pdf",), 1000)

    def __init__(self) -> None:
        super().__init__()
        self.shown: list[str] = []

    async def send(self, delivery, key, text, choices) -> None:
        self.shown.append(text)


@pytest.fixture
async def town(tmp_path):
    async with world(sqlite(tmp_path), channels=[Messenger()]) as one:
        one.shown = one.context.channels["bote"].shown
        yield one


async def sends(town, key, *files, text=None):
    inbound = Inbound(key, text, files=[InboundFile(name, content) for name, content in files])
    await channel_intake.take(town.context, Messenger.capability, "anna", inbound)
    await town.idle()


async def handle_of(town):
    await sends(town, "link", text="Link")
    token = town.shown[-1].partition("/weiter/")[2].split()[0]
    return (await town.http.post(f"/weiter/{token}")).text.partition('data-handle="')[2].partition('"')[0]


async def test_a_file_is_answered_with_a_link_and_stands_in_the_conversation(town):
    await sends(town, "n1", ("a.pdf", PDF))
    assert "„a.pdf“ ist gespeichert" in town.shown[-1]
    assert "/weiter/" in town.shown[-1]
    log = (await town.read(await handle_of(town)))["messages"]
    said = next(one for one in log if "„a.pdf“ ist gespeichert" in one["text"])
    assert said["cards"] == [{"type": "file", "url": "/mein/kanaele#dateien", "text": "Datei übernehmen"}]
    assert not any("/weiter/" in one["text"] for one in log)


async def test_the_file_belongs_to_the_account_that_logs_in_to_the_conversation(town):
    await sends(town, "n1", ("a.pdf", PDF))
    assert await channel_files.of_account(town.context, "anna") == []
    await town.login(await handle_of(town), citizen_token("anna"))
    (kept,) = await channel_files.of_account(town.context, "anna")
    assert kept["scanner"] == "auf Schadsoftware geprüft (ClamAV)"
    assert (await channel_files.load(town.context, "anna", kept["id"]))[1] == PDF
    assert await channel_files.of_account(town.context, "otto") == []


async def test_malware_is_refused_and_not_kept(town):
    await sends(town, "n1", ("v.pdf", VIRUS), ("a.pdf", PDF))
    assert "„v.pdf“: In dieser Datei wurde Schadsoftware gefunden" in " ".join(town.shown)
    await town.login(await handle_of(town), citizen_token("anna"))
    assert [one["name"] for one in await channel_files.of_account(town.context, "anna")] == ["a.pdf"]


async def test_without_the_scanner_a_file_is_held_and_said_to_be(town):
    town.portal.scanner = None
    await sends(town, "n1", ("a.pdf", PDF))
    assert "konnte sie gerade nicht geprüft werden" in town.shown[-1]
    await town.login(await handle_of(town), citizen_token("anna"))
    (kept,) = await channel_files.of_account(town.context, "anna")
    assert kept["scanner"] is None


async def test_without_the_portal_nothing_is_stored_and_the_vendor_delivers_again(town):
    await sends(town, "n0", text="hallo")
    before = len(town.shown)
    town.portal.down = True
    with pytest.raises(UnavailableError):
        await sends(town, "n1", ("a.pdf", PDF), text="hier")
    town.portal.down = False
    assert len(town.shown) == before
    for _ in range(3):
        await sends(town, "n1", ("a.pdf", PDF), text="hier")
    assert sum("ist gespeichert" in one for one in town.shown) == 1
    assert [turn.text for turn in town.bot.turns] == ["hallo", "hier"]
    assert town.portal.checked == [len(PDF)], "a repetition is not scanned again"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (None, "ließ sich nicht abholen"),
        (b"", "Möglich sind PDF, JPEG und PNG"),
        (PDF + b"x" * 1000, "Möglich sind PDF, JPEG und PNG"),
        (b"\x89PNG", "Möglich sind PDF, JPEG und PNG"),
        (b"MZ", "weder PDF noch JPEG noch PNG"),
    ],
)
async def test_what_is_not_taken_is_named(town, content, why):
    await sends(town, "n1", ("../../x\n.pdf", content))
    assert "„x.pdf“: " in town.shown[-1]
    assert why in town.shown[-1]
    await town.login(await handle_of(town), citizen_token("anna"))
    assert await channel_files.of_account(town.context, "anna") == []


async def test_what_nobody_took_is_deleted_after_fourteen_days(town):
    await sends(town, "n1", ("a.pdf", PDF))
    await town.login(await handle_of(town), citizen_token("anna"))
    town.clock.forward((channel_files.KEPT_DAYS * 24 + 1) * 3600)
    assert await channel_files.of_account(town.context, "anna") == []
    await retention.run(town.context)
    assert await town.context.database.row(select(func.count()).select_from(ChannelFileRow)) == (0,)
