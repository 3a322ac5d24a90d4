// What the lineage page may say to the extension, and what stands there without a graph.

import assert from "node:assert/strict";
import { test } from "node:test";

import { failed, NO_EDITOR, NO_SERVER, noNode } from "../src/lineage_notes";
import { fromPage } from "../webview/messages";

test("messages of the page are read", () => {
    assert.deepEqual(fromPage({ type: "ready" }), { type: "ready" });
    assert.deepEqual(fromPage({ type: "open", id: "model.shop.a" }), { type: "open", id: "model.shop.a" });
    assert.deepEqual(fromPage({ type: "run", action: "logs" }), { type: "run", action: "logs" });
});

test("nothing else is", () => {
    const others: unknown[] = [
        undefined,
        null,
        "ready",
        {},
        { type: "open" },
        { type: "open", id: 7 },
        { type: "run", action: "workbench.action.quit" },
        { type: "run", action: "toString" },
        { type: "toString" },
    ];
    others.forEach((it) => assert.equal(fromPage(it), undefined));
});

test("a message keeps only what it is made of", () => {
    assert.deepEqual(fromPage({ type: "center", id: "a", url: "https://elsewhere.example" }), { type: "center", id: "a" });
});

test("every note says what to do", () => {
    for (const note of [NO_EDITOR, NO_SERVER, noNode("a.sql"), failed("no such method")]) {
        assert.ok(note.title && note.text && note.buttons.length > 0, note.title);
        assert.match(note.text, /\.$/);
        note.buttons.forEach(({ action }) => assert.deepEqual(fromPage({ type: "run", action }), { type: "run", action }));
    }
});
