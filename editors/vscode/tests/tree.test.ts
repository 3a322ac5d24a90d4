// What a tree's rows say and offer, and what stands above them or in their place.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { Downstream, TreeItem } from "../src/lsp_ext";
import { type Row, rowsOf } from "../src/tree_rows";
import { descriptionOf, messageOf, stateOf, staysFor } from "../src/tree_states";

const PROJECT = "file:///shop";
const PLACE = { uri: `${PROJECT}/e.yml`, range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } } };
const WRITE = { project: PROJECT, write: { what: "all", node: "model.shop.a" } } as const;

function item(kind: string, label: string, more: Partial<TreeItem> = {}): TreeItem {
    const nothing = { description: null, tooltip: [], url: null, views: null, exposure: null, write: null };
    return { id: label, kind, label, direct: true, ...nothing, children: [], ...more };
}

function answer(items: readonly TreeItem[], more: Partial<Downstream> = {}): Downstream {
    const project = { uri: PROJECT, name: "shop" };
    const subjects = [{ id: "model.shop.a", label: "a", location: null }];
    const known = { headline: "2 dashboards in 1 workbook", complete: true, missing: [], hasContent: true, leftOut: 0 };
    return { version: 1, project, subjects, ...known, items, ...more };
}

function drawn(rows: readonly Row[], depth = 0): string[] {
    return rows.flatMap((row) => {
        const { icon, item, description, fold, context } = row;
        const line = `${"  ".repeat(depth)}${icon} ${item.label} | ${description} | ${fold} | ${context}`;
        return [line, ...drawn(row.children, depth + 1)];
    });
}

const SALES = item("workbook", "Sales", {
    description: "2 dashboards · via b · no exposure",
    tooltip: ["Ana Ruiz"],
    url: "https://t.example/1",
    write: WRITE,
    direct: false,
    children: [item("dashboard", "Overview", { url: "https://t.example/2", description: "5 views" })],
});

test("a row has an icon, its words aloud, and what can be done with it", () => {
    const known = item("workbook", "Ops", { exposure: { name: "ops", location: PLACE } });
    const lost = item("workbook", "Old", { exposure: { name: "old", location: null } });
    const rows = rowsOf(answer([item("site", "acme", { id: "site:t.example/acme", children: [SALES, known, lost] })]));
    assert.deepEqual(drawn(rows), [
        "globe acme |  | open | site",
        "  book Sales | 2 dashboards · via b · no exposure | open | workbook page unwritten",
        "    dashboard Overview | 5 views | none | dashboard page",
        "  book Ops |  | none | workbook exposure",
        "  book Old |  | none | workbook",
    ]);
    const [site] = rows;
    assert.equal(site?.children[0]?.spoken, "workbook Sales, 2 dashboards, via b, no exposure");
    assert.equal(site?.children[0]?.tooltip, "Sales\nAna Ruiz");
    assert.equal(site?.children[0]?.project, PROJECT);
});

test("the workbook files are drawn and read as no site", () => {
    const [row] = rowsOf(answer([item("files", "Workbook files", { description: "7 workbooks" })]));
    assert.deepEqual([row?.icon, row?.spoken], ["files", "Workbook files, 7 workbooks"]);
    const [site] = rowsOf(answer([item("site", "files")]));
    assert.deepEqual([site?.icon, site?.spoken], ["globe", "Tableau site files"]);
});

test("a kind that is new is drawn all the same", () => {
    assert.deepEqual(drawn(rowsOf(answer([item("pulse", "P")]))), ["circle-outline P |  | none | pulse"]);
});

test("many workbooks are closed, and all else is open", () => {
    const children = Array.from({ length: 9 }, (_, n) => ({ ...SALES, id: `${n}` }));
    const [project] = rowsOf(answer([item("project", "Finance", { children })]));
    assert.deepEqual([project?.fold, ...new Set(project?.children.map((it) => it.fold))], ["open", "closed"]);
});

function above(it: Downstream | null, filter = "", asksOfFile = true): string[] {
    const state = stateOf(it, asksOfFile, filter);
    return [state, descriptionOf(it, asksOfFile, filter), messageOf(it, state, filter)];
}

test("above a tree stand its totals, and what is not known", () => {
    assert.deepEqual(above(answer([SALES])), ["some", "a", "2 dashboards in 1 workbook."]);
    const unknown = { complete: false, leftOut: 2 };
    const leftOut = "2 dashboards in 1 workbook. 2 more workbooks left out: filter to find what you need.";
    assert.deepEqual(above(answer([SALES], { ...unknown, missing: ["1 name is hidden"] })), ["some", "a", leftOut]);
    assert.deepEqual(above(answer([SALES], unknown)), ["some", "a", `${leftOut} Not all is known.`]);
});

test("what is not known has rows, which leave the others room", () => {
    const unknown = { complete: false, missing: ["1 name is hidden", "b."] };
    const reasons = ["  circle-small 1 name is hidden |  | none | reason", "  circle-small b. |  | none | reason"];
    const row = (fold: string): string => `warning Not all is known | 2 reasons | ${fold} | unknown`;
    assert.deepEqual(drawn(rowsOf(answer([SALES], unknown))).slice(0, 4), [
        row("closed"),
        ...reasons,
        "book Sales | 2 dashboards · via b · no exposure | open | workbook page unwritten",
    ]);
    assert.deepEqual(drawn(rowsOf(answer([], unknown), "unknown")), [row("open"), ...reasons]);
    assert.deepEqual(drawn(rowsOf(answer([], unknown), "unfit")), []);
    assert.deepEqual(drawn(rowsOf(answer([], { ...unknown, complete: true }), "zero")), []);
    assert.equal(rowsOf(answer([], unknown), "unknown")[0]?.spoken, "Not all is known, 2 reasons");
});

test("an empty tree is a zero only where all is known", () => {
    const zero = { headline: "no dashboards in 3 workbook files" };
    assert.deepEqual(above(answer([], zero)), [
        "zero",
        "a",
        "No dashboards in 3 workbook files. All that is known of Tableau could be read.",
    ]);
    const unknown = { headline: "use unknown (data incomplete)", complete: false };
    assert.deepEqual(above(answer([], { ...unknown, missing: ["3 queries cannot be read"] })), [
        "unknown",
        "a",
        "Use unknown (data incomplete). This is not a zero.",
    ]);
    assert.deepEqual(above(answer([], unknown)), ["unknown", "a", "Use unknown (data incomplete). This is not a zero."]);
});

test("each other reason has its own words", () => {
    assert.deepEqual(above(null), ["noProject", "", ""]);
    const none = { subjects: [], headline: "a is disabled: dbt does not build it" };
    assert.deepEqual(above(answer([], none)), ["noNode", "", "Nothing to show: a is disabled: dbt does not build it."]);
    assert.deepEqual(above(answer([], { subjects: [] }), "", false).slice(0, 2), ["zero", "shop"]);
    assert.deepEqual(above(answer([], { hasContent: false, complete: false })), ["noContent", "a", ""]);
});

test("a filter is told wherever it is on", () => {
    assert.deepEqual(above(answer([SALES]), "sal"), [
        "some",
        "a · filter: sal",
        "2 dashboards in 1 workbook. Shown is only what has “sal” in a name.",
    ]);
    assert.deepEqual(above(answer([]), "sal"), ["unfit", "a · filter: sal", ""]);
    assert.deepEqual(above(answer([], { complete: false }), "sal"), ["unfit", "a · filter: sal", ""]);
});

test("a properties file names the first of its nodes and counts the others", () => {
    const subjects = ["a", "b", "c"].map((label) => ({ id: label, label, location: null }));
    assert.equal(descriptionOf(answer([], { subjects }), true, ""), "a +2");
});

test("the tree stays beside an exposures file, and beside no model that is not known", () => {
    const none = answer([], { subjects: [] });
    assert.equal(staysFor("file:///shop/models/exposures/e.yml", none), true);
    assert.equal(staysFor("file:///shop/models/new.sql", none), false);
    assert.equal(staysFor("file:///shop/models/a.yaml", answer([])), false);
    assert.equal(staysFor("file:///elsewhere/a.yml", null), false);
});
