"""Real dbt engines: which there are, what each says of a project, and what it makes of it."""

import json
import os
import re
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

TOOLS = Path(__file__).resolve().parents[2] / ".tools"

# dbt's own remarks on how it starts; every other line between them would be a warning.
SAID_BY_FUSION = re.compile(r"^\[(?:warning|error)\] (.*)\n(?:\s+--> (\S+?)(?::\d+)*$)?", re.M)


@dataclass(frozen=True)
class Engine:
    """One dbt, in a virtual environment of its own."""

    name: str
    venv: str
    # As dbt's --target, in tests/fixtures/edge/profiles.yml. Core checks properties by its
    # JSON schema with some adapters only, DuckDB not among them.
    edge_target: str
    # Whether tags and meta of an exposure are taken from its `config`.
    reads_config: bool
    is_fusion: bool = False

    @property
    def program(self):
        return TOOLS / self.venv / "bin/dbt"

    def target_of(self, sample):
        return self.edge_target if sample.name == "edge" else None

    def parse(self, project, target=None):
        """What this dbt makes of the project as it lies there; its manifest stays in target/."""
        (project / "target/manifest.json").unlink(missing_ok=True)
        command = [self.program, "parse", "--profiles-dir", "."]
        command += ["--target", target] if target else []
        if not self.is_fusion:
            # Core says that it warns by refusing; a partial parse would not warn again.
            command[1:1] = ["--no-use-colors", "--warn-error", "--no-partial-parse"]
        run = subprocess.run(
            command, cwd=project, env=environment(), capture_output=True, text=True, check=False
        )
        said = run.stdout + run.stderr
        found = problems(said, run.returncode, self.is_fusion)
        path = project / "target/manifest.json"
        manifest = json.loads(path.read_text("utf-8")) if path.is_file() else {}
        return Parsed(manifest, found)


@dataclass
class Parsed:
    """What dbt said of a project."""

    manifest: dict
    # Warnings and errors, without line numbers: they move with what is written.
    problems: list = field(default_factory=list)

    def exposures(self):
        """The enabled ones, by name."""
        return {it["name"]: it for it in self.manifest.get("exposures", {}).values()}

    def disabled(self):
        """The names of disabled exposures."""
        lists = self.manifest.get("disabled", {}).values()
        nodes = [node for nodes in lists for node in nodes]
        return {it["name"] for it in nodes if it["resource_type"] == "exposure"}


ENGINES = [
    Engine("Core 1.11", "dbt", edge_target="snowflake", reads_config=True),
    Engine("Core 1.9", "dbt-1.9", edge_target="duckdb", reads_config=False),
    Engine("Fusion", "dbt-fusion", edge_target="snowflake", reads_config=True, is_fusion=True),
]


def problems(said, code, is_fusion):
    if is_fusion:
        found = [" ".join(filter(None, it)) for it in SAID_BY_FUSION.findall(said)]
        return found or ([] if code == 0 else [said])
    return [] if code == 0 else [said[said.find("Encountered an error"):]]


def environment(**more):
    """Nothing of the machine's own settings for dbt or Tableau."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    return {**kept, "DO_NOT_TRACK": "1", "NO_COLOR": "1", **more}
