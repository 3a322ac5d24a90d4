// Which of several dbt projects a file belongs to.

import assert from "node:assert/strict";
import { test } from "node:test";

import { innermost } from "../src/place";

test("the innermost project around a file is its own", () => {
    const projects = ["/w/shop", "/w/shop/inner", "/w/shop2", "C:\\w\\a"].map((folder) => ({ folder }));
    const of = (file: string): string | undefined => innermost(file, projects)?.folder;
    assert.equal(of("/w/shop/models/a.sql"), "/w/shop");
    assert.equal(of("/w/shop/inner/a.sql"), "/w/shop/inner");
    assert.equal(of("/w/shop2/a.sql"), "/w/shop2");
    assert.equal(of("/w/shop3/a.sql"), undefined);
    assert.equal(of("/w/shop"), undefined);
    assert.equal(of("C:\\w\\a\\b.sql"), "C:\\w\\a");
});
