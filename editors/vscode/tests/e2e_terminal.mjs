// What the program says in VS Code's own terminal, and what VS Code shows to whoever is new
// here. Called by e2e.mjs.

import { rmSync } from "node:fs";
import path from "node:path";

import { installed } from "./installed.mjs";
import { until } from "./workbench.mjs";

/** Its name has a sign that few machines have a letter for. */
const ODD = "tableau/Café & Crème 🧁.twb";
/** So that no title is cut off. */
const WIDE = { width: 1280, height: 720 };
const EXPECTED = {
    prompt: /^\$/,
    check: /12 missing · 1 unchanged/,
    usages: /Sales Overview +3 dashboards/,
    walkthrough: "Get Started with Exposure Lens",
};

/** A plain shell that finds the program, and a terminal whose text can be read. @param {string} data */
export function terminalSettings(data) {
    const env = { PS1: "$ ", ENV: "", PATH: `${path.join(installed(data).folder, "bundled")}:${process.env["PATH"]}` };
    return {
        "terminal.integrated.gpuAcceleration": "off",
        "terminal.integrated.shellIntegration.enabled": false,
        "terminal.integrated.profiles.linux": { sh: { path: "/bin/sh", env } },
        "terminal.integrated.defaultProfile.linux": "sh",
        "terminal.integrated.fontSize": 12,
    };
}

/** @typedef {import("./workbench.mjs").Workbench} Workbench */
/** @typedef {(name: string, run: () => Promise<void>) => Promise<void>} Step */

/** @param {Workbench} at @param {Step} step @param {string} project */
export async function terminalSteps(at, step, project) {
    const { page } = at;
    const lines = page.locator(".editor-instance .xterm-rows > div");

    /** @param {string} command @param {RegExp} last @param {string} picture */
    async function run(command, last, picture) {
        await page.keyboard.type(`clear; ${command}`);
        await page.keyboard.press("Enter");
        await at.textOf(lines, last);
        await until("it has ended", async () => {
            const texts = (await lines.allInnerTexts()).map((/** @type {string} */ it) => it.trim()).filter(Boolean);
            return texts.length > 1 && EXPECTED.prompt.test(texts.at(-1));
        });
        const text = lines.locator("span").filter({ hasText: /\S/ });
        await at.picture(picture, { of: [text], words: [lines] });
    }

    await step("the terminal says the same, and a check for CI what is missing", async () => {
        rmSync(path.join(project, ODD));
        await at.command("Terminal: Create New Terminal in Editor Area");
        await at.textOf(lines, EXPECTED.prompt);
        await run("exposure-lens usages fct_orders", EXPECTED.usages, "terminal-usages");
        await run("exposure-lens exposures --check", EXPECTED.check, "terminal");
    });

    await step("whoever is new is shown around, with pictures", async () => {
        // VS Code tells of its own keys whoever opens a terminal.
        await at.clearMessages();
        await at.command("Welcome: Open Walkthrough...");
        await at.choices.filter({ hasText: EXPECTED.walkthrough }).first().click();
        const details = page.locator(".gettingStartedDetailsContent");
        const picture = details.locator(".getting-started-media img");
        const width = () => picture.first().evaluate((/** @type {any} */ it) => it.naturalWidth);
        await until("the first picture is drawn", async () => (await width()) > 0);
        const before = page.viewportSize();
        await page.setViewportSize(WIDE);
        // Its foot is of the VS Code that the tests run in.
        await page.addStyleTag({ content: ".getting-started-footer { display: none; }" });
        await at.picture("walkthrough", { of: [details], words: [details] });
        await page.setViewportSize(before);
    });
}
