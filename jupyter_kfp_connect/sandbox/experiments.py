"""Experiments, as KFP's API server answers for them."""

from __future__ import annotations

from .api_handler import ApiHandler
from .faults import invalid, within
from .listing import Row
from .resources import Experiment


class ExperimentHandler(ApiHandler):
    """What the handlers of experiments share."""

    async def allow(self, namespace: str, verb: str, name: str = "") -> None:
        """Check the right to do something with experiments of a namespace."""
        if not self.multi_user:
            return
        if not namespace:
            raise invalid("An experiment cannot have an empty namespace in multi-user mode")
        with within("Failed to authorize with API"):
            await self.authorize(namespace, verb, "experiments", name)

    async def find(self, experiment_id: str, verb: str) -> Experiment:
        """Return an experiment that the visitor may do something with."""
        store = self.cluster.store
        if not self.multi_user:
            return store.experiment(experiment_id)
        with within("Failed to authorize the request"):
            with within("Failed to authorize with the experiment ID"):
                experiment = store.experiment(experiment_id)
            await self.allow(experiment.namespace, verb, experiment.display_name)
        return experiment


class ExperimentsHandler(ExperimentHandler):
    """`experiments`: list and create."""

    async def get(self) -> None:
        """List the experiments of a namespace."""
        namespace = self.namespace()
        with within("List experiments failed", "Failed to authorize with API"):
            await self.allow(namespace, "list")
        self.answer_list(
            (
                Row(each.serial, each.as_json())
                for each in self.cluster.store.experiments.values()
                if each.namespace == namespace
            ),
            "experiments",
        )

    async def post(self) -> None:
        """Create an experiment."""
        body = self.json_body()
        name = self.text_of(body, "display_name")
        namespace = self.text_of(body, "namespace") if self.multi_user else ""
        with within("Failed to create a experiment"):
            with within("Failed to authorize the request"):
                await self.allow(namespace, "create", name)
            experiment = self.cluster.store.add_experiment(
                name, namespace, self.text_of(body, "description")
            )
        self.answer(experiment.as_json())


class OneExperimentHandler(ExperimentHandler):
    """`experiments/<id>`: get and delete."""

    async def get(self, experiment_id: str) -> None:
        """Answer one experiment."""
        with within("Failed to fetch experiment"):
            experiment = await self.find(experiment_id, "get")
        self.answer(experiment.as_json())

    async def delete(self, experiment_id: str) -> None:
        """Delete an experiment and its runs."""
        with within("Failed to delete experiment"):
            self.cluster.store.remove_experiment(await self.find(experiment_id, "delete"))
        self.answer({})


class ExperimentActionHandler(ExperimentHandler):
    """`experiments/<id>:archive` and `:unarchive`."""

    async def post(self, experiment_id: str, action: str) -> None:
        """Put an experiment away, or take it out again."""
        with within(f"Failed to {action} experiment"):
            experiment = await self.find(experiment_id, action)
            if action == "archive":
                self.cluster.store.archive_experiment(experiment)
            else:
                experiment.archived = False
        self.answer({})
