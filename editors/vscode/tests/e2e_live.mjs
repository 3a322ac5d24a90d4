// Edits that dbt has not seen: what dashboards read stays on the lens and is told when it
// is about to go; what is only typed counts at once; and names of production are settled
// by one action. Called by e2e.mjs.

import { readFileSync, renameSync } from "node:fs";
import path from "node:path";

import { until } from "./workbench.mjs";

const MART = "models/marts/fct_orders.sql";
const UPSTREAM = "models/staging/stg_vendors.sql";
const PROPERTIES = "models/marts/_marts.yml";

const EXPECTED = {
    martLens: /^Tableau: 11 dashboards in 7 workbooks/,
    lost: /11 dashboards.*analytics_marts\.fct_orders/,
    used: /11 dashboards, 7 workbooks use fct_orders/,
    named: /Sales Overview/,
    unusedLens: /^Tableau: no dashboards/,
    usedLens: /^Tableau: 12 dashboards downstream, none direct/,
    newLens: /newer than the manifest/,
    proposedLens: /^Tableau: probably 3 dashboards/,
    accept: /^Accept the name rule .* for the team/,
    acceptedLens: /^Tableau: 3 dashboards in 2 workbooks/,
    accepted: [/^dbt:/m, /map:/, /ANALYTICS/],
};

/** Nothing that is typed is completed or saved by VS Code itself. */
export const SETTINGS = {
    "files.autoSave": "off",
    "editor.autoClosingBrackets": "never",
    "editor.autoClosingQuotes": "never",
    "editor.autoIndent": "none",
    "editor.quickSuggestions": { other: "off", comments: "off", strings: "off" },
    "editor.suggestOnTriggerCharacters": false,
};

/** @typedef {import("./workbench.mjs").Workbench} Workbench */
/** @typedef {(name: string, run: () => Promise<void>) => Promise<void>} Step */

/** @param {Workbench} at @param {Step} step @param {string} project */
export async function liveSteps(at, step, project) {
    const { page } = at;
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const warning = page.locator(".squiggly-warning").filter({ visible: true });
    const hover = page.locator(".monaco-hover-content").filter({ visible: true });
    const dirty = page.locator(".tab.dirty");
    const problems = page.locator(".markers-panel .monaco-list-row");

    /** Types at the start of the open file. @param {string} text */
    async function typeAbove(text) {
        await at.cursorTo(1);
        await page.keyboard.type(text);
        await page.keyboard.press("Enter");
    }

    /** Takes back all that was typed into the file in front. */
    async function undoAll() {
        await page.keyboard.press("Control+1");
        await until("nothing typed is left", async () => {
            await page.keyboard.press("Control+Z");
            return (await dirty.count()) === 0;
        });
    }

    /** What the text does is told in the file, and the lens stays. @param {string} text @param {() => Promise<void>} look */
    async function losesDashboards(text, look = async () => undefined) {
        await at.open(MART);
        await at.textOf(lens, EXPECTED.martLens);
        await typeAbove(text);
        await warning.first().waitFor();
        await at.textOf(lens, EXPECTED.martLens);
        await at.cursorTo(1, text.search(/alias|enabled/) + 2);
        await page.keyboard.press("Control+K");
        await page.keyboard.press("Control+I");
        await at.textOf(hover, EXPECTED.lost);
        await at.textOf(hover, EXPECTED.named);
        await look();
        await page.keyboard.press("Escape");
        await undoAll();
        await until("the warning is gone", async () => (await warning.count()) === 0);
        await at.textOf(lens, EXPECTED.martLens);
    }

    await step("another alias of a used model warns with its dashboards, until it is undone", async () => {
        await losesDashboards("{{ config(alias='orders_2') }}", async () => {
            await at.textOf(hover, EXPECTED.used);
            await at.picture("lost", { of: [...at.editor, hover], words: [lens, hover] });
        });
    });

    await step("so does disabling it", async () => {
        await losesDashboards("{{ config(enabled=false) }}");
    });

    await step("deleting its file shows in the problems, until it is back", async () => {
        await at.command("View: Close All Editors");
        await at.open(PROPERTIES);
        await at.textOf(lens, EXPECTED.martLens);
        const file = path.join(project, MART);
        renameSync(file, path.join(project, "fct_orders.kept"));
        await page.keyboard.press("Control+Shift+M");
        await at.textOf(problems, EXPECTED.lost);
        await at.screenshot("live-deleted");
        renameSync(path.join(project, "fct_orders.kept"), file);
        await until("the problem is gone", async () => {
            const texts = await problems.allInnerTexts();
            return !texts.some((/** @type {string} */ it) => EXPECTED.lost.test(it));
        });
        await at.command("View: Toggle Problems");
    });

    await step("a ref that is typed and not saved changes the lens of what it reads", async () => {
        await at.open(UPSTREAM);
        await at.textOf(lens, EXPECTED.unusedLens);
        await at.open(MART);
        await typeAbove("-- {{ ref('stg_vendors') }}");
        await at.open(UPSTREAM);
        await at.textOf(lens, EXPECTED.usedLens);
        if ((await dirty.count()) !== 1) {
            throw new Error("the buffer was saved");
        }
        await at.screenshot("live-ref");
        await at.open(MART);
        await undoAll();
        await at.open(UPSTREAM);
        await at.textOf(lens, EXPECTED.unusedLens);
    });
}

/** On the sample whose manifest is a developer's. @param {Workbench} at @param {Step} step @param {string} project */
export async function productionNameSteps(at, step, project) {
    const { page } = at;
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const settings = path.join(project, "exposure-lens.yml");

    await step("names of production that were worked out are accepted for the team by one action", async () => {
        const before = readFileSync(settings, "utf8");
        await at.open(MART);
        await at.textOf(lens, EXPECTED.proposedLens);
        await at.screenshot("live-proposed");
        await at.cursorTo(1);
        await at.offer(EXPECTED.accept);
        const menu = page.locator(".action-widget");
        await at.picture("proposal", { of: [...at.editor, menu], words: [lens, menu.locator(".monaco-list-row")] });
        await page.keyboard.press("Enter");
        await page.locator(".action-widget").waitFor({ state: "hidden" });
        const after = await until("the team's settings hold the rule", async () => {
            await at.saveIfDirty(path.basename(settings));
            const text = readFileSync(settings, "utf8");
            return text === before ? undefined : text;
        });
        for (const text of EXPECTED.accepted) {
            if (!text.test(after)) {
                throw new Error(`${text} is missing in:\n${after}`);
            }
        }
        if (!after.includes(before.trimEnd())) {
            throw new Error(`old text was changed:\n${after}`);
        }
        await at.open(MART);
        await at.textOf(lens, EXPECTED.acceptedLens);
        await at.screenshot("live-accepted");
    });
}
