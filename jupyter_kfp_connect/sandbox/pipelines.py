"""Pipelines and their versions, as KFP's API server answers for them."""

from __future__ import annotations

from .api_handler import ApiHandler
from .faults import within
from .listing import Row
from .resources import Pipeline


class PipelineHandler(ApiHandler):
    """What the handlers of pipelines share."""

    async def allow(self, pipeline: Pipeline | None, namespace: str, verb: str) -> None:
        """Check the right to do something with pipelines of a namespace.

        Anybody, even without credentials, may read shared pipelines (those without a namespace).
        To change them KFP asks for rights in its own namespace; here it takes a user.
        """
        if not self.multi_user or (not namespace and verb in ("get", "list")):
            return
        key = pipeline.id if pipeline is not None else ""
        name = pipeline.name if pipeline is not None else ""
        with within(
            f"Failed to access pipeline {key}. Check if you have access to namespace {namespace}"
        ):
            if namespace or self.visitor.user is None:
                await self.authorize(namespace, verb, "pipelines", name)

    async def find(self, pipeline_id: str, verb: str) -> Pipeline:
        """Return a pipeline that the visitor may do something with."""
        remark = "Check if it exists and have a namespace assigned"
        with within(f"Failed to access pipeline {pipeline_id}. {remark}"):
            pipeline = self.cluster.store.pipeline(pipeline_id)
        await self.allow(pipeline, pipeline.namespace, verb)
        return pipeline


class PipelinesHandler(PipelineHandler):
    """`pipelines`: list and create (without a version)."""

    async def get(self) -> None:
        """List the pipelines of a namespace, or the shared ones."""
        namespace = self.namespace()
        with within(
            "Failed to list pipelines",
            "Failed to list pipelines due to authorization error. "
            f"Check if you have read permission to namespace {namespace}",
        ):
            await self.allow(None, namespace, "list")
        self.answer_list(
            (
                Row(each.serial, each.as_json())
                for each in self.cluster.store.pipelines.values()
                if each.namespace == namespace
            ),
            "pipelines",
        )

    async def post(self) -> None:
        """Create a pipeline."""
        body = self.json_body()
        namespace = self.text_of(body, "namespace") if self.multi_user else ""
        display_name = self.text_of(body, "display_name")
        with within("Failed to create a pipeline"):
            await self.allow(None, namespace, "create")
            pipeline = self.cluster.store.add_pipeline(
                self.text_of(body, "name") or display_name,
                namespace,
                display_name=display_name,
                description=self.text_of(body, "description"),
            )
        self.answer(pipeline.as_json())


class PipelineByNameHandler(PipelineHandler):
    """`pipelines/names/<name>`."""

    async def get(self, name: str) -> None:
        """Answer the pipeline of that name."""
        namespace = self.namespace()
        with within(f"Failed to get a pipeline with name {name} and namespace {namespace}"):
            await self.allow(None, namespace, "get")
            pipeline = self.cluster.store.pipeline_named(name, namespace)
        self.answer(pipeline.as_json())


class OnePipelineHandler(PipelineHandler):
    """`pipelines/<id>`: get and delete."""

    async def get(self, pipeline_id: str) -> None:
        """Answer one pipeline."""
        with within(f"Failed to get a pipeline {pipeline_id}"):
            pipeline = await self.find(pipeline_id, "get")
        self.answer(pipeline.as_json())

    async def delete(self, pipeline_id: str) -> None:
        """Delete a pipeline; one with versions only where `cascade=true`."""
        cascade = self.query("cascade").lower() == "true"
        with within(f"Failed to delete pipeline {pipeline_id}. Check error stack"):
            self.cluster.store.remove_pipeline(await self.find(pipeline_id, "delete"), cascade)
        self.answer({})


class VersionsHandler(PipelineHandler):
    """`pipelines/<id>/versions`: list."""

    async def get(self, pipeline_id: str) -> None:
        """List the versions of a pipeline."""
        with within(f"Failed to list pipeline versions for pipeline {pipeline_id}"):
            pipeline = await self.find(pipeline_id, "list")
        versions = self.cluster.store.versions_of(pipeline)
        self.answer_list(
            (Row(each.serial, each.as_json()) for each in versions), "pipeline_versions"
        )


class OneVersionHandler(PipelineHandler):
    """`pipelines/<id>/versions/<id>`: get and delete."""

    async def get(self, pipeline_id: str, version_id: str) -> None:
        """Answer one version."""
        with within(f"Failed to get a pipeline version {version_id}"):
            version = self.cluster.store.version(version_id)
            await self.find(version.pipeline_id, "get")
        self.answer(version.as_json())

    async def delete(self, pipeline_id: str, version_id: str) -> None:
        """Delete one version."""
        with within(
            f"Failed to delete a pipeline version id {version_id} under pipeline id "
            f"{pipeline_id}. Check error stack"
        ):
            version = self.cluster.store.version(version_id)
            await self.find(version.pipeline_id, "delete")
            del self.cluster.store.versions[version.id]
        self.answer({})
