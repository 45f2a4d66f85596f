"""What all shapes are made of."""

from pydantic import BaseModel, ConfigDict

Scalar = str | int | None


class View(BaseModel):
    """Root of all shapes."""

    model_config = ConfigDict(frozen=True, populate_by_name=True)


class Choice(View):
    """One option of a field."""

    id: str
    label: str


class FeeView(View):
    """The fee in words; `mark` `geprueft` or `stand_pruefen`."""

    display: str
    mark: str


class DeadlineView(View):
    """A deadline: its last day if it can be counted, and in words."""

    date: str | None
    text: str
    law: str
    mark: str


class DisclosureText(View):
    """A text that is read before data flow, with its version and language."""

    text: str
    version: str
    language: str
