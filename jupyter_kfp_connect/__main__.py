"""`python -m jupyter_kfp_connect` is `jupyter kfp-connect`."""

import sys

from .cli import main

sys.exit(main())
