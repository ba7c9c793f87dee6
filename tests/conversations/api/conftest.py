"""What tests of the API share."""

import pytest

from routing.kinds import Channel
from tests import factories
from tests.conversations.api.caller import make_caller


@pytest.fixture
def api(harbor):
    """Harbor's integration, with the work streams it writes to."""
    with harbor.scope():
        for channel in (Channel.LIVE_CHAT, Channel.SMS):
            factories.make_work_stream(channel, queue=harbor.orders)
    return make_caller(harbor)


@pytest.fixture
def foreign_api(summit):
    """An integration of the other organization."""
    return make_caller(summit)
