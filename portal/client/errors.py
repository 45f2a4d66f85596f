"""What can go wrong at the portal's door."""

from portal.client.shapes import DraftView


class PortalError(Exception):
    """The portal refused. `message` is a German sentence for the citizen.

    Attributes
    ----------
    code, status
        As in docs/protocol/dialog.md; status 0 means that no answer came.
    field
        Id of the field or evidence at fault, if one is.
    """

    def __init__(self, code: str, message: str, *, status: int, field: str | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status
        self.field = field


class PortalUnreachableError(PortalError):
    """No answer, or one that nobody can read. Nothing is known to have changed; the same key may be sent again."""

    def __init__(self, status: int = 0) -> None:
        message = (
            "Das Portal antwortet gerade nicht. Was Sie bisher angegeben haben, ist gespeichert. "
            "Bitte versuchen Sie es in einigen Minuten noch einmal."
        )
        super().__init__("portal_nicht_erreichbar", message, status=status)


class NotLoggedInError(PortalError):
    """The conversation belongs to no citizen with a live session. The caller asks her to log in."""


class NotFoundError(PortalError):
    """There is no such thing for this citizen."""


class InvalidValueError(PortalError):
    """The value does not fit its field. The caller asks again; `message` says what would fit."""


class SlotTakenError(PortalError):
    """The time is not free (any more). The caller offers others."""


class NoAppointmentsError(PortalError):
    """For this service no appointment is booked here. `message` says what to do instead."""


class AlreadyBookedError(PortalError):
    """She has an appointment for this service. The caller offers to move it."""


class IncompleteError(PortalError):
    """Something required is missing: `field`."""


class DraftChangedError(PortalError):
    """The draft has another version; `draft` is the current one. The caller decides again."""

    def __init__(self, message: str, draft: DraftView, *, status: int) -> None:
        super().__init__("entwurf_veraendert", message, status=status)
        self.draft = draft


class TooEarlyError(PortalError):
    """The declaration is possible only from `from_` (ISO date)."""

    def __init__(self, message: str, from_: str, *, status: int) -> None:
        super().__init__("zu_frueh", message, status=status)
        self.from_ = from_
