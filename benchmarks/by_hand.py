"""What a reader of Kubeflow's documentation would write: the other side of the comparison.

It walks the same pages as a browser does, with no thought for errors, and its session is never
renewed.
"""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

import kfp
import requests


def session_cookies(host: str, username: str, password: str) -> str:
    """Sign in at oauth2-proxy and Dex, and return the cookies as a header holds them."""
    with requests.Session() as browser:
        browser.get(host)  # oauth2-proxy's page, whose button leads on
        start = urljoin(host, "/oauth2/start")
        form = browser.get(start, params={"rd": urlsplit(host).path})
        done = browser.post(form.url, data={"login": username, "password": password})
        done.raise_for_status()
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in browser.cookies)


def client(host: str, username: str, password: str) -> kfp.Client:
    """Return a client with a cookie that holds until the session ends."""
    return kfp.Client(host=host, cookies=session_cookies(host, username, password))
