"""Every sentence that the gateway itself says to a citizen."""

QUEUED = (
    "Ich habe Ihre Unterhaltung an unsere Mitarbeiterinnen und Mitarbeiter weitergegeben. "
    "Sie sind auf Platz {place} der Warteschlange. Das bisherige Gespräch und Ihre Angaben bleiben erhalten, "
    "Sie müssen nichts wiederholen. Was Sie jetzt schreiben, liest der Mensch, der Sie übernimmt."
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
