"""heat-api and heat-engine of Debian's python3-heat in one process, which lets them talk through memory.

usage: launch.py --config-file FILE

Makes the tables first when the SQLite file of the configuration is new.
"""
from heat.cmd import all as heat_all  # first: it replaces blocking calls of what is imported after it

import sys
import time
import types

from heat.engine import scheduler
from oslo_config import cfg
from oslo_messaging._drivers import common as wire
from oslo_messaging._drivers import impl_fake
from oslo_serialization import jsonutils
import sqlalchemy

from heat.db.sqlalchemy import models

# What Heat lets cross the wire as what it is; see heat.common.messaging.
EXCEPTIONS = ['heat.common.exception']
# In place of a second.
LOOK_SECONDS = 0.3


def reply_as_over_a_wire(self, reply=None, failure=None):
    """Answers and errors take the forms that a broker would leave them in: some of Heat's messages come from that."""
    if self._reply_q:
        error = failure and wire.deserialize_remote_exception(wire.serialize_remote_exception(failure), EXCEPTIONS)
        self._reply_q.put((jsonutils.loads(jsonutils.dumps(reply)), error))


def hurry():
    """Heat looks once a second at what it makes, and messages in memory are looked for twenty times a second.

    What is stood in for is there at once: nearly all the time a stack took was waiting for the next look.
    """
    sleep = scheduler.TaskRunner._sleep
    scheduler.TaskRunner._sleep = lambda self, wait: sleep(self, wait and wait * LOOK_SECONDS)
    impl_fake.time = types.SimpleNamespace(time=time.time, sleep=lambda wait: time.sleep(min(wait, LOOK_SECONDS / 30)))


def database_url():
    # Not the global configuration: Heat reads that itself, and only once.
    own = cfg.ConfigOpts()
    own.register_opt(cfg.StrOpt('connection'), group='database')
    own(args=sys.argv[1:], project='heat')
    return own.database.connection


def make_tables(url):
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        # A property of the file. Without a write-ahead log every reader would shut out the writers.
        connection.exec_driver_sql('PRAGMA journal_mode = WAL')
    for table in models.BASE.metadata.tables.values():
        # Heat may delete a row a second time, later: no other row may have got its number meanwhile.
        table.dialect_options['sqlite']['autoincrement'] = True
    # From the models: the steps by which grown databases got there are for MySQL.
    models.BASE.metadata.create_all(engine)
    engine.dispose()


if __name__ == '__main__':
    impl_fake.FakeIncomingMessage.reply = reply_as_over_a_wire
    hurry()
    make_tables(database_url())
    heat_all.main()
