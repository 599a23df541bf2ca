"""Which names and years a study may write."""

from __future__ import annotations

import re

NAME = r"^[a-z0-9][a-z0-9_-]{0,63}$"
SCENARIO_NAME = r"^\w[\w.-]{0,63}$"
YEARS = re.compile(r"^([0-9]{4})-([0-9]{4})$")

PLAIN_NAME = "lower-case letters, digits, _ and -, up to 64, beginning with a letter or digit"
