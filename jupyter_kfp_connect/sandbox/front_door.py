"""The front door: oauth2-proxy, Dex, the UI's pages and the API behind `/pipeline`."""

from __future__ import annotations

from .cluster import Cluster
from .dex import (
    ApprovalHandler,
    AuthHandler,
    ConnectorHandler,
    LoginHandler,
    MissingDexHandler,
)
from .gates import GatedHandler, SessionGate
from .kfp_api import Route, api_routes
from .oauth2_proxy import (
    CallbackHandler,
    SignInPageHandler,
    SignOutHandler,
    StartHandler,
    UserInfoHandler,
)
from .pages import page_routes


class EnvInfoHandler(GatedHandler):
    """`/api/workgroup/env-info` of Kubeflow's dashboard: a user's namespaces."""

    def get(self) -> None:
        """Answer them."""
        user = self.visitor.user or ""
        namespaces = self.cluster.rights.namespaces(user)
        self.answer(
            {
                "user": user,
                "platform": {"kubeflowVersion": "sandbox", "provider": "sandbox"},
                "namespaces": [
                    {"namespace": namespace, "role": role, "user": user}
                    for namespace, role in namespaces.items()
                ],
                "isClusterAdmin": False,
            }
        )


class CannotHandler(GatedHandler):
    """All else behind the sign-in, as the dashboard answers it."""

    async def prepare(self) -> None:
        """Say so, whatever the method."""
        await super().prepare()
        if not self._finished:
            self.page(
                "error.html",
                404,
                heading="404",
                message=f"Cannot {self.request.method} {self.request.path}",
            )


def front_door_routes(cluster: Cluster) -> list[Route]:
    """Return the routes of the whole front door."""
    plain = {"cluster": cluster}
    gated = {"cluster": cluster, "gate": SessionGate()}
    return [
        (r"/oauth2/sign_in", SignInPageHandler, plain),
        (r"/oauth2/start", StartHandler, plain),
        (r"/oauth2/callback", CallbackHandler, plain),
        (r"/oauth2/userinfo", UserInfoHandler, plain),
        (r"/oauth2/sign_out", SignOutHandler, plain),
        (r"/dex/auth", AuthHandler, plain),
        (r"/dex/auth/([^/]+)", ConnectorHandler, plain),
        (r"/dex/auth/([^/]+)/login", LoginHandler, plain),
        (r"/dex/approval", ApprovalHandler, plain),
        (r"/dex/.*", MissingDexHandler, plain),
        (r"/api/workgroup/env-info", EnvInfoHandler, gated),
        *api_routes("/pipeline/apis", gated),
        *page_routes(gated),
        (r".*", CannotHandler, gated),
    ]
