"""A machine whose clock is wrong, as far as tokens are concerned."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone, tzinfo

import pytest

from jupyter_kfp_connect.core import session
from jupyter_kfp_connect.core.auth import bearer_token, token_of_file
from jupyter_kfp_connect.core.diagnosis import token_facts

#: Whatever looks at the time that a token has left.
WHO_LOOKS = (bearer_token, token_of_file, token_facts, session)


def clock_off_by(hours: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process believe that it is so many hours later (negative: earlier) than it is."""

    class Wrong(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Wrong:
            right = datetime.now(timezone.utc) + timedelta(hours=hours)
            return cls.fromtimestamp(right.timestamp(), tz)

    for module in WHO_LOOKS:
        monkeypatch.setattr(module, "datetime", Wrong)
