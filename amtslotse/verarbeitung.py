"""What the parts beside the portal store, for the public description of the processing (/datenschutz/verarbeitung)."""

from bot import database
from handoff.schema import channels, desk, lead  # noqa: F401  # its tables belong to the same metadata
from handoff.schema.tables import ConversationRow
from portal.services.verarbeitung import (
    AUFGABE,
    EINWILLIGUNG,
    KEINE,
    OHNE_FRIST,
    SICHERHEIT,
    Tabelle,
    Zweck,
    tabellen,
)

GESPRAECH_FRIST = "30 Tage nach der letzten Nachricht, mit Konto 180 Tage"
GESPRAECHE: dict[str, Zweck] = {
    "conversations": Zweck(
        "Gespräche",
        "Der Stand eines Gesprächs, und ob ein Mensch daran beteiligt ist. Mit dem Konto verbunden, sobald Sie sich anmelden.",
        AUFGABE,
        GESPRAECH_FRIST,
    ),
    "messages": Zweck(
        "Nachrichten",
        "Der Verlauf, damit nichts verloren geht und ein Mensch ihn übernehmen kann. Nummern sind vorher verdeckt.",
        AUFGABE,
        GESPRAECH_FRIST,
    ),
    "outbox": Zweck(
        "Nachrichten auf dem Weg",
        "Sorgt dafür, dass jede Nachricht den Assistenten, Ihren Messenger und das Portal genau einmal erreicht.",
        SICHERHEIT,
        "bis sie angekommen ist",
    ),
    "channel_bindings": Zweck(
        "Ihr Messenger oder Postfach für dieses Gespräch",
        "Wohin Antworten gehen, wenn Sie über einen Messenger oder per E-Mail schreiben.",
        EINWILLIGUNG,
        OHNE_FRIST,
    ),
    "link_codes": Zweck(
        "Codes zum Verbinden eines Messengers",
        "Verbinden einen Messenger mit Ihrem Konto, wenn Sie das möchten; nur als Prüfwert gespeichert.",
        EINWILLIGUNG,
        "10 Minuten oder bis zur Benutzung",
    ),
    "portal_links": Zweck(
        "Einmal-Links ins Portal",
        "Führen aus einem Messenger in dasselbe Gespräch im Portal; nur als Prüfwert gespeichert.",
        AUFGABE,
        "24 Stunden oder bis zur Benutzung",
    ),
    "channel_notices": Zweck(
        "Kennungen von Nachrichten der Messenger",
        "Sorgt dafür, dass ein Hinweis oder eine Nachricht nur einmal ankommt; ohne Inhalt.",
        SICHERHEIT,
        "90 Tage",
    ),
    "channel_files": Zweck(
        "Dateien aus Messengern und E-Mails",
        "Was Sie über einen Kanal senden, bis Sie es in Ihre Unterlagen übernehmen.",
        AUFGABE,
        "14 Tage",
    ),
    "clerks": Zweck(
        "Wer im Dienst ist",
        "Welche Beschäftigten gerade Gespräche annehmen; die Zeile wird bei jeder Anmeldung überschrieben.",
        AUFGABE,
        OHNE_FRIST,
    ),
    "teams": Zweck("Teams und Öffnungszeiten", "Keine personenbezogenen Daten.", AUFGABE, OHNE_FRIST),
    "hours_exceptions": Zweck(
        "Ausnahmen der Öffnungszeiten", "Keine personenbezogenen Daten.", AUFGABE, OHNE_FRIST
    ),
    "duty_days": Zweck(
        "Wie viele im Dienst waren",
        "Nur die Zahl je Tag und Stelle, ohne Namen: unter fünf zeigt der Tag keine Auswertung.",
        AUFGABE,
        "2 Jahre",
    ),
    "waits": Zweck(
        "Wartezeiten",
        "Wie lange jemand gewartet hat und was angekündigt war; ohne Bezug auf eine Person.",
        AUFGABE,
        "2 Jahre",
    ),
    "requests": Zweck(
        "Rückrufe und hinterlassene Anliegen",
        "Was Sie statt zu warten hinterlassen haben, und bis wann eine Antwort zugesagt ist.",
        AUFGABE,
        "180 Tage nach dem zugesagten Tag",
    ),
    "jobs": Zweck("Laufende Aufträge", "Keine personenbezogenen Daten.", SICHERHEIT, OHNE_FRIST),
    "desk_notes": Zweck(
        "Interne Notizen",
        "Was eine Stelle sich zu einem Gespräch notiert; nur diese Stelle liest es.",
        AUFGABE,
        OHNE_FRIST,
    ),
    "desk_asks": Zweck(
        "Bitten um Ihre Freigabe",
        "Worum ein Mensch Sie im Gespräch gebeten hat und wie Sie entschieden haben.",
        EINWILLIGUNG,
        OHNE_FRIST,
    ),
    "desk_offers": Zweck(
        "Übergaben",
        "Welcher Stelle ein Gespräch angeboten wurde und auf welcher Grundlage.",
        AUFGABE,
        OHNE_FRIST,
    ),
    "desk_participants": Zweck(
        "Zweite Menschen im Gespräch", "Wer dazugeholt wurde, mit Funktion und Stelle.", AUFGABE, OHNE_FRIST
    ),
    "desk_scopes": Zweck(
        "Grenzen der Einsicht",
        "Welche Stelle ein Gespräch erst ab welcher Nachricht sehen darf.",
        AUFGABE,
        OHNE_FRIST,
    ),
    "desk_replies": Zweck("Textbausteine", "Vorformulierte Sätze der Stellen, ohne Angaben über Sie.", KEINE),
    "desk_colleagues": Zweck(
        "Arbeitsplätze",
        "Wer gerade in der Konsole arbeitet, mit Funktion und Stelle; keine Auswertung über Beschäftigte.",
        "Art. 6 Abs. 1 Buchst. e DSGVO mit § 3 DSG NRW (Stand prüfen)",
    ),
    "switches": Zweck(
        "Abgeschaltete Leistungen",
        "Was im Chat gerade nicht geht und mit welchem Hinweis; welches Dienstkonto es abgeschaltet hat.",
        AUFGABE,
        "2 Jahre nach dem Einschalten",
    ),
    "lead_changes": Zweck(
        "Änderungen der Leitung",
        "Welches Dienstkonto Zeiten, Textbausteine oder Zuständigkeiten geändert hat; nichts über Sie.",
        AUFGABE,
        "2 Jahre",
    ),
    "ratings": Zweck(
        "Zufriedenheit",
        "Ihre Bewertung eines Gesprächs, ohne Bezug auf Sie oder das Gespräch, nur mit der vollen Stunde.",
        EINWILLIGUNG,
        "2 Jahre",
    ),
    "marks": Zweck(
        "Markierte Antworten des Assistenten",
        "Welche Antwort ein Mensch gut oder falsch fand; gelöscht mit dem Gespräch.",
        AUFGABE,
        GESPRAECH_FRIST,
    ),
    "examples": Zweck(
        "Beispiele zum Lernen",
        "Sätze aus Gesprächen, wenn Sie zugestimmt haben; persönliche Angaben werden vorher entfernt.",
        EINWILLIGUNG,
        "180 Tage",
    ),
    "revoked_sessions": Zweck(
        "Beendete Anmeldungen",
        "Damit ein beendetes oder gesperrtes Konto im Chat sofort nichts mehr darf.",
        SICHERHEIT,
        "20 Minuten; gelöscht bei der nächsten beendeten Anmeldung",
    ),
    "proposals": Zweck(
        "Vorschläge von Menschen im Chat",
        "Was ein Mensch Ihnen zum Übernehmen vorgeschlagen hat; ohne Ihre Zustimmung ändert sich nichts.",
        EINWILLIGUNG,
        OHNE_FRIST,
    ),
}
ASSISTENT: dict[str, Zweck] = {
    "engine_conversations": Zweck(
        "Gedächtnis des Assistenten",
        "Wo das Gespräch steht, damit es nach einer Störung weitergeht.",
        AUFGABE,
        OHNE_FRIST,
    ),
}
VERSCHLUESSELT = frozenset((("engine_conversations", "snapshot"), ("engine_conversations", "last_answer")))
"""Columns that the engine encrypts before it writes."""
DATEIEN = frozenset((("channel_files", "content"),))
"""Columns that the conversations encrypt before they write."""


def weitere_tabellen() -> list[Tabelle]:
    """The tables of the conversations and of the assistant."""
    return [
        *tabellen("Gespräche", ConversationRow.metadata, GESPRAECHE, DATEIEN),
        *tabellen("Assistent", database.metadata, ASSISTENT, VERSCHLUESSELT),
    ]
