// Signing in to a Tableau site as a person does it: a wrong token, the right one, what the
// lens and the hover then say, and out again. Called by e2e.mjs.

import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { until } from "./workbench.mjs";

const MART = "models/marts/fct_orders.sql";
/** How long a click has until it is made again. */
const CLICK_MS = 3_000;
const WRONG_SECRET = "wr0ngS3cret==:nobody";
const EXPECTED = {
    lens: /^Tableau: \d+ dashboards in \d+ workbooks/,
    hover: [/Sales Overview/, /1526 views ever/, /Sales\/Dashboards · Ann Archer/, /acme · just now · complete/],
    refused: /refused the credential.*15 days.*make a new token/,
    signedIn: /Signed in to http:\/\/127\.0\.0\.1:\d+\/#\/site\/acme as .*The token is kept in .*credentials\.json/,
    pulling: "Exposure Lens: fetching acme",
    pulled: /acme on 127\.0\.0\.1:\d+: 6 workbooks/,
    signedOut: /acme on 127\.0\.0\.1:\d+: not signed in/,
    fresh: /acme on 127\.0\.0\.1:\d+: fresh · 6 workbooks · just now/,
    gone: /Signed out of http:.*credential, session and content are gone/,
};

/**
 * @param {import("./workbench.mjs").Workbench} at
 * @param {(name: string, run: () => Promise<void>) => Promise<void>} step
 * @param {{site: import("./standin.mjs").Site, scratch: string, config: string}} scene
 */
export async function siteSteps(at, step, { site, scratch, config }) {
    const { page } = at;
    const lens = page.locator(".codelens-decoration").filter({ visible: true });
    const message = page.locator(".notification-toast");
    const status = page.locator(".hover-language-status");
    const box = page.locator(".quick-input-widget").filter({ visible: true });

    /** Answers a question that has this title. @param {RegExp} title @param {string} [text] */
    async function answer(title, text) {
        await at.textOf(box.locator(".quick-input-title"), title);
        const input = box.locator("input:visible").first();
        if (text !== undefined) {
            await input.fill(text);
        }
        await input.press("Enter");
    }

    /** @param {string} text */
    async function answerSecret(text) {
        await until("the secret is asked for, unseen", async () => box.locator('input[type="password"]').isVisible());
        await answer(/^Sign in to http/, text);
    }

    await step("a site that nobody signed in to is named once, with the way to sign in", async () => {
        await at.open(MART);
        await at.textOf(message, /acme on 127\.0\.0\.1:\d+ is not signed in to: run/);
        await message.getByRole("button", { name: "Sign in to Tableau…" }).waitFor();
        await at.clearMessages();
        await page.locator('[id="status.languageStatus"]').click();
        await at.textOf(status, EXPECTED.signedOut);
        await at.screenshot("site-signed-out");
    });

    await step("a wrong token is refused with the next step, and asked for again", async () => {
        // The status draws itself anew while the server starts: a click may meet what goes.
        await until("the sign-in asks", async () => {
            await status.getByText("Sign In", { exact: true }).click();
            return box.waitFor({ timeout: CLICK_MS }).then(() => true, () => false);
        });
        await answer(/^Sign in to http:\/\/127\.0\.0\.1:\d+\/#\/site\/acme$/, site.name);
        await answerSecret(WRONG_SECRET);
        await at.textOf(message, EXPECTED.refused);
        // The status stays until something else is clicked, and lies over the button.
        await page.locator(".editor-instance .view-line").first().click();
        await status.first().waitFor({ state: "hidden" });
        await at.picture("refused", { of: [message], margin: 0, words: [message] });
    });

    await step("the right token brings the dashboards, with progress and without a restart by hand", async () => {
        await message.getByText("Try Again").click();
        await answer(/^Sign in to Tableau$/);
        await answer(/^Sign in to http/);
        await answerSecret(site.secret);
        await page.locator(".statusbar-item", { hasText: EXPECTED.pulling }).waitFor();
        await at.picture("pull", { of: [page.locator(".part.statusbar .left-items")], margin: 0, words: [EXPECTED.pulling] });
        await at.textOf(lens, EXPECTED.lens);
        // Whoever types as fast as this gets so many messages at once that VS Code shows
        // the last of them in its list alone.
        await at.command("Notifications: Show Notifications");
        await at.textOf(page.locator(".notifications-center"), EXPECTED.signedIn);
    });

    await step("the hover shows what only a site knows", async () => {
        await at.clearMessages();
        await at.hoverLine(1);
        const hover = page.locator(".monaco-hover-content").filter({ visible: true });
        for (const text of EXPECTED.hover) {
            await at.textOf(hover, text);
        }
        await at.picture("site-hover", { of: [...at.editor, hover], words: [lens, hover] });
        await page.keyboard.press("Escape");
    });

    await step("sites can be fetched by command; the status tells how each is", async () => {
        await at.command("Exposure Lens: Pull from Tableau now");
        await at.textOf(message, EXPECTED.pulled);
        await at.clearMessages();
        await page.locator('[id="status.languageStatus"]').click();
        await at.textOf(status, EXPECTED.fresh);
        await at.picture("status", { of: [page.locator(".monaco-hover", { has: status }), page.locator('[id="status.languageStatus"]')], words: [status] });
        await page.keyboard.press("Escape");
    });

    await step("a pasted link leads to the model that feeds the dashboard", async () => {
        await at.command("Exposure Lens: Find Dashboard…");
        await page.locator(".quick-input-widget input").fill(`${site.address}/views/SalesOverview/Overview`);
        await page.keyboard.press("Enter");
        await page.getByText("fct_orders").filter({ visible: true }).first().waitFor();
        await page.keyboard.press("Escape");
    });

    await step("no secret is in any file but the one store", async () => {
        const holders = filesWith(scratch, [site.secret, WRONG_SECRET]);
        const store = path.join(config, "credentials.json");
        if (holders.join() !== store) {
            throw new Error(`the secret is in: ${holders.join(", ") || "no file"}`);
        }
    });

    await step("signing out takes credential and content away", async () => {
        await at.command("Exposure Lens: Sign out of Tableau…");
        await at.choices.filter({ hasText: site.address }).first().click();
        await at.textOf(message, EXPECTED.gone);
        await at.clearMessages();
        await page.locator('[id="status.languageStatus"]').click();
        await at.textOf(status, EXPECTED.signedOut);
        if (existsSync(path.join(config, "credentials.json"))) {
            throw new Error("credentials.json is still there");
        }
        await page.keyboard.press("Escape");
    });
}

/**
 * The files below a folder that hold one of these texts.
 *
 * @param {string} folder
 * @param {string[]} texts
 */
function filesWith(folder, texts) {
    const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
    const files = entries.filter((it) => it.isFile()).map((it) => path.join(it.parentPath ?? it.path, it.name));
    return files.filter((file) => {
        const bytes = readFileSync(file);
        return texts.some((it) => bytes.includes(it));
    });
}
