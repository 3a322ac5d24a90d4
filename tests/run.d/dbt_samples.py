"""The projects that engines judge, and what a workbook can read in each."""

import shutil
from dataclasses import dataclass
from pathlib import Path

FIXTURES = Path(__file__).resolve().parents[2] / "tests/fixtures"


@dataclass(frozen=True)
class Node:
    """Something to depend on."""

    id: str
    # As a person writes it in `depends_on`.
    call: str
    # As Tableau names it.
    table: str


@dataclass(frozen=True)
class Sample:
    """A project; `one` and `two` are plain models of it."""

    name: str
    nodes: dict
    # Tables of nodes that dbt refuses an exposure on: private, disabled.
    out_of_reach: tuple

    @property
    def folder(self):
        return FIXTURES / self.name

    def tables(self, names, connection):
        """What a workbook reads, as a connection of this class names it."""
        return [told(self.nodes[it].table, connection) for it in names]

    def ids(self, names):
        return {self.nodes[it].id for it in names}


def told(table, connection):
    """Snowflake tells names in upper case, unless they were quoted."""
    return table.upper() if connection == "snowflake" else table


def model(project, name, schema="analytics_marts", table=None):
    return Node(f"model.{project}.{name}", f"ref('{name}')", f"{project}.{schema}.{table or name}")


EDGE = Sample(
    "edge",
    {
        "one": model("edge", "returns"),
        "two": model("edge", "orders"),
        "same_name": Node(
            "model.ledger.orders", "ref('ledger', 'orders')", "edge.analytics.orders"
        ),
        "package": Node("model.ledger.rates", "ref('ledger', 'rates')", "edge.analytics.rates"),
        "version": Node(
            "model.edge.customers.v2",
            "ref('customers', v=2)",
            "edge.analytics_marts.customers_next",
        ),
        "latest": Node(
            "model.edge.customers.v1", "ref('customers')", "edge.analytics_marts.customers_v1"
        ),
        "alias": model("edge", "daily", table="Daily Sales.v1"),
        "python": model("edge", "scores"),
        "seed": Node("seed.edge.regions", "ref('regions')", "edge.analytics.regions"),
        "snapshot": Node("snapshot.edge.prices", "ref('prices')", "edge.analytics.prices"),
        "snapshot_yaml": Node("snapshot.edge.stock", "ref('stock')", "edge.analytics.stock"),
        "source": Node(
            "source.edge.raw.events", "source('raw', 'events')", "edge.landing.evt_2024"
        ),
    },
    ("edge.analytics_marts.salaries", "edge.analytics.old_orders"),
)

SHOP = Sample(
    "shop",
    {
        "one": model("shop", "fct_orders"),
        "two": model("shop", "dim_products"),
        "version": Node(
            "model.shop.dim_customers.v2",
            "ref('dim_customers', v=2)",
            "shop.analytics_marts.dim_customers_v2",
        ),
        "alias": model("shop", "rpt_daily_sales", table="daily_sales"),
        "python": model("shop", "customer_churn"),
        "seed": Node(
            "seed.shop.sales_targets", "ref('sales_targets')", "shop.analytics.sales_targets"
        ),
        "snapshot": Node(
            "snapshot.shop.products_snapshot",
            "ref('products_snapshot')",
            "shop.analytics_snapshots.products_snapshot",
        ),
        "source": Node(
            "source.shop.crm.accounts", "source('crm', 'accounts')", "shop.raw_crm.tbl_accounts_v3"
        ),
    },
    ("shop.analytics_marts.fct_refunds", "shop.analytics.fct_orders_legacy"),
)


class Base:
    """A sample as an engine sees it before anything is written. Ways to write start from copies,
    with the manifest that this engine has made."""

    def __init__(self, engine, sample, folder):
        self.engine = engine
        self.sample = sample
        self.folder = folder
        self.target = engine.target_of(sample)
        self.connection = "snowflake" if self.target == "snowflake" else "duckdb_jdbc"
        kept_out = shutil.ignore_patterns("target", "logs", "*.duckdb", ".user.yml")
        shutil.copytree(sample.folder, folder, ignore=kept_out)
        self.before = engine.parse(folder, self.target)

    def copy(self, to, with_workbook_files=False):
        kept_out = ["logs", "partial_parse*", "perf_info*", "graph*"]
        kept_out += [] if with_workbook_files else ["tableau"]
        shutil.copytree(self.folder, to, ignore=shutil.ignore_patterns(*kept_out))
        return to

    def judged(self, checks, project, when):
        """What the engine makes of the project now; nothing that it did not say before."""
        after = self.engine.parse(project, self.target)
        new = [it for it in after.problems if it not in self.before.problems]
        checks.must(not new, f"dbt says nothing new {when}", "\n".join(new))
        return after


def lay(project, files):
    """Writes files into a project, byte for byte."""
    for path, text in files.items():
        (project / path).parent.mkdir(parents=True, exist_ok=True)
        (project / path).write_bytes(text.encode("utf-8"))
