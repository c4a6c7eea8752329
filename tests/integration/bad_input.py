"""What people type wrong, what is wrong with it, and what is not to be repeated of it."""

from __future__ import annotations

import jupyter_kfp_connect as kfc

SECRET = "hunter2"

#: What was typed as a host, and the words that say what is wrong with it.
HOSTS = [
    ("kf.example.com/pipeline", "such as https://kf.example.com/pipeline"),
    ("localhost:8080/pipeline", "such as http://localhost:8080/pipeline"),
    ("[::1]:8080", "such as http://[::1]:8080"),
    ("http://::1:8080", "brackets"),
    ("http://[fe80::1%eth0]:8080", "network interface"),
    ("kf.example.com:8080/_/pipeline", "such as https://kf.example.com:8080/pipeline"),
    (f"https://kf.example.com/dex/auth?state={SECRET}", "a page to sign in on"),
    ("http://my host/pipeline", "has a space in it"),
    (f"https://me:{SECRET}@kf.example.com/pipeline", "user name or password"),
    (f"me:{SECRET}@kf.example.com", "user name or password"),
    (f"https://kf.example.com/pipeline?token={SECRET}", "has a query"),
    (f"kf.example.com?token={SECRET}", "does not say http"),
    ("http://kf.example.com:70000", "from 1 to 65535"),
    (f"http://me:{SECRET}", "from 1 to 65535"),
    ("ftp://kf.example.com", "is not http"),
    ("http://kf\u200b.example.com", "cannot be seen"),
    ("https://\u2603\u2603..example.com", "is no host name"),
    ("http://300.1.1.1:8080", "is no host name"),
]

#: Pages that people copy from the address bar; each means this address.
UNDERSTOOD = "http://localhost:9/pipeline"
PAGES = [
    "http://localhost:9/_/pipeline/#/experiments",
    "http://localhost:9/pipeline/#/runs/details/xyz",
    "http://localhost:9/_/pipeline/?ns=team#/runs",
    "http://localhost:9/pipeline/?ns=team#/runs",
    "http://localhost:9/_/jupyter/?ns=team",
    "http://localhost:9/_/volumes",
    "http://localhost:9/?ns=team",
    "http://localhost:9/pipeline/?ns=team",
    "http://localhost:9/manage-users?ns=team",
    "http://localhost:9/katib/?ns=team",
    "http://localhost:9/pipeline/apis/v2beta1/healthz",
]

#: A field beside the host, and what was typed there.
FIELDS = [
    ("namespace", "Team A"),
    ("namespace", "team/a"),
    ("namespace", "team_a"),
    ("namespace", "-team"),
    ("connector", "local/../../admin"),
    ("timeout", -1),
    ("ui_host", "ui.example.com"),
    ("proxy", f"http://me:{SECRET}@proxy.example.com"),
    ("auth", "kerberos"),
]


def told(problem: kfc.KfpConnectError, code: str, words: str) -> None:
    """Hold an error to be clear, and to keep what it must not say."""
    assert problem.code == code
    assert words in str(problem)
    assert problem.remedy
    assert SECRET not in str(problem) + repr(problem)
