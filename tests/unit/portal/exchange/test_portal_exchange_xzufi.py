"""XZuFi: what others write is understood, what must not be read is refused, and nothing piles up in memory."""

import contextlib
import io
import tracemalloc
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from portal.catalogue import load
from portal.catalogue.model import Katalog, Leistung
from portal.exchange import (
    ExchangeError,
    Mangel,
    UnsafeFileError,
    WrongFormatError,
    export_records,
    xzufi_read,
)
from portal.exchange.folding import same
from portal.exchange.records import (
    LeistungSatz,
    Satz,
    StelleSatz,
    ZustaendigkeitSatz,
    stelle_werte,
    werte_von,
)
from portal.exchange.xzufi_read import XZuFiLeser
from portal.exchange.xzufi_write import write
from tests.unit.portal.exchange.conftest import (
    NAMESPACE,
    Import,
    message,
    module,
    office,
    responsible,
    service,
)


def exported(katalog: Katalog) -> bytes:
    stream = io.BytesIO()
    moment = datetime(2026, 11, 24, 9, tzinfo=UTC)
    auszug = export_records(katalog, kommune="05513000", name="Gelsenkirchen")
    write(auszug, stream, erstellt=moment, sender="Test", done=lambda _: None)
    return stream.getvalue()


def read(content: bytes) -> list[Satz | Mangel]:
    return list(XZuFiLeser(io.BytesIO(content)))


def only_service(content: bytes) -> LeistungSatz:
    (satz,) = read(content)
    assert isinstance(satz, LeistungSatz), satz
    return satz


def test_a_catalogue_survives_xzufi(katalog: Katalog, into: Callable[..., Import]) -> None:
    target = into()
    report = target.xzufi(exported(katalog))
    assert (report.neu, report.stellen, report.maengel) == (len(katalog.leistungen), len(katalog.stellen), 0)
    again = load([target.root])
    assert {key: stelle_werte(s) for key, s in again.stellen.items()} == {
        key: stelle_werte(s) for key, s in katalog.stellen.items()
    }
    for key, leistung in katalog.leistungen.items():
        imported = again.leistungen[key]
        assert same(werte_von(imported), werte_von(leistung)), key
        assert imported.stelle == leistung.stelle
        assert {h.marke for h in imported.herkunft.values()} == {"stand_pruefen"}


def test_what_is_exported_is_well_formed_and_marked_as_2_2(katalog: Katalog) -> None:
    root = etree.fromstring(exported(katalog))
    assert etree.QName(root).namespace == NAMESPACE
    assert root.get("xzufiVersion") == "2.2.0"
    kinds = [
        etree.QName(record[0]).localname for record in root if etree.QName(record).localname == "schreibe"
    ]
    assert kinds.count("leistung") == kinds.count("zustaendigkeitTransferObjekt") == len(katalog.leistungen)
    assert kinds.count("gebiet") == 1
    key = root.find(f".//{{{NAMESPACE}}}gebiet/{{{NAMESPACE}}}schluessel")
    assert key is not None
    assert key.text == "055130000000"


def test_control_characters_are_not_written(katalog: Katalog) -> None:
    odd = katalog.leistungen["jagdschein"].model_copy(update={"kurz": "a\x00b\x0bc\ufffe<&>"})
    content = exported(Katalog(leistungen={"jagdschein": odd}, lebenslagen={}, stellen={}, merkmale={}))
    (satz,) = [r for r in read(content) if isinstance(r, LeistungSatz)]
    assert satz.werte["kurz"] == "abc<&>"


def test_html_becomes_plain_text_and_lists_become_lines() -> None:
    extra = (
        module(
            "06",
            "&lt;p&gt;Erster &lt;b&gt;Absatz&lt;/b&gt;.&lt;/p&gt;&lt;script&gt;x()&lt;/script&gt;&lt;p&gt;Zweiter &amp;amp; letzter.&lt;/p&gt;",
        )
        + module("07", "&lt;ul&gt;&lt;li&gt;§ 1 HundG&lt;/li&gt;&lt;li&gt;§ 2 HundG&lt;/li&gt;&lt;/ul&gt;")
        + module("08", "- Ausweis\n- Chipnummer")
    )
    werte = only_service(message(service(extra=extra))).werte
    assert werte["text"] == "Erster Absatz.\nZweiter & letzter."
    assert werte["rechtsgrundlage"] == ["§ 1 HundG", "§ 2 HundG"]
    assert [n["id"] for n in werte["nachweise"]] == ["ausweis", "chipnummer"]  # type: ignore[index,attr-defined]


def test_german_is_chosen_and_the_plain_name_wins() -> None:
    both = (
        "<modulText><inhalt languageCode='en'>Dog tax</inhalt><inhalt languageCode='de-DE'>Hund anmelden</inhalt>"
        "<leikaTextmodul><code>03</code></leikaTextmodul></modulText>"
    )
    assert only_service(message(service(extra=both))).werte["name"] == "Hund anmelden"


def test_fees_and_deadlines_in_words_and_in_numbers() -> None:
    extra = (
        "<modulFrist><beschreibung languageCode='de'>binnen zwei Wochen</beschreibung></modulFrist>"
        "<modulKosten><kosten><beschreibung languageCode='de'>Grundgebühr</beschreibung><betrag>12.5</betrag>"
        "<betragWaehrung><code>EUR</code></betragWaehrung></kosten></modulKosten>"
    )
    werte = only_service(message(service(extra=extra))).werte
    assert werte["gebuehr"] == [{"betrag_cent": 1250, "text": "Grundgebühr"}]
    assert werte["frist"] == [{"text": "binnen zwei Wochen", "recht": "nicht angegeben (Stand prüfen)"}]


@pytest.mark.parametrize(
    ("record", "reason"),
    [
        ("<leistung/>", "„id“ fehlt in „leistung“."),
        ("<leistung><id> </id></leistung>", "„id“ ist leer"),
        (f"<leistung><id>{'9' * 300}</id></leistung>", "länger als 200 Zeichen"),
        ("<leistung><id>L1</id></leistung>", "Die Leistung „L1“ hat keine Bezeichnung."),
        (service(extra="<referenzLeiKa><code>123</code></referenzLeiKa>"), "LeiKa-Schlüssel „123“"),
        (service(extra="<modulKosten><kosten><betrag>viel</betrag></kosten></modulKosten>"), "„viel“ ist kein Betrag"),
        (service(extra="<modulKosten><kosten><betrag>-1</betrag></kosten></modulKosten>"), "„-1“ ist kein Betrag"),
        (service(extra="<modulKosten><kosten><betrag>1e999999</betrag></kosten></modulKosten>"), "ist kein Betrag"),
        (service(extra="<modulKosten><kosten><betrag>1</betrag><betragWaehrung><code>USD</code></betragWaehrung></kosten></modulKosten>"), "nicht in Euro"),
        ("<organisationseinheit><id>O1</id></organisationseinheit>", "hat keinen Namen"),
        ("<zustaendigkeitTransferObjekt/>", "„uebergeordnetesObjektID“ fehlt"),
    ],
)  # fmt: skip
def test_a_bad_record_is_named_with_its_position_and_the_next_one_is_read(record: str, reason: str) -> None:
    bad, good = read(message(record, service("L2")))
    assert isinstance(bad, Mangel)
    assert bad.position == "Satz 1 (Zeile 3)"
    assert reason in bad.grund
    assert isinstance(good, LeistungSatz)
    assert good.position.startswith("Satz 2")


def test_offices_with_address_phone_hours_and_inner_responsibilities() -> None:
    extra = (
        "<anschrift><strasse>Ebertstraße</strasse><hausnummer>11</hausnummer><postleitzahl>45879</postleitzahl>"
        "<ort>Gelsenkirchen</ort></anschrift><kommunikation><kanal><code>01</code></kanal><kennung>a@b</kennung></kommunikation>"
        "<kommunikation><kanal><code>02</code></kanal><kennung>0209 1</kennung></kommunikation>"
        "<infoOeffnungszeitenText languageCode='de'>Mo 8-12\nDi 8-12</infoOeffnungszeitenText>"
        "<internetadresse><uri>javascript:alert(1)</uri></internetadresse>"
        "<zustaendigkeit><leistungID>L1</leistungID><gebietID>05513</gebietID><gebietID>05916</gebietID></zustaendigkeit>"
    )
    unit, *areas = read(message(office(extra=extra)))
    assert isinstance(unit, StelleSatz)
    assert unit.werte == {
        "name": "Steueramt",
        "anschrift": "Ebertstraße 11, 45879 Gelsenkirchen",
        "telefon": "0209 1",
        "oeffnungszeiten": ["Mo 8-12", "Di 8-12"],
    }
    assert [a.gebiet.text for a in areas if isinstance(a, ZustaendigkeitSatz) and a.gebiet] == [
        "05513",
        "05916",
    ]


def test_a_deletion_is_not_carried_out_but_named() -> None:
    content = message(service()).replace(
        b"</transfer", b"<loesche klasse='Leistung'><id>L9</id></loesche></transfer"
    )
    assert "Löschen (Leistung) wird nicht übernommen" in str(read(content)[-1])


def test_other_objects_of_the_standard_are_passed_over() -> None:
    other = "<onlinedienst><id>D1</id><leistung-unbekannt/></onlinedienst>"
    assert len(read(message(other, service(), other))) == 1


def test_the_part_before_a_break_is_kept_and_the_break_named() -> None:
    content = message(service("L1"), service("L2"), service("L3"))
    cut = content[: content.index(b"L3") + 2]
    first, second, broken = read(cut)
    assert isinstance(first, LeistungSatz)
    assert isinstance(second, LeistungSatz)
    assert isinstance(broken, Mangel)
    assert "Ab hier ist die Datei kein lesbares XML" in broken.grund


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"{}",
        b"<html><body>Fehler 500</body></html>",
        b'<leistung xmlns="http://example.org/x"/>',
    ],
)
def test_another_format_is_refused(content: bytes) -> None:
    with pytest.raises(WrongFormatError):
        read(content)


LAUGHS = "<!DOCTYPE x [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{i} '{f'&a{i - 1};' * 10}'>" for i in range(1, 10)
) + "]>"  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        message(service(name="&a9;"), head=LAUGHS),
        message(service().replace("land", "&a9;"), head=LAUGHS),
        message(service(), head="<!DOCTYPE x>\n"),
        message(service(), head="<!DOCTYPE x SYSTEM 'http://127.0.0.1:9/x.dtd'>\n"),
        message(service(name="&e;"), head="<!DOCTYPE x [<!ENTITY e 'x'>]>\n").decode().encode("utf-16")[2:],
    ],
    ids=["laughs in text", "laughs in attribute", "bare doctype", "external dtd", "other encoding"],
)
def test_a_dtd_is_refused_before_anything_is_read(content: bytes) -> None:
    with pytest.raises((UnsafeFileError, WrongFormatError)):
        read(content)


def test_no_file_of_the_machine_is_ever_read(tmp_path: Path) -> None:
    secret = tmp_path / "geheim.txt"
    secret.write_text("streng geheim")
    head = f"<!DOCTYPE x [<!ENTITY e SYSTEM '{secret.as_uri()}'>]>\n"
    with pytest.raises(UnsafeFileError, match="DTD"):
        read(message(service(name="&e;"), head=head))


def test_a_record_of_too_many_elements_is_refused() -> None:
    with pytest.raises(UnsafeFileError, match="Elemente"):
        read(message(service(extra="<x/>" * (xzufi_read.MAX_ELEMENTS + 1))))


def test_a_record_nested_too_deeply_ends_the_reading() -> None:
    deep = "<x>" * 5000 + "</x>" * 5000
    good, broken = read(message(service("L0"), service(extra=deep)))
    assert isinstance(good, LeistungSatz)
    assert isinstance(broken, Mangel)


def test_a_text_of_many_megabytes_ends_the_reading() -> None:
    broken = read(message(service("L0"), service(extra=module("06", "x" * 11_000_000))))[-1]
    assert isinstance(broken, Mangel)


def test_a_file_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(xzufi_read, "MAX_BYTES", 1000)
    with pytest.raises(UnsafeFileError, match="größer als"):
        read(message(*(service(f"L{i}") for i in range(100))))


WHOLE = message(
    office(extra="<anschrift><ort>GE</ort></anschrift>"),
    service(extra=module("06", "&lt;p&gt;x&lt;/p&gt;")),
    responsible(),
)


@settings(deadline=None, max_examples=150)
@given(st.integers(0, len(WHOLE)), st.integers(0, 30), st.binary(max_size=12) | st.sampled_from([b"<", b">", b"&#0;", b"<!--", b"]]>", b"</schreibe>", b"<leistung>", b"<?x?>"]))  # fmt: skip
def test_no_damage_to_a_file_brings_the_reader_down(at: int, length: int, instead: bytes) -> None:
    with contextlib.suppress(ExchangeError):
        read(WHOLE[:at] + instead + WHOLE[at + length :])


class Endless:
    """A file of many records that is never whole in memory."""

    def __init__(self, records: int) -> None:
        self._pieces = self._parts(records)
        self._rest = b""

    @staticmethod
    def _parts(records: int) -> Iterator[bytes]:
        start, end = message("|").split(b"<schreibe>|</schreibe>")
        yield start
        for i in range(records):
            yield f"<schreibe>{service(f'L{i}')}</schreibe>\n".encode()
        yield end

    def read(self, size: int = -1, /) -> bytes:
        while len(self._rest) < size and (piece := next(self._pieces, b"")):
            self._rest += piece
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


def peak_bytes(work: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096


def test_memory_does_not_grow_with_the_file() -> None:
    def run(records: int) -> int:
        reader = XZuFiLeser(Endless(records))  # type: ignore[arg-type]
        return peak_bytes(lambda: sum(isinstance(r, LeistungSatz) for r in reader))

    few = run(500)
    before = resident_bytes()
    many = run(20_000)
    assert many < few + 200_000
    assert resident_bytes() - before < 20_000_000  # the parser's own memory, which tracemalloc does not see


def test_an_unfinished_responsibility_does_not_hide_the_service() -> None:
    records = read(message(service(), responsible().replace("leistungID", "leistung")))
    assert [type(r) for r in records] == [LeistungSatz]


def test_the_model_and_the_mapping_know_the_same_keys() -> None:
    carried = {
        "nr", "name", "kurz", "text", "hinweis", "leika", "synonyme", "zielgruppe", "finder", "rechtsgrundlage",
        "gebuehr", "frist", "dauer", "wege", "persoenlich", "rechtsbehelf", "sensibel", "sdg", "nachweise", "stelle",
    }  # fmt: skip
    lost = {
        "felder",
        "kreisaufgabe",
        "beziehungen",
        "online",
        "erklaerbar_ab",
        "zustaendig_nach",
        "herkunft",
        "id",
    }
    assert carried | lost == set(Leistung.model_fields), (
        "docs/protocol/xzufi.md says what is carried and what is lost"
    )
