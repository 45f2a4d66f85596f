"""The office reads the Vermerke of the chat with the case, and takes the whole case into its E-Akte."""

import io
import re
import zipfile

from portal.demo import PERSONEN
from portal.schema.vorgang import VorgangZeile
from portal.services import protokoll, vermerk
from portal.services.beratung import Beratung
from portal.services.views import NoteLine
from tests.integration.portal_web.test_portal_applications import hand_in
from tests.integration.portal_web.test_portal_pages import check_page
from tests.support.portal_town import Town

ANNA = PERSONEN[0].id
BERTA = Beratung("berta", "Bürgerservice", "BÜRGERcenter")


async def test_vermerke_are_at_the_case_and_in_its_file(town: Town) -> None:
    case = await hand_in(town, await town.anna())
    async with town.context.transaction() as session:
        draft = (await session.get_one(VorgangZeile, case)).entwurf_id
        line = NoteLine(at=town.clock(), author="Mensch", text="<b>Guten Tag</b>")
        await vermerk.ablegen(
            town.context, session, ANNA, draft, BERTA, text="Hund ist angemeldet.", verlauf=[line]
        )
    office, other = await town.office("amt-steuern"), await town.office("amt-buergercenter")
    page = await office.get(f"/amt/vorgaenge/{case}")
    check_page(page.text)
    assert "Hund ist angemeldet." in page.text
    assert "&lt;b&gt;Guten Tag&lt;/b&gt;" in page.text
    files = re.findall(rf"/amt/vorgaenge/{case}/vermerke/[0-9a-f-]+\.(?:pdf|xml|json)", page.text)
    assert len(files) == 3
    kinds = {path.rpartition(".")[2]: (await office.get(path)).content for path in files}
    assert kinds["pdf"].startswith(b"%PDF")
    assert kinds["xml"].startswith(b"<?xml")
    assert b"Hund ist angemeldet." in kinds["json"]
    records = await office.get(f"/amt/vorgaenge/{case}/akte")
    assert records.headers["content-type"] == "application/zip"
    names = zipfile.ZipFile(io.BytesIO(records.content)).namelist()
    assert {"antrag.json", "antrag.pdf", "vermerke/01-vermerk.xml", "SHA256SUMS"} <= set(names)
    for path in (*files, f"/amt/vorgaenge/{case}/akte"):
        assert (await other.get(path)).status_code == 404, path
    assert (await office.get(files[0].replace(".pdf", ".exe"))).status_code in (404, 422)
    async with town.context.transaction() as session:
        channels = [entry.channel for entry in await protokoll.liste(session, ANNA)]
    assert channels.count("Posteingang der Stelle, Vermerk") == 3
    assert "Ausgabe an die E-Akte" in channels
