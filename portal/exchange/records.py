"""The records that are exchanged, whatever the format: what a file gives, and what a catalogue gives."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from portal.catalogue.model import Katalog, Leistung, Stelle

EIGEN = "amtslotse"
"""The agency of identifiers that this project gave; such an id is a catalogue id as it stands."""
UNBEKANNTES_RECHT = "nicht angegeben (Stand prüfen)"
"""Stands where a record names no legal basis: none is invented, and none is exported."""
STELLE_TEXTE = ("behoerde", "anschrift", "telefon", "url", "fachverfahren", "kontakt")
"""Keys of an office that are plain texts, besides its name."""
GUELTIGKEIT = ("gueltig_ab", "gueltig_bis")
"""First and last day of a fee or deadline."""
KENNUNG = re.compile(r"[a-z][a-z0-9_]{0,79}")
LEIKA = re.compile(r"99\d{12}")

Werte = dict[str, object]
"""Values of one catalogue entry, shaped as in its YAML file."""


class Fremdkennung(NamedTuple):
    """An identifier and who gave it; the same text of another agency is another thing."""

    agentur: str
    text: str

    def als_kennung(self) -> str:
        """The catalogue id that this identifier always becomes.

        Raises
        ------
        ValueError
            The identifier claims to be one of ours, but has not the form of a catalogue id.
        """
        if self.agentur == EIGEN:
            if not KENNUNG.fullmatch(self.text):
                raise ValueError(
                    f"„{self.text[:80]}“ ist keine Kennung (a-z, 0-9 und _, höchstens 80 Zeichen)."
                )
            return self.text
        digest = hashlib.sha256(f"{self.agentur}\0{self.text}".encode()).hexdigest()
        return f"xz_{schlagwort(self.text)[:50].strip('_')}_{digest[:8]}".replace("__", "_")


@dataclass(frozen=True)
class LeistungSatz:
    """One service as a file describes it. `werte` holds only what the file says."""

    position: str
    kennung: Fremdkennung | None
    werte: Werte
    gueltig_ab: date | None = None


@dataclass(frozen=True)
class StelleSatz:
    """One office. `oberhalb` is the unit above it, whose name is the Behörde; `nur_name`: it is only such a name."""

    position: str
    kennung: Fremdkennung
    werte: Werte
    oberhalb: Fremdkennung | None = None
    nur_name: bool = False


@dataclass(frozen=True)
class ZustaendigkeitSatz:
    """An office receives a service in an area; `gebiet` None: wherever this catalogue is used."""

    position: str
    leistung: Fremdkennung
    stelle: Fremdkennung
    gebiet: Fremdkennung | None = None


@dataclass(frozen=True)
class GebietSatz:
    """One area and its official key (AGS, ARS, or the first digits of them)."""

    position: str
    kennung: Fremdkennung
    schluessel: str
    name: str = ""


@dataclass(frozen=True)
class Mangel:
    """One record that is not taken over: where it stands and why."""

    position: str
    grund: str

    def __str__(self) -> str:
        return f"{self.position}: {self.grund}"


Satz = LeistungSatz | StelleSatz | ZustaendigkeitSatz | GebietSatz


class Leser(Protocol):
    """A file being read: gives its records, and a `Mangel` in place of each one that cannot be read."""

    def __iter__(self) -> Iterator[Satz | Mangel]: ...


@dataclass(frozen=True)
class Auszug:
    """What a catalogue gives for one town, in the order in which a file needs it."""

    katalog: Katalog
    gebiet: GebietSatz
    stellen: list[Stelle] = field(default_factory=list)
    leistungen: list[Leistung] = field(default_factory=list)

    def __len__(self) -> int:
        return len(self.stellen) + len(self.leistungen)


def export_records(katalog: Katalog, *, kommune: str, name: str = "") -> Auszug:
    """Everything that one town's catalogue has to say to another catalogue, sorted by id.

    Parameters
    ----------
    katalog
        The merged catalogue.
    kommune
        Amtlicher Gemeindeschlüssel, 8 digits: the area in which its offices are responsible.
    name
        The town's name, for readers of the file.
    """
    return Auszug(
        katalog=katalog,
        gebiet=GebietSatz("", Fremdkennung(EIGEN, f"gebiet_{kommune}"), kommune, name),
        stellen=[s for _, s in sorted(katalog.stellen.items())],
        leistungen=[s for _, s in sorted(katalog.leistungen.items())],
    )


def werte_von(leistung: Leistung) -> Werte:
    """The effective values of a service that the formats carry; absent ones are left out.

    Lost are form fields, relations, the online way, how a deadline is counted, and provenance of single values;
    docs/protocol/xzufi.md lists them with the reason.
    """
    dump = leistung.model_dump(mode="json")
    werte: Werte = {
        key: value.strip() if isinstance(value := dump[key], str) else value
        for key in (
            "nr",
            "name",
            "kurz",
            "text",
            "hinweis",
            "leika",
            "synonyme",
            "zielgruppe",
            "finder",
            "wege",
            "sensibel",
            "sdg",
        )
    }
    werte["rechtsgrundlage"] = [r for r in leistung.rechtsgrundlage if r != UNBEKANNTES_RECHT]
    werte["gebuehr"] = [_teil(g, ("betrag_cent", "text", "wenn", *GUELTIGKEIT)) for g in dump["gebuehr"]]
    werte["frist"] = [_teil(f, ("text", "recht", "wenn", *GUELTIGKEIT)) for f in dump["frist"]]
    werte["dauer"] = _teil(dump["dauer"] or {}, ("text",))
    werte["persoenlich"] = _teil(dump["persoenlich"] or {}, ("noetig", "text"))
    werte["rechtsbehelf"] = _teil(dump["rechtsbehelf"], ("weg", "hinweis"))
    werte["nachweise"] = [nachweis(n.label) for n in leistung.nachweise]
    return {key: value for key, value in werte.items() if value not in (None, [], {})}


def stelle_werte(stelle: Stelle) -> Werte:
    """The values of an office that the formats carry; absent ones are left out."""
    dump = stelle.model_dump(mode="json")
    return {key: dump[key] for key in ("name", "oeffnungszeiten", *STELLE_TEXTE) if dump[key]}


def nachweis(label: str) -> Werte:
    """A piece of evidence of which only the name is known; whether it is indispensable, the office says."""
    return {"id": schlagwort(label)[:60].strip("_") or "nachweis", "label": label, "pflicht": False}


def _teil(values: dict[str, object], keys: tuple[str, ...]) -> Werte:
    kept = {key: values[key] for key in keys if values.get(key) is not None}
    if "betrag_cent" in keys:
        kept.setdefault("betrag_cent", None)
    return kept


def schlagwort(text: str) -> str:
    """`text` as lower-case ASCII letters, digits and underscores, beginning with a letter."""
    folded = text.lower()
    for umlaut, letters in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        folded = folded.replace(umlaut, letters)
    plain = unicodedata.normalize("NFKD", folded).encode("ascii", "ignore").decode()
    word = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    return f"n_{word}" if word[:1].isdigit() else word


def betrag(text: str) -> int | None:
    """An amount in cents from digits alone; empty means that it is not fixed.

    Raises
    ------
    ValueError
        `text` is no whole number of cents, not negative.
    """
    if not text.strip():
        return None
    if not re.fullmatch(r"\d{1,12}", text.strip(), re.ASCII):
        raise ValueError(f"„{text[:40]}“ ist kein Betrag in Cent.")
    return int(text)


def tag(text: str) -> date:
    """An ISO date. Raises ValueError with a German reason."""
    try:
        return date.fromisoformat(text.strip()[:10])
    except ValueError as error:
        raise ValueError(f"„{text[:40]}“ ist kein Datum der Form JJJJ-MM-TT.") from error
