// Looks into a Node.js process by its inspector: what lives there once all that is no longer
// needed has been collected.

import { createRequire } from "node:module";
import path from "node:path";

import { until } from "./waiting.mjs";

/** @typedef {Awaited<ReturnType<typeof inspect>>} Inspector */

/**
 * @param {number} port where the process lets itself be inspected
 * @param {string} tools the folder of the packages for tests
 */
export async function inspect(port, tools) {
    const { WebSocket } = createRequire(path.join(tools, "package.json"))("ws");
    const address = await until(`a process is inspected at port ${port}`, () => addressOf(port));
    const socket = new WebSocket(address);
    await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
    /** @type {Map<number, (result: any) => void>} */
    const asked = new Map();
    socket.on("message", (/** @type {string} */ text) => {
        const { id, result } = JSON.parse(text);
        asked.get(id)?.(result);
        asked.delete(id);
    });

    /** @param {string} method @param {object} params @returns {Promise<any>} */
    function call(method, params = {}) {
        const id = asked.size + 1;
        return new Promise((resolve) => {
            asked.set(id, resolve);
            socket.send(JSON.stringify({ id, method, params }));
        });
    }

    /** How many functions live. Each listener is one, and holds what it needs. @returns {Promise<number>} */
    async function functions() {
        const group = { objectGroup: "count" };
        await call("HeapProfiler.collectGarbage");
        const { result } = await call("Runtime.evaluate", { expression: "Function.prototype", ...group });
        const { objects } = await call("Runtime.queryObjects", { prototypeObjectId: result.objectId, ...group });
        const count = { functionDeclaration: "function () { return this.length; }", objectId: objects.objectId };
        const answer = await call("Runtime.callFunctionOn", { ...count, returnByValue: true });
        await call("Runtime.releaseObjectGroup", group);
        return answer.result.value;
    }

    return { functions, close: () => socket.close() };
}

/** @param {number} port @returns {Promise<string | undefined>} */
async function addressOf(port) {
    const answer = await fetch(`http://127.0.0.1:${port}/json/list`).catch(() => undefined);
    const [target] = answer ? /** @type {any[]} */ (await answer.json()) : [];
    return target?.webSocketDebuggerUrl;
}
