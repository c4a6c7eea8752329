"""A password must not be seen by looking at what holds it."""

from __future__ import annotations

import copy
import dataclasses
import pickle
import pprint
import pydoc
import traceback

import pytest

from jupyter_kfp_connect.core.auth.base import Headers
from jupyter_kfp_connect.core.auth.bearer_token import TokenValue
from jupyter_kfp_connect.core.auth.dex import Login, SignIn
from jupyter_kfp_connect.core.auth.session_cookie import SessionCookie
from jupyter_kfp_connect.core.cookies import Cookies
from jupyter_kfp_connect.core.http import NetworkSettings, Request
from jupyter_kfp_connect.core.lease import Lease
from jupyter_kfp_connect.core.secret import Secret

from .answers import HEALTHZ, to
from .fakes import connection, given

WORD = "hunter2"


@pytest.mark.parametrize("how", ["{}", "{!r}", "{!s}", "{!a}", "{:>20}"])
def test_no_way_to_print_a_secret_shows_it(how: str) -> None:
    if how == "{:>20}":
        with pytest.raises(TypeError):
            how.format(Secret(WORD))
        return
    assert WORD not in how.format(Secret(WORD))
    assert WORD not in f"{[Secret(WORD)]} { ({'password': Secret(WORD)}) }"


def test_a_secret_is_not_written_anywhere() -> None:
    for work in (pickle.dumps, copy.copy, copy.deepcopy):
        with pytest.raises(TypeError, match="a secret is not written anywhere"):
            work(Secret(WORD))
    with pytest.raises(TypeError):
        vars(Secret(WORD))


def test_headers_with_a_credential_are_sent_but_not_shown() -> None:
    for held in (
        Headers({"Cookie": WORD}).values,
        Lease("i", "n", "h", headers={"C": WORD}).headers,
    ):
        assert WORD in {**held}.values()
        assert WORD not in f"{held} {[held]} {pprint.pformat(held)} {pydoc.text.repr(held)}"
        for work in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="not written anywhere"):
                work(held)


def test_a_secret_is_there_for_the_line_that_sends_it() -> None:
    assert Secret(WORD).reveal() == WORD
    assert Secret(WORD)
    assert not Secret("")


def test_nothing_that_holds_a_secret_shows_it() -> None:
    cookies = Cookies()
    cookies.take(to(HEALTHZ, "/x", f"session={WORD}; Path=/"))
    assert WORD in (cookies.header(HEALTHZ) or "")
    headers = {"Cookie": WORD}
    holders = [
        given(password=WORD, token=WORD, cookies=WORD),
        Login("me", Secret(WORD)),
        SignIn(connection(), Login("me", Secret(WORD))),
        Headers(headers),
        Request("POST", "http://h", headers, {"password": WORD}),
        to("http://h", "/x", f"session={WORD}"),
        Lease("id", "kfp", "http://h", headers=headers, proxy=f"http://me:{WORD}@proxy"),
        NetworkSettings(proxy=f"http://me:{WORD}@proxy"),
        TokenValue(Secret(WORD)),
        SessionCookie(Secret(f"a={WORD}"), "http://h"),
        cookies,
    ]
    assert WORD not in repr(holders)


def test_a_traceback_with_local_variables_shows_no_secret() -> None:
    def fails(login: Login) -> None:
        raise ValueError("no luck")

    with pytest.raises(ValueError, match="no luck") as caught:
        fails(Login("me", Secret(WORD)))
    shown = traceback.TracebackException.from_exception(caught.value, capture_locals=True)
    assert WORD not in "".join(shown.format())


def test_a_field_of_a_connection_is_never_a_secret() -> None:
    fields = {field.name for field in dataclasses.fields(connection())}
    assert not fields & {"password", "token", "cookies", "secret"}
