#!/usr/bin/env python3
"""Has the server write every exposure that it offers, and real dbt judge them.

    .tools/dbt/bin/python tests/run.d/dbt_accepts.py PATH-OF-EXPOSURE-LENS

On a copy of tests/fixtures/shop: the code actions "Write exposure ..." of all models are
applied, one after the other, as an editor would. Then dbt must parse the project without
a warning that was not there before, and its manifest must hold each exposure, on the
nodes that it was to depend on.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from lsp_client import Client, apply_edits, wait_until

ROOT = Path(__file__).resolve().parents[2]
PROJECT = ROOT / "tests/fixtures/shop"
EXPOSURES = "models/exposures/tableau.yml"
TITLE = "Write exposure `"

# What tests/fixtures/README.md says: exposure, and what its workbook reads.
EXPECTED = {
    "weekly_ops": {"model.shop.fct_orders", "model.shop.fct_returns", "model.shop.fct_sessions"},
    "churn": {"model.shop.fct_orders", "model.shop.customer_churn", "model.shop.dim_products"},
    "customer_360": {"model.shop.dim_customers.v2"},
    "account_tracker": {"source.shop.crm.accounts"},
    "daily_sales_flash": {"model.shop.rpt_daily_sales"},
    "basket_explorer": {
        "model.shop.fct_orders",
        "model.shop.dim_products",
        "model.shop.dim_customers.v1",
    },
}


def main():
    server = Path(sys.argv[1]).resolve()
    before = dbt_exposures(PROJECT)
    with tempfile.TemporaryDirectory() as scratch:
        project = copy_project(Path(scratch).resolve() / "shop")
        titles = write_all(server, project)
        check(len(titles) >= len(EXPECTED), "every workbook without exposure is offered", titles)
        check(len(set(titles)) == len(titles), "none is offered again once it is written", titles)
        after = dbt_exposures(project)
    check(before.items() <= after.items(), "what was declared before is as it was", after)
    for name, nodes in EXPECTED.items():
        check(after.get(name) == nodes, f"dbt sees {name} on what its workbook reads", after.get(name))
    written = after.keys() - before.keys()
    check(len(written) == len(titles), "dbt sees one exposure for each action", sorted(written))
    print(f"{check.passed} passed, 0 failed")


def copy_project(to):
    shutil.copytree(PROJECT, to, ignore=shutil.ignore_patterns("logs", "*.duckdb", ".user.yml"))
    return to


def write_all(server, project):
    """Applies every action that writes an exposure; the exposures file stays open, so that
    the server sees what an editor would show it."""
    titles = []
    with Client([str(server), "lsp"], project) as client:
        exposures = project / EXPOSURES
        client.open(exposures)
        client.wait_until_loaded()
        # Actions on YAML names reach sources, seeds and snapshots too.
        files = sorted([*project.glob("models/**/*.sql"), *project.glob("models/**/*.py")])
        files += sorted(set(project.glob("*/**/*.yml")) - {exposures})
        for path in files:
            client.open(path)
            while action := next(offered(client, path), None):
                titles.append(action["title"])
                edits = client.resolve(action)
                fail_unless(set(edits) == {exposures}, "only the exposures file is changed", edits)
                client.change(exposures, apply_edits(client.text(exposures), edits[exposures]))
                wait_until(lambda: action["title"] not in [it["title"] for it in offered(client, path)])
        exposures.write_text(client.text(exposures), "utf-8", newline="")
    return titles


def offered(client, path):
    for line, character in places(client.text(path), path.suffix):
        for action in client.code_actions(path, line, character):
            if action["title"].startswith(TITLE) and "disabled" not in action:
                yield action


def places(text, suffix):
    """Where a person would ask: a model's first line, each name in a properties file."""
    if suffix != ".yml":
        yield 0, 0
        return
    for number, line in enumerate(text.splitlines()):
        _, name, value = line.partition("- name: ")
        if name and value:
            yield number, len(line) - len(value)


def dbt_exposures(project):
    """What dbt makes of the project's enabled exposures: name and nodes."""
    with tempfile.TemporaryDirectory() as scratch:
        copy = Path(scratch) / "copy"
        shutil.copytree(project, copy, ignore=shutil.ignore_patterns("target", "tableau"))
        kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
        dbt = Path(sys.executable).with_name("dbt")
        run = subprocess.run(
            [dbt, "--no-use-colors", "--warn-error", "parse", "--profiles-dir", "."],
            cwd=copy,
            env={**kept, "DO_NOT_TRACK": "1"},
            capture_output=True,
            text=True,
        )
        fail_unless(run.returncode == 0, "dbt parses the project without a warning", run.stdout)
        manifest = json.loads((copy / "target/manifest.json").read_text("utf-8"))
    return {it["name"]: set(it["depends_on"]["nodes"]) for it in manifest["exposures"].values()}


def check(holds, what, seen):
    fail_unless(holds, what, seen)
    check.passed += 1
    print(f"ok - {what}")


check.passed = 0


def fail_unless(holds, what, seen):
    if not holds:
        fail(what, seen)


def fail(what, seen):
    print(f"not ok - {what}; seen: {seen}")
    print(f"{check.passed} passed, 1 failed")
    sys.exit(1)


if __name__ == "__main__":
    main()
