"""JSON Schema of the catalogue's files, for completion and checking in any editor."""

from typing import Literal, get_args

from pydantic import BaseModel

from portal.catalogue.model import Lebenslage, Leistung, Merkmal, Stelle

Art = Literal["leistung", "lebenslage", "stellen", "merkmale"]
"""Kind of file."""
ARTEN: tuple[Art, ...] = get_args(Art)

DIALEKT = "https://json-schema.org/draft/2020-12/schema"
TEILWEISE = ("Feld", "Nachweis")
"""Entries of joined lists: a lower tier names the id and what it changes."""
TITEL: dict[Art, str] = {
    "leistung": "Leistung (leistungen/<id>.yml)",
    "lebenslage": "Lebenslage (lebenslagen/<id>.yml)",
    "stellen": "Stellen (stellen.yml)",
    "merkmale": "Merkmale (merkmale.yml)",
}
BESCHREIBUNGEN = {
    "id": "Kennung, gleich dem Dateinamen: Kleinbuchstaben, Ziffern, Unterstriche.",
    "nr": "Zeile des Faktenblatts, sonst leer.",
    "name": "Name in Alltagssprache, höchstens 60 Zeichen.",
    "kurz": "Ein einfacher Satz.",
    "text": "Zwei bis acht kurze Sätze in Sie-Form.",
    "hinweis": "Was oft übersehen wird.",
    "leika": "LeiKa-Schlüssel, 14 Ziffern ab 99, oder null. Nie erfinden. Ab Ebene Land für Kommunen gesperrt.",
    "synonyme": "Wörter, mit denen Menschen die Leistung suchen. Ebenen werden zusammengefügt.",
    "zielgruppe": "Für wen: person, unternehmen.",
    "finder": "Wie die Zuständigkeit gefunden wird: W Wohnung, S Ort des Ereignisses, B Betrieb, O Grundstück oder Sache, X beliebig.",
    "zustaendig_nach": "Feld, dessen Ort entscheidet, welche Gemeinde zuständig ist.",
    "kreisaufgabe": "In Gemeinden eines Kreises: ja, der Kreis; teils, je nach Größe Kreis oder Gemeinde; leer, die Gemeinde.",
    "rechtsgrundlage": "Vorschriften. Oberhalb der Kommune gesetzt, dort gesperrt.",
    "gebuehr": "Datierte Beträge in Cent; leer: unbekannt, bei der Stelle erfragen. Für Kommunen gesperrt, wo das Recht sie festlegt.",
    "frist": "Datierte Fristen. Für Kommunen gesperrt, wo das Recht sie festlegt.",
    "erklaerbar_ab": "Feld, vor dessen Tag nichts erklärt werden kann.",
    "dauer": "Übliche Bearbeitungszeit in Worten.",
    "wege": "Alle Wege zur Leistung, mindestens einer.",
    "online": "Online-Weg mit Vertrauensniveau und rechtlicher Wirkung; fehlt er, wird nur vorbereitet.",
    "persoenlich": "Ob jemand selbst erscheinen muss.",
    "rechtsbehelf": "Weg des Rechtsbehelfs. Für Kommunen gesperrt, wo eine höhere Ebene ihn setzt.",
    "sensibel": "Erscheint nie unter „Andere suchten auch“.",
    "felder": "Fragen in ihrer Reihenfolge. Gleiche Kennung: die niedrigere Ebene ändert nur, was sie nennt.",
    "nachweise": "Unterlagen. Gleiche Kennung: die niedrigere Ebene ändert nur, was sie nennt.",
    "stelle": "Kennung der empfangenden Stelle aus stellen.yml.",
    "beziehungen": "Was rechtlich vorher kommen muss und was oft zusammen erledigt wird.",
    "sdg": "Verfahren aus Anhang II der Verordnung (EU) 2018/1724.",
    "quelle": "Woher die Angaben der Datei oder des Eintrags stammen.",
    "marke": "geprueft, oder stand_pruefen für alles, was nicht an der Quelle geprüft wurde.",
    "gueltig_ab": "Seit wann die Angaben gelten.",
    "gueltig_bis": "Letzter Tag, wenn er bekannt ist.",
    "herkunft": "Andere Quelle, Marke oder Geltung für einzelne Schlüssel der Datei oder des Eintrags.",
    "behoerde": "Behörde, der die Stelle angehört.",
    "kontakt": "Ansprechpartner nach Funktion, nie ein Personenname.",
    "fachverfahren": "Fachverfahren der Stelle, null wenn unbekannt.",
    "auffang": "Empfängt alle Leistungen, für die keine Stelle genannt ist.",
    "schritte": "Leistungen in ihrer rechtlichen Reihenfolge.",
}
KOPF: dict[str, dict[str, object]] = {
    "quelle": {"type": "string"},
    "marke": {"enum": ["geprueft", "stand_pruefen"]},
    "gueltig_ab": {"type": "string", "format": "date"},
    "gueltig_bis": {"type": "string", "format": "date"},
}


def json_schema(art: Art = "leistung") -> dict[str, object]:
    """JSON Schema (2020-12) of one kind of file as an editor writes it: a lower tier's file may hold a part only."""
    models: dict[Art, type[BaseModel]] = {
        "leistung": Leistung,
        "lebenslage": Lebenslage,
        "stellen": Stelle,
        "merkmale": Merkmal,
    }
    schema = models[art].model_json_schema()
    definitions: dict[str, dict[str, object]] = schema.pop("$defs", {})
    definitions.pop("Herkunft", None)
    schema.pop("description", None)  # speaks of the merged value
    for name, definition in (*definitions.items(), (art, schema)):
        properties = definition["properties"]
        assert isinstance(properties, dict)  # noqa: S101  (all our models are objects)
        properties.pop("ebene", None)  # the folder says it
        if name in TEILWEISE or definition is schema:
            definition["required"] = ["id"]
        for key, described in properties.items():
            if key in BESCHREIBUNGEN and definition is schema:
                described["description"] = BESCHREIBUNGEN[key]
    if "herkunft" in models[art].model_fields:
        schema["properties"] |= {k: v | {"description": BESCHREIBUNGEN[k]} for k, v in KOPF.items()}
        own = [key for key in models[art].model_fields if key not in ("id", "herkunft")]
        per_key = {"type": "object", "properties": KOPF, "additionalProperties": False}
        schema["properties"]["herkunft"] = {
            "type": "object",
            "description": BESCHREIBUNGEN["herkunft"],
            "propertyNames": {"enum": own},
            "additionalProperties": per_key,
        }
    if art in ("stellen", "merkmale"):
        schema = {"type": "array", "items": schema}
    head = {"$schema": DIALEKT, "title": TITEL[art]}
    return {**schema, **head, "$defs": definitions} if definitions else {**schema, **head}
