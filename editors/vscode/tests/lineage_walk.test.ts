// Walking through the lineage graph by arrow keys, and what is heard on the way.

import assert from "node:assert/strict";
import { test } from "node:test";

import { graphOf, isNode } from "../webview/graph";
import { layOut } from "../webview/layout";
import { step } from "../webview/walk";
import { announcement, headingText, linesOf, missingLines, nameOf } from "../webview/words";
import { graph, SHOP } from "./lineage_graphs";

const shop = graphOf(SHOP);
const { boxes, headings } = layOut(shop, () => 120);

/** Where keys lead, one after the other. */
function walk(from: string, ...keys: string[]): string | undefined {
    return keys.reduce<string | undefined>((at, key) => at && step(shop, boxes, at, key), from);
}

test("right and left run along the lines, by way of what was left out too", () => {
    assert.equal(walk("source.orders", "ArrowRight", "ArrowRight"), "model.fct_orders");
    assert.equal(walk("dashboard.Board Pack", "ArrowLeft", "ArrowLeft", "ArrowLeft"), "model.fct_orders");
    assert.equal(walk("more downstream model.fct_orders", "ArrowLeft"), "model.fct_orders");
});

test("right leads to the nearest column first", () => {
    const next = walk("model.fct_orders", "ArrowRight") ?? "";
    assert.ok(["model.fct_returns", "more downstream model.fct_orders"].includes(next), next);
});

test("up and down stay in a column and end at its ends", () => {
    const dashboards = boxes.filter((it) => isNode(it.item) && it.item.lane === "dashboard").map((it) => it.item.id);
    const [first = "", second = ""] = dashboards;
    assert.equal(walk(first, "ArrowDown"), second);
    assert.equal(walk(second, "ArrowUp"), first);
    assert.equal(walk(first, "ArrowUp"), undefined);
    assert.equal(walk(first, "PageDown"), dashboards.at(-1));
    assert.equal(walk(first, "PageDown", "ArrowDown"), undefined);
});

test("every box is reached from the current one", () => {
    const keys = ["ArrowLeft", "ArrowRight", "ArrowUp", "ArrowDown"];
    const seen = new Set([shop.center]);
    for (const id of seen) {
        keys.flatMap((key) => step(shop, boxes, id, key) ?? []).forEach((it) => seen.add(it));
    }
    assert.deepEqual([...seen].sort(), [...shop.items.keys()].sort());
});

test("what leads away from the way is a small button on its box, below it for keys", () => {
    const aside = "more upstream workbook.Returns";
    assert.equal(walk("workbook.Returns", "ArrowDown"), aside);
    assert.equal(walk(aside, "ArrowLeft"), "workbook.Returns");
    assert.equal(walk("workbook.Returns", "ArrowLeft"), "model.fct_returns");
    assert.deepEqual(linesOf(shop.items.get(aside) ?? assert.fail()), { label: "+3", detail: "" });
    assert.ok(!shop.links.some((it) => it.from === aside));
});

test("home leads back, and other keys nowhere", () => {
    assert.equal(walk("dashboard.Refunds", "Home"), "model.fct_orders");
    assert.equal(walk("dashboard.Refunds", "x"), undefined);
});

const heard = (id: string): string => {
    const item = shop.items.get(id);
    return item ? nameOf(shop, item) : "nothing";
};

test("a name tells the kind, what is read, who reads it, and what Enter does", () => {
    assert.equal(heard("model.stg_orders"), "stg_orders model, reads orders, read by fct_orders, its file is not known");
    assert.equal(
        heard("model.fct_orders"),
        "fct_orders current · model, reads regions and stg_orders, read by 1 model and 1 datasource and 1 workbook, its file is not known",
    );
    assert.equal(heard("dashboard.Both"), "Both dashboard, reads Weekly Ops, opens in Tableau");
});

test("a name tells what dashes tell the eye", () => {
    assert.equal(
        heard("workbook.Returns"),
        "workbook Returns probable · Finance · 310 views, indirect, by way of another model, the match is probable, not sure, reads fct_returns, read by Refunds, its page is not known",
    );
    const indirect = [...shop.items.values()].filter((it) => isNode(it) && it.isIndirect).map((it) => it.id);
    assert.deepEqual(indirect, ["workbook.Returns", "dashboard.Refunds"]);
    assert.deepEqual(
        shop.links.filter((it) => it.isIndirect).map((it) => `${it.from} > ${it.to}`),
        ["model.fct_returns > workbook.Returns", "workbook.Returns > dashboard.Refunds"],
    );
});

test("what was left out has a name and a number", () => {
    assert.equal(heard("more downstream model.fct_orders"), "+12 more that read it, of fct_orders, show them");
    assert.equal(heard("more upstream model.stg_orders"), "+1 more that it reads, of stg_orders, show it");
});

test("a box says of itself what its heading does not", () => {
    const lines = (id: string) => linesOf(shop.items.get(id) ?? assert.fail());
    assert.deepEqual(lines("model.fct_orders"), { label: "fct_orders", detail: "current · model" });
    assert.deepEqual(lines("seed.regions"), { label: "regions", detail: "seed" });
    assert.deepEqual(lines("workbook.Returns"), { label: "Returns", detail: "probable · Finance · 310 views" });
    assert.deepEqual(headings.map(headingText), ["Sources and seeds", "Models", "Datasources", "Workbooks", "Dashboards"]);
});

test("a new graph is told in a sentence", () => {
    assert.equal(announcement(shop, "2 dashboards in 1 workbook"), "Lineage of fct_orders: 2 dashboards in 1 workbook. 13 nodes.");
});

test("a workbook that reads the node itself is direct, whatever else it reads", () => {
    const it = graphOf(graph("model.a", ["model.a > model.b", "model.b > workbook.w", "model.a > workbook.w"]));
    const item = it.items.get("workbook.w");
    assert.ok(item && isNode(item) && !item.isIndirect);
});

test("what is not known says whether the zero is one", () => {
    const empty = graphOf(graph("model.a", []));
    const [missing, complete] = [["a site is not signed in to", "2 files are unreadable"], false];
    assert.deepEqual(missingLines(empty, { complete, missing }), [
        "This is not a zero: a site is not signed in to",
        "2 files are unreadable",
    ]);
    assert.deepEqual(missingLines(empty, { complete, missing: [] }), ["This is not a zero."]);
    assert.deepEqual(missingLines(shop, { complete, missing: ["x"] }), ["Not all is known: x"]);
    assert.deepEqual(missingLines(empty, { complete: true, missing: [] }), []);
});
