// A long day: many models, opened one after another. Nothing of those that are closed again
// is kept, nor of servers that were restarted, and no lens changes once it is drawn. Called by
// e2e.mjs.

import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { inspect } from "./inspector.mjs";
import { processesOf, residentKib } from "./processes.mjs";
import { freePort, root, tools, until } from "./workbench.mjs";

const MART = "models/marts/fct_orders.sql";
const N_MODELS = 200;
/** Before anything is compared all is loaded, and caches are filled. */
const WARM = 50;
/** VS Code asks for lenses half a second after a file has opened: not all are awaited. */
const LOOKED_AT = 4;
const N_RESTARTS = 6;
/** A client of the library is some three hundred: less than a third of one may stay for each. */
const FUNCTIONS_PER_RESTART = 100;
const LENS = "Tableau: 12 dashboards downstream, none direct";

/** Few files stay open, as with people who close what they have read. */
export const SETTINGS = { "workbench.editor.limit.enabled": true, "workbench.editor.limit.value": 3 };

/** @typedef {import("./workbench.mjs").Workbench} Workbench */
/** @typedef {(name: string, run: () => Promise<void>) => Promise<void>} Step */

/** @param {Workbench} at @param {Step} step @param {string} project */
export async function manyModelsSteps(at, step, project) {
    const { page } = at;
    const code = page.locator(".editor-instance .view-line");
    const lens = page.locator(".editor-instance .codelens-decoration", { hasText: LENS });
    const models = writeModels(project);
    const port = await freePort();
    await at.openFolder(project, { inspect: port });
    const host = await inspect(port, tools);
    const browser = await page.context().newCDPSession(page);

    /** Goes down the list of files, and looks at some. @param {string[]} files */
    async function read(files) {
        for (const [n, file] of files.entries()) {
            await page.keyboard.press("ArrowDown");
            await page.keyboard.press("Space");
            await code.filter({ hasText: `as ${path.basename(file, ".sql")}` }).waitFor();
            if (n % LOOKED_AT === 0) {
                await lens.waitFor();
            }
        }
        await lens.waitFor();
    }

    /** What is held in the server, in the process of the extensions and in the window. */
    async function held() {
        await browser.send("HeapProfiler.collectGarbage");
        const { nodes, jsEventListeners } = await browser.send("Memory.getDOMCounters");
        const server = processesOf(path.join(at.data, "extensions"))[0] ?? 0;
        return { memory: residentKib(server), functions: await host.functions(), listeners: jsEventListeners, nodes };
    }

    await step(`of ${N_MODELS} models that were opened nothing is kept`, async () => {
        await at.open(models[0] ?? "");
        await lens.waitFor();
        await page.keyboard.press("Control+Shift+E");
        await page.locator(".explorer-folders-view .monaco-list-row.focused", { hasText: path.basename(models[0] ?? "") }).waitFor();
        await read(models.slice(1, WARM));
        const before = await held();
        await read(models.slice(WARM));
        const after = await held();
        console.log(`after ${WARM} models: ${JSON.stringify(before)}, after ${N_MODELS}: ${JSON.stringify(after)}`);
        checkSteady(before, after);
    });

    await step("each lens was drawn once, and stayed as it was", async () => {
        const drawn = Object.entries((await at.seen()).lenses);
        const restless = drawn.filter(([, times]) => times.length > 1);
        if (restless.length > 0 || drawn.filter(([, times]) => times.length === 1).length < N_MODELS / LOOKED_AT) {
            throw new Error(`drawn more than once: ${JSON.stringify(restless)}; of ${drawn.length} files`);
        }
    });

    await step(`of ${N_RESTARTS} restarts of the server nothing is kept`, async () => {
        await restart(at);
        const before = await host.functions();
        for (let n = 0; n < N_RESTARTS; n += 1) {
            await restart(at);
        }
        // The library looks two seconds later whether a server has ended.
        await until("no client is left", async () => (await host.functions()) - before < N_RESTARTS * FUNCTIONS_PER_RESTART);
    });
    host.close();
}

/** Until the next one runs, by its process: of messages in a row VS Code shows but some. @param {Workbench} at */
async function restart(at) {
    const servers = () => processesOf(path.join(at.data, "extensions"));
    const [before] = servers();
    await at.command("Exposure Lens: Restart Server");
    await until("another server runs, alone", () => {
        const [now, ...others] = servers();
        return now !== undefined && now !== before && others.length === 0;
    });
}

/**
 * The server's memory is let breathe; of anything else there must be less than one more for
 * each model: what a model leaves behind would be more.
 *
 * @param {Record<string, number>} before @param {Record<string, number>} after
 */
function checkSteady({ memory: memoryBefore = 0, ...before }, { memory: memoryAfter = 0, ...after }) {
    const grown = Object.keys(before).filter((it) => (after[it] ?? 0) - (before[it] ?? 0) >= N_MODELS - WARM);
    if (grown.length > 0 || memoryAfter > memoryBefore * 1.2) {
        throw new Error(`it grows with each model: ${grown.join(", ") || "the server's memory"}`);
    }
}

/** Models that the sample's mart reads too, in a project that dbt has not been run in. @param {string} project */
function writeModels(project) {
    cpSync(path.join(root, "tests/fixtures/shop"), project, { recursive: true });
    rmSync(path.join(project, "target"), { recursive: true });
    const names = Array.from({ length: N_MODELS }, (_, n) => `step_${String(n).padStart(3, "0")}`);
    const folder = "models/steps";
    mkdirSync(path.join(project, folder));
    names.forEach((name, n) => writeFileSync(path.join(project, folder, `${name}.sql`), `select ${n} as ${name}\n`));
    const refs = names.map((it) => `-- depends on: {{ ref('${it}') }}\n`).join("");
    const mart = path.join(project, MART);
    writeFileSync(mart, refs + readFileSync(mart, "utf8"));
    return names.map((it) => path.join(folder, `${it}.sql`));
}
