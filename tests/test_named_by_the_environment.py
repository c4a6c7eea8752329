"""``KF_PIPELINES_ENDPOINT``: what it names is connected to, or told as what it is."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import jupyter_kfp_connect as kfc

from .kernel.fake_broker import NO_CONNECTIONS, running_broker
from .kernel.fake_kfp import Answer, Asked, FakeKfp, running_kfp


def multi_user(asked: Asked) -> Answer:
    if asked.path.endswith("/healthz"):
        return Answer.json({"multi_user": True})
    return Answer.json({}, 200 if asked.credential else 401)


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeKfp]:
    """A KFP that the environment names."""
    with running_kfp() as fake:
        fake.respond = multi_user
        monkeypatch.setenv("KF_PIPELINES_ENDPOINT", fake.host)
        yield fake


def test_it_is_found_with_and_without_its_name(endpoint: FakeKfp) -> None:
    endpoint.respond = lambda asked: Answer.json({"multi_user": False})
    assert "environment" in repr(kfc.connect())
    assert "environment" in repr(kfc.connect("environment"))


def test_what_is_not_kfp_is_told_as_such(endpoint: FakeKfp) -> None:
    endpoint.respond = lambda asked: Answer(404, b"nothing", {"Content-Type": "text/plain"})
    with pytest.raises(kfc.NotReachable, match="it is not KFP") as caught:
        kfc.connect()
    assert "correct KF_PIPELINES_ENDPOINT where Jupyter is started" in caught.value.remedy


@pytest.mark.parametrize("locked", [False, True])
def test_it_serves_before_a_server_has_looked_around_unless_its_administrator_forbids_it(
    locked: bool, endpoint: FakeKfp, monkeypatch: pytest.MonkeyPatch
) -> None:
    policy = {**NO_CONNECTIONS["policy"], "locked": locked}
    with running_broker() as broker:
        monkeypatch.setenv("KFP_CONNECT_BROKER", str(broker.description))
        broker.routes["/connections"] = lambda body: (200, {**NO_CONNECTIONS, "policy": policy})
        if locked:
            with pytest.raises(kfc.RequestError, match="there is no connection “environment”"):
                kfc.connect("environment", token="t1")
            assert endpoint.asked == []
        else:
            kfc.connect("environment", token="t1", namespace="team-a").list_experiments()
            assert endpoint.asked[-1].credential == "Bearer t1"
