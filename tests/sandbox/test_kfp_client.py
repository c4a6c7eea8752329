"""The SDK as it is works against the sandbox, from upload to a run that has succeeded."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from jupyter_kfp_connect.sandbox.options import USER_NAMESPACE

from .conftest import StartSandbox
from .running import Clock

kfp = pytest.importorskip("kfp")
kfp_server_api = pytest.importorskip("kfp_server_api")

TIMEOUT_SECONDS = 60


@pytest.fixture
def pipeline() -> Any:
    """Give a pipeline of one step."""
    from .hello_pipeline import hello_pipeline

    return hello_pipeline


@pytest.fixture(params=["front door", "token", "standalone"])
def client(request: pytest.FixtureRequest, start_sandbox: StartSandbox) -> Iterator[Any]:
    """Give a plain `kfp.Client`, for each way to reach an API."""
    # Every look at the clock is a second later: no test waits.
    clock = Clock(step=1.0)
    if request.param == "standalone":
        running = start_sandbox(single_user=True, clock=clock)
        made = kfp.Client(host=running.sandbox.host, cookies="")
    elif request.param == "token":
        running = start_sandbox(clock=clock)
        made = kfp.Client(
            host=running.sandbox.api_host,
            existing_token=running.sandbox.issue_token(),
            namespace=USER_NAMESPACE,
            cookies="",
        )
    else:
        running = start_sandbox(clock=clock)
        browser = running.browser()
        browser.sign_in()
        cookie = "; ".join(f"{each.name}={each.value}" for each in browser.session.cookies)
        made = kfp.Client(host=running.sandbox.host, cookies=cookie, namespace=USER_NAMESPACE)
    made.test_namespace = None if request.param == "standalone" else USER_NAMESPACE
    yield made
    made._run_api.api_client.rest_client.pool_manager.clear()


def test_a_pipeline_function_becomes_a_run_that_succeeds(client: Any, pipeline: Any) -> None:
    started = client.create_run_from_pipeline_func(
        pipeline,
        arguments={"name": "you"},
        run_name="first",
        experiment_name="trying",
        namespace=client.test_namespace,
    )
    done = client.wait_for_run_completion(started.run_id, TIMEOUT_SECONDS, sleep_duration=0)
    assert done.state == "SUCCEEDED"
    assert [entry.state for entry in done.state_history] == ["PENDING", "RUNNING", "SUCCEEDED"]
    assert done.runtime_config.parameters == {"name": "you"}
    assert done.finished_at > done.created_at

    listed = client.list_runs(namespace=client.test_namespace, sort_by="created_at desc")
    assert [run.display_name for run in listed.runs] == ["first"]
    experiment = client.get_experiment(experiment_name="trying", namespace=client.test_namespace)
    assert experiment.experiment_id == done.experiment_id
    client.create_experiment("trying", namespace=client.test_namespace)
    assert client.list_experiments(namespace=client.test_namespace).total_size == (
        1 if client.test_namespace else 2
    )


@pytest.mark.parametrize("package", ["pipeline.yaml", "pipeline.zip"])
def test_an_uploaded_pipeline_is_found_run_and_deleted(
    package: str, client: Any, pipeline: Any, tmp_path: Path
) -> None:
    plain = tmp_path / "pipeline.yaml"
    kfp.compiler.Compiler().compile(pipeline, str(plain))
    path = tmp_path / package
    if path != plain:
        with zipfile.ZipFile(path, "w") as archive:
            archive.write(plain, plain.name)
    namespace = client.test_namespace
    uploaded = client.upload_pipeline(str(path), "greeting", "says hello", namespace=namespace)
    assert uploaded.description == "says hello"
    again = client.upload_pipeline_version(
        str(path), "second", pipeline_id=uploaded.pipeline_id, description="more"
    )
    versions = client.list_pipeline_versions(uploaded.pipeline_id, sort_by="created_at desc")
    assert [each.display_name for each in versions.pipeline_versions] == ["second", "greeting"]
    assert client.get_pipeline(uploaded.pipeline_id).display_name == "greeting"
    listed = client.list_pipelines(namespace=namespace)
    assert [each.pipeline_id for each in listed.pipelines] == [uploaded.pipeline_id]

    experiment = client.create_experiment("uploads", namespace=namespace)
    run = client.run_pipeline(
        experiment.experiment_id,
        "from a version",
        pipeline_id=uploaded.pipeline_id,
        version_id=again.pipeline_version_id,
    )
    assert run.pipeline_version_reference.pipeline_version_id == again.pipeline_version_id
    client.terminate_run(run.run_id)
    client.archive_run(run.run_id)
    assert client.get_run(run.run_id).storage_state == "ARCHIVED"
    client.unarchive_run(run.run_id)
    client.delete_run(run.run_id)

    for version in versions.pipeline_versions:
        client.delete_pipeline_version(uploaded.pipeline_id, version.pipeline_version_id)
    client.delete_pipeline(uploaded.pipeline_id)
    client.archive_experiment(experiment.experiment_id)
    client.unarchive_experiment(experiment.experiment_id)
    client.delete_experiment(experiment.experiment_id)
    with pytest.raises(kfp_server_api.ApiException) as raised:
        client.get_experiment(experiment_id=experiment.experiment_id)
    assert raised.value.status == 404


def test_a_shared_pipeline_is_found_by_its_name(client: Any, pipeline: Any, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    kfp.compiler.Compiler().compile(pipeline, str(path))
    uploaded = client.upload_pipeline(str(path), "shared one")
    assert client.get_pipeline_id("shared one") == uploaded.pipeline_id
    assert client.get_pipeline_id("no such") is None


def test_a_package_becomes_a_run(client: Any, pipeline: Any, tmp_path: Path) -> None:
    path = tmp_path / "pipeline.yaml"
    kfp.compiler.Compiler().compile(pipeline, str(path))
    started = client.create_run_from_pipeline_package(
        str(path), namespace=client.test_namespace, enable_caching=False
    )
    done = client.wait_for_run_completion(started.run_id, TIMEOUT_SECONDS, sleep_duration=0)
    assert done.state == "SUCCEEDED"
    tasks = done.pipeline_spec["root"]["dag"]["tasks"]
    assert tasks["hello"]["cachingOptions"] in ({}, {"enableCache": False})


def test_a_recurring_run_is_refused_with_a_reason(client: Any, pipeline: Any) -> None:
    with pytest.raises(kfp_server_api.ApiException) as raised:
        client.list_recurring_runs(namespace=client.test_namespace)
    assert raised.value.status == 501
    assert "sandbox" in str(raised.value.body)
