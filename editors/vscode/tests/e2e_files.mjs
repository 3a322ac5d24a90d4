// The sample project as a person meets it: lens, hover, list, and the exposure that is
// missing, written by an action. Called by e2e.mjs.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";

import { installed, SIZE_BAR } from "./installed.mjs";
import { root, until } from "./workbench.mjs";

// What the sample (tests/fixtures/README.md) and the contract promise.
const EXPECTED = {
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
    writtenCode: /weekly_ops|Weekly Ops|ref\(/,
    written: [/^ {2}- name: weekly_ops$/m, /label: "?Weekly Ops"?/, /ref\('fct_orders'\)/, /ref\('fct_returns'\)/],
    status: /Exposure Lens: .*17 workbook/,
    lensAfterwards: /5 workbooks without exposure$/,
};

/** @typedef {import("./workbench.mjs").Workbench} Workbench */
/** @typedef {(name: string, run: () => Promise<void>) => Promise<void>} Step */

/** @param {Workbench} at @param {Step} step @param {string} project */
export async function fileSteps(at, step, project) {
    const { page } = at;
    const code = page.locator(".editor-instance .view-line");
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const message = page.locator(".notification-toast");
    const exposures = path.join(project, EXPECTED.exposures);
    const before = readFileSync(exposures, "utf8");

    await step("what was installed is small, the program apart", async () => {
        const { all } = installed(at.data);
        check(all < SIZE_BAR, `${all} bytes`);
    });

    await step("its page finds its pictures: in the repository, as they were at this version", () => {
        const read = (/** @type {string} */ name) => readFileSync(path.join(installed(at.data).folder, name), "utf8");
        const { repository, version } = JSON.parse(read("package.json"));
        const pictures = [...read("readme.md").matchAll(/!\[[^\]]*\]\(([^)]+)\)/g)].map(([, it]) => it ?? "");
        const tag = `${repository.url}/raw/v${version}/`;
        const isThere = (/** @type {string} */ it) => it.startsWith(tag) && existsSync(path.join(root, it.slice(tag.length)));
        check(pictures.length > 3, `${pictures.length} pictures`);
        same(pictures.filter((it) => !isThere(it)), []);
        return Promise.resolve();
    });

    await step("the lens of a mart model counts its dashboards, without a word", async () => {
        await at.open(EXPECTED.mart);
        await at.textOf(lens, EXPECTED.martLens);
        same((await at.seen()).messages, []);
        await at.picture("lens", { of: at.editor, words: [lens] });
    });

    await step("the hover behind it names the workbooks", async () => {
        await at.hoverLine(1);
        const hover = page.locator(".monaco-hover-content").filter({ visible: true });
        for (const text of EXPECTED.hover) {
            await at.textOf(hover, text);
        }
        await at.picture("hover", { of: [...at.editor, hover], words: [lens, hover] });
        await page.keyboard.press("Escape");
    });

    await step("a click on the lens lists the dashboards, and one opens as an https page", async () => {
        await lens.locator("a").first().click();
        const choice = at.choices.filter({ hasText: EXPECTED.listed }).first();
        await choice.waitFor();
        await page.mouse.move(0, 0);
        await at.picture("list", { of: [...at.editor, page.locator(".quick-input-widget")], words: [lens, at.choices] });
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
        const menu = page.locator(".action-widget");
        await at.picture("actions", { of: [...at.editor, menu], words: [lens, menu.locator(".monaco-list-row")] });
        await page.keyboard.press("Enter");
        await page.locator(".action-widget").waitFor({ state: "hidden" });
        const after = await until("the file on disk changes", async () => {
            await at.saveIfDirty(path.basename(exposures));
            const text = readFileSync(exposures, "utf8");
            return text === before ? undefined : text;
        });
        checkInsertion(before, after);
        EXPECTED.written.forEach((text) => check(text.test(after), `${text} is missing in:\n${after}`));
        await at.open(EXPECTED.exposures);
        await at.cursorTo(after.slice(0, after.search(EXPECTED.written[0] ?? /$/)).split("\n").length);
        await at.textOf(code, EXPECTED.writtenCode);
        // What stands above it may be drawn or not.
        await at.picture("exposure", { of: at.editor, words: [code.filter({ hasText: EXPECTED.writtenCode })] });
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

    await step("without lenses the command lists the dashboards all the same", async () => {
        await at.command("Exposure Lens: List Dashboards of This Model");
        await at.choices.filter({ hasText: EXPECTED.listed }).first().waitFor();
        await page.keyboard.press("Escape");
        await at.choices.first().waitFor({ state: "hidden" });
    });
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

/** @param {unknown} seen @param {unknown} wanted */
function same(seen, wanted) {
    check(isDeepStrictEqual(seen, wanted), `seen: ${JSON.stringify(seen)}, wanted: ${JSON.stringify(wanted)}`);
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

