"""`python -m wireroom.dispatcher`: be a dispatcher until SIGTERM."""

from __future__ import annotations

import signal
import sys
from threading import Event as Flag

from wireroom import logs, metrics
from wireroom.broker import Broker
from wireroom.database import AWAY, connect
from wireroom.database.migrate import check_schema
from wireroom.dispatcher.caretaker import Caretaker
from wireroom.dispatcher.census_taker import CensusTaker
from wireroom.dispatcher.dispatcher import Dispatcher
from wireroom.dispatcher.night_editor import NightEditor
from wireroom.dispatcher.proofreader import Proofreader
from wireroom.dispatcher.pulse import Pulse
from wireroom.errors import WireroomError
from wireroom.ledger.launch import skip_flight_numbers
from wireroom.logs import Event
from wireroom.outages import Outage, broker_outage, database_outage
from wireroom.probes import Probes, serve
from wireroom.readiness import Readiness
from wireroom.settings import Settings, settings

RECONNECT_SECONDS = 1.0
# The plan of a claim must not depend on statistics, which lag behind a table that fills and drains in minutes.
PLAN = {"enable_seqscan": "off", "enable_bitmapscan": "off"}


def main() -> None:
    """Run; ends with a sentence where the settings or the schema are wrong."""
    stopping = Flag()
    for one in (signal.SIGTERM, signal.SIGINT):
        signal.signal(one, lambda *_: stopping.set())
    try:
        given = settings()
        logs.configure("dispatcher", given.log_format, given.log_level)
        with connect(given.database_url, "dispatcher") as connection:
            check_schema(connection)
        readiness = Readiness("dispatcher", given)
        pulse = Pulse(readiness.lack)
        census = CensusTaker(given)
        probes = Probes(readiness, [metrics.DISPATCHER, census], pulse.stuck)
        serve(probes.paths, given.metrics_host, given.metrics_port)
    except WireroomError as error:
        sys.exit(f"wireroom dispatcher: {error}")
    Caretaker(given).start(stopping)
    Proofreader(given).start(stopping)
    NightEditor(given).start(stopping)
    metrics.begin_dispatcher()
    if given.metrics_port:
        census.start(stopping)
    logs.info(Event.process_started)
    readiness.start()
    database, redis = database_outage(), broker_outage()
    while not stopping.is_set():
        dispatch(given, stopping, pulse, database, redis)
    logs.info(Event.process_stopped)


def dispatch(given: Settings, stopping: Flag, pulse: Pulse, database: Outage, redis: Outage) -> None:
    """Dispatch until told to stop or until Postgres goes away."""
    broker = Broker(given.redis_url)
    try:
        with connect(given.database_url, "dispatcher", **PLAN) as connection:
            skip_flight_numbers(connection)
            database.over()
            Dispatcher(connection, broker, given, redis).run(pulse.beat_at(stopping.is_set))
    except (*AWAY, WireroomError) as error:
        database.met(error)
        stopping.wait(RECONNECT_SECONDS)
    finally:
        broker.close()


if __name__ == "__main__":
    main()
