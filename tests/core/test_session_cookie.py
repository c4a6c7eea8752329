"""A cookie pasted from a browser: what is sent of it, and what it says of its days."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from jupyter_kfp_connect.core.auth.session_cookie import SessionCookie
from jupyter_kfp_connect.core.errors import SignInFailed
from jupyter_kfp_connect.core.secret import Secret
from jupyter_kfp_connect.core.transport import RequestsTransport

NOW = datetime.now(timezone.utc).replace(microsecond=0)
NAME = "oauth2_proxy_kubeflow"


def line(ends: datetime) -> str:
    """Return a cookie as a browser's tools show the answer that set it."""
    until = format_datetime(ends, usegmt=True)
    return f"Set-Cookie: {NAME}=value; Path=/; Expires={until}; Max-Age=86400; HttpOnly; Secure"


def over(cookie: SessionCookie, transport: RequestsTransport) -> str:
    """Return what is said when the server refuses it."""
    with pytest.raises(SignInFailed) as caught:
        cookie.renew(transport)
    assert caught.value.code == "cookie-refused"
    return caught.value.message


@pytest.fixture
def nowhere() -> RequestsTransport:
    """A transport that is never used: only a browser gets a new cookie."""
    return None  # type: ignore[return-value]


def test_a_whole_line_is_sent_without_its_attributes_and_tells_its_end() -> None:
    ends = NOW + timedelta(days=1)
    headers = SessionCookie(Secret(line(ends))).headers()
    assert headers.values["Cookie"] == f"{NAME}=value"
    assert headers.expires_at == ends


def test_several_cookies_stay_together() -> None:
    headers = SessionCookie(Secret(f"{NAME}_0=a; {NAME}_1=b;")).headers()
    assert headers.values["Cookie"] == f"{NAME}_0=a; {NAME}_1=b"
    assert headers.expires_at is None


def test_a_cookie_past_its_end_is_not_even_sent(nowhere: RequestsTransport) -> None:
    ends = NOW - timedelta(hours=1)
    cookie = SessionCookie(Secret(line(ends)))
    with pytest.raises(SignInFailed, match=f"ended on {ends:%Y-%m-%d}"):
        cookie.headers()
    assert f"{ends:%H:%M} UTC" in over(cookie, nowhere)


def test_a_cookie_of_oauth2_proxy_tells_when_its_session_began(nowhere: RequestsTransport) -> None:
    cookie = SessionCookie(Secret(f"{NAME}=djE=|{NOW.timestamp():.0f}|c2lnbmF0dXJl"))
    assert f"began on {NOW:%Y-%m-%d} at {NOW:%H:%M} UTC" in over(cookie, nowhere)


@pytest.mark.parametrize("text", ["a=b; Expires=soon", "a=b; expires=", "a=|9999999999|c"])
def test_an_end_that_no_calendar_has_is_none(text: str, nowhere: RequestsTransport) -> None:
    cookie = SessionCookie(Secret(text))
    assert cookie.headers().expires_at is None
    assert "over" in over(cookie, nowhere)


def test_attributes_alone_are_no_cookie() -> None:
    with pytest.raises(SignInFailed, match="no cookie"):
        SessionCookie(Secret("Path=/; HttpOnly"))
