"""The review of what the assistant may learn: each example is accepted with an intent, or discarded, by a human."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from handoff.context import HandoffContext
from handoff.domain.depersonalise import depersonalise
from handoff.domain.hours import BERLIN
from handoff.domain.people import Staff
from handoff.errors import ConflictError, InvalidInputError
from handoff.ports import EngineDownError
from handoff.schema.lead import ExampleRow

OPEN, ACCEPTED, DISCARDED = "offen", "angenommen", "verworfen"
TEXT_MAX_CHARS = 300
ASKED_AT_ONCE = 50
SERVICE = "service"
"""The intent of who wants a service, whichever it is."""


@dataclass(frozen=True)
class Hint:
    """What helps the reviewer to label an example; she decides.

    Parameters
    ----------
    understood
        Intent that the assistant hears in it today; None: it does not answer, or hears none.
    suggested
        Intent that what happened speaks for; None: nothing does.
    """

    understood: str | None = None
    suggested: str | None = None


def suggestion(verdict: str, understood: str | None, handled: str | None) -> str | None:
    """Choose an intent by what happened.

    A clerk found that the assistant had understood well: then what it hears. She found that it had not, and handled a service
    afterwards: then the wish for one, unless the assistant hears that already and so was wrong in another way.

    Parameters
    ----------
    verdict
        `gut` or `falsch`.
    handled
        Name of the service that the clerk handled.
    """
    if verdict == "gut":
        return understood
    return SERVICE if handled and understood != SERVICE else None


async def hints(context: HandoffContext, rows: Sequence[ExampleRow]) -> dict[str, Hint]:
    """Give what helps to label each of the first examples, by id; without the assistant only what happened counts."""
    asked = rows[:ASKED_AT_ONCE]
    understood: Sequence[str | None] = [None] * len(asked)
    if asked:
        with suppress(EngineDownError):
            understood = await context.bot.understand([str(row.body["text"]) for row in asked])
    return {
        row.id: Hint(heard, _known(context, suggestion(row.verdict, heard, row.body.get("handled"))))
        for row, heard in zip(asked, understood, strict=True)
    }


def _known(context: HandoffContext, intent: str | None) -> str | None:
    return intent if intent in context.intents else None


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
