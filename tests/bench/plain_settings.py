"""Settings of the plain group pattern: the console's, and the channel layer it does without."""

from contact_center.settings import *  # noqa: F403
from contact_center.settings import REDIS_URL

CHANNEL_LAYERS = {
    "default": {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
}
