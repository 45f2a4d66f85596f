"""Rasa without TensorFlow, for processes that serve a trained model of our own components.

Rasa imports TensorFlow for two things that only training uses: base classes of the helpers that train its neural
networks, and the validator of its default recipe, which a model's metadata names. Nothing of this project is a neural
network. Here small modules stand in their place, with these names and nothing else. A model that does need TensorFlow
fails to load, with an ImportError that names what it misses; `rasa run` serves it.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any


class _TrainingOnly:
    """Stands for a class of training, of which nothing is ever created here."""


_STAND_INS: dict[str, dict[str, Any]] = {
    "tensorflow": {"__path__": []},
    "tensorflow.keras": {"__path__": []},
    "tensorflow.keras.callbacks": {"Callback": _TrainingOnly},
    "tensorflow.keras.utils": {"Sequence": _TrainingOnly},
    "rasa.graph_components.validators.default_recipe_validator": {"DefaultV1RecipeValidator": _TrainingOnly},
}


def leave_tensorflow_out() -> None:
    """Keep Rasa from importing TensorFlow; to be called before the first import of Rasa."""
    if "tensorflow" in sys.modules:
        return
    for name, content in _STAND_INS.items():
        module = ModuleType(name)
        vars(module).update(content)
        sys.modules[name] = module
        parent, _, child = name.rpartition(".")
        if parent in _STAND_INS:
            setattr(sys.modules[parent], child, module)


@contextmanager
def without_warnings() -> Iterator[None]:
    """Import Rasa or load a model without what libraries say to their developers; errors are raised as always.

    The warnings are taken where they would be shown, because some of these libraries set the filters of warnings anew.
    """
    with warnings.catch_warnings(record=True):
        yield
