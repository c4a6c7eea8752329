"""A client of a Jupyter server's connection: what it asks the broker, and when."""

from __future__ import annotations

import gc
import json
import os
import time
import warnings
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.core.errors import KfpConnectError, NotInNotebook, SignInNeeded, error
from jupyter_kfp_connect.core.session import Lease
from jupyter_kfp_connect.kernel.broker_client import Broker
from jupyter_kfp_connect.kernel.broker_source import BrokerSource, Holder

from .fake_broker import FakeBroker, running_broker, serving
from .fake_source import make_lease

LEASE = make_lease("http://kfp.example.com")
HOLDER = Holder("prod", "team-a", "kernel-1", "kfp_client")


def found(fake: FakeBroker) -> Broker:
    broker = Broker.find(fake.environ)
    assert broker is not None
    return broker


@pytest.fixture
def source(broker: FakeBroker) -> BrokerSource:
    broker.lend(LEASE)
    return BrokerSource(found(broker), HOLDER)


def test_a_lease_says_who_asks_and_comes_back_whole(
    source: BrokerSource, broker: FakeBroker
) -> None:
    assert source.lease() == LEASE
    assert broker.bodies("/lease") == [
        {
            "connection": "prod",
            "namespace": "team-a",
            "kernel_id": "kernel-1",
            "variable": "kfp_client",
        }
    ]


def test_an_ordinary_call_asks_nobody(source: BrokerSource, broker: FakeBroker) -> None:
    for _ in range(5):
        source.lease()
    assert len(broker.asked) == 1


def test_a_change_is_seen_by_the_next_call_which_goes_by_the_id(
    source: BrokerSource, broker: FakeBroker
) -> None:
    source.lease()
    broker.touch()
    source.lease()
    assert [body["connection"] for body in broker.bodies("/lease")] == ["prod", "id-of-prod"]


def test_disconnect_is_raised_by_the_next_call(source: BrokerSource, broker: FakeBroker) -> None:
    source.lease()
    broker.refuse(error("disconnected", "“prod” was disconnected"))
    broker.touch()
    with pytest.raises(NotInNotebook) as caught:
        source.lease()
    assert caught.value.code == "disconnected"


def test_a_sign_in_that_is_needed_arrives_whole(source: BrokerSource, broker: FakeBroker) -> None:
    sent = error("sign-in-needed", "nobody is signed in", remedy_copy="copy")
    broker.refuse(sent)
    with pytest.raises(SignInNeeded) as caught:
        source.lease()
    assert caught.value.to_dict() == sent.to_dict()


def test_a_lease_near_its_end_is_asked_for_anew(broker: FakeBroker) -> None:
    now = time.time()
    ends = datetime.fromtimestamp(now + 60, timezone.utc)
    broker.lend(make_lease("http://kfp.example.com", expires_at=ends))
    clock = [now]
    source = BrokerSource(found(broker), HOLDER, clock=lambda: clock[0])
    source.lease()
    source.lease()
    assert len(broker.asked) == 1
    clock[0] += 31
    source.lease()
    assert len(broker.asked) == 2


def test_a_mounted_token_that_changed_is_asked_for_anew(broker: FakeBroker, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("one", encoding="ascii")
    broker.lend(make_lease("http://kfp.example.com", watch=str(token)))
    source = BrokerSource(found(broker), HOLDER)
    for _ in range(4):
        source.lease()
    asked = len(broker.asked)
    assert asked <= 2
    fresh = tmp_path / "fresh"
    fresh.write_text("two", encoding="ascii")
    fresh.replace(token)
    source.lease()
    assert len(broker.asked) == asked + 1


def test_a_refused_generation_is_reported_and_replaced(
    source: BrokerSource, broker: FakeBroker
) -> None:
    source.lease()
    broker.lend(make_lease("http://kfp.example.com", generation=2))
    assert source.refused(1).generation == 2
    assert broker.bodies("/refused") == [
        {
            "connection_id": "id-of-prod",
            "generation": 1,
            "namespace": "team-a",
            "kernel_id": "kernel-1",
        }
    ]


def test_threads_that_are_refused_at_once_report_it_once(
    source: BrokerSource, broker: FakeBroker
) -> None:
    source.lease()
    broker.lend(make_lease("http://kfp.example.com", generation=2))
    with ThreadPoolExecutor(8) as threads:
        leases = list(threads.map(lambda _: source.refused(1), range(16)))
    assert {lease.generation for lease in leases} == {2}
    assert len(broker.bodies("/refused")) == 1


def test_the_connection_to_the_broker_is_kept(source: BrokerSource, broker: FakeBroker) -> None:
    for _ in range(3):
        broker.touch()
        source.lease()
    assert broker.connections == 1


def test_a_server_that_restarted_is_found_again(tmp_path: Path) -> None:
    with running_broker() as first:
        first.lend(LEASE)
        environ: dict[str, str] = dict(first.environ)
        broker = Broker.find(environ)
        assert broker is not None
        source = BrokerSource(broker, HOLDER)
        source.lease()
    with running_broker() as second:
        second.lend(make_lease("http://kfp.example.com", generation=7))
        environ.update(second.environ)
        assert source.lease().generation == 7


def test_a_kept_connection_that_the_server_closed_is_replaced(broker: FakeBroker) -> None:
    broker.lend(LEASE)
    with running_broker() as other:
        other.lend(LEASE)
        source = BrokerSource(found(other), HOLDER)
        source.lease()
    with serving_again(other):
        assert source.lease() == LEASE


def serving_again(fake: FakeBroker) -> Any:
    fake.folder.mkdir(exist_ok=True)
    fake.stamp.write_text("1", encoding="ascii")
    fake.write()
    return serving(fake)


def test_a_server_that_ended_means_disconnected() -> None:
    with running_broker() as fake:
        fake.lend(LEASE)
        source = BrokerSource(found(fake), HOLDER)
        source.lease()
    with pytest.raises(NotInNotebook) as caught:
        source.lease()
    assert caught.value.code == "disconnected"


@pytest.mark.parametrize(
    "environ",
    [{}, {"KFP_CONNECT_BROKER": ""}, {"KFP_CONNECT_BROKER": "nowhere/broker.json"}],
)
def test_no_server_is_no_broker(environ: Mapping[str, str]) -> None:
    assert Broker.find(environ) is None


def test_a_file_left_by_a_dead_server_is_no_broker() -> None:
    with running_broker() as fake:
        text = fake.description.read_text(encoding="utf-8")
    fake.folder.mkdir()
    try:
        fake.description.write_text(text, encoding="utf-8")
        assert Broker.find(fake.environ) is None
    finally:
        fake.description.unlink()
        fake.folder.rmdir()


def test_another_protocol_says_that_the_package_does_not_match(broker: FakeBroker) -> None:
    broker.write(protocol=2, version="9.0.0")
    with pytest.raises(NotInNotebook, match=r"9\.0\.0") as caught:
        Broker.find(broker.environ)
    assert caught.value.code == "package-too-old"


def test_what_the_broker_cannot_say_is_an_error_of_ours(broker: FakeBroker) -> None:
    broker.routes["/lease"] = lambda body: (500, {"what": "is this"})
    with pytest.raises(KfpConnectError) as caught:
        BrokerSource(found(broker), HOLDER).lease()
    assert caught.value.code == "unexpected"


def test_a_forked_child_has_a_connection_of_its_own(
    source: BrokerSource, broker: FakeBroker
) -> None:
    source.lease()
    broker.touch()
    reader, writer = os.pipe()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # newer Pythons warn of a fork beside threads
        child = os.fork()
    if child == 0:
        try:
            answer = source.lease().connection
        except BaseException as problem:
            answer = repr(problem)
        os.write(writer, answer.encode())
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(reader, 1000) == b"prod"
    source.lease()
    assert broker.connections == 2
    os.close(reader)
    os.close(writer)


def test_secrets_are_in_no_repr(source: BrokerSource, broker: FakeBroker) -> None:
    source.lease()
    shown = repr(source) + repr(vars(source)) + repr(vars(found(broker)))
    assert "session-1" not in shown
    assert "broker-secret" not in shown


def test_nothing_is_left_open(broker: FakeBroker) -> None:
    broker.lend(LEASE)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        source = BrokerSource(found(broker), HOLDER)
        source.lease()
        del source
        gc.collect()


def test_a_lease_survives_the_wire() -> None:
    ends = datetime(2026, 11, 24, 9, 14, 5, tzinfo=timezone.utc) + timedelta(milliseconds=120)
    lease = make_lease("http://kfp.example.com", expires_at=ends)
    assert Lease.from_dict(json.loads(json.dumps(lease.to_dict()))) == lease
