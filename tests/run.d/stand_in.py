"""The stand-in Tableau site with content that a test writes, and our program beside it."""

import json
import subprocess
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from dbt_engines import environment

PATIENCE_S = 120


@dataclass(frozen=True)
class Programs:
    """What is tested, and what it is tested against."""

    server: Path
    site: Path


@contextmanager
def site(program, workbooks, scratch):
    """A running site that holds these workbooks; how it is reached, as the site says it."""
    content = Path(scratch) / "site.json"
    content.write_text(json.dumps({"workbooks": workbooks}), "utf-8")
    process = subprocess.Popen(
        [program, "--written", content], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(PATIENCE_S)


class Lens:
    """Our program in one project, signed in to one site by its environment."""

    def __init__(self, program, project, address, scratch):
        self.program = program
        self.project = project
        at = {name: str(Path(scratch) / name) for name in ("config", "cache", "run")}
        Path(at["run"]).mkdir(exist_ok=True)
        self.environment = environment(
            EXPOSURE_LENS_CONFIG_DIR=at["config"],
            EXPOSURE_LENS_CACHE_DIR=at["cache"],
            EXPOSURE_LENS_KEYRING="off",
            XDG_RUNTIME_DIR=at["run"],
            TABLEAU_SITE_URL=address["address"],
            TABLEAU_PAT_NAME=address["tokenName"],
            TABLEAU_PAT_SECRET=address["tokenSecret"],
        )

    def run(self, *arguments):
        return subprocess.run(
            [self.program, *arguments],
            cwd=self.project,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            check=False,
            timeout=PATIENCE_S,
        )
