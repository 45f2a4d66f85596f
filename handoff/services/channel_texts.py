"""Every sentence that the channels themselves say to a citizen."""

from handoff.domain.channel import Capability, Shows

PROGRAM = "Guten Tag! Hier antwortet Amtslotse, ein Computerprogramm. Auf Wunsch holt es einen Menschen dazu."
MESSENGER_CAUTION = (
    "{title} ist ein Dienst, den nicht die Stadt betreibt. Bitte schreiben Sie hier nichts Persönliches, zum Beispiel keine "
    "Nummern von Ausweis oder Konto. Allgemeine Auskünfte bekommen Sie hier; alles Persönliche geht über einen Link im "
    "Portal weiter, im selben Gespräch."
)
MAIL_CAUTION = (
    "E-Mails können unterwegs mitgelesen werden. Bitte schreiben Sie hier nichts Persönliches, zum Beispiel keine Nummern "
    "von Ausweis oder Konto. Allgemeine Auskünfte bekommen Sie hier; alles Persönliche geht über einen Link im Portal "
    "weiter, im selben Gespräch."
)
MATRIX_CAUTION = (
    "Dieser Raum ist nicht Ende-zu-Ende verschlüsselt. Bitte schreiben Sie hier nichts Persönliches. Allgemeine Auskünfte "
    "bekommen Sie hier; alles Persönliche geht über einen Link im Portal weiter, im selben Gespräch."
)
MATRIX_OWN_CAUTION = (
    "Dieser Raum ist Ende-zu-Ende verschlüsselt, und der Server gehört der Stadt. Persönliches steht hier erst, wenn Sie "
    "Matrix im Portal unter „Kanäle“ mit Ihrem Konto verbunden haben."
)
HELP = (
    "Sie können jederzeit schreiben: „Mensch“, wenn Sie mit einem Menschen sprechen möchten, „Link“, um im Portal "
    "weiterzumachen, „Neu“ für ein neues Gespräch."
)
POINTER = (
    "Es gibt eine neue Nachricht in Ihrem Gespräch. Sie kann Persönliches enthalten und steht deshalb nur im Portal. "
    "Hier lesen Sie sie: {link}\nDer Link gilt einmal und {hours} Stunden. Danach schreiben Sie „Link“ und bekommen einen neuen."
)
LINK = (
    "Hier geht Ihr Gespräch im Portal weiter: {link}\nDer Link gilt einmal und {hours} Stunden. "
    "Geben Sie ihn nicht weiter: Wer ihn öffnet, kann dieses Gespräch lesen."
)
MOVED = "Dieses Gespräch ist jetzt auch im Portal geöffnet. Was dort Persönliches besprochen wird, steht hier nicht."
STARTED_ANEW = "Ein neues Gespräch hat begonnen. Das bisherige ist gespeichert."
LINKED = (
    "Verbunden: {title} gehört jetzt zu Ihrem Konto im Portal. {personal} Die Verbindung lösen Sie im Portal unter "
    "„Kanäle“ oder hier mit „Trennen“."
)
PERSONAL_AS_LINK = "Persönliches zeige ich hier weiterhin nicht, sondern sende Ihnen dafür einen Link."
PERSONAL_HERE = "Ab jetzt steht hier auch Persönliches aus Ihren Gesprächen: Achten Sie darauf, wer mitliest."
CODE_UNKNOWN = (
    "Dieser Code ist abgelaufen oder stimmt nicht. Es wurde nichts verbunden. "
    "Einen neuen bekommen Sie im Portal unter „Kanäle“."
)
UNLINKED = "Getrennt: {title} gehört nicht mehr zu Ihrem Konto. Mitteilungen kommen hier nicht mehr an."
NOT_LINKED = "{title} ist mit keinem Konto verbunden. Es gibt nichts zu trennen."
FILE_KEPT = (
    "Ihre Datei „{name}“ ist gespeichert, {days} Tage lang und verschlüsselt. In einen Antrag oder in Ihre Unterlagen "
    "übernehmen Sie sie im Portal unter „Kanäle“, nachdem Sie sich angemeldet haben."
)
FILE_HELD = (
    "Ihre Datei „{name}“ ist gespeichert, {days} Tage lang und verschlüsselt. Auf Schadsoftware konnte sie gerade nicht "
    "geprüft werden; das geschieht, wenn Sie sie im Portal unter „Kanäle“ in einen Antrag oder in Ihre Unterlagen übernehmen."
)
FILE_TAKE_OVER = "Datei übernehmen"
FILE_REFUSED = "Zu Ihrer Datei „{name}“: {why}"
FILE_WRONG_KIND = "Sie wurde nicht gespeichert. Möglich sind PDF, JPEG und PNG bis {megabytes} MB. Größere laden Sie im Portal hoch."
FILE_NOT_FETCHED = (
    "Sie ließ sich nicht abholen und wurde nicht gespeichert. Bitte senden Sie sie noch einmal, oder laden Sie sie im "
    "Portal hoch."
)
NOT_FETCHED_NOW = "Die Datei konnte gerade nicht geholt werden."
NOT_SENT_NOW = "Eine Nachricht konnte gerade nicht gesendet werden."
FILE_SENT = "Datei gesendet: {name}"
PLACE_NOT_READ = "Ihren Standort werte ich nicht aus und habe ihn nicht gespeichert. Bitte schreiben Sie den Ort oder die Postleitzahl."
CONTACT_NOT_READ = (
    "Die gesendeten Kontaktdaten habe ich nicht gespeichert. Ihre eigene Telefonnummer können Sie im Portal unter "
    "„Meine Daten“ eintragen."
)
KIND_NOT_READ = (
    "Diese Art von Nachricht kann ich nicht lesen. Bitte schreiben Sie Ihr Anliegen als Text, oder senden Sie "
    "Unterlagen als PDF oder Foto."
)
EDIT_NOT_READ = "Ihre Änderung kann ich nicht lesen; gespeichert bleibt, was Sie zuerst gesendet haben. Bitte senden Sie es neu."
CORRECTED = "Berichtigt: {text}"


def linked(capability: Capability) -> str:
    """Say that an address is linked, and whether personal content is shown there from now on."""
    personal = PERSONAL_HERE if capability.shows is Shows.PERSONAL else PERSONAL_AS_LINK
    return LINKED.format(title=capability.title, personal=personal)


def welcome(capability: Capability) -> str:
    """Say who answers, what must not be sent through this channel, and what can be written at any time."""
    parts = [PROGRAM]
    if capability.caution:
        parts.append(capability.caution)
    if capability.commands:
        parts.append(HELP)
    return "\n\n".join(parts)
