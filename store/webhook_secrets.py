"""Secrets that webhooks are signed with: they derive from the desk's key, so that none is stored anywhere."""

import base64
import hmac

from store.keys import Key


def secret_of(desk: Key, *receiver: str) -> bytes:
    """Of one receiver: 32 bytes."""
    return hmac.digest(desk.secret, "|".join(("webhook", *receiver)).encode(), "sha256")


def secret_text(secret: bytes) -> str:
    """The secret as Standard Webhooks writes it."""
    return f"whsec_{base64.b64encode(secret).decode()}"
