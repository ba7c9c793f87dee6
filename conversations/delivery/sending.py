"""Puts a parcel on the wire: a signed POST, or an e-mail."""

import hashlib
import hmac
import json
import smtplib
import time

import requests
import structlog
from django.core.mail import EmailMessage

from contact_center.errors import Invalid
from contact_center.web.targets import refuse_private_target
from conversations.delivery.parcels import Answer, Parcel

logger = structlog.get_logger(__name__)

TIMEOUT_SECONDS = 10


def send(parcel: Parcel) -> Answer:
    """Never raises: whatever goes wrong is an answer."""
    try:
        text = _email(parcel) if parcel.address else _post(parcel)
    except (requests.RequestException, smtplib.SMTPException, OSError) as error:
        return Answer(parcel.entry_id, parcel.attempts, delivered=False, text=_words(error))
    except (Invalid, Rejected) as error:
        return Answer(parcel.entry_id, parcel.attempts, delivered=False, text=str(error))
    except Exception as error:  # one row that can't be sent must not keep the others
        logger.exception("delivery_failed", outbox_entry_id=parcel.entry_id)
        return Answer(parcel.entry_id, parcel.attempts, delivered=False, text=f"{type(error).__name__}: {error}")
    return Answer(parcel.entry_id, parcel.attempts, delivered=True, text=text)


class Rejected(Exception):
    """The other side answered, but not with 2xx."""


def _post(parcel: Parcel) -> str:
    if not parcel.is_switched_on:
        raise Rejected("The webhook is switched off, or the address was taken away.")
    refuse_private_target(parcel.url, must_resolve=True)
    body = json.dumps(parcel.body, separators=(",", ":"), sort_keys=True)
    timestamp = str(int(time.time()))
    with requests.Session() as session:
        # A proxy of the machine, or its stored passwords, would answer for somewhere else.
        session.trust_env = False
        response = session.post(
            parcel.url,
            data=body.encode(),
            headers={
                "Content-Type": "application/json",
                "Idempotency-Key": parcel.key,
                "X-Console-Timestamp": timestamp,
                "X-Console-Signature": signature(parcel.secret, timestamp, body),
            },
            timeout=TIMEOUT_SECONDS,
            # A redirect could lead into the private network after all.
            allow_redirects=False,
        )
    answer = f"{response.status_code} {response.reason}"
    if not 200 <= response.status_code < 300:
        raise Rejected(answer)
    return answer


def signature(secret: str, timestamp: str, body: str) -> str:
    """Hexadecimal HMAC-SHA256 over "<timestamp>.<body>"; receivers refuse timestamps older than a few minutes."""
    return hmac.new(secret.encode(), f"{timestamp}.{body}".encode(), hashlib.sha256).hexdigest()


def _email(parcel: Parcel) -> str:
    EmailMessage(
        subject=parcel.subject,
        body=parcel.text,
        to=[parcel.address],
        headers={"X-Idempotency-Key": parcel.key},
    ).send()
    return f"Handed to the mail server for {parcel.address}"


def _words(error: Exception) -> str:
    if isinstance(error, requests.Timeout):
        return f"No answer within {TIMEOUT_SECONDS} seconds"
    if isinstance(error, requests.ConnectionError):
        return "The address could not be reached"
    return f"{type(error).__name__}: {error}"
