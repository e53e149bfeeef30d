"""Laws are tried on new examples at every desk, and on the same ones wherever CI is set: a red run there is a change.

A shell that starts the tests in the background lets them ignore Ctrl-C; those that send it need it heard.
"""

import os
import signal
import threading

from hypothesis import settings

from geocensus.files import cache_folder

# Tests that keep their indexes elsewhere share what was compiled: compiling takes half a minute.
os.environ.setdefault("NUMBA_CACHE_DIR", str(cache_folder() / "compiled"))

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN and threading.current_thread() is threading.main_thread():
    signal.signal(signal.SIGINT, signal.default_int_handler)
