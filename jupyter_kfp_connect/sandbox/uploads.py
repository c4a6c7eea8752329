"""Uploads of compiled pipelines: multipart, with an error form of their own.

KFP serves these beside its gRPC gateway: an error is `{"error_message": …}` with status 400 (409
for a name that is taken), even where the visitor is not authorized (`kfp-upload-pipeline-*.json`).
"""

from __future__ import annotations

from .faults import ALREADY_EXISTS, KfpFault
from .packages import NotAPipeline, read_package
from .pipelines import PipelineHandler
from .resources import Json

FORM_FIELD = "uploadfile"


class UploadHandler(PipelineHandler):
    """What both uploads share."""

    def read_upload(self) -> tuple[str, Json]:
        """Return the name for what was uploaded, and the spec in it.

        Raises
        ------
        NotAPipeline
            Where there is no file, or no pipeline in it.
        """
        files = self.request.files.get(FORM_FIELD)
        if not files:
            raise NotAPipeline("Failed to read pipeline from file")
        spec = read_package(files[0]["body"])
        name = self.query("name") or self.query("display_name") or files[0]["filename"]
        return name, spec

    def refuse(self, error: NotAPipeline | KfpFault) -> None:
        """Finish with the upload server's error."""
        taken = isinstance(error, KfpFault) and error.code == ALREADY_EXISTS
        message = error.text if isinstance(error, KfpFault) else str(error)
        self.answer({"error_message": message}, 409 if taken else 400)

    def texts(self) -> dict[str, str]:
        """Return the texts that a query may give."""
        return {key: self.query(key) for key in ("display_name", "description")}


class UploadPipelineHandler(UploadHandler):
    """`pipelines/upload`: a pipeline with its first version."""

    async def post(self) -> None:
        """Take the upload."""
        namespace = self.namespace()
        try:
            name, spec = self.read_upload()
            await self.allow(None, namespace, "create")
            pipeline = self.cluster.store.add_pipeline(name, namespace, **self.texts())
            self.cluster.store.add_version(pipeline, name, spec, **self.texts())
        except (NotAPipeline, KfpFault) as error:
            self.refuse(error)
        else:
            self.answer(pipeline.as_json())


class UploadVersionHandler(UploadHandler):
    """`pipelines/upload_version`: one more version of a pipeline."""

    async def post(self) -> None:
        """Take the upload."""
        try:
            name, spec = self.read_upload()
            pipeline = await self.find(self.query("pipelineid"), "create")
            version = self.cluster.store.add_version(pipeline, name, spec, **self.texts())
        except (NotAPipeline, KfpFault) as error:
            self.refuse(error)
        else:
            self.answer(version.as_json())
