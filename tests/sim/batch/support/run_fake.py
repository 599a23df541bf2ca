"""Run the fake county as a program of its own: run_fake.py DIR '{"plan": {...}, "options": {...}, "limit": bytes}'."""

from __future__ import annotations

import json
import os
import resource
import sys
from pathlib import Path

from fake_county import TASK, fake_plan

from tuopin.sim.batch.engine import run_study
from tuopin.sim.results.errors import BatchError


def main() -> int:
    request = json.loads(sys.argv[2])
    plan = fake_plan(**{k: tuple(map(tuple, v)) if k == "dies" else v for k, v in request.get("plan", {}).items()})
    if "limit" in request:
        resource.setrlimit(resource.RLIMIT_FSIZE, (request["limit"], request["limit"]))
    if "user" in request:  # after the imports: that user may not read the interpreter's files
        os.seteuid(request["user"])
    options = {"workers": 1, "progress": False} | request.get("options", {})
    try:
        report = run_study(plan, Path(sys.argv[1]), task=TASK, **options)
    except BatchError as error:
        print(error, file=sys.stderr)
        return error.exit_status
    except KeyboardInterrupt:
        return 130
    print(json.dumps({"done": report.done, "failed": report.failed, "skipped": report.skipped, "notes": report.notes}))
    return report.exit_status


if __name__ == "__main__":
    sys.exit(main())
