"""What is told of a real token's file that is missing, empty, or of another time."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime, timedelta, timezone, tzinfo
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

import jupyter_kfp_connect as kfc
from jupyter_kfp_connect.core.diagnosis import refusals

from ..stack.cluster.real_cluster import RealCluster
from .real_pod import RealPod, running_pod

HOUR = timedelta(hours=1)


@pytest.fixture
def pod(
    real_cluster: RealCluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[RealPod]:
    """Give a pod that the guide's variable names the token for."""
    with running_pod(real_cluster, tmp_path / "volume" / "token") as pod:
        for name, value in pod.environ.items():
            monkeypatch.setenv(name, value)
        yield pod


def refusal_of_connecting() -> kfc.KfpConnectError:
    """Return what ``connect()`` raises."""
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect()
    return caught.value


def moved_in_time(pod: RealPod, by: timedelta) -> str:
    """Return a token of the pod's account that the cluster signs as made at another time."""
    head, body, _ = pod.token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    for name in ("exp", "iat", "nbf"):
        claims[name] += int(by.total_seconds())
    signed = f"{head}.{_encoded(json.dumps(claims).encode())}"
    pem = pod.kubernetes.token_file.with_name("service-accounts.key").read_bytes()
    key = serialization.load_pem_private_key(pem, password=None)
    assert isinstance(key, rsa.RSAPrivateKey)
    signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
    return f"{signed}.{_encoded(signature)}"


def test_a_volume_that_did_not_mount_is_told_with_its_path(pod: RealPod) -> None:
    (pod.path.parent / "..data").rename(pod.path.parent / "..away")
    refused = refusal_of_connecting()
    assert refused.code == "token-file-missing"
    assert str(pod.path) in refused.message
    assert "The token's volume did not mount." in refused.remedy


def test_an_empty_file_is_told_as_one_to_wait_for(pod: RealPod) -> None:
    pod.path.write_text("\n")
    refused = refusal_of_connecting()
    assert refused.code == "token-empty"
    assert str(pod.path) in refused.message
    assert refused.retryable
    assert "Wait a moment for the kubelet" in refused.remedy


def test_a_token_that_was_never_replaced_is_told_with_the_day_it_ended(pod: RealPod) -> None:
    pod.lay_down(moved_in_time(pod, -3 * HOUR))
    refused = refusal_of_connecting()
    assert refused.code == "token-expired"
    assert "the token has expired on " in refused.message
    assert pod.token not in str(refused)
    assert pod.seen[-1] == pod.token  # it is the cluster's word


def test_a_machine_whose_clock_is_behind_is_told_to_compare_clocks(
    pod: RealPod, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Behind(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Behind:
            return cls.fromtimestamp((datetime.now(timezone.utc) - 5 * HOUR).timestamp(), tz)

    monkeypatch.setattr(refusals, "datetime", Behind)
    pod.lay_down(moved_in_time(pod, -3 * HOUR))
    refused = refusal_of_connecting()
    assert refused.code == "token-expired"
    assert "by this machine's clock it holds until" in refused.message
    assert refused.remedy_copy == "date -u"


def test_a_token_of_a_time_to_come_is_told_with_that_time(pod: RealPod) -> None:
    pod.lay_down(moved_in_time(pod, 3 * HOUR))
    refused = refusal_of_connecting()
    assert refused.code == "token-not-yet-valid"
    assert "it starts on " in refused.message
    assert pod.seen[-1] == pod.token
    assert refused.remedy_copy == "date -u"


def test_what_is_no_token_at_all_is_told_as_refused(pod: RealPod) -> None:
    pod.lay_down("no-token")
    refused = refusal_of_connecting()
    assert refused.code == "token-refused"
    assert "no-token" not in refused.message


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
