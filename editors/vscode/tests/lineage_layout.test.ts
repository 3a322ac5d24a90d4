// The lineage graph's drawing: columns in their order, nothing on top of anything else.

import assert from "node:assert/strict";
import { test } from "node:test";

import type { LineageGraph } from "../src/lsp_ext";
import { graphOf, isAside, isNode } from "../webview/graph";
import { type Box, layOut } from "../webview/layout";
import { linesOf } from "../webview/words";
import { graph, large, SHOP } from "./lineage_graphs";

/** Boxes of different widths, as names are. */
const drawn = (it: LineageGraph) => layOut(graphOf(it), (item) => 60 + 7 * linesOf(item).label.length);

test("columns run from sources to dashboards", () => {
    const { boxes, headings } = drawn(SHOP);
    const columns = new Map<number, Set<string>>();
    for (const { item, column } of boxes.filter((it) => !isAside(it.item))) {
        const it = columns.get(column) ?? new Set();
        columns.set(column, it.add(isNode(item) ? item.lane : "more"));
    }
    assert.deepEqual(
        [...columns.values()].map((it) => [...it].sort().join(" and ")),
        ["more and source", "model", "model", "model and more", "datasource", "workbook", "dashboard"],
    );
    assert.deepEqual(headings.map((it) => it.lane), ["source", "model", "datasource", "workbook", "dashboard"]);
});

test("each box stands to the right of what it reads", () => {
    const { boxes, routes } = drawn(large(40, 20));
    const byId = new Map(boxes.map((it) => [it.item.id, it]));
    for (const { link } of routes) {
        const [from, to] = [byId.get(link.from), byId.get(link.to)];
        assert.ok(from && to && from.x + from.width < to.x, `${link.from} > ${link.to}`);
    }
});

test("no box lies on another one", () => {
    const { boxes, width, height } = drawn(large(60, 40));
    boxes.forEach((a, n) => boxes.slice(n + 1).forEach((b) => assert.ok(!overlap(a, b), `${a.item.id}, ${b.item.id}`)));
    for (const { x, y, width: w, height: h } of boxes) {
        assert.ok(x >= 0 && y >= 0 && x + w <= width && y + h <= height);
    }
});

test("no line runs behind a box that it passes", () => {
    const { boxes, routes } = drawn(large(30, 12));
    let passed = 0;
    for (const { link, path } of routes) {
        // Straight pieces are those that pass a column: from the point before `H` to its x.
        for (const [, x = "", y = "", to = ""] of path.matchAll(/(\S+) (\S+)H(\S+?)(?=C|$)/g)) {
            const box = { x: Number(x), y: Number(y), width: Number(to) - Number(x), height: 0 };
            const behind = boxes.find((it) => overlap(it, box));
            assert.equal(behind?.item.id, undefined, `${link.from} > ${link.to}`);
            passed += 1;
        }
    }
    assert.ok(passed > 0);
});

test("the same graph is drawn the same way", () => {
    assert.deepEqual(drawn(large(40, 20)), drawn(large(40, 20)));
});

test("boxes of a column stand in line, and are as wide as its widest", () => {
    const boxes = drawn(SHOP).boxes.filter((it) => !isAside(it.item));
    for (const box of boxes) {
        const first = boxes.find((it) => it.column === box.column);
        assert.deepEqual([box.x, box.width], [first?.x, first?.width]);
    }
});

test("a model that reads none of those shown stands just before its reader", () => {
    const { boxes } = drawn(graph("model.d", ["model.a > model.b", "model.b > model.c", "model.c > model.d", "model.e > model.d"]));
    const columnOf = (id: string) => boxes.find((it) => it.item.id === id)?.column;
    assert.equal(columnOf("model.e"), columnOf("model.c"));
});

test("what reads itself by a ring is drawn all the same", () => {
    const { boxes } = drawn(graph("model.a", ["model.a > model.b", "model.b > model.a", "model.a > model.a", "model.b > nowhere"]));
    assert.deepEqual(boxes.map((it) => it.item.id).sort(), ["model.a", "model.b", "nowhere"]);
});

test("names that mean something to JavaScript are names", () => {
    const { boxes } = drawn(graph("__proto__", ["__proto__ > constructor", "constructor > workbook.toString"]));
    assert.equal(boxes.length, 3);
});

test("one node alone is a drawing", () => {
    const { boxes, routes } = drawn(graph("model.a", []));
    assert.equal(boxes.length, 1);
    assert.deepEqual(routes, []);
});

type Rectangle = Pick<Box, "x" | "y" | "width" | "height">;

function overlap(a: Rectangle, b: Rectangle): boolean {
    return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
