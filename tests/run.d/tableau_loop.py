#!/usr/bin/env python3
"""Reads a site the plain way, for the benchmark: one workbook after the other.

    echo '{"address": …, "tokenName": …, "tokenSecret": …}' |
        .tools/tableauserverclient/bin/python tests/run.d/tableau_loop.py SAMPLE

Lists all workbooks page by page; then asks, for SAMPLE of them, which sheets and
dashboards they have and what they connect to. Prints how long each took, as JSON.
"""

import json
import sys
import time

import tableauserverclient as tsc


def main():
    n_sample = int(sys.argv[1])
    place = json.loads(sys.stdin.readline())
    url, _, site = place["address"].partition("/#/site/")
    token = tsc.PersonalAccessTokenAuth(place["tokenName"], place["tokenSecret"], site_id=site)
    began = time.monotonic()
    server = tsc.Server(url, use_server_version=True)
    # Not signed out: that ends the session of everyone who uses the token.
    server.auth.sign_in(token)
    workbooks = list(tsc.Pager(server.workbooks))
    listed = time.monotonic()
    for workbook in workbooks[:n_sample]:
        read(server, workbook)
    print(
        json.dumps(
            {
                "workbooks": len(workbooks),
                "sample": min(n_sample, len(workbooks)),
                "list_seconds": listed - began,
                "loop_seconds": time.monotonic() - listed,
            }
        )
    )


def read(server, workbook):
    server.workbooks.populate_views(workbook, usage=True)
    server.workbooks.populate_connections(workbook)
    # They are asked for when they are looked at.
    if not workbook.views or not workbook.connections:
        sys.exit(f"{workbook.name} has no views or no connections")


if __name__ == "__main__":
    main()
