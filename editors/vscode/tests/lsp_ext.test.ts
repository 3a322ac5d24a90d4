// The mirror of the server's own methods is looked at whenever the original changes.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { test } from "node:test";

const original = "../../server/exposure-lens/lsp/ext.rs";
const mirror = "src/lsp_ext.ts";

test("lsp_ext.ts was written from ext.rs as it is", () => {
    const text = readFileSync(original, "utf8").replaceAll("\r\n", "\n");
    const [shapes] = text.split("#[cfg(test)]");
    const hash = createHash("sha256").update(shapes ?? "").digest("hex").slice(0, 16);
    const noted = /ext\.rs sha256 ([0-9a-f]+)/.exec(readFileSync(mirror, "utf8"))?.[1];
    assert.equal(noted, hash, `ext.rs has changed: bring ${mirror} up to date, then note ${hash}`);
});
