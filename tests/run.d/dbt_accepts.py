#!/usr/bin/env python3
"""Has our program write exposures in every way it can, and real dbt engines judge them.

    python3 tests/run.d/dbt_accepts.py EXPOSURE-LENS TABLEAU-SITE [ENGINE…]

Each engine of dbt_engines.py gets copies of tests/fixtures/shop and tests/fixtures/edge.
In an editor the actions and quick fixes are applied one after the other; on the command
line all exposures are written, updated, disabled and removed. After each of these the
engine must parse the project without saying anything new, and its manifest must hold
each exposure with the texts that Tableau has, on the nodes that it was to depend on.
"""

import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dbt_actions
import dbt_fixes
import dbt_plans
from checks import Checks, Stop
from dbt_engines import ENGINES
from dbt_samples import EDGE, SHOP, Base
from stand_in import Programs


def main(server, site_program, *names):
    engines = [it for it in ENGINES if not names or it.name in names]
    parts = [(engine, sample) for engine in engines for sample in (SHOP, EDGE)]
    n_passed = n_failed = 0
    with ThreadPoolExecutor(max_workers=2) as pool:
        for all_checks in pool.map(lambda it: judge(*it, server, site_program), parts):
            for checks in all_checks:
                print("\n".join(checks.lines), flush=True)
                n_passed += checks.n_passed
                n_failed += checks.n_failed
    print(f"{n_passed} passed, {n_failed} failed")
    sys.exit(1 if n_failed or not n_passed else 0)


def judge(engine, sample, server, site_program):
    """What one engine makes of one sample, by each way to write."""
    with tempfile.TemporaryDirectory() as scratch:
        scratch = Path(scratch).resolve()
        base = Base(engine, sample, scratch / "base" / sample.name)
        return [
            checked(way, base, Programs(server, site_program), scratch)
            for way in (dbt_actions, dbt_fixes, dbt_plans)
        ]


def checked(way, base, programs, scratch):
    checks = Checks(f"{base.engine.name}, {base.sample.name}, {way.NAME}")
    scratch = scratch / way.NAME
    scratch.mkdir()
    try:
        way.judge(checks, base, programs, scratch)
    except Stop:
        pass
    except Exception as error:  # one way that breaks hides no other
        checks.holds(False, "the test itself ran to its end", repr(error))
    return checks


if __name__ == "__main__":
    main(*[Path(it).resolve() for it in sys.argv[1:3]], *sys.argv[3:])
