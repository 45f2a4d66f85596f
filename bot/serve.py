"""The engine's process: one model, the gateway's channel, and nothing else of `rasa run`.

Run as `python -m bot.serve --model models/NAME.tar.gz --port 5005`; listens on loopback unless told otherwise.
"""

import argparse
import asyncio
from pathlib import Path

from bot.serving_only import leave_tensorflow_out

leave_tensorflow_out()

from rasa.core.agent import load_agent  # noqa: E402  (TensorFlow must be left out before)
from rasa.core.channels.channel import register  # noqa: E402
from rasa.core.utils import AvailableEndpoints  # noqa: E402
from sanic import Sanic  # noqa: E402

from bot.channel import GatewayChannel, prepare  # noqa: E402
from bot.errors import ConfigurationError  # noqa: E402
from bot.graph_runner import run_in_sequence  # noqa: E402
from bot.quiet import without_debug_copies  # noqa: E402

LOOPBACK = "127.0.0.1"
KEEP_ALIVE_S = 60


def create(model: Path, endpoints: Path) -> Sanic:
    """The server; it loads the model before it listens.

    Raises
    ------
    ConfigurationError
        While it starts: the model cannot be loaded, or endpoints.yml does not fit.
    """
    run_in_sequence()
    without_debug_copies()
    app = Sanic("amtslotse_engine", configure_logging=False)
    app.config.KEEP_ALIVE_TIMEOUT = KEEP_ALIVE_S
    register([GatewayChannel.from_credentials(None)], app, route="/webhooks/")

    async def load(app: Sanic, loop: asyncio.AbstractEventLoop) -> None:
        configured = AvailableEndpoints.read_endpoints(str(endpoints))
        app.ctx.agent = await load_agent(str(model), endpoints=configured, loop=loop)
        if not app.ctx.agent.is_ready():
            raise ConfigurationError(f"{model.name} cannot be loaded.")
        prepare(app.ctx.agent)

    app.register_listener(load, "before_server_start")
    return app


def main() -> None:
    """Serve until told to stop."""
    options = argparse.ArgumentParser(prog="python -m bot.serve")
    options.add_argument("--model", type=Path, required=True)
    options.add_argument("--port", type=int, required=True)
    options.add_argument("--interface", default=LOOPBACK)
    options.add_argument("--endpoints", type=Path, default=Path("endpoints.yml"))
    chosen = options.parse_args()
    create(chosen.model, chosen.endpoints).run(chosen.interface, chosen.port, access_log=False, motd=False)


if __name__ == "__main__":
    main()
