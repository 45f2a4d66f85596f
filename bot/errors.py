"""The engine's errors: one root, a stable code each, translated to HTTP by the channel."""


class EngineError(Exception):
    """Root of all errors that the engine raises on purpose."""

    code = "assistent_fehler"
    status = 500


class ConfigurationError(EngineError):
    """A setting is missing or useless. The operator sets it (docs/protocol/tokens.md) and starts again."""

    code = "einstellung_fehlt"


class MalformedRequestError(EngineError):
    """The gateway sent something that docs/protocol/engine.md does not allow. Repeating does not help."""

    code = "anfrage_unlesbar"
    status = 422


class TurnFailedError(EngineError):
    """The turn did not happen: nothing was stored. The gateway sends the same message again later."""

    code = "assistent_nicht_bereit"
    status = 503
