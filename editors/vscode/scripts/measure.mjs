// What the extension costs: its size without the program, and the time of its activation as
// the real VS Code measures it, a few times over. Sizes are held by a test (e2e_files.mjs);
// times differ by machine, so they are only told.
//
//   npm run measure                          program from ../../target/release
//   npm run measure -- --server PATH         another one

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { activation, installed } from "../tests/installed.mjs";
import { extension, openWorkbench, root } from "../tests/workbench.mjs";

const RUNS = 5;

const { values } = parseArgs({
    options: {
        server: { type: "string", default: path.join(root, "target/release/exposure-lens") },
        chromium: { type: "string", default: process.env["CHROMIUM"] ?? "/usr/bin/chromium" },
    },
});

const scratch = mkdtempSync(path.join(tmpdir(), "exposure-lens-measure-"));
try {
    const vsix = path.join(scratch, "exposure-lens.vsix");
    const args = ["scripts/package.mjs", "--server", values.server, "--out", vsix];
    execFileSync(process.execPath, args, { cwd: extension, stdio: ["ignore", "ignore", "inherit"] });
    // VS Code asks once whether a folder is trusted, with all that is below it.
    const projects = Array.from({ length: RUNS }, (_, n) => path.join(scratch, `shop ${n + 1}`));
    projects.forEach((it) => cpSync(path.join(root, "tests/fixtures/shop"), it, { recursive: true }));
    const [first = scratch, ...others] = projects;
    const at = await openWorkbench({ scratch, project: first, vsix, chromium: values.chromium, env: {} });
    try {
        const { code, all } = installed(at.data);
        console.log(`code: ${kib(code)}; the whole package without the program: ${kib(all)}`);
        for (const project of [undefined, ...others]) {
            if (project !== undefined) {
                await at.openFolder(project);
            }
            await at.open("models/marts/fct_orders.sql");
            await at.page.locator(".codelens-decoration").first().waitFor();
            console.log(await activation(at));
        }
    } finally {
        await at.close();
    }
} finally {
    rmSync(scratch, { recursive: true, force: true });
}

/** @param {number} bytes */
function kib(bytes) {
    return `${Math.round(bytes / 1024)} KiB`;
}
