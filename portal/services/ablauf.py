"""How a service runs, step by step and role by role, derived from the catalogue; nothing of it is written by hand."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from portal.catalogue.model import Feld, Leistung, Nachweis
from portal.context import PortalContext
from portal.domain.rechtsbehelf import Weg
from portal.services import katalog, rechtsweg
from portal.services.herkunft import EBENEN, FINDER, WEGE, WIRKUNG, bezeichnung

ROLLEN = {
    "buerger": "Bürgerin oder Bürger",
    "assistent": "Assistent (Maschine)",
    "portal": "Serviceportal",
    "mensch": "Mensch im Chat",
    "stelle": "Zuständige Stelle",
}
"""Who takes part, in the order of the picture's rows."""
EINWILLIGUNG = "Art. 6 Abs. 1 Buchst. a DSGVO (Ihre Einwilligung)"
AUFGABE = "Art. 6 Abs. 1 Buchst. c oder e DSGVO in Verbindung mit dem genannten Fachrecht"
BELEHRUNG = "Es gilt immer die Rechtsbehelfsbelehrung auf Ihrem Bescheid."
RECHTSBEHELF = {
    "VG": "Sie können innerhalb eines Monats nach Bekanntgabe beim Verwaltungsgericht klagen. Ein Widerspruch ist in der Regel nicht vorgesehen.",
    "WI": "Sie können innerhalb eines Monats nach Bekanntgabe Widerspruch einlegen, danach beim Verwaltungsgericht klagen.",
    "SG": "Sie können innerhalb eines Monats nach Bekanntgabe Widerspruch einlegen, danach beim Sozialgericht klagen.",
    "FG": "Sie können innerhalb eines Monats nach Bekanntgabe Einspruch einlegen, danach beim Finanzgericht klagen.",
    "AG": "Sie können einen Antrag beim Amtsgericht stellen.",
}


@dataclass(frozen=True)
class Festlegung:
    """Which tier set what a step rests on."""

    angabe: str
    ebene: str
    marke: str


@dataclass(frozen=True)
class Schritt:
    """One step: who does what, with which data, where they go and why."""

    rolle: str
    titel: str
    text: str
    daten: Sequence[str] = ()
    wohin: str | None = None
    warum: str | None = None
    recht: Sequence[str] = ()
    festlegungen: Sequence[Festlegung] = field(default=())


@dataclass(frozen=True)
class Datum:
    """One datum: whence, where to and why."""

    label: str
    woher: str
    wohin: str
    warum: str
    ebene: str
    vertraulich: bool
    bedingung: str | None


@dataclass(frozen=True)
class Ablauf:
    """A service's process. `rollen` are those that take part."""

    schritte: Sequence[Schritt]
    rollen: Sequence[str]
    daten: Sequence[Datum]


def ablauf(context: PortalContext, service: Leistung) -> Ablauf:
    """The process of a service as of today."""
    steps = list(_schritte(context, service))
    present = {step.rolle for step in steps}
    return Ablauf(steps, [role for role in ROLLEN if role in present], list(_daten(context, service)))


def _schritte(context: PortalContext, service: Leistung) -> Iterator[Schritt]:
    yield Schritt(
        "buerger",
        "Anliegen nennen",
        "Sie suchen die Leistung, öffnen ihre Seite oder schreiben im Chat, was los ist. Auskunft gibt es auch unter der "
        "Behördennummer 115. Dafür brauchen Sie kein Konto.",
    )
    yield _zustaendigkeit(service, katalog.stelle(context, service).name)
    yield from _vorbereiten(service)
    yield Schritt(
        "mensch",
        "Helfen, wann immer Sie möchten",
        "Sie können den Chat jederzeit an einen Menschen geben. Er sieht das Gespräch und eine Zusammenfassung. Verdeckte "
        "Nummern sieht er nur nach einem eigenen Schritt, der in Ihrem Datenschutz-Protokoll steht.",
        daten=["das Gespräch", "die Zusammenfassung"],
        wohin="Bürgerservice der Stadt",
        warum="damit Sie nichts zweimal erzählen müssen",
    )
    if service.online and service.online.vertrauensniveau != "niedrig":
        yield _identitaet(service)
    yield _bestaetigen(context, service)
    yield from _abgeben(context, service)
    yield from _entscheiden(context, service)


def _zustaendigkeit(service: Leistung, office: str) -> Schritt:
    place = service.ortsfeld
    data = [] if service.finder == "X" else [place.label if place else "Postleitzahl oder Ort"]
    return Schritt(
        "assistent",
        "Zuständige Stelle finden",
        f"Die Zuständigkeit richtet sich nach {FINDER[service.finder]}. In dieser Stadt ist zuständig: {office}.",
        daten=data,
        wohin="bleibt im Portal" if data else None,
        warum="um die zuständige Stelle zu bestimmen" if data else None,
        festlegungen=_festlegungen(service, "finder", "stelle"),
    )


def _vorbereiten(service: Leistung) -> Iterator[Schritt]:
    known = [f for f in service.felder if f.stammdatum]
    asked = [f for f in service.felder if not f.stammdatum]
    yield Schritt(
        "buerger",
        "Anmelden und Daten freigeben" if known else "Anmelden",
        "Sie melden sich mit Ihrem Konto an."
        + (
            " Gespeicherte Angaben übernimmt das Portal nur, wenn Sie sie einzeln für diesen Zweck freigeben; sonst tragen Sie sie selbst ein."
            if known
            else ""
        ),
        daten=[f.label for f in known],
        wohin="Ihr Entwurf im Portal" if known else None,
        warum="damit Sie Bekanntes nicht noch einmal eingeben" if known else None,
        recht=[EINWILLIGUNG] if known else [],
        festlegungen=_festlegungen(service, "felder") if known else (),
    )
    if asked:
        yield Schritt(
            "assistent",
            "Fragen stellen",
            "Der Assistent fragt, was noch fehlt, oder Sie füllen das Formular aus. Fragen, die für Sie nicht zutreffen, entfallen.",
            daten=[f.label + ("" if f.pflicht else " (freiwillig)") for f in asked],
            wohin="Ihr Entwurf im Portal",
            warum="weil die Stelle diese Angaben für die Prüfung braucht",
            recht=[AUFGABE],
            festlegungen=_festlegungen(service, "felder"),
        )
    if service.nachweise:
        yield Schritt(
            "buerger",
            "Nachweise beifügen",
            " ".join(_nachweis(n) for n in service.nachweise),
            daten=[n.label + ("" if n.pflicht else " (wenn vorhanden)") for n in service.nachweise],
            wohin="Ihr Entwurf im Portal, verschlüsselt",
            warum="weil die Stelle die Angaben damit prüft",
            recht=[AUFGABE],
            festlegungen=_festlegungen(service, "nachweise"),
        )


def _nachweis(evidence: Nachweis) -> str:
    ways = []
    if evidence.hochladbar:
        ways.append("laden Sie hoch oder reichen Sie nach")
    if evidence.abrufbar:
        ways.append("kann mit Ihrer Zustimmung bei der Behörde abgerufen werden, die ihn hat")
    if evidence.erklaerbar:
        ways.append("können Sie durch eine eigene Erklärung ersetzen")
    return f"„{evidence.label}“ {', oder '.join(ways) or 'zeigen Sie bei der Stelle vor'}."


def _identitaet(service: Leistung) -> Schritt:
    level = service.online.vertrauensniveau if service.online else ""
    means = " mit dem Online-Ausweis" if level == "hoch" else ", zum Beispiel über die BundID mit ELSTER,"
    return Schritt(
        "buerger",
        "Identität nachweisen",
        f"Für die volle Wirkung weisen Sie Ihre Identität{means} nach (Vertrauensniveau „{level}“). Ohne diesen Nachweis wird alles "
        "vorbereitet, aber nicht abgegeben.",
        daten=["Name", "Geburtsdatum", "Anschrift und weitere Angaben aus dem Ausweis"],
        wohin="Ihr Konto im Portal",
        warum="damit die Stelle weiß, wer den Antrag stellt oder die Anzeige macht",
        festlegungen=_festlegungen(service, "online"),
    )


def _bestaetigen(context: PortalContext, service: Leistung) -> Schritt:
    rules = katalog.frist_regeln(service, context.today())
    term = "; ".join(f"{r.wenn}: {r.text}" if r.wenn else r.text for r in rules)
    return Schritt(
        "buerger",
        "Prüfen und bestätigen",
        "Sie sehen alle Angaben noch einmal. Erst Ihre Bestätigung gibt genau diese Fassung frei; bis dahin bekommt keine Behörde etwas."
        + (f" Frist: {term}." if term else ""),
        recht=[r.recht for r in rules],
        festlegungen=_festlegungen(service, "frist") if rules else (),
    )


def _abgeben(context: PortalContext, service: Leistung) -> Iterator[Schritt]:
    office = katalog.stelle(context, service)
    labels = [f.label for f in service.felder] + [n.label for n in service.nachweise]
    other = [WEGE[way] for way in service.wege if way != "online"]
    if service.online:
        yield Schritt(
            "portal",
            "Zustellen",
            f"Das Portal übergibt Ihre {WIRKUNG[service.online.wirkung]} genau einmal, gibt Ihnen ein Aktenzeichen und eine "
            "Eingangsbestätigung und trägt die Weitergabe in Ihr Datenschutz-Protokoll ein."
            + (f" Andere Wege: {', '.join(other)}." if other else ""),
            daten=labels,
            wohin=f"{office.name}, {office.behoerde}",
            warum=f"„{service.name}“ zu bearbeiten",
            recht=[*service.rechtsgrundlage, AUFGABE],
            festlegungen=_festlegungen(service, "online", "wege", "rechtsgrundlage"),
        )
    else:
        yield Schritt(
            "portal",
            "Vorbereitung ablegen",
            "Hier gibt es keinen Online-Weg. Das Portal legt Ihre Angaben als Vorbereitung in Ihr Konto; es gibt nichts weiter."
            + (f" Abgeben können Sie: {', '.join(other)}." if other else ""),
            wohin="bleibt in Ihrem Konto",
            festlegungen=_festlegungen(service, "wege"),
        )
    if service.persoenlich and (service.persoenlich.noetig or not service.online):
        yield Schritt(
            "buerger",
            "Vorsprechen" if service.persoenlich.noetig else "Bei der Stelle abgeben",
            service.persoenlich.text,
            festlegungen=_festlegungen(service, "persoenlich"),
        )


def _entscheiden(context: PortalContext, service: Leistung) -> Iterator[Schritt]:
    office = katalog.stelle(context, service)
    time = f" Das dauert: {service.dauer.text}." if service.dauer else ""
    system = office.fachverfahren or "nicht bekannt (Stand prüfen)"
    yield Schritt(
        "stelle",
        "Prüfen und entscheiden",
        f"Ein Mensch in der Stelle prüft und entscheidet; der Assistent entscheidet nichts.{time} Fachverfahren: {system}.",
        recht=list(service.rechtsgrundlage),
        festlegungen=_festlegungen(service, "rechtsgrundlage", "dauer"),
    )
    fee = katalog.gebuehr(service, context.today())
    yield Schritt(
        "buerger",
        "Ergebnis bekommen",
        f"Die Stelle antwortet Ihnen; Nachrichten zum Stand stehen in Ihrem Postfach. Kosten: {fee.display}.",
        festlegungen=_festlegungen(service, "gebuehr"),
    )
    remedy = service.rechtsbehelf
    if remedy.weg in RECHTSBEHELF:
        way = Weg(remedy.weg)
        later = rechtsweg.danach(context, way)
        where = f" Wohin: {rechtsweg.adressat(context, way, f'{office.name}, {office.behoerde}')}."
        where += f" Danach: {later}." if later else ""
        hint = f" {remedy.hinweis}" if remedy.hinweis else ""
        yield Schritt(
            "buerger",
            "Sich wehren, wenn Sie nicht einverstanden sind",
            f"{RECHTSBEHELF[remedy.weg]}{where}{hint} {BELEHRUNG} Der Assistent legt nichts für Sie ein.",
            recht=[remedy.quelle] if remedy.quelle else [],
            festlegungen=_festlegungen(service, "rechtsbehelf"),
        )


def _festlegungen(service: Leistung, *keys: str) -> list[Festlegung]:
    found = []
    for key in keys:
        origin = service.herkunft.get(key)
        if origin is not None:
            own = getattr(service, key)
            first = own[0] if isinstance(own, list) and own else own
            mark = getattr(first, "marke", None) or origin.marke
            tier = getattr(first, "ebene", None) or origin.ebene
            found.append(Festlegung(bezeichnung(key), EBENEN[tier], mark))
    return found


def _daten(context: PortalContext, service: Leistung) -> Iterator[Datum]:
    office = katalog.stelle(context, service)
    target = (
        f"{office.name}, {office.behoerde}"
        if service.online
        else "bleibt in Ihrem Konto, bis Sie selbst abgeben"
    )
    for item in service.felder:
        yield Datum(
            item.label,
            "Stammdaten, mit Ihrer Freigabe, oder Ihre Angabe" if item.stammdatum else "Ihre Angabe",
            target,
            f"„{service.name}“ zu bearbeiten"
            + ("; wird in weiteren Schritten wieder angeboten" if item.wiederverwenden else ""),
            _ebene(service, f"felder.{item.id}", "felder"),
            item.ist_sensibel,
            _bedingung(service, item),
        )
    for evidence in service.nachweise:
        yield Datum(
            evidence.label,
            "Ihr Dokument" + (" oder Abruf mit Ihrer Zustimmung" if evidence.abrufbar else ""),
            target,
            "die Angaben zu prüfen",
            _ebene(service, f"nachweise.{evidence.id}", "nachweise"),
            True,
            _bedingung(service, evidence),
        )


def _ebene(service: Leistung, key: str, group: str) -> str:
    origin = service.herkunft.get(key) or service.herkunft.get(group)
    return EBENEN[origin.ebene] if origin else "–"


def _bedingung(service: Leistung, item: Feld | Nachweis) -> str | None:
    if item.nur_wenn is None:
        return None
    other = service.feld(item.nur_wenn.feld)
    if other is None:
        return None
    labels = {option.id: option.label for option in other.optionen}
    values = " oder ".join(labels.get(value, value) for value in item.nur_wenn.ist)
    return f"nur wenn „{other.label}“: {values}"
