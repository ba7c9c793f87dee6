"""The lists that have a live socket, by the name that stands in its address."""

from collections.abc import Callable

from django.http import QueryDict

from contact_center.live.protocol import LiveView
from contact_center.tenancy.access import Actor

# Called in a worker thread inside the organization's scope; raises errors.Refused when the actor lacks the right.
Factory = Callable[[Actor, QueryDict], LiveView]

_factories: dict[str, Factory] = {}


def live_view(name: str) -> Callable[[Factory], Factory]:
    """Register the function that makes the view behind `/ws/o/<organization>/<name>/?<query of the page>`."""

    def register(factory: Factory) -> Factory:
        if _factories.get(name, factory) is not factory:
            raise ValueError(f"Two live views are called {name!r}.")
        _factories[name] = factory
        return factory

    return register


def factory_of(name: str) -> Factory | None:
    return _factories.get(name)


def live_view_names() -> list[str]:
    """For the guard tests, which try every socket from a foreign organization."""
    return sorted(_factories)
