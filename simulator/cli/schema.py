"""`sim schema`: the JSON Schema of a scenario."""

from __future__ import annotations

from simulator.cli import talk


def schema() -> int:
    """Print the JSON Schema by which editors complete and check scenarios.

    \b
    Example:
      sim schema > scenario.schema.json
    """
    import json

    from simulator.scenario.schema import json_schema

    talk.emit(json.dumps(json_schema(), indent=2, ensure_ascii=False))
    return 0
