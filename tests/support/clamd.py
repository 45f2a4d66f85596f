"""A local server that speaks clamd's protocol (INSTREAM, as man 8 clamd describes it): finds EICAR's test string, fails as told."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from portal.services.virenscan import EICAR

MAX_BYTES = 25 * 1024 * 1024
"""clamd's StreamMaxLength."""


@dataclass
class ClamdServer:
    """What it was sent, and how it behaves: `scans`, `silent` (never answers), `hangs_up`, `errs`."""

    address: str = ""
    mood: str = "scans"
    files: list[bytes] = field(default_factory=list)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            if await reader.readuntil(b"\0") != b"zINSTREAM\0":
                writer.write(b"UNKNOWN COMMAND\0")
                return
            if self.mood == "hangs_up":
                return
            content = b""
            while size := int.from_bytes(await reader.readexactly(4), "big"):
                content += await reader.readexactly(size)
                if len(content) > MAX_BYTES:
                    writer.write(b"INSTREAM size limit exceeded. ERROR\0")
                    return
            self.files.append(content)
            if self.mood == "silent":
                await reader.read()  # until the other side gives up
            elif self.mood == "errs":
                writer.write(b"stream: Can't allocate memory ERROR\0")
            elif EICAR in content:
                writer.write(b"stream: Win.Test.EICAR_HDB-1 FOUND\0")
            else:
                writer.write(b"stream: OK\0")
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


@asynccontextmanager
async def clamd(mood: str = "scans", *, path: str | None = None) -> AsyncIterator[ClamdServer]:
    """Run one on a free port of loopback, or on a socket file."""
    one = ClamdServer(mood=mood)
    if path is None:
        server = await asyncio.start_server(one.serve, "127.0.0.1", 0)
        one.address = f"127.0.0.1:{server.sockets[0].getsockname()[1]}"
    else:
        server = await asyncio.start_unix_server(one.serve, path)
        one.address = path
    async with server:
        yield one
