"""What the cells of the run hold. No secret stands in them: `given` reads it from elsewhere."""

from __future__ import annotations

#: Everything talks, and nothing is cut short.
TALKATIVE = """
import logging, sys
logging.basicConfig(level=logging.DEBUG, stream=sys.stdout, force=True)
for name in ("urllib3", "requests", "tornado", "kfp", "asyncio", "jupyter_kfp_connect"):
    logging.getLogger(name).setLevel(logging.DEBUG)
%load_ext jupyter_kfp_connect
%xmode Verbose
import jupyter_kfp_connect as kfc
from pathlib import Path
def given(name):
    return (Path({folder!r}) / name).read_text(encoding="utf-8")
MARKER = "c4n4ryHarmlessMarker"
"""

#: Shows an object in every way that a curious user, a debugger or a library would.
INSPECT = """
def look(thing, depth=2):
    import copy, pickle, pprint
    shown = []
    for way in (repr, str, ascii, vars, pprint.pformat, "{0!r:>4}".format, dir):
        try:
            shown.append(str(way(thing)))
        except Exception as problem:
            shown.append(repr(problem))
    for way in (pickle.dumps, copy.copy, copy.deepcopy):
        try:
            shown.append(repr(way(thing)))
        except Exception as problem:
            shown.append(repr(problem))
    for way in ("_repr_mimebundle_", "_repr_html_", "to_dict"):
        method = getattr(thing, way, None)
        if callable(method) and not isinstance(thing, type):
            shown.append(str(method()))
    if depth:
        for value in getattr(thing, "__dict__", {}).values():
            shown.append(repr(value))
    print("\\n".join(shown))
"""

#: Keeps the error of a call, and shows it as loggers and reporters do.
CAUGHT = """
import traceback
def caught(call):
    try:
        call()
    except Exception as problem:
        logging.exception("it went wrong")
        shown = traceback.TracebackException.from_exception(problem, capture_locals=True)
        print("".join(shown.format()))
        look(problem)
        return problem
    raise AssertionError("it went right")
"""

#: What people do to keep and to show what they did.
KEEP = (
    "%history -g",
    "%history -g -f history.txt",
    "%history -n -o",
    "%notebook kept.ipynb",
    "%whos",
    "%who_ls",
    "!env",
    "%env",
    "print(globals())",
    "%tb",
)

#: A notebook that is run and exported by itself: one cell works, one fails.
EXPORTED = (
    "%load_ext jupyter_kfp_connect\n%xmode Verbose\nprint('c4n4ryHarmlessMarker')",
    "client = %kfp_connect work\nclient",
    "print(client.list_experiments())",
    "client.get_run('no-such-run')",
    "client.list_runs(namespace='someone-elses')",
)
