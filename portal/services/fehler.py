"""Refusals of the use cases around drafts and cases."""

from datetime import date

from portal.errors import ConflictError, ForbiddenError, NotFoundError
from portal.services.views import DraftView


class NoDraftError(NotFoundError):
    """The conversation has no current draft. The caller opens one."""

    code = "kein_entwurf"


class DraftChangedError(ConflictError):
    """The draft has another version than the caller thought. The caller looks at `draft` and decides again."""

    code = "entwurf_veraendert"

    def __init__(self, draft: DraftView) -> None:
        super().__init__(
            "Der Entwurf wurde inzwischen an anderer Stelle geändert. Ihre letzte Eingabe wurde nicht übernommen. "
            "Bitte sehen Sie sich den jetzigen Stand an."
        )
        self.extra = {"draft": draft.model_dump(mode="json", by_alias=True)}


class DraftClosedError(ConflictError):
    """The draft was handed in or given up. The caller opens a new one."""

    code = "entwurf_abgeschlossen"

    def __init__(self) -> None:
        super().__init__(
            "Dieser Entwurf ist abgeschlossen und lässt sich nicht mehr ändern. Es wurde nichts verändert."
        )


class IncompleteError(ConflictError):
    """Something required is missing; `field` names it. The caller asks for it."""

    code = "unvollstaendig"

    def __init__(self, label: str, missing: str) -> None:
        super().__init__(
            f"Es fehlt noch: {label}. Ihre bisherigen Angaben sind gespeichert, abgegeben wurde noch nichts.",
            field=missing,
        )


class TooEarlyError(ConflictError):
    """The declaration is possible only from a later day. The caller says so and comes back."""

    code = "zu_frueh"

    def __init__(self, ab: date) -> None:
        super().__init__(
            f"Das lässt sich erst ab dem {ab.strftime('%d.%m.%Y')} erklären. Ihr Entwurf ist fertig gespeichert. "
            "Bitte bestätigen Sie ihn ab diesem Tag."
        )
        self.extra = {"from": ab.isoformat()}


class ProtectedAddressError(ForbiddenError):
    """The address is under an Auskunftssperre. The clerk asks the register, not this portal."""

    code = "auskunftssperre"

    def __init__(self) -> None:
        super().__init__(
            "Für diese Person gilt eine Auskunftssperre. Ihre Anschrift wird hier nicht gezeigt."
        )
