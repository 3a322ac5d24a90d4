"""Has the command line write, update, disable and remove exposures against a stand-in site,
and one dbt judge the project after each of them."""

import json
import re

from dbt_edits import EXPOSURES, Batch
from dbt_samples import lay
from stand_in import Lens, site

NAME = "command line"

SETTINGS = """\
tableau:
  files: []
exposures:
  path: "{folder}/{{project}}.yml"
  tags: [tableau, board]
"""
TAGS = {"tableau", "board"}
OLD_LABEL = re.compile(r"old", re.IGNORECASE)


def judge(checks, base, programs, scratch):
    """All edits of the command line, one after the other."""
    batch = Batch(base.sample, base.connection)
    checks.must(base.before.manifest, "the sample is parsed", base.before.problems)
    project = base.copy(scratch / base.sample.name)
    with site(programs.site, batch.workbooks, scratch) as address:
        pages = f"{address['address']}/workbooks"
        lay(project, batch.files_on(pages))
        (project / "exposure-lens.yml").write_text(SETTINGS.format(folder=EXPOSURES), "utf-8")
        lens = Lens(programs.server, project, address, scratch)
        fetched = lens.run("pull")
        checks.must(fetched.returncode == 0, "the site is fetched", fetched.stderr)
        steps = Steps(checks, base, batch, lens, pages)
        steps.write()
        steps.update()
        steps.disable()
        steps.remove()


class Steps:
    """Each step runs our program and then the engine, once."""

    def __init__(self, checks, base, batch, lens, pages):
        self.checks = checks
        self.base = base
        self.batch = batch
        self.lens = lens
        self.project = lens.project
        self.pages = pages
        self.disabled = set()

    def write(self):
        """What is missing is written: exposures, and what they depend on."""
        texts = self.texts()
        found = self.step("--write")
        self.keeps_comments(texts)
        self.keeps_exposures(found)
        for case in self.batch.created:
            self.is_as_in_tableau(found, case, "created")
        for case in self.batch.depending:
            self.depends_on(found, case, case.reads, "what is read, once each")
        for case in self.batch.surplus:
            self.depends_on(found, case, ("one", "two"), "what it did before")
        for case in self.batch.updated:
            label = (found.get(case.exposure) or {}).get("label")
            is_kept = label is None or label == "" or OLD_LABEL.search(label)
            self.checks.holds(is_kept, f"{case.name}: its label is left alone", label)

    def update(self):
        """Texts are brought in step with Tableau, since that was asked for."""
        texts = self.texts()
        found = self.step("--write", "--update")
        self.keeps_comments(texts)
        for case in self.batch.updated:
            self.is_as_in_tableau(found, case, "updated")
        for case in self.batch.surplus:
            self.depends_on(found, case, case.reads, "what is still read")
        for case in self.batch.created:
            self.is_as_in_tableau(found, case, "still")

    def disable(self):
        found = self.step("--write", "--gone", "disable")
        disabled = self.disabled
        for name in sorted(self.batch.gone):
            self.checks.holds(name in disabled and name not in found, f"{name}: is disabled")
        self.others_stay(found)

    def remove(self):
        # As they were before they were disabled: whether those go too is another matter.
        gone = {it: text for it, text in self.batch.files_on(self.pages).items() if "/gone/" in it}
        lay(self.project, gone)
        found = self.step("--write", "--gone", "remove")
        disabled = self.disabled
        for name in sorted(self.batch.gone):
            is_away = name not in disabled and name not in found
            self.checks.holds(is_away, f"{name}: is removed")
        self.others_stay(found)
        text = (self.project / "models/gone/between.yml").read_text("utf-8")
        self.checks.holds("# Stays." in text, "the comment of a neighbour stays", text)
        ran = self.lens.run("exposures", "--check")
        # The sample shop has an exposure of another site, which was not read.
        wanted = {"edge": 0, "shop": 3}[self.base.sample.name]
        self.checks.same(ran.returncode, wanted, "`exposures --check` finds nothing left to do")

    def step(self, *options):
        """Writes, writes again, and has dbt judge; the enabled exposures by name."""
        what = " ".join(options)
        ran = self.lens.run("exposures", *options)
        self.checks.must(ran.returncode == 0, f"`exposures {what}` succeeds", said(ran))
        texts = self.texts()
        self.lens.run("exposures", *options)
        changed = [it for it, text in self.texts().items() if texts.get(it) != text]
        self.checks.same(changed, [], f"`exposures {what}` again changes nothing")
        parsed = self.base.judged(self.checks, self.project, f"after `{what}`")
        self.disabled = parsed.disabled()
        return parsed.exposures()

    def texts(self):
        files = sorted(self.project.glob("models/**/*.yml"))
        return {str(it.relative_to(self.project)): it.read_bytes().decode("utf-8") for it in files}

    def keeps_comments(self, before):
        """Comments that have a line of their own are all there."""
        after = self.texts()
        for path, text in before.items():
            comments = [it.strip() for it in text.splitlines() if it.strip().startswith("#")]
            kept = [it.strip() for it in after[path].splitlines()]
            if comments:
                lost = [it for it in comments if it not in kept]
                self.checks.same(lost, [], f"{path}: no comment is lost")

    def keeps_exposures(self, found):
        """What was declared before and is not ours stays, with all that it says."""
        for name, exposure in self.base.before.exposures().items():
            keys = ("label", "url", "description", "owner", "meta", "tags")
            same = [it for it in keys if (found.get(name) or {}).get(it) != exposure.get(it)]
            self.checks.same(same, [], f"{name}: stays as it was")
        kept = re.compile(r"name: (kept_\w+)")
        for path, text in self.batch.files.items():
            for name in kept.findall(text):
                self.checks.holds(name in found, f"{path}: {name} stays", sorted(found))

    def others_stay(self, found):
        wanted = {it.exposure for it in self.batch.cases if it.exposure} | {"kept_between"}
        self.checks.same(sorted(wanted - found.keys()), [], "exposures of other workbooks stay")

    def is_as_in_tableau(self, found, case, how):
        exposure = of_workbook(found, case)
        workbook = case.workbook
        what = f"{case.name} {workbook['name'][:20]!a}: {how} as Tableau has it"
        if not exposure:
            self.checks.holds(False, what, "no such exposure")
            return
        seen = {
            "label": exposure.get("label"),
            "url": exposure.get("url"),
            "description": exposure.get("description"),
            "owner": (exposure.get("owner") or {}).get("name"),
            "depends_on": set(exposure["depends_on"]["nodes"]),
        }
        wanted = {
            "label": engine_text(self.base.engine, workbook["name"]),
            "url": f"{self.pages}/{workbook['number']}",
            "description": workbook["description"],
            "owner": workbook["owner"],
            "depends_on": self.batch.sample.ids(case.reads),
        }
        if case.exposure is None:
            seen["tags"] = set(exposure.get("tags") or [])
            wanted["tags"] = TAGS
            seen["meta"] = (exposure.get("meta") or {}).get("tableau", {}).get("luid")
            wanted["meta"] = workbook["luid"]
        differing = {it: (seen[it], wanted[it]) for it in seen if seen[it] != wanted[it]}
        self.checks.holds(not differing, what, f"(dbt's, Tableau's): {differing}")

    def depends_on(self, found, case, names, what):
        exposure = found.get(case.exposure) or {"depends_on": {"nodes": []}}
        seen = sorted(exposure["depends_on"]["nodes"])
        wanted = sorted(self.batch.sample.ids(names))
        self.checks.same(seen, wanted, f"{case.name}: depends on {what}")


def of_workbook(found, case):
    """By name where it has one from before, else by the LUID that was written with it."""
    if case.exposure:
        return found.get(case.exposure)
    luid = case.workbook["luid"]
    holds = [it for it in found.values() if luid in json.dumps([it.get("meta"), it.get("config")])]
    return holds[0] if len(holds) == 1 else None


def engine_text(engine, text):
    """Core renders a label with Jinja, which has one way to end a line."""
    return text if engine.is_fusion else text.replace("\r\n", "\n")


def said(ran):
    return f"exit code {ran.returncode}\n{ran.stdout}{ran.stderr}"
