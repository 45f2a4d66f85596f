"""The portal's errors: one root, a stable code each, translated once at the web's edge."""


class PortalError(Exception):
    """Root of all errors that the portal raises on purpose.

    Parameters
    ----------
    message
        German sentence for the citizen: what happened, what was kept, what comes next.
    field
        Id of the input field at fault, if one is.
    """

    code = "fehler"
    status = 500

    def __init__(self, message: str, *, field: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field


class NotLoggedInError(PortalError):
    """The caller has no live session. The caller logs in and repeats the call."""

    code = "anmeldung_noetig"
    status = 401


class ForbiddenError(PortalError):
    """The caller is known, but may not do this. Repeating does not help."""

    code = "nicht_erlaubt"
    status = 403


class NotFoundError(PortalError):
    """Nothing of that id belongs to the caller (foreign ids look the same as unknown ones)."""

    code = "nicht_gefunden"
    status = 404


class ConflictError(PortalError):
    """The world disagrees: something changed meanwhile. The caller reads the new state and decides again."""

    code = "konflikt"
    status = 409


class InvalidInputError(PortalError):
    """The input is malformed. The caller corrects `field` and repeats; nothing was changed."""

    code = "eingabe_ungueltig"
    status = 422


class UnavailableError(PortalError):
    """Another part does not answer. The caller tries again later; nothing was changed."""

    code = "voruebergehend_gestoert"
    status = 503
