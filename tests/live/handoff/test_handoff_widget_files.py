"""Files in the widget: picked, dragged, pasted, photographed; one or several; refused, interrupted, and never lost."""

import re

import pytest
from playwright.async_api import FilePayload, expect
from widget_cards import UPLOAD
from widget_town import Chat, WidgetTown, widget_town

pytestmark = pytest.mark.browser

GIVE = """(target, [kind, files, text]) => {
  const given = new DataTransfer();
  for (const [name, type, size] of files) given.items.add(new File(['x'.repeat(size)], name, {type}));
  if (text) given.setData('text/plain', text);
  const how = {bubbles: true, composed: true, cancelable: true};
  return target.dispatchEvent(kind === 'paste' ? new ClipboardEvent('paste', {...how, clipboardData: given})
    : new DragEvent(kind, {...how, dataTransfer: given}));
}"""
PDF = ("bestaetigung.pdf", "application/pdf", 1200)
SECOND = ("seite2.png", "image/png", 800)


async def asked(one: WidgetTown, **options: object) -> Chat:
    """Anna's chat, in which a document is asked for."""
    chat = await one.open(f"{one.origin}/", who="anna", **options)
    await chat.say("upload")
    await expect(chat.page.get_by_role("button", name="Datei auswählen")).to_be_visible()
    return chat


async def give(
    chat: Chat, kind: str, *files: tuple[str, str, int], into: str = ".drop", text: str = ""
) -> bool:
    """Drop or paste; tells whether the browser would have done its own thing."""
    return await chat.page.locator(into).evaluate(GIVE, [kind, files, text])


def payload(name: str, kind: str, size: int) -> FilePayload:
    return {"name": name, "mimeType": kind, "buffer": b"x" * size}


@pytest.mark.parametrize(("kind", "into"), [("drop", ".drop"), ("drop", ".panel"), ("paste", "textarea")])
async def test_a_dragged_or_pasted_file_is_sent(tmp_path, kind, into):
    async with widget_town(tmp_path) as one:
        chat = await asked(one)
        assert await give(chat, kind, PDF, into=into) is False
        await expect(chat.log).to_contain_text("Unterlage hochgeladen")
        assert one.documents.taken == [("bestaetigung.pdf", "bestaetigung", b"x" * 1200)]
        await expect(chat.log).to_contain_text("Echo: /uploaded")
        assert one.town.bot.turns[-1].values == {"dokument": "dok-1"}
        assert one.problems == []


async def test_a_photo_from_the_camera_of_a_phone(tmp_path):
    async with widget_town(tmp_path) as one:
        phone = {"has_touch": True, "is_mobile": True, "viewport": {"width": 390, "height": 800}}
        chat = await one.open("about:blank", who="anna", **phone)
        await chat.page.goto(f"{one.origin}/")
        await chat.say("upload")
        button = chat.page.get_by_role("button", name="Foto aufnehmen")
        async with chat.page.expect_file_chooser() as chooser:
            await button.tap()
        picker = (await chooser.value).element
        assert await picker.get_attribute("capture") == "environment"
        assert await picker.get_attribute("accept") == "image/jpeg,image/png"
        await (await chooser.value).set_files(payload("foto.jpg", "image/jpeg", 900))
        await expect(chat.log).to_contain_text("Unterlage hochgeladen")


async def test_of_several_files_the_citizen_chooses_and_the_others_stay_ready(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await asked(one)
        large = ("zu_gross.pdf", "application/pdf", UPLOAD["max_bytes"] + 1)
        await give(
            chat,
            "drop",
            PDF,
            SECOND,
            large,
            ("brief.docx", "application/msword", 10),
            ("leer.pdf", "application/pdf", 0),
        )
        alert = chat.page.get_by_role("alert")
        await expect(alert).to_contain_text("„zu_gross.pdf“ ist 100 kB groß. Erlaubt sind höchstens 100 kB.")
        await expect(alert).to_contain_text(
            "„brief.docx“ hat ein Format, das nicht angenommen wird. Möglich sind PDF, JPEG oder PNG"
        )
        await expect(alert).to_contain_text("„leer.pdf“ ist leer")
        await expect(chat.log).to_contain_text("Diese 2 Dateien liegen bereit und sind noch nicht gesendet.")
        assert one.documents.taken == []
        await chat.page.get_by_role("button", name="bestaetigung.pdf senden").click()
        await expect(chat.log).to_contain_text("Unterlage hochgeladen")
        await chat.say("upload")  # the next document is asked for
        await chat.page.get_by_role("button", name="seite2.png nicht senden").click()
        await expect(chat.log).not_to_contain_text("liegt bereit")
        assert len(one.documents.taken) == 1


async def test_a_file_that_comes_too_early_waits_until_it_is_asked_for(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await one.open(f"{one.origin}/", who="anna")
        await give(chat, "paste", PDF, into="textarea")
        await expect(chat.page.locator(".hint")).to_contain_text(
            "„bestaetigung.pdf“ liegt auf dieser Seite bereit und wurde nicht gesendet"
        )
        await chat.say("upload")
        await chat.page.get_by_role("button", name="bestaetigung.pdf senden").click()
        await expect(chat.log).to_contain_text("Unterlage hochgeladen")


async def test_a_pasted_text_with_a_picture_of_itself_is_a_text(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await asked(one)
        assert await give(chat, "paste", SECOND, into="textarea", text="Absatz") is True
        await expect(chat.page.get_by_role("button", name=re.compile("png senden$"))).to_have_count(0)
        assert one.documents.taken == []


async def test_what_the_server_refuses_or_the_line_loses_can_be_sent_again(tmp_path):
    async with widget_town(tmp_path) as one:
        chat = await asked(one)
        page = chat.page
        await give(chat, "drop", ("falsch.pdf", "application/pdf", 10))
        await expect(page.get_by_role("alert")).to_contain_text(
            "Der Inhalt der Datei passt nicht zu ihrem Namen."
        )
        await page.get_by_role("button", name="falsch.pdf nicht senden").click()
        await page.route("**/api/dokumente", lambda route: route.abort())
        await give(chat, "drop", PDF)
        await expect(page.get_by_role("alert")).to_contain_text("Die Verbindung ist abgebrochen.")
        await page.unroute("**/api/dokumente")
        await page.get_by_role("button", name="bestaetigung.pdf senden").click()
        await expect(chat.log).to_contain_text("Unterlage hochgeladen")
        await expect(page.get_by_role("button", name="bestaetigung.pdf senden")).to_have_count(0)
        assert [name for name, *_ in one.documents.taken] == ["bestaetigung.pdf"]
