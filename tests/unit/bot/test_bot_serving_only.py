"""What libraries say to their developers while Rasa is imported is not shown to whoever runs `amtslotse parse`."""

import warnings

import pytest

from bot.serving_only import without_warnings


def test_warnings_are_not_shown_even_if_a_library_asks_for_them(recwarn):
    with without_warnings():
        warnings.simplefilter("always")
        warnings.warn("too old", DeprecationWarning, stacklevel=1)
    assert not recwarn.list
    with pytest.warns(DeprecationWarning, match="afterwards"):
        warnings.warn("afterwards", DeprecationWarning, stacklevel=1)


def test_errors_are_raised():
    with pytest.raises(ImportError, match="tensorflow"), without_warnings():
        raise ImportError("tensorflow")
