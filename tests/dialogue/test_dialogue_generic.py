"""One more service file, and it can be applied for in chat: no service needs code of its own."""

import pytest

from tests.dialogue.dialogue_town import conversation

pytestmark = pytest.mark.engine

SERVICE = """
id: lesepatenschaft
nr: null
quelle: Testdaten, keine echte Leistung
marke: stand_pruefen
gueltig_ab: 2026-01-01
name: Lesepatenschaft anmelden
kurz: Wer Kindern vorlesen möchte, meldet sich an.
text: Sie möchten Kindern vorlesen? Dann melden Sie sich an. Es kostet nichts.
leika: null
synonyme: [vorlesen, Lesepate]
zielgruppe: [person]
finder: W
rechtsgrundlage: [Satzung zum Testen]
gebuehr: [{betrag_cent: 0, text: kostenlos}]
frist: []
wege: [online]
online: {vertrauensniveau: niedrig, wirkung: antrag}
rechtsbehelf: {weg: kein}
felder:
  - {id: familienname, label: Familienname, typ: name, pflicht: true, stammdatum: familienname}
  - {id: beginn, label: Beginn, frage: Wann möchten Sie beginnen?, typ: date, pflicht: true, regeln: [nicht_vergangen]}
  - {id: stunden, label: Stunden in der Woche, frage: Wie viele Stunden in der Woche?, typ: integer, pflicht: true, minimum: 1, maximum: 10}
  - id: ort
    label: Ort
    frage: Wo möchten Sie vorlesen?
    typ: choice
    pflicht: true
    optionen: [{id: kita, label: In einer Kita}, {id: schule, label: In einer Schule}]
  - {id: sprache, label: Weitere Sprache, frage: In welcher weiteren Sprache könnten Sie vorlesen?, typ: text, pflicht: false}
nachweise: []
stelle: buergercenter
beziehungen: {vorher: [], oft_zusammen: []}
"""


async def test_a_new_service_is_applied_for_without_new_code(assistant, demo_town, tmp_path):
    folder = tmp_path / "mehr" / "kommune" / "05513000" / "leistungen"
    folder.mkdir(parents=True)
    (folder / "lesepatenschaft.yml").write_text(SERVICE, encoding="utf-8")
    async with conversation(assistant, demo_town, tmp_path, catalogue=(tmp_path / "mehr",)) as talk:
        await talk.press('/start{"service": "lesepatenschaft"}')
        await talk.log_in("anna")
        assert talk.cards[-1]["type"] == "prefill"
        await talk.say("ja")
        await talk.say("gestern")
        assert "schon vorbei" in talk.text
        await talk.say("am 1.12.2026")
        await talk.say("zwanzig, also 20")
        assert "1 bis 10" in talk.text
        await talk.say("3")
        await talk.say("in einer schule")
        assert "/skip" in talk.payloads
        await talk.press("/skip")
        assert talk.cards[-1]["type"] == "summary"
        await talk.say("ja")
        receipt = talk.cards[-1]
        assert receipt["type"] == "receipt"
        assert receipt["reference"]
