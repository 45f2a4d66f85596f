"""Rasa's graph of components, run one after the other.

Rasa runs it through dask, which schedules every call anew: about a millisecond for a turn of components that take less.
A model of this project is a chain of a dozen components, so their order is found once, when the model is loaded.
"""

from typing import Any

import rasa.core.processor
from rasa.engine.exceptions import GraphRunError
from rasa.engine.graph import ExecutionContext, GraphNode, GraphNodeHook, GraphSchema
from rasa.engine.runner.interface import GraphRunner
from rasa.engine.storage.storage import ModelStorage

_Plan = list[tuple[str, tuple[str, ...]]]
"""Node names in the order in which they run, each with the nodes and inputs that it needs."""


class SequentialGraphRunner(GraphRunner):
    """Runs the nodes that a target needs in an order that is computed once for each target.

    Parameters
    ----------
    graph_schema, model_storage, execution_context, hooks
        As Rasa's loader gives them.
    """

    def __init__(
        self,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> None:
        self._schema = graph_schema
        self._nodes = {
            name: GraphNode.from_schema_node(name, node, model_storage, execution_context, hooks)
            for name, node in graph_schema.nodes.items()
        }
        self._plans: dict[tuple[str, ...], _Plan] = {}

    @classmethod
    def create(
        cls,
        graph_schema: GraphSchema,
        model_storage: ModelStorage,
        execution_context: ExecutionContext,
        hooks: list[GraphNodeHook] | None = None,
    ) -> "SequentialGraphRunner":
        """Create the runner, as Rasa's loader calls it."""
        return cls(graph_schema, model_storage, execution_context, hooks)

    def run(self, inputs: dict[str, Any] | None = None, targets: list[str] | None = None) -> dict[str, Any]:
        """Give the value of each target.

        Parameters
        ----------
        inputs
            Values by the name of the placeholder that nodes ask for.
        targets
            Names of nodes; default the schema's own targets.

        Raises
        ------
        GraphRunError
            A node needs an input that was not given.
        """
        wanted = tuple(targets or self._schema.target_names)
        plan = self._plans.get(wanted)
        if plan is None:
            plan = self._plans[wanted] = self._plan(wanted)
        values: dict[str, Any] = dict(inputs or {})
        for name, needs in plan:
            try:
                given = [(need, values[need]) for need in needs]
            except KeyError as error:
                raise GraphRunError(f"{name} needs {error}, which was not given.") from error
            _, values[name] = self._nodes[name](*given)
        return {name: values[name] for name in wanted}

    def _plan(self, targets: tuple[str, ...]) -> _Plan:
        needed = self._schema.minimal_graph_schema(list(targets)).nodes
        plan: _Plan = []
        done: set[str] = set()

        def visit(name: str) -> None:
            if name in done or name not in needed:
                return
            done.add(name)
            needs = tuple(needed[name].needs.values())
            for need in needs:
                visit(need)
            plan.append((name, needs))

        for target in targets:
            visit(target)
        return plan


def run_in_sequence() -> None:
    """Let Rasa load its models with this runner from now on."""
    rasa.core.processor.DaskGraphRunner = SequentialGraphRunner
