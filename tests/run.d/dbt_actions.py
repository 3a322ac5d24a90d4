"""Has an editor apply what it is offered on models, and one dbt judge the project after that."""

from lsp_client import Client, apply_edits, wait_until

NAME = "actions"
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


def judge(checks, base, programs, scratch):
    """Every exposure that is offered for the workbook files of a sample is written."""
    if base.sample.name != "shop":
        return
    project = base.copy(scratch / "shop", with_workbook_files=True)
    titles = write_all(checks, programs.server, project)
    checks.holds(len(titles) >= len(EXPECTED), "every workbook without exposure is offered", titles)
    is_once = len(set(titles)) == len(titles)
    checks.holds(is_once, "none is offered again once it is written", titles)
    after = base.judged(checks, project, "of what was written")
    was, now = dependencies(base.before), dependencies(after)
    checks.holds(was.items() <= now.items(), "what was declared before is as it was", now)
    for name, nodes in EXPECTED.items():
        checks.same(now.get(name), nodes, f"dbt sees {name} on what its workbook reads")
    written = sorted(now.keys() - was.keys())
    checks.holds(len(written) == len(titles), "dbt sees one exposure for each action", written)


def dependencies(parsed):
    return {name: set(it["depends_on"]["nodes"]) for name, it in parsed.exposures().items()}


def write_all(checks, server, project):
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
                checks.must(set(edits) == {exposures}, "only the exposures file is changed", edits)
                client.change(exposures, apply_edits(client.text(exposures), edits[exposures]))
                wait_until(lambda: action["title"] not in titles_of(offered(client, path)))
        exposures.write_text(client.text(exposures), "utf-8", newline="")
    return titles


def titles_of(actions):
    return [it["title"] for it in actions]


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
