// The extension as a person meets it: the packaged .vsix in a real VS Code (code-server's)
// in Chromium, on a copy of the sample project; then on one whose workbooks are on a site;
// then on one with exposures that are not as they should be; then on files that are being
// edited, and on a developer's manifest beside production's dashboards.
//
//   npm run e2e                              programs from ../../target/release
//   npm run e2e -- --server PATH             another program; the stand-in site is beside it
//   npm run e2e -- --only files|sites|exposures|live
//   npm run e2e -- --update-screenshots      also copies the pictures into images/
//
// Pictures land in .tools/screenshots. No step waits for a time: each waits for what it
// needs to see, and fails when that has not come.

import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { parseArgs } from "node:util";

import { exposureSteps, manyFilesSteps, writeExposures, writeSiteExposures } from "./e2e_exposures.mjs";
import { liveSteps, productionNameSteps, SETTINGS } from "./e2e_live.mjs";
import { siteSteps } from "./e2e_sites.mjs";
import { copyProjectFor, signIn, startSite } from "./standin.mjs";
import { extension, openWorkbench, root, until } from "./workbench.mjs";

// What the sample (tests/fixtures/README.md) and the contract promise.
const EXPECTED = {
    project: "tests/fixtures/shop",
    mart: "models/marts/fct_orders.sql",
    martLens: /^Tableau: 11 dashboards in 7 workbooks .*6 workbooks without exposure$/,
    staging: "models/staging/stg_orders.sql",
    stagingLens: /^Tableau: 12 dashboards downstream, none direct$/,
    properties: "models/marts/_marts.yml",
    propertiesLens: /^Tableau: 11 dashboards in 7 workbooks/,
    hover: [/11 dashboards, 7 workbooks/, /Sales Overview/, /no exposure/],
    listed: /^Overview/,
    page: /https:\/\/10ax\.online\.tableau\.com/,
    action: /^Write exposure `weekly_ops` for Weekly Ops/,
    exposures: "models/exposures/tableau.yml",
    written: [/^ {2}- name: weekly_ops$/m, /label: "?Weekly Ops"?/, /ref\('fct_orders'\)/, /ref\('fct_returns'\)/],
    status: /Exposure Lens: .*17 workbook/,
    lensAfterwards: /5 workbooks without exposure$/,
};

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
const project = path.join(scratch, "shop é 1");
const exposuresProject = path.join(scratch, "shop é 2");
const siteProject = path.join(scratch, "shop with a site");
const liveProject = path.join(scratch, "shop é 3");
const snowProject = path.join(scratch, "snow é 1");
const manyProject = path.join(scratch, "shop with many files");
const standin = values.site ?? path.join(path.dirname(values.server), "examples/tableau-site");
const config = path.join(scratch, "config");
/** Nothing of the user's own is read or written. */
const env = {
    EXPOSURE_LENS_CONFIG_DIR: config,
    EXPOSURE_LENS_CACHE_DIR: path.join(scratch, "cache"),
    EXPOSURE_LENS_KEYRING: "off",
    XDG_RUNTIME_DIR: path.join(scratch, "run"),
};
const before = readFileSync(path.join(root, EXPECTED.project, EXPECTED.exposures), "utf8");
let passed = 0;
let failed = 0;

/** @type {import("./workbench.mjs").Workbench | undefined} */
let workbench;
/** @type {import("./standin.mjs").Site | undefined} */
let site;
try {
    mkdirSync(env.XDG_RUNTIME_DIR, { mode: 0o700 });
    cpSync(path.join(root, EXPECTED.project), project, { recursive: true });
    workbench = await openWorkbench({ scratch, project, vsix: packageExtension(), chromium: values.chromium, env });
    if (wants("files")) {
        await runSteps(workbench);
    }
    if (wants("sites")) {
        site = await startSite(standin);
        copyProjectFor(siteProject, site.address);
        workbench.configure({});
        await workbench.openFolder(siteProject);
        await siteSteps(workbench, step, { site, scratch, config });
    }
    // Before anybody signs in to a site for good: its workbooks would count here too.
    if (wants("live")) {
        workbench.configure(SETTINGS);
        cpSync(path.join(root, EXPECTED.project), liveProject, { recursive: true });
        await workbench.openFolder(liveProject);
        await liveSteps(workbench, step, liveProject);
        workbench.configure({});
        cpSync(path.join(root, "tests/fixtures/snow"), snowProject, { recursive: true });
        await workbench.openFolder(snowProject);
        await productionNameSteps(workbench, step, snowProject);
    }
    if (wants("exposures")) {
        workbench.configure({});
        cpSync(path.join(root, EXPECTED.project), exposuresProject, { recursive: true });
        writeExposures(exposuresProject);
        await workbench.openFolder(exposuresProject);
        await exposureSteps(workbench, step, exposuresProject);
        site ??= await startSite(standin);
        signIn(values.server, site, env);
        copyProjectFor(manyProject, site.address);
        writeSiteExposures(manyProject, site.address);
        workbench.configure({});
        await workbench.openFolder(manyProject);
        await manyFilesSteps(workbench, step, manyProject);
    }
} catch (error) {
    failed += 1;
    console.log("not ok -", error);
    await workbench?.screenshot("failure").catch(() => undefined);
    console.log(workbench?.serverLog() ?? "no VS Code was started");
} finally {
    await workbench?.close();
    await site?.stop();
    rmSync(scratch, { recursive: true, force: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

/** Whether these steps are asked for. @param {string} part */
function wants(part) {
    return values.only === undefined || values.only === part;
}

function packageExtension() {
    const vsix = path.join(scratch, "exposure-lens.vsix");
    const args = ["scripts/package.mjs", "--server", values.server, "--out", vsix];
    execFileSync(process.execPath, args, { cwd: extension, stdio: ["ignore", "ignore", "inherit"] });
    return vsix;
}

/** @param {import("./workbench.mjs").Workbench} at */
async function runSteps(at) {
    const { page } = at;
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const message = page.locator(".notification-toast");

    await step("the lens of a mart model counts its dashboards", async () => {
        await at.open(EXPECTED.mart);
        await at.textOf(lens, EXPECTED.martLens);
        await at.screenshot("lens");
    });

    await step("the hover behind it names the workbooks", async () => {
        await at.hoverLine(1);
        const hover = page.locator(".monaco-hover-content").filter({ visible: true });
        for (const text of EXPECTED.hover) {
            await at.textOf(hover, text);
        }
        await at.screenshot("hover");
        await page.keyboard.press("Escape");
    });

    await step("a click on the lens lists the dashboards, and one opens as an https page", async () => {
        await lens.locator("a").first().click();
        const choice = at.choices.filter({ hasText: EXPECTED.listed }).first();
        await choice.waitFor();
        await page.mouse.move(0, 0);
        await at.screenshot("list");
        await choice.click();
        // VS Code asks before it leaves for another page: the question holds the address.
        const question = page.locator(".monaco-dialog-box");
        await at.textOf(question, EXPECTED.page);
        await question.getByRole("button", { name: "Cancel" }).click();
        await question.waitFor({ state: "detached" });
        // Since no page was opened, the server shows its address.
        await at.textOf(message, EXPECTED.page);
        await at.clearMessages();
    });

    await step("the same list comes by command, without the mouse", async () => {
        await at.command("Exposure Lens: List Dashboards of This Model");
        await at.choices.filter({ hasText: EXPECTED.listed }).first().waitFor();
        await page.keyboard.press("Escape");
        await at.choices.first().waitFor({ state: "hidden" });
    });

    await step("a code action writes the missing exposure and keeps every old byte", async () => {
        await at.cursorTo(1);
        await at.offer(EXPECTED.action);
        await at.screenshot("actions");
        await page.keyboard.press("Enter");
        await page.locator(".action-widget").waitFor({ state: "hidden" });
        const file = path.join(project, EXPECTED.exposures);
        const after = await until("the file on disk changes", async () => {
            await at.saveIfDirty(path.basename(file));
            return changed(file);
        });
        checkInsertion(before, after);
        EXPECTED.written.forEach((text) => check(text.test(after), `${text} is missing in:\n${after}`));
        await at.open(EXPECTED.exposures);
        await at.cursorTo(after.slice(0, after.search(EXPECTED.written[0] ?? /$/)).split("\n").length);
        await at.screenshot("exposure");
    });

    await step("the lens then counts one workbook less without exposure", async () => {
        await at.open(EXPECTED.mart);
        await at.textOf(lens, EXPECTED.lensAfterwards);
    });

    await step("a staging model says that its use is indirect", async () => {
        await at.open(EXPECTED.staging);
        await at.textOf(lens, EXPECTED.stagingLens);
        await at.screenshot("staging");
    });

    await step("names in a properties file have their lenses", async () => {
        await at.open(EXPECTED.properties);
        await at.textOf(lens, EXPECTED.propertiesLens);
        await at.screenshot("properties");
    });

    await step("the server that runs is the one inside the package; it restarts", async () => {
        await at.command("Exposure Lens: Restart Server");
        await at.command("Exposure Lens: Show Server Version");
        await at.textOf(message, /exposure-lens \S+ \(bundled\)/);
        await at.open(EXPECTED.mart);
        await at.textOf(lens, EXPECTED.lensAfterwards);
    });

    await step("the status item says what is known", async () => {
        await page.locator('[id="status.languageStatus"]').click();
        await at.textOf(page.locator(".hover-language-status"), EXPECTED.status);
        await page.keyboard.press("Escape");
    });

    await step("a wrong path is told with the setting that mends it, and mending it is enough", async () => {
        at.configure({ "exposureLens.server.path": "/nowhere/exposure-lens" });
        await at.textOf(message, /at \/nowhere\/exposure-lens.* Set exposureLens\.server\.path/);
        await at.screenshot("wrong-path");
        at.configure({});
        await at.clearMessages();
        await at.command("Exposure Lens: Show Server Version");
        await at.textOf(message, /\(bundled\)/);
    });

    await step("a setting takes effect at once", async () => {
        at.configure({ "exposureLens.lens.enabled": false });
        await until("the lens is gone", async () => (await lens.count()) === 0);
    });
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

/** @param {string} file */
function changed(file) {
    const text = readFileSync(file, "utf8");
    return text === before ? undefined : text;
}

/**
 * What was there stands there still, in one piece before and one piece after the new text.
 *
 * @param {string} old
 * @param {string} text
 */
function checkInsertion(old, text) {
    let kept = 0;
    while (kept < old.length && old[kept] === text[kept]) {
        kept += 1;
    }
    check(text.endsWith(old.slice(kept)), `old text was changed:\n${text}`);
}

/**
 * @param {boolean} holds
 * @param {string} otherwise
 */
function check(holds, otherwise) {
    if (!holds) {
        throw new Error(otherwise);
    }
}

if (values["update-screenshots"] && failed === 0) {
    for (const name of ["lens", "hover", "list", "exposure", "exposures", "preview", "site-hover"]) {
        const file = `${name}.png`;
        copyFileSync(path.join(root, ".tools/screenshots", file), path.join(extension, "images", file));
    }
}
