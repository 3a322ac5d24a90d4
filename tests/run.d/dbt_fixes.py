"""Has an editor apply the quick fixes of files with something wrong in them, and one dbt judge
the project after that."""

from dbt_broken import BROKEN, filled, path_of, workbooks
from dbt_samples import lay
from lsp_client import Client, apply_edits, wait_until
from stand_in import Lens, site

NAME = "quick fixes"


def judge(checks, base, programs, scratch):
    """Every file is mended, then parsed with all others."""
    sample = base.sample
    project = base.copy(scratch / sample.name)
    (project / "exposure-lens.yml").write_text("tableau:\n  files: []\n", "utf-8")
    with site(programs.site, workbooks(sample, base.connection), scratch) as address:
        pages = f"{address['address']}/workbooks"
        for it in BROKEN:
            lay(project, {path_of(it): filled(it.text, it, sample, pages)})
        lens = Lens(programs.server, project, address, scratch)
        fetched = lens.run("pull")
        checks.must(fetched.returncode == 0, "the site is fetched", fetched.stderr)
        with Client([str(programs.server), "lsp"], project, lens.environment) as client:
            client.wait_until_loaded()
            mended = [it for it in BROKEN if mend(checks, client, project, it, base.engine)]
    # One that dbt still refuses would hide what it makes of all others.
    for it in BROKEN:
        if it not in mended:
            (project / path_of(it)).unlink()
    after = base.judged(checks, project, "of the mended files")
    for it in mended:
        is_as_wanted(checks, after, it, sample, pages)


def mend(checks, client, project, broken, engine):
    """Applies what is offered until nothing more is, and saves the file; whether that was
    right."""
    path = project / path_of(broken)
    client.open(path)
    is_wrong = broken.wrong_for(engine)
    titles = []
    while fixes := offered(client, path, broken):
        first = next((it for it in fixes if it.get("isPreferred")), fixes[0])
        titles.append(first["title"])
        edits = client.resolve(first)
        if set(edits) != {path}:
            return checks.holds(False, f"{broken.name}: `{titles[-1]}` changes this file", edits)
        client.change(path, apply_edits(client.text(path), edits[path]))
        path.write_text(client.text(path), "utf-8", newline="")
        client.save(path)
        try:
            wait_until(lambda: len(offered(client, path, broken)) < len(fixes))
        except RuntimeError:
            text = client.text(path)
            return checks.holds(False, f"{broken.name}: `{titles[-1]}` mends it", text)
    is_right = bool(titles) == is_wrong
    return checks.holds(is_right, f"{broken.name}: is mended where it must be", titles)


def offered(client, path, broken):
    fixes = client.quick_fixes(path)
    return [it for it in fixes if broken.fix in it["title"] and "disabled" not in it]


def is_as_wanted(checks, parsed, broken, sample, pages):
    found = parsed.exposures()
    if broken.is_away:
        checks.holds(broken.name not in found, f"{broken.name}: dbt sees no such exposure")
        is_disabled = broken.name in parsed.disabled()
        checks.same(is_disabled, "disabled" in broken.name, f"{broken.name}: is disabled or gone")
    for name, wanted in broken.wanted.items():
        name = filled(name, broken, sample)
        exposure = found.get(name)
        if not checks.holds(exposure, f"{broken.name}: dbt sees {name}", sorted(found)):
            continue
        wanted = {key: meant(key, value, broken, sample, pages) for key, value in wanted.items()}
        seen = {key: held(exposure, key) for key in wanted}
        checks.same(seen, wanted, f"{broken.name}: {name} holds what is meant")


def meant(key, value, broken, sample, pages):
    if key == "depends_on":
        return sample.ids(value)
    return filled(value, broken, sample, pages) if isinstance(value, str) else value


def held(exposure, key):
    """What dbt has under a key, as dbt_broken.py says it."""
    if key == "depends_on":
        return set(exposure["depends_on"]["nodes"])
    if key == "owner":
        return exposure["owner"]["name"]
    return set(exposure[key]) if key == "tags" else exposure[key]
