"""From one XZuFi element to records. Names are matched without namespace: codes stand in none, all else in XZuFi's."""

import re
from collections.abc import Iterator
from decimal import Decimal

from lxml import etree

from portal.exchange import xzufi_names as x
from portal.exchange.plaintext import lines, plain
from portal.exchange.records import (
    EIGEN,
    GUELTIGKEIT,
    LEIKA,
    UNBEKANNTES_RECHT,
    Fremdkennung,
    GebietSatz,
    LeistungSatz,
    Mangel,
    Satz,
    StelleSatz,
    Werte,
    ZustaendigkeitSatz,
    nachweis,
    tag,
)

MAX_ID = 200


def local(element: etree._Element) -> str:
    """The element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def parse(element: etree._Element, position: str) -> Iterator[Satz | Mangel]:
    """The records in one element; a `Mangel` if it cannot be understood."""
    name = local(element)
    try:
        if name == "leistung":
            yield _service(element, position)
        elif name == "organisationseinheit":
            yield _office(element, position)
            own = _identifier(element, "id")
            for inner in _children(element, "zustaendigkeit"):
                yield from _responsibilities(inner, own, position)
        elif name == "zustaendigkeitTransferObjekt":
            unit = _identifier(element, "uebergeordnetesObjektID")
            for inner in _children(element, "zustaendigkeit"):
                yield from _responsibilities(inner, unit, position)
        else:
            yield _area(element, position)
    except ValueError as error:
        yield Mangel(position, str(error))


def _service(element: etree._Element, position: str) -> LeistungSatz:
    identifier = _identifier(element, "id")
    modules = _modules(element)
    name = modules.get(x.BEZEICHNUNG_2) or modules.get(x.BEZEICHNUNG)
    if not name:
        raise ValueError(f"Die Leistung „{identifier.text}“ hat keine Bezeichnung.")
    leika = _code(element, "referenzLeiKa")
    if leika and not LEIKA.fullmatch(leika):
        raise ValueError(f"Der LeiKa-Schlüssel „{leika[:40]}“ hat nicht die Form 99 und zwölf Ziffern.")
    classes = _categories(element)
    kurz = modules.get(x.TEASER) or modules.get(x.KURZTEXT)
    werte: Werte = {
        "name": " ".join(name.split()),
        "kurz": " ".join(kurz.split()) if kurz else None,
        "text": modules.get(x.VOLLTEXT),
        "hinweis": modules.get(x.HINWEISE),
        "leika": leika,
        "synonyme": _synonyms(element),
        "rechtsgrundlage": lines(modules.get(x.HANDLUNGSGRUNDLAGEN, "")),
        "gebuehr": list(_costs(element)),
        "frist": list(_deadlines(element)),
        "nachweise": [nachweis(label) for label in lines(modules.get(x.UNTERLAGEN, ""))],
        "wege": classes.get("wege"),
        "zielgruppe": classes.get("zielgruppe"),
        "finder": _first(classes, "finder"),
        "sdg": _first(classes, "sdg"),
    }
    if duration := " ".join(
        plain(_german(_child(element, "modulBearbeitungsdauer"), "beschreibung")).split()
    ):
        werte["dauer"] = {"text": duration}
    if number := _first(classes, "nr"):
        werte["nr"] = _integer(number)
    if sensitive := _first(classes, "sensibel"):
        werte["sensibel"] = sensitive == "ja"
    if (noetig := _first(classes, "persoenlich")) and x.VERFAHRENSABLAUF in modules:
        werte["persoenlich"] = {"noetig": noetig == "ja", "text": modules[x.VERFAHRENSABLAUF]}
    track, remark = _first(classes, "rechtsbehelf"), modules.get(x.RECHTSBEHELF)
    if track or remark:
        werte["rechtsbehelf"] = {"weg": track or "kein"} | ({"hinweis": remark} if remark else {})
    changed = _text(_child(_child(element, "versionsinformation"), "geaendertDatumZeit"))
    return LeistungSatz(
        position,
        identifier,
        {key: value for key, value in werte.items() if value not in (None, [], "")},
        tag(changed) if changed else None,
    )


def _modules(element: etree._Element) -> dict[str, str]:
    found: dict[str, str] = {}
    for module in _children(element, "modulText"):
        code, text = _code(module, "leikaTextmodul"), plain(_german(module, "inhalt"))
        if code and text:
            found.setdefault(code, text)
    return found


def _synonyms(element: etree._Element) -> list[str]:
    terms = (
        " ".join(plain(_german(term, "begriff")).split())
        for module in _children(element, "modulBegriffImKontext")
        for term in _children(module, "begriffImKontext")
    )
    return list(dict.fromkeys(term for term in terms if term))


def _costs(element: etree._Element) -> Iterator[Werte]:
    module = _child(element, "modulKosten")
    singles = _children(module, "kosten")
    for cost in singles:
        text, labels = _labels(_german(cost, "beschreibung"))
        amount = _text(_child(cost, "betrag"))
        currency = _code(cost, "betragWaehrung")
        if amount and currency not in ("EUR", ""):
            raise ValueError(f"Die Gebühr steht in „{currency[:20]}“, nicht in Euro.")
        cents = _cents(amount) if amount else None
        if not text and cents is None:
            continue
        fee: Werte = {"betrag_cent": cents, "text": text or _euro(cents or 0)}
        if x.BEDINGUNG in labels:
            fee["wenn"] = labels[x.BEDINGUNG]
        yield fee | _validity(cost)
    described = plain(_german(module, "beschreibung"))
    if described and not singles:
        yield {"betrag_cent": None, "text": " ".join(described.split())}


def _deadlines(element: etree._Element) -> Iterator[Werte]:
    module = _child(element, "modulFrist")
    found = False
    for single in _children(module, "fristMitTyp"):
        text, labels = _labels(_german(_child(single, "frist"), "beschreibung"))
        if text:
            found = True
            deadline: Werte = {"text": text, "recht": labels.get(x.RECHTSGRUNDLAGE, UNBEKANNTES_RECHT)}
            if x.BEDINGUNG in labels:
                deadline["wenn"] = labels[x.BEDINGUNG]
            yield deadline | _validity(single)
    described = plain(_german(module, "beschreibung"))
    if described and not found:
        yield {"text": " ".join(described.split()), "recht": UNBEKANNTES_RECHT}


def _labels(text: str) -> tuple[str, dict[str, str]]:
    """The words of a fee or deadline, and its lines that begin with a label."""
    words: list[str] = []
    labels: dict[str, str] = {}
    for line in plain(text).splitlines():
        label = next((mark for mark in (x.BEDINGUNG, x.RECHTSGRUNDLAGE) if line.startswith(mark)), None)
        if label:
            labels[label] = line.removeprefix(label).strip()
        else:
            words.append(line.strip())
    return " ".join(words).strip(), labels


def _validity(element: etree._Element) -> Werte:
    validity = _child(element, "gueltigkeit")
    days = (_text(_child(validity, name)) for name in ("beginn", "ende"))
    return {key: tag(day).isoformat() for key, day in zip(GUELTIGKEIT, days, strict=True) if day}


def _office(element: etree._Element, position: str) -> StelleSatz:
    identifier_element = _child(element, "id")
    identifier = _identifier(element, "id")
    name = " ".join(plain(_german(_child(element, "name"), "name")).split())
    if not name:
        raise ValueError(f"Die Organisationseinheit „{identifier.text}“ hat keinen Namen.")
    classes = _categories(element)
    hours = lines(_german(element, "infoOeffnungszeitenText"))
    werte: Werte = {
        "name": name,
        "anschrift": _address(_child(element, "anschrift")),
        "telefon": _phone(element),
        "oeffnungszeiten": hours[0] if len(hours) == 1 else hours,
        "url": _url(element),
        "fachverfahren": _first(classes, "fachverfahren"),
        "kontakt": _first(classes, "kontakt"),
    }
    above = _child(element, "uebergeordneteOrganisationseinheitID")
    return StelleSatz(
        position,
        identifier,
        {key: value for key, value in werte.items() if value not in (None, [], "")},
        oberhalb=_identifier(element, "uebergeordneteOrganisationseinheitID") if above is not None else None,
        nur_name=identifier.agentur == EIGEN
        and identifier_element is not None
        and identifier_element.get("schemeID") == "behoerde",
    )


def _address(element: etree._Element | None) -> str | None:
    part = {
        name: _text(_child(element, name))
        for name in ("strasse", "hausnummer", "postfach", "postleitzahl", "ort", "zusatz")
    }
    street = " ".join(filter(None, (part["strasse"], part["hausnummer"])))
    if not street and part["postfach"]:
        street = f"Postfach {part['postfach']}"
    town = " ".join(filter(None, (part["postleitzahl"], part["ort"])))
    if part["zusatz"]:
        street = f"{street} ({part['zusatz']})" if street else part["zusatz"]
    return ", ".join(filter(None, (street, town))) or None


def _phone(element: etree._Element) -> str | None:
    for channel in _children(element, "kommunikation"):
        if _code(channel, "kanal") == x.TELEFON:
            return _text(_child(channel, "kennung")) or None
    return None


def _url(element: etree._Element) -> str | None:
    url = _text(_child(_child(element, "internetadresse"), "uri"))
    return url if re.match(r"https?://", url) else None


def _responsibilities(
    inner: etree._Element, unit: Fremdkennung, position: str
) -> Iterator[ZustaendigkeitSatz]:
    areas: list[Fremdkennung | None] = [_read_identifier(area) for area in _children(inner, "gebietID")]
    for service in _children(inner, "leistungID"):
        for area in areas or [None]:
            yield ZustaendigkeitSatz(position, _read_identifier(service), unit, area)


def _area(element: etree._Element, position: str) -> GebietSatz:
    key = re.sub(r"\s", "", _text(_child(element, "schluessel")))
    identifier = _identifier(element, "id")
    return GebietSatz(position, identifier, key or identifier.text, plain(_german(element, "bezeichnung")))


def _categories(element: etree._Element) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for category in _children(element, "kategorie"):
        kind = _child(_child(category, "klasse"), "id")
        if kind is not None and kind.get("schemeAgencyID") == EIGEN:
            found.setdefault(_text(kind), []).append(_german(category, "bezeichnung").strip())
    return found


def _first(classes: dict[str, list[str]], key: str) -> str | None:
    return next(iter(classes.get(key, [])), None)


def _children(element: etree._Element | None, name: str) -> list[etree._Element]:
    return [] if element is None else [c for c in element if local(c) == name]


def _child(element: etree._Element | None, name: str) -> etree._Element | None:
    return None if element is None else next((c for c in element if local(c) == name), None)


def _text(element: etree._Element | None) -> str:
    return "" if element is None else "".join(str(part) for part in element.itertext()).strip()


def _german(element: etree._Element | None, name: str) -> str:
    """The German one of several language versions; one without a language counts as German."""
    for child in _children(element, name):
        if (child.get("languageCode") or "de").lower().startswith("de"):
            return _text(child)
    return ""


def _code(element: etree._Element, name: str) -> str:
    return _text(_child(_child(element, name), "code"))


def _identifier(element: etree._Element, name: str) -> Fremdkennung:
    child = _child(element, name)
    if child is None:
        raise ValueError(f"„{name}“ fehlt in „{local(element)}“.")
    return _read_identifier(child)


def _read_identifier(element: etree._Element) -> Fremdkennung:
    text = _text(element)
    if not text or len(text) > MAX_ID:
        raise ValueError(f"„{local(element)}“ ist leer oder länger als {MAX_ID} Zeichen.")
    return Fremdkennung(str(element.get("schemeAgencyID") or ""), text)


def _cents(amount: str) -> int:
    if not re.fullmatch(r"\d{1,9}([.,]\d{1,2})?", amount, re.ASCII):
        raise ValueError(f"„{amount[:40]}“ ist kein Betrag.")
    return int(Decimal(amount.replace(",", ".")) * 100)


def _euro(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02} €" if cents % 100 else f"{cents // 100} €"


def _integer(text: str) -> int:
    if not re.fullmatch(r"\d{1,6}", text, re.ASCII):
        raise ValueError(f"„{text[:40]}“ ist keine Nummer.")
    return int(text)
