"""What is run in a notebook: its secrets are typed where it asks, never in the source."""

from __future__ import annotations

from collections.abc import Callable

#: How a text may be written.
Spell = Callable[[str], str]

#: What the search must find again, wherever it looks; as good as a secret, but none.
DECOY = "decoy-9c1e-found-here"

LOGGING = """
import logging
logging.basicConfig(filename="kernel.log", level=logging.DEBUG, force=True)
for name in ("urllib3", "requests", "tornado", "kfp", "jupyter_kfp_connect"):
    logging.getLogger(name).setLevel(logging.DEBUG)
    logging.getLogger(name).debug("decoy-9c1e-found-here of %s", name)
"""

PREPARE = """
%load_ext jupyter_kfp_connect
%xmode Verbose
import getpass, pickle, copy, traceback
import jupyter_kfp_connect as kfc
"""

#: The name of what is connected to ends up in every view.
BROKER = "%kfp_connect decoy-9c1e-found-here"

CALL = "kfp_client.list_experiments(namespace='kubeflow-user-example-com')"
FORBIDDEN = "kfp_client.list_experiments(namespace='someone-elses')"
MISSING = "kfp_client.get_run('no-such-run')"
STATUS = "%kfp_connect --status"
DIAGNOSE = "%kfp_connect --diagnose"
REFRESH = "%kfp_connect --refresh"
SHOWN = "print(kfp_client, repr(kfp_client), vars(kfp_client))\nkfp_client"
LOOK = "kfp_client.list_experiments()"

#: What `connect` takes, each typed where the cell asks.
PASSWORD = "kfp_client = kfc.connect(host={host!r}, username={user!r}, password=getpass.getpass())"
MANAGER = """
manager = kfc.KFPClientManager({host!r}, {user!r}, getpass.getpass())
print(repr(manager), vars(manager))
kfp_client = manager.create_kfp_client()
"""
TOKEN = "kfp_client = kfc.connect(host={host!r}, token=getpass.getpass())"
COOKIES = "kfp_client = kfc.connect(host={host!r}, cookies=getpass.getpass())"

#: The exception: a variable of the caller's own.
IN_A_VARIABLE = """
word = getpass.getpass()
kfp_client = kfc.connect(host={host!r}, username={user!r}, password=word)
"""

#: Every public object, and what hangs on it: shown, looked into, written.
OBJECTS = """
def _try(do):
    try:
        return do()
    except Exception as problem:
        return repr(problem)

def _told(thing):
    yield _try(lambda: repr(thing))
    yield _try(lambda: str(thing))
    yield _try(lambda: repr(vars(thing)))
    for _name in dir(thing):
        yield _try(lambda: f"{_name}={getattr(thing, _name)!r}")
    for _protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        yield _try(lambda: repr(pickle.dumps(thing, _protocol)))
    yield _try(lambda: repr(copy.deepcopy(thing)))

from jupyter_kfp_connect.core.auth.base import Given, Headers
from jupyter_kfp_connect.core.secret import Secret

_source = kfp_client._source
_things = [getattr(kfc, name) for name in kfc.__all__]
_things += [kfp_client, _source, _source.lease(), kfp_client._run_api.api_client.rest_client]
_things += [vars(_source).get(name) for name in ("_connection", "_credential", "_headers")]
_things += list(vars(_source).values())
_things += [value for thing in list(_things) for value in getattr(thing, "__dict__", {}).values()]
_things += [kfc.KfpConnectError("unexpected", "decoy-9c1e-found-here")]
_things += [Given(password=Secret(value), token=Secret(value), cookies=Secret(value))
            for value in _source.lease().headers.values()]
for _name in ("list_experiments", "get_run"):
    try:
        getattr(kfp_client, _name)("nobody-has-this")
    except Exception as problem:
        _things += [problem, traceback.TracebackException.from_exception(problem)]
for _thing in _things:
    print(*_told(_thing), sep="\\n")
"""

HISTORY = "%history -g"
