// Graphs for the tests of the lineage panel, in the shape of the server's answer.

import type { GraphNode, LineageGraph } from "../src/lsp_ext";

/** A node; of its id the part before the first dot is the kind, the rest the name. */
export function node(id: string, more: Partial<GraphNode> = {}): GraphNode {
    const [kind = "", ...name] = id.split(".");
    return {
        id,
        kind,
        label: name.join("."),
        detail: null,
        probable: false,
        location: null,
        url: null,
        moreUpstream: 0,
        moreDownstream: 0,
        ...more,
    };
}

/** A graph of these edges, each `from > to`, around the first node that is named. */
export function graph(center: string, edges: readonly string[], more: Readonly<Record<string, Partial<GraphNode>>> = {}): LineageGraph {
    const pairs = edges.map((it) => it.split(" > "));
    const ids = [...new Set([center, ...pairs.flat()])];
    return {
        version: 1,
        project: { uri: "file:///shop", name: "shop" },
        center,
        headline: "2 dashboards in 1 workbook",
        complete: true,
        missing: [],
        nodes: ids.map((id) => node(id, more[id])),
        edges: pairs.map(([from = "", to = ""]) => ({ from, to })),
    };
}

/** One of each kind, with a way by a second model. */
export const SHOP = graph(
    "model.fct_orders",
    [
        "source.orders > model.stg_orders",
        "seed.regions > model.fct_orders",
        "model.stg_orders > model.fct_orders",
        "model.fct_orders > model.fct_returns",
        "model.fct_orders > datasource.Order Lines",
        "model.fct_orders > workbook.Weekly Ops",
        "model.fct_returns > workbook.Returns",
        "datasource.Order Lines > workbook.Executive Summary",
        "workbook.Executive Summary > dashboard.Board Pack",
        "workbook.Weekly Ops > dashboard.Ops Board",
        "workbook.Weekly Ops > dashboard.Both",
        "workbook.Returns > dashboard.Refunds",
    ],
    {
        "model.fct_orders": { moreDownstream: 12 },
        "model.stg_orders": { moreUpstream: 1 },
        "workbook.Returns": { probable: true, detail: "Finance · 310 views", moreUpstream: 3 },
        "dashboard.Both": { url: "https://tableau.example/views/Both" },
    },
);

/** Many of all kinds, each reading a few of those before it, the same at each run. */
export function large(models: number, workbooks: number): LineageGraph {
    let state = 7;
    const random = (below: number): number => (state = (state * 48_271) % 0x7fffffff) % below;
    const edges: string[] = [];
    for (let n = 1; n < models; n += 1) {
        edges.push(`model.m${random(n)} > model.m${n}`, `model.m${random(n)} > model.m${n}`);
    }
    for (let n = 0; n < workbooks; n += 1) {
        edges.push(`model.m${random(models)} > workbook.w${n}`, `workbook.w${n} > dashboard.d${2 * n}`);
        edges.push(`workbook.w${n} > dashboard.d${2 * n + 1}`);
    }
    return graph("model.m0", [...new Set(edges)]);
}
