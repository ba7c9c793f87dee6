"""Pages through the ASGI application as Daphne calls it."""

import threading

import pytest
from asgiref.testing import ApplicationCommunicator
from django.http import HttpResponse, StreamingHttpResponse
from django.test import override_settings
from django.urls import path

from contact_center.http import OneThreadHandler

threads: list[tuple[str, int]] = []


class Noting:
    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        threads.append(("middleware", threading.get_ident()))
        return self.get_response(request)


def plain(request):
    threads.append(("view", threading.get_ident()))
    return HttpResponse("plain")


async def asynchronous(request):
    return HttpResponse("asynchronous")


def streamed(request):
    async def parts():
        yield b"str"
        yield b"eamed"

    return StreamingHttpResponse(parts())


def broken(request):
    raise ValueError("This view is broken.")


urlpatterns = [path(view.__name__, view) for view in (plain, asynchronous, streamed, broken)]


async def _answer(name):
    with override_settings(ROOT_URLCONF=__name__, MIDDLEWARE=[f"{__name__}.Noting"]):
        headers = [(b"host", b"127.0.0.1")]
        scope = {"type": "http", "method": "GET", "path": f"/{name}", "query_string": b"", "headers": headers}
        communicator = ApplicationCommunicator(OneThreadHandler(), scope)
        await communicator.send_input({"type": "http.request", "body": b""})
        status = (await communicator.receive_output())["status"]
        body, more = b"", True
        while more:
            part = await communicator.receive_output()
            body, more = body + part.get("body", b""), part.get("more_body", False)
        await communicator.wait()
        return status, body


@pytest.mark.parametrize("name", ["plain", "asynchronous", "streamed"])
async def test_views_of_every_kind_answer(name):
    assert await _answer(name) == (200, name.encode())


async def test_middleware_and_view_share_a_thread_that_is_not_the_event_loops():
    threads.clear()
    await _answer("plain")
    (_, first), (_, second) = threads
    assert first == second != threading.get_ident()


async def test_a_broken_view_and_an_unknown_address_have_their_status():
    assert (await _answer("broken"))[0] == 500
    assert (await _answer("absent"))[0] == 404
