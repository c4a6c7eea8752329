"""The things KFP keeps, and how it writes them as JSON (`tests/recordings/kfp-*.json`)."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

Json = dict[str, Any]

EPOCH = 0.0
"""KFP's way to say "never" in a time."""

CANCELING_SECONDS = 1.0
"""How long a run takes to die once it is terminated."""


def iso(seconds: float) -> str:
    """Return a time as KFP writes it: UTC, whole seconds."""
    return datetime.fromtimestamp(int(seconds), timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def _storage_state(archived: bool) -> str:
    return "ARCHIVED" if archived else "AVAILABLE"


def _without_empty(body: Json) -> Json:
    """Leave out what protobuf's JSON leaves out."""
    return {key: value for key, value in body.items() if value not in ("", None, {})}


@dataclass
class Experiment:
    """An experiment. Times are seconds since the epoch."""

    id: str
    serial: int
    display_name: str
    namespace: str
    created_at: float
    description: str = ""
    archived: bool = False
    last_run_created_at: float = EPOCH

    def as_json(self) -> Json:
        """Return the wire form."""
        return _without_empty(
            {
                "experiment_id": self.id,
                "display_name": self.display_name,
                "description": self.description,
                "created_at": iso(self.created_at),
                "namespace": self.namespace,
                "storage_state": _storage_state(self.archived),
                "last_run_created_at": iso(self.last_run_created_at),
            }
        )


@dataclass
class Pipeline:
    """A pipeline; without a namespace it is shared by all."""

    id: str
    serial: int
    name: str
    display_name: str
    namespace: str
    created_at: float
    description: str = ""

    def as_json(self) -> Json:
        """Return the wire form."""
        return _without_empty(
            {
                "pipeline_id": self.id,
                "display_name": self.display_name,
                "name": self.name,
                "description": self.description,
                "created_at": iso(self.created_at),
                "namespace": self.namespace,
            }
        )


@dataclass
class PipelineVersion:
    """A version of a pipeline, with its compiled spec."""

    id: str
    serial: int
    pipeline_id: str
    name: str
    display_name: str
    spec: Json
    created_at: float
    description: str = ""

    def as_json(self) -> Json:
        """Return the wire form."""
        return _without_empty(
            {
                "pipeline_id": self.pipeline_id,
                "pipeline_version_id": self.id,
                "display_name": self.display_name,
                "name": self.name,
                "description": self.description,
                "created_at": iso(self.created_at),
                "pipeline_spec": self.spec,
            }
        )


@dataclass(frozen=True)
class Pace:
    """How long, in seconds, a run stays in its states."""

    pending: float
    running: float


@dataclass
class Run:
    """A run. It has no state of its own: `history` says where the clock has brought it."""

    id: str
    serial: int
    display_name: str
    experiment_id: str
    namespace: str
    service_account: str
    created_at: float
    pace: Pace
    source: Json
    description: str = ""
    runtime_config: Json = field(default_factory=dict)
    archived: bool = False
    terminated_at: float | None = None

    def history(self, now: float) -> list[tuple[float, str]]:
        """Return the states up to now, oldest first, with the second each began."""
        running_at = self.created_at + self.pace.pending
        planned = [
            (self.created_at, "PENDING"),
            (running_at, "RUNNING"),
            (running_at + self.pace.running, "SUCCEEDED"),
        ]
        if self.terminated_at is not None:
            end = self.terminated_at
            planned = [entry for entry in planned if entry[0] <= end]
            planned += [(end, "CANCELING"), (end + CANCELING_SECONDS, "CANCELED")]
        return [entry for entry in planned if entry[0] <= now]

    def is_finished(self, now: float) -> bool:
        """Return whether the run has come to an end."""
        return self.history(now)[-1][1] in ("SUCCEEDED", "CANCELED")

    def as_json(self, now: float) -> Json:
        """Return the wire form as of now."""
        history = self.history(now)
        since, state = history[-1]
        return _without_empty(
            {
                "experiment_id": self.experiment_id,
                "run_id": self.id,
                "display_name": self.display_name,
                "storage_state": _storage_state(self.archived),
                "description": self.description,
                **self.source,
                "runtime_config": self.runtime_config,
                "service_account": self.service_account,
                "created_at": iso(self.created_at),
                "scheduled_at": iso(self.created_at),
                "finished_at": iso(since if self.is_finished(now) else EPOCH),
                "state": state,
                "state_history": [
                    {"update_time": iso(when), "state": what} for when, what in history
                ],
            }
        )
