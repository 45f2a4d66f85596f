"""Reading XZuFi 2.x safely: record by record, without DTD, entities or network, within limits."""

from collections.abc import Callable, Iterator
from typing import IO

from lxml import etree

from portal.exchange import xzufi_names as x
from portal.exchange.errors import UnsafeFileError, WrongFormatError
from portal.exchange.records import Mangel, Satz
from portal.exchange.xzufi_parse import local, parse

MAX_BYTES = 2 * 1024**3
"""Largest file that is read."""
MAX_ELEMENTS = 20_000
"""Most elements in one record, and most that may stand between two records."""
MAX_LINE = 65_535
"""Beyond it the parser does not count lines reliably."""


class XZuFiLeser:
    """An XZuFi file as a sequence of records.

    Any message is read that holds `leistung`, `organisationseinheit`, `zustaendigkeitTransferObjekt` or `gebiet`,
    at whatever depth. A part that is not well-formed ends the reading with a `Mangel`; what stood before is given.

    Parameters
    ----------
    stream
        The file, binary.
    read_bytes
        Called with the number of bytes after each piece read: for a progress bar.

    Raises
    ------
    WrongFormatError
        While iterating: the file is not XML, or its root is not of XZuFi 2.x.
    UnsafeFileError
        While iterating: the file has a DTD or exceeds a limit.
    """

    def __init__(self, stream: IO[bytes], read_bytes: Callable[[int], None] = lambda _: None) -> None:
        self._source = _Source(stream, read_bytes)

    def __iter__(self) -> Iterator[Satz | Mangel]:
        events = etree.iterparse(
            self._source,
            events=("start", "end"),
            attribute_defaults=False,
            dtd_validation=False,
            load_dtd=False,
            no_network=True,
            resolve_entities=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        inside, elements, count = 0, 0, 0
        root: etree._Element | None = None
        try:
            for event, element in events:
                if root is None:
                    root = _checked_root(element)
                    continue
                if event == "start":
                    elements += 1
                    if elements > MAX_ELEMENTS:
                        raise UnsafeFileError(
                            f"Ein Satz hat mehr als {MAX_ELEMENTS} Elemente. So große Sätze werden nicht gelesen."
                        )
                    inside += inside > 0 or _is_record(element)
                elif inside > 1:
                    inside -= 1
                elif inside == 1:
                    inside, count = 0, count + 1
                    yield from parse(element, _position(element, count))
                    _forget(element)
                    elements = 0
                elif element is not root:
                    yield from _deletion(element)
                    _forget(element)
                    if element.getparent() is root:
                        elements = 0
        except etree.XMLSyntaxError as error:
            if root is None:
                raise WrongFormatError(f"Die Datei ist kein lesbares XML: {error.msg}") from error
            line = error.lineno or 0
            yield Mangel(f"Zeile {line}", f"Ab hier ist die Datei kein lesbares XML: {error.msg}")


class _Source:
    """A stream that counts what is read from it and stops at the limit."""

    def __init__(self, stream: IO[bytes], read_bytes: Callable[[int], None]) -> None:
        self._stream = stream
        self._read_bytes = read_bytes
        self._total = 0

    def read(self, size: int = -1, /) -> bytes:
        piece = self._stream.read(size if 0 < size <= 65536 else 65536)
        self._total += len(piece)
        if self._total > MAX_BYTES:
            raise UnsafeFileError(f"Die Datei ist größer als {MAX_BYTES // 1024**3} GiB.")
        self._read_bytes(len(piece))
        return piece


def _checked_root(element: etree._Element) -> etree._Element:
    if element.getroottree().docinfo.internalDTD is not None:
        raise UnsafeFileError(
            "Die Datei enthält eine DTD oder Entitäten. Solche Dateien werden nicht gelesen."
        )
    name = etree.QName(element)
    if not (name.namespace or "").startswith(x.FAMILY):
        raise WrongFormatError(
            f"Das ist kein XZuFi 2.x: Die Wurzel „{name.localname}“ gehört zu „{name.namespace or 'nichts'}“."
        )
    return element


def _is_record(element: etree._Element) -> bool:
    return local(element) in x.RECORDS and str(element.tag).startswith("{" + x.FAMILY)


def _position(element: etree._Element, count: int) -> str:
    line = element.sourceline or 0
    return f"Satz {count} (Zeile {line})" if 0 < line < MAX_LINE else f"Satz {count}"


def _deletion(element: etree._Element) -> Iterator[Mangel]:
    if local(element) == "loesche":
        what = str(element.get("klasse") or "Objekt")[:40]
        yield Mangel(
            f"Zeile {element.sourceline}",
            f"Löschen ({what}) wird nicht übernommen. Bitte von Hand entfernen.",
        )


def _forget(element: etree._Element) -> None:
    """Free the element and everything before it; the parent keeps one empty child at most."""
    element.clear(keep_tail=False)
    parent = element.getparent()
    while parent is not None and (before := element.getprevious()) is not None:
        parent.remove(before)
