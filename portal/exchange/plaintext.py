"""Plain text out of the HTML that editorial systems put into text modules."""

import re
from html.parser import HTMLParser

TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
BLOCKS = frozenset({"p", "div", "li", "ul", "ol", "br", "tr", "table", "h1", "h2", "h3", "h4", "h5", "h6"})
UNREAD = frozenset({"script", "style"})


class _Collector(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unread = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._unread += tag in UNREAD
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unread -= tag in UNREAD and self._unread > 0
        if tag in BLOCKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unread:
            self.parts.append(re.sub(r"\s+", " ", data))


def plain(text: str) -> str:
    """`text` without markup: one line a paragraph or list item; a text without tags stays as it is."""
    if not TAG.search(text):
        return text.strip()
    collector = _Collector()
    collector.feed(text)
    collector.close()
    lines = (line.strip() for line in "".join(collector.parts).split("\n"))
    return "\n".join(line for line in lines if line)


def lines(text: str) -> list[str]:
    """The paragraphs of `text`, without markup and leading list signs."""
    return [line for raw in plain(text).splitlines() if (line := raw.strip().lstrip("•·*-– ").strip())]
