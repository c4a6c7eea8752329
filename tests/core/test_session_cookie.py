"""A browser's cookie as a way in: what it says of its days, and of what is not known of them."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from email.utils import format_datetime

import pytest

from jupyter_kfp_connect.core.auth.session_cookie import SessionCookie
from jupyter_kfp_connect.core.errors import SignInFailed, SignInNeeded
from jupyter_kfp_connect.core.secret import Secret
from jupyter_kfp_connect.core.times import written

NOW = datetime.now(timezone.utc).replace(microsecond=0)
DAY = timedelta(days=1)
NAME = "oauth2_proxy_kubeflow"


def cookie(text: str) -> SessionCookie:
    """Return what was pasted as a way in."""
    return SessionCookie(Secret(text), "https://kubeflow.example.com/pipeline")


def signed(began: datetime) -> str:
    """Return a value as oauth2-proxy signs it."""
    return f"c2Vzc2lvbg==|{began.timestamp():.0f}|c2lnbmF0dXJl="


def line(ends: datetime) -> str:
    """Return a cookie as a browser's tools show the answer that set it."""
    until = format_datetime(ends, usegmt=True)
    return f"Set-Cookie: {NAME}=value; Path=/; Expires={until}; Max-Age=86400; HttpOnly; Secure"


def over(cookie: SessionCookie) -> str:
    """Return what is said when a call is refused later."""
    with pytest.raises(SignInFailed) as caught:
        cookie.renew(None)  # type: ignore[arg-type]  # only a browser gets a new one
    assert caught.value.code == "cookie-refused"
    return caught.value.message


def test_a_whole_line_is_sent_without_its_attributes_and_tells_its_end() -> None:
    headers = cookie(line(NOW + DAY)).headers()
    assert headers.values["Cookie"] == f"{NAME}=value"
    assert headers.expires_at == NOW + DAY
    assert headers.lasting == f"until {written(NOW + DAY)}"


def test_the_line_that_oauth2_proxy_sends_tells_its_end_by_its_own_time() -> None:
    # It names no day: seconds from when it was made, and that stands in the value.
    began = NOW - timedelta(hours=2)
    text = f"Set-Cookie: {NAME}={signed(began)}; Path=/; Max-Age=86400; HttpOnly"
    assert cookie(text).headers().expires_at == began + DAY


def test_a_row_of_the_browsers_table_tells_its_end() -> None:
    ends = NOW + timedelta(hours=22)
    row = (
        f"{NAME}\t{signed(NOW)}\tkubeflow.example.com\t/\t{ends:%Y-%m-%dT%H:%M:%S}.000Z\t210\t✓\t✓"
    )
    headers = cookie(row).headers()
    assert headers.values["Cookie"] == f"{NAME}={signed(NOW)}"
    assert headers.expires_at == ends


def test_a_name_and_value_alone_tell_the_usual_day_and_invent_no_end() -> None:
    began = NOW - timedelta(hours=3)
    headers = cookie(f"{NAME}={signed(began)}").headers()
    assert headers.expires_at is None
    assert headers.lasting == (
        f"usually until {written(began + DAY)}, a day after it began; the gateway decides"
    )


def test_a_session_that_goes_on_after_a_day_is_the_gateways_decision() -> None:
    began = NOW - 3 * DAY
    lasting = cookie(f"{NAME}={signed(began)}").headers().lasting
    assert lasting == f"since {written(began)}; the gateway decides until when"


def test_a_session_in_parts_tells_its_day_wherever_it_is_cut() -> None:
    whole = signed(NOW)
    for cut in range(1, len(whole)):
        text = f"{NAME}_1={whole[cut:]}; {NAME}_0={whole[:cut]}; theme=dark"
        assert written(NOW + DAY) in (cookie(text).headers().lasting or ""), cut


@pytest.mark.parametrize("given", [[0], [1], [0, 2], [1, 2], [0, 1]])
def test_a_session_that_lacks_a_part_is_told_and_not_sent(given: list[int]) -> None:
    whole = signed(NOW)
    parts = [whole[:5], whole[5:20], whole[20:]]
    text = "; ".join(f"{NAME}_{index}={parts[index]}" for index in given)
    with pytest.raises(SignInNeeded, match="not all of them were given") as caught:
        cookie(text)
    assert f"{NAME}_0, {NAME}_1" in caught.value.remedy
    assert not any(part in str(caught.value) for part in parts)


def test_a_cookie_whose_name_ends_like_a_part_is_whole_where_it_is_no_session() -> None:
    assert (
        cookie("experiment_1=a; team_7=b").headers().values["Cookie"] == "experiment_1=a; team_7=b"
    )


def test_other_cookies_say_nothing_of_the_session() -> None:
    soon, later = (format_datetime(NOW + n * DAY, usegmt=True) for n in (1, 2))
    others = f"Set-Cookie: theme=dark; Expires={soon}\n"
    session = f"Set-Cookie: authservice_session=x; Expires={later}"
    assert cookie(others + session).headers().expires_at == NOW + 2 * DAY
    assert cookie(others + "Cookie: sid=x").headers().expires_at is None
    # The cookie of a sign-in under way is signed alike.
    flow = f"{NAME}_csrf={signed(NOW - DAY)}; {NAME}={signed(NOW)}"
    assert written(NOW + DAY) in (cookie(flow).headers().lasting or "")


def test_a_cookie_past_its_end_is_not_even_sent() -> None:
    ends = NOW - timedelta(hours=1)
    ended = cookie(line(ends))
    with pytest.raises(SignInFailed, match=f"ended on {ends:%Y-%m-%d}"):
        ended.headers()
    assert f"{ends:%H:%M} UTC" in over(ended)


def test_a_cookie_that_is_not_taken_tells_when_its_session_began() -> None:
    began = NOW - 2 * DAY
    old = cookie(f"{NAME}={signed(began)}")
    assert f"began on {written(began)}" in over(old)
    refused = old.refused("https://kubeflow.example.com/pipeline")
    assert isinstance(refused, SignInNeeded)
    assert f"it began on {written(began)}" in refused.message
    assert "https://kubeflow.example.com" in refused.message
    assert "c2Vzc2lvbg" not in str(refused)


@pytest.mark.parametrize(
    "text",
    [
        "a=b; Expires=soon",
        "a=b; expires=",
        "a=b|9999999999|c",
        "a=b; Max-Age=long",
        "a=b",
        "a=b; Expires=9999-12-31T23:59:59-05:00",
        "a=b; Expires=0001-01-01T00:00:00+05:00",
        "a=b; Expires=Mon, 01 Jan 99999999999 00:00:00 GMT",
        "a\tb\tkubeflow.example.com\t/\t9999-12-31T23:59:59-05:00",
    ],
)
def test_an_end_that_no_calendar_has_is_none(text: str) -> None:
    odd = cookie(text)
    assert odd.headers().expires_at is None
    assert odd.headers().lasting == "the cookie does not say until when"
    assert "over" in over(odd)
