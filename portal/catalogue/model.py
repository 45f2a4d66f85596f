"""What a catalogue file may hold. The contract in words: docs/protocol/catalogue.md."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

Ebene = Literal["eu", "bund", "land", "kommune"]
Marke = Literal["geprueft", "stand_pruefen"]
Feldtyp = Literal[
    "text",
    "name",
    "date",
    "choice",
    "yes_no",
    "integer",
    "amount",
    "address",
    "plz",
    "licence_plate",
    "iban",
    "steuer_id",
    "email",
    "phone",
    "document_number",
]
Niveau = Literal["niedrig", "substantiell", "hoch"]
Weg = Literal["online", "persoenlich", "schriftlich", "vertretung", "telefon"]
Kennung = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*$", max_length=80)]

SENSIBLE_TYPEN = frozenset({"iban", "steuer_id", "document_number"})
"""Field types whose value never leaves the portal unmasked, except to the citizen and, logged, to a clerk."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


class Modell(BaseModel):
    """Root of all catalogue models: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Herkunft(Modell):
    """Where a value comes from."""

    ebene: Ebene
    datei: str
    quelle: str
    marke: Marke
    gueltig_ab: date
    gueltig_bis: date | None = None
    """Last day; None while no end is known."""


class Belegt(Modell):
    """A value that may name its own source; the loader fills in what the file says for all its values."""

    quelle: str | None = None
    marke: Marke | None = None
    gueltig_ab: date | None = None
    gueltig_bis: date | None = None
    ebene: Ebene | None = None


class Gebuehr(Belegt):
    """One fee. `betrag_cent` is None where the amount depends on something."""

    betrag_cent: int | None = Field(ge=0)
    text: str
    wenn: str | None = None


class FristRegel(Belegt):
    """One deadline: a number of units after a field's date, a fixed day, or words alone."""

    text: str
    recht: str
    anzahl: int | None = Field(default=None, gt=0)
    einheit: Literal["tage", "werktage", "wochen", "monate", "jahre"] | None = None
    ab: Kennung | None = None
    bis: date | None = None
    wenn: str | None = None


class Dauer(Belegt):
    """How long it takes, in words."""

    text: str


class Online(Belegt):
    """The online way and what an act means there at the needed level of trust."""

    vertrauensniveau: Niveau
    wirkung: Literal["antrag", "anzeige"]
    hinweis: str | None = None
    schriftform: bool = False
    """The law of the service demands the written form."""
    beide_eltern: bool = False
    """Both parents declare; the second one confirms in her own account."""


class Persoenlich(Belegt):
    """Whether somebody has to come."""

    noetig: bool
    text: str


class Rechtsbehelf(Belegt):
    """The remedy's track."""

    weg: Literal["VG", "WI", "SG", "FG", "AG", "kein"]
    hinweis: str | None = None


class Option(Modell):
    """One choice."""

    id: Kennung
    label: str


class NurWenn(Modell):
    """Condition of a field or of a piece of evidence: another field has one of these values."""

    feld: Kennung
    ist: Annotated[
        list[str], BeforeValidator(_as_list, json_schema_input_type=str | list[str]), Field(min_length=1)
    ]


class Einkommensstufe(Modell):
    """One band; the last one has no upper end."""

    text: str
    bis_cent: int | None = Field(default=None, gt=0)


class Zone(Modell):
    """One parking zone by its streets."""

    name: str
    strassen: list[str] = Field(min_length=1)


class Auswertung(Modell):
    """A rule that turns a value into the one answer that the office needs (portal.domain.auswertung).

    `aus`: id of another field, `haushalt`, or `eingabe`: what she types is turned at once and not stored.
    """

    regel: Literal["einkommensstufe", "parkzone", "haushaltsgroesse"]
    version: str = Field(max_length=20)
    aus: Kennung = "eingabe"
    quelle: str
    marke: Marke
    nur_demo: bool = False
    stufen: list[Einkommensstufe] = []
    gemeinde: str = ""
    """Town in which the zones lie, as it stands in addresses."""
    zonen: list[Zone] = []


class Feld(Modell):
    """One question."""

    id: Kennung
    label: str
    typ: Feldtyp
    pflicht: bool = True
    frage: str | None = None
    hilfe: str | None = None
    stammdatum: Kennung | None = None
    wiederverwenden: Kennung | None = None
    nur_wenn: NurWenn | None = None
    regeln: list[Literal["nicht_vor_1900", "nicht_zukuenftig", "nicht_vergangen"]] = []
    optionen: list[Option] = []
    minimum: int | None = None
    maximum: int | None = None
    muster: str | None = None
    muster_hinweis: str | None = None
    sensibel: bool = False
    auswertung: Auswertung | None = None

    @property
    def ist_sensibel(self) -> bool:
        return self.sensibel or self.typ in SENSIBLE_TYPEN


class Nachweis(Modell):
    """One piece of evidence."""

    id: Kennung
    label: str
    hilfe: str | None = None
    pflicht: bool = True
    erklaerbar: bool = False
    abrufbar: bool = False
    hochladbar: bool = True
    kopie: bool = False
    """A copy of an identity card or pass: marked as a copy when it is uploaded (§ 20 Abs. 2 PAuswG)."""
    nur_wenn: NurWenn | None = None


class Beziehungen(Modell):
    """How services hang together."""

    vorher: list[Kennung] = []
    oft_zusammen: list[Kennung] = []


class Leistung(Modell):
    """One service, merged from all tiers.

    `herkunft` says where each value comes from: by top-level key (`name`), by entry of a joined list (`felder.chip`), and
    by key of such an entry where a lower tier overrides it (`felder.chip.pflicht`).
    """

    id: Kennung
    nr: int | None = None
    name: str = Field(max_length=60)
    kurz: str
    text: str
    hinweis: str | None = None
    leika: Annotated[str, Field(pattern=r"^99\d{12}$")] | None = None
    synonyme: list[str] = []
    zielgruppe: list[Literal["person", "unternehmen"]] = Field(default=["person"], min_length=1)
    finder: Literal["W", "S", "B", "O", "X"]
    zustaendig_nach: Kennung | None = None
    kreisaufgabe: Literal["ja", "teils"] | None = None
    """Where a town belongs to a Kreis: `ja` its Kreis does it, `teils` the Kreis or the town, by the town's size."""
    rechtsgrundlage: list[str] = Field(min_length=1)
    gebuehr: list[Gebuehr] = []
    frist: list[FristRegel] = []
    erklaerbar_ab: Kennung | None = None
    dauer: Dauer | None = None
    wege: list[Weg] = Field(min_length=1)
    online: Online | None = None
    persoenlich: Persoenlich | None = None
    rechtsbehelf: Rechtsbehelf = Rechtsbehelf(weg="kein")
    sensibel: bool = False
    felder: list[Feld] = []
    nachweise: list[Nachweis] = []
    stelle: Kennung | None = None
    beziehungen: Beziehungen = Beziehungen()
    sdg: str | None = None
    herkunft: dict[str, Herkunft] = {}

    @property
    def ortsfeld(self) -> Feld | None:
        """The field whose place decides which town is responsible: the named one, else the dwelling (finder W)."""
        if self.zustaendig_nach:
            return self.feld(self.zustaendig_nach)
        if self.finder != "W":
            return None
        addresses = [f for f in self.felder if f.typ == "address"]
        new = [f for f in addresses if f.wiederverwenden == "neue_anschrift"]
        known = [f for f in addresses if f.stammdatum == "anschrift"]
        return next(iter(new + known), None)

    def feld(self, feld_id: str) -> Feld | None:
        return next((f for f in self.felder if f.id == feld_id), None)

    def nachweis(self, nachweis_id: str) -> Nachweis | None:
        return next((n for n in self.nachweise if n.id == nachweis_id), None)


class Stelle(Modell):
    """One office. What is not known is None and shown as "Stand prüfen", with the Behördennummer 115.

    `herkunft` says by key where each value comes from; empty for an office that stands in no file.
    """

    id: Kennung
    name: str
    behoerde: str
    anschrift: str | None = None
    telefon: str | None = None
    oeffnungszeiten: str | list[str] | None = None
    url: str | None = None
    fachverfahren: str | None = None
    kontakt: str | None = None
    auffang: bool = False
    """Receives every service for which nobody named an office."""
    herkunft: dict[str, Herkunft] = {}

    @property
    def marke(self) -> Marke:
        """`geprueft` only if every value that is known was checked."""
        known = [origin.marke for key, origin in self.herkunft.items() if getattr(self, key) is not None]
        return "geprueft" if known and set(known) == {"geprueft"} else "stand_pruefen"


class Schritt(Modell):
    """One step of a life situation."""

    leistung: Kennung
    hinweis: str | None = None
    merkmal: Kennung | None = None
    nach: list[Kennung] = []
    zwingend: bool = False
    optional: bool = False


class Lebenslage(Modell):
    """A life situation: services in their legal order. `herkunft` as of a service; of a step `schritte.<leistung>`."""

    id: Kennung
    name: str
    intro: str
    synonyme: list[str] = []
    hinweise: list[str] = []
    schritte: list[Schritt]
    herkunft: dict[str, Herkunft] = {}


class Merkmal(Modell):
    """Something that a person may have (a dog, a car) and that brings a step with it."""

    id: Kennung
    label: str
    woerter: list[str] = []


class Katalog(Modell):
    """Everything that one town offers, as merged from the four tiers."""

    leistungen: dict[str, Leistung]
    lebenslagen: dict[str, Lebenslage]
    stellen: dict[str, Stelle]
    merkmale: dict[str, Merkmal]

    @property
    def stadt(self) -> Stelle | None:
        """The town's own administration, as a folder of `kommune/` begins; None where nobody wrote one yet."""
        return self.stellen.get("stadtverwaltung")
