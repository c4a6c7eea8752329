"""Who has to sign in for a call to go on reads where that is done."""

from __future__ import annotations

import pytest

from jupyter_kfp_connect import connect
from jupyter_kfp_connect.core.errors import SignInNeeded, error
from jupyter_kfp_connect.kernel.client import KubeflowClient

from .fake_broker import FakeBroker
from .fake_source import FakeSource


@pytest.mark.parametrize(
    ("code", "terminal"),
    [("sign-in-needed", True), ("session-over", True), ("cookie-refused", False)],
)
def test_a_person_who_has_to_sign_in_is_told_where(
    lent: FakeBroker, code: str, terminal: bool
) -> None:
    client = connect("prod")
    lent.refuse(error(code, "nobody is signed in"))
    lent.touch()
    with pytest.raises(SignInNeeded) as caught:
        client.list_experiments()
    remedy = caught.value.remedy
    assert "in the Kubeflow Pipelines panel" in remedy
    assert "with %kfp_connect prod in a cell" in remedy
    assert ("with `jupyter kfp-connect login prod` in a terminal" in remedy) is terminal


def test_without_a_server_there_is_no_panel_to_sign_in_in(
    source: FakeSource,
) -> None:
    client = KubeflowClient(source)
    source.problem = error("session-over", "the session is over, and the password was not kept")
    for _ in range(2):  # the same error
        with pytest.raises(SignInNeeded) as caught:
            client.list_experiments()
        assert caught.value.remedy == (
            "Sign in again. Do it with %kfp_connect in a cell, or with"
            " jupyter_kfp_connect.connect(…) in a program."
        )
