"""Every test runs with the template's settings and without AWS."""

import tests.support.settings  # noqa: F401  before anything of the functions is imported
