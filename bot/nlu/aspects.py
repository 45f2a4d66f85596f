"""What one may ask about a service, and the words that ask it."""

ASPECTS: dict[str, tuple[str, ...]] = {
    "kosten": (
        "kostet", "kosten", "Gebühr", "Gebühren", "teuer", "bezahlen", "zahlen", "kostenlos", "Preis", "umsonst",
        "kostenfrei", "gratis", "Entgelt", "wie viel Geld", "Kartenzahlung", "kostets", "kost das",
    ),
    "unterlagen": (
        "Unterlagen", "Dokumente", "mitbringen", "Nachweis", "Nachweise", "Papiere", "vorlegen", "einreichen",
        "was brauche ich", "was brauch ich", "was benötige ich", "was muss ich dabei haben", "Bescheinigungen",
        "beilegen", "welche Formulare", "was wird benötigt",
    ),
    "frist": (
        "Frist", "Fristen", "bis wann", "spätestens", "wie lange habe ich Zeit", "wie viel Zeit", "zu spät", "rechtzeitig",
        "Deadline", "Bußgeld", "Strafe", "verspätet", "wie schnell muss", "wann muss ich", "Zeit habe", "hab ich Zeit",
    ),
    "dauer": (
        "wie lange dauert", "dauert", "Bearbeitungszeit", "Bearbeitungsdauer", "wann fertig", "Wartezeit", "wie lange warten",
        "wann bekomme ich", "dauer", "wie lang dauert", "fertig",
    ),
    "zustaendigkeit": (
        "zuständig", "Zuständigkeit", "welches Amt", "welche Behörde", "wer macht", "wohin muss ich", "wo muss ich hin",
        "an wen", "welche Stelle", "Ansprechpartner", "wo kann ich das", "wo ist das", "wo beantrage ich", "wo gehe ich",
        "wo mach ich", "wo finde ich",
    ),
    "oeffnungszeiten": (
        "Öffnungszeiten", "geöffnet", "wann haben Sie auf", "wann offen", "offen", "Sprechzeiten", "wann macht", "macht auf",
        "samstags", "heute auf", "Öffnungszeit", "wann hat", "schließt", "zu hat",
    ),
    "termin": ("Termin", "Termine", "Terminvergabe", "ohne Termin", "Terminvereinbarung", "vorbeikommen"),
    "status": ("Status", "Stand meines Antrags", "Bearbeitungsstand", "wo bleibt", "wie weit", "mein Antrag", "abholbereit"),
    "datenschutz": (
        "Datenschutz", "meine Daten", "meinen Daten", "Daten gespeichert", "DSGVO", "Datenauskunft", "über mich", "speichert",
        "gespeichert",
    ),
}  # fmt: skip
"""Aspect ids and the words that point to them; `data/nlu/auskunft.yml` holds whole questions."""
