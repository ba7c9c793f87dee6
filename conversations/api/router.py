"""The one router of the calls: two methods of one address must be registered together."""

from ninja import Router

router = Router()
