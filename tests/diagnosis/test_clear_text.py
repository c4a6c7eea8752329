"""Plain http: whoever gives a password is warned of each host that it may go to in clear."""

from __future__ import annotations

import warnings

import pytest

from jupyter_kfp_connect import connect
from jupyter_kfp_connect.core.errors import KfpConnectError
from jupyter_kfp_connect.kernel.prompts import ask_password
from tests.core.fakes import connection

from .catalogued import shows


@shows("password-in-clear")
@pytest.mark.parametrize(
    ("host", "warns"), [("http://localhost:9", True), ("https://localhost:9", False)]
)
def test_who_types_a_password_for_a_sign_in_elsewhere_in_clear_is_warned_before(
    host: str, warns: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    # From https no sign-in goes on in clear.
    says = "a password sent to dex.corp.example can be read on the way"
    told_before: list[bool] = []

    def typed(prompt: str) -> str:
        told_before.append(says in capsys.readouterr().err)
        return "secret"

    monkeypatch.setattr("jupyter_kfp_connect.kernel.prompts.can_ask", lambda: True)
    monkeypatch.setattr("getpass.getpass", typed)
    elsewhere = ["http://dex.corp.example"]
    assert ask_password(connection(host=host, username="me", login_hosts=elsewhere))
    assert told_before == [warns]
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("always", UserWarning)
        with pytest.raises(KfpConnectError):
            connect(host=host, username="me", password="hunter2", login_hosts=elsewhere)
    assert [says in str(each.message) for each in seen] == [True] * warns
