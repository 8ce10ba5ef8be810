"""Settings for all tests."""

import os

from hypothesis import HealthCheck, settings

# No deadline: how fast a machine is, is no test's business (bench/ measures). In CI the same examples every time, so
# that a change is judged by what it changed; on a developer's machine new ones, to find what nobody thought of.
settings.register_profile(
    "here", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize=bool(os.environ.get("CI"))
)
settings.load_profile("here")
