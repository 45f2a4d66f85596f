"""Merging one id's files from the four tiers into one value, with the provenance of every key."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.catalogue.sources import Fehler, Pfad, Quelldatei, mapping

GESPERRT = ("leika", "rechtsgrundlage", "frist", "rechtsbehelf", "gebuehr")
"""Keys that a Kommune may not change where a higher tier sets them."""
VERBUNDEN = ("synonyme", "felder", "nachweise")
"""Lists that are joined; entries with the same id override key by key."""
KOPF = ("quelle", "marke", "gueltig_ab")
"""Keys that hold for all values of a file."""
BELEGTE_LISTEN = ("gebuehr", "frist")
BELEGTE_WERTE = ("dauer", "online", "persoenlich", "rechtsbehelf")


@dataclass
class Verschmolzen:
    """The merged value. `orte` says in which file, and where in it, each top-level key or list entry stands."""

    daten: dict[str, object] = field(default_factory=dict)
    herkunft: dict[str, dict[str, object]] = field(default_factory=dict)
    orte: dict[Pfad, tuple[Quelldatei, Pfad]] = field(default_factory=dict)
    fehler: list[Fehler] = field(default_factory=list)

    def ort(self, pfad: Pfad) -> tuple[str, int]:
        """File and line of the value at `pfad` in the merged value."""
        for length in range(len(pfad), 0, -1):
            if pfad[:length] in self.orte:
                file, start = self.orte[pfad[:length]]
                return file.name, file.zeile((*start, *pfad[length:]))
        first = next(iter(self.orte.values()), None)
        return (first[0].name, 1) if first else ("", 1)


def merge(files: Sequence[Quelldatei]) -> Verschmolzen:
    """Merge files of one id, given from the highest tier to the lowest."""
    result = Verschmolzen()
    for file in files:
        data = mapping(file.daten)
        head = {key: data.get(key) for key in KOPF}
        for key, value in data.items():
            if key in KOPF:
                continue
            if (
                file.ebene == "kommune"
                and key in GESPERRT
                and result.herkunft.get(key, {}).get("ebene") not in (None, "kommune")
            ):
                higher = result.herkunft[key]["ebene"]
                text = f"„{key}“ ist auf der Ebene {higher} festgelegt und darf hier nicht geändert werden."
                result.fehler.append(Fehler(file.name, file.zeile((key,)), "gesperrt", text))
                continue
            _set(result, file, key, value, head)
    return result


def _set(result: Verschmolzen, file: Quelldatei, key: str, value: object, head: dict[str, object]) -> None:
    own = {k: v for k in KOPF if (v := mapping(value).get(k)) is not None}
    result.herkunft[key] = {"ebene": file.ebene, "datei": file.name, **head, **own}
    if key in VERBUNDEN and isinstance(value, list):
        _join(result, file, key, value)
        return
    result.orte[(key,)] = (file, (key,))
    if key in BELEGTE_LISTEN and isinstance(value, list):
        value = [_attributed(entry, file, head) for entry in value]
    elif key in BELEGTE_WERTE:
        value = _attributed(value, file, head)
    result.daten[key] = value


def _attributed(value: object, file: Quelldatei, head: dict[str, object]) -> object:
    return {**head, "ebene": file.ebene, **value} if isinstance(value, dict) else value


def _join(result: Verschmolzen, file: Quelldatei, key: str, entries: list[object]) -> None:
    before = result.daten.get(key)
    joined: list[object] = list(before) if isinstance(before, list) else []
    result.orte.setdefault((key,), (file, (key,)))
    for position, entry in enumerate(entries):
        entry_id = mapping(entry).get("id")
        same = next(
            (i for i, old in enumerate(joined) if entry_id and mapping(old).get("id") == entry_id), None
        )
        if same is not None:
            if result.orte[(key, same)][0] is file:
                text = f"Die Kennung „{entry_id}“ steht zweimal unter „{key}“."
                result.fehler.append(Fehler(file.name, file.zeile((key, position)), "doppelt", text))
            joined[same] = {**mapping(joined[same]), **mapping(entry)}
            result.orte[(key, same)] = (file, (key, position))
        elif entry not in joined:
            joined.append(entry)
            result.orte[(key, len(joined) - 1)] = (file, (key, position))
    result.daten[key] = joined
