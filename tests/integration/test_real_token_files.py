"""What is told of a real token's file that is missing, empty, or of another time."""

from __future__ import annotations

from datetime import timedelta

import pytest

import jupyter_kfp_connect as kfc

from ..stack.cluster.moved_tokens import moved_in_time
from .real_pod import RealPod
from .wrong_clock import clock_off_by

HOUR = timedelta(hours=1)


def refusal_of_connecting() -> kfc.KfpConnectError:
    """Return what ``connect()`` raises."""
    with pytest.raises(kfc.KfpConnectError) as caught:
        kfc.connect()
    return caught.value


def of_another_time(real_pod: RealPod, by: timedelta) -> str:
    """Return a token of the pod's account that the cluster signs as made at another time."""
    return moved_in_time(real_pod.kubernetes, real_pod.token, by)


def test_a_volume_that_did_not_mount_is_told_with_its_path(real_pod: RealPod) -> None:
    (real_pod.path.parent / "..data").rename(real_pod.path.parent / "..away")
    refused = refusal_of_connecting()
    assert refused.code == "token-file-missing"
    assert str(real_pod.path) in refused.message
    assert "The token's volume did not mount." in refused.remedy


def test_an_empty_file_is_told_as_one_to_wait_for(real_pod: RealPod) -> None:
    real_pod.path.write_text("\n")
    refused = refusal_of_connecting()
    assert refused.code == "token-empty"
    assert str(real_pod.path) in refused.message
    assert refused.retryable
    assert "Wait a moment for the kubelet" in refused.remedy


def test_a_token_that_was_never_replaced_is_told_with_the_day_it_ended(real_pod: RealPod) -> None:
    real_pod.lay_down(of_another_time(real_pod, -3 * HOUR))
    refused = refusal_of_connecting()
    assert refused.code == "token-expired"
    assert "the token has expired on " in refused.message
    assert real_pod.token not in str(refused)
    assert real_pod.seen[-1] == real_pod.token  # it is the cluster's word


def test_a_machine_whose_clock_is_behind_is_told_to_compare_clocks(
    real_pod: RealPod, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock_off_by(-5, monkeypatch)
    real_pod.lay_down(of_another_time(real_pod, -3 * HOUR))
    refused = refusal_of_connecting()
    assert refused.code == "token-expired"
    assert "by this machine's clock it holds until" in refused.message
    assert refused.remedy_copy == "date -u"


def test_a_token_of_a_time_to_come_is_told_with_that_time(real_pod: RealPod) -> None:
    real_pod.lay_down(of_another_time(real_pod, 3 * HOUR))
    refused = refusal_of_connecting()
    assert refused.code == "token-not-yet-valid"
    assert "it starts on " in refused.message
    assert real_pod.seen[-1] == real_pod.token
    assert refused.remedy_copy == "date -u"


def test_what_is_no_token_at_all_is_told_as_refused(real_pod: RealPod) -> None:
    real_pod.lay_down("no-token")
    refused = refusal_of_connecting()
    assert refused.code == "token-refused"
    assert "no-token" not in refused.message
