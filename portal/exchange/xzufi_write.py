"""Writing XZuFi 2.2: one element at a time, so that the size of the catalogue does not matter."""

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import IO, cast

from lxml import etree

from portal.catalogue.model import Stelle
from portal.exchange import xzufi_names as x
from portal.exchange.gebiet import ars
from portal.exchange.records import (
    EIGEN,
    GUELTIGKEIT,
    Auszug,
    GebietSatz,
    Werte,
    schlagwort,
    stelle_werte,
    werte_von,
)

ANSCHRIFT = re.compile(
    r"(?P<strasse>[^,()]*?) (?P<hausnummer>\d[^,() ]*)(?: \((?P<zusatz>[^,()]+)\))?, (?P<postleitzahl>\d{5}) (?P<ort>[^,()]+)"
)
UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""Characters that XML 1.0 cannot hold."""


def write(
    auszug: Auszug, stream: IO[bytes], *, erstellt: datetime, sender: str, done: Callable[[int], None]
) -> None:
    """Write all offices, services, responsibilities and the area of a town.

    Parameters
    ----------
    auszug
        What to write.
    stream
        Where to; binary.
    erstellt
        Moment of the export, with a zone.
    sender
        Who exports, in the message's head.
    done
        Called with 1 after each office and service.
    """
    nsmap = {"xzufi": x.NAMESPACE, "xsi": x.XSI}
    attributes = {
        "produktbezeichnung": "Amtslotse",
        "produkthersteller": "Amtslotse",
        "xzufiVersion": x.VERSION,
    }
    with etree.xmlfile(stream, encoding="utf-8") as file:
        file.write_declaration()
        with file.element(etree.QName(x.NAMESPACE, x.ROOT), attributes, nsmap=nsmap):
            file.write(_head(erstellt, sender), "\n")
            for element, counts in _elements(auszug):
                wrapper = _new("schreibe")
                wrapper.append(element)
                file.write(wrapper, "\n")
                done(counts)


def _head(erstellt: datetime, sender: str) -> etree._Element:
    moment = erstellt.astimezone(UTC).isoformat(timespec="seconds")
    head = _new("nachrichtenkopf")
    _text(head, "nachrichtUUID", str(uuid.uuid5(uuid.NAMESPACE_URL, f"{sender} {moment}")))
    _text(head, "erstelltDatumZeit", moment)
    _text(head, "sender", sender)
    return head


def _elements(auszug: Auszug) -> Iterator[tuple[etree._Element, int]]:
    yield _area(auszug.gebiet), 0
    for behoerde in sorted({s.behoerde for s in auszug.stellen}):
        unit = _new("organisationseinheit")
        _id(unit, "id", _authority_id(behoerde), scheme="behoerde")
        _local(_child(unit, "name"), "name", behoerde)
        yield unit, 0
    for stelle in auszug.stellen:
        yield _office(stelle), 1
    for leistung in auszug.leistungen:
        yield _service(leistung.id, werte_von(leistung), auszug.gebiet), 1
        if leistung.stelle:
            yield _responsibility(leistung.id, leistung.stelle, auszug.gebiet), 0


def _authority_id(name: str) -> str:
    return f"behoerde_{schlagwort(name)}"[:80]


def _area(gebiet: GebietSatz) -> etree._Element:
    element = _new("gebiet")
    _id(element, "id", gebiet.kennung.text)
    _local(element, "bezeichnung", gebiet.name or gebiet.schluessel)
    _text(element, "schluessel", ars(gebiet.schluessel)).set("schemeID", x.GEBIET_ARS)
    return element


def _office(stelle: Stelle) -> etree._Element:
    werte = stelle_werte(stelle)
    element = _new("organisationseinheit")
    _id(element, "id", stelle.id)
    _id(element, "uebergeordneteOrganisationseinheitID", _authority_id(stelle.behoerde), scheme="behoerde")
    _local(_child(element, "name"), "name", stelle.name)
    for klasse in x.KLASSEN_STELLE:
        _category(element, klasse, werte.get(klasse))
    if stelle.anschrift:
        _address(_child(element, "anschrift"), stelle.anschrift)
    if stelle.telefon:
        channel = _child(element, "kommunikation")
        _code(channel, "kanal", x.TELEFON, x.KANAL_LISTE, name_of_code="Telefon")
        _text(channel, "kennung", stelle.telefon)
    hours = werte.get("oeffnungszeiten")
    if hours:
        _local(
            element, "infoOeffnungszeitenText", "\n".join(hours) if isinstance(hours, list) else str(hours)
        )
    if stelle.url:
        _text(_child(element, "internetadresse"), "uri", stelle.url)
    return element


def _address(element: etree._Element, anschrift: str) -> None:
    parts = ANSCHRIFT.fullmatch(anschrift)
    if parts is None:
        _text(element, "zusatz", anschrift)
        return
    for name, value in parts.groupdict().items():
        if value:
            _text(element, name, value)


def _service(service_id: str, werte: Werte, gebiet: GebietSatz) -> etree._Element:
    element = _new("leistung")
    _id(element, "id", service_id)
    if "leika" in werte:
        _code(element, "referenzLeiKa", str(werte["leika"]), "urn:de:fim:leika:leistung")
    rechtsbehelf, persoenlich = _mapping(werte, "rechtsbehelf"), _mapping(werte, "persoenlich")
    modules = {
        x.BEZEICHNUNG: werte.get("name"),
        x.BEZEICHNUNG_2: werte.get("name"),
        x.TEASER: werte.get("kurz"),
        x.VOLLTEXT: werte.get("text"),
        x.HANDLUNGSGRUNDLAGEN: "\n".join(str(r) for r in _list(werte, "rechtsgrundlage")),
        x.UNTERLAGEN: "\n".join(str(n["label"]) for n in _mappings(werte, "nachweise")),
        x.VERFAHRENSABLAUF: persoenlich.get("text"),
        x.HINWEISE: werte.get("hinweis"),
        x.RECHTSBEHELF: rechtsbehelf.get("hinweis"),
    }
    for position, (code, text) in enumerate(((c, t) for c, t in modules.items() if t), start=1):
        module = _child(element, "modulText")
        _text(module, "positionDarstellung", str(position))
        _local(module, "inhalt", str(text))
        _code(module, "leikaTextmodul", code, x.TEXTMODUL_LISTE)
    _deadlines(element, _mappings(werte, "frist"))
    _costs(element, _mappings(werte, "gebuehr"))
    if dauer := _mapping(werte, "dauer").get("text"):
        _local(_child(element, "modulBearbeitungsdauer"), "beschreibung", str(dauer))
    if synonyme := _list(werte, "synonyme"):
        terms = _child(element, "modulBegriffImKontext")
        for synonym in synonyme:
            _local(_child(terms, "begriffImKontext"), "begriff", str(synonym))
    classes = werte | {"rechtsbehelf": rechtsbehelf.get("weg"), "persoenlich": persoenlich.get("noetig")}
    for klasse in x.KLASSEN_LEISTUNG:
        value = classes.get(klasse)
        for single in value if isinstance(value, list) else [value]:
            _category(element, klasse, single)
    _id(element, "gueltigkeitGebietID", gebiet.kennung.text)
    version = _child(element, "sprachversion")
    _text(version, "languageCode", "de")
    return element


def _deadlines(element: etree._Element, fristen: list[Werte]) -> None:
    if not fristen:
        return
    module = _child(element, "modulFrist")
    _local(module, "beschreibung", "\n".join(f"{f['text']} ({f['recht']})" for f in fristen))
    for frist in fristen:
        single = _child(module, "fristMitTyp")
        text = _labelled(str(frist["text"]), frist.get("wenn"), frist["recht"])
        _local(_child(single, "frist"), "beschreibung", text)
        _validity(single, frist)


def _costs(element: etree._Element, gebuehren: list[Werte]) -> None:
    if not gebuehren:
        return
    module = _child(element, "modulKosten")
    described = (f"{g['text']} ({g['wenn']})" if g.get("wenn") else str(g["text"]) for g in gebuehren)
    _local(module, "beschreibung", "\n".join(described))
    for gebuehr in gebuehren:
        cents = gebuehr["betrag_cent"]
        cost = _child(module, "kosten")
        cost.set(etree.QName(x.XSI, "type"), "xzufi:KostenVariabel" if cents is None else "xzufi:KostenFix")
        _local(cost, "beschreibung", _labelled(str(gebuehr["text"]), gebuehr.get("wenn"), None))
        if isinstance(cents, int):
            _text(cost, "betrag", f"{cents // 100}.{cents % 100:02}")
            _code(cost, "betragWaehrung", "EUR", "urn:de:xzufi:codeliste:waehrung")
        _validity(cost, gebuehr)


def _labelled(text: str, wenn: object, recht: object) -> str:
    labelled = [text]
    if wenn:
        labelled.append(f"{x.BEDINGUNG}{wenn}")
    if recht:
        labelled.append(f"{x.RECHTSGRUNDLAGE}{recht}")
    return "\n".join(labelled)


def _validity(element: etree._Element, werte: Werte) -> None:
    days = {name: werte.get(key) for name, key in zip(("beginn", "ende"), GUELTIGKEIT, strict=True)}
    if any(days.values()):
        validity = _child(element, "gueltigkeit")
        for name, day in days.items():
            if day:
                _text(validity, name, str(day))


def _responsibility(service_id: str, stelle_id: str, gebiet: GebietSatz) -> etree._Element:
    element = _new("zustaendigkeitTransferObjekt")
    _id(element, "uebergeordnetesObjektID", stelle_id)
    inner = _child(element, "zustaendigkeit")
    _id(inner, "id", f"{service_id}.{stelle_id}.{gebiet.schluessel}")
    _id(inner, "leistungID", service_id)
    _id(inner, "gebietID", gebiet.kennung.text)
    return element


def _category(element: etree._Element, klasse: str, value: object) -> None:
    if value is None:
        return
    text = ("ja" if value else "nein") if isinstance(value, bool) else str(value)
    category = _child(element, "kategorie")
    _id(category, "id", f"{klasse}.{schlagwort(text)[:60]}")
    kind = _child(category, "klasse")
    _id(kind, "id", klasse)
    _local(kind, "bezeichnung", klasse)
    _local(category, "bezeichnung", text)


def _new(name: str) -> etree._Element:
    return etree.Element(etree.QName(x.NAMESPACE, name), nsmap={"xzufi": x.NAMESPACE, "xsi": x.XSI})


def _child(parent: etree._Element, name: str) -> etree._Element:
    return etree.SubElement(parent, etree.QName(x.NAMESPACE, name))


def _text(parent: etree._Element, name: str, text: str) -> etree._Element:
    element = _child(parent, name)
    element.text = UNWRITABLE.sub("", text)
    return element


def _local(parent: etree._Element, name: str, text: str) -> None:
    _text(parent, name, text).set("languageCode", "de")


def _id(parent: etree._Element, name: str, text: str, *, scheme: str | None = None) -> None:
    element = _text(parent, name, text)
    element.set("schemeAgencyID", EIGEN)
    if scheme:
        element.set("schemeID", scheme)


def _code(parent: etree._Element, name: str, code: str, liste: str, *, name_of_code: str = "") -> None:
    element = _child(parent, name)
    element.set("listURI", liste)
    etree.SubElement(element, "code").text = code
    if name_of_code:
        etree.SubElement(element, "name").text = name_of_code


def _list(werte: Werte, key: str) -> list[object]:
    value = werte.get(key)
    return value if isinstance(value, list) else []


def _mappings(werte: Werte, key: str) -> list[Werte]:
    return cast(list[Werte], _list(werte, key))


def _mapping(werte: Werte, key: str) -> Werte:
    value = werte.get(key)
    return value if isinstance(value, dict) else {}
