"""What leaves for other people's servers: to the address that was checked, in the name that was given, in time."""

import datetime
import socket
import ssl
import threading
import time

import pytest
import requests
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from contact_center.errors import Invalid
from contact_center.web import outgoing
from contact_center.web.outgoing import post
from tests.receiver import receiver

__all__ = ["receiver"]
NAME = "channel.example"


@pytest.fixture
def names(monkeypatch):
    """What the name server says of NAME, the last of it for good, and how often it was asked."""
    answers, asked, real = [], [], socket.getaddrinfo

    def look_up(host, *args, **kwargs):
        if host != NAME:
            return real(host, *args, **kwargs)
        asked.append(host)
        address = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, 0)) for each in address]

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    return answers, asked


@pytest.fixture
def anywhere(settings):
    settings.DELIVER_TO_PRIVATE_NETWORKS = True


def serve(handle):
    """A server of one connection."""
    listener = socket.create_server(("127.0.0.1", 0))

    def work():
        connection, _ = listener.accept()
        with listener, connection:
            handle(connection)

    threading.Thread(target=work, daemon=True).start()
    return listener.getsockname()[1]


def read_request(connection):
    seen = b""
    while b"\r\n\r\n" not in seen:
        seen += connection.recv(4096)


def test_a_name_that_means_another_address_a_moment_later_gains_nothing(names, anywhere, receiver):
    answers, asked = names
    answers += [["127.0.0.1"], ["127.0.0.2"]]
    port = receiver.server_address[1]
    assert post(f"http://{NAME}:{port}/console", b"{}", {}) == (200, "OK")
    assert asked == [NAME]
    ((headers, _),) = receiver.received
    assert headers["Host"] == f"{NAME}:{port}"


def test_a_name_that_means_a_private_address_is_refused_before_anything_is_connected(names, receiver):
    answers, _ = names
    answers += [["127.0.0.1"]]
    with pytest.raises(Invalid, match="private networks"):
        post(f"http://{NAME}:{receiver.server_address[1]}/console", b"{}", {})
    assert receiver.received == []


def test_one_private_address_among_public_ones_refuses_the_name(names):
    answers, _ = names
    answers += [["1.1.1.1", "10.0.0.1"]]
    with pytest.raises(Invalid, match="private networks"):
        post(f"http://{NAME}/", b"{}", {})


def test_where_the_first_address_is_down_the_second_is_asked(names, anywhere, receiver):
    answers, _ = names
    answers += [["127.0.0.9", "127.0.0.1"]]
    assert post(f"http://{NAME}:{receiver.server_address[1]}/console", b"{}", {}) == (200, "OK")


def test_tls_speaks_of_the_name_and_insists_on_its_certificate(names, anywhere, tmp_path):
    answers, _ = names
    answers += [["127.0.0.1"]]
    asked_for = []
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(own_certificate(tmp_path))
    context.sni_callback = lambda connection, name, context: asked_for.append(name)

    def handle(connection):
        with pytest.raises(ssl.SSLError):
            context.wrap_socket(connection, server_side=True)

    with pytest.raises(requests.exceptions.SSLError):
        post(f"https://{NAME}:{serve(handle)}/", b"{}", {})
    assert asked_for == [NAME]


def own_certificate(place):
    """Made by nobody anyone trusts."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, NAME)])
    now = datetime.datetime.now(datetime.UTC)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now).not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(NAME)]), critical=False)
    path = place / "own.pem"
    private = serialization.PrivateFormat.PKCS8
    path.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, private, serialization.NoEncryption())
        + builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    )
    return path


def test_an_answer_that_trickles_is_cut_off(anywhere, monkeypatch):
    monkeypatch.setattr(outgoing, "TOTAL_SECONDS", 1)

    def handle(connection):
        read_request(connection)
        try:
            while True:
                connection.sendall(b"H")
                time.sleep(0.1)
        except OSError:
            pass

    begun = time.monotonic()
    with pytest.raises(requests.Timeout):
        post(f"http://127.0.0.1:{serve(handle)}/", b"{}", {})
    assert time.monotonic() - begun < outgoing.TIMEOUT_SECONDS


def test_the_answers_body_is_not_waited_for(anywhere):
    over = threading.Event()

    def handle(connection):
        read_request(connection)
        connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 1000000000\r\n\r\n")
        over.wait(20)

    begun = time.monotonic()
    assert post(f"http://127.0.0.1:{serve(handle)}/", b"{}", {}) == (202, "Accepted")
    over.set()
    assert time.monotonic() - begun < outgoing.TIMEOUT_SECONDS
