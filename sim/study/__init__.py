"""Study and place files: strict validation with file and line, and the JSON Schema for editors."""

from __future__ import annotations

from sim.study.model import Study
from sim.study.problems import Problem, StudyError

__all__ = ["Problem", "Study", "StudyError"]
