"""Cards in words, for channels that show text only. A card's message says the main thing already; this adds the rest."""

from collections.abc import Mapping

from handoff.domain.offers import Json, objects

MARKS = {"geprueft": "geprüft", "stand_pruefen": "Stand prüfen"}
PORTAL_CARDS = frozenset(
    {"login", "identity", "prefill", "upload", "summary", "receipt", "proposal", "consent", "file"}
)
"""Cards whose content or answer is personal: they are used in the portal."""


def needs_portal(message: Mapping[str, Json]) -> bool:
    """Tell whether one of the message's cards can be used in the portal only."""
    return any(card.get("type") in PORTAL_CARDS for card in objects(message.get("cards")))


def in_words(message: Mapping[str, Json], origin: str, portal_link: str | None) -> str:
    """Give a message's text with what its cards add to it.

    Parameters
    ----------
    origin
        Address of the portal, for pages that everybody may read.
    portal_link
        One-time link under which this conversation goes on in the portal.
    """
    blocks = [str(message.get("text") or "").strip()]
    blocks += [
        _service(card, origin) for card in objects(message.get("cards")) if card.get("type") == "service"
    ]
    if portal_link is not None:
        blocks.append(f"Hier geht es im Portal weiter, im selben Gespräch: {portal_link}")
    return "\n\n".join(block for block in blocks if block)


def _service(card: Mapping[str, Json], origin: str) -> str:
    law = card.get("law")
    lines = []
    if isinstance(law, list) and law:
        lines.append(f"Rechtsgrundlage: {', '.join(str(one) for one in law)}")
    lines += [
        f"Quelle: {source.get('label')} ({MARKS.get(str(source.get('mark')), 'Stand prüfen')})"
        for source in objects(card.get("sources"))
    ]
    if isinstance(card.get("url"), str):
        lines.append(f"Mehr dazu: {origin}{card['url']}")
    return "\n".join(lines)
