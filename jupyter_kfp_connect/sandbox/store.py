"""Everything the sandbox's KFP remembers, in memory."""

from __future__ import annotations

import itertools
import uuid
from typing import Any

from .faults import already_exists, failed_precondition, invalid, not_found
from .options import Clock
from .resources import Experiment, Json, Pace, Pipeline, PipelineVersion, Run

DEFAULT_EXPERIMENT = "Default"
_DEFAULT_DESCRIPTION = "All runs created without specifying an experiment will be grouped here."


class Store:
    """Experiments, pipelines with their versions, and runs, each by id.

    Parameters
    ----------
    clock : callable
        Seconds since the epoch.
    pace : Pace
        How fast runs go.
    single_user : bool
        Whether there are no namespaces, and a default experiment from the start.
    """

    def __init__(self, clock: Clock, pace: Pace, single_user: bool) -> None:
        self._clock = clock
        self._pace = pace
        self._serials = itertools.count(1)
        self.experiments: dict[str, Experiment] = {}
        self.pipelines: dict[str, Pipeline] = {}
        self.versions: dict[str, PipelineVersion] = {}
        self.runs: dict[str, Run] = {}
        self._default: Experiment | None = None
        if single_user:
            self._default = self.add_experiment(DEFAULT_EXPERIMENT, "", _DEFAULT_DESCRIPTION)

    @property
    def now(self) -> float:
        """Seconds since the epoch."""
        return self._clock()

    def _stamp(self) -> dict[str, Any]:
        return {"id": str(uuid.uuid4()), "serial": next(self._serials), "created_at": self.now}

    # Experiments

    def experiment(self, experiment_id: str) -> Experiment:
        """Return an experiment, or raise the fault that it is not there."""
        try:
            return self.experiments[experiment_id]
        except KeyError:
            raise not_found("Experiment", experiment_id) from None

    def default_experiment(self) -> Experiment:
        """Return the experiment for runs that name none; only a single-user install has one."""
        if self._default is None or self._default.id not in self.experiments:
            raise invalid("A run needs an experiment: there is no default one")
        return self._default

    def add_experiment(self, name: str, namespace: str, description: str) -> Experiment:
        """Make an experiment; its name must be new in its namespace."""
        if not name:
            raise invalid("Experiment name is empty. Please specify a valid experiment name")
        if any(
            other.display_name == name and other.namespace == namespace
            for other in self.experiments.values()
        ):
            raise already_exists("experiment", name)
        experiment = Experiment(
            display_name=name, namespace=namespace, description=description, **self._stamp()
        )
        self.experiments[experiment.id] = experiment
        return experiment

    def archive_experiment(self, experiment: Experiment) -> None:
        """Put an experiment and its runs away."""
        experiment.archived = True
        for run in self.runs_of(experiment):
            run.archived = True

    def remove_experiment(self, experiment: Experiment) -> None:
        """Delete an experiment and its runs."""
        for run in self.runs_of(experiment):
            del self.runs[run.id]
        del self.experiments[experiment.id]

    def runs_of(self, experiment: Experiment) -> list[Run]:
        """Return the runs of an experiment."""
        return [run for run in self.runs.values() if run.experiment_id == experiment.id]

    # Pipelines

    def pipeline(self, pipeline_id: str) -> Pipeline:
        """Return a pipeline, or raise the fault that it is not there."""
        try:
            return self.pipelines[pipeline_id]
        except KeyError:
            raise not_found("Pipeline", pipeline_id) from None

    def pipeline_named(self, name: str, namespace: str) -> Pipeline:
        """Return a pipeline by its name, or raise the fault that it is not there."""
        for pipeline in self.pipelines.values():
            if pipeline.name == name and pipeline.namespace == namespace:
                return pipeline
        raise not_found("Pipeline", name)

    def version(self, version_id: str) -> PipelineVersion:
        """Return a pipeline version, or raise the fault that it is not there."""
        try:
            return self.versions[version_id]
        except KeyError:
            raise not_found("PipelineVersion", version_id) from None

    def versions_of(self, pipeline: Pipeline) -> list[PipelineVersion]:
        """Return a pipeline's versions, oldest first."""
        return [each for each in self.versions.values() if each.pipeline_id == pipeline.id]

    def add_pipeline(self, name: str, namespace: str, **texts: str) -> Pipeline:
        """Make a pipeline; its name must be new in its namespace."""
        if not name:
            raise invalid("pipeline's name cannot be empty")
        if any(
            other.name == name and other.namespace == namespace for other in self.pipelines.values()
        ):
            raise already_exists("pipeline", name)
        pipeline = Pipeline(
            name=name,
            display_name=texts.get("display_name") or name,
            namespace=namespace,
            description=texts.get("description", ""),
            **self._stamp(),
        )
        self.pipelines[pipeline.id] = pipeline
        return pipeline

    def add_version(
        self, pipeline: Pipeline, name: str, spec: Json, **texts: str
    ) -> PipelineVersion:
        """Make a version; its name must be new in its pipeline."""
        if any(other.name == name for other in self.versions_of(pipeline)):
            raise already_exists("pipeline version", name)
        version = PipelineVersion(
            pipeline_id=pipeline.id,
            name=name,
            display_name=texts.get("display_name") or name,
            spec=spec,
            description=texts.get("description", ""),
            **self._stamp(),
        )
        self.versions[version.id] = version
        return version

    def remove_pipeline(self, pipeline: Pipeline, cascade: bool) -> None:
        """Delete a pipeline; its versions go with it only if `cascade` says so."""
        versions = self.versions_of(pipeline)
        if versions and not cascade:
            raise invalid(
                f"Failed to delete pipeline with id {pipeline.id} as it has existing "
                f"pipeline versions (e.g. {versions[-1].id})"
            )
        for version in versions:
            del self.versions[version.id]
        del self.pipelines[pipeline.id]

    # Runs

    def run(self, run_id: str) -> Run:
        """Return a run, or raise the fault that it is not there."""
        try:
            return self.runs[run_id]
        except KeyError:
            raise not_found("Run", run_id) from None

    def add_run(self, name: str, experiment: Experiment, source: Json, **more: Any) -> Run:
        """Make a run; from now on the clock moves it."""
        run = Run(
            display_name=name,
            experiment_id=experiment.id,
            namespace=experiment.namespace,
            pace=self._pace,
            source=source,
            **more,
            **self._stamp(),
        )
        self.runs[run.id] = run
        experiment.last_run_created_at = run.created_at
        return run

    def terminate(self, run: Run) -> None:
        """Stop a run that has not come to its end."""
        if run.is_finished(self.now):
            raise failed_precondition(f"Run {run.id} has finished and cannot be terminated")
        if run.terminated_at is None:
            run.terminated_at = self.now
