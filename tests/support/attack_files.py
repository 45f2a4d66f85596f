"""Files that are not what they seem, made at test time: polyglots, bombs, broken ones."""

import io
import zipfile
import zlib

from PIL import Image


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("böse.exe", b"MZ" + b"\0" * 100)
    return out.getvalue()


def pdf(stream: bytes = b"", *, filters: bytes = b"/FlateDecode", extra: bytes = b"") -> bytes:
    """A PDF with one compressed stream."""
    packed = zlib.compress(stream)
    head = b"<< /Length " + str(len(packed)).encode() + b" /Filter " + filters + b" >>"
    body = b"1 0 obj\n" + head + b"\nstream\n" + packed + b"\nendstream\nendobj\n"
    return b"%PDF-1.4\n" + body + extra + b"trailer\n<<>>\n%%EOF\n"


def picture(kind: str = "PNG", size: tuple[int, int] = (40, 30)) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, (200, 220, 240)).save(out, kind)
    return out.getvalue()


def bomb_png() -> bytes:
    """A small PNG that says it is enormous."""
    content = bytearray(picture())
    content[16:24] = (60_000).to_bytes(4, "big") * 2
    content[29:33] = zlib.crc32(bytes(content[12:29])).to_bytes(4, "big")
    return bytes(content)


def bomb_pdf() -> bytes:
    """Some 200 kB that unpack to more than 150 MB."""
    return pdf(b"\0" * (160 * 1024 * 1024))


def hidden_bomb_pdf() -> bytes:
    """As `bomb_pdf`, with the word endstream inside the compressed data, where a naive reader stops."""
    packer = zlib.compressobj()
    head = zlib.compressobj(0)
    first = head.compress(b"endstream") + head.flush(zlib.Z_FULL_FLUSH)
    rest = packer.compress(b"\0" * (160 * 1024 * 1024)) + packer.flush()
    return b"%PDF-1.4\n1 0 obj<<>>\nstream\n" + first + rest[2:] + b"\nendstream\n%%EOF\n"
