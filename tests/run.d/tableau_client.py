#!/usr/bin/env python3
"""Has Tableau's own client use the stand-in site, as it would use Tableau.

    .tools/tableauserverclient/bin/python tests/run.d/tableau_client.py PATH-OF-TABLEAU-SITE

What the client understands, and what it finds, must be what the site holds. This is the
proof that tests against the stand-in site say something about Tableau.
"""

import json
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import tableauserverclient as tsc

# What tests/support/tableau/shop.rs says.
WORKBOOKS = {
    "Sales Overview": {"Overview", "Regional Detail", "Quarterly Review", "Order List"},
    "Order Funnel": {"Funnel", "Drop-off", "Steps"},
    "Returns Desk": {"Returns Today", "Return Reasons", "Today", "Reasons"},
    "Customer Health": {"Health", "Segments", "Score", "Mix"},
    "Vendor Scorecard": {"Scorecard", "Scores"},
    "Scratch": {"Try"},
}

TABLES = """
query Tables($first: Int, $afterToken: String) {
  workbooksConnection(first: $first, after: $afterToken, orderBy: {field: NAME, direction: ASC}) {
    pageInfo { hasNextPage endCursor }
    nodes { name upstreamTables { name } }
  }
}
"""


def main():
    with site(Path(sys.argv[1]).resolve()) as address:
        token = tsc.PersonalAccessTokenAuth(
            address["tokenName"], address["tokenSecret"], site_id=address["site"]
        )
        server = tsc.Server(address["url"], use_server_version=True)
        refuses_a_wrong_secret(server, address)
        with server.auth.sign_in(token):
            check(server.version == "3.25", "the client takes the site's version", server.version)
            lists_workbooks(server)
            finds_content(server)
            opens_a_workbook(server)
            queries_metadata(server)
            refreshes(server)
        check(not server.is_signed_in(), "the client signs out")
    print(f"{check.passed} passed, {check.failed} failed")
    sys.exit(1 if check.failed else 0)


@contextmanager
def site(program):
    process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        yield json.loads(process.stdout.readline())
    finally:
        process.stdin.close()
        process.wait(30)


def refuses_a_wrong_secret(server, address):
    wrong = tsc.PersonalAccessTokenAuth(address["tokenName"], "wrong", site_id=address["site"])
    try:
        server.auth.sign_in(wrong)
        code = None
    except tsc.server.endpoint.exceptions.FailedSignInError as error:
        code = error.code
    check(code == "401001", "a wrong secret is refused", code)


def lists_workbooks(server):
    pager = tsc.Pager(server.workbooks, request_opts=tsc.RequestOptions(pagesize=2))
    names = [it.name for it in pager]
    check(names == list(WORKBOOKS), "pages of two hold all workbooks, once", names)
    options = tsc.RequestOptions()
    options.filter.add(tsc.Filter("name", tsc.RequestOptions.Operator.Equals, "Returns Desk"))
    found, pagination = server.workbooks.get(options)
    check(pagination.total_available == 1, "a filter finds one workbook", pagination.total_available)
    owner = server.users.get_by_id(found[0].owner_id)
    check(owner.name == "bob", "its owner is found by id", owner.name)
    check(found[0].project_name == "Operations", "it names its project", found[0].project_name)
    options = tsc.RequestOptions()
    options.sort.add(tsc.Sort("name", tsc.RequestOptions.Direction.Desc))
    names = [it.name for it in tsc.Pager(server.workbooks, request_opts=options)]
    check(names == sorted(WORKBOOKS, reverse=True), "they are sorted by name", names)


def finds_content(server):
    projects = {it.id: it for it in tsc.Pager(server.projects)}
    nested = next(it for it in projects.values() if it.name == "Dashboards")
    parent = projects[nested.parent_id].name
    check(parent == "Sales", "projects nest", parent)
    views = {it.name: it for it in tsc.Pager(lambda opts: server.views.get(opts, usage=True))}
    n_opened = views["Overview"].total_views
    check(n_opened == 1204, "views tell how often they were opened", n_opened)
    check(views["Quarterly Review"].sheet_type == "story", "a story is told from a dashboard")
    datasources = {it.name: it for it in tsc.Pager(server.datasources)}
    check(set(datasources) == {"Order Lines", "Daily Sales"}, "datasources are listed", datasources)
    check(datasources["Order Lines"].certified, "one is certified")
    server.datasources.populate_connections(datasources["Daily Sales"])
    kinds = [it.connection_type for it in datasources["Daily Sales"].connections]
    check(kinds == ["duckdb_jdbc"], "its connection is told", kinds)
    names = [it.name for it in tsc.Pager(server.virtual_connections)]
    check(names == ["Warehouse"], "virtual connections are listed", names)
    names = [it.name for it in tsc.Pager(server.users)]
    check(names == ["ann", "bob"], "users are listed", names)


def opens_a_workbook(server):
    workbooks = {it.name: it for it in tsc.Pager(server.workbooks)}
    for name, workbook in workbooks.items():
        server.workbooks.populate_views(workbook, usage=True)
        views = {it.name for it in workbook.views}
        check(views == WORKBOOKS[name], f"{name} lists what is visible in it", views)
    funnel = workbooks["Order Funnel"]
    server.workbooks.populate_connections(funnel)
    told = [(it.connection_type, it.datasource_name) for it in funnel.connections]
    check(told == [("sqlproxy", "Order Lines")], "its published datasource is named", told)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(server.workbooks.download(funnel.id, folder, include_extract=False))
        text = path.read_text(encoding="utf-8")
        check(path.name == "Order Funnel.twb", "a download has its name", path.name)
        check("dbname='OrderLines'" in text, "and names the published datasource")


def queries_metadata(server):
    answer = server.metadata.query("{ workbooksConnection { totalCount } }")
    count = answer["data"]["workbooksConnection"]["totalCount"]
    check(count == len(WORKBOOKS), "the Metadata API counts the workbooks", answer)
    pages = server.metadata.paginated_query(TABLES, variables={"first": 2, "afterToken": None})
    nodes = [
        node
        for page in pages["pages"]
        for node in page["data"]["workbooksConnection"]["nodes"]
    ]
    names = [it["name"] for it in nodes]
    check(names == sorted(WORKBOOKS), "pages of the Metadata API hold all, once", names)
    tables = {it["name"]: {table["name"] for table in it["upstreamTables"]} for it in nodes}
    funnel = tables.get("Order Funnel")
    check(funnel == {"fct_orders", "dim_products"}, "a workbook leads to its tables", funnel)
    try:
        answer = server.metadata.query("{ workbooksConnection { nodes { nosuch } } }", abort_on_error=True)
    except tsc.server.endpoint.exceptions.GraphQLError as error:
        answer = error.error
    check("FieldUndefined" in str(answer), "an unknown field fails", answer)


def refreshes(server):
    lines = next(it for it in tsc.Pager(server.datasources) if it.name == "Order Lines")
    job = server.datasources.refresh(lines)
    done = server.jobs.get_by_id(job.id)
    check(done.id == job.id and done.finish_code == 0, "a refresh starts a job that ends well")
    desk = next(it for it in tsc.Pager(server.workbooks) if it.name == "Returns Desk")
    job = server.workbooks.refresh(desk)
    check(job is not None and job.type == "RefreshExtract", "a workbook is refreshed", job)


def check(holds, what, found=None):
    if holds:
        check.passed += 1
    else:
        check.failed += 1
        print(f"not so: {what}; found {found!r}")


check.passed = check.failed = 0

if __name__ == "__main__":
    main()
