"""A new town's folder: it holds only what differs from Bund and Land, and at first nobody knows anything of that."""

from datetime import date
from pathlib import Path

from portal.domain.zustaendigkeit import Gemeinde

VORLAGE = """\
# {amtlich} (AGS {ags}): nur, was von EU, Bund und Land abweicht.
# Was noch niemand geprüft hat, ist null: „Stand prüfen“, und die Behördennummer 115 hilft weiter.
# Eigene Stellen kommen hinzu, und welche Leistung sie empfangen: leistungen/<kennung>.yml mit „stelle: <kennung der Stelle>“.
- id: stadtverwaltung
  name: {name}
  behoerde: {amtlich}
  anschrift: null
  telefon: "115"
  oeffnungszeiten: null
  url: null
  fachverfahren: null
  kontakt: Behördennummer 115
  auffang: true                      # empfängt, wofür noch keine Stelle genannt ist
  quelle: Angelegt ohne Angaben der Kommune
  marke: stand_pruefen
  gueltig_ab: {heute}
"""


class TownExistsError(FileExistsError):
    """The town has a folder already; nothing was changed."""


def new_commune(root: Path, gemeinde: Gemeinde, heute: date) -> list[Path]:
    """Make the folder of a town; gives the files that were written.

    Raises
    ------
    TownExistsError
        There is such a folder; it stays as it is.
    """
    folder = root / "kommune" / gemeinde.ags
    if folder.exists():
        raise TownExistsError(f"Den Ordner {folder} gibt es schon. Es wurde nichts geändert.")
    kind = "Gemeindeverwaltung" if gemeinde.amtlich.startswith("Gemeinde ") else "Stadtverwaltung"
    folder.mkdir(parents=True)
    path = folder / "stellen.yml"
    path.write_text(
        VORLAGE.format(amtlich=gemeinde.amtlich, ags=gemeinde.ags, name=kind, heute=heute.isoformat()),
        encoding="utf-8",
    )
    return [path]
