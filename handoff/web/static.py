"""The built widget and console."""

from pathlib import Path

from fastapi.staticfiles import StaticFiles
from starlette.responses import Response
from starlette.types import Scope

DIST = Path(__file__).parents[1] / "ui" / "dist"


class BuiltFiles(StaticFiles):
    """Files with ETag; the browser asks each time whether its copy is still good, so an update reaches everybody."""

    def __init__(self, directory: Path = DIST) -> None:
        super().__init__(directory=directory, check_dir=False)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file, or 304; fonts never change under their names and are kept for a year."""
        response = await super().get_response(path, scope)
        kept = path.startswith("fonts/") and response.status_code in (200, 304)
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if kept else "no-cache"
        response.headers["X-Content-Type-Options"] = "nosniff"
        return response
