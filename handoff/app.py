"""Builds the gateway: HTTP routes, Socket.IO, and the workers behind them."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import socketio
from cryptography.fernet import Fernet, MultiFernet
from fastapi import FastAPI

from handoff.channels import rasa_rest
from handoff.channels.rasa_socket import RasaSocket
from handoff.context import Clock, HandoffContext
from handoff.database import Database
from handoff.engine import HttpEngine
from handoff.hub import Hub
from handoff.live.commands import Desk
from handoff.live.feed import Feed
from handoff.live.server import create_server, register
from handoff.portal import HttpPortal
from handoff.ports import Channel, Engine, Notifier, Portal
from handoff.relay import Relay
from handoff.schema import lead as _lead  # noqa: F401  # its tables belong to the metadata
from handoff.schema import routing as _routing  # noqa: F401  # the same
from handoff.schema.base import KEYRING
from handoff.schema.upgrade import upgrade
from handoff.services.assigner import Assigner
from handoff.services.board import BoardWatch
from handoff.services.channels import ChannelCourier
from handoff.services.courier import Courier
from handoff.services.dispatcher import Dispatcher
from handoff.services.limiter import Limiter
from handoff.services.notices import NoticeCourier
from handoff.services.queue import LeaseWatch
from handoff.services.retention import RetentionWatch
from handoff.services.revocations import Revocations
from handoff.services.tokens import Verifier
from handoff.services.writer import LogWriter
from handoff.settings import HandoffSettings
from handoff.web import channels as channel_routes
from handoff.web import (
    console,
    conversations,
    edge,
    internal,
    lead,
    lead_care,
    lead_examples,
    lead_switches,
    onward,
    plain,
)
from handoff.web.static import BuiltFiles


def create_app(
    settings: HandoffSettings,
    clock: Clock,
    *,
    bot: Engine | None = None,
    portal: Portal | None = None,
    channels: Sequence[Channel] = (),
    notifier: Notifier | None = None,
    intents: Sequence[str] = (),
) -> FastAPI:
    """Build the gateway's application; its lifespan migrates the database and runs the workers.

    Parameters
    ----------
    settings
        All settings.
    clock
        Gives the present moment with a zone.
    bot, portal
        The other parts; default the real ones over HTTP.
    channels
        The messengers and mailboxes that are switched on.
    notifier
        Where notices take effect; default the portal.
    intents
        What the assistant can understand: the labels of the review.
    """
    KEYRING.load(MultiFernet([Fernet(key) for key in settings.keys]))
    database, hub = Database(settings.database), Hub()
    portal = portal or HttpPortal(settings.portal_url, settings.handoff_token)
    context = HandoffContext(
        settings=settings,
        clock=clock,
        database=database,
        portal=portal,
        bot=bot or HttpEngine(settings.engine_url, settings.engine_token, settings.engine_timeout_s),
        hub=hub,
        writer=LogWriter(database, hub, clock),
        channels={channel.capability.name: channel for channel in channels},
        board=BoardWatch(database),
        notifier=notifier or portal.notifier,
        intents=tuple(intents),
    )
    database.outgoing = hub.outbox_changed
    origins = (*settings.own_origins, *settings.origins)
    server = create_server(origins)
    feed = Feed(context, server)
    dispatcher = Dispatcher(context)
    couriers: list[Courier] = [dispatcher, ChannelCourier(context), NoticeCourier(context)]
    leases, revocations = LeaseWatch(context), Revocations()
    assigner = Assigner(context)
    retention = RetentionWatch(context)
    relay = Relay(settings.redis, settings.database, hub) if settings.redis else None

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        await upgrade(context.database.engine)
        await revocations.start(context)
        feed.start()
        app.state.rasa.start()
        for channel in channels:
            await channel.start(context)
        for courier in couriers:
            await courier.start()
        hub.attach(context.board)
        leases.start()
        assigner.start()
        retention.start()
        if relay is not None:
            await relay.start()
        try:
            yield
        finally:
            if relay is not None:
                await relay.stop()
            await retention.stop()
            await assigner.stop()
            await leases.stop()
            await revocations.stop()
            for courier in reversed(couriers):
                await courier.stop()
            await app.state.rasa.stop()
            await feed.stop()
            await context.close()

    app = FastAPI(lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    app.state.context = context
    app.state.dispatcher = dispatcher
    app.state.couriers = couriers
    app.state.assigner = assigner
    app.state.revocations = revocations
    app.state.verifier = Verifier(settings.portal_public_key, clock, revocations.check)
    app.state.handles = Limiter(settings.handle_rate, lambda: clock().timestamp(), kind="citizen", hub=hub)
    app.state.addresses = Limiter(settings.address_rate, lambda: clock().timestamp(), kind="address", hub=hub)
    register(server, Desk(context, feed, app.state.handles, app.state.addresses), app.state.verifier)
    app.state.rasa = RasaSocket(
        context,
        app.state.verifier,
        app.state.handles,
        app.state.addresses,
        origins,
    )
    edge.install(app, settings.origins)
    for router in (
        internal.router,
        conversations.router,
        console.router,
        lead.router,
        lead_care.router,
        lead_examples.router,
        lead_switches.router,
        rasa_rest.router,
        channel_routes.router,
        onward.router,
        plain.router,
    ):
        app.include_router(router)
    for channel in channels:
        app.include_router(channel.router())
    app.mount("/socket.io", socketio.ASGIApp(app.state.rasa.server, socketio_path="/socket.io"))
    app.mount("/live/socket.io", socketio.ASGIApp(server, socketio_path="/live/socket.io"))
    app.mount("/live/ui", BuiltFiles())
    return app
