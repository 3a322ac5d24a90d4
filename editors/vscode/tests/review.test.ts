// An edit of several files is shown first, and "Apply" makes all of it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { firstFile, ticked, tickedAction } from "../src/review";

const file = (name: string, annotationId: string) => ({
    textDocument: { uri: `file:///shop/models/${name}`, version: null },
    edits: [{ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, newText: "a", annotationId }],
});
const data = { project: "file:///shop", write: { what: "all", node: "model.shop.a" } };

test("only what does nothing is left to confirm, and all else stays", () => {
    const documentChanges = [file("a.yml", "review"), file("b.yml", "review")];
    const changeAnnotations = { review: { label: "Exposures", needsConfirmation: true } };
    const { edit, ...action } = tickedAction({ title: "All", data, edit: { documentChanges, changeAnnotations } });
    assert.deepEqual(action, { title: "All", data });
    assert.deepEqual(edit?.changeAnnotations?.["review"], { label: "Exposures", needsConfirmation: false });
    assert.deepEqual(edit?.documentChanges?.slice(0, 2), documentChanges);
    const [nothing, ...more] = edit?.documentChanges?.slice(2) ?? [];
    assert.ok(nothing && "kind" in nothing && nothing.kind === "create" && more.length === 0);
    assert.equal(nothing.uri, "file:///shop/dbt_project.yml");
    assert.equal(nothing.options?.ignoreIfExists, true);
    const asks = edit?.changeAnnotations?.[String(nothing.annotationId)];
    assert.equal(asks?.needsConfirmation, true);
});

test("an edit of one file is made at once", () => {
    const plain = { title: "One", data, edit: { documentChanges: [file("a.yml", "")] } };
    assert.equal(tickedAction(plain), plain);
    const none = { title: "None", data };
    assert.equal(tickedAction(none), none);
});

test("what the server asks to be written is shown first too, one file or many", () => {
    const changeAnnotations = { review: { label: "Exposures", needsConfirmation: true } };
    const edit = { documentChanges: [file("a.yml", "review")], changeAnnotations };
    const shown = ticked(edit, "file:///shop/");
    assert.equal(shown.documentChanges?.length, 2);
    assert.equal(firstFile(shown), "file:///shop/models/a.yml");
    assert.equal(firstFile({}), undefined);
    assert.equal(firstFile({ documentChanges: [{ kind: "create", uri: "file:///shop/b.yml" }] }), "file:///shop/b.yml");
});
