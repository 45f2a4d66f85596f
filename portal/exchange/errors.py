"""What can stop an exchange as a whole. A single bad record stops nothing: it is reported as a `Mangel`."""


class ExchangeError(Exception):
    """Root of all errors of the exchange. The message is German and for the person at the command."""

    code = "austausch"


class WrongFormatError(ExchangeError):
    """The file is not of the announced format. The caller checks which file was meant; nothing was changed."""

    code = "austausch_format"


class UnsafeFileError(ExchangeError):
    """The file holds what is never read (a DTD, entities) or exceeds a limit. Its sender corrects it."""

    code = "austausch_unsicher"


class BusyError(ExchangeError):
    """Another import is writing into the same folder. The caller waits for its end and tries again."""

    code = "austausch_belegt"
