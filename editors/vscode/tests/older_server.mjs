// A server of an earlier release, as far as the extension can tell: it starts, announces no
// method of its own, and stops when it is asked to.

import { writeFileSync } from "node:fs";

/** Writes its program. @param {string} file */
export function writeOlderServer(file) {
    writeFileSync(file, `#!${process.execPath}\n(${serve})();\n`, { mode: 0o755 });
}

function serve() {
    const result = { capabilities: {}, serverInfo: { name: "exposure-lens", version: "0.0.1" } };
    let rest = Buffer.alloc(0);
    process.stdin.on("data", (/** @type {Buffer} */ data) => {
        rest = Buffer.concat([rest, data]);
        for (let head; (head = /^Content-Length: (\d+)\r\n\r\n/.exec(rest.toString("latin1"))); ) {
            const end = head[0].length + Number(head[1]);
            if (rest.length < end) {
                return;
            }
            answer(JSON.parse(rest.toString("utf8", head[0].length, end)));
            rest = rest.subarray(end);
        }
    });

    /** @param {{id?: number, method: string}} message */
    function answer({ id, method }) {
        if (method === "exit") {
            process.exit();
        }
        if (id !== undefined) {
            const text = JSON.stringify({ jsonrpc: "2.0", id, result: method === "initialize" ? result : null });
            process.stdout.write(`Content-Length: ${text.length}\r\n\r\n${text}`);
        }
    }
}
