"""Every sentence around the desk that a citizen reads."""

CHANNEL_OPEN = "Kanal: {title}. Ihre Antworten sind dort zu lesen, deshalb nichts Persönliches."
CHANNEL_LINK = "Kanal: {title}. Dorthin geht nur ein Link, gelesen wird im Portal."
CHANNEL_OWN = "Kanal: {title}, verschlüsselt und der Stadt eigen. Ihre Antworten sind dort zu lesen."

ASK_DATA = (
    "{function}, {office}, bittet um Ihre gespeicherten Daten: {label} ({items}).\n"
    "Zweck: {purpose}\n"
    "Ohne Ihre Freigabe sieht niemand diese Daten. Wenn Sie ablehnen, geht das Gespräch ganz normal weiter."
)
ASK_DOCUMENT = (
    "{function}, {office}, bittet um eine Unterlage: {label}.\n"
    "Zweck: {purpose}\n"
    "Sie entscheiden, ob die Stelle die Unterlage sehen darf. Wenn Sie ablehnen, geht das Gespräch ganz normal weiter."
)
ASK_TRANSFER = (
    "{function}, {office}, möchte Ihr Anliegen an eine andere Stelle geben: {to}.\n"
    "Die andere Stelle sieht nur, was Sie erlauben. Wenn Sie ablehnen, bleibt das Gespräch, wo es ist."
)
ASK_INVITE = (
    "{function}, {office}, möchte jemanden von einer anderen Stelle dazuholen: {to}.\n"
    "Die andere Stelle sieht nur, was Sie erlauben. Wenn Sie ablehnen, bleiben Sie zu zweit im Gespräch."
)
PROTECTED = {
    "sozialdaten": "In diesem Gespräch geht es um Sozialdaten. Sie bleiben bei der Stelle, wenn Sie nicht zustimmen ({law}).",
    "steuerdaten": "In diesem Gespräch geht es um Steuerdaten. Sie bleiben bei der Stelle, wenn Sie nicht zustimmen ({law}).",
    "besonders": "In diesem Gespräch geht es um besonders geschützte Daten. Sie bleiben bei der Stelle, wenn Sie nicht zustimmen ({law}).",
}
RELEASE_TITLE = "Freigeben"
DECLINE_TITLE = "Nicht freigeben"
TRANSFER_ALL_TITLE = "Ja, mit dem bisherigen Gespräch"
TRANSFER_TOPIC_TITLE = "Ja, aber ohne das bisherige Gespräch"
TRANSFER_NO_TITLE = "Nein, hier bleiben"
WITHDRAW_TITLE = "Freigabe zurücknehmen"
RELEASED = (
    "Freigegeben: {label}. {office} darf das für diesen Zweck ansehen. Jede Einsicht steht in Ihrem Datenprotokoll. "
    "Sie können die Freigabe jederzeit zurücknehmen."
)
DECLINED = "Nicht freigegeben: {label}. Es wurde nichts weitergegeben."
WITHDRAWN = "Zurückgenommen: {label}. Ab jetzt kann die Stelle das nicht mehr ansehen."
TRANSFER_AGREED_ALL = (
    "Danke. {to} bekommt das bisherige Gespräch und den Stand Ihres Antrags. Das steht auch in Ihrem Datenprotokoll. "
    "Bis dort jemand übernimmt, bleibt {function} für Sie da."
)
TRANSFER_AGREED_TOPIC = (
    "Danke. {to} erfährt nur, worum es geht. Das bisherige Gespräch und Ihr Antrag bleiben verborgen. "
    "Bis dort jemand übernimmt, bleibt {function} für Sie da."
)
TRANSFER_DECLINED = "Ihr Gespräch bleibt hier. Es wurde nichts weitergegeben."
TRANSFER_LAW = (
    "{function} gibt Ihr Anliegen an eine andere Stelle: {to}. Rechtsgrundlage: {law}. Das bisherige Gespräch geht mit; "
    "das steht auch in Ihrem Datenprotokoll. Bis dort jemand übernimmt, bleibt {function} für Sie da."
)
TAKEN_OVER = "Ab jetzt schreibt Ihnen ein anderer Mensch: {function}, {office}. {what}"
TAKEN_OVER_ALL = "Das bisherige Gespräch liegt dort vor, Sie müssen nichts wiederholen."
TAKEN_OVER_TOPIC = "Das bisherige Gespräch liegt dort nicht vor. Bitte schreiben Sie kurz, worum es geht."
JOINED = "Ein zweiter Mensch ist dabei: {function}, {office}. {what}"
LEFT = "{function}, {office}, hat das Gespräch verlassen."
FILED_DRAFT = (
    "{function} hat zu Ihrem Antrag „{service}“ einen Vermerk aufgeschrieben. Er geht mit dem Antrag an {office}, "
    "sobald Sie ihn absenden."
)
FILED_CASE = (
    "{function} hat zu Ihrem Vorgang {reference} einen Vermerk aufgeschrieben. {office} kann ihn jetzt lesen."
)
WITH_TRANSCRIPT = " Das Gespräch bis hierhin ist dabei."
DATA_SEEN = "{function}, {office}, hat eingesehen, was Sie freigegeben haben: {label}. Das steht auch in Ihrem Datenprotokoll."
