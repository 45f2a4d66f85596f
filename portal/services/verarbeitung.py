"""What this system stores and links, read off its tables and its catalogue: the basis of a Datenschutz-Folgenabschätzung."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Column, MetaData

from portal.context import PortalContext
from portal.services import katalog, stammdaten

OHNE_FRIST = (
    "bis der Betrieb sie löscht; eine Frist, nach der das von selbst geschieht, ist nicht eingerichtet"
)
EINWILLIGUNG = "Art. 6 Abs. 1 Buchst. a DSGVO"
AUFGABE = "Art. 6 Abs. 1 Buchst. c oder e DSGVO mit dem Fachrecht der Leistung"
SICHERHEIT = "Art. 32 DSGVO"
KEINE = "keine personenbezogenen Daten von Bürgerinnen und Bürgern"


@dataclass(frozen=True)
class Zweck:
    """Why a table exists, on which basis, and how long its rows stay."""

    titel: str
    zweck: str
    grundlage: str
    aufbewahrung: str = OHNE_FRIST


@dataclass(frozen=True)
class Spalte:
    """One column: how it is kept and what it links to."""

    name: str
    art: str
    verweis: str | None


@dataclass(frozen=True)
class Tabelle:
    """One table with its purpose; without one it is listed all the same, and the page says that it is missing."""

    teil: str
    name: str
    zweck: Zweck | None
    spalten: Sequence[Spalte]


@dataclass(frozen=True)
class Verknuepfung:
    """An answer given once that is offered again in other services, if the citizen wants it."""

    angabe: str
    leistungen: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Empfaenger:
    """An office with the services whose data it gets after a confirmation: id and name of each."""

    stelle: str
    leistungen: Sequence[tuple[str, str]]


ZWECKE: dict[str, Zweck] = {
    "konto": Zweck("Konten", "Anmelden. Das Passwort ist nur als Prüfwert gespeichert.", EINWILLIGUNG),
    "sitzung": Zweck(
        "Anmeldungen",
        "Wer gerade angemeldet ist und wie gut die Identität nachgewiesen ist.",
        SICHERHEIT,
        "gilt höchstens 12 Stunden; die Zeile bleibt 30 Tage",
    ),
    "datenvorschlag": Zweck(
        "Vorschläge für Ihre Stammdaten",
        "Was ein Ausweis oder Anmeldedienst über Sie sagt, bis Sie zu jeder Angabe entschieden haben.",
        EINWILLIGUNG,
        "die Werte werden mit Ihrer Entscheidung gelöscht",
    ),
    "identcode": Zweck(
        "Einmalcodes für das Bürgerbüro",
        "Verbindet die Prüfung Ihres Ausweises mit Ihrem Konto. Gespeichert ist nur ein Prüfwert.",
        EINWILLIGUNG,
        "gilt 7 Tage und einmal; gelöscht einen Tag danach",
    ),
    "zweitfaktor": Zweck(
        "Zweite Faktoren",
        "Schützt Ihr Konto: Schlüssel Ihrer App, Ihres Passkeys oder Ihre Mobilnummer, verschlüsselt.",
        SICHERHEIT,
        "bis Sie den Faktor entfernen",
    ),
    "rettungscode": Zweck(
        "Rettungscodes",
        "Ihr Weg ins Konto, wenn der zweite Faktor fehlt. Gespeichert ist nur ein Prüfwert.",
        SICHERHEIT,
        "bis neue erzeugt werden",
    ),
    "herausforderung": Zweck(
        "Offene Bestätigungen", "Sorgt dafür, dass ein Passkey oder ein Code per SMS einmal gilt.", SICHERHEIT
    ),
    "anmeldung": Zweck(
        "Begonnene Anmeldungen",
        "Zwischen Passwort und zweitem Faktor; gilt höchstens 30 Minuten.",
        SICHERHEIT,
        "ein Tag nach dem Ablauf",
    ),
    "bekannt": Zweck(
        "Bekannte Geräte und Netze",
        "Damit eine Anmeldung von einem fremden Gerät oder Ort auffällt. Gespeichert sind nur Prüfwerte.",
        SICHERHEIT,
        "bis Sie das Konto sperren",
    ),
    "wartendes_formular": Zweck(
        "Wartende Formulare",
        "Hält Ihre Eingaben, bis Sie mit dem zweiten Faktor bestätigt haben; höchstens 15 Minuten.",
        SICHERHEIT,
    ),
    "sperrlink": Zweck(
        "Links zum Sperren",
        "Der Link in einer Warnung; er kann nur sperren.",
        SICHERHEIT,
        "gilt 7 Tage; gelöscht einen Tag danach",
    ),
    "widerruf": Zweck(
        "Beendete Anmeldungen", "Sagt dem Chat, welche Anmeldungen enden.", SICHERHEIT, "ein Tag"
    ),
    "verknuepfung": Zweck(
        "Verknüpfte Konten",
        "Verbindet Ihr Konto mit der BundID oder einem anderen Anmeldedienst. Gespeichert ist nur ein Prüfwert.",
        EINWILLIGUNG,
    ),
    "nachweisanfrage": Zweck(
        "Nachweise der Identität",
        "Verhindert, dass eine Antwort des Ausweis- oder Anmeldedienstes zweimal gilt.",
        SICHERHEIT,
        "ein Tag",
    ),
    "fehlversuch": Zweck(
        "Fehlversuche beim Anmelden",
        "Bremst das Raten von Passwörtern. Name und Netzadresse stehen nur als verschlüsselter Prüfwert da.",
        SICHERHEIT,
        "15 Minuten; gelöscht bei der nächsten erfolgreichen Anmeldung",
    ),
    "stammdatum": Zweck(
        "Stammdaten",
        "Bekannte Angaben mit Herkunft und Stand, damit Sie sie nicht neu eingeben.",
        EINWILLIGUNG,
    ),
    "entwurf": Zweck(
        "Entwürfe", "Ihre Antworten und Nachweise, bis Sie abgeben oder verwerfen.", EINWILLIGUNG
    ),
    "freigabe": Zweck(
        "Freigaben",
        "Beleg, welche gespeicherten Angaben Sie wofür und an wen freigegeben haben.",
        EINWILLIGUNG,
    ),
    "dokument": Zweck(
        "Hochgeladene Dokumente",
        "Nachweise zu einem Entwurf oder Vorgang und Unterlagen, die Sie aufbewahren; jede mit Ihrem eigenen Schlüssel verschlüsselt.",
        AUFGABE,
        "zu einem verworfenen Entwurf 30 Tage; eigene, bis Sie sie löschen; zu einem Vorgang, solange die Stelle ihn hat",
    ),
    "dokument_freigabe": Zweck(
        "Freigaben von Dokumenten",
        "Welche Stelle welche Unterlage öffnen darf, und ob sie es getan hat.",
        EINWILLIGUNG,
    ),
    "haushalt": Zweck(
        "Haushalt",
        "Mit wem Sie zusammenleben, nach Ihrer eigenen Angabe.",
        EINWILLIGUNG,
        "bis Sie es löschen",
    ),
    "vertretung": Zweck(
        "Vertretungen",
        "Wer für wen handeln darf, worin und bis wann.",
        AUFGABE,
        "mit Ende, bis zum Löschen des Kontos",
    ),
    "vollmachtcode": Zweck("Vollmachtcodes", "Einmalcodes, mit denen Sie eine Vollmacht geben.", SICHERHEIT),
    "mitzeichnung": Zweck(
        "Mitzeichnungen", "Ob der andere Elternteil genau diese Fassung bestätigt hat.", AUFGABE
    ),
    "vorgang": Zweck(
        "Abgegebene Vorgänge", "Was Sie bestätigt haben, mit Aktenzeichen und Prüfsumme.", AUFGABE
    ),
    "vorgang_status": Zweck("Stand der Vorgänge", "Was die Stelle zum Stand mitgeteilt hat.", AUFGABE),
    "anliegen": Zweck(
        "Anliegen aus dem Chat",
        "Was Sie im Chat hinterlassen haben, wohin die Antwort soll und bis wann sie zugesagt ist.",
        AUFGABE,
    ),
    "zustellung": Zweck("Zustellungen", "Sorgt dafür, dass ein Vorgang genau einmal ankommt.", AUFGABE),
    "posteingang": Zweck(
        "Posteingang der Stellen", "Was bei einer Stelle angekommen ist, mit Beleg.", AUFGABE
    ),
    "postfach_nachricht": Zweck("Postfach", "Nachrichten des Portals und der Stellen an Sie.", AUFGABE),
    "benachrichtigung": Zweck(
        "Hinweise auf dem Weg zu Ihnen",
        "Sagt Ihnen per Mail, SMS oder Messenger, dass im Portal etwas für Sie liegt; ohne Ihre Daten im Text.",
        AUFGABE,
        "90 Tage nach dem Versand",
    ),
    "benachrichtigung_wunsch": Zweck(
        "Ihre Wünsche für Hinweise",
        "Welcher Weg für welche Nachricht, Ruhezeiten, Erinnerungen.",
        EINWILLIGUNG,
    ),
    "demo_ausgang": Zweck(
        "Nachgestellter Versand",
        "Zeigt in der Demonstration, was gesendet worden wäre.",
        EINWILLIGUNG,
        "30 Tage",
    ),
    "auftrag": Zweck(
        "Wiederkehrende Aufgaben", "Wann jede Aufgabe des Portals zuletzt lief.", KEINE, "dauerhaft"
    ),
    "gebuehr": Zweck(
        "Gebühren",
        "Was eine Stelle für einen Vorgang verlangt, und ob es bezahlt oder erlassen ist.",
        AUFGABE,
    ),
    "zahlung": Zweck(
        "Zahlungen",
        "Jeder Versuch zu bezahlen und sein Ausgang. Daten von Karten oder Konten kommen nicht hierher.",
        AUFGABE,
    ),
    "zahlungsmeldung": Zweck(
        "Meldungen des Zahlungsdienstes", "Verhindert, dass dieselbe Meldung zweimal gilt.", SICHERHEIT
    ),
    "erstattung": Zweck("Erstattungen", "Was Sie zurückbekommen und warum.", AUFGABE),
    "demo_kasse": Zweck(
        "Nachgestellter Zahlungsdienst", "Das eigene Buch des Dienstes in der Demonstration.", AUFGABE
    ),
    "lieferwunsch": Zweck(
        "Wünsche zur Lieferung",
        "Dass Sie ein Dokument nach Hause geliefert haben möchten.",
        EINWILLIGUNG,
        "bis Sie ihn löschen",
    ),
    "vereinbarung": Zweck(
        "Gemeinsame Dokumente",
        "Was zwei Personen in ihren Konten miteinander unterzeichnen, zuerst die Wohnungsgeberbestätigung.",
        EINWILLIGUNG,
    ),
    "bescheid": Zweck(
        "Bescheide",
        "Was eine Stelle Ihnen bekannt gibt, auf welchem Weg, und woraus sich die Frist für Rechtsbehelfe ergibt; auch Briefe, die Sie selbst notieren.",
        AUFGABE,
    ),
    "rueckfrage": Zweck("Rückfragen", "Fragen einer Stelle zu Ihrem Vorgang und Ihre Antworten.", AUFGABE),
    "erinnerung": Zweck(
        "Erinnerungen", "Verhindert, dass Sie an dieselbe Frist zweimal erinnert werden.", EINWILLIGUNG
    ),
    "kalenderabo": Zweck(
        "Kalenderadressen",
        "Geheime Adressen, unter denen Ihr Kalender Ihre Fristen liest. Gespeichert ist nur ein Prüfwert.",
        EINWILLIGUNG,
        "bis Sie sie widerrufen",
    ),
    "frist": Zweck("Fristen", "Erinnert Sie an Fristen Ihrer Entwürfe.", EINWILLIGUNG),
    "protokoll": Zweck(
        "Datenschutz-Protokoll",
        "Wer wann welche Ihrer Angaben bekommen oder angesehen hat. Nur Namen der Angaben, keine Werte; jeder Eintrag ist mit "
        "Ihrem eigenen Schlüssel verschlüsselt und an den vorigen gekettet.",
        "Art. 15 und 32 DSGVO",
        "bleibt; nach dem Löschen des Kontos ist kein Eintrag mehr lesbar",
    ),
    "protokoll_kopf": Zweck("Ende des Protokolls", "Zeigt, ob am Ende des Protokolls etwas fehlt.", KEINE),
    "schluessel": Zweck(
        "Persönliche Schlüssel",
        "Ein Schlüssel je Person für Protokoll und Dokumente. Ist er vernichtet, ist beides unlesbar.",
        SICHERHEIT,
        "bis zum Löschen des Kontos",
    ),
    "pushabo": Zweck(
        "Geräte für Push-Hinweise",
        "Adresse und Schlüssel Ihres Browsers beim Push-Dienst seines Herstellers. Der Dienst sieht keinen Text und kein Konto.",
        EINWILLIGUNG,
        "bis Sie das Gerät ausschalten, das Konto sperren oder löschen, oder der Browser das Abo beendet",
    ),
    "komforteinwilligung": Zweck(
        "Einwilligungen in Erinnerungen und Vorschläge",
        "Ob das Portal Sie an Fristen erinnern und frühere Antworten vorschlagen darf, mit dem Wortlaut, dem Sie zugestimmt haben.",
        EINWILLIGUNG,
        "bis zum Löschen des Kontos, auch widerrufene: als Beleg",
    ),
    "datenwunsch": Zweck(
        "Wünsche zu Ihren Daten",
        "Ob Sie Hinweise auf Einsichten sofort oder gesammelt bekommen.",
        EINWILLIGUNG,
        "bis zum Löschen des Kontos",
    ),
    "termin": Zweck("Termine", "Ihre gebuchten Termine.", AUFGABE),
    "termin_platz": Zweck("Terminplätze", "Welche Zeiten einer Stelle vergeben sind.", KEINE),
    "buendel": Zweck("Lebenslagen", "Welche Schritte einer Lebenslage Sie abgehakt haben.", EINWILLIGUNG),
    "mitnutzung": Zweck(
        "Gemeinsam genutzte Leistungen",
        "Zählt ohne Personenbezug, welche Leistungen zusammen vorkommen.",
        KEINE,
    ),
    "tresor": Zweck(
        "Nummerntresor",
        "IBAN, Steuer-Identifikationsnummer und Ausweisnummer aus dem Chat; das Gespräch enthält nur einen Verweis.",
        AUFGABE,
        "180 Tage, bei gelöschtem Konto sofort",
    ),
    "chatfreigabe": Zweck(
        "Freigaben im Chat",
        "Beleg, welche Daten oder Unterlagen Sie einer Stelle im Gespräch freigegeben haben. Die Werte selbst stehen nicht darin.",
        EINWILLIGUNG,
    ),
    "vermerk": Zweck(
        "Vermerke aus der Beratung",
        "Was eine Stelle aus einem Gespräch zu Ihrem Antrag festgehalten hat; die zuständige Stelle bekommt es mit dem Antrag.",
        AUFGABE,
    ),
    "bindung": Zweck(
        "Gespräch und Anmeldung",
        "Verbindet ein Gespräch mit Ihrer Anmeldung und dem Entwurf, an dem Sie arbeiten.",
        EINWILLIGUNG,
    ),
    "gespraechsloeschung": Zweck(
        "Gespräche gelöschter Konten",
        "Die Kennung eines gelöschten Kontos, bis auch seine Gespräche gelöscht sind.",
        "Art. 17 DSGVO",
        "bis die Gespräche gelöscht sind",
    ),
    "idempotenz": Zweck(
        "Wiederholte Aufrufe",
        "Verhindert, dass dieselbe Handlung zweimal geschieht.",
        SICHERHEIT,
        "30 Tage, bei gelöschtem Konto sofort",
    ),
    "personal": Zweck(
        "Beschäftigte",
        "Zugänge von Beschäftigten mit Funktion und Stelle; Bürgerinnen und Bürger sehen nur die Funktion.",
        "Art. 6 Abs. 1 Buchst. e DSGVO mit § 3 DSG NRW (Stand prüfen)",
    ),
    "ort": Zweck("Orte", "Welche Gemeinde zu welcher Postleitzahl gehört.", KEINE),
    "katalog_aenderung": Zweck(
        "Änderungen am Katalog",
        "Jede Fassung mit Begründung, öffentlich mit der Funktion der Redaktion.",
        KEINE,
    ),
    "katalog_stand": Zweck(
        "Stand des Katalogs", "Eine Zahl, an der jeder Prozess eine neue Fassung erkennt.", KEINE
    ),
    "katalog_sichtung": Zweck("Sichtungen", "Ob eine Redaktion eine Angabe noch einmal ansehen muss.", KEINE),
    "katalog_stimme": Zweck(
        "Stimmen",
        "Eine Stimme je Konto. Gespeichert ist ein verschlüsselter Prüfwert, nicht das Konto.",
        EINWILLIGUNG,
    ),
    "kommentar": Zweck(
        "Kommentare",
        "Öffentliche Kommentare ohne Namen. Ein verschlüsselter Prüfwert bremst Massen von Kommentaren.",
        EINWILLIGUNG,
        "der Prüfwert wird nach 15 Minuten beim nächsten Kommentar geleert; sonst " + OHNE_FRIST,
    ),
}
"""One entry for every table of the portal; a test holds this to the schema."""

VERWEISE = {
    "konto_id": "konto",
    "account": "konto",
    "personal_id": "personal",
    "clerk_id": "personal",
    "from_clerk": "personal",
    "to_clerk": "personal",
    "owner_id": "personal",
    "sid": "sitzung",
    "entwurf_id": "entwurf",
    "freigabe_id": "freigabe",
    "inhaber": "schluessel",
    "fuer_konto": "konto",
    "vertretung_id": "vertretung",
    "unterhaltung": "conversations",
    "conversation_id": "conversations",
}
"""Columns that link without a constraint, because the other table belongs to another part or outlives this one."""
PRUEFWERTE = ("_hash", "_sha256", "_digest")
PRUEFWERT_SPALTEN = frozenset(
    (("fehlversuch", "schluessel"), ("katalog_stimme", "stimmrecht"), ("kommentar", "absender"))
)


def tabellen(
    teil: str,
    metadata: MetaData,
    zwecke: Mapping[str, Zweck],
    verschluesselt: frozenset[tuple[str, str]] = frozenset(),
) -> list[Tabelle]:
    """All tables of one part of the system, by name.

    Parameters
    ----------
    teil
        Name of the part, as people read it.
    verschluesselt
        Columns (table, column) that the part encrypts by itself before it writes.
    """
    return [
        Tabelle(
            teil,
            name,
            zwecke.get(name),
            [
                Spalte(
                    column.name,
                    "verschlüsselt" if (name, column.name) in verschluesselt else _art(name, column),
                    _verweis(name, column),
                )
                for column in table.columns
            ],
        )
        for name, table in sorted(metadata.tables.items())
    ]


def _art(table: str, column: Column[object]) -> str:
    if type(column.type).__name__.startswith("Encrypted"):
        return "verschlüsselt"
    if column.name.endswith(PRUEFWERTE) or (table, column.name) in PRUEFWERT_SPALTEN:
        return "nur Prüfwert"
    return "lesbar"


def _verweis(table: str, column: Column[object]) -> str | None:
    for key in column.foreign_keys:
        return key.target_fullname.split(".")[0]
    target = VERWEISE.get(column.name)
    return target if target != table else None


def verknuepfungen(context: PortalContext) -> list[Verknuepfung]:
    """What an answer in one service fills in another, from the catalogue."""
    found: dict[str, tuple[list[str], dict[str, str]]] = {}
    for service in sorted(context.katalog.leistungen.values(), key=lambda s: s.name):
        for item in service.felder:
            if item.wiederverwenden:
                labels, services = found.setdefault(item.wiederverwenden, ([], {}))
                labels.append(item.label)
                services[service.id] = service.name
    shortest = [(min(labels, key=len), services) for labels, services in found.values() if len(services) > 1]
    return [
        Verknuepfung(label, list(services.items()))
        for label, services in sorted(shortest, key=lambda entry: entry[0])
    ]


def stammdaten_nutzung(context: PortalContext) -> list[tuple[str, int]]:
    """How many services can be filled from each master datum, after a release."""
    services = context.katalog.leistungen.values()
    return [
        (label, sum(any(item.stammdatum == key for item in service.felder) for service in services))
        for key, label in stammdaten.FELDER.items()
    ]


def empfaenger(context: PortalContext) -> list[Empfaenger]:
    """Which office gets the data of which services."""
    found: dict[str, list[tuple[str, str]]] = {}
    for service in sorted(context.katalog.leistungen.values(), key=lambda s: s.name):
        if service.online:
            office = katalog.stelle(context, service)
            found.setdefault(f"{office.name}, {office.behoerde}", []).append((service.id, service.name))
    return [Empfaenger(office, services) for office, services in sorted(found.items())]
