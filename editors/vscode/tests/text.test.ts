// Text of others in VS Code's messages and lines.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { isNoContent, noIcons, noLinks, sentence } from "../src/text";

test("no name of others is a link or an icon", () => {
    assert.equal(noLinks("[Sales](command:evil)"), "[Sales] (command:evil)");
    assert.equal(noIcons("dbt build --select +exposure:$(error)"), "dbt build --select +exposure:$ (error)");
    assert.equal(noIcons("costs $5 (net)"), "costs $5 (net)");
});

test("the program's words become a sentence", () => {
    assert.equal(sentence("cannot read a.yml\n"), "Cannot read a.yml.");
    assert.equal(sentence("Done!"), "Done!");
});

test("that there is no content is known by the server's words", () => {
    const source = readFileSync("../../server/exposure-lens/workspace.rs", "utf8");
    const words = /code: "no_content",\s*message: "([^"\\]+)/.exec(source)?.[1];
    assert.equal(isNoContent(`Exposure Lens: ${words}`), true);
    assert.equal(isNoContent("Exposure Lens: shop: no manifest at target/manifest.json"), false);
});
