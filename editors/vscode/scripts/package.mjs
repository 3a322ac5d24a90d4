// Packages the extension for one system, with the server's program inside.
//
//   npm run package                            for this machine, program from ../../target/release
//   npm run package -- --target win32-x64 --server path/to/exposure-lens.exe
//   npm run package -- --out some.vsix
//
// The usual targets: linux-x64, linux-arm64, alpine-x64, alpine-arm64, darwin-x64,
// darwin-arm64, win32-x64, win32-arm64. Needs no network.

import { execFileSync } from "node:child_process";
import {
    chmodSync,
    copyFileSync,
    existsSync,
    mkdirSync,
    readdirSync,
    readFileSync,
    rmSync,
    writeFileSync,
} from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

const extension = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "..");
const root = path.resolve(extension, "../..");

const { values } = parseArgs({
    options: {
        target: { type: "string", default: `${process.platform}-${process.arch}` },
        server: { type: "string" },
        out: { type: "string" },
    },
});
const program = values.target.startsWith("win32") ? "exposure-lens.exe" : "exposure-lens";

bundleServer(path.resolve(values.server ?? path.join(root, "target", "release", program)));
run("npm", ["run", "--silent", "build", "--", "--metafile=dist/meta.json"]);
writeLicences();
const out = path.resolve(values.out ?? path.join(extension, `exposure-lens-${values.target}.vsix`));
// The bundle holds all that is needed of node_modules.
run("vsce", ["package", "--target", values.target, "--no-dependencies", "--out", out]);

/** @param {string} server */
function bundleServer(server) {
    if (!existsSync(server)) {
        console.error(`no server at ${server}: run \`cargo build --release\`, or name one with --server`);
        process.exit(1);
    }
    const folder = path.join(extension, "bundled");
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
    copyFileSync(server, path.join(folder, program));
    chmodSync(path.join(folder, program), 0o755);
}

/** The project's two licences, and those of the packages in the bundle. */
function writeLicences() {
    const own = ["LICENSE-MIT", "LICENSE-APACHE"].map((name) => readFileSync(path.join(root, name), "utf8"));
    const heading = "Exposure Lens is under the MIT licence or the Apache License 2.0, as you choose.";
    writeFileSync(path.join(extension, "LICENSE.txt"), [heading, ...own].join("\n\n"));
    const others = bundledPackages().map((folder) => {
        const { name, version, license } = JSON.parse(readFileSync(path.join(folder, "package.json"), "utf8"));
        const file = readdirSync(folder).find((it) => /^licen[cs]e/i.test(it));
        const text = file ? readFileSync(path.join(folder, file), "utf8") : "";
        return `${name} ${version} (${license})\n\n${text.trim()}\n`;
    });
    const notices = ["The extension holds parts of these packages.", ...others].join("\n---\n\n");
    writeFileSync(path.join(extension, "ThirdPartyNotices.txt"), notices);
}

function bundledPackages() {
    const { inputs } = JSON.parse(readFileSync(path.join(extension, "dist/meta.json"), "utf8"));
    const folders = Object.keys(inputs).flatMap((file) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(file)?.[1] ?? []);
    return [...new Set(folders)].sort().map((folder) => path.join(extension, folder));
}

/**
 * Runs npm, or a program of our packages.
 *
 * @param {string} tool
 * @param {string[]} args
 */
function run(tool, args) {
    const program = tool === "npm" ? tool : path.join(extension, "node_modules", ".bin", tool);
    // On Windows these are scripts, which only a shell starts.
    execFileSync(program, args, { cwd: extension, stdio: "inherit", shell: process.platform === "win32" });
}
