"""Whether the portal works."""

from fastapi import APIRouter
from sqlalchemy import text

from portal.web.auth import Context

router = APIRouter(tags=["Betrieb"])


@router.get("/health")
async def health(context: Context) -> dict[str, str]:
    """Antwortet, wenn das Portal läuft und seine Datenbank erreicht."""
    async with context.transaction() as session:
        await session.execute(text("SELECT 1"))
    return {"status": "ok"}
