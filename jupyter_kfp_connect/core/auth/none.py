"""``none``: a standalone install asks nobody who they are."""

from __future__ import annotations

from datetime import datetime

from ..errors import KfpConnectError, error
from ..hosts import origin
from ..http import Transport
from .base import Headers


class NoCredential:
    """Nothing is sent."""

    way = "none"
    renews = True
    watch: str | None = None

    def refused(self, host: str) -> KfpConnectError:
        """Return the error for a host that asks for a sign-in after all."""
        return error(
            "sign-in-needed",
            f"{origin(host)} asks for a sign-in, and this connection is set to do without "
            "(auth “none”)",
            remedy="Leave auth out, or set it to the way that you sign in.",
        )

    def headers(self) -> Headers:
        """See `Credential.headers`."""
        return Headers()

    def due(self, now: datetime) -> bool:
        """Never: see `Credential.due`."""
        return False

    def renew(self, transport: Transport) -> None:
        """Raise: a host that asks who we are has changed."""
        raise error("sign-in-needed", "the host now asks who you are")
