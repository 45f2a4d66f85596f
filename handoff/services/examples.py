"""The review of what the assistant may learn: each example is accepted with an intent, or discarded, by a human."""

from handoff.context import HandoffContext
from handoff.domain.depersonalise import depersonalise
from handoff.domain.hours import BERLIN
from handoff.domain.people import Staff
from handoff.errors import ConflictError, InvalidInputError
from handoff.schema.lead import ExampleRow

OPEN, ACCEPTED, DISCARDED = "offen", "angenommen", "verworfen"
TEXT_MAX_CHARS = 300


async def accept(
    context: HandoffContext, staff: Staff, example_id: str, seen: str, *, text: str, intent: str, clean: bool
) -> None:
    """Accept an example, with the text and the intent that the reviewer gives it; a second time: relabel it.

    Parameters
    ----------
    seen
        The status that the reviewer saw.
    clean
        Her word that the sentence names nobody.

    Raises
    ------
    InvalidInputError
        The intent is unknown, the text empty, too long, or holds personal data; or she did not look for them.
    ConflictError
        Somebody else reviewed it meanwhile (`beispiel_erledigt`).
    """
    text = " ".join(text.split())
    if not 0 < len(text) <= TEXT_MAX_CHARS:
        raise InvalidInputError(f"Ein Beispiel hat 1 bis {TEXT_MAX_CHARS} Zeichen.", field="text")
    if intent not in context.intents:
        raise InvalidInputError("Bitte wählen Sie eine der vorhandenen Absichten.", field="intent")
    left = depersonalise(text, context.clock().astimezone(BERLIN).date())
    if left != text:
        raise InvalidInputError(
            f"Darin stehen noch persönliche Angaben. Vorschlag: {left}",
            field="text",
            code="angaben_persoenlich",
        )
    if not clean:
        raise InvalidInputError("Bitte bestätigen Sie, dass niemand zu erkennen ist.", field="clean")
    await _decide(context, staff, example_id, seen, ACCEPTED, text=text, intent=intent)


async def discard(context: HandoffContext, staff: Staff, example_id: str, seen: str) -> None:
    """Discard an example. Raises ConflictError `beispiel_erledigt`."""
    await _decide(context, staff, example_id, seen, DISCARDED)


async def _decide(
    context: HandoffContext,
    staff: Staff,
    example_id: str,
    seen: str,
    status: str,
    *,
    text: str | None = None,
    intent: str | None = None,
) -> None:
    async with context.database.write() as session:
        row = await session.get(ExampleRow, example_id, with_for_update=True)
        if row is None or row.status != seen:
            raise ConflictError(
                "Dieses Beispiel hat inzwischen jemand anderes geprüft.", code="beispiel_erledigt"
            )
        row.status, row.intent = status, intent
        row.reviewed_at, row.reviewed_by = context.clock(), staff.login or staff.function
        row.body = {"text": ""} if status == DISCARDED else {**row.body, "text": text}
