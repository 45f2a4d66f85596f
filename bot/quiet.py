"""Logging of the engine: warnings and errors, and never what a citizen wrote."""

import logging
from collections.abc import MutableMapping
from types import SimpleNamespace
from typing import Any

import rasa.core.actions.forms
import rasa.core.policies.rule_policy
import rasa.core.processor
import structlog

_FIELDS = frozenset({"event", "level", "key", "action_name", "policy_name", "exception", "timestamp"})


def configure_logging() -> None:
    """Let structlog and the libraries of Rasa speak from WARNING on, without any field that may hold a text."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            only_known_fields,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    processor = logging.getLogger("rasa.core.processor")
    if without_traceback not in processor.filters:
        processor.addFilter(without_traceback)
    for name in ("rasa", "sanic.root", "sanic.access", "apscheduler", "matplotlib", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)


def without_debug_copies() -> None:
    """Spare Rasa the deep copies that it makes of states and events for debug lines which nobody writes.

    In these three modules (Rasa 3.6.21) `copy` serves nothing else; they are a tenth of a turn. Nor does Rasa look
    whether a message's intent and entities stand in the domain, to warn of it: for that it builds a whole domain anew.
    """
    same = SimpleNamespace(deepcopy=lambda value: value)
    for module in (rasa.core.processor, rasa.core.policies.rule_policy, rasa.core.actions.forms):
        module.copy = same
    rasa.core.processor.MessageProcessor._check_for_unseen_features = lambda _processor, _parsed: None


def only_known_fields(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    """Drop every field that is not known to be free of personal data."""
    return {key: value for key, value in event.items() if key in _FIELDS}


def without_traceback(record: logging.LogRecord) -> bool:
    """Keep a record, but not its traceback, whose messages may quote an answer of the action server."""
    record.exc_info = None
    record.exc_text = None
    return True
