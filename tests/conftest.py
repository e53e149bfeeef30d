"""Laws are tried on new examples at every desk, and on the same ones wherever CI is set: a red run there is a change."""

import os

from hypothesis import settings

settings.register_profile("ci", derandomize=True)
if os.environ.get("CI"):
    settings.load_profile("ci")
