#!/bin/sh
# Run `python -m scripts "$@"` with the first Python on this machine that can make the
# environment. PYTHON=… chooses one. Plain sh, since no Python is known yet.
set -eu
cd "$(dirname "$0")/.."

can_run='import sys; sys.exit(sys.version_info < (3, 10))'
can_make_environments='import ensurepip, venv'
without_venv=

for python in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11 python3.10}; do
    "$python" -c "$can_run" >/dev/null 2>&1 || continue
    if "$python" -c "$can_make_environments" >/dev/null 2>&1; then
        exec "$python" -m scripts "$@"
    fi
    without_venv=${without_venv:-$python}
done

if [ -n "$without_venv" ]; then
    version=$("$without_venv" -c 'import sys; print("%d.%d" % sys.version_info[:2])')
    echo "Python $version ($without_venv) is here, but not its module for virtual environments." >&2
    echo "On Debian and Ubuntu, run:  apt-get install python$version-venv" >&2
elif [ -n "${PYTHON:-}" ]; then
    echo "PYTHON=$PYTHON is not a Python 3.10 or later." >&2
else
    echo "Python 3.10 or later is needed, and none was found on the PATH." >&2
    echo "Install one, or name it:  make PYTHON=/path/to/python3 …" >&2
fi
exit 1
