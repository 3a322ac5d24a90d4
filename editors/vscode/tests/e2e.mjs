// The extension as a person meets it: the packaged .vsix in a real VS Code (code-server's)
// in Chromium. Each part opens a project of its own and lives in a file of its own.
//
//   npm run e2e                              programs from ../../target/release
//   npm run e2e -- --server PATH             another program; the stand-in site is beside it
//   npm run e2e -- --only files,sites        some parts: see below for their names
//   npm run e2e -- --update-screenshots      also renews the gallery's pictures (gallery.mjs)
//
// Pictures land in .tools/screenshots. No step waits for a time: each waits for what it
// needs to see, and fails when that has not come. A part that fails ends there; the others
// are still run.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { exposureSteps, manyFilesSteps, writeExposures, writeSiteExposures } from "./e2e_exposures.mjs";
import { fileSteps } from "./e2e_files.mjs";
import { liveSteps, productionNameSteps, SETTINGS } from "./e2e_live.mjs";
import { manyModelsSteps, SETTINGS as FEW_TABS } from "./e2e_many.mjs";
import { panelSteps } from "./e2e_panel.mjs";
import { siteSteps } from "./e2e_sites.mjs";
import { terminalSettings, terminalSteps } from "./e2e_terminal.mjs";
import { viewSteps } from "./e2e_views.mjs";
import { crashSteps, restrictedSteps, rootsSteps } from "./e2e_window.mjs";
import { staleness, updateGallery } from "./gallery.mjs";
import { copyProjectFor, signIn, startSite } from "./standin.mjs";
import { extension, openWorkbench, root, screenshots } from "./workbench.mjs";

const { values } = parseArgs({
    options: {
        server: { type: "string", default: path.join(root, "target/release/exposure-lens") },
        site: { type: "string" },
        only: { type: "string" },
        "update-screenshots": { type: "boolean", default: false },
        chromium: { type: "string", default: process.env["CHROMIUM"] ?? "/usr/bin/chromium" },
    },
});

const scratch = mkdtempSync(path.join(tmpdir(), "exposure-lens-vscode-"));
const standin = values.site ?? path.join(path.dirname(values.server), "examples/tableau-site");
const config = path.join(scratch, "config");
const cache = path.join(scratch, "cache");
/** Nothing of the user's own is read or written. */
const env = {
    EXPOSURE_LENS_CONFIG_DIR: config,
    EXPOSURE_LENS_CACHE_DIR: cache,
    EXPOSURE_LENS_KEYRING: "off",
    XDG_RUNTIME_DIR: path.join(scratch, "run"),
};
/** A site answers as slowly as this, so that a person sees it being read. */
const SLOW_MS = 250;
let passed = 0;
let failed = 0;

/** @type {import("./workbench.mjs").Workbench | undefined} */
let workbench;
/** @type {import("./standin.mjs").Site | undefined} */
let site;
try {
    mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
    const empty = path.join(scratch, "empty");
    mkdirSync(empty);
    workbench = await openWorkbench({ scratch, project: empty, vsix: packageExtension(), chromium: values.chromium, env });
    const at = workbench;
    await part("files", async () => {
        const project = sample("shop é 1");
        await at.openFolder(project);
        await fileSteps(at, step, project);
    });
    await part("views", async () => {
        const project = sample("shop é 4");
        await at.openFolder(project);
        await viewSteps(at, step, project);
    });
    await part("panel", async () => {
        const project = sample("shop é 5");
        await at.openFolder(project);
        await panelSteps(at, step, project);
    });
    await part("sites", async () => {
        site ??= await startSite(standin, SLOW_MS);
        const project = path.join(scratch, "shop with a site");
        copyProjectFor(project, site.address);
        await at.openFolder(project);
        await siteSteps(at, step, { site, scratch, config });
    });
    await part("live", async () => {
        at.configure(SETTINGS);
        const project = sample("shop é 3");
        await at.openFolder(project);
        await liveSteps(at, step, project);
        at.configure({});
        const snow = sample("snow é 1", "snow");
        await at.openFolder(snow);
        await productionNameSteps(at, step, snow);
    });
    await part("window", async () => {
        await at.openFolder(sample("shop é 6"));
        await crashSteps(at, step);
        await rootsSteps(at, step, path.join(scratch, "three projects"));
        await restrictedSteps(at, step, path.join(scratch, "shop of a stranger"));
    });
    await part("terminal", async () => {
        at.configure(terminalSettings(at.data));
        const project = sample("shop é 7");
        await at.openFolder(project);
        await terminalSteps(at, step, project);
    });
    await part("many", async () => {
        at.configure(FEW_TABS);
        await manyModelsSteps(at, step, path.join(scratch, "shop with many models"));
    });
    await part("exposures", async () => {
        const project = sample("shop é 2");
        writeExposures(project);
        await at.openFolder(project);
        await exposureSteps(at, step, project);
        site ??= await startSite(standin, SLOW_MS);
        signIn(values.server, site, env);
        const many = path.join(scratch, "shop with many files");
        copyProjectFor(many, site.address);
        writeSiteExposures(many, site.address);
        at.configure({});
        await at.openFolder(many);
        await manyFilesSteps(at, step, many);
    });
    await compareGallery(at);
} catch (error) {
    failed += 1;
    console.log("not ok -", error);
    console.log(workbench?.serverLog() ?? "no VS Code was started");
} finally {
    await workbench?.close();
    await site?.stop();
    rmSync(scratch, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/**
 * Runs some steps, if they are asked for. They start with the settings as they come, and
 * signed in to no site.
 *
 * @param {string} name
 * @param {() => Promise<void>} run
 */
async function part(name, run) {
    if (values.only !== undefined && !values.only.split(",").includes(name)) {
        return;
    }
    workbench?.configure({});
    [config, cache].forEach((it) => rmSync(it, { recursive: true, force: true }));
    try {
        await run();
    } catch (error) {
        failed += 1;
        console.log("not ok -", error);
        await workbench?.screenshot(`failure-${name}`).catch(() => undefined);
        console.log(workbench?.serverLog());
    }
}

/** A copy of a sample project. @param {string} name @param {string} fixture */
function sample(name, fixture = "shop") {
    const project = path.join(scratch, name);
    cpSync(path.join(root, "tests/fixtures", fixture), project, { recursive: true });
    return project;
}

function packageExtension() {
    const vsix = path.join(scratch, "exposure-lens.vsix");
    const args = ["scripts/package.mjs", "--server", values.server, "--out", vsix];
    execFileSync(process.execPath, args, { cwd: extension, stdio: ["ignore", "ignore", "inherit"] });
    return vsix;
}

/**
 * @param {string} name
 * @param {() => Promise<void>} run
 */
async function step(name, run) {
    await run().catch((error) => {
        throw new Error(name, { cause: error });
    });
    passed += 1;
    console.log(`ok - ${name}`);
}

/** The gallery's pictures say what was seen here. @param {import("./workbench.mjs").Workbench} at */
async function compareGallery({ taken }) {
    if (values["update-screenshots"]) {
        await updateGallery(root, screenshots, taken);
    }
    const stale = staleness(root, taken, { isWhole: values.only === undefined && failed === 0 });
    stale.forEach((why) => console.log(`not ok - ${why}: run npm run e2e -- --update-screenshots`));
    failed += stale.length;
    if (stale.length === 0) {
        passed += 1;
        console.log("ok - the gallery shows what is so");
    }
}
