"""Every sentence that the gateway itself says to a citizen."""

QUEUED = (
    "Ich habe Ihre Unterhaltung an unsere Mitarbeiterinnen und Mitarbeiter weitergegeben. "
    "Sie sind auf Platz {place} der Warteschlange, die Wartezeit beträgt voraussichtlich {wait}. "
    "Das bisherige Gespräch und Ihre Angaben bleiben erhalten, Sie müssen nichts wiederholen. "
    "Was Sie jetzt schreiben, liest der Mensch, der Sie übernimmt."
)
QUEUED_NOBODY = (
    "Ich habe Ihre Unterhaltung an unsere Mitarbeiterinnen und Mitarbeiter weitergegeben. "
    "Sie sind auf Platz {place} der Warteschlange. Gerade ist für dieses Thema niemand angemeldet, deshalb kann ich "
    "keine Wartezeit nennen. Sie können warten oder ein Anliegen hinterlassen; dann bekommen Sie bis {promised} "
    "eine Antwort. Das bisherige Gespräch und Ihre Angaben bleiben erhalten."
)
CLOSED_NOW = (
    "Gerade ist die zuständige Stelle nicht besetzt. {opens}Sie können jetzt ein Anliegen hinterlassen: "
    "Es wird ein Vorgang, und Sie bekommen bis {promised} eine Antwort. Wenn Sie lieber warten, behalten Sie Ihren Platz. "
    "Das bisherige Gespräch und Ihre Angaben bleiben erhalten."
)
OPENS = "Wieder erreichbar ab {when}. "
REQUEST_TITLE = "Anliegen hinterlassen"
REQUEST_NOTED = (
    "Ihr Anliegen ist gespeichert und geht jetzt an die zuständige Stelle. Sie bekommen bis {promised} eine Antwort. "
    "Die Nummer Ihres Vorgangs nenne ich Ihnen hier gleich. Bis dahin antwortet Ihnen wieder der Assistent, eine Maschine."
)
CALLBACK_NOTED = (
    "Ihr Rückruf ist gespeichert: {when}. Die zuständige Stelle ruft Sie an. "
    "Die Nummer Ihres Vorgangs nenne ich Ihnen hier gleich. Bis dahin antwortet Ihnen wieder der Assistent, eine Maschine."
)
WRITE_NOTED = (
    "Ihr Anliegen ist gespeichert. Die zuständige Stelle schreibt Ihnen bis {promised} an die angegebene Adresse. "
    "Die Nummer Ihres Vorgangs nenne ich Ihnen hier gleich. Bis dahin antwortet Ihnen wieder der Assistent, eine Maschine."
)
REQUEST_FILED = "Ihr Anliegen hat die Nummer {reference} und liegt bei: {office}. Antwort bis {promised}."
REQUEST_IN_ACCOUNT = " Sie finden es auch in Ihrem Bereich unter „Anliegen“."
REQUEST_REFUSED = (
    "Ihr Anliegen ist hier gespeichert, konnte aber nicht an die zuständige Stelle gegeben werden. "
    "Bitte rufen Sie die Behördennummer 115 an, oder sprechen Sie mit einem Menschen."
)
ENDED_FOR_ABUSE = (
    "Diese Unterhaltung wurde beendet. Grund: {reason}. Ihre Angaben und Anträge bleiben gespeichert. "
    "Sie können eine neue Unterhaltung beginnen oder die Behördennummer 115 anrufen."
)
BACK_TO_BOT_TITLE = "Zurück zum Assistenten"
HUMAN_TITLE = "Mit einem Menschen sprechen"
CLAIMED = (
    "Sie sprechen jetzt mit einem Menschen: {function}, {office}. Das bisherige Gespräch liegt dort vor."
)
HANDED_BACK = (
    "{function} hat das Gespräch an den Assistenten zurückgegeben. Ab hier antwortet wieder eine Maschine. "
    "Es geht dort weiter, wo Sie aufgehört haben."
)
LEFT_CLERK = (
    "Das Gespräch mit {function} ist zu Ende. Ab hier antwortet wieder der Assistent, eine Maschine. "
    "Einen Menschen können Sie jederzeit wieder verlangen."
)
RELEASED = (
    "{function} musste das Gespräch abgeben. Sie stehen jetzt ganz vorn in der Warteschlange. "
    "Alles Bisherige ist gespeichert."
)
LEASE_LOST = (
    "Die Verbindung zu {function} ist abgebrochen. Sie stehen jetzt ganz vorn in der Warteschlange. "
    "Alles Bisherige ist gespeichert."
)
CLOSED = "Die Unterhaltung ist beendet. Begonnene Anträge bleiben in Ihrem Konto gespeichert."
ENGINE_TROUBLE = (
    "Ihre Nachricht ist gespeichert, aber der Assistent antwortet gerade nicht. "
    "Sie müssen nichts tun: Sobald er wieder läuft, bekommen Sie hier die Antwort. "
    "Wenn Sie nicht warten möchten, können Sie mit einem Menschen sprechen."
)
ENGINE_GAVE_UP = (
    "Ihre Nachricht ist gespeichert, aber der Assistent konnte sie nicht verarbeiten. "
    "Bitte schreiben Sie es noch einmal mit anderen Worten, oder sprechen Sie mit einem Menschen."
)
PROPOSAL = "Vorschlag: „{label}“ von „{old}“ in „{new}“ ändern. Möchten Sie das übernehmen?"
PROPOSAL_EMPTY = "Vorschlag: „{label}“ mit „{new}“ ausfüllen. Möchten Sie das übernehmen?"
PROPOSAL_ACCEPT_TITLE = "Übernehmen"
PROPOSAL_DECLINE_TITLE = "Nicht übernehmen"
PROPOSAL_DONE = "Übernommen: „{label}“ ist jetzt „{new}“."
PROPOSAL_DECLINED = "Nicht übernommen: „{label}“ bleibt unverändert."
PROPOSAL_STALE = (
    "„{label}“ wurde inzwischen an anderer Stelle geändert. Deshalb wurde der Vorschlag nicht übernommen "
    "und nichts überschrieben. Bitte sehen Sie sich die Angabe an; ein neuer Vorschlag ist jederzeit möglich."
)
PROPOSAL_UNFIT = "Der Vorschlag für „{label}“ konnte nicht übernommen werden: {why} Es wurde nichts geändert."
REVEALED = "{function}, {office}, hat die verdeckte Angabe „{label}“ eingesehen. Das steht auch in Ihrem Datenprotokoll."
ASSISTANT_OFF = (
    "Der Assistent ist gerade abgeschaltet. {notice} Was Sie schreiben, ist gespeichert und wird von einem Menschen gelesen. "
    "Im Notfall wählen Sie bitte 110 oder 112."
)
LEARN_CONSENT = {
    "text": (
        "Der Assistent darf aus diesem Gespräch lernen. Persönliche Angaben werden vorher entfernt, und ein Mensch prüft jeden Satz. "
        "Danach lässt sich nichts mehr Ihnen zuordnen und deshalb auch nichts zurückholen."
    ),
    "text_version": "2026-11-1",
    "language": "de",
}
"""What a citizen agrees to; a changed sentence is a new version."""
FEEDBACK_SENT = "Rückmeldung gesendet"
FEEDBACK_SKIPPED = "Rückmeldung übersprungen"
FEEDBACK_THANKS = "Vielen Dank."
FEEDBACK_SCORE = " Ihre Bewertung ist ohne Ihren Namen und ohne dieses Gespräch gespeichert."
FEEDBACK_LEARN = " Was der Assistent aus dem Gespräch lernen darf, prüft erst ein Mensch; persönliche Angaben sind entfernt."
FEEDBACK_TRANSCRIPT = " Der Verlauf kommt gleich in Ihr Postfach."
FEEDBACK_NOTHING = "In Ordnung."
FEEDBACK_END = " Wenn Sie etwas brauchen, beginnen Sie jederzeit eine neue Unterhaltung."
TRANSCRIPT_FILED = "Der Verlauf dieses Gesprächs liegt jetzt in Ihrem Postfach. Nummern sind darin verdeckt."
TRANSCRIPT_REFUSED = "Der Verlauf konnte nicht in Ihr Postfach gelegt werden. Er steht weiter hier; Sie können ihn im Chat herunterladen."
FORM_RESTS = (
    "Ich kann gerade nicht nachsehen, ob dieser Antrag im Chat weitergeführt werden kann. Deshalb frage ich jetzt nicht weiter. "
    "Ihre bisherigen Angaben bleiben gespeichert. Wenn Sie in einigen Minuten auf „Weiter mit dem Antrag“ drücken, geht es an "
    "derselben Stelle weiter. Sie können auch mit einem Menschen sprechen."
)
GO_ON_TITLE = "Weiter mit dem Antrag"
SERVICE_OFF = (
    "„{title}“ ist im Chat gerade abgeschaltet. {notice} Ihre bisherigen Angaben bleiben gespeichert. "
    "Wenn Sie möchten, sprechen Sie mit einem Menschen, oder fragen Sie etwas anderes."
)
