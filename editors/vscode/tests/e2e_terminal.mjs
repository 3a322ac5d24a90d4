// What the program says in VS Code's own terminal, and what VS Code shows to whoever is new
// here. Called by e2e.mjs.

import { readdirSync } from "node:fs";
import path from "node:path";

import { until } from "./workbench.mjs";

const EXPECTED = {
    prompt: /^\$/,
    check: /13 missing · 1 unchanged/,
    usages: /Sales Overview +3 dashboards/,
    walkthrough: "Get Started with Exposure Lens",
};

/** A plain shell that finds the program, and a terminal whose text can be read. @param {string} data */
export function terminalSettings(data) {
    const extensions = path.join(data, "extensions");
    const installed = readdirSync(extensions).find((it) => it.startsWith("exposure-lens.")) ?? "";
    const env = { PS1: "$ ", ENV: "", PATH: `${path.join(extensions, installed, "bundled")}:${process.env["PATH"]}` };
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

/** @param {Workbench} at @param {Step} step */
export async function terminalSteps(at, step) {
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
        await at.command("Terminal: Create New Terminal in Editor Area");
        await at.textOf(lines, EXPECTED.prompt);
        await run("exposure-lens usages fct_orders", EXPECTED.usages, "terminal-usages");
        await run("exposure-lens exposures --check", EXPECTED.check, "terminal");
    });

    await step("who is new is shown around, with pictures", async () => {
        await at.command("Welcome: Open Walkthrough...");
        await at.choices.filter({ hasText: EXPECTED.walkthrough }).first().click();
        const details = page.locator(".gettingStartedDetailsContent");
        const picture = details.locator(".getting-started-media img");
        await until("the first picture is drawn", async () => (await picture.first().evaluate("it => it.naturalWidth")) > 0);
        await at.picture("walkthrough", { of: [details], words: [details] });
    });
}
