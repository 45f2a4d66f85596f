"""Merging one id's files from the four tiers into one value, with the provenance of every key."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from portal.catalogue.sources import Fehler, Pfad, Quelldatei, mapping

GESPERRT = ("leika", "rechtsgrundlage", "frist", "rechtsbehelf", "gebuehr")
"""Keys that a Kommune may not change where a higher tier sets them."""
VERBUNDEN = {"synonyme": "id", "felder": "id", "nachweise": "id", "schritte": "leistung"}
"""Lists that are joined, with the key by which their entries are known; the same entry again overrides key by key."""
KOPF = ("quelle", "marke", "gueltig_ab", "gueltig_bis")
"""Keys that hold for all values of a file."""
JE_SCHLUESSEL = "herkunft"
"""Mapping in a file from one of its keys to another source, mark or validity than the file's."""
BELEGTE_LISTEN = ("gebuehr", "frist")
BELEGTE_WERTE = ("dauer", "online", "persoenlich", "rechtsbehelf")


@dataclass
class Verschmolzen:
    """The merged value.

    Parameters
    ----------
    herkunft
        Tier, file, source, mark and validity by key (see `portal.catalogue.model.Leistung.herkunft`).
    orte
        In which file, and where in it, each top-level key or list entry stands.
    dateien
        The files that were merged, by name.
    """

    daten: dict[str, object] = field(default_factory=dict)
    herkunft: dict[str, dict[str, object]] = field(default_factory=dict)
    orte: dict[Pfad, tuple[Quelldatei, Pfad]] = field(default_factory=dict)
    dateien: dict[str, Quelldatei] = field(default_factory=dict)
    fehler: list[Fehler] = field(default_factory=list)

    def ort(self, pfad: Pfad) -> tuple[str, int]:
        """File and line of the value at `pfad` in the merged value."""
        if len(pfad) == 3 and pfad[0] == "herkunft":
            return self._ort_der_herkunft(str(pfad[1]), str(pfad[2]))
        for length in range(len(pfad), 0, -1):
            if pfad[:length] in self.orte:
                file, start = self.orte[pfad[:length]]
                return file.name, file.zeile((*start, *pfad[length:]))
        first = next(iter(self.orte.values()), None)
        return (first[0].name, 1) if first else (next(iter(self.dateien), ""), 1)

    def _ort_der_herkunft(self, key: str, what: str) -> tuple[str, int]:
        file = self.dateien[str(self.herkunft[key]["datei"])]
        own = (JE_SCHLUESSEL, key.partition(".")[0], what)
        return file.name, file.zeile(own if own in file.zeilen else (what,))


def merge(files: Sequence[Quelldatei]) -> Verschmolzen:
    """Merge files of one id, given from the highest tier to the lowest."""
    result = Verschmolzen(dateien={file.name: file for file in files})
    for file in files:
        data = mapping(file.daten)
        head = {key: data.get(key) for key in KOPF}
        exceptions = mapping(data.get(JE_SCHLUESSEL))
        for key in exceptions.keys() - data.keys():
            text = f"„{key}“ hat eine eigene Herkunft, steht aber nicht in dieser Datei."
            result.fehler.append(Fehler(file.name, file.zeile((JE_SCHLUESSEL, key)), "herkunft", text))
        for key, value in data.items():
            if key in KOPF or key == JE_SCHLUESSEL:
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
            _set(result, file, key, value, head | _of_head(result, file, key, exceptions))
    return result


def _of_head(
    result: Verschmolzen, file: Quelldatei, key: str, exceptions: dict[str, object]
) -> dict[str, object]:
    own = mapping(exceptions.get(key))
    for unknown in own.keys() - set(KOPF):
        text = f"„{unknown}“ gehört nicht zur Herkunft; möglich sind: {', '.join(KOPF)}."
        line = file.zeile((JE_SCHLUESSEL, key, unknown))
        result.fehler.append(Fehler(file.name, line, "herkunft", text))
    return {name: value for name, value in own.items() if name in KOPF}


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
    origin = result.herkunft[key]
    result.orte.setdefault((key,), (file, (key,)))
    known_by = VERBUNDEN[key]
    own: set[str] = set()
    for position, entry in enumerate(entries):
        entry_id = mapping(entry).get(known_by)
        same = next(
            (i for i, old in enumerate(joined) if entry_id and mapping(old).get(known_by) == entry_id), None
        )
        if entry_id is not None and str(entry_id) in own:
            text = f"Die Kennung „{entry_id}“ steht zweimal unter „{key}“."
            result.fehler.append(Fehler(file.name, file.zeile((key, position)), "doppelt", text))
        own.add(str(entry_id))
        if same is not None:
            joined[same] = {**mapping(joined[same]), **mapping(entry)}
            for changed in mapping(entry).keys() - {known_by}:
                result.orte[(key, same, changed)] = (file, (key, position, changed))
                result.herkunft[f"{key}.{entry_id}.{changed}"] = origin
        elif entry not in joined:
            joined.append(entry)
            result.orte[(key, len(joined) - 1)] = (file, (key, position))
            result.herkunft[f"{key}.{entry_id or entry}"] = origin
    result.daten[key] = joined
