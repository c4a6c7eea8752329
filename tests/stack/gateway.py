"""The gateway in front of everything: Caddy in the place of Istio's ingress gateway."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from http.cookies import SimpleCookie
from pathlib import Path
from string import Template
from typing import Any

from tests.stack.dex import USERNAME
from tests.stack.oauth2_proxy import COOKIE_NAME

ACCESS_LOG = "access.json"
NAMESPACE = "kubeflow-user-example-com"  # what the default user owns

# What takes the place of the pages of KFP's UI and of the central dashboard, once signed in.
PAGE = "<!doctype html><title>$title</title><p>$title (a page of the tests' own)."

# What the dashboard tells of a user: its answer in Kubeflow 1.11 has these keys.
ENV_INFO = (
    r"""\{"user": "{header.kubeflow-userid}", "isClusterAdmin": false, "namespaces": [$roles]\}"""
)
OWNER = r"""\{"namespace": "$namespace", "role": "owner", "user": "$user"\}"""

CADDYFILE = """\
{
	admin off
	auto_https off
	persist_config off
	default_bind 127.0.0.1
	servers {
		protocols h1
		log_credentials
	}
}

$address {
	$tls
	log {
		output file $access_log
		format json
	}
	$doors
	$outside
	# A route keeps its order: what comes in has no identity until oauth2-proxy has given it one.
	route {
		request_header -kubeflow-userid
		$identity
		handle $prefix/pipeline/apis/* {
			uri strip_prefix $prefix/pipeline
			reverse_proxy 127.0.0.1:$api_port
		}
		handle $prefix/api/workgroup/env-info {
			header Content-Type application/json
			@owner header kubeflow-userid $user
			respond @owner `$owner_info` 200
			respond `$other_info` 200
		}
		handle {
			header Content-Type "text/html; charset=utf-8"
			@pipeline path $prefix/pipeline $prefix/pipeline/*
			respond @pipeline "$pipeline_page" 200
			respond "$dashboard_page" 200
		}
	}
}
"""

# The sign-in, and what tells who has signed in.
DOORS = """handle $prefix/dex/* {
		reverse_proxy 127.0.0.1:$dex_port
	}
	handle $prefix/oauth2/* {
		reverse_proxy 127.0.0.1:$oauth2_proxy_port
	}"""
IDENTITY = """forward_auth 127.0.0.1:$oauth2_proxy_port {
			uri {uri}
			copy_headers X-Auth-Request-Email>kubeflow-userid
		}"""
# What is not under the gateway's path.
OUTSIDE = """@outside not path $prefix/*
	handle @outside {
		respond "not here" 404
	}"""


@dataclass(frozen=True)
class GatewayOptions:
    """Where the gateway leads.

    Attributes
    ----------
    dex_port, oauth2_proxy_port, api_port : int
        Ports on loopback.
    certificate, key : Path, optional
        Makes it an https gateway.
    prefix : str
        The path under which all of it is; the rest belongs to somebody else.
    sign_in : bool
        Whether anybody is asked who they are.
    """

    dex_port: int
    oauth2_proxy_port: int
    api_port: int
    certificate: Path | None = None
    key: Path | None = None
    prefix: str = ""
    sign_in: bool = True


def write_config(path: Path, port: int, access_log: Path, options: GatewayOptions) -> Path:
    """Write the Caddyfile for `port` on loopback; return `path`."""
    https = options.certificate is not None
    ports = {
        "prefix": options.prefix,
        "dex_port": options.dex_port,
        "oauth2_proxy_port": options.oauth2_proxy_port,
    }
    text = Template(CADDYFILE).substitute(
        address=f"{'https' if https else 'http'}://:{port}",
        tls=f"tls {options.certificate} {options.key}" if https else "",
        access_log=access_log,
        doors=Template(DOORS).substitute(ports) if options.sign_in else "",
        identity=Template(IDENTITY).substitute(ports) if options.sign_in else "",
        prefix=options.prefix,
        outside=OUTSIDE.replace("$prefix", options.prefix) if options.prefix else "",
        api_port=options.api_port,
        user=USERNAME,
        owner_info=_env_info(Template(OWNER).substitute(namespace=NAMESPACE, user=USERNAME)),
        other_info=_env_info(""),
        pipeline_page=_page("Kubeflow Pipelines"),
        dashboard_page=_page("Kubeflow Central Dashboard"),
    )
    path.write_text(text)
    return path


def _env_info(roles: str) -> str:
    return Template(ENV_INFO).substitute(roles=roles)


def _page(title: str) -> str:
    return Template(PAGE).substitute(title=title)


@dataclass(frozen=True)
class Access:
    """One request that the gateway answered."""

    method: str
    path: str
    status: int
    request_headers: dict[str, list[str]]
    answer_headers: dict[str, list[str]]

    @property
    def is_sign_in(self) -> bool:
        """Whether this sent a name and a password to Dex."""
        return self.method == "POST" and "/dex/auth/" in self.path and self.path.endswith("/login")

    def session_cookies(self) -> Iterator[str]:
        """Yield the values of session cookies that this answer set."""
        for line in self.answer_headers.get("Set-Cookie", []):
            for name, morsel in SimpleCookie(line).items():
                if name.startswith(COOKIE_NAME) and "csrf" not in name and morsel.value:
                    yield morsel.value


def read_accesses(access_log: Path) -> list[Access]:
    """Return what the gateway has logged so far, oldest first."""
    text = access_log.read_text() if access_log.exists() else ""
    # What stands after the last end of a line is still being written.
    return [_access(json.loads(line)) for line in text.split("\n")[:-1]]


def _access(entry: dict[str, Any]) -> Access:
    request = entry["request"]
    return Access(
        method=request["method"],
        path=request["uri"].partition("?")[0],
        status=entry["status"],
        request_headers=request["headers"],
        answer_headers=entry["resp_headers"],
    )
