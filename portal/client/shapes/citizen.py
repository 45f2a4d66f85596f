"""Whom a conversation belongs to, what lies about her, and what a clerk may see of it."""

from datetime import datetime

from portal.client.shapes.basis import DisclosureText, Scalar, View


class Me(View):
    """Whom a conversation belongs to."""

    bound: bool
    trust: str | None
    first_name: str | None


class DataOverview(View):
    """What lies about a citizen, in short, and what became of it lately. Names of fields, never their values."""

    fields: list[str]
    documents: int
    consents: int
    """Releases that can still be withdrawn."""
    recent: list[str]
    """Sentences, the newest first: when, who, what."""


class Value(View):
    """One unmasked value."""

    value: Scalar


class DataSet(View):
    """Master data that a clerk may ask for in one go; `fields` are the labels of what is stored."""

    id: str
    label: str
    fields: list[str]


class ConsoleCitizen(View):
    """What the console knows of a citizen: none of her data, only which she could release."""

    trust: str
    address_locked: bool
    """An Auskunftssperre: her address is shown nowhere."""
    data_sets: list[DataSet]
    release_text: DisclosureText
    """What she agrees to when she releases one of them, or a document."""
    transfer_text: DisclosureText
    """What she agrees to when the conversation goes to another office."""


class WithdrawalView(View):
    """What a withdrawal did. `outcome`: entwurf, angehalten, bleibt, komfort."""

    outcome: str
    text: str


class MessageItem(View):
    """A message of her postbox that she has not read."""

    subject: str
    sender: str
    received_at: datetime
    url: str


class ConsentItem(View):
    """A consent that she can still withdraw. `fields` are labels; `consequence` says what the withdrawal does."""

    id: str
    purpose: str
    office: str
    fields: list[str]
    consequence: str


class ReleaseView(View):
    """What a citizen released to a clerk's office in the chat; `fields` are labels."""

    id: str
    label: str
    fields: list[str]
    document: bool


class ReleasedValue(View):
    """One released value. `date` is the ISO day from which it is known."""

    label: str
    value: str
    source: str
    date: str


class ReleasedValues(View):
    """The values of one release."""

    values: list[ReleasedValue]


class RequestView(View):
    """A request that became a case."""

    case: str
    reference: str
    service: str
    office: str
    delivered_at: datetime
    url: str | None
    """Where its citizen finds it; None without an account."""


class FiledNote(View):
    """A Vermerk that was filed; `reference` is the case's, None while it is not handed in."""

    id: str
    sha256: str
    service: str
    office: str
    reference: str | None


class NoteLine(View):
    """One message of a chat as a Vermerk keeps it. `author`: who, by function."""

    at: datetime
    author: str
    text: str
