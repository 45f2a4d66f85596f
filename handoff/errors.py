"""The gateway's errors: one root, a stable code each, translated once at the edge (HTTP answer or socket frame)."""


class HandoffError(Exception):
    """Root of all errors that the gateway raises on purpose.

    Parameters
    ----------
    message
        German sentence for the reader: what happened, what was kept, what comes next.
    field
        Name of the input field at fault, if one is.
    code
        Overrides the class's code where one class serves several.
    """

    code = "fehler"
    status = 500

    def __init__(self, message: str, *, field: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.field = field
        if code is not None:
            self.code = code

    def body(self) -> dict[str, str]:
        """The error as clients see it: `{code, message, field?}`."""
        body = {"code": self.code, "message": self.message}
        if self.field is not None:
            body["field"] = self.field
        return body


class LoginNeededError(HandoffError):
    """The token is missing, wrong, expired or another account's. The caller logs in and repeats the call."""

    code = "anmeldung_noetig"
    status = 401


class ForbiddenError(HandoffError):
    """The caller is known, but may not do this. Repeating does not help."""

    code = "nicht_erlaubt"
    status = 403


class UnknownConversationError(HandoffError):
    """No conversation has this handle or chat id (foreign ones look the same). The client starts a new one."""

    code = "unterhaltung_unbekannt"
    status = 404

    def __init__(self) -> None:
        super().__init__("Diese Unterhaltung gibt es nicht (mehr). Bitte beginnen Sie eine neue.")


class NoMessengerError(HandoffError):
    """No channel that is switched on is linked with the account. The portal takes another way."""

    code = "kein_messenger"
    status = 404

    def __init__(self) -> None:
        super().__init__("Zu diesem Konto gehört kein Messenger.")


class ConflictError(HandoffError):
    """The world disagrees: the conversation's phase or a draft changed meanwhile. The caller reads the new state."""

    code = "konflikt"
    status = 409


class TooLargeError(HandoffError):
    """The request's body is larger than the gateway takes. The caller shortens it; nothing was stored."""

    code = "anfrage_zu_gross"
    status = 413


class InvalidInputError(HandoffError):
    """The input is malformed. The caller corrects `field` and repeats; nothing was stored."""

    code = "eingabe_ungueltig"
    status = 422


class TooManyRequestsError(HandoffError):
    """The caller is too quick. It waits a moment and repeats with the same client_id; nothing was stored."""

    code = "zu_viele_nachrichten"
    status = 429

    def __init__(self) -> None:
        super().__init__(
            "Das waren sehr viele Nachrichten in kurzer Zeit. Die letzte wurde nicht gespeichert. "
            "Bitte warten Sie einen Moment und senden Sie sie noch einmal."
        )


class UnavailableError(HandoffError):
    """A part that is needed for this call does not answer. The caller repeats later; nothing was stored."""

    code = "voruebergehend_gestoert"
    status = 503
