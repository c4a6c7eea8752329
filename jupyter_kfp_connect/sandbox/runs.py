"""Runs, as KFP's API server answers for them. None of them runs anything."""

from __future__ import annotations

from .api_handler import ApiHandler
from .faults import failed_precondition, invalid, within
from .listing import Row
from .packages import is_spec
from .resources import Experiment, Json, Run


class RunHandler(ApiHandler):
    """What the handlers of runs share."""

    async def allow(self, namespace: str, verb: str, name: str = "") -> None:
        """Check the right to do something with runs of a namespace."""
        if not self.multi_user:
            return
        if not namespace:
            raise invalid("A run cannot have an empty namespace in multi-user mode")
        with within("Failed to authorize with API"):
            await self.authorize(namespace, verb, "runs", name)

    async def find(self, run_id: str, verb: str) -> Run:
        """Return a run that the visitor may do something with."""
        store = self.cluster.store
        if not self.multi_user:
            return store.run(run_id)
        with within("Failed to authorize the request"):
            with within(f"Failed to authorize with the run ID {run_id}"):
                run = store.run(run_id)
            await self.allow(run.namespace, verb)
        return run


class RunsHandler(RunHandler):
    """`runs`: list and create."""

    async def get(self) -> None:
        """List the runs of an experiment, or of a namespace."""
        store = self.cluster.store
        namespace, experiment_id = self.namespace(), self.query("experiment_id")
        if experiment_id:
            with within(
                "Failed to list runs",
                "Failed to list runs due to error fetching namespace for experiment "
                f"{experiment_id}. Try filtering based on namespace",
            ):
                namespace = store.experiment(experiment_id).namespace
        with within(
            "Failed to list runs",
            "Failed to list runs due to authorization error. "
            f"Check if you have permission to access namespace {namespace}",
        ):
            await self.allow(namespace, "list")
        now = store.now
        self.answer_list(
            (
                Row(each.serial, each.as_json(now))
                for each in store.runs.values()
                if each.namespace == namespace and experiment_id in ("", each.experiment_id)
            ),
            "runs",
        )

    async def post(self) -> None:
        """Create a run."""
        body = self.json_body()
        store = self.cluster.store
        with within("Failed to create a new run"):
            name = self.text_of(body, "display_name")
            if not name:
                with within("Failed to create a run due to invalid name"):
                    raise invalid("The run name is empty. Please specify a valid name")
            experiment = self._experiment(body)
            with within(
                "Failed to create a run due to authorization error. "
                f"Check if you have write permissions to namespace {experiment.namespace}"
            ):
                await self.allow(experiment.namespace, "create")
            run = store.add_run(
                name,
                experiment,
                await self._source(body),
                description=self.text_of(body, "description"),
                runtime_config=_runtime_config(body),
                service_account=self.text_of(body, "service_account") or self._account(),
            )
        self.answer(run.as_json(store.now))

    def _experiment(self, body: Json) -> Experiment:
        experiment_id = self.text_of(body, "experiment_id")
        with within("Failed to create a run due to invalid experimentId and namespace combination"):
            if experiment_id:
                return self.cluster.store.experiment(experiment_id)
            return self.cluster.store.default_experiment()

    def _account(self) -> str:
        return "default-editor" if self.multi_user else "pipeline-runner"

    async def _source(self, body: Json) -> Json:
        """Return what the run is made from, checked."""
        if body.get("pipeline_spec"):
            if not is_spec(body["pipeline_spec"]):
                raise invalid("unknown template format")
            return {"pipeline_spec": body["pipeline_spec"]}
        reference = body.get("pipeline_version_reference")
        if not isinstance(reference, dict):
            raise invalid("A run needs a pipeline spec or a pipeline version")
        store = self.cluster.store
        version_id = self.text_of(reference, "pipeline_version_id")
        if version_id:
            pipeline = store.pipeline(store.version(version_id).pipeline_id)
        else:
            pipeline = store.pipeline(self.text_of(reference, "pipeline_id"))
            versions = store.versions_of(pipeline)
            if not versions:
                raise invalid(f"Pipeline {pipeline.id} has no versions")
            version_id = versions[-1].id
        if self.multi_user and pipeline.namespace:
            await self.authorize(pipeline.namespace, "get", "pipelines", pipeline.name)
        return {
            "pipeline_version_reference": {
                "pipeline_id": pipeline.id,
                "pipeline_version_id": version_id,
            }
        }


class OneRunHandler(RunHandler):
    """`runs/<id>`: get and delete."""

    async def get(self, run_id: str) -> None:
        """Answer one run, as far as the clock has brought it."""
        with within("Failed to get a run"):
            run = await self.find(run_id, "get")
        self.answer(run.as_json(self.cluster.store.now))

    async def delete(self, run_id: str) -> None:
        """Delete a run."""
        with within("Failed to delete a run"):
            run = await self.find(run_id, "delete")
            del self.cluster.store.runs[run.id]
        self.answer({})


class RunActionHandler(RunHandler):
    """`runs/<id>:archive`, `:unarchive` and `:terminate`."""

    async def post(self, run_id: str, action: str) -> None:
        """Do it."""
        store = self.cluster.store
        with within(f"Failed to {action} a run"):
            run = await self.find(run_id, action)
            if action == "terminate":
                store.terminate(run)
            elif action == "archive":
                run.archived = True
            elif store.experiment(run.experiment_id).archived:
                raise failed_precondition(
                    f"Failed to unarchive run {run.id} as experiment {run.experiment_id} "
                    "must be un-archived first"
                )
            else:
                run.archived = False
        self.answer({})


def _runtime_config(body: Json) -> Json:
    config = body.get("runtime_config")
    if not isinstance(config, dict):
        return {}
    return {key: config[key] for key in ("parameters", "pipeline_root") if config.get(key)}
